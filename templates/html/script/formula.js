/*
 * Formulas: a small tree of what is shown, printed as text, LaTeX and MathML, and valued exactly from its digits so
 * that `=` is written only where it is true. A number is its digits; anything else is [sign, …operands].
 * `taps` on a node says which tap each of its operands belongs to.
 */

/** @typedef {string | FormulaNode} Formula */
/** @typedef {any[] & {taps?: number[]}} FormulaNode [sign, …operands] */
/** An exact fraction, or a float where NaN, an infinity or a root is involved.
 * @typedef {[bigint, bigint] | number} Exact */

/** How tightly a formula holds together: a looser one inside a tighter one needs parentheses.
 * @param {Formula} f */
function tightness(f) {
  if (typeof f === 'string') return f[0] === '-' ? 1 : 3;
  return {'+': 1, '-': 1, '·': 2, '/': 2}[/** @type {string} */ (f[0])] ?? 3;
}

/** What a printer makes of the parts, printed already.
 * @typedef {{number: (digits: string) => string, sign: (sign: string) => string, inside: (text: string) => string,
 *   over?: (above: string, below: string) => string, power: (base: string, exponent: string) => string,
 *   call: (name: string, inner: string[]) => string, bars: (inner: string) => string,
 *   term?: (text: string, tap: number) => string}} Printer */

/** @param {Formula} f @param {Printer} p @returns {string} */
function print(f, p) {
  if (typeof f === 'string') return p.number(f);
  const [sign, ...parts] = f;
  /** @param {Formula} x @param {number} needed */
  const inside = (x, needed) => (tightness(x) < needed ? p.inside(print(x, p)) : print(x, p));
  /** @param {string} text @param {number} i */
  const term = (text, i) => (f.taps && p.term && f.taps[i] >= 0 ? p.term(text, f.taps[i]) : text);
  switch (sign) {
    case '+': case '-': return parts.map((x, i) => term(inside(x, i ? 2 : 0), i)).join(p.sign(sign));
    case '·': return parts.map(x => inside(x, 3)).join(p.sign('·'));
    case '/': return p.over ? p.over(print(parts[0], p), print(parts[1], p)) : inside(parts[0], 2) + p.sign('/') + inside(parts[1], 3);
    case '^': return p.power(inside(parts[0], 3), p.over ? print(parts[1], {...p, over: undefined}) : inside(parts[1], 3));
    case '| |': return p.bars(print(parts[0], p));
    case '=': case '≈': return print(parts[0], p) + p.sign(sign) + print(parts[1], p);
  }
  return p.call(sign, parts.map((x, i) => term(print(x, p), i)));
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
  sign: sign => `<mo>${sign === '-' ? '−' : sign}</mo>`,
  inside: text => `<mrow><mo>(</mo>${text}<mo>)</mo></mrow>`,
  over: (above, below) => `<mfrac><mrow>${above}</mrow><mrow>${below}</mrow></mfrac>`,
  power: (base, exponent) => `<msup><mrow>${base}</mrow><mrow>${exponent}</mrow></msup>`,
  call: (name, inner) => name === 'sqrt' ? `<msqrt>${inner[0]}</msqrt>` : `<mi>${name}</mi>${MATHML.inside(inner.join('<mo>,</mo>'))}`,
  bars: inner => `<mrow><mo>|</mo>${inner}<mo>|</mo></mrow>`,
  term: (text, tap) => `<mrow data-term="${tap}">${text}</mrow>`,
};

/** The formula for the page: one element, or for a long sum one for each term, since lines break only between them.
 * @param {FormulaNode} f an equality @returns {string} */
function mathml(f) {
  const label = `aria-label="${print(f, TEXT)}"`;
  const left = f[1];
  if (left[0] !== '+' || left.length < 6) return `<math displaystyle="true" ${label}>${print(f, MATHML)}</math>`;
  const terms = left.slice(1).map((/** @type {Formula} */ x, /** @type {number} */ i) => {
    const text = i && tightness(x) < 2 ? MATHML.inside(print(x, MATHML)) : print(x, MATHML);
    const term = left.taps && left.taps[i] >= 0 ? MATHML.term?.(text, left.taps[i]) : text;
    return `<math>${i ? '<mo form="infix">+</mo>' : ''}${term}</math>`;
  });
  return `<span role="math" ${label}>${terms.join(' ')} <math><mo form="infix">${f[0]}</mo>${print(f[2], MATHML)}</math></span>`;
}

