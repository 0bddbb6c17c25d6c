/* What tells the planes of an array apart, said in its caption: of image 0, channel 2; and where a step is made from cells
 * of several planes, a tab for each. Where a window slides, other tabs say it. */

/** A caption with the place of a plane. @param {string} base @param {Grid} grid @param {number[]} index */
const planed = (base, {plan: {leads = []}}, index) => [base, ...leads.map((/** @type {[number, string]} */ [axis, words]) => words.replace('{n}', String(index[axis])))].filter(Boolean).join(' · ');

extensions.push(stage => {
  /** @type {Map<View, HTMLElement>} */
  const bars = new Map();
  stage.on('drawn', (/** @type {View} */ view) => {
    const {input, grids, planes, s, t} = view, {captions} = t.view;
    for (const grid of grids) {
      if (!grid.plan.leads || grid.plan === t.view.near?.plan) continue;
      const caption = planed(captions[grid === input ? 'input' : grid.kind === 'weight' ? 'kernel' : 'output'], grid, grid.fixed);
      if (grid.caption.textContent !== caption) grid.caption.textContent = caption;
    }
    if (t.view.axes) bars.get(view)?.remove();
    if (t.view.axes || view.k < 0) return;
    if (!bars.has(view)) bars.set(view, make('div', {class: 'planes'}));
    const bar = /** @type {HTMLElement} */ (bars.get(view)), chosen = view.plane % planes.length;
    const labels = planes.map(plane => planed('', input, unravel(s.taps.find(tap => view.planeOf(tap) === plane)?.at ?? 0, input.plan.shape)));
    if (bar.nextSibling !== view.figure) view.figure.before(bar);
    putTabs(bar, [chosen, planes.join(';')].join('|'), planes.length > 1 ? [tabs(captions.input, labels, chosen, n => lookAt(stage, view, n))] : []);
  });
});
