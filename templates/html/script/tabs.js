/* Tabs: one of several planes to look at. */

/** @param {string} name @param {string[]} labels @param {number} chosen @param {(i: number) => void} choose */
const tabs = (name, labels, chosen, choose) => {
  const buttons = labels.map((label, i) => {
    const button = make('button', {type: 'button', 'aria-pressed': String(i === chosen)}, label);
    button.addEventListener('click', () => choose(i));
    return button;
  });
  return make('div', {class: 'tabs', role: 'group', 'aria-label': name}, ...buttons);
};

/** Look at another plane of the input. @param {Stage} stage @param {View} view @param {number} n */
const lookAt = (stage, view, n) => {
  view.plane = n;
  view.draw();
  stage.tell('planed');
};

/** Rows of tabs in a bar, where they are not the same as before; what had the focus keeps it.
 * @param {HTMLElement} bar @param {string} key @param {HTMLElement[]} rows */
const putTabs = (bar, key, rows) => {
  if (key === bar.dataset.key) return;
  const focused = /** @type {HTMLElement | null} */ (bar.querySelector(':focus')), label = focused?.textContent;
  bar.dataset.key = key;
  bar.replaceChildren(...rows);
  for (const button of bar.querySelectorAll('button')) if (label && button.textContent === label) button.focus();
};
