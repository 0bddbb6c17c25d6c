/* The reverse question, in words: what a cell that is pointed at or pinned was used for. */

extensions.push(stage => {
  stage.on('built', view => view.element.querySelector('.peek') ?? view.element.append(make('p', {class: 'peek'}, make('span'))));
  stage.on('drawn', view => {
    const {words, weights = 'kernel'} = view.t.view, spot = stage.pinned && stage.pinned.view === view ? stage.pinned.spot : view.spot;
    const grid = view.grids.find((/** @type {Grid} */ one) => spot && spot.kind !== 'out' && one.kind === spot.kind);
    const text = !grid ? (view === stage.views[0] ? stage.words.hint : '') : filled(grid === view.input ? words.peek : words.weight, {
      at: told(unravel(spot.at, grid.plan.shape), grid.plan.along), value: numeral(view.t.inputs[grid === view.input ? 'input' : weights], spot.at), used: counted(words.used, view.users.length),
    });
    const line = view.element.querySelector('.peek span');
    if (line.textContent !== text) line.textContent = text;
  });
});
