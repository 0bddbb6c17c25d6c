/*
 * Steps: how any output cell came to be, read from the record. Where windows lie is in tables that stepwise made; here
 * is only the bookkeeping of indices. How taps become a result is in rules.js.
 */

/** @typedef {{values: Value[], shape: number[], whole: boolean, single: boolean, original?: Value[], wasWhole?: boolean, edits?: Record<number, Value>}} Cells
 *   an array: its numbers in row-major order, whether they are whole, whether of single precision */
/** @typedef {{shape: number[], roles?: number[], rows: number, columns: number, along?: string[], leads?: [number, string][]}} Plan
 *   what the axes of an array stand for; `along` has their words, and `leads` those that tell planes apart */
/** @typedef {{at: number, value: Value, weightAt: number, weight: Value, place: number[], offset: number[], input?: string}} Tap
 *   one thing a window touched: `at` is the cell's number in the input, -1 for padding; `place` is [image, channel, …position];
 *   `input` is the input's name where there are several */
/** @typedef {{k: number, place: number[], taps: Tap[], data: Tap[]}} Step */
/** @typedef {{view: any, inputs: Record<string, Cells>, output: Cells, call: string}} Trace */

/** Numbers of an array that the page carries. @param {any} data @returns {Cells} */
function cells(data) {
  const whole = /int|object/.test(data.dtype), single = data.dtype === 'float32';
  /** @type {Value[]} */
  let values = data.data;
  if (data.base64) {
    const bytes = Uint8Array.from(atob(data.base64), c => c.charCodeAt(0));
    values = Array.from(single ? new Float32Array(bytes.buffer) : new Float64Array(bytes.buffer));
  } else if (whole) values = values.map(v => (typeof v === 'string' ? BigInt(v) : v));
  else values = values.map(Number); // "NaN" and "Infinity" are written as words
  return {values, shape: data.shape, whole, single};
}

/** A trace of the record. Arrays that hold the same are one only where they are the same thing: a stage's input or weight
 * of one name, or a layer's output that the next layer takes in.
 * @param {any} record @param {Map<string, Cells>} living @param {any} view @param {number} stage @returns {Trace} */
function traceOf(record, living, view, stage) {
  const {inputs, output, layer} = record.traces[view.trace];
  /** @param {string} key @param {number} number */
  const array = (key, number) => living.get(key) ?? living.set(key, cells(record.arrays[number])).get(key);
  /** @type {Record<string, any>} */
  const own = {};
  for (const name in inputs) {
    const {parent} = inputs[name];
    own[name] = parent === undefined ? array(`${stage} ${name} ${inputs[name]}`, inputs[name]) : array(`output ${parent}`, record.traces[parent].output);
  }
  return {view, inputs: own, output: /** @type {Cells} */ (array(`output ${view.trace}`, output)), call: layer.call};
}

/** @param {number} k @param {number[]} shape @returns {number[]} */
function unravel(k, shape) {
  const index = new Array(shape.length);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = k % shape[axis];
    k = Math.floor(k / shape[axis]);
  }
  return index;
}

/** @param {number[]} index @param {number[]} shape */
const ravel = (index, shape) => index.reduce((k, i, axis) => k * shape[axis] + i, 0);

/** [image, channel, …position] of an output cell; without windows the position is the index itself.
 * @param {Plan} plan @param {number} k @param {number} axes */
function placeOf(plan, k, axes) {
  const index = unravel(k, plan.shape);
  if (!plan.roles) return [0, 0, ...index];
  const place = new Array(axes + 2).fill(0);
  plan.roles.forEach((role, axis) => (place[role] = index[axis]));
  return place;
}

/** The number of the cell at a place. @param {Plan} plan @param {number[]} place */
const cellAt = (plan, place) => ravel(plan.roles ? plan.roles.map(role => place[role]) : place.slice(2), plan.shape);

/** Every combination of one entry from each list, the last running fastest.
 * @template T @param {T[][]} lists @returns {T[][]} */
function product(lists) {
  return lists.reduce((/** @type {T[][]} */ done, list) => done.flatMap(head => list.map(one => [...head, one])), [[]]);
}

/** @param {Trace} t @param {number} k @returns {Step} */
function stepOf(t, k) {
  const place = placeOf(t.view.output, k, t.view.axes ? t.view.axes.length : 0);
  const taps = t.view.axes ? windowTaps(t, place) : t.view.sources ? joinTaps(t, k) : lineTaps(t, k);
  return {k, place, taps, data: taps.filter(tap => tap.at >= 0)};
}

/** @param {Trace} t @param {number[]} place @returns {Tap[]} */
function windowTaps({view, inputs}, place) {
  const {axes, kernel, input} = view;
  const [first, count] = view.channels[place[1]];
  const offsets = product(axes.map((/** @type {any} */ axis, /** @type {number} */ a) => [...axis.at[place[a + 2]].keys()]));
  const taps = [];
  for (let s = 0; s < count; s++) {
    for (const offset of offsets) {
      const position = offset.map((o, a) => axes[a].at[place[a + 2]][o]);
      const inside = position.every((p, a) => p !== null && p >= 0 && p < axes[a].size);
      if (!inside && view.bare) continue;
      const at = inside ? cellAt(input, [place[0], first + s, ...position]) : -1;
      const weightAt = kernel ? offset.reduce((w, o, a) => w + o * kernel.place[a], kernel.first[place[1]] + s * kernel.channel) : -1;
      const value = inside ? inputs.input.values[at] : 0;
      taps.push({at, value, weightAt, weight: kernel ? inputs.kernel.values[weightAt] : 1, place: [place[0], first + s, ...position], offset});
    }
  }
  return taps;
}

/** Whether a tap lies outside, past the padded edge, where nothing is. @param {Trace} t @param {Tap} tap */
const beyond = ({view: {axes}}, {place}) => place.slice(2).some((p, a) => p >= axes[a].edge);

/** The output cells that an input cell was used for. @param {Trace} t @param {number} at @returns {number[]} */
function usersOf({view, output}, at) {
  if (!view.axes) return lineUsers(view, output, at);
  const [image, channel, ...position] = placeOf(view.input, at, view.axes.length);
  const outputs = view.axes.map((/** @type {any} */ axis, /** @type {number} */ a) => [...axis.at.keys()].filter(i => axis.at[i].includes(position[a])));
  const channels = [...view.channels.keys()].filter(c => channel >= view.channels[c][0] && channel < view.channels[c][0] + view.channels[c][1]);
  const found = channels.flatMap(c => product(outputs).map(cell => cellAt(view.output, [image, c, .../** @type {number[]} */ (cell)])));
  return found.sort((a, b) => a - b);
}

/** The digits of a number from an array. @param {Cells} array @param {Value} value */
const digits = (array, value) => shown(value, array.single);

/** The result as the record has it, or worked out anew where something was changed. @param {Trace} t @param {number} k */
const resultOf = (t, k) => t.output.values[k];

/** The whole working of a cell: `max(3, 1) = 3`. @param {Trace} t @param {Step} s */
const formulaOf = (t, s) => t.view.told?.[s.k] ?? equality(workingOf(t, s), digits(t.output, resultOf(t, s.k)));

/** @param {Trace} t @param {number} k */
function workOut(t, k) {
  const value = results.at(-1)?.(t, stepOf(t, k));
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  return t.output.single ? Math.fround(value) : value;
}

/** Whether every number that goes into a trace is whole. @param {Trace} t */
const wholly = t => Object.values(t.inputs).every(array => array.whole);
