/* Knobs: the numbers of the input and the kernel. What a smaller one leaves out is kept, and comes back with a larger one. */

/** Numbers by row and column, beyond what the lesson has, too. @typedef {Map<string, Value>} Kept */

/** Small whole numbers that are always the same: of an input from 0 to 9, of a kernel from -1 to 2.
 * @param {number} row @param {number} column @param {boolean} weight */
const beyondTheLesson = (row, column, weight) => (weight ? ((row * 3 + column * 5 + 2) % 4) - 1 : (row * 7 + column * 3 + row * column * 5 + 1) % 10);

/** Small whole numbers drawn anew. @param {boolean} weight */
const drawn = weight => Math.floor(Math.random() * (weight ? 5 : 10)) - (weight ? 2 : 0);

/** Rows and columns; a line has one row. @param {number[]} shape */
const plane = shape => (shape.length > 1 ? shape : [1, shape[0]]);

/** @param {Kept} kept @param {Cells} array as it stands */
function keepNumbers(kept, {values, shape}) {
  const [, across] = plane(shape);
  values.forEach((value, k) => kept.set(`${Math.floor(k / across)},${k % across}`, value));
}

/** @param {Kept} kept @param {number[]} shape @param {boolean} single @param {boolean} weight @returns {Cells} */
function numbersOf(kept, shape, single, weight) {
  const [down, across] = plane(shape);
  const values = Array.from({length: down * across}, (_, k) => {
    const row = Math.floor(k / across), column = k % across;
    return kept.get(`${row},${column}`) ?? beyondTheLesson(row, column, weight);
  });
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

/** A kernel as it is written, a row a line. @param {Cells} kernel */
const writtenKernel = kernel => {
  const [down, across] = plane(kernel.shape);
  return Array.from({length: down}, (_, row) => kernel.values.slice(row * across, (row + 1) * across).map(value => digits(kernel, value)).join(' ')).join('\n');
};

/** The rows of a kernel that a reader wrote; null where it is none. @param {string} text @param {number} most @returns {Value[][] | null} */
function kernelRows(text, most) {
  const rows = text.trim().split(/\s*[;\n]\s*/).filter(Boolean).map(row => row.split(/\s*,\s*|\s+/).map(understood));
  const fits = rows.length > 0 && rows.length <= most && rows[0].length <= most && rows.every(row => row.length === rows[0].length && !row.includes(null));
  return fits ? /** @type {Value[][]} */ (rows) : null;
}
