/* A lesson comes to life. */

/** @param {HTMLElement} root */
function enliven(root) {
  const inside = root.shadowRoot ?? root, data = inside.querySelector('script.stepwise-record');
  if (root.dataset.live !== undefined || !data) return;
  root.dataset.live = '';
  if (LOOK) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(LOOK);
    (root.shadowRoot ?? document).adoptedStyleSheets.push(sheet);
  }
  const record = JSON.parse(data.textContent ?? '');
  /** @type {Map<string, Cells>} */
  const living = new Map();
  /** @type {Map<number, Stage>} */
  const stages = new Map();
  // A stage's keys in the address are numbered through the document, the first without a number.
  const all = [...document.querySelectorAll('.stepwise-lesson')].flatMap(one => [...(one.shadowRoot ?? one).querySelectorAll('.stage')]);
  for (const element of inside.querySelectorAll('.stage')) {
    const number = Number(element.getAttribute('data-stage')), told = record.stages[number];
    /** @param {any} view */
    const trace = view => traceOf(record, living, view, number);
    for (const one of told.alternatives ?? []) one.live = trace(one);
    for (const one of told.mistakes ?? []) one.cells = cells(record.arrays[one.output]);
    const before = all.indexOf(element);
    stages.set(number, new Stage(root, /** @type {HTMLElement} */ (element), told, told.views.map(trace), before ? `.${before + 1}` : ''));
  }
  for (const then of arrivals) then(root, record, living, stages);
}
