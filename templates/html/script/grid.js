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

/** Change an attribute only where it differs. @param {Element} element @param {string} name @param {string | null} value */
function attribute(element, name, value) {
  if (element.getAttribute(name) === value) return;
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}

/** @typedef {{td: HTMLElement, row: number, column: number, at: number}} Cell `at` is its number in the array, -1 for padding */
/** @typedef {[number, number, number, number]} Box rows from, to, columns from, to; the ends are not in it */

class Grid {
  /** @param {string} kind in, out or weight @param {Plan} plan @param {string} caption @param {number[][]} spans of rows and columns
   * @param {{row: string, column: string}} heads @param {number[]} [part] rows and columns of a part, where that is more than usual */
  constructor(kind, plan, caption, spans, heads, part = [PART, PART]) {
    [this.kind, this.plan, this.spans, this.heads] = [kind, plan, spans, heads];
    this.sizes = spans.map(([from, to], axis) => (to - from > ROOM ? part[axis] : to - from));
    this.large = spans.some(([from, to]) => to - from > ROOM);
    this.origin = spans.map(([from]) => from);
    this.fixed = /** @type {number[]} */ ([]);
    /** @type {Cell[]} */
    this.cells = [];
    /** @type {Map<number, Cell>} */
    this.byNumber = new Map();
    this.frames = /** @type {Record<string, HTMLElement>} */ ({});
    this.caption = make('caption', {}, caption);
    this.table = make('table', {class: `matrix ${{in: 'input', out: 'output', weight: 'kernel'}[kind]}${this.large ? ' cut' : ''}`, role: 'grid'}, this.caption);
    this.element = make('div', {class: 'scroll'}, this.table);
    this.columnHeads = [...Array(this.sizes[1]).keys()].map(() => make('th', {scope: 'col'}));
    this.rowHeads = [...Array(this.sizes[0]).keys()].map(() => make('th', {scope: 'row'}));
    this.table.append(make('thead', {}, make('tr', {}, make('td', {class: 'corner'}), ...this.columnHeads)));
    this.table.append(make('tbody', {}, ...this.rowHeads.map(head => {
      const tds = this.columnHeads.map(() => make('td', {tabindex: -1}));
      tds.forEach(td => this.cells.push({td, row: 0, column: 0, at: -1}));
      return make('tr', {}, head, ...tds);
    })));
    this.cells[0].td.tabIndex = 0;
    this.number();
  }

  /** Write the numbers of rows and columns: for all where only a part is shown, else for those who cannot see. */
  number() {
    /** @param {HTMLElement} head @param {string} text @param {number} n */
    const write = (head, text, n) => head.replaceChildren(make('span', {class: 'sr'}, text.replace('{n}', String(n))), ...(this.large ? [make('span', {'aria-hidden': 'true'}, String(n))] : []));
    this.rowHeads.forEach((head, i) => write(head, this.heads.row, this.origin[0] + i));
    this.columnHeads.forEach((head, i) => write(head, this.heads.column, this.origin[1] + i));
  }

  /** Move a part so that a box is in it. @param {Box} box @returns {boolean} whether it moved */
  reach(box) {
    if (!this.large) return false;
    const moved = this.spans.map(([from, to], axis) => {
      const [first, last] = [box[axis * 2], box[axis * 2 + 1]], size = this.sizes[axis], now = this.origin[axis];
      if (first >= now + 1 && last <= now + size - 1) return now;
      return Math.max(from, Math.min(to - size, Math.round((first + last - size) / 2)));
    });
    if (moved.join() === this.origin.join()) return false;
    this.origin = moved;
    this.number();
    return true;
  }

  /** Say which plane is shown: an index into the array, in which row and column do not matter.
   * @param {number[]} fixed */
  show(fixed) {
    const key = fixed.join() + '/' + this.origin.join();
    if (key === this.shown) return;
    this.shown = key;
    this.fixed = fixed;
    this.byNumber.clear();
    this.cells.forEach((cell, i) => {
      cell.row = this.origin[0] + Math.floor(i / this.sizes[1]);
      cell.column = this.origin[1] + (i % this.sizes[1]);
      cell.at = this.numberAt(cell.row, cell.column);
      if (cell.at >= 0) this.byNumber.set(cell.at, cell);
      attribute(cell.td, `data-${this.kind}`, cell.at < 0 ? null : unravel(cell.at, this.plan.shape).join());
      attribute(cell.td, 'data-pad', cell.at < 0 ? '' : null);
    });
  }

  /** The number of the cell at a row and column of the plane, -1 outside the data. @param {number} row @param {number} column */
  numberAt(row, column) {
    const {shape, rows, columns} = this.plan;
    const index = this.fixed.slice();
    if (rows >= 0) index[rows] = row;
    if (columns >= 0) index[columns] = column;
    return index.every((i, axis) => i >= 0 && i < shape[axis]) ? ravel(index, shape) : -1;
  }

  /** @param {(cell: Cell) => [text: string, classes: string, weight?: string]} look */
  draw(look) {
    for (const cell of this.cells) {
      const [text, classes, weight] = look(cell);
      if (cell.td.textContent !== text) cell.td.textContent = text;
      if (cell.td.className !== classes) cell.td.className = classes;
      attribute(cell.td, 'data-w', weight ?? null);
    }
  }

  /** Make every cell wide enough for its longest number, so that nothing moves when numbers come and go.
   * @param {number} characters */
  widen(characters) {
    this.table.style.setProperty('--chars', String(characters));
  }

  /** Lay a frame around a box; with no box, take it away. @param {string} name @param {Box | null} box */
  frame(name, box) {
    const clipped = box && /** @type {Box} */ (box.map((edge, i) => {
      const axis = i >> 1, [from, to] = [this.origin[axis], this.origin[axis] + this.sizes[axis]];
      return Math.min(Math.max(edge, from), to);
    }));
    const hidden = !clipped || clipped[0] >= clipped[1] || clipped[2] >= clipped[3];
    const frame = (this.frames[name] ??= this.element.appendChild(make('i', {class: `frame ${name}`})));
    frame.hidden = hidden;
    if (hidden || !clipped) return;
    const first = this.cells[(clipped[0] - this.origin[0]) * this.sizes[1] + clipped[2] - this.origin[1]].td;
    const last = this.cells[(clipped[1] - 1 - this.origin[0]) * this.sizes[1] + clipped[3] - 1 - this.origin[1]].td;
    const [left, top] = [first.offsetLeft, first.offsetTop];
    // The frame is drawn on the lines between cells, of which each cell has its own right and lower ones.
    Object.assign(frame.style, {
      left: `${left + this.table.offsetLeft - 1.75}px`, top: `${top + this.table.offsetTop - 1.75}px`,
      width: `${last.offsetLeft + last.offsetWidth - left + 2.5}px`, height: `${last.offsetTop + last.offsetHeight - top + 2.5}px`,
    });
  }

  /** The cell that the keys go to from one. @param {HTMLElement} td @param {string} key @returns {HTMLElement | undefined} */
  neighbour(td, key) {
    const i = this.cells.findIndex(cell => cell.td === td), across = this.sizes[1];
    const [row, column] = [Math.floor(i / across), i % across];
    const to = {ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1], ArrowUp: [row - 1, column], ArrowDown: [row + 1, column],
      Home: [row, 0], End: [row, across - 1]}[key];
    if (i < 0 || !to) return undefined;
    const inside = to[0] >= 0 && to[1] >= 0 && to[0] < this.sizes[0] && to[1] < across;
    return inside ? this.cells[to[0] * across + to[1]].td : td;
  }
}
