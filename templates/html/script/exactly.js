/*
 * Exact numbers and letters to work with: sums of products of letters, with fractions for factors, and the largest of
 * several. They are added, multiplied and divided as Python's are, and written in the same order.
 */

/** What is known of a letter: the least and the largest that it may be, null where there is no such, and what it stands for. @typedef {[string | null, string | null, string]} Known */

/** @type {(a: bigint, b: bigint) => bigint} */
const shared = (a, b) => (b ? shared(b, a % b) : a < 0n ? -a : a);

/** In lowest terms. @param {bigint} above @param {bigint} below positive @returns {[bigint, bigint]} */
const lowest = (above, below) => [above / shared(above, below), below / shared(above, below)];

/** Names in the order of people: x2 before x10. @param {string} a @param {string} b */
const naturally = (a, b) => a.localeCompare(b, 'en', {numeric: true});

/** A letter as a formula, its index apart. @param {string} name @returns {FormulaNode} */
const letterTree = name => {
  const letters = name.replace(/[_0-9]+$/, '');
  return ['letter', name, letters || name, letters && name.slice(letters.length).replace(/^_+|_+$/g, '').replace(/_/g, ',')];
};

/** @param {[bigint, bigint]} fraction @returns {Formula} */
const fractionTree = ([above, below]) => (below === 1n ? String(above) : [above < 0n ? '-over' : 'over', String(above), String(below)]);

class Exactly {
  /** @param {Map<string, [bigint, bigint]>} terms the factor of each product; its letters have dots between, a plain number has none
   * @param {Exactly[]} among of what it is the largest, if of anything */
  constructor(terms, among = []) {
    this.terms = new Map([...terms].filter(([, [above]]) => above));
    this.among = among;
    /** Whether no letter is in it. */
    this.plain = !among.length && [...this.terms.keys()].every(key => !key);
    this.number = this.terms.get('') ?? /** @type {[bigint, bigint]} */ ([0n, 1n]);
    this.tree = this.written();
    this.text = print(this.tree, TEXT);
  }

  toString() {
    return this.text;
  }

  /** For who only asks whether it is finite: of letters, the number beside them. */
  valueOf() {
    return ratio(...this.number);
  }

  /** @returns {Formula} */
  written() {
    if (this.among.length) return ['max', ...this.among.map(one => one.tree)];
    if (this.plain) return fractionTree(this.number);
    const below = [...this.terms.values()].reduce((all, [, one]) => (all / shared(all, one)) * one, 1n), single = this.terms.size < 2;
    const keys = [...this.terms.keys()].sort((a, b) => Number(!a) - Number(!b) || naturally(a, b));
    const parts = keys.map(key => {
      const [above, own] = /** @type {[bigint, bigint]} */ (this.terms.get(key)), factor = (above * below) / own;
      return {negative: factor < 0n, tree: productTree(factor < 0n ? -factor : factor, key)};
    });
    const first = Math.max(0, parts.findIndex(part => !part.negative)), [lead] = parts.splice(first, 1);
    const divided = (/** @type {Formula} */ tree) => (below === 1n ? tree : ['/', tree, String(below)]);
    if (single) return lead.negative ? ['neg', divided(lead.tree)] : divided(lead.tree);
    return divided(parts.reduce((/** @type {any} */ sum, {negative, tree}) => (negative ? ['-', sum, tree] : sum[0] === '+' ? [...sum, tree] : ['+', sum, tree]), lead.negative ? ['neg', lead.tree] : lead.tree));
  }
}

/** A factor that is not negative, before letters. @param {bigint} factor @param {string} key @returns {Formula} */
const productTree = (factor, key) => {
  const letters = key ? key.split('·') : [], each = [...new Set(letters)].map(name => {
    const times = letters.filter(one => one === name).length;
    return times > 1 ? ['^', letterTree(name), String(times)] : letterTree(name);
  });
  const parts = factor === 1n && each.length ? each : [String(factor), ...each];
  return parts.length > 1 ? ['·', ...parts] : parts[0];
};

/** The same number or letter is one thing, however often it is read. @type {Map<string, Exactly>} */
const readExactly = new Map();

/** What somebody wrote as a fraction, a decimal or one letter; null where it is neither. @param {string} text @returns {Exactly | null} */
function exactlyRead(text) {
  const plain = text.trim().replace(/[−–]/g, '-').slice(0, 64);
  const known = readExactly.get(plain);
  if (known) return known;
  const found = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:\s*\/\s*(\d+))?$/.exec(plain), letter = /^[a-z]\w{0,31}$/i.test(plain) && !/^(nan|inf(inity)?)$/i.test(plain);
  if ((!found || (found[2] && !BigInt(found[2]))) && !letter) return null;
  /** @type {[bigint, bigint]} */
  let number = [1n, 1n];
  if (found) {
    const [above, below] = /** @type {[bigint, bigint]} */ (worth(found[1].replace('+', '')));
    number = lowest(above, below * BigInt(found[2] ?? 1));
  }
  const made = new Exactly(new Map([[found ? '' : plain, number]])), same = readExactly.get(made.text) ?? made;
  readExactly.set(plain, same).set(made.text, same);
  return same;
}

/** A number or a letter that a cell holds. @param {any} value @returns {Exactly} */
const exactly = value => (value instanceof Exactly ? value : /** @type {Exactly} */ (exactlyRead(String(value))));

/** What signs make of them. @type {Record<string, (parts: Exactly[]) => Exactly>} */
const joinedExactly = {
  '+'(parts) {
    /** @type {Map<string, [bigint, bigint]>} */
    const all = new Map();
    for (const {terms} of parts) {
      for (const [key, [above, below]] of terms) {
        const [a, b] = all.get(key) ?? [0n, 1n];
        all.set(key, lowest(a * below + above * b, b * below));
      }
    }
    return new Exactly(all);
  },
  '·': parts => parts.reduce((x, y) => joinedExactly['+']([...x.terms].flatMap(([key, [a, b]]) => [...y.terms].map(([other, [c, d]]) => new Exactly(new Map([
    [[...key.split('·'), ...other.split('·')].filter(Boolean).sort(naturally).join('·'), lowest(a * c, b * d)],
  ])))))),
  '/'([above, {number: [a, b]}]) {
    return new Exactly(new Map([...above.terms].map(([key, [c, d]]) => [key, lowest(c * b, d * a)])));
  },
};

/** Between which numbers one lies. @param {Exactly} one @param {Record<string, Known>} known @returns {any[]} */
const boundsOf = ({plain, number, text}, known) => (plain ? [number, number] : (known[text] ?? [null, null]).slice(0, 2).map(bound => bound && exactly(bound).number));

/** Of numbers and letters, those that can be the largest, numbers first; of two that are always alike, the former.
 * @param {Exactly[]} all @param {Record<string, Known>} known @returns {Exactly[]} */
function largestOf(all, known) {
  const unlike = [...new Set(all)], bounds = unlike.map(one => boundsOf(one, known));
  const kept = unlike.filter((_, i) => !unlike.some((_other, j) => {
    const [[low, high], [least, most]] = [bounds[i], bounds[j]];
    if (i === j || high === null || least === null || less(least, high)) return false;
    return j < i || low === null || most === null || less(low, most) || less(high, least);
  }));
  return kept.sort((a, b) => Number(b.plain) - Number(a.plain) || naturally(a.text, b.text));
}
