/* The control bar: buttons, slider, speed, and the keys. */

const BEAT = 1200; // milliseconds a step is shown while playing at speed 1

extensions.push(stage => {
  /** @param {string} what @returns {HTMLElement} */
  const part = what => /** @type {HTMLElement} */ (stage.element.querySelector(what));
  const slider = /** @type {HTMLInputElement} */ (part('input[type=range]'));
  const speed = /** @type {HTMLSelectElement} */ (part('.speed select'));
  const play = part('[data-act=play]');
  /** @type {number | undefined} */
  let playing;

  const pause = () => {
    clearTimeout(playing);
    playing = undefined;
    play.classList.remove('playing');
    play.setAttribute('aria-label', stage.words.play);
  };
  const beat = () => {
    stage.go(stage.at + 1, 'play');
    playing = stage.at + 1 < stage.steps.length ? setTimeout(beat, BEAT / Number(speed.value)) : undefined;
    if (!playing) pause();
  };
  /** @type {Record<string, () => void>} */
  const acts = {
    first: () => stage.go(0),
    previous: () => stage.go(stage.at - 1),
    next: () => stage.go(stage.at + 1),
    last: () => stage.go(stage.steps.length - 1),
    play: () => {
      if (playing) return pause();
      if (stage.at + 1 >= stage.steps.length) stage.go(0, 'play');
      play.classList.add('playing');
      play.setAttribute('aria-label', stage.words.pause);
      playing = setTimeout(beat, BEAT / Number(speed.value));
    },
  };
  for (const button of stage.element.querySelectorAll('[data-act]')) {
    button.addEventListener('click', () => {
      const act = button.getAttribute('data-act') ?? '';
      if (act !== 'play') pause();
      acts[act]();
    });
  }
  slider.addEventListener('input', () => (pause(), stage.go(Number(slider.value) - 1)));

  stage.on('recounted', () => {
    slider.max = String(stage.steps.length);
    part('.controls').hidden = stage.steps.length < 2;
  });
  stage.on('shown', () => {
    const text = filled(stage.words.of, {n: (stage.at + 1).toLocaleString('en'), total: stage.steps.length.toLocaleString('en')});
    slider.value = String(stage.at + 1);
    slider.setAttribute('aria-valuetext', text);
    slider.style.setProperty('--done', `${stage.steps.length > 1 ? (stage.at / (stage.steps.length - 1)) * 100 : 100}%`);
    part('.count').textContent = text;
    for (const [act, end] of /** @type {[string, number][]} */ ([['first', 0], ['previous', 0], ['next', stage.steps.length - 1], ['last', stage.steps.length - 1]])) {
      attribute(part(`[data-act=${act}]`), 'aria-disabled', stage.at === end ? 'true' : null);
    }
  });
  stage.on('went', why => {
    if (why !== 'play') pause();
  });

  /** @param {KeyboardEvent} event */
  const key = event => {
    const target = /** @type {HTMLElement} */ (event.composedPath()[0]);
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || target.closest('input, select, textarea, [contenteditable]')) return;
    const grid = stage.views.flatMap(view => view.grids).find(one => one.table.contains(target));
    const to = grid && grid.neighbour(target, event.key);
    if (grid && to) {
      grid.cells.forEach(cell => (cell.td.tabIndex = cell.td === to ? 0 : -1));
      to.focus();
    } else if (grid && (event.key === 'Enter' || event.key === ' ')) target.click();
    else if (event.key === 'Escape') (stage.pinned = null), stage.draw(), stage.tell('pinned');
    else if (event.key === ' ' && target.closest('button, summary, a')) return;
    else {
      const act = {ArrowRight: 'next', ArrowLeft: 'previous', ArrowDown: 'next', ArrowUp: 'previous', Home: 'first', End: 'last', ' ': 'play'}[event.key];
      if (!act) return;
      if (act !== 'play') pause();
      acts[act]();
    }
    event.preventDefault();
  };
  stage.element.addEventListener('keydown', key);
  // Of a page that is all lesson, the keys work without a click, as long as the stage is what is looked at.
  if (stage.root === document.querySelector('body > main.stepwise-lesson')) {
    document.addEventListener('keydown', event => {
      const {top, bottom} = stage.element.getBoundingClientRect(), middle = (top + bottom) / 2;
      if (event.target === document.body && !event.key.startsWith('ArrowU') && event.key !== 'ArrowDown' && middle > 0 && middle < innerHeight) key(event);
    });
  }
});
