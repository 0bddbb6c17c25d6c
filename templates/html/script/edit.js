/* What if: a pinned number of the input or the kernel can be changed, and everything that came of it follows. */

/** Every trace that is live in a lesson, so that a change reaches all that share an array. @type {WeakMap<HTMLElement, Set<Trace>>} */
const living = new WeakMap();

/** @param {HTMLElement} root */
const livingOf = root => /** @type {Set<Trace>} */ (living.get(root) ?? living.set(root, new Set()).get(root));

/** @param {Cells} array */
const keep = array => {
  array.original ??= array.values.slice();
  array.wasWhole ??= array.whole;
};

/** Change one number, and work out again every output cell that came of it.
 * @param {Set<Trace>} traces @param {Cells} array @param {number} at @param {Value} value */
function change(traces, array, at, value) {
  keep(array);
  (array.edits ??= {})[at] = value;
  array.values[at] = array.single && typeof value === 'number' ? Math.fround(value) : value;
  const broken = array.whole && typeof value === 'number' && !Number.isInteger(value);
  if (broken) [array.whole, array.values] = [false, array.values.map(Number)];
  spread(traces, array, broken ? null : [at]);
}

/** @param {Set<Trace>} traces @param {Cells} array @param {number[] | null} changed the cells, null for all of them */
function spread(traces, array, changed) {
  for (const t of traces) {
    const name = Object.keys(t.inputs).find(one => t.inputs[one] === array);
    if (!name) continue;
    keep(t.output);
    t.output.whole = t.output.wasWhole === true && wholly(t);
    const ks = changed && name === 'input' && !t.view.whole ? [...new Set(changed.flatMap(at => usersOf(t, at)))] : [...t.output.values.keys()];
    for (const k of ks) t.output.values[k] = workOut(t, k);
    spread(traces, t.output, ks);
  }
}

/** Every number as it was. @param {Set<Trace>} traces */
function restore(traces) {
  for (const t of traces) {
    for (const array of [...Object.values(t.inputs), t.output]) {
      if (!array.original) continue;
      [array.values, array.whole] = [array.original, array.wasWhole ?? array.whole];
      array.original = array.wasWhole = array.edits = undefined;
    }
  }
}

extensions.push(stage => {
  if (stage.told.practice) return; // the answers that are practised are those of the lesson
  const traces = livingOf(stage.root), note = stage.part('.changed-note');
  const redraw = () => stage.root.dispatchEvent(new CustomEvent('stepwise-changed'));
  stage.on('built', view => traces.add(view.t));
  stage.on('shown', () => (note.hidden = !stage.changed()));
  stage.root.addEventListener('stepwise-changed', () => stage.draw());
  note.querySelector('button').addEventListener('click', () => {
    restore(traces);
    redraw();
    stage.announce();
    stage.tell('pinned');
  });

  const field = /** @type {HTMLInputElement} */ (make('input', {size: 6, autocomplete: 'off', spellcheck: 'false'}));
  const form = make('label', {class: 'edit'}, stage.words.change + ' ', field);
  /** The array that the pinned cell belongs to. @param {{view: View, spot: Spot}} pinned @returns {Cells} */
  const subject = ({view: {t}, spot}) => t.inputs[spot.kind === 'in' ? 'input' : (t.view.weights ?? 'kernel')];
  stage.on('pinned', () => {
    if (!stage.pinned) return form.remove();
    field.value = numeral(subject(stage.pinned), stage.pinned.spot.at);
    attribute(field, 'aria-invalid');
    stage.pinned.view.element.querySelector('.peek')?.append(form);
  });
  field.addEventListener('input', () => {
    const value = understood(field.value);
    attribute(field, 'aria-invalid', value === null ? 'true' : null);
    if (value === null || !stage.pinned) return;
    change(traces, subject(stage.pinned), stage.pinned.spot.at, value);
    redraw();
  });
  field.addEventListener('change', () => stage.announce());
  field.addEventListener('keydown', event => {
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    /** @type {HTMLElement | null | undefined} */ (stage.pinned?.view.figure.querySelector('td.pinned'))?.focus();
    event.preventDefault();
  });
  // Typing over a cell that has the focus pins it and begins its change.
  stage.element.addEventListener('keydown', event => {
    const target = /** @type {HTMLElement} */ (event.composedPath()[0]);
    if (!/^[-−\d.]$/.test(event.key) || !target.matches('[data-in], [data-weight]')) return;
    if (!target.matches('.pinned')) target.click();
    field.focus();
    field.select();
  });
});
