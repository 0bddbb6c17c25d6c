/* The largest number under the window; of equals the first, and NaN before everything. */

/** @param {Step} s */
const largestOf = s => s.data.find(tap => tap.value !== tap.value) ?? s.data.reduce((best, tap) => (tap.value > best.value ? tap : best));

rules.max = {
  winner: largestOf,
  result: (t, s) => largestOf(s).value,
  formula: (t, s) => Object.assign(['max', ...s.data.map(tap => digits(t.inputs.input, tap.value))], {taps: s.data.map(tap => s.taps.indexOf(tap))}),
  facts({inputs: {input}, view}, s, holding, numbers) {
    const {at, value} = largestOf(s), {data} = s;
    numbers.nans = data.filter(tap => tap.value !== tap.value).length;
    numbers.ties = data.filter(tap => tap.value === value).length;
    numbers.best = digits(input, value);
    numbers.first = told(unravel(at, view.input.shape));
    holding.add(data.length === 1 ? 'only' : numbers.nans > 1 ? 'nans' : numbers.nans ? 'nan' : numbers.ties > 1 ? 'tie' : 'largest');
  },
};
