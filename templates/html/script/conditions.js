/* When a line is said of a step: its condition is a small rule, worked out of the step; of a group of lines, the first that holds. */

/** The greatest number that divides both. @param {number} a @param {number} b @returns {number} */
const common = (a, b) => (b ? common(b, a % b) : a);

further.push((t, s, holding, numbers) => {
  const {taps} = s, {lines, numbers: named = {}} = t.view.words, said = new Set();
  numbers.full = taps.length;
  numbers.there = numbers.all = t.view.axes ? taps.filter(tap => !beyond(t, tap)).length : taps.length;
  const shared = common(numbers.full, numbers.there), below = numbers.there / shared;
  numbers.scale = `${numbers.full}/${numbers.there}` + (shared > 1 ? ' = ' + numbers.full / shared + (below > 1 ? '/' + below : '') : '');
  for (const name in named) numbers[name] = workingOf(t, s, named[name]);
  if (holding.has('padded') && taps.every(tap => tap.at >= 0 || Number.isFinite(Number(tap.weight)))) holding.add('adds nothing');
  for (const [when, , group] of lines) {
    if (said.has(group) || !(typeof when === 'string' ? holding.has(when) : holds(when, t, s))) continue;
    holding.add(when);
    if (group) said.add(group);
  }
});
