/*
 * Forward: a whole layer calculated at once, in floats, when its input is drawn or is a picture. The rule is the
 * operation's own, made into a function of a window's numbers once; a step that is looked at is worked out exactly, as ever.
 */

/** What a rule is asked with: the numbers in the window and their weights, how many there are, which is in hand.
 * @typedef {{t: Trace, k: number, x: Float64Array, w: Float64Array, at: Int32Array, n: number, hand: number}} Held */
/** @typedef {(e: Held) => number} Quick */

/** @param {Quick} body @param {number} start @param {(sum: number, value: number) => number} fold @returns {Quick} */
const summed = (body, start, fold) => e => {
  const {hand} = e;
  let sum = start;
  for (e.hand = 0; e.hand < e.n; e.hand++) sum = fold(sum, body(e));
  e.hand = hand;
  return sum;
};

/** How often anything was calculated. */
let rounds = 0;

/** What is worked out once for all taps of a cell. @param {Quick} inner @returns {Quick} */
const once = inner => {
  let [cell, round, value] = [-1, -1, 0];
  return e => {
    if (cell !== e.k || round !== rounds) [cell, round, value] = [e.k, rounds, inner(e)];
    return value;
  };
};

/** @type {Record<string, (parts: Quick[]) => Quick>} */
const quickly = {
  '+': parts => e => parts.reduce((sum, part) => sum + part(e), 0),
  '·': ([first, second, ...more]) => (more.length ? e => more.reduce((all, part) => all * part(e), first(e) * second(e)) : second ? e => first(e) * second(e) : first),
  '-': ([a, b]) => e => a(e) - b(e),
  '/': ([a, b]) => e => a(e) / b(e),
  '^': ([a, b]) => e => a(e) ** b(e),
  neg: ([a]) => e => -a(e),
  size: ([a]) => e => Math.abs(a(e)),
  '| |': ([a]) => e => Math.abs(a(e)),
  max: parts => e => Math.max(...parts.map(part => part(e))),
  min: parts => e => Math.min(...parts.map(part => part(e))),
  exp: ([a]) => e => Math.exp(a(e)),
  tanh: ([a]) => e => Math.tanh(a(e)),
  sqrt: ([a]) => e => Math.sqrt(a(e)),
  'each +': ([body]) => summed(body, 0, (sum, value) => sum + value),
  'each max': ([body]) => summed(body, -Infinity, Math.max),
  'each min': ([body]) => summed(body, Infinity, Math.min),
  known: ([inner]) => once(inner),
  own: ([body]) => e => {
    const {hand} = e;
    e.hand = e.at.indexOf(e.k);
    const value = body(e);
    e.hand = hand;
    return value;
  },
};

/** The function that a rule is; null for one that is not known here. @param {any} rule @param {Trace} t @returns {Quick | null} */
function quick(rule, t) {
  if (rule === 'x') return e => e.x[e.hand];
  if (rule === 'w') return e => e.w[e.hand];
  if (typeof rule === 'string' && rule[0] === 'x') return e => e.x[Number(rule.slice(1))];
  if (!Array.isArray(rule)) return Number.isNaN(Number(rule)) && rule !== 'NaN' ? null : () => Number(rule);
  const [sign, ...parts] = rule;
  if (sign === '@') return e => Number(e.t.inputs[parts[0]].values[besideAt(e.t, /** @type {Step} */ (/** @type {unknown} */ ({k: e.k})), parts[0])]);
  if (sign === '#') return e => figure(/** @type {Walk} */ (/** @type {unknown} */ ({t: e.t, s: {place: placeOf(e.t.view.output, e.k, e.t.view.axes?.length ?? 0)}})), parts[0]);
  const compare = sign === '?' && comparisons[parts[0]], made = (compare ? parts.slice(1) : parts).map(part => quick(part, t));
  if (made.includes(null)) return null;
  const [left, right, then, otherwise] = /** @type {Quick[]} */ (made);
  if (compare) return e => (compare(left(e), right(e)) ? then(e) : otherwise(e));
  if (quickly[sign]) return quickly[sign](/** @type {Quick[]} */ (made));
  if (!signs[sign]) return null;
  return e => float(signs[sign].worth(.../** @type {Quick[]} */ (made).map(part => part(e))));
}

/** How far an index of an array goes up by one along a role. @param {Plan} plan @param {number} role */
const pace = ({shape, roles = []}, role) => {
  const axis = roles.indexOf(role);
  return axis < 0 ? 0 : shape.slice(axis + 1).reduce((a, b) => a * b, 1);
};

/** Where the cells of a layer's windows lie, in each plane: for every position, how far from the plane's first cell; -1 is padding.
 * @param {Trace} t */
function windowsOf({view: {axes, input}}) {
  const paces = axes.map((/** @type {any} */ _, /** @type {number} */ axis) => pace(input, axis + 2));
  const positions = product(axes.map((/** @type {any} */ axis) => axis.at)), width = positions[0]?.reduce((/** @type {number} */ n, /** @type {any} */ line) => n * line.length, 1) ?? 0;
  const places = new Int32Array(positions.length * width);
  positions.forEach((lines, p) => product(/** @type {any} */ (lines)).forEach((/** @type {any} */ cell, o) => {
    const inside = cell.every((/** @type {number | null} */ at, /** @type {number} */ axis) => at !== null && at >= 0 && at < axes[axis].size);
    places[p * width + o] = inside ? cell.reduce((/** @type {number} */ sum, /** @type {number} */ at, /** @type {number} */ axis) => sum + at * paces[axis], 0) : -1;
  }));
  return {places, width};
}