/** `left = right`, or `≈` where the printed digits are not exactly equal. @param {Formula} left @param {string} right */
function equality(left, right) {
  const [a, b] = [worth(left), worth(right)];
  const alike = typeof a === 'number' || typeof b === 'number' ? a !== a && b !== b || same(exact(a), exact(b)) : same(a, b);
  return [alike ? '=' : '≈', left, right];
}

/** @param {Exact} a @param {Exact} b */
function same(a, b) {
  return Array.isArray(a) && Array.isArray(b) ? a[0] * b[1] === b[0] * a[1] : a === b;
}

/** A float as the fraction it is. @param {Exact} x @returns {Exact} */
function exact(x) {
  if (Array.isArray(x) || !Number.isFinite(x)) return x;
  let below = 1n;
  for (; !Number.isInteger(x); below *= 2n) x *= 2;
  return [BigInt(x), below];
}

/** @param {Exact} x */
const float = x => (Array.isArray(x) ? ratio(x[0], x[1]) : x);

/** The exact value of what is printed. @param {Formula} f @returns {Exact} */
function worth(f) {
  if (typeof f === 'string') return digitsWorth(f);
  const [sign, ...parts] = f;
  const values = /** @type {Exact[]} */ (parts.map(worth));
  const [a, b] = values;
  switch (sign) {
    case '+': return values.reduce((x, y) => both(x, y, (p, q) => [p[0] * q[1] + q[0] * p[1], p[1] * q[1]], (p, q) => p + q));
    case '-': return both(a, b, (p, q) => [p[0] * q[1] - q[0] * p[1], p[1] * q[1]], (p, q) => p - q);
    case '·': return values.reduce((x, y) => both(x, y, (p, q) => [p[0] * q[0], p[1] * q[1]], (p, q) => p * q));
    case '/': return both(a, b, (p, q) => (q[0] < 0n ? [-p[0] * q[1], -p[1] * q[0]] : [p[0] * q[1], p[1] * q[0]]), (p, q) => p / q);
    case '| |': return float(a) < 0 ? worth(['-', '0', parts[0]]) : a;
    case '^': return raised(a, b);
    case '=': case '≈': return a;
    case 'max': case 'min': return extreme(values, sign);
  }
  return /** @type {Record<string, (x: number) => number>} */ (/** @type {unknown} */ (Math))[sign](float(a));
}

/** @param {Exact} a @param {Exact} b @param {(p: [bigint, bigint], q: [bigint, bigint]) => [bigint, bigint]} fraction
 * @param {(p: number, q: number) => number} floats @returns {Exact} */
function both(a, b, fraction, floats) {
  return Array.isArray(a) && Array.isArray(b) ? fraction(a, b) : floats(float(a), float(b));
}

/** @param {Exact[]} values @param {string} which */
function extreme(values, which) {
  const sign = which === 'max' ? 1 : -1;
  return values.some(x => x !== x) ? NaN : values.reduce((x, y) => (less(x, y) * sign < 0 ? y : x));
}

/** Below 0 where the first is less. @param {Exact} x @param {Exact} y */
function less(x, y) {
  return Array.isArray(x) && Array.isArray(y) ? Number(x[0] * y[1] - y[0] * x[1]) : float(x) < float(y) ? -1 : 1;
}

/** @param {Exact} base @param {Exact} exponent @returns {Exact} */
function raised(base, exponent) {
  if (Array.isArray(base) && Array.isArray(exponent) && exponent[0] % exponent[1] === 0n && exponent[0] >= 0n) {
    const power = exponent[0] / exponent[1];
    return [base[0] ** power, base[1] ** power];
  }
  return float(base) ** float(exponent);
}

/** @param {string} digits @returns {Exact} */
function digitsWorth(digits) {
  if (/[N∞]/.test(digits)) return Number(digits.replace('∞', 'Infinity'));
  const [plain, scale] = decimal(digits.replace('-', ''));
  const number = BigInt(plain) * (digits[0] === '-' ? -1n : 1n);
  return scale < 0 ? [number, 10n ** BigInt(-scale)] : [number * 10n ** BigInt(scale), 1n];
}
