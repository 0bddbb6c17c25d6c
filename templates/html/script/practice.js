/* Practice: outputs start hidden; the reader writes a value, is told at once, and where a known mistake gives it, which. */

extensions.push(stage => {
  if (!stage.told.practice) return;
  const {words, told} = stage;
  /** @type {Set<number>} */
  const solved = new Set();
  /** @type {Set<number>} */
  const shownFirst = new Set();
  /** @type {Set<number>} */
  const missed = new Set();
  const row = stage.part('.practice');
  const form = /** @type {HTMLFormElement} */ (row.querySelector('form'));
  const field = /** @type {HTMLInputElement} */ (row.querySelector('input'));
  const verdict = /** @type {HTMLElement} */ (row.querySelector('.verdict'));
  const score = /** @type {HTMLElement} */ (row.querySelector('.score'));
  stage.hides = (_view, at) => !solved.has(at);
  stage.keeps = k => !solved.has(k);
  // Elsewhere in the lesson the answers stand written: they come out as they are solved.
  const elsewhere = [...(stage.element.closest('.lesson') ?? stage.root).querySelectorAll(`[data-trace="${told.views[0].trace}"] [data-out]`)]
    .filter(td => td.textContent !== '?' && !td.closest('.steps')).map(td => /** @type {[Element, string | null]} */ ([td, td.textContent]));

  // What this layer's mistakes would give is told when nothing is left to find.
  let spoiling = stage.element.closest('section')?.nextElementSibling;
  while (spoiling && !spoiling.matches('[data-spoils],.layer')) spoiling = spoiling.nextElementSibling;

  const draw = () => {
    const {t} = stage.views[0];
    if (spoiling instanceof HTMLElement && spoiling.matches('[data-spoils]')) spoiling.hidden = solved.size < stage.steps.length;
    for (const [td, text] of elsewhere) {
      const at = ravel((td.getAttribute('data-out') ?? '').split(',').map(Number), t.view.output.shape);
      td.textContent = solved.has(at) ? text : '?';
    }
    score.textContent = filled(words.score, {right: [...solved].filter(k => !shownFirst.has(k) && !missed.has(k)).length, solved: solved.size, total: stage.steps.length});
    const open = !solved.has(stage.views[0].k);
    form.hidden = !open;
    stage.views[0].working.hidden = open;
    stage.draw();
  };
  stage.on('ready', () => {
    stage.views[0].working.before(row);
    row.hidden = false;
    draw();
  });
  stage.on('went', () => {
    field.value = '';
    verdict.textContent = '';
    draw();
  });

  /** Whether a written value is the right one: equal as shown, or rightly rounded to two decimals or more.
   * @param {string} text @param {Value} value @param {Value} right */
  const isRight = (text, value, right) => {
    const {output} = stage.views[0].t;
    if (digits(output, value) === digits(output, right) || (value !== value && right !== right)) return true;
    const decimals = /\.(\d{2,})$/.exec(text.trim());
    return decimals !== null && Math.abs(Number(value) - Number(right)) <= 0.5000001 * 10 ** -decimals[1].length;
  };
  form.addEventListener('submit', event => {
    event.preventDefault();
    const value = understood(field.value), [view] = stage.views, right = resultOf(view.t, view.k);
    attribute(field, 'aria-invalid', null);
    if (value === null) {
      verdict.textContent = words.unreadable;
      attribute(field, 'aria-invalid', 'true');
      return;
    }
    verdict.classList.toggle('wrong', !isRight(field.value, value, right));
    if (isRight(field.value, value, right)) {
      solved.add(view.k);
      draw();
      verdict.textContent = `${words.right} ${print(view.f, TEXT)}`;
      return;
    }
    missed.add(view.k);
    const slips = told.mistakes.filter((/** @type {any} */ one) => isRight(field.value, value, one.cells.values[view.k]) && !Object.is(one.cells.values[view.k], right));
    const named = slips.length < 3 ? slips : []; // one number that fits many of them says nothing
    verdict.textContent = [words.wrong, named.map((/** @type {any} */ one) => one.text).join(` ${words.or} `)].join(' ').trim();
    verdict.dataset.code = named.map((/** @type {any} */ one) => one.code).join('|');
    draw();
    field.select();
  });
  row.querySelector('[data-do=reveal]')?.addEventListener('click', () => {
    const {k} = stage.views[0];
    if (!solved.has(k)) shownFirst.add(k);
    solved.add(k);
    verdict.textContent = '';
    draw();
    stage.announce();
  });
  row.querySelector('[data-do=reset]')?.addEventListener('click', () => {
    for (const set of [solved, shownFirst, missed]) set.clear();
    verdict.textContent = '';
    field.value = '';
    draw();
    stage.go(0);
  });
});
