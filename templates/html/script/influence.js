/* How cells hang together through all layers: what pixels gave to a number, which of them it can depend on, what one touched. */

/** Whether a layer's cells can be followed, and those of all layers below it. @param {Layer} layer */
const follows = layer => !layer.told.stops;

/** Down to the score behind a softmax or a sigmoid: the layer and the cell that are shared out; -1 is the input.
 * @param {Layer[]} layers @param {number} n @param {number} k @returns {[number, number]} */
const scoreOf = (layers, n, k) => {
  while (n >= 0 && layers[n].told.squashes) n = layers[n].told.down.input ?? -1;
  return [n, k];
};

/** What every cell of the input gave to a number, through all layers.
 * @param {Layer[]} layers @param {Cells} source @param {number} n @param {number} k */
function contributions(layers, source, n, k) {
  const down = new Map([[n, new Float64Array(n < 0 ? source.values.length : layers[n].t.output.values.length)]]);
  /** @type {any} */ (down.get(n))[k] = 1;
  for (let i = n; i >= 0; i--) {
    const layer = layers[i], factor = down.get(i);
    if (!factor) continue;
    for (let at = 0; at < factor.length; at++) {
      if (!factor[at]) continue;
      for (const share of sharesOf(layer, at)) {
        const to = layer.told.down[share.input];
        let given = down.get(to);
        if (!given) down.set(to, (given = new Float64Array(to < 0 ? source.values.length : layers[to].t.output.values.length)));
        given[share.at] += factor[at] * share.factor;
      }
    }
  }
  return (down.get(-1) ?? new Float64Array(source.values.length)).map((factor, i) => factor * Number(source.values[i]));
}

/** @typedef {number[][]} Span along each axis, the first index and one past the last */

/** @param {Span | undefined} a @param {Span} b @returns {Span} */
const hull = (a, b) => (!a || a.some(([low, high]) => low >= high) ? b : b.some(([low, high]) => low >= high) ? a : a.map(([low, high], i) => [Math.min(low, b[i][0]), Math.max(high, b[i][1])]));

/** The box around cells. @param {Iterable<number>} cells @param {number[]} shape @returns {Span} */
function around(cells, shape) {
  /** @type {Span} */
  const box = shape.map(() => [0, 0]);
  let first = true;
  for (const at of cells) {
    unravel(at, shape).forEach((i, axis) => (box[axis] = first ? [i, i + 1] : [Math.min(box[axis][0], i), Math.max(box[axis][1], i + 1)]));
    first = false;
  }
  return box;
}

/** The cells in a box. @param {Span} box @param {number[]} shape */
const inside = (box, shape) => product(box.map(([low, high]) => Array.from({length: high - low}, (_, i) => low + i))).map(index => ravel(index, shape));

/** The box of an input that a box of output cells is made from. @param {Layer} layer @param {string} input @param {Span} box @returns {Span} */
function seenBy({t}, input, box) {
  const {axes, output, line} = t.view, {shape} = t.inputs[input];
  if (line && !line.first && line.count === 1 && String(shape) === String(output.shape)) return box;
  if (!axes) {
    const seen = new Set(inside(box, output.shape).flatMap(k => stepOf(t, k).data.filter(tap => (tap.input ?? 'input') === input).map(tap => tap.at)));
    return around(seen, shape);
  }
  if (box.some(([low, high]) => low >= high)) return shape.map(() => [0, 0]);
  const [first, last] = [0, 1].map(end => placeOf(output, ravel(box.map(([low, high]) => (end ? high - 1 : low)), output.shape), axes.length));
  const spans = axes.map((/** @type {any} */ axis, /** @type {number} */ a) => {
    const met = [];
    for (let i = first[a + 2]; i <= last[a + 2]; i++) met.push(...axis.at[i].filter((/** @type {number | null} */ p) => p !== null && p >= 0 && p < axis.size));
    return met.length ? [Math.min(...met), Math.max(...met) + 1] : [0, 0];
  });
  const [from, to] = [t.view.channels[first[1]], t.view.channels[last[1]]];
  const inner = [[first[0], last[0] + 1], [from[0], to[0] + to[1]], ...spans];
  return t.view.input.roles.map((/** @type {number} */ role) => inner[role]);
}

/** The receptive field: the box of the input that a number can depend on; on the way, that of every layer.
 * @param {Layer[]} layers @param {Cells} source @param {number} n @param {number} k @returns {Map<number, Span>} */
function fields(layers, source, n, k) {
  /** @type {Map<number, Span>} */
  const boxes = new Map([[n, unravel(k, n < 0 ? source.shape : layers[n].t.output.shape).map(i => [i, i + 1])]]);
  for (let i = n; i >= 0; i--) {
    const box = boxes.get(i), {down} = layers[i].told;
    if (!box) continue;
    for (const input in down) boxes.set(down[input], hull(boxes.get(down[input]), seenBy(layers[i], input, box)));
  }
  return boxes;
}

/** The output cells that are made from marked cells of an input. @param {Layer} layer @param {string} input @param {Uint8Array} marked */
function touches({t}, input, marked) {
  const {axes, output, channels} = t.view, found = new Uint8Array(t.output.values.length);
  if (!axes) {
    for (let k = 0; k < found.length; k++) if (stepOf(t, k).data.some(tap => (tap.input ?? 'input') === input && marked[tap.at])) found[k] = 1;
    return found;
  }
  // Whether a window met a mark does not depend on the filter: of all channels that it sees, one plane of marks.
  /** @type {Map<string, Set<string>>} */
  const planes = new Map();
  marked.forEach((mark, at) => {
    if (!mark) return;
    const [image, channel, ...position] = placeOf(t.view.input, at, axes.length);
    for (const [first, count] of channels) {
      if (channel < first || channel >= first + count) continue;
      const key = [image, first].join();
      planes.set(key, (planes.get(key) ?? new Set()).add(position.join()));
    }
  });
  for (let k = 0; k < found.length; k++) {
    const [image, channel, ...cell] = placeOf(output, k, axes.length), plane = planes.get([image, channels[channel][0]].join());
    if (plane && product(cell.map((i, a) => axes[a].at[i])).some(position => plane.has(position.join()))) found[k] = 1;
  }
  return found;
}

/** What a cell of the input had a part in: of every layer, a mask. @param {Layer[]} layers @param {Cells} source @param {number} at */
function touched(layers, source, at) {
  const start = new Uint8Array(source.values.length);
  start[at] = 1;
  /** @type {(Uint8Array | null)[]} */
  const masks = [];
  for (const layer of layers) {
    const {down} = layer.told, {length} = layer.t.output.values;
    /** @type {Uint8Array | null} */
    let found = null;
    for (const input in follows(layer) ? down : {}) {
      const below = down[input] < 0 ? start : masks[down[input]];
      const mask = below && touches(layer, input, below);
      found = mask && found ? found.map((one, k) => one | mask[k]) : (mask ?? found);
    }
    masks.push(found ?? (follows(layer) ? new Uint8Array(length) : null));
  }
  return masks;
}
