/* Shares: what each cell of a layer's input gave to an output cell, as `value · factor`; exact where the layer is linear. */

/** @typedef {{input: string, at: number, value: number, factor: number, amount: number}} Share */
/** @typedef {{t: Trace, n: number, told: any}} Layer a layer of the network: its trace, its place, its part of the record */

/** What a tap's number was multiplied by; null where it had no part. Of what is no straight line, the part that it gave.
 * @type {Record<string, (t: Trace, s: Step, tap: Tap) => number | null>} */
const factors = {
  max: (t, s, tap) => (rules.max.winner?.(s) === tap ? 1 : null),
  mean: (t, s) => 1 / divisorOf(t, s),
  products: ({view}, s, tap) => Number(tap.weight) * (view.alpha ?? 1),
  norm(t, s, tap) {
    const {view: {power, signed}, output} = t;
    const x = Number(tap.value), y = Number(output.values[s.k]);
    const raised = signed ? x ** (power - 1) : Math.sign(x) * Math.abs(x) ** (power - 1);
    return y ? raised * y ** (1 - power) * scaleOf(t, s) : 0;
  },
  same: () => 1,
  relu: ({view: {slope, threshold, ceiling}}, s, {value}) => (value > threshold ? (ceiling !== null && !(value < ceiling) ? 0 : 1) : slope),
  sigmoid: ({output}, s, {value}) => (value ? (Number(output.values[s.k]) - 0.5) / Number(value) : 0.25),
  tanh: ({output}, s, {value}) => (value ? Number(output.values[s.k]) / Number(value) : 1),
  softmax: ({output}, s, {at, value}) => (at !== s.k ? null : value ? Number(output.values[s.k]) / Number(value) : 0),
  scaled: (t, s) => statistic(t, s, 'gamma', 1)[0] / Math.sqrt(statistic(t, s, 'variance', 1)[0] + t.view.epsilon),
  moved: () => 1,
  add: () => 1,
  subtract: (t, s, tap) => (tap.input === 'input' ? 1 : -1),
  multiply: ({view}, s, tap) => Number(s.taps.find(one => one.input !== tap.input)?.value) * (view.halved ? 0.5 : 1),
  divide: (t, s, tap) => (tap.input === 'input' ? 1 / Number(s.taps[1].value) : null),
  clip: ({view: {bounds: [low, high]}}, s, {value}) => (value >= (low ?? -Infinity) && value <= (high ?? Infinity) ? 1 : 0),
};

/** In the order in which the layer has them. @param {Layer} layer @param {number} k @returns {Share[]} */
function sharesOf({t, told}, k) {
  const s = stepOf(t, k), factor = factors[t.view.rule];
  if (t.view.rule === 'max' && !s.data.length) return [];
  return s.data.flatMap(tap => {
    const input = tap.input ?? 'input', by = told.down[input] === undefined ? null : factor(t, s, tap), value = Number(tap.value);
    return by === null ? [] : [{input, at: tap.at, value, factor: by, amount: value * by}];
  });
}

/** NaN is larger than everything. @param {number} amount */
const magnitude = amount => (amount === amount ? Math.abs(amount) : Infinity);

/** The largest first; of equals, in their own order. @param {Share[]} shares */
const ranked = shares => shares.map((share, i) => ({share, i, size: magnitude(share.amount)})).sort((a, b) => (a.size === b.size ? a.i - b.i : b.size > a.size ? 1 : -1)).map(({share}) => share);
