/* A long dot product, as in the lesson: its largest products first, by size, and the others as one number. */

/** Of a long dot product, so many products are shown. */
const LARGEST = 12;

const [inRuns] = shortenings;
shortenings[0] = (left, t, s) => {
  const {view, inputs} = t;
  if (!view.words.ranked || left[0] !== '+') return inRuns(left, t, s);
  const all = /** @type {Formula[]} */ (left.slice(1)), terms = inputs.bias ? all.slice(0, -1) : all;
  if (terms.length <= READABLE) return undefined;
  const sizes = terms.map(term => Math.abs(float(worth(term)))).map(size => (size === size ? size : Infinity));
  const order = [...sizes.keys()].sort((i, j) => (sizes[i] === sizes[j] ? i - j : sizes[j] > sizes[i] ? 1 : -1));
  const first = order.slice(0, LARGEST), others = order.slice(LARGEST).sort((i, j) => i - j);
  const rest = shown(float(worth(['+', ...others.map(i => terms[i])])));
  const taps = [...first.map(i => /** @type {FormulaNode} */ (left).taps?.[i] ?? -1), -1, ...(inputs.bias ? [-1] : [])];
  const [told, last] = view.words.ranked;
  const note = filled(told, {all: terms.length, shown: LARGEST, rest: others.length, subtotal: minus(rest)});
  return [Object.assign(['+', ...first.map(i => terms[i]), rest, ...all.slice(terms.length)], {taps}), inputs.bias ? note + ' ' + last : note];
};
