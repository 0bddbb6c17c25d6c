/* What is said of a step: the lesson's own templates, each under the condition that stepwise's sentences.py gives it. */

/** @param {Record<string, string>} forms by count, `*` for the others @param {number} n */
const counted = (forms, n) => (forms[n] ?? forms['*']).replace('{n}', String(n));

/** @param {string} template @param {Record<string, string | number>} numbers */
const filled = (template, numbers) => template.replace(/\{(\w+)\}/g, (_, name) => String(numbers[name]));

/** @param {number[]} index */
const told = index => `(${index.join(', ')})`;

/** What ReLU does with a number. @param {any} view @param {Value} x */
function passing({slope, threshold, ceiling}, x) {
  if (x !== x) return 'nan';
  if (x > threshold) return ceiling !== null && x > ceiling ? 'cut off' : x > 0 ? 'positive' : 'above';
  if (threshold) return slope ? 'lacking' : 'not above';
  return !x ? 'zero' : slope ? 'scaled' : 'negative';
}

/** The sentence of a step, with `**` around what matters most. @param {Trace} t @param {Step} s */
function sentenceOf(t, s) {
  const {view, inputs} = t, {words, divided, rule} = view, {taps, data} = s, padded = taps.length - data.length, last = taps[taps.length - 1];
  /** @type {Record<string, any>} */
  const numbers = {all: taps.length};
  const holding = new Set(['', inputs.bias ? 'bias' : 'no bias', padded && 'padded', ...(last ? ['some', taps[0].at < 0 ? 'constant' : 'moved'] : ['none', inputs.bias ? 'only bias' : 'nothing'])]);
  if (words.number) {
    numbers.covered = counted(words.number, data.length);
    if (padded) numbers.covered = filled(words.both, {numbers: numbers.covered, padding: counted(words.padded, padded)});
  }
  if (words.landed) numbers.landed = counted(words.landed, taps.length);
  if (last?.at >= 0) numbers.source = told(unravel(last.at, view.input.shape));
  if (rule === 'relu') {
    holding.add(passing(view, taps[0].value));
    for (const name of ['slope', 'threshold', 'ceiling']) numbers[name] = shown(view[name] ?? 0);
  }
  const best = rules[rule].winner?.(s);
  if (best) {
    numbers.ties = data.filter(tap => tap.value === best.value).length;
    numbers.best = digits(inputs.input, best.value);
    holding.add(best.value !== best.value ? 'nan' : data.length === 1 ? 'only' : numbers.ties > 1 ? 'tie' : 'largest');
  }
  if (divided) {
    numbers.divisor = divisorOf(t, s);
    holding.add(padded || divided === 'given' ? divided : 'plain');
    if (padded && divided === 'counted' && numbers.divisor < taps.length) holding.add('past the edge');
  }
  return words.lines.filter((/** @type {string[]} */ [when]) => holding.has(when)).map((/** @type {string[]} */ [, line]) => filled(line, numbers)).join(' ');
}
