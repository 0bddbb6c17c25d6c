/* Numbers as colours, alike in every picture: grey, or blue below 0 and orange above where an array has negative numbers. On a
 * dark page nothing is as bright as paper, and 0 is dark. */

/** Blue, what 0 has, orange; and the brightest grey. @type {{light: [number[], number[], number[], number], dark: [number[], number[], number[], number]}} */
const INKS = {light: [[33, 87, 164], [250, 250, 250], [194, 80, 0], 255], dark: [[132, 178, 250], [32, 38, 49], [245, 158, 92], 205]};

/** Whether an element stands on a dark page. @param {Element} element */
const isDark = element => Number(getComputedStyle(element).color.match(/[\d.]+/)?.[0]) > 127;

/** @param {number} value @param {[number, number]} ends @param {boolean} diverging @param {boolean} dark @returns {number[]} */
function colour(value, [low, high], diverging, dark) {
  if (value !== value) return [214, 0, 147];
  const [blue, zero, orange, bright] = INKS[dark ? 'dark' : 'light'];
  if (!diverging) return Array(3).fill(Math.round((high === low ? Number(value > 0) : Math.max(0, Math.min(1, (value - low) / (high - low)))) * bright));
  const part = Math.min(1, Math.abs(value) / (Math.max(-low, high) || 1)), to = value < 0 ? blue : orange;
  return zero.map((x, i) => Math.round(x + (to[i] - x) * part));
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

/** What the colours mean: the ends of a row of them. @param {[string, string]} ends @param {boolean} diverging @param {string} [name] */
const legend = (ends, diverging, name = '') => make('span', {class: 'legend'}, ...(name ? [make('b', {}, name)] : []), ends[0], make('i', {class: diverging ? 'diverging' : ''}), ends[1]);

/** The ends of an array as a legend writes them: about 0, where it has negative numbers. @param {Cells} array @returns {[string, string]} */
const legendEnds = array => {
  const [low, high] = extent(array.values), most = Math.max(-low, high);
  return /** @type {[string, string]} */ ((low < 0 ? [-most, most] : [low, high]).map(n => minus(shown(n, array.single))));
};

/** Where a reader turns dark or light, everything is painted again. @param {() => void} then */
const onDark = then => matchMedia('(prefers-color-scheme: dark)').addEventListener('change', then);
