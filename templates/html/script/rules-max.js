/* The largest number under the window; of equals the first, and NaN before everything. */

/** @param {Step} s */
const largestOf = s => s.data.find(tap => tap.value !== tap.value) ?? s.data.reduce((best, tap) => (tap.value > best.value ? tap : best));

rules.max = {
  winner: largestOf,
  result: (t, s) => largestOf(s).value,
  formula: (t, s) => Object.assign(['max', ...s.data.map(tap => digits(t.inputs.input, tap.value))], {taps: s.data.map(tap => s.taps.indexOf(tap))}),
};
