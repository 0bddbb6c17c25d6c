/* What else might have been asked for: calls that the author allowed, their geometry worked out by stepwise. */

extensions.push(stage => {
  const select = stage.part('.alternatives select');
  /** @type {Trace} */
  let first;
  if (!select || !stage.told.alternatives) return;
  select.addEventListener('change', () => {
    const [view] = stage.views, n = Number(select.value);
    stage.pinned = null;
    view.plane = 0;
    view.build(n ? stage.told.alternatives[n - 1].live : first);
    stage.recount();
    stage.go(stage.at);
    stage.tell('pinned');
  });
  stage.on('ready', () => (first = stage.views[0].t));
});
