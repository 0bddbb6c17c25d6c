/* The control bar: buttons, slider, speed, and the keys. */

/** What is drawn on the buttons. @type {Record<string, string[]>} */
const ICONS = {
  first: ['M3 3h2v10H3zm10 0v10L6 8z'],
  previous: ['M12 3v10L4 8z'],
  play: ['M4 2.5v11L13.5 8z', 'M3.5 3h3v10h-3zm6 0h3v10h-3z'],
  next: ['M4 3v10l8-5z'],
  last: ['M11 3h2v10h-2zM3 3v10l7-5z'],
};
const BEAT = 1200; // milliseconds a step is shown while playing at speed 1

extensions.push(stage => {
  const slider = stage.part('.track input'), play = stage.part('[data-act=play]'), buttons = /** @type {NodeListOf<HTMLElement>} */ (stage.element.querySelectorAll('[data-act]'));
  const last = () => stage.steps.length - 1;
  /** @type {number | undefined} */
  let playing;

  /** @param {boolean} on */
  const turn = on => {
    clearTimeout(playing);
    playing = on ? setTimeout(beat, BEAT / parseFloat(stage.part('.speed select').value)) : undefined;
    play.classList.toggle('playing', on);
    play.setAttribute('aria-label', on ? stage.words.pause : stage.words.play);
  };
  const beat = () => {
    stage.go(stage.at + 1, 'play');
    turn(stage.at < last());
  };
  /** @param {string} act */
  const act = act => {
    if (act === 'play') {
      if (!playing && stage.at === last()) stage.go(0, 'play');
      return turn(!playing);
    }
    stage.go(/** @type {Record<string, number>} */ ({first: 0, previous: stage.at - 1, next: stage.at + 1, last: last()})[act]);
  };
  for (const button of buttons) {
    const name = button.dataset.act ?? '';
    button.innerHTML = ICONS[name].map(path => `<svg viewBox="0 0 16 16"><path d="${path}"/></svg>`).join('');
    button.addEventListener('click', () => act(name));
  }
  slider.addEventListener('input', () => stage.go(slider.value - 1));
  stage.on('went', why => why !== 'play' && turn(false));
  stage.on('recounted', () => {
    slider.max = stage.steps.length;
    stage.part('.controls').hidden = !last();
  });
  stage.on('shown', () => {
    const [n, total] = [stage.at + 1, last() + 1].map(count => count.toLocaleString('en')), text = filled(stage.words.of, {n, total});
    slider.value = stage.at + 1;
    slider.setAttribute('aria-valuetext', text);
    slider.style.setProperty('--done', `${(stage.at / (last() || 1)) * 100}%`);
    stage.part('.count').textContent = text;
    buttons.forEach((button, i) => attribute(button, 'aria-disabled', i !== 2 && stage.at === (i < 2 ? 0 : last()) ? 'true' : null));
  });

  /** @param {KeyboardEvent} event */
  const key = event => {
    const target = /** @type {HTMLElement} */ (event.composedPath()[0]), name = event.key, space = name === ' ';
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    // What is done here, and what is written, is not for the slides or the page around.
    if (target.closest('input, select, textarea')) return event.stopPropagation();
    if (event.defaultPrevented) return;
    const grid = stage.views.flatMap(view => view.grids).find(one => one.table.contains(target)), to = grid?.neighbour(target, name);
    if (grid && to) {
      grid.cells.forEach(({td}) => (td.tabIndex = td === to ? 0 : -1));
      to.focus();
    } else if (grid && (name === 'Enter' || space)) target.click();
    else if (name === 'Escape') stage.pin(stage.views[0], null);
    else {
      const known = {ArrowRight: 'next', ArrowLeft: 'previous', ArrowDown: 'next', ArrowUp: 'previous', Home: 'first', End: 'last', ' ': 'play'}[name];
      if (!known) return;
      event.stopPropagation();
      if (space && target.closest('button')) return;
      act(known);
    }
    event.preventDefault();
    event.stopPropagation();
  };
  stage.element.addEventListener('keydown', key);
  // Of a page that is all lesson, the keys work without a click, as long as the stage is what is looked at.
  if (stage.root.matches('body > main')) {
    document.addEventListener('keydown', event => {
      const {top, bottom} = stage.element.getBoundingClientRect(), middle = (top + bottom) / 2;
      if (event.target === document.body && !/Up|Down/.test(event.key) && middle > 0 && middle < innerHeight) key(event);
    });
  }
});
