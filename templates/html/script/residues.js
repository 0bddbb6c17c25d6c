/*
 * What rounding leaves where a result is 0, as stepwise's residues.py tells it: a result smaller than what rounding can
 * leave of its terms is worked out once more on the decimals that its numbers are written as. Where these come to 0, it is 0.
 */

/** A residue is smaller than this part of the largest number that goes in. */
const RESIDUE = 2 ** -13;
/** Results from which on nobody reads each. */
const MOST_READ = 16384;

/** The largest of the finite numbers, without signs. @param {Cells} array */
const largestIn = ({values}) => values.reduce((/** @type {number} */ most, /** @type {Value} */ value) => {
  const size = Math.abs(Number(value));
  return size > most && size < Infinity ? size : most;
}, 0);

/** Whether the decimals of a step come to 0. @param {Trace} t @param {Step} s */
function comesToNothing(t, s) {
  /** @type {Walk} */
  const w = {
    t, s, known: new Map(),
    aside: inner => walked(inner, w),
    leaf: ({single = false}, value) => (Array.isArray(value) || !Number.isFinite(Number(value)) ? value : worth(typeof value === 'bigint' ? String(value) : shortest(value, single))),
    join: (sign, parts) => signs[sign].worth(...parts),
  };
  const x = walked(t.view.rule, w);
  return (x === 0 || x?.[0] === 0n) && !rounding[0]?.(workingOf(t, s));
}

const asItCame = /** @type {typeof results[number]} */ (results.at(-1));
results.push((t, s) => {
  const value = asItCame(t, s);
  if (typeof value !== 'number' || !value || !(Math.abs(value) < 1) || t.output.values.length > MOST_READ) return value;
  const most = Math.max(...Object.values(t.inputs).map(largestIn));
  return Math.abs(value) < RESIDUE * most && comesToNothing(t, s) ? 0 : value;
});
