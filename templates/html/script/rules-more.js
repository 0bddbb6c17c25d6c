/* All nodes of rules but a maximum: numbers, weights, sums, signs, and what is asked before one of two is taken. */

/** The taps that decided a result together, by the rule. */
const allDeciding = /** @type {Record<string, (data: Tap[]) => Tap[]>} */ ({});

/** What a number is from that stands in no array. */
const ALONE = /** @type {Cells} */ ({});

/** What a rule comes to. @param {any} rule @param {Trace} t @param {Step} s @param {Tap} [tap] @returns {any} */
function worked(rule, t, s, tap) {
  const whole = wholly(t), x = walked(rule, {
    t, s, known: new Map(),
    leaf: (_, value) => (whole && Number.isInteger(Number(value)) ? [BigInt(value), 1n] : Number(value)),
    join: (sign, parts) => signs[sign].worth(...parts),
  }, tap);
  return x && (x[1] === 1n ? x[0] : float(x));
}
results.push((t, s) => worked(t.view.steady ?? t.view.rule, t, s));

/** Data, and padding under a weight that is not finite. @param {Walk} w */
const takingPart = ({s: {taps}}) => taps.filter(tap => tap.at >= 0 || !Number.isFinite(Number(tap.weight)));

/** A number that follows from where the window lies: one for each axis, multiplied. @param {Walk} w @param {string} name @returns {number} */
const figure = ({t: {view}, s}, name) => view.figures[name].reduce((/** @type {number} */ all, /** @type {number[]} */ along, /** @type {number} */ axis) => all * along[s.place[axis + 2]], 1);

/** Where a number stands that an output cell is made with, in another input: a table says it, or the axis that it follows.
 * @param {Trace} t @param {Step} s @param {string} name @returns {number} */
const besideAt = ({view: {beside, output}}, {k}, name) => (beside[name][k] ?? unravel(k, output.shape)[beside[name]]) || 0;

/** @type {Record<string, (a: Value, b: Value) => boolean>} */
const comparisons = {'>': (a, b) => a > b, '≤': (a, b) => a <= b, '=': (a, b) => a >= b && a <= b, '≠': (a, b) => !(a >= b && a <= b)};

/** The bias of an output cell, where there is one. @param {Trace} t @param {Step} s @returns {Value | undefined} */
const biasOf = (t, s) => t.inputs.bias?.values[besideAt(t, s, 'bias')];

/** Whether a condition holds. @param {any[]} condition its sign and two sides @param {Trace} t @param {Step} s @param {Tap} [tap] */
const holds = ([sign, left, right], t, s, tap) => comparisons[sign](worked(left, t, s, tap), worked(right, t, s, tap));

/** Sums as windows add: along the outermost axis first, rounded as their array is. @param {Walk} w @returns {Walk['join']} */
const alongAxes = ({t, s, join}) => (sign, values, taps) => {
  if (!taps || values.some(value => typeof value !== 'number')) return join(sign, values);
  const round = t.output.single ? Math.fround : Number;
  /** @type {Map<string, number>} */
  let totals = new Map(taps.map((tap, i) => [s.taps[tap].offset.join(), values[i]]));
  for (let axis = 0; axis < (s.taps[0]?.offset.length ?? 0); axis++) {
    const next = new Map();
    for (const [key, value] of totals) {
      const group = key.includes(',') ? key.slice(key.indexOf(',') + 1) : '';
      next.set(group, round((next.get(group) ?? 0) + value));
    }
    totals = next;
  }
  return totals.get('') ?? 0;
};

/** A sum of nothing is 0. @param {any} made */
const something = made => (made?.[0] === '+' && made.length === 1 ? '0' : made);

/** The operands of a sign, made. @param {any} rule @param {Walk} w @param {Tap} tap @returns {any[]} */
const operands = (rule, w, tap) => rule.slice(1).map((/** @type {any} */ part) => walked(part, w, tap));

