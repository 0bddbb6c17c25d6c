/* The diagram of a network: every layer's feature maps, its numbers where they are few, and arrows from layer to layer. */

/** So many numbers in a row are written out, each with a bar. */
const WRITTEN = 20;
/** Characters of a number beside its bar: so many, and the diagram is no wider whatever is fed to it. */
const LONGEST = 9;

/** The sides of a map and how many stand side by side, by how many there are. @param {number} count @returns {[number, number]} */
const tiling = count => (count === 1 ? [104, 1] : count < 5 ? [64, 1] : count < 9 ? [44, 1] : count < 17 ? [40, 2] : count < 33 ? [36, 4] : [27, 8]);

/** @typedef {{n: number, told: any, array: Cells, plan: Picture, tiles: HTMLElement[], element: HTMLElement, body: HTMLElement, column: number, row: string}} Drawn
 *   a layer as it is drawn, or the input, whose `n` is -1; where several of its arrays are, each is a `row` */

class Diagram {
  /** @type {Drawn[]} */
  nodes = [];
  image = 0;
  edges = document.createElementNS('http://www.w3.org/2000/svg', 'svg');

  /** @param {Record<string, string>} words @param {(node: Drawn, at: number, cell: boolean) => void} choose @param {(n: number) => void} open @param {(text: string) => void} read */
  constructor(words, choose, open, read) {
    this.words = words;
    this.choose = choose;
    this.open = open;
    this.read = read;
    this.net = make('div', {class: 'net'});
    this.net.append(this.edges);
    this.edges.setAttribute('aria-hidden', 'true');
    this.element = make('div', {class: 'scroll diagram', tabindex: 0, role: 'group', 'aria-label': words.diagram}, this.net);
    this.element.addEventListener('scroll', () => this.fade());
    this.element.addEventListener('keydown', event => this.key(event));
    new ResizeObserver(() => this.connect()).observe(this.net);
  }

  /** @param {number} count @returns {[number, number]} */
  tiling(count) {
    return tiling(count);
  }

  /** So many numbers in a row are written out. @param {Drawn} _node */
  written(_node) {
    return WRITTEN;
  }

  /** The sides of a row of more. @param {Drawn} _node @returns {[number, number]} */
  strip(_node) {
    return [26, 320];
  }

  /** @param {number} n @param {any} told @param {Cells} array @returns {Drawn} */
  add(n, told, array) {
    const down = n < 0 ? [] : [...new Set(Object.values(told.down))].map(m => this.nodes.find(node => node.n === m));
    const column = n < 0 ? 0 : 1 + Math.max(0, ...down.map(node => node?.column ?? 0));
    const name = n < 0 ? this.words.input : told.noun;
    const head = n < 0 ? make('span', {class: 'head'}, name) : make('button', {type: 'button', class: 'head', 'aria-label': filled(this.words.layer, {n: told.number ?? n + 1, noun: name}), title: told.call}, make('small', {}, String(told.number ?? n + 1)), name);
    const body = make('div', {class: 'tiles'}), element = make('div', {class: 'node'}, head, body, make('small', {class: 'size'}, told.size));
    if (n >= 0) head.addEventListener('click', () => this.open(n));
    /** @type {Drawn} */
    const node = {n, told, array, plan: told.plan, tiles: [], element, body, column, row: 'there'};
    this.nodes.push(node);
    this.fill(node);
    let place = /** @type {HTMLElement | undefined} */ (this.net.querySelectorAll('.column')[column]);
    if (!place) this.net.append((place = make('div', {class: 'column'})));
    place.append(element);
    return node;
  }

