/* What is said of a step: the lesson's own templates, each under the condition that stepwise's facts.py gives it. */

/** @param {Record<string, string>} forms by count, `*` for the others @param {number} n */
const counted = (forms, n) => (forms[n] ?? forms['*']).replace('{n}', String(n));

/** @param {string} template @param {Record<string, string | number>} numbers */
const filled = (template, numbers) => template.replace(/\{(\w+)\}/g, (_, name) => String(numbers[name]));

/** @param {number[]} index @param {string[]} [along] what its entries are called */
const told = (index, along) => `(${index.map((n, axis) => along?.[axis].replace('{n}', String(n)) ?? n).join(', ')})`;

/** What more than the common holds of a step: conditions, and numbers that lines name.
 * @type {((t: Trace, s: Step, holding: Set<any>, numbers: Record<string, any>) => void)[]} */
const further = [];

/** The sentence of a step, with `**` around what matters most. @param {Trace} t @param {Step} s */
function sentenceOf(t, s) {
  const {view: {words}, inputs} = t, {taps, data} = s, padded = taps.length - data.length, some = taps.length > 0;
  /** @type {Record<string, any>} */
  const numbers = {};
  const holding = new Set(['', inputs.bias ? 'bias' : 'no bias', padded && 'padded', ...(some ? ['some', inputs.bias && 'some and bias'] : ['none', inputs.bias ? 'only bias' : 'nothing'])]);
  if (words.number) {
    numbers.covered = counted(words.number, data.length);
    if (padded) numbers.covered = filled(words.both, {numbers: numbers.covered, padding: counted(words.padded, padded)});
  }
  for (const more of further) more(t, s, holding, numbers);
  return words.lines.filter((/** @type {string[]} */ [when]) => holding.has(when)).map((/** @type {string[]} */ [, line]) => filled(line, numbers)).join(' ');
}
