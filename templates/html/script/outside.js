/* Cells outside, past the padded edge, where a last window of ceil mode hangs over: nothing is there, not even padding. */

further.push((t, {taps, data}, holding, numbers) => {
  const {words, axes} = t.view, outside = axes ? taps.filter(tap => beyond(t, tap)).length : 0, padded = taps.length - data.length - outside;
  if (!outside) return;
  holding.add('outside');
  if (!padded) holding.delete('padded');
  if (!words.number) return;
  const told = {numbers: counted(words.number, data.length), padding: counted(words.padded, padded), outside: counted(words.outside, outside)};
  numbers.covered = filled(padded ? words.three : words.both, padded ? told : {...told, padding: told.outside});
});

extensions.push(stage => stage.on('drawn', (/** @type {View} */ {t, input}) => {
  const edges = (t.view.axes ?? []).map((/** @type {any} */ axis) => axis.edge), [below, right] = [undefined, ...edges].slice(-2);
  if (edges.every((/** @type {number | undefined} */ edge) => edge === undefined)) return;
  const lead = input.plan.roles?.flatMap((role, axis) => (role > 1 && role < edges.length ? [input.fixed[axis] >= edges[role - 2]] : [])) ?? [];
  for (const {td, row, column, at} of input.cells) {
    const nothing = at < 0 && (row >= below || column >= right || lead.includes(true));
    td.classList.toggle('outside', nothing);
    if (!nothing) continue;
    attribute(td, 'data-pad');
    td.textContent = '×';
  }
}));
