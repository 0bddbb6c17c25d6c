/* Sums, products and quotients in formulas; sums that may need a second line are set term by term. */

/** @param {(p: [bigint, bigint], q: [bigint, bigint]) => Exact} fractions @param {(p: number, q: number) => number} floats
 * @returns {(...values: Exact[]) => Exact} */
const arithmetic = (fractions, floats) => (...values) =>
  values.reduce((x, y) => (typeof x === 'number' || typeof y === 'number' ? floats(float(x), float(y)) : fractions(x, y)));

/** @param {string} sign @returns {Sign['print']} */
const joined = sign => (parts, p, inside, term) => parts.map((x, i) => term(inside(x, i ? 2 : 0), i)).join(p.sign(sign));

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

// Browsers break lines between elements but not inside one: each term of a sum that may need a second line is its own.
// What parts them has no width: a sign brings its own space, as much before it as after.
settings.push((f, label) => {
  const [sign, left, right] = f, [above, sum] = left[0] === '/' ? [left[1], left[2]] : ['', left];
  if (sum[0] !== '+' || sum.length < 6) return undefined;
  const terms = sum.slice(1).map((/** @type {Formula} */ x, /** @type {number} */ i) => {
    const text = i && tightness(x, MATHML) < 2 ? MATHML.inside(print(x, MATHML)) : print(x, MATHML);
    return (i ? '<mo form="infix">+</mo>' : '') + (sum.taps?.[i] >= 0 ? MATHML.term?.(text, sum.taps[i]) : text);
  });
  if (above) { // of a softmax: below a bar its sum could not be broken
    terms[0] = `${print(above, MATHML)}<mo>/</mo><mo>(</mo>${terms[0]}`;
    terms[terms.length - 1] += '<mo>)</mo>';
  }
  const pieces = [...terms, `<mo form="infix">${sign}</mo>${print(right, MATHML)}`];
  return `<span role="math" aria-label="${label}"><math>${pieces.join('</math>\u200b<math>')}</math></span>`;
});
