/* What if: a pinned number of the input or the kernel can be changed, and everything that came of it follows. */

/** Every trace that is live in a lesson, so that a change reaches all that share an array. @type {WeakMap<HTMLElement, Set<Trace>>} */
const living = new WeakMap();

/** @param {Cells} array */
const keep = array => {
  array.original ??= array.values.slice();
  array.wasWhole ??= array.whole;
};

/** Change one number, and work out again every output cell that came of it.
 * @param {Set<Trace>} traces @param {Cells} array @param {number} at @param {Value} value */
function change(traces, array, at, value) {
  keep(array);
  array.values[at] = value;
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
    const ks = changed && name === 'input' && t.view.rule !== 'softmax' ? [...new Set(changed.flatMap(at => usersOf(t, at)))] : [...t.output.values.keys()];
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
      array.original = array.wasWhole = undefined;
    }
  }
}

extensions.push(stage => {
  if (stage.told.practice) return; // the answers that are practised are those of the lesson
  const traces = living.get(stage.root) ?? new Set();
  living.set(stage.root, traces);
  const back = /** @type {HTMLElement} */ (stage.element.querySelector('.changed-note'));
  const redraw = () => stage.root.dispatchEvent(new CustomEvent('stepwise-changed'));
  stage.on('built', (/** @type {View} */ view) => traces.add(view.t));
  stage.on('shown', () => (back.hidden = !stage.changed()));
  stage.root.addEventListener('stepwise-changed', () => stage.draw());
  back.querySelector('button')?.addEventListener('click', () => {
    restore(traces);
    redraw();
    stage.announce();
  });

  /** @type {HTMLInputElement} */
  const field = /** @type {any} */ (make('input', {type: 'text', inputmode: 'text', size: 6, autocomplete: 'off', spellcheck: 'false'}));
  const form = make('label', {class: 'edit'}, stage.words.change + ' ', field);
  /** @returns {{array: Cells, at: number, view: View} | null} */
  const subject = () => {
    if (!stage.pinned) return null;
    const {view, spot} = stage.pinned, {t} = view;
    if (spot.kind === 'in') return {array: t.inputs.input, at: spot.at, view};
    const at = view.weightAt?.(/** @type {any} */ (spot));
    return at === undefined ? null : {array: t.inputs[t.view.weights ?? 'kernel'], at, view};
  };
  stage.on('pinned', () => {
    const what = subject();
    if (!what) return form.remove();
    field.value = minus(digits(what.array, what.array.values[what.at]));
    field.removeAttribute('aria-invalid');
    what.view.element.querySelector('.peek')?.append(form);
  });
  field.addEventListener('input', () => {
    const value = understood(field.value), what = subject();
    attribute(field, 'aria-invalid', value === null ? 'true' : null);
    if (value === null || !what) return;
    change(traces, what.array, what.at, what.array.single && typeof value === 'number' ? Math.fround(value) : value);
    redraw();
  });
  field.addEventListener('change', () => stage.announce());
  field.addEventListener('keydown', event => {
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    const {view, spot} = stage.pinned ?? {};
    const grid = view && (spot?.kind === 'in' ? view.input : view.kernel);
    grid?.cells.find(cell => cell.row === spot?.row && cell.column === spot?.column)?.td.focus();
    event.preventDefault();
  });
  // Typing over a cell that has the focus pins it and begins its change.
  stage.element.addEventListener('keydown', event => {
    const target = /** @type {HTMLElement} */ (event.composedPath()[0]);
    if (!/^[-−\d.]$/.test(event.key) || target.tagName !== 'TD') return;
    const view = stage.views.find(one => one.element.contains(target)), spot = view?.spotAt(target);
    if (!view || !spot || (spot.kind !== 'in' && spot.kind !== 'weight')) return;
    if (JSON.stringify(stage.pinOf(view)) !== JSON.stringify(spot)) stage.pin(view, spot);
    field.focus();
    field.select();
  });
});
