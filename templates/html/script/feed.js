/*
 * The reader's own input: a picture, chosen or dropped in, or what is drawn on a pad. It goes into a layer or a whole
 * network, which answers at once; nothing leaves the page.
 */

/** What goes in, as a picture: its size, and where the number of a pixel stands.
 * @typedef {{rows: number, columns: number, channels: number, at: (channel: number, row: number, column: number) => number}} Form */

/** Pixels of the pad along a cell. */
const FINE = 8;
/** Bytes of a picture that are still read. */
const HEAVIEST = 20e6;

/** Whether the reader's own input is on its way through the layers. */
let feeding = false;

/** @param {Plan} plan @returns {Form} */
const formOf = ({shape, roles = [], rows, columns}) => {
  const axes = [roles.indexOf(1), rows, columns], size = axes.map(axis => (axis < 0 ? 1 : shape[axis]));
  return {channels: size[0], rows: size[1], columns: size[2], at: (...place) => ravel(shape.map((_, axis) => place[axes.indexOf(axis)] ?? 0), shape)};
};

/** The channels of a pixel: red, green and blue of three, else its grey, from 0 to 1. @param {ArrayLike<number>} rgba @param {number} i @param {number} channels */
const seen = (rgba, i, channels) => (channels === 3 ? [0, 1, 2].map(c => rgba[i + c] / 255) : Array(channels).fill((0.299 * rgba[i] + 0.587 * rgba[i + 1] + 0.114 * rgba[i + 2]) / 255));

/** What black and white are among the lesson's own numbers. @param {Cells} array @returns {[number, number]} */
const blackAndWhite = ({values, original = values}) => {
  let [low, high] = [0, 0];
  for (const value of original) [low, high] = [Math.min(low, Number(value)), Math.max(high, Number(value))];
  return [low, low < 0 ? high : ([1, 9, 255].find(n => high <= n) ?? high)];
};

/** The part of a picture that has the input's proportions, around its middle: where it begins, and its size.
 * @param {number} width @param {number} height @param {Form} form @returns {[number, number, number, number]} */
const middle = (width, height, {rows, columns}) => {
  const scale = Math.min(width / columns, height / rows), [across, down] = [columns * scale, rows * scale];
  return [(width - across) / 2, (height - down) / 2, across, down];
};

class Feed {
  /** The cell that keys are at. */
  row = 0;
  column = 0;
  waiting = false;
  /** @type {ImageBitmap | null} */
  bitmap = null;