/** @type {typeof nodes[string]} */
const joining = (rule, w, tap) => {
  if (typeof rule !== 'object') return w.leaf(ALONE, Number(rule));
  const parts = operands(rule, w, tap);
  return parts.includes(null) ? null : w.join(rule[0], parts);
};

for (const sign of ['undefined', 'I', 'N', '-', '/', '^', '| |', 'max', 'min', 'exp', 'tanh', 'sqrt']) nodes[sign] = joining;
Object.assign(nodes, /** @type {typeof nodes} */ ({
  w: (rule, w, tap) => w.leaf(w.t.inputs[w.t.view.weights ?? 'kernel'] ?? ALONE, tap.weight),
  y: (rule, w) => w.leaf(w.t.output, resultOf(w.t, w.s.k)),
  x(rule, {t, s, leaf}, hand) { // the tap in hand, or a numbered one
    const tap = rule === 'x' ? hand : s.taps[Number(rule[1])];
    return leaf(t.inputs[tap?.input ?? 'input'], tap ? tap.value : 0);
  },
  '@': ([, name], w) => w.leaf(w.t.inputs[name], w.t.inputs[name].values[besideAt(w.t, w.s, name)]),
  '#': ([, name], w) => w.leaf(ALONE, figure(w, name)),
  own: ([, body], w) => walked(body, w, w.s.taps.find(tap => tap.at === w.s.k)),
  known([, inner], w) { // worked out once for all taps
    if (!w.known.has(inner)) w.known.set(inner, w.aside?.(inner) ?? worked(inner, w.t, w.s));
    return w.leaf(w.t.inputs.input, w.known.get(inner));
  },
  '?': ([, sign, left, right, then, otherwise], w, tap) => walked(holds([sign, left, right], w.t, w.s, tap) ? then : otherwise, w, tap),
  'is own': (rule, w, tap) => (tap.at === w.s.k ? w.leaf(ALONE, 1) : null),
  wins: (rule, w, tap) => {
    const won = allDeciding[/** @type {string} */ (w.t.view.rule[0])]?.(w.s.data) ?? [winnerOf(w.t, w.s)];
    return won.includes(tap) ? w.leaf(ALONE, 1 / won.length) : null;
  },
  'each +'([, body], w) {
    const taps = takingPart(w), plain = w.said || w.t.view.line || JSON.stringify(body).includes('"w"');
    return taps.length ? each('+', body, plain ? w : {...w, join: alongAxes(w)}, taps) : w.leaf(ALONE, 0);
  },
  'each max': ([, body], w) => each('max', body, w, takingPart(w)),
  'each min': ([, body], w) => each('min', body, w, takingPart(w)),
  '+': (rule, w, tap) => {
    const parts = operands(rule, w, tap);
    if (!w.said) return parts.includes(null) ? null : w.join('+', parts);
    const folds = parts.map((part, i) => rule[i + 1][0] === 'each +'); // a sum of nothing has no terms in another
    return something(w.join('+', parts.flatMap((part, i) => (folds[i] ? (part.taps ? part.slice(1) : []) : [part])), parts.flatMap((part, i) => (folds[i] ? part.taps ?? [] : [-1]))));
  },
  '·': (rule, w, tap) => {
    const written = rule.filter((/** @type {any} */ part) => part[0] !== '#' || figure(w, part[1]) !== 1); // as a factor, 1 is not written
    return written.length === 2 ? walked(written[1], w, tap) : joining(written, w, tap);
  },
  neg: ([, inner], w, tap) => {
    const made = walked(inner, w, tap);
    if (!w.said) return w.join('-', [w.leaf(ALONE, 0), made]);
    if (typeof made !== 'string') return w.join('neg', [made]);
    return made[0] === '-' ? made.slice(1) : /^(0|NaN)$/.test(made) ? made : `-${made}`;
  },
  size: ([, inner], w, tap) => {
    const made = walked(inner, w, tap);
    return w.said && made[0] !== '-' ? made : w.join('| |', [made]);
  },
}));
