/*
 * Formulas: a small tree of what is shown, printed as text, LaTeX and MathML, and valued exactly from its digits so
 * that `=` is written only where it is true. A number is its digits; anything else is [sign, …operands]. Here are
 * numbers, equalities and maxima; the other signs are in formula-….js. `taps` on a node says which tap each of its
 * operands belongs to.
 */

/** @typedef {string | FormulaNode} Formula */
/** @typedef {any[] & {taps?: number[]}} FormulaNode [sign, …operands] */
/** An exact fraction, or a float where NaN, an infinity or a root is involved. @typedef {[bigint, bigint] | number} Exact */

/** What a printer makes of the parts, printed already.
 * @typedef {{number: (digits: string) => string, sign: (sign: string) => string, inside: (text: string) => string,
 *   call: (name: string, inner: string[]) => string, term?: (text: string, tap: number) => string,
 *   over?: (above: string, below: string) => string, power?: (base: string, exponent: string) => string,
 *   bars?: (inner: string) => string, words?: Record<string, string>}} Printer with `words`, it speaks */

/** A sign: how tightly it holds its operands together (a looser formula inside a tighter one needs parentheses), how it
 * is printed, what it is worth; and how tightly its words hold together, where a listener could not hear their end.
 * @typedef {{tight?: number, heard?: (first: Formula, p: Printer) => number, print?: (parts: Formula[], p: Printer, inside: (f: Formula, needed: number) => string,
 *   term: (text: string, i: number) => string) => string, worth: (...values: Exact[]) => Exact}} Sign */

/** @type {Record<string, Sign>} */
const signs = {
  '=': {print: ([left, right], p) => print(left, p) + (print(left, TEXT) === right ? '' : p.sign('=') + print(right, p)), worth: a => a},
  '≈': {print: ([left, right], p) => print(left, p) + p.sign('≈') + print(right, p), worth: a => a},
  max: {worth: (...values) => (values.some(x => x !== x) ? NaN : values.reduce((x, y) => (less(x, y) ? y : x)))},
};

/** What needs parentheses only to be raised to a power. */
const SIGNED = 3.5;

/** 1 a sum, 2 a product, 3 a power, 4 what never needs parentheses; -1 words that have no end, as a power, SIGNED.
 * @param {Formula} f @param {Printer} p @returns {number} */
function tightness(f, p) {
  if (typeof f === 'string') return f.includes('e') ? (p.words ? 2 : f[0] === '-' ? 1 : 3) : f[0] === '-' ? (p.words ? SIGNED : 1) : 4;
  const {tight = 4, heard} = signs[f[0]];
  if (p.words && heard) return heard(f[1], p);
  return tight < 3 && f.length === 2 ? tightness(f[1], p) : tight; // of a single term, no sign is written
}

/** @param {Formula} f @param {Printer} p @returns {string} */
function print(f, p) {
  if (typeof f === 'string') return p.number(f);
  const [sign, ...parts] = f;
  /** @param {Formula} x @param {number} needed */
  const inside = (x, needed) => (tightness(x, p) < needed ? p.inside(print(x, p)) : print(x, p));
  /** @param {string} text @param {number} i */
  const term = (text, i) => (f.taps && p.term && f.taps[i] >= 0 ? p.term(text, f.taps[i]) : text);
  return signs[sign]?.print?.(parts, p, inside, term) ?? p.call(sign, parts.map((x, i) => term(inside(x, p.words && (typeof x !== 'string' || sign[0] !== 'm') ? SIGNED : 0), i)));
}

/** @type {Printer} */
const TEXT = {
  number: digits => digits,
  sign: sign => (sign === '·' ? sign : ` ${sign} `),
  inside: text => `(${text})`,
  call: (name, inner) => `${name}(${inner.join(', ')})`,
};

/** In words, as `speech.py` says it. @param {Formula} f @param {Record<string, string>} words the lesson's, for each sign */
const speechOf = (f, words) => print(f, {
  words,
  number: digits => digits.replace(/[-e∞]/g, c => (c === 'e' ? ' ' : '') + words[c] + (c === '∞' ? '' : ' ')),
  sign: sign => ` ${words[sign]} `,
  inside: text => `${words['(']} ${text} ${words[')']}`,
  call: (name, inner) => words[name] + ' ' + (inner[1] ? inner.slice(0, -1).join(', ') + ` ${words.and} ` : '') + inner.at(-1),
});

/** @type {Printer} */
const MATHML = {
  number: digits => {
    const sign = digits[0] === '-' ? '<mo form="prefix">−</mo>' : '';
    const [mantissa, power] = digits.replace(/^-/, '').split('e');
    if (power) return `${sign}<mn>${mantissa}</mn><mo>·</mo><msup><mn>10</mn><mrow>${MATHML.number(power)}</mrow></msup>`;
    return sign + (/\d/.test(mantissa) ? `<mn>${mantissa}</mn>` : `<mi>${mantissa}</mi>`);
  },
  sign: sign => `<mo>${minus(sign)}</mo>`,
  inside: text => `<mrow><mo>(</mo>${text}<mo>)</mo></mrow>`,
  call: (name, inner) => `<mi>${name}</mi>${MATHML.inside(inner.join('<mo>,</mo>'))}`,
  term: (text, tap) => `<mrow data-term="${tap}">${text}</mrow>`,
};

/** Another way to set a formula on the page, for those that are long. @type {((f: FormulaNode, label: string) => string | undefined)[]} */
const settings = [];

/** The formula for the page. @param {FormulaNode} f an equality @param {string} label it in words @returns {string} */
const set = (f, label) => settings[0]?.(f, label) ?? `<math displaystyle="true" aria-label="${label}">${print(f, MATHML)}</math>`;

/** A way to draw many terms together, with what is then said of it.
 * @type {((left: Formula, t: Trace, s: Step) => [Formula, string] | undefined)[]} */
const shortenings = [];

/** Whether a formula is never exactly what a float makes of it. @type {((f: Formula) => boolean)[]} */
const rounding = [];

/** `left = right`, or `≈` where the printed digits are not exactly equal. @param {Formula} left @param {string} right @returns {FormulaNode} */
function equality(left, right) {
  const [a, b] = [left, right].map(side => exact(worth(side)));
  const alike = typeof a === 'number' || typeof b === 'number' ? Object.is(a, b) : a[0] * b[1] === b[0] * a[1] && !rounding[0]?.(left);
  return [alike ? '=' : '≈', left, right];
}

/** A float as the fraction it is. @param {Exact} x @returns {Exact} */
function exact(x) {
  if (typeof x !== 'number' || !Number.isFinite(x)) return x;
  let below = 1n;
  for (; !Number.isInteger(x); below *= 2n) x *= 2;
  return [BigInt(x), below];
}

/** @param {Exact} x */
const float = x => (typeof x === 'number' ? x : ratio(x[0], x[1]));

/** Whether the first is less. @param {Exact} x @param {Exact} y */
const less = (x, y) => (typeof x === 'number' || typeof y === 'number' ? float(x) < float(y) : x[0] * y[1] < y[0] * x[1]);

/** The exact value of what is printed. @param {Formula} f @returns {Exact} */
function worth(f) {
  if (typeof f !== 'string') return signs[f[0]].worth(...f.slice(1).map(worth));
  if (/[N∞]/.test(f)) return Number(f.replace('∞', 'Infinity'));
  const [plain, scale] = decimal(f.replace(/^-/, '')), number = BigInt(plain) * (f[0] === '-' ? -1n : 1n);
  return scale < 0 ? [number, 10n ** BigInt(-scale)] : [number * 10n ** BigInt(scale), 1n];
}
