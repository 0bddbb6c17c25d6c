/* Sums, in the order in which stepwise adds them: along the outermost axis first. */

/** @param {Trace} t @param {Tap[]} taps @param {Value[]} values one for each tap @returns {Value} */
function summed(t, taps, values) {
  if (values.every(v => typeof v === 'bigint')) return values.reduce((a, b) => /** @type {bigint} */ (a) + /** @type {bigint} */ (b), 0n);
  const round = t.output.single ? Math.fround : Number;
  /** @type {Map<string, number>} */
  let totals = new Map(taps.map((tap, i) => [tap.offset.join(), Number(values[i])]));
  for (let axis = 0; axis < (taps[0]?.offset.length ?? 0); axis++) {
    const next = new Map();
    for (const [key, value] of totals) {
      const rest = key.slice(key.indexOf(',') + 1);
      const group = key.includes(',') ? rest : '';
      next.set(group, round((next.get(group) ?? 0) + value));
    }
    totals = next;
  }
  return totals.get('') ?? 0;
}

/** @param {Value} value @param {boolean} whole @returns {Value} */
const exactly = (value, whole) => (whole && Number.isInteger(Number(value)) ? BigInt(value) : Number(value));
