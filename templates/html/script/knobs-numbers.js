/* Knobs: the numbers of the input and the kernel. What a smaller one leaves out is kept, and comes back with a larger one. */

/** Numbers by their place, beyond what the lesson has, too: of an input channel, row and column, of a kernel the filter before.
 * @typedef {Map<string, Value>} Kept */

/** Small whole numbers that are always the same: of an input from 0 to 9, of a kernel from -1 to 2.
 * @param {number[]} place @param {boolean} weight */
const beyondTheLesson = (place, weight) => {
  const [column, row, channel = 0, filter = 0] = place.slice().reverse(), down = row + 2 * channel + 3 * filter;
  return weight ? ((down * 3 + column * 5 + 2) % 4) - 1 : (down * 7 + column * 3 + down * column * 5 + 1) % 10;
};

/** Small whole numbers drawn anew. @param {boolean} weight */
const drawn = weight => Math.floor(Math.random() * (weight ? 5 : 10)) - (weight ? 2 : 0);

/** Rows and columns; a line has one row. @param {number[]} shape */
const plane = shape => (shape.length > 1 ? shape : [1, shape[0]]);

/** Every place of an array of this size. @param {number[]} size */
const placesOf = size => product(size.map(n => Array.from({length: n}, (_, i) => i)));

/** Every place of the input of a view. @param {any} view */
const pixelsOf = ({axes, channels}) => placesOf([Math.max(...channels.map((/** @type {number[]} */ [first, count]) => first + count)), ...plane(axes.map((/** @type {any} */ axis) => axis.size))]);

/** The same of its kernel. @param {any} view */
const weightsOf = ({axes, channels}) => placesOf([channels.length, channels[0][1], ...plane(axes.map((/** @type {any} */ axis) => axis.at[0].length))]);

/** Where the number at a channel, row and column of the input stands. @param {any} view @param {number[]} place */
const inputAt = ({input, axes}, [channel, row, column]) => cellAt(input, [0, channel, ...(axes.length > 1 ? [row, column] : [column])]);

/** The same of a kernel. @param {any} view @param {number[]} place */
const weightAt = ({kernel: {first, channel, place: paces}}, [filter, c, row, column]) => first[filter] + c * channel + (paces.length > 1 ? row * paces[0] + column * paces[1] : column * paces[0]);

/** @param {Kept} kept @param {Cells} array as it stands @param {number[][]} places @param {(place: number[]) => number} at where each of them is */
function keepNumbers(kept, {values}, places, at) {
  for (const place of places) kept.set(String(place), values[at(place)]);
}

/** An array of numbers that are kept. @param {Kept} kept @param {number[]} shape @param {number[][]} places @param {(place: number[]) => number} at
 * @param {boolean} single @param {boolean} weight @returns {Cells} */
function numbersOf(kept, shape, places, at, single, weight) {
  /** @type {Value[]} */
  const values = new Array(shape.reduce((a, b) => a * b, 1));
  for (const place of places) values[at(place)] = kept.get(String(place)) ?? beyondTheLesson(place, weight);
  return {values, shape, whole: values.every(value => typeof value === 'bigint' || Number.isInteger(value)), single};
}

/** Kernels that everybody knows, in a plane and along a line. @type {Record<string, [string, string]>} */
const PRESETS = {
  identity: ['0 0 0; 0 1 0; 0 0 0', '0 1 0'],
  edge: ['-1 -1 -1; -1 8 -1; -1 -1 -1', '-1 2 -1'],
  sobel: ['-1 0 1; -2 0 2; -1 0 1', '-1 0 1'],
  sharpen: ['0 -1 0; -1 5 -1; 0 -1 0', '-1 3 -1'],
  box: ['1/9 1/9 1/9; 1/9 1/9 1/9; 1/9 1/9 1/9', '1/3 1/3 1/3'],
  gaussian: ['1/16 1/8 1/16; 1/8 1/4 1/8; 1/16 1/8 1/16', '1/4 1/2 1/4'],
};

/** The kernel of a filter and a channel as it is written, a row a line. @param {Kept} kept @param {number} filter @param {number} channel @param {number[]} window @param {boolean} single */
const writtenKernel = (kept, filter, channel, window, single) => {
  const [down, across] = plane(window);
  return Array.from({length: down}, (_, row) => Array.from({length: across}, (_, column) => {
    const place = [filter, channel, row, column];
    return shown(kept.get(String(place)) ?? beyondTheLesson(place, true), single);
  }).join(' ')).join('\n');
};

/** The rows of a kernel that a reader wrote; null where it is none. @param {string} text @param {number} most @param {(text: string) => any} reading @returns {Value[][] | null} */
function kernelRows(text, most, reading) {
  const rows = text.trim().split(/\s*[;\n]\s*/).filter(Boolean).map(row => row.split(/\s*,\s*|\s+/).map(reading));
  const fits = rows.length > 0 && rows.length <= most && rows[0].length <= most && rows.every(row => row.length === rows[0].length && !row.includes(null));
  return fits ? /** @type {Value[][]} */ (rows) : null;
}
