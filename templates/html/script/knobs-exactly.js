/* Knobs of exact numbers and letters: what is turned is worked out without rounding, and told as stepwise tells it. */

/** What the page knows of a lesson's letters: what each may be, which letters may name long cells, how long a cell and a result may be, sentences.
 * @typedef {{known: Record<string, Known>, names: string, cell: number, result: number, said: Record<string, any>}} Letters */

// A largest number is told from the others without rounding; which of several letters it is, nobody knows.
const {'each max': largestNumber} = deciding;
deciding['each max'] = data => {
  if (!data.some(({value}) => /** @type {any} */ (value) instanceof Exactly)) return largestNumber(data);
  const all = data.map(({value}) => exactly(value)), [largest, ...others] = largestOf(all, {});
  return all.every(one => one.plain) && !others.length ? data[all.indexOf(largest)] : undefined;
};

/** @param {Trace} t @param {Step} s @param {Record<string, Known>} known @returns {[Formula, Exactly, Exactly[]]} its working, its result, and what can be the largest */
function workedExactly(t, s, known) {
  /** @type {Exactly[]} */
  let largest = [];
  const working = walked(t.view.rule, {
    t, s, known: new Map(), said: true, leaf: (_, value) => exactly(value).tree, join: (sign, parts, taps) => Object.assign([sign, ...parts], {taps}),
  });
  const result = walked(t.view.rule, {
    t, s, known: new Map(), leaf: (_, value) => exactly(value),
    join: (sign, parts) => {
      if (sign !== 'max') return joinedExactly[sign](parts);
      largest = largestOf(parts, known);
      return largest.length > 1 ? new Exactly(new Map(), largest) : largest[0];
    },
  });
  return [working, result, largest];
}

/** `17/24 ≈ 0.708`, `3/2 = 1.5`; anything else alone. @param {Exactly} one @returns {Formula} */
const decimalToo = ({plain, number, tree}) => (plain && typeof tree !== 'string' ? equality(tree, shown(ratio(...number))) : tree);
signs.over.worth = signs['-over'].worth = (/** @type {Exact} */ above, /** @type {Exact} */ below) => (Array.isArray(above) && Array.isArray(below) ? lowest(above[0], below[0]) : NaN);

/** A formula's text, with what may stand in any order in the order of its letters. @param {Formula} f @returns {string} */
const inAnyOrder = f => {
  const [sign, ...parts] = f;
  if (typeof f === 'string' || !['+', '/', 'max'].includes(sign)) return print(f, TEXT);
  const each = parts.map(inAnyOrder);
  return sign === '+' && each.length === 1 ? each[0] : `${sign}(${(sign === '/' ? each : each.sort()).join(', ')})`;
};

/** A line as the script has it: what only stands for itself is written once. @param {Formula} left @param {Formula} right @returns {FormulaNode} */
const lineOf = (left, right) => {
  const same = inAnyOrder(left), twice = (right[0] === '=' || right[0] === '≈') && inAnyOrder(right[1]) === same;
  return twice ? /** @type {FormulaNode} */ (right) : ['=', left, inAnyOrder(right) === same ? print(left, TEXT) : right];
};

/** Why a maximum of letters is what it is. @param {Exactly[]} all @param {Exactly[]} kept @param {Letters} letters */
function toldLargest(all, kept, {known, said}) {
  const unlike = [...new Set(all)], lost = unlike.filter(one => !kept.includes(one));
  if (unlike.length === 1) return said.alone;
  /** @type {Map<string, string[]>} */
  const reasons = new Map();
  for (const one of lost.slice(0, said.most)) {
    const larger = kept.find(({plain, number}) => plain && one.plain && !less(number, one.number));
    const named = [one, ...kept].filter(({text}) => known[text]?.[2]).sort((a, b) => naturally(a.text, b.text))[0];
    const reason = larger ? filled(said.larger, {larger: larger.text}) : named ? filled(said.stands, {letter: named.text, kind: String(known[named.text][2])}) : said.another;
    reasons.set(reason, [...(reasons.get(reason) ?? []), one.text]);
  }
  const sentences = [...reasons].map(([reason, names]) => filled(said.never, {names: names.join(', '), reason}));
  if (lost.length > said.most) sentences.push(counted(said.others, lost.length - said.most));
  if (kept.length > 1) sentences.push(said.depends);
  return sentences.join(' ');
}
further.push(({view}, {k}, holding, numbers) => {
  if (!view.exactly?.[k]) return;
  holding.add('letters');
  numbers.letters = view.exactly[k];
});

/** Work out what is turned: every cell, its formula, what is said of it; long cells go by names. @param {Trace} t @param {Letters} letters @returns {string[]} all results, written out */
function turnExactly(t, letters) {
  const {view, inputs, output} = t, {known, names, cell, result: most} = letters;
  for (const array of Object.values(inputs)) array.values = /** @type {any} */ (array.values.map(exactly));
  const steps = Array.from({length: output.shape.reduce((a, b) => a * b, 1)}, (_, k) => stepOf(t, k));
  const worked = steps.map(step => workedExactly(t, step, known)), long = worked.some(([, {plain, text}]) => !plain && text.length > cell);
  const taken = new Set(Object.values(inputs).flatMap(({values}) => values.flatMap(one => [...exactly(one).terms.keys()].filter(Boolean).map(key => key[0]))));
  const name = [...names].find(one => !taken.has(one)) ?? 'cell', between = output.shape.some(n => n > 10) ? '_' : '';
  view.told = worked.map(([working, result], k) => {
    const line = lineOf(working, result.text.length > most ? working : decimalToo(result));
    if (!long || result.plain) return line;
    return ['=', letterTree(name + between + unravel(k, output.shape).join(between)), typeof line[2] === 'string' && line[2] === print(line[1], TEXT) ? line[1] : line];
  });
  view.exactly = worked.map(([, , largest], k) => {
    const all = steps[k].data.map(({value}) => exactly(value));
    return view.rule[0] === 'each max' && all.some(one => !one.plain) ? toldLargest(all, largest, letters) : '';
  });
  output.values = /** @type {any} */ (worked.map(([, result], k) => (long && !result.plain ? view.told[k][1][1] : result)));
  return worked.map(([, {text}]) => text);
}

/** Letters for what lies beyond the lesson's own, where those are letters: x23 in row 2 and column 3.
 * @param {Kept} kept @param {number[]} sizes @param {string} preferred letters to choose from @param {Iterable<any>} others what is in use besides */
function lettersBeyond(kept, sizes, preferred, others) {
  const own = [...kept.values()].map(exactly);
  if (own.every(one => one.plain)) return;
  const stems = new Set(own.filter(one => !one.plain).map(one => one.text.replace(/[_0-9]+$/, ''))), [only] = stems;
  const used = new Set([...own, ...[...others].map(exactly)].map(one => one.text[0]));
  const indexed = stems.size === 1 && own.some(one => /\d$/.test(one.text)), stem = indexed ? only : [...preferred].find(one => !used.has(one)) ?? 'cell';
  const taken = new Set(own.map(one => one.text)), axes = sizes.map(n => n > 1);
  for (const place of placesOf(sizes)) {
    if (kept.has(String(place))) continue;
    const index = place.filter((_, axis) => axes[axis]);
    let name = stem + index.join('');
    if (index.some(n => n > 9) || taken.has(name)) name = `${stem}_${index.join('_')}`;
    kept.set(String(place), /** @type {any} */ (exactly(name)));
  }
}