  /** Make the tiles, or the bars. @param {Drawn} node */
  fill(node) {
    const {plan, body, told, n} = node, few = plan.line && plan.columns[0] <= this.written(node), [side, across] = this.tiling(plan.maps.length);
    if (few) {
      for (let i = 0; i < plan.columns[0]; i++) {
        const bar = make('button', {type: 'button', class: 'bar', tabindex: -1}, make('small', {}, String(i)), make('i'), make('b'));
        bar.addEventListener('click', () => this.choose(node, pixelAt(plan, 0, this.image, 0, i), true));
        node.tiles.push(bar);
      }
      body.classList.add('bars');
    } else {
      const strip = plan.line && this.strip(node);
      if (strip && strip[1] > strip[0]) node.plan = {...plan, rows: plan.columns, columns: [1, 0]};
      const [height, width] = [node.plan.rows[0], node.plan.columns[0]], scale = side / Math.max(height, width);
      body.style.gridTemplateColumns = `repeat(${across}, auto)`;
      plan.maps.forEach((_, map) => {
        const canvas = make('canvas', {'aria-hidden': 'true'}), tile = make('button', {type: 'button', class: 'tile', tabindex: -1}, canvas);
        tile.style.width = `${strip ? strip[0] : Math.max(26, Math.round(width * scale))}px`;
        tile.style.height = `${strip ? strip[1] : Math.max(26, Math.round(height * scale))}px`;
        /** @param {MouseEvent} event */
        const under = event => {
          const box = canvas.getBoundingClientRect(), part = (/** @type {number} */ x, /** @type {number} */ size, /** @type {number} */ cells) => Math.max(0, Math.min(cells - 1, Math.floor((x / size) * cells)));
          return pixelAt(node.plan, map, this.image, part(event.clientY - box.top, box.height, height), part(event.clientX - box.left, box.width, width));
        };
        tile.addEventListener('pointermove', event => this.read(this.said(node, under(event))));
        tile.addEventListener('pointerleave', () => this.read(''));
        tile.addEventListener('click', event => {
          const keyed = !event.detail; // by a key: to the largest number
          this.choose(node, keyed ? this.largest(node, map) : under(event), !keyed);
        });
        node.tiles.push(tile);
      });
    }
    body.append(...node.tiles);
    if (told.plan.more) body.append(make('small', {class: 'more'}, filled(this.words.more, {n: told.plan.more})));
    if (n < 0 && node.tiles[0]) node.tiles[0].tabIndex = 0;
  }

  /** Whether a cell is one of a map's. @param {Drawn} node @param {number} map @param {number} at */
  holds({plan}, map, at) {
    for (let row = 0; row < plan.rows[0]; row++) for (let column = 0; column < plan.columns[0]; column++) if (pixelAt(plan, map, this.image, row, column) === at) return true;
    return false;
  }

  /** The largest number of a map. @param {Drawn} node @param {number} map */
  largest({plan, array}, map) {
    let best = pixelAt(plan, map, this.image, 0, 0);
    for (let row = 0; row < plan.rows[0]; row++) {
      for (let column = 0; column < plan.columns[0]; column++) {
        const at = pixelAt(plan, map, this.image, row, column);
        if (array.values[at] > array.values[best]) best = at;
      }
    }
    return best;
  }

  /** `4 Convolution (0, 3, 5, 6): −0.25` @param {Drawn} node @param {number} at */
  said({n, told: about, array}, at) {
    return filled(this.words.at, {name: n < 0 ? this.words.input : `${n + 1} ${about.noun}`, at: told(unravel(at, array.shape)), value: numeral(array, at)});
  }

  /** Between which numbers the colours of a layer lie. @param {Drawn} node @returns {[number, number]} */
  ends({array}) {
    return extent(array.values);
  }

  /** Whether they part at 0. @param {Drawn} _node @param {[number, number]} ends */
  diverging(_node, ends) {
    return ends[0] < 0;
  }

  /** A map in words. @param {Drawn} node @param {number} i @param {[number, number]} ends */
  label({n, plan, array, told: about}, i, ends) {
    return filled(n < 0 ? this.words.pixels : this.words.map, {layer: n + 1, noun: about.noun ?? '', n: i, rows: plan.rows[0], columns: plan.columns[0], low: minus(shown(ends[0], array.single)), high: minus(shown(ends[1], array.single))});
  }

