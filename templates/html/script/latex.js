/* Formulas as LaTeX, for copying. */

/** @type {Printer} */
const LATEX = {
  number: digits => {
    const [mantissa, power] = digits.split('e');
    if (power) return `${mantissa} \\cdot 10^{${power}}`;
    return digits === 'NaN' ? '\\mathrm{NaN}' : digits.replace('∞', '\\infty');
  },
  sign: sign => ({'·': ' \\cdot ', '≈': ' \\approx '}[sign] ?? ` ${sign} `),
  inside: text => `\\left(${text}\\right)`,
  over: (above, below) => `\\frac{${above}}{${below}}`,
  power: (base, exponent) => `${base}^{${exponent}}`,
  call: (name, inner) => (name === 'sqrt' ? `\\sqrt{${inner[0]}}` : `\\${name}(${inner.join(', ')})`),
  bars: inner => `\\left|${inner}\\right|`,
};
