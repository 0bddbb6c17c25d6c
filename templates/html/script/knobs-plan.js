/*
 * Knobs: where the windows along one axis lie, for whatever size, window and padding a reader turns to. The formulas are
 * those of stepwise's geometry/padding.py and requests.py; a test holds them to it over every combination in range.
 */

/** What the knobs say; numbers for each axis where there may be several.
 * @typedef {{operation: string, window: number[], stride: number[], dilation: number[], padding: string | number, ceil: boolean, size: number[],
 *   channels: number, filters: number, counted: boolean | null}} Turned `padding` is valid, same or lines a side; `counted` whether a mean counts padding, null as usual */
/** @typedef {{size: number, drawn: number[], at: (number | null)[][], edge?: number, before: number, after: number, span: number, output: number,
 *   working: string}} AxisPlan `working` is how many windows there are, worked out */

/** A sum as it is written, without a 0. @param {string | number} a @param {number} b */
const plus = (a, b) => (b > 0 ? `${a} + ${b}` : b ? `${a} - ${-b}` : String(a));

/** The plan along one axis; null where no window fits, or nothing is left.
 * @param {Turned} turned @param {number} axis @param {string} dialect @returns {AxisPlan | null} */
function axisPlan(turned, axis, dialect) {
  const {operation, padding} = turned, [n, k, s, d] = [turned.size, turned.window, turned.stride, turned.dilation].map(each => each[axis]);
  const span = (k - 1) * d + 1;
  if (operation === 'transposed') return spreadPlan(n, k, s, d, span, padding, dialect);
  if (padding === 'same') {
    const output = Math.ceil(n / s), total = Math.max((output - 1) * s + span - n, 0), before = total >> 1;
    return slid(n, k, s, d, span, output, before, total - before, false, `⌈${n} / ${s}⌉`);
  }
  const pad = Number(padding) || 0, free = n + 2 * pad - span;
  // onnxruntime's pooling rounds toward 0, so that a window that lacks less than a stride is laid down all the same
  const ceil = turned.ceil || (dialect === 'onnx' && operation !== 'convolution' && free < 0);
  const found = (ceil ? Math.ceil(free / s) : Math.floor(free / s)) + 1, late = ceil && (found - 1) * s >= n + pad;
  if (found < 1) return null;
  const moves = `(${plus(n, 2 * pad)} - ${span}) / ${s}`, steps = ceil ? `⌈${moves}⌉` : `⌊${moves}⌋`;
  return slid(n, k, s, d, span, found - Number(late), pad, pad, ceil, steps + (late ? ' + 1 - 1' : ' + 1'));
}

/** @param {number} n @param {number} k @param {number} s @param {number} d @param {number} span @param {number} output
 * @param {number} before @param {number} after @param {boolean} ceil @param {string} counted @returns {AxisPlan} */
function slid(n, k, s, d, span, output, before, after, ceil, counted) {
  const at = Array.from({length: output}, (_, i) => Array.from({length: k}, (_, j) => i * s - before + j * d));
  const overhang = ceil ? Math.max(0, (output - 1) * s + span - n - before - after) : 0;
  return {
    size: n, drawn: [0 - before, n + after + overhang], at, ...(overhang ? {edge: n + after} : {}), before, after, span, output,
    working: `${counted} = ${output}`,
  };
}

/** Of a transposed convolution: which input each cell of the kernel meets, null between two of them.
 * @param {number} n @param {number} k @param {number} s @param {number} d @param {number} span @param {string | number} padding
 * @param {string} dialect @returns {AxisPlan | null} */
function spreadPlan(n, k, s, d, span, padding, dialect) {
  const full = (n - 1) * s + span;
  let before = Number(padding) || 0, after = before;
  if (padding === 'same') {
    before = Math.max(full - n * s, 0) >> 1;
    after = full - before - n * s;
  } else if (padding === 'valid' && dialect === 'keras') after = Math.min(0, k - s);
  const cut = before + after, output = full - cut;
  if (output < 1) return null;
  const at = Array.from({length: output}, (_, i) => Array.from({length: k}, (_, j) => {
    const shift = i + before - j * d;
    return shift % s ? null : shift / s;
  }));
  return {
    size: n, drawn: [0, n], at, before, after, span, output,
    working: plus(`(${n} - 1)·${s} + ${span}`, -cut) + ` = ${output}`,
  };
}

/** How many cells of each window a mean divides by along one axis. @param {AxisPlan} plan @param {boolean} counted */
const divisors = ({at, size, before, after}, counted) => {
  const [first, last] = counted ? [-before, size + after] : [0, size];
  return at.map(line => line.filter(p => p !== null && p >= first && p < last).length);
};
