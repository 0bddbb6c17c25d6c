/* What holds of a number that is only moved: where it came from, and how one finds that. */

/** Where a cell stands in reading order, from 0: `1·3 + 2 = 5`. @param {number[]} index @param {number[]} shape */
function counting(index, shape) {
  const steps = index.map((i, axis) => [i, shape.slice(axis + 1).reduce((a, b) => a * b, 1), shape[axis]]).filter(([, , size]) => size > 1);
  const number = steps.reduce((sum, [i, step]) => sum + i * step, 0);
  return (steps.length < 2 ? '' : steps.map(([i, step]) => (step > 1 ? `${i}·${step}` : i)).join(' + ') + ' = ') + number;
}

further.push(({view}, {k, taps}, holding, numbers) => {
  const {shape, along} = view.input ?? {}, tap = taps[0];
  if (!tap || !view.words.lines.some((/** @type {string[]} */ [, line]) => line.includes('{source}'))) return;
  if (tap.at < 0) return holding.add('constant');
  const source = unravel(tap.at, shape), index = unravel(k, view.output.shape);
  numbers.source = told(source, along);
  numbers.sent = view.sent?.[k] ?? 1;
  numbers.counted = view.grid ? counting(index.slice(-view.grid.length), view.grid) : counting(source, shape);
  if (tap.at === k) holding.add('in order');
  holding.add(numbers.sent > 1 ? 'several' : !view.mode || index.every((i, axis) => i - view.before[axis] === source[axis]) ? 'moved' : view.mode);
});
