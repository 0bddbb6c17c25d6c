/* A view: one trace's figure (input, kernel, output), its formula and its sentence, drawn for one output cell. */

/** @typedef {{kind: 'in' | 'out' | 'weight' | 'pad', at: number, row: number, column: number}} Spot a cell that is pointed at or pinned */

/** How many cells a window spans, from its first to its last. @param {(number | null)[]} positions */
const reach = positions => {
  const known = positions.filter(p => p !== null);
  return known.length ? Math.max(...known) - Math.min(...known) + 1 : 0;
};

/** The characters of an array's longest number, by an even choice where it has many. @param {Cells} array */
const longest = array => {
  const stride = Math.ceil(array.values.length / 500);
  return Math.max(...array.values.filter((_, i) => i % stride === 0).map(value => digits(array, value).length));
};

class View {
  /** @param {Stage} stage @param {Trace} trace @param {string} name empty where there is only one view */
  constructor(stage, trace, name) {
    this.stage = stage;
    this.t = trace;
    this.plane = 0;
    this.k = 0; // the output cell that is drawn; -1 where this trace has none
    this.filled = 0; // up to which output cell results are shown
    this.parted = false;
    /** @type {Spot | null} */
    this.spot = null;
    this.lit = -1; // the tap that is pointed at, by its cell or by its term
    this.figure = make('div', {class: 'scene'});
    this.formula = make('span', {class: 'formula-line'});
    this.sentence = make('span', {class: 'sentence'});
    this.working = make('div', {class: 'working'}, this.formula, this.sentence);
    this.element = make('div', {class: 'view'}, this.figure, this.working);
    if (name) this.element.prepend(make('div', {class: 'card-head'}, make('h3', {}, name)));
    this.build();
    this.listen();
  }

  /** Make the grids anew, for another trace. @param {Trace} [trace] */
  build(trace = this.t) {
    this.t = trace;
    const {view} = trace, heads = this.stage.heads, captions = view.captions;
    const last = view.axes && view.axes.slice(-2).map((/** @type {any} */ axis) => axis.drawn);
    /** @param {Plan} plan */
    const whole = plan => [plan.rows, plan.columns].map(axis => [0, axis < 0 ? 1 : plan.shape[axis]]);
    const spans = last ? [...(last.length < 2 ? [[0, 1]] : []), ...last] : whole(view.input);
    const kernel = view.kernel ? {shape: view.kernel.window, rows: view.kernel.window.length - 2, columns: view.kernel.window.length - 1} : view.kernelPlane;
    const weights = trace.inputs[view.weights ?? 'kernel'];
    const wide = [Math.max(longest(trace.inputs.input), view.kernel ? Math.ceil(longest(weights) * 0.62 + 1) : 0), kernel ? longest(weights) : 0, longest(trace.output)];
    // Of a large plane, the window and a little around it; less of that where numbers are long.
    const [margin, least] = wide[0] > 5 ? [1, 4] : [2, PART];
    const window = (view.axes ?? []).slice(-2).map((/** @type {any} */ axis) => Math.max(...axis.at.map(reach)));
    const part = (window.length > 1 ? window : [1, window[0] ?? 1]).map(n => Math.min(9, Math.max(n + margin, least)));
    this.input = new Grid('in', view.input, captions.input, spans, heads, part);
    this.output = new Grid('out', view.output, captions.output, whole(view.output), heads, wide[2] > 5 ? [PART, 3] : undefined);
    this.kernel = kernel && new Grid('weight', kernel, captions.kernel, whole(kernel), heads);
    this.input.widen(wide[0]);
    this.kernel?.widen(wide[1]);
    this.output.widen(wide[2]);
    this.grids = [this.input, this.kernel, this.output].filter(grid => grid);
    const signs = ['', ...(this.kernel ? ['∗'] : []), '→'];
    this.figure.replaceChildren(...this.grids.map((grid, i) =>
      make('div', {class: 'signed'}, ...(signs[i] ? [make('span', {class: 'sign', 'aria-hidden': 'true'}, signs[i])] : []), make('div', {class: 'plane'}, grid.element))));
    this.stage.tell('built', this);
  }

  /** The planes of the input that a step looks into, each as [channel, …leading positions]. @param {Step} s */
  planes(s) {
    if (!this.t.view.axes) return [''];
    return [...new Set(s.taps.map(tap => tap.place.slice(1, Math.max(2, tap.place.length - 2)).join()))];
  }