  /** A number in words, as a question. @param {Drawn} node @param {number} at */
  cellLabel({n, array, told: about}, at) {
    return filled(this.words.cell, {layer: n < 0 ? this.words.input : filled(this.words.layer, {n: n + 1, noun: about.noun}), at: told(unravel(at, array.shape)), value: numeral(array, at)});
  }

  /** Draw every map. @param {Map<number, Uint8Array | null>} [masks] of each array, what stays bright; where there is none, nothing does
   * @param {Asked} [asked] the number whose map gets an edge @param {number} [pixel] the cell of the input that gets a frame */
  draw(masks, asked, pixel = -1) {
    for (const node of this.nodes) {
      const {n, plan, array, tiles, element} = node, ends = this.ends(node), diverging = this.diverging(node, ends), mask = masks?.get(n) ?? null;
      element.classList.toggle('away', Boolean(masks) && !mask?.some(Boolean));
      tiles.forEach((tile, i) => {
        const canvas = tile.querySelector('canvas');
        if (canvas) {
          tile.classList.toggle('asked', asked?.n === n && this.holds(node, i, asked.k));
          paint(canvas, plan, i, this.image, array.values, ends, diverging, mask);
          tile.querySelector('.frame')?.remove();
          if (n < 0 && pixel >= 0) tile.append(...frame(plan, i, this.image, unravel(pixel, array.shape).map(at => [at, at + 1]), array.shape));
          attribute(tile, 'aria-label', this.label(node, i, ends));
          return;
        }
        const at = pixelAt(plan, 0, this.image, 0, i), value = Number(array.values[at]), most = Math.max(Math.abs(ends[0]), Math.abs(ends[1])) || 1;
        const whole = numeral(array, at), text = whole.length > LONGEST ? minus(value.toPrecision(3).replace('e+', 'e')) : whole, [, bar, number] = /** @type {any} */ (tile.children);
        if (number.textContent !== text) number.textContent = text;
        attribute(number, 'title', text === whole ? undefined : whole);
        bar.style.setProperty('--part', String(Number.isFinite(value) ? Math.abs(value) / most : 0));
        bar.classList.toggle('below', value < 0);
        tile.classList.toggle('veiled', Boolean(masks) && !mask?.[at]);
        attribute(tile, 'aria-label', this.cellLabel(node, at));
      });
    }
  }

  /** Where the text is narrower than the page, the diagram may be wider than the text. @param {HTMLElement} root */
  widen(root) {
    this.net.classList.remove('tight');
    this.net.classList.toggle('tight', this.net.scrollWidth > root.clientWidth - 48);
    const text = this.element.parentElement?.clientWidth ?? 0, room = root.clientWidth - 48;
    const more = Math.max(0, Math.min(room, this.net.scrollWidth + 2) - text);
    this.element.style.marginInline = more ? `${-more / 2}px` : '';
    this.element.style.maxWidth = more ? 'none' : '';
    this.fade();
  }

  /** What is cut off on a side fades out there, so that one sees that it goes on. */
  fade() {
    const {scrollLeft, scrollWidth, clientWidth, style} = this.element;
    style.setProperty('--before', scrollLeft > 2 ? '3em' : '0px');
    style.setProperty('--after', scrollLeft < scrollWidth - clientWidth - 2 ? '3em' : '0px');
  }

