/* Grids: an array's plane as a table of cells, or the part of it that is in view. Only cells that change are touched. */

/** Rows and columns that are shown whole; of a larger plane, a part, and the whole as pixels beside it. */
const ROOM = 12;
const PART = 5;

/** An element. @param {string} tag @param {Record<string, any>} [attributes] @param {(Node | string)[]} content @returns {HTMLElement} */
function make(tag, attributes = {}, ...content) {
  const element = document.createElement(tag);
  for (const name in attributes) element.setAttribute(name, attributes[name]);
  element.append(...content);
  return element;
}

/** Change an attribute only where it differs. @param {Element} element @param {string} name @param {string | null} [value] */
function attribute(element, name, value = null) {
  if (element.getAttribute(name) === value) return;
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}

/** The names that hold, as an element's classes. @param {Record<string, any>} holding */
const classes = holding => Object.keys(holding).filter(name => holding[name]).join(' ');

/** @typedef {{td: HTMLElement, row: number, column: number, at: number}} Cell `at` is its number in the array, -1 for padding */
/** @typedef {number[]} Box rows from, to, columns from, to; the ends are not in it */

class Grid {
  /** @type {Cell[]} */
  cells = [];
  /** @type {Record<string, HTMLElement>} */
  frames = {};
  /** Which plane is shown: an index into the array, in which row and column do not matter. @type {number[]} */
  fixed = [];
  shown = '';

  /** @param {string} kind in, out or weight @param {Plan} plan @param {string} caption @param {number[][]} spans of rows and columns
   * @param {Record<string, string>} words for their heads @param {number} wide characters of the longest number, so that nothing
   * moves when numbers come and go @param {number[]} part rows and columns of a part */
  constructor(kind, plan, caption, spans, words, wide, part = [PART, PART]) {
    this.kind = kind;
    this.plan = plan;
    this.spans = spans;
    this.words = words;
    this.large = spans.some(([from, to]) => to - from > ROOM);
    this.sizes = spans.map(([from, to], axis) => (to - from > ROOM ? part[axis] : to - from));
    this.origin = spans.map(([from]) => from);
    this.caption = make('caption', {}, caption);
    this.table = make('table', {class: classes({matrix: 1, kernel: kind === 'weight', cut: this.large}), role: 'grid'}, this.caption);
    this.element = make('div', {class: 'scroll'}, this.table);
    this.heads = this.sizes.map((size, axis) => Array.from({length: size}, () => make('th', {scope: axis ? 'col' : 'row'})));
    this.table.append(make('thead', {}, make('tr', {}, make('td'), ...this.heads[1])), make('tbody', {}, ...this.heads[0].map(head => {
      const tds = this.heads[1].map(() => make('td', {tabindex: -1}));
      this.cells.push(...tds.map(td => ({td, row: 0, column: 0, at: -1})));
      return make('tr', {}, head, ...tds);
    })));
    this.table.style.setProperty('--chars', String(wide));
    this.cells[0].td.tabIndex = 0;
  }

  /** Move a part so that a box is in it. @param {Box} box */
  reach(box) {
    if (!this.large) return;
    this.origin = this.spans.map(([from, to], axis) => {
      const [first, last] = box.slice(axis * 2), size = this.sizes[axis], now = this.origin[axis];
      return first > now && last < now + size ? now : Math.max(from, Math.min(to - size, Math.round((first + last - size) / 2)));
    });
  }

  /** @param {number[]} fixed */
  show(fixed) {
    const key = `${fixed}/${this.origin}`, {sizes, origin, words, kind} = this;
    if (key === this.shown) return;
    this.shown = key;
    this.fixed = fixed;
    this.heads.forEach((heads, axis) => heads.forEach((head, i) => {
      const n = origin[axis] + i, told = (axis ? words.column : words.row).replace('{n}', String(n));
      if (this.large) head.ariaLabel = told;
      head.textContent = this.large ? String(n) : told;
    }));
    this.cells.forEach((cell, i) => {
      cell.row = origin[0] + Math.floor(i / sizes[1]);
      cell.column = origin[1] + (i % sizes[1]);
      cell.at = this.numberAt(cell.row, cell.column);
      const padded = cell.at < 0;
      attribute(cell.td, `data-${kind}`, padded ? null : String(unravel(cell.at, this.plan.shape)));
      attribute(cell.td, 'data-pad', padded ? '' : null);
    });
  }

  /** The number of the cell at a row and column of the plane, -1 outside the data. @param {number} row @param {number} column */
  numberAt(row, column) {
    const {shape, rows, columns} = this.plan, index = this.fixed.slice();
    if (rows >= 0) index[rows] = row;
    if (columns >= 0) index[columns] = column;
    return index.every((i, axis) => i >= 0 && i < shape[axis]) ? ravel(index, shape) : -1;
  }

  /** Where a cell of the array is in the plane: row and column. @param {number} at @returns {number[]} */
  spot(at) {
    const {shape, rows, columns} = this.plan, index = unravel(at, shape);
    return [index[rows] ?? 0, index[columns] ?? 0];
  }

  /** @param {(cell: Cell) => {text: string, holding: Record<string, any>, weight?: string}} look */
  draw(look) {
    for (const cell of this.cells) {
      const {text, holding, weight} = look(cell), now = classes(holding);
      if (cell.td.textContent !== text) cell.td.textContent = text;
      if (cell.td.className !== now) cell.td.className = now;
      attribute(cell.td, 'data-w', weight);
    }
  }

  /** Lay a frame around a box; with no box, take it away. @param {string} name @param {Box | null} box */
  frame(name, box) {
    const frame = (this.frames[name] ??= this.element.appendChild(make('i', {class: `frame ${name}`})));
    const [top, bottom, left, right] = (box ?? [0, 0, 0, 0]).map((edge, i) => Math.max(0, Math.min(edge - this.origin[i >> 1], this.sizes[i >> 1])));
    frame.hidden = top >= bottom || left >= right;
    // What is folded away has no measure; unfolding changes sizes, and so draws it again.
    if (frame.hidden || this.element.closest('details:not([open])')) return;
    const [first, last] = [[top, left], [bottom - 1, right - 1]].map(([row, column]) => this.cells[row * this.sizes[1] + column].td);
    // The frame is drawn on the lines between cells, of which each cell has its own right and lower ones.
    Object.assign(frame.style, {
      left: `${first.offsetLeft - 1.75}px`, width: `${last.offsetLeft + last.offsetWidth - first.offsetLeft + 2.5}px`,
      top: `${first.offsetTop - 1.75}px`, height: `${last.offsetTop + last.offsetHeight - first.offsetTop + 2.5}px`,
    });
  }

  /** The cell that a key goes to from one. @param {HTMLElement} td @param {string} key @returns {HTMLElement | undefined} */
  neighbour(td, key) {
    const across = this.sizes[1], i = this.cells.findIndex(cell => cell.td === td), column = i % across;
    const step = {ArrowLeft: column && -1, ArrowRight: column < across - 1 && 1, ArrowUp: -across, ArrowDown: across, Home: -column, End: across - 1 - column}[key];
    return step === undefined || i < 0 ? undefined : (this.cells[i + Number(step)]?.td ?? td);
  }
}
