/* Practice: outputs start hidden; the reader writes a value, into the cell itself or below it, and is told at once; and where a
 * known mistake gives it, which. When all are found, whoever counts it is told. */

/** The page's address without what may be somebody's own: what is asked of a server, and the folders of a machine. */
const address = () => {
  const [bare] = location.href.split(/[?#]/);
  return location.protocol === 'file:' ? bare.replace(/^.*\//, 'file:///') : bare;
};

/** What a page around may count, in xAPI's words; who it was, the page does not know.
 * @param {Stage} stage @param {number} right at the first try @param {number} total */
const statement = (stage, right, total) => ({
  verb: {id: 'http://adlnet.gov/expapi/verbs/completed', display: {en: 'completed'}},
  object: {id: address(), definition: {type: 'http://adlnet.gov/expapi/activities/assessment', name: {[stage.root.lang || document.documentElement.lang || 'en']: stage.element.closest('.lesson')?.querySelector('h1')?.textContent ?? document.title}}},
  result: {completion: true, success: right === total, score: {scaled: right / total, raw: right, min: 0, max: total}},
  timestamp: new Date().toISOString(),
});

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

  /** The place for an answer that lies on its cell. */
  const cell = /** @type {HTMLInputElement} */ (make('input', {class: 'in-cell', autocomplete: 'off', spellcheck: 'false', 'aria-label': form.querySelector('label')?.textContent?.trim()}));
  const saving = row.querySelector('[data-do=save]');
  /** The call that the lesson tells; another may be chosen. @type {Trace} */
  let first, /** @type {Trace} */ now, done = false;

  const firsts = () => [...solved].filter(k => !shownFirst.has(k) && !missed.has(k)).length;
  const clear = () => {
    for (const set of [solved, shownFirst, missed]) set.clear();
    done = false;
  };
  /** @param {string | (Node | string)[]} [said] @param {boolean} [wrong] */
  const say = (said = '', wrong = false) => {
    verdict.replaceChildren(...(typeof said === 'string' ? [said] : said));
    verdict.classList.toggle('wrong', wrong);
    verdict.dataset.code = '';
    for (const input of [field, cell]) attribute(input, 'aria-invalid');
  };

  const draw = () => {
    const {t, k} = stage.views[0], all = solved.size === stage.steps.length;
    if (spoiling instanceof HTMLElement && spoiling.matches('[data-spoils]')) spoiling.hidden = !all || t !== first;
    for (const [td, text] of elsewhere) {
      const at = ravel((td.getAttribute('data-out') ?? '').split(',').map(Number), first.view.output.shape);
      td.textContent = solved.has(at) && t === first ? text : '?';
    }
    score.textContent = filled(words.score, {right: firsts(), solved: solved.size, total: stage.steps.length});
    form.hidden = solved.has(k);
    stage.views[0].working.hidden = !solved.has(k);
    saving.hidden = !all;
    stage.draw();
    if (!all || done) return;
    done = true;
    const detail = statement(stage, firsts(), stage.steps.length);
    stage.root.dispatchEvent(new CustomEvent('stepwise-practised', {bubbles: true, composed: true, detail}));
    if (parent !== window) parent.postMessage({type: 'stepwise-practised', detail}, '*');
  };
  stage.on('ready', () => {
    first = now = stage.views[0].t;
    // What is told of the steps stays folded, on paper too; elsewhere the answers come out as they are found.
    for (const kept of (stage.element.closest('.lesson') ?? stage.root).querySelectorAll('section:not(:has(.stage)) .kept')) {
      kept.setAttribute('open', '');
      kept.querySelector('summary')?.remove();
    }
    stage.views[0].working.before(row);
    row.hidden = false;
    draw();
  });
  stage.on('went', () => {
    field.value = cell.value = '';
    say();
    draw();
  });
  stage.on('recounted', () => {
    if (!now || stage.views[0].t === now) return;
    now = stage.views[0].t;
    clear();
  });
  stage.on('shown', () => {
    const [view] = stage.views, grid = view.grids.find(one => one.kind === 'out'), td = grid?.cells.find(one => one.at === view.k)?.td;
    cell.hidden = !td || solved.has(view.k);
    if (!grid || !td) return;
    if (cell.parentElement !== grid.element) grid.element.append(cell);
    Object.assign(cell.style, {left: `${td.offsetLeft}px`, top: `${td.offsetTop}px`, width: `${td.offsetWidth}px`, height: `${td.offsetHeight}px`});
  });

  /** Whether a written value is the right one: equal as shown, or rightly rounded to two decimals or more.
   * @param {string} text @param {Value} value @param {Value} right */
  const isRight = (text, value, right) => {
    const {output} = stage.views[0].t;
    if (digits(output, value) === digits(output, right) || (value !== value && right !== right)) return true;
    const decimals = /\.(\d{2,})$/.exec(text.trim());
    return decimals !== null && Math.abs(Number(value) - Number(right)) <= 0.5000001 * 10 ** -decimals[1].length;
  };
  /** @param {boolean} onward whether the next that is to be found comes after a right answer */
  const check = onward => {
    stage.draw(); // another cell may be pointed at
    const text = field.value.trim(), value = understood(text), [view] = stage.views, {k} = view, right = resultOf(view.t, k);
    if (value === null) {
      const comma = /^[-−+]?\d+(,\d+)+$/.test(text);
      say(comma ? filled(words.comma, {point: text.replace(',', '.'), whole: text.replace(/,/g, '')}) : words.unreadable, true);
      for (const input of [field, cell]) attribute(input, 'aria-invalid', 'true');
      return;
    }
    if (isRight(text, value, right)) {
      const formula = print(view.f, TEXT), next = [...stage.steps.keys()].map(n => (k + 1 + n) % stage.steps.length).find(n => !solved.has(n) && n !== k);
      solved.add(k);
      if (onward && next !== undefined) {
        stage.go(next);
        say([`${words.right} ${formula}`]);
      } else {
        say([words.right, make('span', {class: 'sr'}, ` ${formula}`)]); // it stands below
        draw();
        if (onward) view.working.focus();
      }
      return;
    }
    missed.add(k);
    const slips = view.t !== first ? [] : told.mistakes.filter((/** @type {any} */ one) => isRight(text, value, one.cells.values[k]) && !Object.is(one.cells.values[k], right));
    const named = slips.length < 3 ? slips : []; // one number that fits many of them says nothing
    say([words.wrong, named.map((/** @type {any} */ one) => one.text).join(` ${words.or} `)].join(' ').trim(), true);
    verdict.dataset.code = named.map((/** @type {any} */ one) => one.code).join('|');
    draw();
    (/** @type {any} */ (cell.getRootNode()).activeElement === cell ? cell : field).select();
  };
  form.addEventListener('submit', event => {
    event.preventDefault();
    check(false);
  });
  cell.addEventListener('input', () => (field.value = cell.value));
  field.addEventListener('input', () => (cell.value = field.value));
  for (const input of [field, cell]) {
    input.addEventListener('keydown', event => {
      if (event.key !== 'Enter' || event.isComposing) return;
      event.preventDefault();
      check(true);
    });
  }
  // Typing over a cell of the output that has the focus answers it.
  stage.element.addEventListener('keydown', event => {
    const target = /** @type {HTMLElement} */ (event.composedPath()[0]);
    if (!/^[-−\d.]$/.test(event.key) || !target.matches('[data-out]')) return;
    if (ravel((target.dataset.out ?? '').split(',').map(Number), now.output.shape) !== stage.steps[stage.at][0]) target.click();
    if (!cell.hidden) cell.focus();
  });
  row.querySelector('[data-do=reveal]')?.addEventListener('click', () => {
    const [k] = stage.steps[stage.at];
    if (!solved.has(k)) shownFirst.add(k);
    solved.add(k);
    say();
    draw();
    stage.announce();
  });
  row.querySelector('[data-do=reset]')?.addEventListener('click', () => {
    clear();
    say();
    field.value = cell.value = '';
    draw();
    stage.go(0);
  });
  saving.addEventListener('click', () => save(new Blob([JSON.stringify(statement(stage, firsts(), stage.steps.length), null, 1)], {type: 'application/json'}), 'practice.json'));
});
