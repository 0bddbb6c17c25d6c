/* The p-th root of the sum of p-th powers under the window. */

/** @param {Trace} t @param {Step} s @returns {number} */
const scaleOf = ({view}, s) => view.scale.reduce((/** @type {number} */ n, /** @type {number[]} */ scale, /** @type {number} */ axis) => n * scale[s.place[axis + 2]], 1);

/** The greatest common one. @param {number} a @param {number} b @returns {number} */
const divisor = (a, b) => b ? divisor(b, a % b) : a;

rules.norm = {
  result(t, s) {
    const {power, signed} = t.view;
    const powers = s.data.map(tap => (signed ? Number(tap.value) : Math.abs(Number(tap.value))) ** power);
    const total = Number(summed(t, s.data, powers)) * scaleOf(t, s);
    return power === 1 ? total : power === 2 ? Math.sqrt(total) : total ** (1 / power);
  },
  formula(t, s) {
    const power = shown(t.view.power);
    const terms = s.data.map(tap => {
      const text = digits(t.inputs.input, tap.value);
      const number = tap.value < 0 && !t.view.signed ? ['| |', text] : text;
      return t.view.power === 1 ? number : ['^', number, power];
    });
    /** @type {Formula} */
    let total = terms.length ? Object.assign(['+', ...terms], {taps: s.data.map(tap => s.taps.indexOf(tap))}) : '0';
    if (scaleOf(t, s) !== 1) total = ['·', shown(scaleOf(t, s)), total];
    return t.view.power === 1 ? total : ['^', total, ['/', '1', power]];
  },
  facts(t, s, holding, numbers) {
    const {power, signed} = t.view, done = power === 1 ? 'summed' : 'raised';
    holding.add(power === 2 ? 'squared' : signed ? done : `sizes ${done}`);
    numbers.p = shown(power);
    numbers.full = s.taps.length;
    numbers.there = s.taps.filter(tap => !beyond(t, tap)).length;
    const common = divisor(numbers.full, numbers.there), below = numbers.there / common;
    const told = numbers.full / common + (below > 1 ? '/' + below : '');
    numbers.scale = `${numbers.full}/${numbers.there}` + (common > 1 ? ' = ' + told : '');
    if (t.view.scale.length && numbers.there < numbers.full) holding.add('scaled');
    if (numbers.there > s.data.length) holding.add('adds nothing');
  },
};
