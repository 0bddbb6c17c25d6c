/* Powers, absolute values and functions in formulas. */

/** Words with an end only where there are parentheses around what they are about. @param {Formula} inner @param {Printer} p */
const ended = (inner, p) => (tightness(inner, p) < SIGNED ? SIGNED : -1);

/** Where a function of a fraction is one: everywhere else its result lies beside what a float rounds it to. @type {Record<string, number>} */
const fractional = {};

/** @param {string} name @param {(x: number) => number} f @param {number} [plain] where it is a fraction @returns {Sign} */
const called = (name, f, plain) => {
  if (plain !== undefined) fractional[name] = plain;
  return {heard: name === 'exp' ? () => 3 : ended, worth: a => f(float(a))};
};

/** Whether a formula comes to no fraction, as stepwise's value.py tells it. @param {Formula} f @returns {boolean} */
function irrational(f) {
  if (typeof f === 'string') return false;
  const [sign, ...parts] = f, plain = fractional[sign];
  if (plain !== undefined) {
    const x = float(worth(parts[0]));
    if (x !== plain && Number.isFinite(x)) return true;
  }
  return !(sign === '·' && parts.some(part => float(worth(part)) === 0 && !irrational(part))) && parts.some(irrational);
}
rounding.push(irrational);

Object.assign(signs, /** @type {Record<string, Sign>} */ ({
  '^': {
    tight: 3,
    print: ([base, exponent], p, inside) =>
      p.power?.(inside(base, 4), p.over ? print(exponent, {...p, over: undefined}) : inside(exponent, SIGNED)) ?? inside(base, 4) + p.sign('^') + inside(exponent, SIGNED),
    worth: (base, exponent) => {
      if (typeof base === 'number' || typeof exponent === 'number' || exponent[0] % exponent[1] || exponent[0] < 0n) return float(exponent) === 0.5 ? Math.sqrt(float(base)) : float(base) ** float(exponent);
      const power = exponent[0] / exponent[1];
      return [base[0] ** power, base[1] ** power];
    },
  },
  '| |': {heard: ended, print: ([inner], p, inside) => p.bars?.(print(inner, p)) ?? p.call('| |', [inside(inner, SIGNED)]), worth: a => (typeof a === 'number' ? Math.abs(a) : [a[0] < 0n ? -a[0] : a[0], a[1]])},
  min: {heard: () => -1, worth: (...values) => (values.some(x => x !== x) ? NaN : values.reduce((x, y) => (less(y, x) ? y : x)))},
  exp: called('exp', Math.exp, 0),
  tanh: called('tanh', Math.tanh, 0),
  sqrt: called('sqrt', Math.sqrt),
}));
signs.max.heard = signs.min.heard;

const {call} = MATHML;
Object.assign(TEXT, {power: (/** @type {string} */ base, /** @type {string} */ exponent) => `${base}^${exponent}`, bars: (/** @type {string} */ inner) => `|${inner}|`});
Object.assign(MATHML, /** @type {Partial<Printer>} */ ({
  power: (base, exponent) => `<msup><mrow>${base}</mrow><mrow>${exponent}</mrow></msup>`,
  bars: inner => `<mrow><mo>|</mo>${inner}<mo>|</mo></mrow>`,
  call: (name, inner) => (name === 'sqrt' ? `<msqrt>${inner[0]}</msqrt>` : call(name, inner)),
}));
Object.assign(LATEX, /** @type {Partial<Printer>} */ ({
  power: (base, exponent) => `${base}^{${exponent}}`,
  bars: inner => `\\left|${inner}\\right|`,
  call: (name, inner) => (name === 'sqrt' ? `\\sqrt{${inner[0]}}` : `\\${name === 'erf' ? 'operatorname{erf}' : name}(${inner.join(', ')})`),
}));
