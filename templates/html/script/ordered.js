/* Minima and medians: which tap decides, what they are worth, and what holds of a step. */

/** @param {Tap[]} data */
const ordered = data => [...data].sort((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : 0));

/** The last of what is no number, before which no order is. @param {Tap[]} data */
const unordered = data => data.findLast(({value}) => value !== value);

deciding['each min'] = (/** @type {Tap[]} */ data) => unordered(data) ?? data.reduce((best, tap) => (tap.value < best.value ? tap : best));

allDeciding['each median'] = (/** @type {Tap[]} */ data) => {
  const missing = unordered(data), line = ordered(data), half = line.length >> 1;
  if (missing) return [missing];
  return line.length % 2 ? [/** @type {Tap} */ (data.find(tap => tap.value === line[half].value))] : line.slice(half - 1, half + 1);
};
deciding['each median'] = (/** @type {Tap[]} */ data) => {
  const won = allDeciding['each median'](data);
  return won.length === 1 ? won[0] : undefined;
};

nodes['each median'] = ([, body], w) => each('median', body, w, takingPart(w));
signs.median = {heard: () => -1, worth: (...values) => {
  if (values.some(x => x !== x)) return NaN;
  const line = values.sort((x, y) => (less(x, y) ? -1 : less(y, x) ? 1 : 0)), half = line.length >> 1;
  return line.length % 2 ? line[half] : signs['/'].worth(signs['+'].worth(line[half - 1], line[half]), [2n, 1n]);
}};

const named = LATEX.call;
LATEX.call = (name, inner) => (name === 'median' ? `\\operatorname{median}(${inner.join(', ')})` : named(name, inner));

further.push((t, s, holding, numbers) => {
  const {data} = s;
  if (t.view.rule[0] !== 'each median' || !data.length) return;
  const nans = data.filter(tap => tap.value !== tap.value).length, line = ordered(data), half = line.length >> 1;
  /** @param {Value} value */
  const said = value => digits(t.inputs.input, value);
  numbers.nans = nans;
  numbers.best = digits(t.output, resultOf(t, s.k));
  if (nans || line.length === 1) return holding.add(nans > 1 ? 'nans' : nans ? 'nan' : 'only');
  numbers.ordered = line.map(tap => said(tap.value)).join(', ');
  [numbers.low, numbers.high] = [said(line[half - 1].value), said(line[half].value)];
  holding.add(line.length % 2 ? 'odd' : 'even');
  if (line.length <= 25) holding.add('few');
});
