/* A script that is served apart, once for all lessons of a page: each comes to life when it is scrolled to, so that a page
 * with many is soon ready, and the others while the page has nothing else to do; all of them at once where the address means a
 * step of one. */

{
  /** @type {Set<HTMLElement>} */
  const waiting = new Set();
  /** @param {Element} root */
  const begin = root => {
    near.unobserve(root);
    if (waiting.delete(/** @type {HTMLElement} */ (root))) enliven(/** @type {HTMLElement} */ (root));
  };
  const near = new IntersectionObserver(seen => {
    // one at a time, so that the page answers in between
    for (const {target, isIntersecting} of seen) if (isIntersecting) setTimeout(begin, 0, target);
  }, {rootMargin: '50%'});
  const meant = () => {
    if (/\b(step|layer|why|pixel)[.\d]*=/.test(location.hash)) [...waiting].forEach(begin);
  };
  // Each lesson asks for the script; when it runs again, it looks for lessons that have come since.
  const search = () => {
    for (const root of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('.stepwise-lesson:not([data-live])'))) {
      waiting.add(root);
      near.observe(root);
    }
    meant();
    idle(spare);
  };
  const idle = window.requestIdleCallback ?? (then => setTimeout(then, 500));
  const spare = () => {
    const [root] = waiting;
    if (!root) return;
    begin(root);
    idle(spare);
  };
  addEventListener('hashchange', meant);
  /** @type {any} */ (window).stepwiseSearch = search;
  search();
}
