/* The address carries the state: `#step=7`, a chosen plane `&plane=2`, a pinned cell `&in=0,1` or `&weight=0,1`. */

extensions.push(stage => {
  const KEYS = ['step', 'view', 'plane', 'in', 'weight'];
  let written = '';
  const given = () => new URLSearchParams(location.hash.slice(1));
  /** @param {string} name */
  const key = name => name + stage.suffix;

  const write = () => {
    const now = given(), {view = stage.views[0], spot = null} = stage.pinned ?? {};
    /** @type {Record<string, any>} */
    const state = {step: stage.at + 1, view: stage.views.indexOf(view), plane: view.plane};
    const grid = view.grids.find(one => one.kind === spot?.kind);
    if (spot && grid) state[spot.kind] = unravel(spot.at, grid.plan.shape);
    for (const name of KEYS) {
      if (state[name]) now.set(key(name), state[name]);
      else now.delete(key(name));
    }
    written = `#${now}`.replace(/%2C/g, ',');
    try {
      history.replaceState(history.state, '', written);
    } catch {
      // a page inside a frame of its own has no address to carry anything
    }
  };
  const read = () => {
    const now = given(), step = now.get(key('step'));
    if (location.hash === written || !step) return false;
    const view = stage.views[Number(now.get(key('view')))] ?? stage.views[0];
    view.plane = Math.abs(Number(now.get(key('plane')))) || 0;
    stage.pinned = null;
    for (const {kind, plan: {shape}} of view.grids) {
      const index = kind !== 'out' && now.get(key(kind))?.split(',').map(Number);
      if (index && index.length === shape.length && index.every((i, axis) => i >= 0 && i < shape[axis])) stage.pinned = {view, spot: {kind, at: ravel(index, shape)}};
    }
    stage.go((Number(step) || 1) - 1, 'address');
    stage.tell('pinned', 'address');
    return true;
  };
  for (const what of ['went', 'pinned', 'planed']) stage.on(what, why => why !== 'address' && write());
  stage.on('ready', () => {
    addEventListener('hashchange', read);
    if (read()) stage.element.scrollIntoView({block: 'nearest'});
  });
});
