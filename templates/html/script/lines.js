/* Steps of operations without a window: an output cell's sources lie along a line through the input, or are told one by one. */

/** Where a cell of the input lies: its plane, then its row and column. @param {number} at @param {Plan} plan */
const placed = (at, {shape, rows, columns}) => {
  const index = unravel(at, shape), drawn = [rows, columns].filter(axis => axis >= 0);
  return [0, 0, ...index.filter((_, axis) => !drawn.includes(axis)), ...drawn.map(axis => index[axis])];
};

/** Of an operation without windows: the cells along a line through the input. @param {Trace} t @param {number} k @returns {Tap[]} */
function lineTaps({view, inputs}, k) {
  const {first, count, step, offsets, weights, weightStep, taps, weigh, weighAt} = view.line;
  if (taps) {
    const factors = inputs[view.weights]?.values;
    /** @type {Tap[]} */
    const all = taps[k].map((/** @type {number} */ at, /** @type {number} */ i) => ({at, value: inputs.input.values[at], weightAt: weighAt ? weighAt[k][i] : -1, weight: weighAt ? factors[weighAt[k][i]] : weigh ? weigh[k][i] : 1, place: placed(at, view.input), offset: [i]}));
    // 0 times a number that is not finite is not 0; of a gradient, every product is written.
    return view.words.told ? all : all.filter(({weight, value}) => weight || !Number.isFinite(Number(value)));
  }
  const start = first ? first[k] : k;
  if (start === -1) return [];
  if (start === -2) return [{at: -1, value: Number(view.constant), weightAt: -1, weight: 1, place: [], offset: []}];
  return Array.from({length: count}, (_, i) => {
    const at = start + (offsets ? offsets[i] : i * step), weightAt = weights ? weights[k] + i * weightStep : -1;
    const weight = weights ? inputs[view.weights].values[weightAt] : 1;
    return {at, value: inputs.input.values[at], weightAt, weight, place: placed(at, view.input), offset: [i]};
  });
}

/** The output cells on whose lines an input cell lies. @param {any} view @param {Cells} output @param {number} at */
function lineUsers(view, output, at) {
  const {first, count, step, offsets, taps, weigh} = view.line;
  if (taps) return [...output.values.keys()].filter(k => taps[k].some((/** @type {number} */ one, /** @type {number} */ i) => one === at && (!weigh || weigh[k][i])));
  if (!first && count === 1) return [at];
  return [...output.values.keys()].filter(k => {
    const i = at - (first ? first[k] : k);
    if (offsets) return offsets.includes(i);
    return step ? i % step === 0 && i / step >= 0 && i / step < count : i === 0;
  });
}
