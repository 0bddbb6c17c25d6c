/* Powers, absolute values and functions in formulas. */

/** @param {'exp' | 'tanh' | 'sqrt'} name @returns {Sign} */
const called = name => ({worth: a => Math[name](float(a))});

Object.assign(signs, /** @type {Record<string, Sign>} */ ({
  '^': {
    tight: 3,
    print: ([base, exponent], p, inside) => p.power(inside(base, 4), p.over ? print(exponent, {...p, over: undefined}) : inside(exponent, 4)),
    worth: (base, exponent) => {
      if (typeof base === 'number' || typeof exponent === 'number' || exponent[0] % exponent[1] || exponent[0] < 0n) return float(base) ** float(exponent);
      const power = exponent[0] / exponent[1];
      return [base[0] ** power, base[1] ** power];
    },
  },
  '| |': {print: ([inner], p) => p.bars(print(inner, p)), worth: a => (typeof a === 'number' ? Math.abs(a) : [a[0] < 0n ? -a[0] : a[0], a[1]])},
  min: {worth: (...values) => (values.some(x => x !== x) ? NaN : values.reduce((x, y) => (less(y, x) ? y : x)))},
  exp: called('exp'),
  tanh: called('tanh'),
  sqrt: called('sqrt'),
}));
