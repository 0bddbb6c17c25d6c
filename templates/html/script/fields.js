/* A sheet to fill in: keys and pasted grids go from field to field, and what was written is saved as a file to hand in. */

{
  const sheet = /** @type {HTMLElement} */ (document.querySelector('[data-sheet]'));
  const bar = /** @type {HTMLElement} */ (sheet.querySelector('.hand-in'));
  const told = /** @type {HTMLElement} */ (bar.querySelector('[role=status]'));
  const fields = /** @type {HTMLInputElement[]} */ ([...sheet.querySelectorAll('[data-field]:not([data-field=student]) input')]);
  let saved = true;

  /** The field so many rows and columns on in the same grid. @param {HTMLInputElement} from @param {number} down @param {number} right */
  function beside(from, down, right) {
    const cell = from.closest('td'), row = cell && cell.closest('tr'), body = row && row.parentElement;
    if (!cell || !row || !body) return null;
    const line = /** @type {HTMLTableRowElement | undefined} */ (body.children[[...body.children].indexOf(row) + down]);
    const there = line && line.cells[cell.cellIndex + right];
    return there ? there.querySelector('input') : null;
  }

  /** How far it is, in words; the value goes into the page too, so that a page saved by the browser has it. @param {HTMLInputElement} field */
  function written(field) {
    field.setAttribute('value', field.value);
    saved = false;
    told.textContent = (bar.dataset.told || '').replace('{n}', String(fields.filter(one => one.value.trim()).length));
  }

  /** @param {Element} place @returns {string[][]} */
  function rows(place) {
    if (place.localName !== 'table') return [[...place.querySelectorAll('input')].map(field => field.value)];
    const lines = [...place.querySelectorAll('tbody tr')];
    return lines.map(line => [...line.querySelectorAll('td')].map(cell => {
      const field = cell.querySelector('input');
      return field ? field.value : cell.textContent.trim();
    }));
  }

  function save() {
    /** @type {Record<string, string[][][]>} */
    const answers = {};
    for (const place of sheet.querySelectorAll('[data-field]'))
      if (place instanceof HTMLElement && place.dataset.field && place.dataset.field !== 'student')
        (answers[place.dataset.field] ||= []).push(rows(place));
    const name = /** @type {HTMLInputElement | null} */ (sheet.querySelector('[data-field=student] input'));
    const student = name ? name.value.trim() : '', id = sheet.dataset.sheet;
    const link = document.createElement('a');
    const text = JSON.stringify({stepwise: 1, sheet: id, student, answers}) + '\n';
    link.href = URL.createObjectURL(new Blob([text], {type: 'application/json'}));
    link.download = `${student.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '') || 'answers'}--${id}.json`;
    link.click();
    URL.revokeObjectURL(link.href);
    saved = true;
    told.textContent = (bar.dataset.saved || '').replace('{file}', link.download);
  }

  sheet.addEventListener('input', event => {
    if (event.target instanceof HTMLInputElement) written(event.target);
  });
  sheet.addEventListener('keydown', event => {
    const field = event.target;
    if (!(field instanceof HTMLInputElement) || event.altKey || event.ctrlKey || event.metaKey) return;
    const length = field.value.length, start = field.selectionStart === 0, end = field.selectionEnd === length;
    const all = start && end;
    const way = event.key === 'ArrowDown' || event.key === 'Enter' ? [1, 0] : event.key === 'ArrowUp' ? [-1, 0]
      : event.key === 'ArrowRight' && end && (all || !start) ? [0, 1]
      : event.key === 'ArrowLeft' && start && (all || !end) ? [0, -1] : null;
    const there = way && !event.shiftKey ? beside(field, way[0], way[1]) : null;
    if (!there) return;
    event.preventDefault();
    there.focus();
    there.select();
  });
  sheet.addEventListener('paste', event => {
    const field = event.target, text = event.clipboardData ? event.clipboardData.getData('text').trim() : '';
    if (!(field instanceof HTMLInputElement) || !field.closest('td') || !/[\t\n]/.test(text)) return;
    event.preventDefault();
    text.split(/\r?\n/).forEach((line, down) => line.split('\t').forEach((word, right) => {
      const there = beside(field, down, right);
      if (!there) return;
      there.value = word.trim();
      written(there);
    }));
  });
  addEventListener('beforeunload', event => { if (!saved) event.preventDefault(); });
  /** @type {HTMLButtonElement} */ (bar.querySelector('button')).addEventListener('click', save);
  bar.hidden = false;
}
