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
 *   over?: (above: string, below: string) => string, power: (base: string, exponent: string) => string,
 *   call: (name: string, inner: string[]) => string, bars: (inner: string) => string,
 *   term?: (text: string, tap: number) => string}} Printer */

/** A sign: how tightly it holds its operands together (a looser formula inside a tighter one needs parentheses), how it
 * is printed, what it is worth.
 * @typedef {{tight?: number, print?: (parts: Formula[], p: Printer, inside: (f: Formula, needed: number) => string,
 *   term: (text: string, i: number) => string) => string, worth: (...values: Exact[]) => Exact}} Sign */

/** @type {Record<string, Sign>} */
const signs = {
  '=': {print: ([left, right], p) => print(left, p) + p.sign('=') + print(right, p), worth: a => a},
  '≈': {print: ([left, right], p) => print(left, p) + p.sign('≈') + print(right, p), worth: a => a},
  max: {worth: (...values) => (values.some(x => x !== x) ? NaN : values.reduce((x, y) => (less(x, y) ? y : x)))},
};

/** 1 a sum, 2 a product, 3 a power, 4 what never needs parentheses. @param {Formula} f @returns {number} */
function tightness(f) {
  if (typeof f === 'string') return f[0] === '-' ? 1 : f.includes('e') ? 3 : 4;
  const {tight = 4} = signs[f[0]];
  return tight < 3 && f.length === 2 ? tightness(f[1]) : tight; // of a single term, no sign is written
}

/** @param {Formula} f @param {Printer} p @returns {string} */
function print(f, p) {
  if (typeof f === 'string') return p.number(f);
  const [sign, ...parts] = f;
  /** @param {Formula} x @param {number} needed */
  const inside = (x, needed) => (tightness(x) < needed ? p.inside(print(x, p)) : print(x, p));
  /** @param {string} text @param {number} i */
  const term = (text, i) => (f.taps && p.term && f.taps[i] >= 0 ? p.term(text, f.taps[i]) : text);
  return signs[sign]?.print?.(parts, p, inside, term) ?? p.call(sign, parts.map((x, i) => term(print(x, p), i)));
}

/** @type {Printer} */
const TEXT = {
  number: digits => digits,
  sign: sign => (sign === '·' ? sign : ` ${sign} `),
  inside: text => `(${text})`,
  power: (base, exponent) => `${base}^${exponent}`,
  call: (name, inner) => `${name}(${inner.join(', ')})`,
  bars: inner => `|${inner}|`,
};

/** @type {Printer} */
const MATHML = {
  number: digits => {
    const sign = digits[0] === '-' ? '<mo form="prefix">−</mo>' : '';
    const [mantissa, power] = digits.replace('-', '').split('e');
    if (power) return `${sign}<mn>${mantissa}</mn><mo>·</mo><msup><mn>10</mn><mrow>${MATHML.number(power)}</mrow></msup>`;
    return sign + (/\d/.test(mantissa) ? `<mn>${mantissa}</mn>` : `<mi>${mantissa}</mi>`);
  },
  sign: sign => `<mo>${minus(sign)}</mo>`,
  inside: text => `<mrow><mo>(</mo>${text}<mo>)</mo></mrow>`,
  over: (above, below) => `<mfrac><mrow>${above}</mrow><mrow>${below}</mrow></mfrac>`,
  power: (base, exponent) => `<msup><mrow>${base}</mrow><mrow>${exponent}</mrow></msup>`,
  call: (name, inner) => (name === 'sqrt' ? `<msqrt>${inner[0]}</msqrt>` : `<mi>${name}</mi>${MATHML.inside(inner.join('<mo>,</mo>'))}`),
  bars: inner => `<mrow><mo>|</mo>${inner}<mo>|</mo></mrow>`,
  term: (text, tap) => `<mrow data-term="${tap}">${text}</mrow>`,
};

/** Another way to set a formula on the page, for those that are long. @type {((f: FormulaNode) => string | undefined)[]} */
const settings = [];

/** The formula for the page. @param {FormulaNode} f an equality @returns {string} */
const set = f => settings[0]?.(f) ?? `<math displaystyle="true" aria-label="${print(f, TEXT)}">${print(f, MATHML)}</math>`;

/** A way to draw many terms together, with what is then said of it.
 * @type {((left: Formula, t: Trace) => [Formula, string] | undefined)[]} */
const shortenings = [];

/** `left = right`, or `≈` where the printed digits are not exactly equal. @param {Formula} left @param {string} right @returns {FormulaNode} */
function equality(left, right) {
  const [a, b] = [left, right].map(side => exact(worth(side)));
  const alike = typeof a === 'number' || typeof b === 'number' ? Object.is(a, b) : a[0] * b[1] === b[0] * a[1];
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
  const [plain, scale] = decimal(f.replace('-', '')), number = BigInt(plain) * (f[0] === '-' ? -1n : 1n);
  return scale < 0 ? [number, 10n ** BigInt(-scale)] : [number * 10n ** BigInt(scale), 1n];
}