  draw() {
    const {t, k} = this;
    this.element.classList.toggle('absent', k < 0);
    this.element.classList.toggle('parted', this.parted);
    if (k < 0) {
      this.s = undefined;
      for (const grid of this.grids) for (const name in grid.frames) grid.frame(name, null);
      this.input.draw(cell => [cell.at < 0 ? '·' : minus(digits(t.inputs.input, t.inputs.input.values[cell.at])), cell.at < 0 ? 'padding' : '']);
      this.output.draw(cell => [this.outputText(cell.at), '']);
      this.formula.textContent = '';
      this.sentence.textContent = this.stage.words.absent;
      return;
    }
    const s = (this.s = stepOf(t, k));
    this.f = formulaOf(t, s);
    const all = this.planes(s);
    const plane = all[this.plane % all.length] ?? '';
    this.inPlane = s.taps.filter(tap => !t.view.axes || tap.place.slice(1, Math.max(2, tap.place.length - 2)).join() === plane);
    this.drawInput(s, plane);
    this.drawKernel(s, plane);
    this.drawOutput(s);
    this.drawWorking(s);
    this.stage.tell('drawn', this);
  }

  /** @param {Step} s @param {string} plane */
  drawInput(s, plane) {
    const {t, input} = this, {view} = t, box = this.box(s);
    const first = s.taps.find(tap => tap.at >= 0);
    const place = view.axes ? [s.place[0], ...(plane ? plane.split(',').map(Number) : [0]), 0, 0] : [];
    const fixed = view.axes ? view.input.roles.map((/** @type {number} */ role) => place[role] ?? 0) : unravel(first ? first.at : 0, view.input.shape);
    if (box) input.reach(box);
    input.show(fixed);
    /** @type {Map<string, number>} */
    const tapped = new Map((this.inPlane ?? []).filter(tap => view.axes || tap.at >= 0).map(tap => [this.spotOf(tap).join(), s.taps.indexOf(tap)]));
    const winner = rules[view.rule].winner?.(s);
    input.draw(cell => {
      const tap = tapped.get(`${cell.row},${cell.column}`);
      const inside = box && cell.row >= box[0] && cell.row < box[1] && cell.column >= box[2] && cell.column < box[3];
      const classes = [
        cell.at < 0 && 'padding', view.axes && inside && 'window', inside && tap === undefined && view.axes && 'gap', tap !== undefined && (view.axes ? '' : 'window'),
        winner && cell.at === winner.at && 'winner', tap !== undefined && tap === this.lit && 'lit', this.isPinned('in', cell) && 'pinned', this.isChanged('input', cell.at) && 'changed',
      ];
      const weight = tap !== undefined && s.taps[tap].weightAt >= 0 && view.axes ? `×${minus(digits(t.inputs.kernel, s.taps[tap].weight))}` : undefined;
      return [cell.at < 0 ? '·' : minus(digits(t.inputs.input, t.inputs.input.values[cell.at])), classes.filter(c => c).join(' '), weight];
    });
    input.frame('window', view.axes ? box : null);
  }

  /** Where a tap is drawn: row and column. @param {Tap} tap @returns {[number, number]} */
  spotOf(tap) {
    const {input, axes} = this.t.view;
    if (axes) return [axes.length > 1 ? tap.place[tap.place.length - 2] : 0, tap.place[tap.place.length - 1]];
    const index = unravel(Math.max(tap.at, 0), input.shape);
    return [input.rows < 0 ? 0 : index[input.rows], index[input.columns]];
  }

  /** Rows and columns that the window spans in the picture. @param {Step} s @returns {Box | null} */
  box(s) {
    const spots = (this.inPlane ?? []).map(tap => this.spotOf(tap));
    if (!spots.length || (!this.t.view.axes && s.data.length === 0)) return null;
    const rows = spots.map(spot => spot[0]), columns = spots.map(spot => spot[1]);
    return [Math.min(...rows), Math.max(...rows) + 1, Math.min(...columns), Math.max(...columns) + 1];
  }

  /** @param {Step} s @param {string} plane */
  drawKernel(s, plane) {
    const {t, kernel} = this, {view} = t;
    if (!kernel) return;
    const array = t.inputs[view.weights ?? 'kernel'];
    /** @type {Map<number, Tap>} */
    const used = new Map((this.inPlane ?? []).map(tap => [tap.weightAt, tap]));
    /** @type {(cell: Cell) => number} */
    let weightAt = cell => cell.at;
    if (view.kernel) {
      const depth = plane.split(',').slice(1).map(Number), first = this.inPlane?.[0];
      const lead = first ? first.offset.slice(0, -2) : [];
      kernel.show([...lead, 0, 0].slice(-view.kernel.window.length));
      const seen = view.channels[s.place[1]];
      const base = view.kernel.first[s.place[1]] + (depth.length || plane ? Number(plane.split(',')[0]) - seen[0] : 0) * view.kernel.channel;
      weightAt = cell => unravel(cell.at, view.kernel.window).reduce((w, o, axis) => w + o * view.kernel.place[axis], base);
    } else {
      const at = s.taps.length ? unravel(s.taps[0].weightAt, view.kernelPlane.shape) : [0, 0];
      if (kernel.large) kernel.reach([at.length > 1 ? at[0] : 0, (at.length > 1 ? at[0] : 0) + 1, at[at.length - 1], at[at.length - 1] + 1]);
      kernel.show(at.slice());
    }
    this.weightAt = weightAt;
    kernel.draw(cell => {
      const at = weightAt(cell), tap = used.get(at);
      const classes = [tap && !view.axes && 'window', tap && s.taps.indexOf(tap) === this.lit && 'lit', this.isPinned('weight', cell) && 'pinned', this.isChanged('kernel', at) && 'changed'];
      return [minus(digits(array, array.values[at])), classes.filter(c => c).join(' ')];
    });
  }

