/* Layers of a network that have no stage: for each output cell, a table says which cell of each input it is made from. */

/** @param {Trace} t @param {number} k @returns {Tap[]} */
function joinTaps({view, inputs}, k) {
  return Object.keys(view.sources).flatMap(input => {
    const table = view.sources[input], at = table ? table[k] : k;
    return at < 0 ? [] : [{at, input, value: inputs[input].values[at], weightAt: -1, weight: 1, place: [], offset: []}];
  });
}

/** Joined by a sign: how two numbers become one, and what is written between them.
 * @param {string} sign @param {(a: number, b: number) => number} join @returns {Rule} */
const joining = (sign, join) => ({
  result(t, {taps}) {
    const round = t.output.single ? Math.fround : Number;
    return taps.slice(1).reduce((sum, tap) => round(join(sum, Number(tap.value))), Number(taps[0].value));
  },
  formula: (t, {taps}) => [sign, ...taps.map(tap => digits(t.inputs[tap.input ?? 'input'], tap.value))],
});

Object.assign(rules, /** @type {Record<string, Rule>} */ ({
  moved: {result: (t, {taps}) => taps[0]?.value ?? 0, formula: (t, {taps}) => (taps.length ? digits(t.output, taps[0].value) : '0')},
  add: joining('+', (a, b) => a + b),
  subtract: joining('-', (a, b) => a - b),
  multiply: joining('·', (a, b) => a * b),
  divide: joining('/', (a, b) => a / b),
  clip: {
    result({view}, {taps}) {
      const x = Number(taps[0].value), [low, high] = view.bounds;
      return x !== x ? x : Math.min(high ?? Infinity, Math.max(low ?? -Infinity, x));
    },
    formula: (t, {taps}) => ['clip', digits(t.inputs.input, taps[0].value)],
  },
}));
