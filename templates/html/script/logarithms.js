/* Logarithms and the error function in formulas. */

/** The error function: a series whose terms all have one sign, so that none takes digits from another. @param {number} x @returns {number} */
function erf(x) {
  if (!(Math.abs(x) < 6)) return x === x ? Math.sign(x) : x;
  let term = 2 * x * Math.exp(-x * x) / Math.sqrt(Math.PI), total = 0;
  for (let n = 3; total + term !== total; n += 2) {
    total += term;
    term *= 2 * x * x / n;
  }
  return total;
}

signs.ln = called('ln', Math.log, 1);
signs.erf = called('erf', erf, 0);
nodes.ln = nodes.erf = joining;