  /** Lay the arrows: from each layer to those that take its numbers in. */
  connect() {
    const frame = this.net.getBoundingClientRect(), {offsetWidth: width, offsetHeight: height} = this.net;
    if (!width) return;
    /** @param {Drawn} node */
    const box = ({body}) => {
      const {left, right, top, bottom} = body.getBoundingClientRect();
      return {left: left - frame.left, right: right - frame.left, top: top - frame.top, bottom: bottom - frame.top, middle: (top + bottom) / 2 - frame.top};
    };
    const paths = [];
    for (const node of this.nodes) {
      for (const below of new Set(Object.values(node.told.down ?? {}))) {
        const from = this.nodes.find(one => one.n === below && one.row === node.row), led = node.row === 'back';
        if (!from) continue;
        const a = box(from), b = box(node), [x, y, to, end] = [a.right + 5, a.middle, b.left - 6, b.middle], far = node.column > from.column + 1;
        const over = led ? Math.max(a.bottom, b.bottom) + 30 : Math.min(a.top, b.top) - 44, bend = (to - x) / 2;
        const line = far ? `M${x} ${y}C${x + 26} ${y} ${x + 14} ${over} ${x + 44} ${over}L${to - 44} ${over}C${to - 14} ${over} ${to - 26} ${end} ${to} ${end}` : `M${x} ${y}C${x + bend} ${y} ${to - bend} ${end} ${to} ${end}`;
        const tip = led ? `M${x + 6} ${y - 4.5}L${x - 1} ${y}L${x + 6} ${y + 4.5}z` : `M${to - 6} ${end - 4.5}L${to + 1} ${end}L${to - 6} ${end + 4.5}z`;
        paths.push(`<path class="${led ? 'led' : ''}" d="${line}"/><path class="tip ${led ? 'led' : ''}" d="${tip}"/>`);
        if (far) this.net.classList.add('skips');
      }
    }
    this.edges.setAttribute('width', String(width));
    this.edges.setAttribute('height', String(height));
    this.edges.innerHTML = paths.join('');
    this.fade();
  }

  /** Arrow keys walk from map to map, and from layer to layer. @param {KeyboardEvent} event */
  key(event) {
    const target = /** @type {HTMLElement} */ (event.composedPath()[0]), here = this.nodes.findIndex(node => node.tiles.includes(target));
    if (here < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const {tiles} = this.nodes[here], i = tiles.indexOf(target), across = tiles[0].matches('.bar') ? 1 : this.tiling(tiles.length)[1], step = {ArrowUp: -across, ArrowDown: across, ArrowLeft: -1, ArrowRight: 1}[event.key];
    if (!step && event.key !== 'Home' && event.key !== 'End') return;
    let next = tiles[i + Number(step)];
    if (step && Math.abs(step) === 1 && /Left|Right/.test(event.key) && (across === 1 || !next || (step < 0 ? i % across === 0 : i % across === across - 1))) {
      let to = here + step;
      while (this.nodes[to] && (!this.nodes[to].tiles.length || this.nodes[to].row !== this.nodes[here].row)) to += step;
      next = this.nodes[to]?.tiles[Math.min(i, (this.nodes[to]?.tiles.length ?? 1) - 1)];
    }
    if (step && !next && /Up|Down/.test(event.key)) { // to the row above or below, of the same layer
      const rows = this.nodes.filter(node => node.n === this.nodes[here].n && node.tiles.length), to = rows[rows.indexOf(this.nodes[here]) + Math.sign(step)];
      next = to?.tiles[step < 0 ? to.tiles.length - 1 : 0];
    }
    if (event.key === 'Home') next = this.nodes[0].tiles[0];
    if (event.key === 'End') next = /** @type {HTMLElement} */ (this.nodes.at(-1)?.tiles[0]);
    event.preventDefault();
    event.stopPropagation();
    if (next) this.focus(next);
  }

  /** @param {HTMLElement} tile */
  focus(tile) {
    for (const node of this.nodes) for (const one of node.tiles) one.tabIndex = one === tile ? 0 : -1;
    tile.focus();
  }
}

/** Which of several images is drawn. @param {Record<string, string>} words @param {number} images @param {(n: number) => void} choose */
function imageChooser(words, images, choose) {
  const select = /** @type {HTMLSelectElement} */ (make('select', {'aria-label': words.images}, ...Array.from({length: images}, (_, n) => make('option', {value: n}, words.image.replace('{n}', String(n))))));
  select.addEventListener('change', () => choose(Number(select.value)));
  return select;
}
