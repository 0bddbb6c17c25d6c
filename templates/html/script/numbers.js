/*
 * Numbers: how one is shown, exactly as stepwise's own `shown` does it, and how a reader's writing is understood.
 * A number is JavaScript's own; only a whole number too large for that is a BigInt.
 */

/** @typedef {number | bigint} Value */

/** A decimal as digits and the power of ten that the last of them stands at.
 * @param {string} text as JavaScript writes a number that is not negative
 * @returns {[string, number]} */
function decimal(text) {
  const [mantissa, exponent = '0'] = text.split('e');
  const [whole, part = ''] = mantissa.split('.');
  return stripped((whole + part).replace(/^0+(?=.)/, ''), +exponent - part.length);
}

/** @param {string} digits @param {number} scale @returns {[string, number]} */
function stripped(digits, scale) {
  const kept = digits.replace(/0+$/, '') || '0';
  return [kept, kept === '0' ? 0 : scale + digits.length - kept.length];
}

/** The shortest writing of a number; of a single-precision one, the shortest that reads back as the same single.
 * @param {number} value @param {boolean} single */
function shortest(value, single) {
  for (let digits = 1; single && digits < 10; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(+text) === value) return text;
  }
  return String(value);
}

/** The number as a page prints it: whole where its shortest writing is short, else with three decimals.
 * @param {Value} value @param {boolean} [single] whether it comes from an array of single precision
 * @returns {string} */
function shown(value, single = false) {
  if (typeof value !== 'number') return String(value);
  if (Number.isNaN(value)) return 'NaN';
  const sign = value < 0 ? '-' : '';
  if (!Number.isFinite(value)) return `${sign}∞`;
  let [digits, scale] = decimal(shortest(Math.abs(value), single));
  if (digits.length > 6 && scale < 0) {
    const dropped = Math.min(-3, digits.length + scale - 3) - scale;
    if (dropped > 0) [digits, scale] = stripped(String(halfEven(BigInt(digits), 10n ** BigInt(dropped))), scale + dropped);
  }
  return digits === '0' ? '0' : sign + written(digits, scale);
}

/** @param {bigint} number @param {bigint} unit */
function halfEven(number, unit) {
  const below = number / unit, twice = (number % unit) * 2n;
  return twice > unit || (twice === unit && below % 2n) ? below + 1n : below;
}

/** @param {string} digits @param {number} scale */
function written(digits, scale) {
  const leading = digits.length - 1 + scale;
  if (leading < -5 || leading > 15) return `${digits[0]}${digits[1] ? '.' + digits.slice(1) : ''}e${leading}`;
  if (scale >= 0) return digits + '0'.repeat(scale);
  const padded = digits.padStart(1 - scale, '0');
  return `${padded.slice(0, scale)}.${padded.slice(scale)}`;
}

/** With a true minus, for the eye. @param {string} text */
const minus = text => text.replace(/-/g, '−');

/** What a reader wrote: `-2`, `−0.5`, `13/4`, `1e3`, `NaN`; null where that is no number.
 * @param {string} text @returns {Value | null} */
function understood(text) {
  const plain = text.trim().replace(/[−–]/g, '-').replace(/∞|inf(inity)?/i, 'Infinity').replace(/^nan$/i, 'NaN');
  const found = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|[+-]?Infinity|NaN)(?:\s*\/\s*(\d+(?:\.\d+)?))?$/i.exec(plain);
  if (!found || (found[2] && !+found[2])) return null;
  if (!found[2] && /^[+-]?\d+$/.test(found[1]) && !Number.isSafeInteger(+found[1])) return BigInt(found[1]);
  return found[2] ? +found[1] / +found[2] : +found[1];
}

/** The quotient of two whole numbers, rounded once.
 * @param {bigint} above @param {bigint} below positive @returns {number} */
function ratio(above, below) {
  if (above < 0n) return -ratio(-above, below);
  if (!above) return 0;
  const shift = Math.max(0, 66 - above.toString(2).length + below.toString(2).length);
  const scaled = above << BigInt(shift);
  const quotient = scaled / below | (scaled % below ? 1n : 0n);
  return shift > 1000 ? Number(quotient) / 2 ** 1000 / 2 ** (shift - 1000) : Number(quotient) / 2 ** shift;
}
