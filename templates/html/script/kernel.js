/* The kernel's grid, between input and output: the weights of the filter and channel that are shown. */

extensions.push(stage => {
  /** @type {Map<View, Grid>} */
  const grids = new Map();
  /** The cell of the bias, which stands beside the kernel. @type {Map<View, HTMLElement>} */
  const biases = new Map();
  stage.on('built', (/** @type {View} */ view) => {
    const {view: {kernelPlan, captions, weights = 'kernel'}, inputs} = view.t;
    grids.delete(view);
    if (!kernelPlan) return;
    const grid = new Grid('weight', kernelPlan, captions.kernel, whole(kernelPlan), stage.words, longest(inputs[weights]));
    if (kernelPlan.turned) {
      const {numberAt, spot} = Grid.prototype, [[, down], [, across]] = grid.spans;
      grid.numberAt = (row, column) => numberAt.call(grid, down - 1 - row, across - 1 - column);
      grid.spot = at => spot.call(grid, at).map((place, axis) => (axis ? across : down) - 1 - place);
    }
    grids.set(view, grid);
    view.grids.splice(1, 0, grid);
    const kernel = signed('∗', grid), cell = make('td');
    view.figure.firstElementChild?.after(kernel);
    biases.delete(view);
    if (!captions.bias) return;
    biases.set(view, cell);
    kernel.after(signed('+', {element: make('table', {class: 'matrix kernel bias'}, make('caption', {}, captions.bias), make('tbody', {}, make('tr', {}, cell)))}));
  });
  stage.on('drawn', (/** @type {View} */ view) => {
    const grid = grids.get(view), {s: {taps}, t: {inputs, view: {axes, weights = 'kernel'}}} = view, first = view.taps[0] ?? taps[0];
    if (!grid || view.k < 0 || !first) return;
    const pin = stage.pinned?.view === view ? stage.pinned.spot : null, used = new Set(axes ? [] : taps.map(tap => tap.weightAt));
    if (!axes) grid.reach(grid.spot(first.weightAt).flatMap(i => [i, i + 1]));
    const bias = biases.get(view);
    if (bias) bias.textContent = minus(digits(inputs.bias, /** @type {Value} */ (biasOf(view.t, view.s))));
    grid.show(unravel(first.weightAt, grid.plan.shape));
    grid.draw(({at}) => ({
      text: numeral(inputs[weights], at),
      holding: {window: used.has(at), lit: taps[view.lit]?.weightAt === at, pinned: pin?.kind === 'weight' && at === pin.at, changed: changedAt(inputs[weights], at)},
    }));
  });
});
