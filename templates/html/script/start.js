/* Every lesson in the document that is not live yet comes to life. */

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
  const arrays = record.arrays.map(cells);
  for (const told of record.stages) {
    for (const one of told.alternatives ?? []) one.live = traceOf(record, arrays, one);
    for (const one of told.mistakes ?? []) one.cells = arrays[one.output];
  }
  for (const element of inside.querySelectorAll('.stage')) {
    const told = record.stages[Number(element.getAttribute('data-stage'))];
    const traces = told.views.map((/** @type {any} */ view) => traceOf(record, arrays, view));
    // A stage's keys in the address are numbered through the document, the first without a number.
    const before = Number(document.documentElement.dataset.stepwiseStages ?? 0);
    document.documentElement.dataset.stepwiseStages = String(before + 1);
    new Stage(root, /** @type {HTMLElement} */ (element), told, traces, before ? `.${before + 1}` : '');
  }
}
for (const root of document.querySelectorAll('.stepwise-lesson')) enliven(/** @type {HTMLElement} */ (root));
