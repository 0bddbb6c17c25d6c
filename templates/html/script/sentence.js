/* What is said of a step: the lesson's own templates, each under the condition that stepwise's sentences.py gives it. */

/** @param {Record<string, string>} forms by count, `*` for the others @param {number} n */
const counted = (forms, n) => (forms[n] ?? forms['*']).replace('{n}', String(n));

/** @param {string} template @param {Record<string, string | number>} numbers */
const filled = (template, numbers) => template.replace(/\{(\w+)\}/g, (_, name) => String(numbers[name]));

/** @param {number[]} index */
const told = index => `(${index.join(', ')})`;

/** The sentence of a step, with `**` around what matters most. @param {Trace} t @param {Step} s */
function sentenceOf(t, s) {
  const {words, divided} = t.view;
  const {taps, data} = s, padded = taps.length - data.length, last = taps[taps.length - 1];
  const holding = new Set(['', t.inputs.bias ? 'bias' : 'no bias', taps.length ? 'some' : 'none']);
  /** @type {Record<string, string | number>} */
  const numbers = {all: taps.length};
  if (words.number) {
    numbers.covered = counted(words.number, data.length);
    if (padded) numbers.covered = filled(words.both, {numbers: numbers.covered, padding: counted(words.padded, padded)});
  }
  if (words.landed) numbers.landed = counted(words.landed, taps.length);
  if (padded) holding.add('padded');
  const best = rules[t.view.rule].winner?.(s);
  if (taps.length) {
    holding.add(taps[0].at < 0 ? 'constant' : 'moved');
    if (last.at >= 0) numbers.source = told(unravel(last.at, t.view.input.shape));
    const x = taps[0].value;
    if (!best) holding.add(x !== x ? 'nan' : x > 0 ? 'positive' : x < 0 ? 'negative' : 'zero');
  }
  if (best) {
    const ties = data.filter(tap => tap.value === best.value).length;
    holding.add(best.value !== best.value ? 'nan' : data.length === 1 ? 'only' : ties > 1 ? 'tie' : 'largest');
    Object.assign(numbers, {best: minus(digits(t.inputs.input, best.value)), ties});
  }
  if (divided) {
    numbers.divisor = divisorOf(t, s);
    holding.add(divided === 'given' ? divided : padded ? divided : 'plain');
  }
  return words.lines.filter((/** @type {string[]} */ [when]) => holding.has(when)).map((/** @type {string[]} */ [, line]) => filled(line, numbers)).join(' ');
}
