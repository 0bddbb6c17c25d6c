/* Shares: what each cell of a layer's input gave to an output cell, as `value · factor`; exact where the layer is linear. */

/** @typedef {{input: string, at: number, value: number, factor: number, amount: number}} Share */
/** @typedef {{t: Trace, n: number, told: any}} Layer a layer of the network: its trace, its place, its part of the record */

/** In the order in which the layer has them; what each number was multiplied by is a rule too, null of what had no part.
 * @param {Layer} layer @param {number} k @returns {Share[]} */
function sharesOf({t, told: {gave, down}}, k) {
  const s = stepOf(t, k);
  return s.data.flatMap(tap => {
    const input = tap.input ?? 'input', rule = gave[gave.length > 1 ? s.taps.indexOf(tap) : 0], by = down[input] === undefined || rule === null ? null : worked(rule, t, s, tap);
    return by === null ? [] : [{input, at: tap.at, value: Number(tap.value), factor: Number(by), amount: Number(tap.value) * Number(by)}];
  });
}

/** NaN is larger than everything. @param {number} amount */
const magnitude = amount => (amount === amount ? Math.abs(amount) : Infinity);

/** The largest first; of equals, in their own order. @param {Share[]} shares */
const ranked = shares => shares.map((share, i) => ({share, i, size: magnitude(share.amount)})).sort((a, b) => (a.size === b.size ? a.i - b.i : b.size > a.size ? 1 : -1)).map(({share}) => share);
