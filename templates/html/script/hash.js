/* The address carries the state: `#step=7`, a chosen plane `&plane=2`, a pinned cell `&in=0,1` or `&weight=0,1`, and the numbers
 * that were changed: `&x=input,0,1,9_kernel,0,0,2`. Where it is a host's own, it is left alone. */

/** Whether the address is free or ours: not an anchor of the host's, nor its place in a set of slides. */
const free = () => /^$|\b(step|layer|why|pixel)[.\d]*=/.test(location.hash);
const inAddress = () => new URLSearchParams(location.hash.slice(1));
/** The address that was written last. */
let lastWritten = '';

extensions.push(stage => {
  stage.address = () => {
    const now = free() ? inAddress() : new URLSearchParams(), {view = stage.views[0], spot = null} = stage.pinned ?? {};
    /** @type {Record<string, any>} */
    const state = {step: stage.at + 1, view: stage.views.indexOf(view), plane: view.plane, in: 0, weight: 0};
    const grid = view.grids.find(one => one.kind === spot?.kind);
    if (spot && grid) state[spot.kind] = unravel(spot.at, grid.plan.shape);
    state.x = Object.entries(view.t.inputs).flatMap(([name, {shape, edits}]) => Object.entries(edits ?? {}).map(([at, value]) => [name, unravel(+at, shape), value])).join('_');
    for (const name in state) state[name] ? now.set(name + stage.suffix, state[name]) : now.delete(name + stage.suffix);
    return `#${now}`.replace(/%2C/g, ',');
  };
  const write = () => {
    if (!free()) return;
    lastWritten = stage.address();
    try {
      history.replaceState(history.state, '', lastWritten);
    } catch {
      // a page inside a frame of its own has no address to carry anything
    }
  };
  stage.read = () => {
    const now = inAddress();
    /** @param {string} name */
    const said = name => now.get(name + stage.suffix) ?? '';
    /** The number of a cell. @param {string[]} index @param {number[]} shape */
    const cell = (index, shape) => (index.length === shape.length && index.every((i, axis) => /^\d+$/.test(i) && +i < shape[axis]) ? ravel(index.map(Number), shape) : -1);
    const view = stage.views[+said('view')] ?? stage.views[0], step = said('step');
    if (!step) return false;
    view.plane = Math.abs(+said('plane')) || 0;
    stage.pinned = null;
    for (const {kind, plan: {shape}} of view.grids) {
      const at = cell(said(kind).split(','), shape);
      if (at >= 0) stage.pinned = {view, spot: {kind, at}};
    }
    for (const text of said('x').split('_')) {
      const [name, ...index] = text.split(','), value = understood(index.pop() ?? ''), array = view.t.inputs[name], at = array ? cell(index, array.shape) : -1;
      if (!stage.told.practice && value !== null && at >= 0) change(livingOf(stage.root), array, at, value);
    }
    stage.go((+step || 1) - 1, 'address');
    stage.tell('pinned', 'address');
    return true;
  };
  for (const what of ['went', 'pinned', 'planed']) stage.on(what, why => why !== 'address' && write());
  stage.root.addEventListener('stepwise-changed', event => /** @type {CustomEvent} */ (event).detail || write());
});

arrivals.push((root, _record, _living, stages) => {
  const read = () => {
    if (location.hash === lastWritten || !/\bstep/.test(location.hash)) return;
    restore(livingOf(root));
    const [first] = [...stages.values()].filter(stage => stage.read());
    if (first) root.dispatchEvent(new CustomEvent('stepwise-changed', {detail: 1})); // what was read is not written
    return first;
  };
  addEventListener('hashchange', read);
  read()?.element.scrollIntoView({block: 'nearest'});
});