/** Fill a window with what an output cell is made from. @typedef {(e: Held, k: number) => void} Filling */

/** @param {Trace} t @returns {Filling} */
function throughWindows(t) {
  const {view: {axes, kernel, channels, input, output}, inputs} = t, {places, width} = windowsOf(t);
  const [image, channel] = [pace(input, 0), pace(input, 1)], outputs = axes.map((/** @type {any} */ axis) => axis.at.length);
  const offsets = kernel ? product(axes.map((/** @type {any} */ axis) => [...axis.at[0].keys()])).map(cell => cell.reduce((/** @type {number} */ sum, /** @type {any} */ o, axis) => sum + o * kernel.place[axis], 0)) : [];
  const cells = Array.from(t.output.values, (_, k) => {
    const [n, c, ...position] = placeOf(output, k, axes.length);
    return [n * image, c, ravel(position, outputs) * width];
  });
  return (e, k) => {
    const [from, c, row] = cells[k], [first, count] = channels[c], {values} = inputs.input, weights = inputs.kernel?.values;
    let n = 0;
    for (let s = 0; s < count; s++) {
      const start = from + (first + s) * channel, weigh = kernel ? kernel.first[c] + s * kernel.channel : 0;
      for (let o = 0; o < width; o++) {
        const place = places[row + o];
        if (place < 0) continue;
        e.at[n] = start + place;
        e.x[n] = Number(values[start + place]);
        if (kernel) e.w[n] = Number(weights[weigh + offsets[o]]);
        n++;
      }
    }
    e.n = n;
  };
}

/** @param {Trace} t @returns {Filling} */
const tapByTap = t => (e, k) => {
  const {first, count, step, offsets, taps, weights, weightStep} = t.view.line ?? {taps: true};
  if (!taps && (first ? first[k] : k) >= 0) {
    const {values} = t.inputs.input, factors = weights && t.inputs[t.view.weights].values, start = first ? first[k] : k;
    for (let i = 0; i < count; i++) {
      e.at[i] = start + (offsets ? offsets[i] : i * step);
      e.x[i] = Number(values[e.at[i]]);
      if (factors) e.w[i] = Number(factors[weights[k] + i * weightStep]);
    }
    e.n = count;
    return;
  }
  const {taps: found} = stepOf(t, k);
  found.forEach(({at, value, weight}, i) => ([e.at[i], e.x[i], e.w[i]] = [at, Number(value), Number(weight)]));
  e.n = found.length;
};

/** How a layer is calculated, once it is known. @type {WeakMap<Trace, (k: number) => number>} */
const readied = new WeakMap();

/** @param {Trace} t @returns {(k: number) => number} */
function ready(t) {
  const {view} = t, rule = quick(view.steady ?? view.rule, t), most = view.axes ? view.axes.reduce((/** @type {number} */ n, /** @type {any} */ axis) => n * axis.at[0].length, view.channels[0][1]) : Math.max(view.line?.count ?? 0, Object.keys(t.inputs).length, 1);
  if (!rule) return k => Number(workOut(t, k));
  const fill = view.axes ? throughWindows(t) : tapByTap(t);
  /** @type {Held} */
  const e = {t, k: 0, x: new Float64Array(most), w: new Float64Array(most), at: new Int32Array(most), n: 0, hand: 0};
  return k => {
    fill(e, k);
    e.k = k;
    e.hand = e.n - 1;
    return rule(e);
  };
}

/** Calculate a layer anew. @param {Trace} t */
function forward(t) {
  keep(t.output);
  rounds++;
  const value = readied.get(t) ?? readied.set(t, ready(t)).get(t) ?? Number, {single} = t.output;
  t.output.whole = t.output.wasWhole === true && wholly(t);
  t.output.values = Array.from(t.output.values, (_, k) => (single ? Math.fround(value(k)) : value(k)));
}

/** Put other numbers into an array, and calculate all that comes of it, each layer after those whose numbers it takes in.
 * @param {Iterable<Trace>} traces @param {Cells} source @param {number[]} values */
function feed(traces, source, values) {
  keep(source);
  source.edits = undefined; // an address would hold as many as there are pixels
  source.values = source.single ? values.map(Math.fround) : values;
  source.whole = source.wasWhole === true && values.every(Number.isInteger);
  const reached = new Set([source]);
  let waiting = [...traces];
  while (waiting.length) {
    const outputs = new Set(waiting.map(t => t.output)), now = waiting.filter(({inputs}) => !Object.values(inputs).some(array => outputs.has(array)));
    if (!now.length) return;
    for (const t of now) {
      if (!Object.values(t.inputs).some(array => reached.has(array))) continue;
      forward(t);
      reached.add(t.output);
    }
    waiting = waiting.filter(t => !now.includes(t));
  }
}
