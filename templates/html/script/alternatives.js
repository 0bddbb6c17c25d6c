/* What else might have been asked for: calls that the author allowed, their geometry worked out by stepwise. */

extensions.push(stage => {
  const select = /** @type {HTMLSelectElement | null} */ (stage.element.querySelector('.alternatives select'));
  if (!select || !stage.told.alternatives) return;
  select.addEventListener('change', () => {
    const [view] = stage.views, n = Number(select.value);
    stage.pinned = null;
    view.plane = 0;
    view.build(n ? stage.told.alternatives[n - 1].live : stage.first);
    stage.recount();
    stage.go(Math.min(stage.at, stage.steps.length - 1), 'alternative');
  });
  stage.on('ready', () => (stage.first = stage.views[0].t));
});
