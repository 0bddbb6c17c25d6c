/* What holds of a maximum: its winner, and what ties with it. */

further.push((t, s, holding, numbers) => {
  const {data} = s, best = winnerOf(t, s);
  if (!best) return;
  numbers.nans = data.filter(tap => tap.value !== tap.value).length;
  numbers.ties = data.filter(tap => tap.value === best.value).length;
  numbers.best = digits(t.inputs.input, best.value);
  numbers.first = told(unravel(best.at, t.view.input.shape), t.view.input.along);
  holding.add(data.length === 1 ? 'only' : numbers.nans > 1 ? 'nans' : numbers.nans ? 'nan' : numbers.ties > 1 ? 'tie' : 'largest');
});
