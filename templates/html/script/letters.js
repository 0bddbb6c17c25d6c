/*
 * Exact numbers and letters: nothing is calculated here. What a cell shows, every formula and every sentence come from
 * stepwise as they stand; the figure, the steps and what is pointed at work as they do with any other numbers.
 */

/** How a printer writes a letter with its index, and a fraction that is one number.
 * @typedef {Printer & {letter?: (letters: string, index: string) => string, fraction?: (above: string, below: string) => string}} Lettering */

Object.assign(MATHML, /** @type {Partial<Lettering>} */ ({
  letter: (letters, index) => (index ? `<msub><mi>${letters}</mi><mn>${index}</mn></msub>` : `<mi>${letters}</mi>`),
  fraction: (above, below) => (above[0] === '-' ? '<mo form="prefix">−</mo>' : '') + `<mfrac><mn>${above.replace('-', '')}</mn><mn>${below}</mn></mfrac>`,
}));
Object.assign(LATEX, /** @type {Partial<Lettering>} */ ({
  letter: (letters, index) => (index ? `${letters}_{${index}}` : letters),
  fraction: (above, below) => (above[0] === '-' ? '-' : '') + `\\frac{${above.replace('-', '')}}{${below}}`,
}));

/** @type {(parts: any[], p: Lettering) => string} */
const fractionWritten = ([above, below], p) => (p.words ? `${p.number(above)} ${p.words.over} ${below}` : p.fraction?.(above, below) ?? `${above}/${below}`);
const unknown = () => NaN;
Object.assign(signs, /** @type {Record<string, Sign>} */ ({
  letter: {
    print: ([name, letters, index], /** @type {Lettering} */ p) => p.words
      ? [letters, ...(/** @type {string} */ (index).includes(',') ? /** @type {string} */ (index).split(',') : index)].join(' ')
      : p.letter?.(/** @type {string} */ (letters), /** @type {string} */ (index)) ?? String(name),
    worth: unknown,
  },
  over: {tight: 2, print: fractionWritten, worth: unknown},
  '-over': {tight: 1, heard: () => 2, print: fractionWritten, worth: unknown},
}));

// In a list, a fraction is told from its neighbours as any number is.
for (const name of ['max', 'min']) {
  signs[name].print = (parts, p, inside, term) => p.call(name, parts.map((x, i) => term(p.words && typeof x !== 'string' && !x[0].endsWith('over') ? inside(x, SIGNED) : print(x, p), i)));
}

// What ends a line needs no comma to be told from what would follow.
for (const name of ['=', '≈']) {
  const {print: both} = signs[name];
  signs[name].print = (parts, p, inside, term) => String(both?.(parts, p, inside, term)).replace(p.words ? /,$/ : /^$/, '');
}

/** A formula as the script has it: which tap each term is of stands on the node. @param {any} tree @returns {any} */
const treeOf = tree => {
  if (!Array.isArray(tree)) return tree;
  const parts = tree.map(treeOf), last = parts.at(-1);
  return last.taps && !Array.isArray(last) ? Object.assign(parts.slice(0, -1), last) : parts;
};

/** Put what is shown in the place of the record's own numbers. @param {Trace} t */
function spell({view, inputs, output}) {
  const {spelled} = view;
  if (!spelled || view.told) return;
  for (const name in inputs) inputs[name].values = spelled.texts[name];
  output.values = spelled.texts.output;
  view.told = spelled.steps.map((/** @type {any[]} */ [tree]) => treeOf(tree));
}

nodes.told = () => '';
further.push(({view: {spelled}}, {k}, _holding, numbers) => (numbers.told = spelled?.steps[k][1]));

const {build} = View.prototype;
View.prototype.build = function (/** @type {Trace} */ trace) {
  spell(trace);
  build.call(this, trace);
};
extensions.push(stage => stage.on('drawn', (/** @type {View} */ {t: {view: {spelled}}, input, s, k}) => {
  const won = spelled && k >= 0 && s.taps[spelled.steps[k][2]];
  if (won) input.cells.find(({at}) => at === won.at)?.td.classList.add('winner');
}));
// What stands for any number cannot be changed into one.
extensions.push(stage => stage.on('pinned', () => stage.views.some(({t}) => t.view.told) && stage.part('.edit')?.remove()));
