/* The reverse question, in words: what a cell that is pointed at or pinned was used for. */

extensions.push(stage => {
  /** @type {Map<View, HTMLElement>} */
  const lines = new Map();
  stage.on('built', (/** @type {View} */ view) => {
    if (!lines.has(view)) lines.set(view, make('p', {class: 'peek'}));
    view.element.append(/** @type {HTMLElement} */ (lines.get(view)));
  });
  stage.on('drawn', (/** @type {View} */ view) => {
    const spot = view.spot && view.spot.kind !== 'out' ? view.spot : stage.pinOf(view), {words} = view.t.view;
    let text = stage.words.hint;
    if (spot?.kind === 'in') {
      const value = minus(digits(view.t.inputs.input, view.t.inputs.input.values[spot.at]));
      text = filled(words.peek, {at: told(unravel(spot.at, view.t.view.input.shape)), value, used: counted(words.used, (view.users ?? []).length)});
    } else if (spot?.kind === 'weight' && view.weightAt) {
      const array = view.t.inputs[view.t.view.weights ?? 'kernel'];
      const at = view.weightAt(/** @type {any} */ (spot));
      text = filled(words.weight, {at: told([spot.row, spot.column]), value: minus(digits(array, array.values[at]))});
    }
    const line = lines.get(view);
    const first = line?.firstChild;
    if (line && (!(first instanceof Text) || first.data !== text)) {
      if (first instanceof Text) first.data = text;
      else line.prepend(text);
    }
  });
});
