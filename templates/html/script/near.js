/* A gradient's figure: beside the upstream gradient stands the input of the layer, whose cells are those of the gradient. To
 * point at one shows what it gets, and from which output cells; the windows on it, and their winners, stepwise has found. */

extensions.push(stage => {
  /** @type {Map<View, Grid>} */
  const grids = new Map();
  stage.on('built', (/** @type {View} */ view) => {
    const {near} = view.t.view;
    grids.delete(view);
    if (!near) return;
    const grid = new Grid('out', near.plan, near.caption, whole(near.plan), stage.words, longest(view.t.inputs[near.name]));
    grids.set(view, grid);
    view.grids.push(grid);
    view.figure.prepend(signed('', grid), make('span', {class: 'sign', 'aria-hidden': 'true'}, ','));
  });
  stage.on('drawn', (/** @type {View} */ view) => {
    const grid = grids.get(view), {t, k} = view;
    if (!grid || k < 0) return;
    const {name, caption, plan, windows, winners} = t.view.near, spot = grid.spot(k);
    const covered = new Set(windows ? windows[k] : [k]), won = new Set(winners?.[k]), users = new Set(view.users);
    grid.reach(spot.flatMap((/** @type {number} */ i) => [i, i + 1]));
    grid.show(unravel(k, grid.plan.shape));
    grid.caption.textContent = [caption, ...(plan.leads ?? []).map((/** @type {[number, string]} */ [axis, words]) => words.replace('{n}', String(grid.fixed[axis])))].join(' · ');
    grid.draw(({at}) => ({text: numeral(t.inputs[name], at), holding: {window: covered.has(at), winner: won.has(at), used: users.has(at)}}));
    grid.frame('window', [spot[0], spot[0] + 1, spot[1], spot[1] + 1]);
  });
});
