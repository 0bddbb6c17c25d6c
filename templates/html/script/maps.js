/* Feature maps as pictures: grey, or blue below 0 and orange above where an array has negative numbers. */

/** @typedef {{maps: number[], more: number, rows: number[], columns: number[], images: number[], line: boolean}} Picture */

const BLUE = [33, 87, 164], WHITE = [250, 250, 250], ORANGE = [194, 80, 0];

/** @param {number} value @param {[number, number]} ends @param {boolean} diverging @returns {number[]} */
function colour(value, [low, high], diverging) {
  if (value !== value) return [214, 0, 147];
  if (!diverging) return Array(3).fill(high === low ? (value > 0 ? 255 : 0) : Math.max(0, Math.min(255, Math.round(((value - low) / (high - low)) * 255))));
  const most = Math.max(-low, high) || 1, part = Math.min(1, Math.abs(value) / most), to = value < 0 ? BLUE : ORANGE;
  return WHITE.map((x, i) => Math.round(x + (to[i] - x) * part));
}

/** The finite ends of many numbers. @param {Iterable<Value>} values @returns {[number, number]} */
function extent(values) {
  let low = Infinity, high = -Infinity;
  for (const value of values) {
    const n = Number(value);
    if (!Number.isFinite(n)) continue;
    if (n < low) low = n;
    if (n > high) high = n;
  }
  return low > high ? [0, 0] : [low, high];
}

/** The number of a map's cell in its array. @param {Picture} plan @param {number} map @param {number} image @param {number} row @param {number} column */
const pixelAt = (plan, map, image, row, column) => plan.maps[map] + image * plan.images[1] + row * plan.rows[1] + column * plan.columns[1];

/** @param {HTMLCanvasElement} canvas @param {Picture} plan @param {number} map @param {number} image @param {ArrayLike<Value>} values
 * @param {[number, number]} ends @param {boolean} diverging @param {Uint8Array | null} [mask] what is not in it is veiled */
function paint(canvas, plan, map, image, values, ends, diverging, mask) {
  const [height, width] = [plan.rows[0], plan.columns[0]];
  [canvas.width, canvas.height] = [width, height];
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d')), picture = pen.createImageData(width, height);
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++, i += 4) {
      const at = pixelAt(plan, map, image, row, column);
      picture.data.set([...colour(Number(values[at]), ends, diverging), mask && !mask[at] ? 40 : 255], i);
    }
  }
  pen.putImageData(picture, 0, 0);
}
