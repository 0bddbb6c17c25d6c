/* Sums, products and quotients in formulas; sums and lists that may need a second line are set term by term. */

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
  const sides = sidesOf(f), lengths = sides.map(([, side]) => print(side, TEXT).length + 3);
  const named = Number(sides[0][1][0] === 'letter'); // a name and what it is stand on one line where they can
  const pieces = sides.map(([, side], i) => pieced(side, lengths.slice(i === named ? 0 : i).reduce((a, b) => a + b) - 3));
  if (!pieces.some(Boolean)) return undefined;
  const set = sides.flatMap(([sign, side], i) => {
    const [first, ...rest] = pieces[i] ?? [print(side, MATHML)];
    return [sign && infix(sign) + first || first, ...rest];
  });
  return `<span role="math" aria-label="${label}"><math>${set.join('</math>\u200b<math>')}</math></span>`;
});

const infix = (/** @type {string} */ one) => `<mo form="infix">${one}</mo>`;

/** What stands before and after each sign of equality, with the sign before it. @param {Formula} f @returns {[string, Formula][]} */
function sidesOf(f) {
  if (f[0] !== '=' && f[0] !== '≈') return [['', f]];
  const [left, right] = [sidesOf(f[1]), sidesOf(f[2])];
  return left.length < 2 && print(f[1], TEXT) === f[2] ? left : [...left, [f[0], right[0][1]], ...right.slice(1)];
}

/** A term with the sign before it, and the tap that it is of, or -1. @typedef {[sign: string, term: Formula, tap: number]} Addend */

/** The terms of a sum or of differences. @param {Formula} f @returns {Addend[]} */
function addends(f) {
  if (typeof f === 'string' || !'+-'.includes(f[0])) return [['', f, -1]];
  if (f[0] === '-') return [...addends(f[1]), ['−', f[2], -1]];
  return f.slice(1).flatMap((x, i) => (!i && typeof x !== 'string' && x[0] === '-' ? addends(x) : [/** @type {Addend} */ ([i ? '+' : '', x, f.taps?.[i] ?? -1])]));
}

/** Signs that are written before a list. */
const LISTS = ['max', 'min', 'median'];

/** The pieces of a side between which a line may end; none where it is no sum or list, or all from it on fits on a line.
 * @param {Formula} f @param {number} length so many characters @returns {string[] | undefined} */
function pieced(f, length) {
  if (typeof f !== 'string' && LISTS.includes(f[0])) {
    if (f.length < 3 || (f.length < 6 && length < BRIEF)) return undefined;
    const each = f.slice(1).map((x, i) => termOf(x, f.taps?.[i] ?? -1, 0) + `<mo>${i < f.length - 2 ? ',' : ')'}</mo>`);
    return [`<mi>${f[0]}</mi><mo>(</mo>${each[0]}`, ...each.slice(1)];
  }
  const bar = f[0] === '/', divided = bar && f[1][0] === '+' && globalThis.innerWidth < 640; // where a long bar would be cut off
  const sum = bar ? f[divided ? 1 : 2] : f, terms = addends(sum); // of a softmax: below a bar its sum could not be broken
  const many = terms.reduce((all, [sign, x]) => all + (sign !== '−' && isGroup(x) ? x.length - 1 : 1), 0);
  if (terms.length < 2 || (many < 5 && length < BRIEF)) return undefined;
  const pieces = terms.flatMap(([sign, x, tap], number) => {
    const before = sign && infix(sign);
    if (sign !== '−' && isGroup(x)) {
      const inner = addends(x).map(([inside, one, at], i) => (i ? infix(inside) : before + '<mo form="prefix">(</mo>') + termOf(one, at, i));
      inner[inner.length - 1] += '<mo form="postfix">)</mo>';
      return inner;
    }
    return [before + termOf(x, tap, number)];
  });
  const last = pieces.length - 1;
  if (divided) {
    pieces[0] = `<mo>(</mo>${pieces[0]}`;
    pieces[last] += `<mo>)</mo><mo>/</mo>${print(f[2], MATHML)}`;
  } else if (bar) {
    pieces[last] += '<mo>)</mo>';
    pieces.unshift(`${print(f[1], MATHML)}<mo>/</mo><mo>(</mo>`);
  }
  return pieces;
}

/** A term, in parentheses where it is not the first and would run into the others. @param {Formula} x @param {number} tap @param {number} i */
const termOf = (x, tap, i) => {
  const text = i && tightness(x, MATHML) < 2 ? MATHML.inside(print(x, MATHML)) : print(x, MATHML);
  return tap >= 0 ? String(MATHML.term?.(text, tap)) : text;
};
