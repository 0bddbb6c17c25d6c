/* Slides without reveal.js: its fragments come and go by keys, by buttons, and by a touch at the left or the right. */

(() => {
  const deck = /** @type {HTMLElement} */ (document.querySelector('main')), fragments = /** @type {HTMLElement[]} */ ([...deck.querySelectorAll('.fragment')]);
  /** @param {HTMLElement} fragment */
  const index = fragment => Number(fragment.dataset.fragmentIndex);
  const last = Math.max(-1, ...fragments.map(index)) + 1, bar = /** @type {HTMLElement} */ (document.querySelector('nav'));
  const [back, on] = bar.querySelectorAll('button'), count = /** @type {HTMLElement} */ (bar.querySelector('span'));
  let at = 0;

  /** @param {number} step from 0 */
  const go = step => {
    at = Math.max(0, Math.min(last, step));
    for (const fragment of fragments) fragment.classList.toggle('visible', index(fragment) < at);
    const said = [...deck.querySelectorAll('.said')][at]?.textContent ?? '';
    count.textContent = `${at + 1} / ${last + 1}`;
    /** @type {HTMLElement} */ (document.querySelector('[role=status]')).textContent = said;
    back.setAttribute('aria-disabled', String(!at));
    on.setAttribute('aria-disabled', String(at === last));
    history.replaceState(null, '', at ? `#step=${at + 1}` : location.pathname + location.search);
  };
  /** @type {Record<string, () => number>} */
  const keys = {ArrowRight: () => at + 1, ArrowDown: () => at + 1, PageDown: () => at + 1, ' ': () => at + 1, ArrowLeft: () => at - 1, ArrowUp: () => at - 1, PageUp: () => at - 1, Home: () => 0, End: () => last};
  addEventListener('keydown', event => {
    if (event.altKey || event.ctrlKey || event.metaKey || !keys[event.key] || (event.key === ' ' && event.target instanceof HTMLButtonElement)) return;
    event.preventDefault();
    go(keys[event.key]());
  });
  back.addEventListener('click', () => go(at - 1));
  on.addEventListener('click', () => go(at + 1));
  deck.addEventListener('click', event => getSelection()?.isCollapsed !== false && go(at + (event.clientX < innerWidth / 3 ? -1 : 1)));
  const asked = () => go(Number(/step=(\d+)/.exec(location.hash)?.[1] ?? 1) - 1);
  addEventListener('hashchange', asked);
  bar.hidden = !last;
  asked();
})();
