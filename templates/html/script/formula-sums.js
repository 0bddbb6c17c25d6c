/* Sums, products and quotients in formulas; sums that may need a second line are set term by term. */

/** @param {(p: [bigint, bigint], q: [bigint, bigint]) => [bigint, bigint]} fractions @param {(p: number, q: number) => number} floats
 * @returns {(...values: Exact[]) => Exact} */
const arithmetic = (fractions, floats) => (...values) =>
  values.reduce((x, y) => (typeof x === 'number' || typeof y === 'number' ? floats(float(x), float(y)) : fractions(x, y)));

/** @param {string} sign @returns {Sign['print']} */
const joined = sign => (parts, p, inside, term) => parts.map((x, i) => term(inside(x, i ? 2 : 0), i)).join(p.sign(sign));

Object.assign(signs, /** @type {Record<string, Sign>} */ ({
  '+': {tight: 1, print: joined('+'), worth: arithmetic((p, q) => [p[0] * q[1] + q[0] * p[1], p[1] * q[1]], (p, q) => p + q)},
  '-': {tight: 1, print: joined('-'), worth: arithmetic((p, q) => [p[0] * q[1] - q[0] * p[1], p[1] * q[1]], (p, q) => p - q)},
  '·': {tight: 2, print: (parts, p, inside) => parts.map(x => inside(x, 3)).join(p.sign('·')), worth: arithmetic((p, q) => [p[0] * q[0], p[1] * q[1]], (p, q) => p * q)},
  '/': {
    tight: 2,
    print: ([above, below], p, inside) => p.over?.(print(above, p), print(below, p)) ?? inside(above, 2) + p.sign('/') + inside(below, 3),
    worth: arithmetic((p, q) => (q[0] < 0n ? [-p[0] * q[1], -p[1] * q[0]] : [p[0] * q[1], p[1] * q[0]]), (p, q) => p / q),
  },
}));

// Browsers break lines between elements but not inside one: each term of a sum that may need a second line is its own.
// What parts them has no width: a sign brings its own space, as much before it as after.
settings.push(f => {
  const [sign, left, right] = f;
  if (left[0] !== '+' || left.length < 6) return undefined;
  const terms = left.slice(1).map((/** @type {Formula} */ x, /** @type {number} */ i) => {
    const text = i && tightness(x) < 2 ? MATHML.inside(print(x, MATHML)) : print(x, MATHML);
    return `<math>${i ? '<mo form="infix">+</mo>' : ''}${left.taps?.[i] >= 0 ? MATHML.term?.(text, left.taps[i]) : text}</math>`;
  });
  return `<span role="math" aria-label="${print(f, TEXT)}">${terms.join('\u200b')}\u200b<math><mo form="infix">${sign}</mo>${print(right, MATHML)}</math></span>`;
});
