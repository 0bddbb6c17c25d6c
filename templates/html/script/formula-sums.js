/* Sums, products and quotients in formulas; sums that may need a second line are set term by term. */

/** @param {(p: [bigint, bigint], q: [bigint, bigint]) => Exact} fractions @param {(p: number, q: number) => number} floats
 * @returns {(...values: Exact[]) => Exact} */
const arithmetic = (fractions, floats) => (...values) =>
  values.reduce((x, y) => (typeof x === 'number' || typeof y === 'number' ? floats(float(x), float(y)) : fractions(x, y)));

/** @param {string} sign @returns {Sign['print']} */
const joined = sign => (parts, p, inside, term) => parts.map((x, i) => term(inside(x, i || (sign === '+' && isGroup(x)) ? 2 : 0), i)).join(p.sign(sign));

/** Whether a formula is itself a sum of several terms. @param {Formula} f */
const isGroup = f => f[0] === '+' && f.length > 2;

Object.assign(signs, /** @type {Record<string, Sign>} */ ({
  '+': {tight: 1, print: joined('+'), worth: arithmetic((p, q) => [p[0] * q[1] + q[0] * p[1], p[1] * q[1]], (p, q) => p + q)},
  '-': {tight: 1, print: joined('-'), worth: arithmetic((p, q) => [p[0] * q[1] - q[0] * p[1], p[1] * q[1]], (p, q) => p - q)},
  neg: {
    tight: 1,
    print: ([inner], p, inside) => (p.words ? `${p.words['-']} ` : p === MATHML ? '<mo form="prefix">−</mo>' : '-') + inside(inner, 2),
    worth: a => signs['-'].worth([0n, 1n], a),
  },
  '·': {tight: 2, print: (parts, p, inside) => parts.map(x => inside(x, 3)).join(p.sign('·')), worth: arithmetic((p, q) => [p[0] * q[0], p[1] * q[1]], (p, q) => p * q)},
  '/': {
    tight: 2,
    heard: (above, p) => (tightness(above, p) < 2 ? -1 : 2),
    print: ([above, below], p, inside) => {
      if (p.words && tightness(above, p) < 2) return `${print(above, p)}, ${p.words.all} ${inside(below, 3)},`;
      return p.over?.(print(above, p), print(below, p)) ?? inside(above, 2) + p.sign('/') + inside(below, 3);
    },
    worth: arithmetic((p, q) => (!q[0] ? ratio(...p) / 0 : q[0] < 0n ? [-p[0] * q[1], -p[1] * q[0]] : [p[0] * q[1], p[1] * q[0]]), (p, q) => p / q),
  },
}));

MATHML.over = (above, below) => `<mfrac><mrow>${above}</mrow><mrow>${below}</mrow></mfrac>`;
LATEX.over = (above, below) => `\\frac{${above}}{${below}}`;

/** So many characters fit on a line of a phone. */
const BRIEF = 28;

// Browsers break lines between elements but not inside one: each term of a sum that may need a second line is its own.
// What parts them has no width: a sign brings its own space, as much before it as after.
settings.push((f, label) => {
  const [sign, side, right] = f, [left, middle] = side[0] === '=' || side[0] === '≈' ? side.slice(1) : [side];
  const bar = left[0] === '/', divided = bar && left[1][0] === '+' && globalThis.innerWidth < 640; // where a long bar would be cut off
  const [above, sum] = bar && !divided ? [left[1], left[2]] : ['', divided ? left[1] : left];
  const many = sum[0] === '+' ? sum.slice(1).reduce((/** @type {number} */ all, /** @type {Formula} */ x) => all + (isGroup(x) ? x.length - 1 : 1), 0) : 0;
  if (!many || (many < 5 && print(f, TEXT).length < BRIEF)) return undefined;
  const plus = '<mo form="infix">+</mo>';
  /** @param {FormulaNode} of @returns {string[]} */
  const each = of => of.slice(1).flatMap((/** @type {Formula} */ x, /** @type {number} */ i) => {
    if (isGroup(x)) {
      const inner = each(/** @type {FormulaNode} */ (x));
      inner[0] = (i ? plus : '') + '<mo form="prefix">(</mo>' + inner[0];
      inner[inner.length - 1] += '<mo form="postfix">)</mo>';
      return inner;
    }
    const text = i && tightness(x, MATHML) < 2 ? MATHML.inside(print(x, MATHML)) : print(x, MATHML);
    return [(i ? plus : '') + (Number(of.taps?.[i]) >= 0 ? MATHML.term?.(text, Number(of.taps?.[i])) : text)];
  });
  const terms = each(sum), infix = (/** @type {string} */ one) => `<mo form="infix">${one}</mo>`;
  if (above) { // of a softmax: below a bar its sum could not be broken
    terms[0] = `${print(above, MATHML)}<mo>/</mo><mo>(</mo>${terms[0]}`;
    terms[terms.length - 1] += '<mo>)</mo>';
  }
  if (divided) {
    terms[0] = `<mo>(</mo>${terms[0]}`;
    terms[terms.length - 1] += `<mo>)</mo><mo>/</mo>${print(left[2], MATHML)}`;
  }
  if (middle) { // each channel's sum, broken as the terms are where they are many
    const [first, ...rest] = middle.length > 5 ? each(middle) : [print(middle, MATHML)];
    terms.push(infix(side[0]) + first, ...rest);
  }
  const pieces = [...terms, infix(sign) + print(right, MATHML)];
  return `<span role="math" aria-label="${label}"><math>${pieces.join('</math>\u200b<math>')}</math></span>`;
});
