/* Formulas of more terms than anybody reads: of each run of them, the subtotal or the largest, as in the lesson. */

/** Terms that are shown one by one. */
const READABLE = 28;

/** @param {Formula} left @returns {[Formula, number, string] | undefined} the short one, how many terms make one, its sign */
const drawnTogether = left => {
  const [sign, ...terms] = left;
  if (sign === '/') {
    const [above, below] = terms;
    if (above[0] === 'exp' && below.length > READABLE + 1) return [['/', above, shown(float(worth(below)))], below.length - 1, 'exp'];
    const found = drawnTogether(above);
    return found && [['/', found[0], below], found[1], found[2]];
  }
  if ((sign !== '+' && sign !== 'max') || terms.length <= READABLE) return undefined;
  const size = Math.ceil(terms.length / READABLE);
  const runs = Array.from({length: Math.ceil(terms.length / size)}, (_, i) => terms.slice(i * size, i * size + size));
  /** @param {string} a @param {string} b */
  const larger = (a, b) => (a === 'NaN' || (b !== 'NaN' && !less(worth(a), worth(b))) ? a : b);
  return [[sign, ...runs.map(run => (sign === 'max' ? run.reduce(larger) : shown(float(worth(['+', ...run])))))], size, sign];
};
shortenings.push((left, {view}) => {
  const found = drawnTogether(left);
  return found && [found[0], filled(view.words.folded[found[2]], {n: found[1]})];
});
