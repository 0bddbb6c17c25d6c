/* Lines that put the lesson into another page: with the page's address where it has one, each to be copied; and the
   lesson itself as a piece of HTML, taken before anything in it has moved. */

{
  const asked = /** @type {HTMLScriptElement | null} */ (document.currentScript), own = asked && !asked.src ? asked : null; // served apart, it is the lesson's, too
  for (const place of document.querySelectorAll('details.embed')) {
    const root = /** @type {HTMLElement} */ (place.closest('.stepwise-lesson')), lesson = /** @type {Element} */ (root.querySelector('.lesson'));
    const told = /** @type {HTMLElement} */ (place.querySelector('[role=status]'));
    const {protocol, href} = location;
    if (/^http/.test(protocol))
      for (const span of place.querySelectorAll('pre span')) span.textContent = href.replace(/#.*/, '').replace(/&/g, '&amp;');

    const still = /** @type {Element} */ (lesson.cloneNode(true));
    for (const one of still.querySelectorAll('.embed')) one.remove();
    const piece = () => {
      const copies = [...document.querySelectorAll('head style, head link[rel=stylesheet]')].slice(0, 1);
      const scripts = [...root.querySelectorAll(':scope > script')].filter(script => script !== own);
      /** @param {Element} one */
      const whole = one => {
        const copy = /** @type {Element} */ (one.cloneNode(true));
        copy.removeAttribute('nonce');
        for (const name of ['href', 'src']) if (copy.hasAttribute(name)) copy.setAttribute(name, new URL(copy.getAttribute(name) || '', document.baseURI).href);
        return copy.outerHTML;
      };
      const shell = document.createElement('div');
      shell.className = 'stepwise-lesson';
      shell.dataset.key = root.dataset.key;
      shell.lang = document.documentElement.lang;
      const inside = [...copies.map(whole), still.outerHTML, ...scripts.map(whole)].join('\n');
      return shell.outerHTML.replace('</div>', () => `<template shadowrootmode="open">\n${inside}\n</template></div>`);
    };

    for (const entry of place.querySelectorAll('[data-paste]')) {
      const text = /** @type {HTMLElement} */ (entry.querySelector('pre')), button = entry.querySelector('button');
      if (!button) continue;
      button.hidden = false;
      button.addEventListener('click', async () => {
        let copied = true;
        try {
          await navigator.clipboard.writeText(text.textContent || '');
        } catch { // not allowed here: what is selected can be copied
          const selection = /** @type {Selection} */ (getSelection());
          selection.selectAllChildren(text);
          copied = document.execCommand('copy');
        }
        told.textContent = (copied ? told.dataset.copied : told.dataset.selected) || '';
        setTimeout(() => (told.textContent = ''), 5000);
      });
    }
    place.addEventListener('toggle', () => {
      const entry = /** @type {HTMLElement} */ (place.querySelector('[data-paste=fragment]')), text = entry.querySelector('pre');
      if (text && !text.textContent) text.textContent = piece();
      entry.hidden = false;
    }, {once: true});
  }
}
