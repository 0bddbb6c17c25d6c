/* The address carries the state: `#step=7`, with a pinned cell `&in=0,1` and a chosen plane `&plane=2`. */

/** @param {Stage} stage */
const addressed = stage => {
  const given = new URLSearchParams(location.hash.slice(1));
  /** @param {string} name */
  const key = name => name + stage.suffix;
  /** @type {string | undefined} */
  let written;

  const write = () => {
    const now = new URLSearchParams(location.hash.slice(1));
    for (const name of ['step', 'in', 'weight', 'plane', 'view']) now.delete(key(name));
    now.set(key('step'), String(stage.at + 1));
    const view = stage.pinned?.view ?? stage.views[0], {spot} = stage.pinned ?? {};
    if (spot) now.set(key(spot.kind), spot.kind === 'in' ? unravel(spot.at, view.t.view.input.shape).join() : `${spot.row},${spot.column}`);
    if (view.plane) now.set(key('plane'), String(view.plane));
    if (stage.views.indexOf(view)) now.set(key('view'), String(stage.views.indexOf(view)));
    written = '#' + now.toString().replace(/%2C/g, ',');
    try {
      history.replaceState(history.state, '', written);
    } catch {
      // a page inside a frame of its own has no address to carry anything
    }
  };
  const read = () => {
    const now = new URLSearchParams(location.hash.slice(1));
    if (location.hash === written || !now.has(key('step'))) return false;
    const view = stage.views[Number(now.get(key('view')))] ?? stage.views[0];
    view.plane = Math.max(0, Number(now.get(key('plane'))) || 0);
    stage.pinned = null;
    const [input, weight] = ['in', 'weight'].map(name => now.get(key(name))?.split(',').map(Number));
    const {shape, rows, columns} = view.t.view.input;
    if (input && input.length === shape.length && input.every((i, axis) => i >= 0 && i < shape[axis])) {
      stage.pinned = {view, spot: {kind: 'in', at: ravel(input, shape), row: rows < 0 ? 0 : input[rows], column: input[columns]}};
    } else if (weight && view.kernel) stage.pinned = {view, spot: {kind: 'weight', at: weight[0] * view.kernel.sizes[1] + weight[1], row: weight[0], column: weight[1]}};
    stage.go((Number(now.get(key('step'))) || 1) - 1, 'address');
    stage.tell('pinned');
    return true;
  };
  stage.on('went', why => why !== 'address' && write());
  stage.on('pinned', write);
  stage.on('planed', write);
  addEventListener('hashchange', read);
  if (given.has(key('step')) && read()) stage.element.scrollIntoView({block: 'nearest'});
};
extensions.push(stage => stage.on('ready', () => addressed(stage)));
