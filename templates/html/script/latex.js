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
  call: (name, inner) => `\\${name}(${inner.join(', ')})`,
};
