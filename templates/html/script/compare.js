/* Two lessons in step: where they part is marked, in the figures, in words and along the slider. */

/** The output cells of two views in pairs: as told, where the two count them otherwise, else by their index, in reading order.
 * @param {Stage} stage @returns {number[][]} */
function together({told, views}) {
  if (told.steps) return told.steps;
  const traces = views.map(view => view.t);
  /** @type {Map<string, number[]>} */
  const found = new Map();
  traces.forEach((t, i) => t.output.values.forEach((_, k) => {
    const {axes, output} = t.view, key = (axes ? placeOf(output, k, axes.length) : unravel(k, output.shape)).map(n => String(n).padStart(9, '0')).join();
    found.set(key, (found.get(key) ?? traces.map(() => -1)).map((old, j) => (i === j ? k : old)));
  }));
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, step]) => step);
}

/** Whether two results differ by more than rounding, of which one `step` is. @param {Value} a @param {Value} b @param {number} step */
const apart = (a, b, step) => !Object.is(a, b) && !(Number.isFinite(a) && Math.abs(Number(a) - Number(b)) <= 64 * step * Math.max(Math.abs(Number(a)), Math.abs(Number(b))));

extensions.push(stage => {
  if (!stage.told.names) return;
  const note = stage.part('.parts');
  const ticks = stage.part('.ticks');
  /** @param {number[]} step */
  const parts = step => step.some(k => k < 0) || new Set(stage.views.map((view, i) => digits(view.t.output, resultOf(view.t, step[i])) + print(formulaOf(view.t, stepOf(view.t, step[i])), TEXT))).size > 1;
  stage.differs = (view, at) => {
    const step = stage.steps[stage.stepFor(view, at)];
    const [a, b] = stage.views.map((one, i) => resultOf(one.t, step[i]));
    return step.every(k => k >= 0) && apart(a, b, stage.views.some(one => one.t.output.single) ? 2 ** -23 : 2 ** -52);
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
