/* Feature maps as pictures. */

/** @typedef {{maps: number[], more: number, rows: number[], columns: number[], images: number[], line: boolean}} Picture */

/** The number of a map's cell in its array. @param {Picture} plan @param {number} map @param {number} image @param {number} row @param {number} column */
const pixelAt = (plan, map, image, row, column) => plan.maps[map] + image * plan.images[1] + row * plan.rows[1] + column * plan.columns[1];

/** @param {HTMLCanvasElement} canvas @param {Picture} plan @param {number} map @param {number} image @param {ArrayLike<Value>} values
 * @param {[number, number]} ends @param {boolean} diverging @param {Uint8Array | null} [mask] what is not in it is veiled */
function paint(canvas, plan, map, image, values, ends, diverging, mask) {
  const [height, width] = [plan.rows[0], plan.columns[0]];
  [canvas.width, canvas.height] = [width, height];
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d')), picture = pen.createImageData(width, height), dark = isDark(canvas);
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++, i += 4) {
      const at = pixelAt(plan, map, image, row, column);
      picture.data.set([...colour(Number(values[at]), ends, diverging, dark), mask && !mask[at] ? 40 : 255], i);
    }
  }
  pen.putImageData(picture, 0, 0);
}