  /** @param {HTMLElement} root @param {any} told its part of the record @param {Stage | undefined} stage @param {Network | undefined} network */
  constructor(root, told, stage, network) {
    this.root = root;
    this.words = told.words;
    this.classes = told.classes;
    this.stage = stage;
    this.network = network;
    this.said = make('output', {'aria-live': 'polite'});
    this.canvas = /** @type {HTMLCanvasElement} */ (make('canvas', {tabindex: 0, role: 'application', 'aria-label': this.words.pad}));
    this.pen = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext('2d', {willReadFrequently: true}));
    this.cursor = make('i', {class: 'frame', hidden: ''});
    this.element = make('div', {class: 'feed', role: 'group', 'aria-label': this.words.group});
    if (told.names.includes('pad')) this.element.append(make('div', {class: 'pad'}, this.canvas, this.cursor));
    const side = make('div', {class: 'beside'});
    if (told.names.includes('pad')) side.append(make('p', {}, this.words.draw), this.button(this.words.clear, () => this.clear(true)));
    if (told.names.includes('picture')) side.append(...this.chooser());
    side.append(this.button(this.words.back, () => this.back()), this.said);
    this.element.append(side);
    this.draws();
    this.fit();
  }

  /** What the numbers go into. @returns {{array: Cells, form: Form}} */
  get source() {
    if (!this.network) {
      const {t} = /** @type {Stage} */ (this.stage).views[0];
      return {array: t.inputs.input, form: formOf(t.view.input)};
    }
    const {source, diagram: {nodes: [{told: {plan}}], image}} = this.network;
    return {array: source, form: {channels: plan.maps.length, rows: plan.rows[0], columns: plan.columns[0], at: (channel, row, column) => pixelAt(plan, channel, image, row, column)}};
  }

  /** @param {string} text @param {() => void} then */
  button(text, then) {
    const button = make('button', {type: 'button'}, text);
    button.addEventListener('click', then);
    return button;
  }

  /** The pad has as many cells as the input. */
  fit() {
    const {form: {rows, columns}} = this.source;
    if (this.canvas.width === columns * FINE && this.canvas.height === rows * FINE) return;
    [this.canvas.width, this.canvas.height] = [columns * FINE, rows * FINE];
    this.canvas.style.aspectRatio = `${columns} / ${rows}`;
    this.clear(false);
  }

  /** @param {boolean} told whether what is on the pad goes in */
  clear(told) {
    this.bitmap = null;
    this.pen.fillStyle = '#000';
    this.pen.fillRect(0, 0, this.canvas.width, this.canvas.height);
    if (told) this.later();
  }

  /** The lesson's own input. */
  back() {
    const note = /** @type {HTMLElement | undefined} */ (this.stage?.part('.changed-note button'));
    this.clear(false);
    this.tell('');
    if (note) return note.click();
    restore(livingOf(this.root));
    this.root.dispatchEvent(new CustomEvent('stepwise-changed'));
  }

  /** @param {string} text */
  tell(text) {
    this.said.textContent = text;
  }

  /** Once the page is drawn next, what is on the pad goes in. */
  later() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.enter();
    });
  }

  /** The pad's cells: each the mean of its pixels. */
  enter() {
    const {form} = this.source, {rows, columns} = form, {width, height} = this.canvas, {data} = this.pen.getImageData(0, 0, width, height);
    /** @type {number[][]} */
    const cells = [];
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const sum = [0, 0, 0];
        for (let y = row * FINE; y < (row + 1) * FINE; y++) {
          for (let i = (y * width + column * FINE) * 4, end = i + FINE * 4; i < end; i += 4) {
            sum[0] += data[i];
            sum[1] += data[i + 1];
            sum[2] += data[i + 2];
          }
        }
        cells.push(seen(sum.map(value => value / FINE ** 2), 0, form.channels));
      }
    }
    this.into(cells);
  }

  /** Pixels go in, row by row, each with its channels from 0 to 1. @param {number[][]} pixels */
  into(pixels) {
    const {array, form} = this.source, [low, high] = blackAndWhite(array), whole = array.wasWhole ?? array.whole, values = array.values.map(Number);
    pixels.forEach((channels, i) => channels.forEach((part, channel) => {
      const value = low + part * (high - low);
      values[form.at(channel, Math.floor(i / form.columns), i % form.columns)] = whole ? Math.round(value) : value;
    }));
    const {edits} = array, traces = [...livingOf(this.root)], last = this.network?.layers.at(-1)?.t ?? traces[traces.length - 1];
    feed(traces, array, values);
    feeding = true;
    this.root.dispatchEvent(new CustomEvent('stepwise-changed', {detail: edits ? 0 : 1})); // the address need not be written anew
    feeding = false;
    this.tell(this.answer(last));
    this.root.dispatchEvent(new CustomEvent('stepwise-fed', {bubbles: true, composed: true, detail: {input: Array.from(array.values, Number), output: Array.from(last.output.values, Number)}}));
  }

  /** What a network that ends in a line of numbers says: the largest of them. @param {Trace} t */
  answer({output}) {
    const {values, shape} = output;
    if (!this.network || shape.at(-1) !== values.length || values.length < 2) return '';
    const best = values.reduce((/** @type {number} */ at, value, k) => (value > values[at] ? k : at), 0);
    return filled(this.words.answer, {name: this.classes[best] ?? best, value: minus(digits(output, values[best]))});
  }

  /** The pad, with mouse, pen, finger or keys. */
  draws() {
    const {canvas, pen} = this;
    /** @type {[number, number] | null} */
    let from = null;
    /** @param {PointerEvent} event @returns {[number, number]} */
    const under = event => {
      const {left, top, width, height} = canvas.getBoundingClientRect();
      return [((event.clientX - left) / width) * canvas.width, ((event.clientY - top) / height) * canvas.height];
    };
    /** @param {[number, number]} to */
    const stroke = to => {
      const {form: {rows, columns}} = this.source;
      Object.assign(pen, {strokeStyle: '#fff', lineCap: 'round', lineJoin: 'round', lineWidth: FINE * Math.max(1, Math.min(rows, columns) / 14)});
      pen.beginPath();
      pen.moveTo(.../** @type {[number, number]} */ (from ?? to));
      pen.lineTo(to[0] + (from ? 0 : 0.01), to[1]); // a dot, too: a line without a length is not drawn
      pen.stroke();
      from = to;
      this.later();
    };
    canvas.addEventListener('pointerdown', event => {
      if (event.button) return;
      this.fit();
      canvas.setPointerCapture(event.pointerId);
      stroke(under(event));
    });
    canvas.addEventListener('pointermove', event => from && stroke(under(event)));
    for (const over of ['pointerup', 'pointercancel']) canvas.addEventListener(over, () => (from = null));
    canvas.addEventListener('blur', () => (this.cursor.hidden = true));
    canvas.addEventListener('keydown', event => {
      const step = {ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], ' ': [0, 0], Enter: [0, 0]}[event.key];
      if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      event.stopPropagation();
      this.fit();
      const {form: {rows, columns}} = this.source;
      this.row = Math.max(0, Math.min(rows - 1, this.row + step[0]));
      this.column = Math.max(0, Math.min(columns - 1, this.column + step[1]));
      const [x, y] = [this.column * FINE, this.row * FINE], inked = pen.getImageData(x + FINE / 2, y + FINE / 2, 1, 1).data[0] > 127, moved = step[0] || step[1];
      if (!moved || event.shiftKey) {
        pen.fillStyle = inked && !moved ? '#000' : '#fff';
        pen.fillRect(x, y, FINE, FINE);
        this.later();
      }
      this.cursor.hidden = false;
      Object.assign(this.cursor.style, {left: `${(this.column / columns) * 100}%`, top: `${(this.row / rows) * 100}%`, width: `${100 / columns}%`, height: `${100 / rows}%`});
      attribute(canvas, 'aria-label', `${this.words.pad} ${filled(this.words.cell, {row: this.row, column: this.column})}`);
    });
  }

  /** What chooses a picture, and what exchanges its light and dark. */
  chooser() {
    const field = /** @type {HTMLInputElement} */ (make('input', {type: 'file', accept: 'image/png,image/jpeg,image/webp,image/gif,image/bmp,image/avif'}));
    const turn = /** @type {HTMLInputElement} */ (make('input', {type: 'checkbox'}));
    field.addEventListener('change', () => field.files?.[0] && this.take(field.files[0], turn.checked));
    turn.addEventListener('change', () => this.bitmap && this.show(turn.checked));
    for (const name of ['dragover', 'drop']) {
      this.element.addEventListener(name, event => {
        event.preventDefault();
        const file = /** @type {DragEvent} */ (event).dataTransfer?.files[0];
        this.element.classList.toggle('over', name === 'dragover');
        if (name === 'drop' && file) this.take(file, turn.checked);
      });
    }
    this.element.addEventListener('dragleave', () => this.element.classList.remove('over'));
    return [make('label', {}, this.words.choose, ' ', field), make('label', {class: 'turn'}, turn, ' ', this.words.exchange), make('small', {}, this.words.stays)];
  }

  /** @param {File} file @param {boolean} exchanged */
  async take(file, exchanged) {
    if (file.size > HEAVIEST) return this.tell(filled(this.words.heavy, {file: file.name, most: HEAVIEST / 1e6}));
    try {
      this.bitmap = await createImageBitmap(file);
    } catch {
      return this.tell(filled(this.words.none, {file: file.name}));
    }
    this.show(exchanged);
  }

  /** Crop the picture, shrink it to the input's size, and let it in. @param {boolean} exchanged */
  show(exchanged) {
    const bitmap = /** @type {ImageBitmap} */ (this.bitmap), {form} = this.source, {rows, columns} = form;
    const small = /** @type {HTMLCanvasElement} */ (make('canvas', {width: columns, height: rows})), pen = /** @type {CanvasRenderingContext2D} */ (small.getContext('2d', {willReadFrequently: true}));
    pen.fillStyle = '#fff';
    pen.fillRect(0, 0, columns, rows);
    pen.imageSmoothingQuality = 'high';
    pen.drawImage(bitmap, ...middle(bitmap.width, bitmap.height, form), 0, 0, columns, rows);
    const {data} = pen.getImageData(0, 0, columns, rows);
    if (exchanged) data.forEach((value, i) => (data[i] = i % 4 < 3 ? 255 - value : 255));
    this.into(Array.from({length: rows * columns}, (_, i) => seen(data, i * 4, form.channels)));
    this.fit();
    pen.putImageData(new ImageData(data, columns, rows), 0, 0);
    this.pen.imageSmoothingEnabled = false;
    this.pen.drawImage(small, 0, 0, this.canvas.width, this.canvas.height);
  }
}

// What is folded away is drawn when it is unfolded, and not at every stroke.
const drawing = Stage.prototype.draw;
Stage.prototype.draw = function () {
  if (!feeding || !this.element.closest('details:not([open])')) drawing.call(this);
};

arrivals.push((root, record, _living, stages) => {
  if (!record.feed) return;
  const network = typeof Network === 'undefined' ? undefined : networks.get(root), stage = network ? undefined : stages.get(0);
  if (!network && !stage) return;
  for (const one of stages.values()) {
    const fold = one.element.closest('details');
    fold?.addEventListener('toggle', () => fold.open && one.draw());
  }
  const feed = new Feed(root, record.feed, stage, network);
  if (network) network.element.prepend(feed.element);
  else stage?.element.prepend(feed.element);
});
