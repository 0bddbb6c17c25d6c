/* What tells the planes of an array apart, said in its caption: of image 0, channel 2. Where a window slides, tabs say it. */

extensions.push(stage => stage.on('drawn', (/** @type {View} */ view) => {
  for (const grid of view.grids) {
    const {leads} = grid.plan;
    if (!leads) continue;
    const base = view.t.view.captions[grid === view.input ? 'input' : 'output'];
    const caption = [base, ...leads.map((/** @type {[number, string]} */ [axis, words]) => words.replace('{n}', String(grid.fixed[axis])))].join(' · ');
    if (grid.caption.textContent !== caption) grid.caption.textContent = caption;
  }
}));
