/* The mean under the window: what counts in the divisor is told by the record. */

/** @param {Trace} t @param {Step} s @returns {number} */
const divisorOf = ({view}, s) => view.divisor ?? view.counts.reduce((/** @type {number} */ n, /** @type {number[]} */ counts, /** @type {number} */ axis) => n * counts[s.place[axis + 2]], 1);

rules.mean = {
  result(t, s) {
    const total = summed(t, s.data, s.data.map(tap => exactly(tap.value, t.inputs.input.whole)));
    return Number(total) / divisorOf(t, s);
  },
  formula(t, s) {
    const terms = s.data.length ? s.data.map(tap => digits(t.inputs.input, tap.value)) : ['0'];
    return ['/', Object.assign(['+', ...terms], {taps: s.data.map(tap => s.taps.indexOf(tap))}), String(divisorOf(t, s))];
  },
  facts(t, s, holding, numbers) {
    const {divided} = t.view, there = s.taps.filter(tap => !beyond(t, tap)).length;
    numbers.divisor = divisorOf(t, s);
    numbers.all = there;
    holding.add(divided === 'given' || there > s.data.length ? divided : numbers.divisor === 1 ? 'alone' : 'plain');
  },
};