  /** @param {Step} s */
  drawOutput(s) {
    const {t, output, k} = this, index = unravel(k, t.view.output.shape), {rows, columns} = t.view.output;
    const [row, column] = [rows < 0 ? 0 : index[rows], columns < 0 ? 0 : index[columns]];
    output.reach([row, row + 1, column, column + 1]);
    output.show(index);
    const spot = this.spot ?? this.stage.pinOf(this);
    const users = new Set(spot && spot.kind === 'in' && spot.at >= 0 ? usersOf(t, spot.at) : []);
    output.draw(cell => {
      const classes = [this.stage.hides(this, cell.at) && 'unknown', cell.at === k && 'result', users.has(cell.at) && 'used', this.stage.differs(cell.at) && 'differing'];
      return [this.outputText(cell.at), classes.filter(c => c).join(' ')];
    });
    output.frame('result', [row, row + 1, column, column + 1]);
    this.users = [...users];
  }

  /** @param {number} at */
  outputText(at) {
    return this.stage.hides(this, at) ? '?' : minus(digits(this.t.output, resultOf(this.t, at)));
  }

  /** @param {Step} s */
  drawWorking(s) {
    const hidden = this.stage.keeps(this, this.k);
    const html = hidden ? '' : mathml(folded(/** @type {FormulaNode} */ (this.f)));
    if (html !== this.drawnFormula) this.formula.innerHTML = this.drawnFormula = html;
    this.said = hidden ? '' : sentenceOf(this.t, s);
    const pieces = this.said.split('**').map((piece, i) => (i % 2 ? make('strong', {}, piece) : piece));
    this.sentence.replaceChildren(...pieces);
    for (const term of this.formula.querySelectorAll('[data-term]')) term.classList.toggle('lit', Number(term.getAttribute('data-term')) === this.lit);
  }

  /** @param {string} kind @param {Cell} cell */
  isPinned(kind, cell) {
    const pin = this.stage.pinOf(this);
    return pin !== null && pin.kind === kind && pin.row === cell.row && pin.column === cell.column && (kind !== 'in' || pin.at === cell.at);
  }

  /** @param {string} name @param {number} at */
  isChanged(name, at) {
    const array = this.t.inputs[name];
    return array?.original !== undefined && at >= 0 && !Object.is(array.original[at], array.values[at]);
  }

  /** The cell that an event is about. @param {EventTarget | null} target @returns {Spot | null} */
  spotAt(target) {
    const td = target instanceof Element ? target.closest('td') : null;
    for (const grid of this.grids) {
      const cell = grid.cells.find(one => one.td === td);
      if (cell) return {kind: cell.at < 0 ? 'pad' : /** @type {Spot['kind']} */ (grid.kind), at: cell.at, row: cell.row, column: cell.column};
    }
    return null;
  }

  listen() {
    /** @param {Event} event */
    const point = event => {
      const term = event.target instanceof Element ? event.target.closest('[data-term]') : null;
      if (term) return this.point(null, Number(term.getAttribute('data-term')));
      const spot = this.spotAt(event.target);
      this.point(spot, spot ? this.tapAt(spot) : -1);
    };
    for (const name of ['pointerover', 'focusin']) this.element.addEventListener(name, point);
    for (const name of ['pointerleave', 'focusout']) this.element.addEventListener(name, () => this.point(null, -1));
    this.figure.addEventListener('click', event => {
      const spot = this.spotAt(event.target);
      if (spot) this.stage.pin(this, spot);
    });
  }

  /** The tap that lies under a cell, -1 where there is none. @param {Spot} spot */
  tapAt(spot) {
    const {s} = this;
    if (!s || spot.kind === 'out') return -1;
    if (spot.kind === 'weight') {
      const at = this.weightAt?.(/** @type {Cell} */ (/** @type {unknown} */ (spot)));
      return s.taps.findIndex(tap => tap.weightAt === at && (this.inPlane ?? []).includes(tap));
    }
    const found = (this.inPlane ?? []).find(tap => this.spotOf(tap).join() === `${spot.row},${spot.column}`);
    return found ? s.taps.indexOf(found) : -1;
  }

  /** Something is pointed at, or nothing any more. @param {Spot | null} spot @param {number} tap */
  point(spot, tap) {
    if (this.lit === tap && JSON.stringify(spot) === JSON.stringify(this.spot)) return;
    const before = this.spot?.kind === 'out';
    this.spot = spot;
    this.lit = tap;
    if (spot?.kind === 'out' || before) this.stage.peek(this, spot?.kind === 'out' ? spot.at : -1);
    else this.draw();
    this.stage.tell('pointed', this);
  }
}
