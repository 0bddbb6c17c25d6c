/* Two lessons in step: where they part is marked, in the figures, in words and along the slider. */

extensions.push(stage => {
  if (!stage.told.names) return;
  const note = /** @type {HTMLElement} */ (stage.element.querySelector('.parts'));
  const ticks = /** @type {HTMLElement} */ (stage.element.querySelector('.ticks'));
  /** @param {number[]} step */
  const parts = step => step.some(k => k < 0) || new Set(stage.views.map((view, i) => digits(view.t.output, resultOf(view.t, step[i])) + print(formulaOf(view.t, stepOf(view.t, step[i])), TEXT))).size > 1;
  stage.differs = at => {
    const step = stage.steps.find(one => one.includes(at));
    return step !== undefined && step.every(k => k >= 0) && !Object.is(...(/** @type {[any, any]} */ (stage.views.map((view, i) => resultOf(view.t, step[i])))));
  };
  /** @type {boolean[]} */
  let parted = [];
  const mark = () => {
    parted = stage.steps.slice(0, 2000).map(parts);
    ticks.replaceChildren(...parted.flatMap((yes, n) => {
      if (!yes) return [];
      const tick = make('i');
      tick.style.left = `${stage.steps.length > 1 ? (n / (stage.steps.length - 1)) * 100 : 50}%`;
      return [tick];
    }));
  };
  stage.on('ready', mark);
  stage.root.addEventListener('stepwise-changed', mark);
  stage.on('shown', () => {
    const now = parted[stage.at] ?? parts(stage.steps[stage.at]);
    note.textContent = now ? stage.words.parts : stage.words.alike;
    note.classList.toggle('parting', now);
  });
});
