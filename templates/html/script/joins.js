/* Layers of a network that have no stage: for each output cell, a table says which cell of each input it is made from. */

/** @param {Trace} t @param {number} k @returns {Tap[]} */
function joinTaps({view, inputs}, k) {
  return Object.keys(view.sources).flatMap((input, i) => {
    const table = view.sources[input], at = table ? table[k] : k;
    return at < 0 ? [] : [{at, input, value: inputs[input].values[at], weightAt: -1, weight: 1, place: [], offset: [i]}];
  });
}
