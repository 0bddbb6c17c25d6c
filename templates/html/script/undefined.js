/* Why a result is NaN: the first operation in its formula that makes NaN of numbers, as stepwise's undefined.py finds it. */

/** @param {any} f @returns {string | undefined} */
function caused(f) {
  if (typeof f === 'string') return f === 'NaN' ? f : undefined;
  const [sign, ...parts] = f, found = parts.map(caused).find(Boolean), value = found ? 0 : float(worth(f));
  if (found || value === value) return found;
  const below = sign === '/' && float(worth(parts[1]));
  return {'+': '∞ - ∞', '-': '∞ - ∞', '·': '0·∞', '/': below ? '∞/∞' : '0/0', '^': 'root', sqrt: 'root'}[/** @type {string} */ (sign)];
}

further.push((t, s, holding) => {
  const result = resultOf(t, s.k);
  if (result !== result) holding.add(caused(workingOf(t, s)));
});
