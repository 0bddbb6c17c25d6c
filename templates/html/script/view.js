/* A view: one trace's figure (input, kernel, output), its formula and its sentence, drawn for one output cell. */

/** How many cells a window spans, from its first to its last. @param {(number | null)[]} positions */
const reach = positions => {
  const known = positions.flatMap(p => p ?? []);
  return known.length && Math.max(...known) - Math.min(...known) + 1;
};

/** The characters of an array's longest number, by an even choice where it has many. @param {Cells} [array] */
const longest = array => {
  const stride = Math.ceil((array?.values.length ?? 0) / 500);
  return array ? Math.max(...array.values.filter((_, i) => i % stride === 0).map(value => digits(array, value).length)) : 0;
};

/** A grid with the sign before it. @param {string} sign @param {{element: HTMLElement}} grid */
const signed = (sign, {element}) => make('div', {class: 'signed'}, make('span', {class: 'sign', 'aria-hidden': 'true'}, sign), make('div', {class: 'plane'}, element));

/** A plane's rows and columns, all of them. @param {Plan} plan */
const whole = plan => [plan.rows, plan.columns].map(axis => [0, plan.shape[axis] ?? 1]);

/** A number of an array as a cell shows it. @param {Cells} array @param {number} at */
const numeral = (array, at) => (at < 0 ? '·' : minus(digits(array, array.values[at])));

/** A cell that is pointed at or pinned, by its grid and its number in the array; and the tap it is to the step shown.
 * @typedef {{kind: string, at: number}} Spot */

class View {
  /** The plane of the input that is shown, of those a step looks into. */
  plane = 0;
  /** The output cell that is drawn; -1 where this trace has none. */
  k = 0;
  /** Up to which output cell results are shown. */
  filled = 0;
  /** @type {Spot | null} */
  spot = null;
  /** The tap that is pointed at, by its cell or by its term. */
  lit = -1;
  /** Output cells that the spot was used for. @type {number[]} */
  users = [];
  // Made by `build`, and by `draw` before anybody asks for them.
  /** @type {Grid} */ // @ts-expect-error
  input;
  /** @type {Grid} */ // @ts-expect-error
  output;
  /** @type {Step} */ // @ts-expect-error
  s;
  /** @type {FormulaNode} */ // @ts-expect-error
  f;
  /** @type {Grid[]} */
  grids = [];
  /** @type {Tap[]} those in the plane that is shown */
  taps = [];
  /** @type {string[]} */
  planes = [];
  /** Where the window is drawn. @type {Box | null} */
  box = null;
  /** Where the result is drawn. @type {Box | null} */
  spotted = null;
  /** The formula as it is set. @type {FormulaNode} */
  line = [];
  said = '';
  html = '';

  /** @param {Stage} stage @param {Trace} trace @param {string} [name] where there are two @param {string} [remark] */
  constructor(stage, trace, name, remark = '') {
    this.stage = stage;
    this.figure = make('div', {class: 'scene'});
    this.formula = make('span', {class: 'formula-line'});
    this.sentence = make('span', {class: 'sentence'});
    this.working = make('div', {class: 'working', tabindex: 0}, this.formula, this.sentence);
    this.element = make('div', {class: 'view'}, this.figure, this.working);
    if (name) this.element.prepend(make('div', {class: 'card-head'}, make('h3', {}, name), make('p', {}, remark)));
    this.t = trace;
    this.build(trace);
    /** @param {Event} event */
    const point = event => {
      const target = /** @type {Element} */ (event.target), term = target.closest('[data-term]');
      if (term) this.point(null, Number(term.getAttribute('data-term')));
      else this.point(this.spotOf(target));
    };
    for (const name of ['pointerover', 'focusin']) this.element.addEventListener(name, point);
    for (const name of ['pointerleave', 'focusout']) this.element.addEventListener(name, () => this.point(null));
    this.figure.addEventListener('click', event => {
      const spot = this.spotOf(/** @type {Element} */ (event.target));
      if (spot) stage.pin(this, spot);
    });
  }

  /** Make the grids, for this trace or another. @param {Trace} trace */
  build(trace) {
    this.t = trace;
    const {view, inputs} = trace, {words} = this.stage, {captions, axes} = view;
    const spans = axes ? [[0, 1], ...axes.map((/** @type {any} */ axis) => axis.drawn)].slice(-2) : whole(view.input);
    // The weight badges lie in the input's cells.
    const wide = Math.max(longest(inputs.input), axes && inputs.kernel ? Math.ceil(longest(inputs.kernel) * 0.62 + 1) : 0);
    // Of a large plane, the window and a little around it; less of that where numbers are long.
    const [margin, least] = wide > 5 ? [1, 4] : [2, PART];
    const part = [1, 1, ...(axes ?? []).map((/** @type {any} */ axis) => Math.max(...axis.at.map(reach)))].slice(-2).map(n => Math.min(9, Math.max(n + margin, least)));
    this.input = new Grid('in', view.input, captions.input, spans, words, wide, part);
    this.output = new Grid('out', view.output, captions.output, whole(view.output), words, longest(trace.output), longest(trace.output) > 5 ? [PART, 3] : undefined);
    this.grids = [this.input, this.output];
    this.figure.replaceChildren(signed('', this.input), signed('→', this.output));
    this.stage.tell('built', this);
    for (const {table} of this.grids) this.stage.watcher.observe(table);
  }

  /** What tells the planes of the input apart: the channel, and leading positions. @param {Tap} tap */
  planeOf(tap) {
    return String(tap.place.slice(1, Math.max(2, tap.place.length - 2)));
  }

  draw() {
    const {t, k, stage, input, output} = this, {view} = t;
    this.element.classList.toggle('absent', k < 0);
    if (k >= 0) {
      const s = (this.s = stepOf(t, k)), all = [...new Set(s.taps.map(tap => this.planeOf(tap)))];
      this.planes = all;
      this.f = formulaOf(t, s);
      this.taps = s.taps.filter(tap => this.planeOf(tap) === all[this.plane % all.length] && (view.axes || tap.at >= 0));
      const spots = this.taps.map(tap => this.rowAndColumn(tap));
      const [rows, columns] = [0, 1].map(axis => spots.map(spot => spot[axis]));
      this.box = spots.length ? [Math.min(...rows), Math.max(...rows) + 1, Math.min(...columns), Math.max(...columns) + 1] : null;
      const [row, column] = output.spot(k);
      this.spotted = [row, row + 1, column, column + 1];
      if (this.box) input.reach(this.box);
      output.reach(this.spotted);
      input.show(this.fixed());
      output.show(unravel(k, view.output.shape));
      this.said = sentenceOf(t, s);
    } else {
      [this.taps, this.box, this.spotted, this.said] = [[], null, null, stage.words.absent];
      if (!input.shown) {
        // An address opened the page at a step that this side lacks: its data stands there all the same.
        input.show(this.fixed());
        output.show(unravel(Math.max(this.filled, 0), view.output.shape));
      }
    }
    const pin = stage.pinned?.view === this ? stage.pinned.spot : null, spot = pin ?? this.spot;
    this.users = spot?.kind === 'in' ? usersOf(t, spot.at) : [];
    this.drawCells(pin);
    input.frame('window', view.axes ? this.box : null);
    output.frame('result', this.spotted);
    const hidden = k >= 0 && stage.keeps(k), short = shortenings[0]?.(this.f[1], t, this.s);
    const line = (this.line = short ? equality(short[0], this.f[2]) : this.f);
    const html = k < 0 || hidden ? '' : set(line, speechOf(line, view.words.signs));
    if (html !== this.html) this.formula.innerHTML = this.html = html;
    if (hidden) this.said = '';
    const note = short?.[1] && !hidden ? ` ${short[1]}` : '';
    this.sentence.replaceChildren(...(this.said + note).split('**').map((piece, i) => (i % 2 ? make('strong', {}, minus(piece)) : piece)));
    for (const term of this.formula.querySelectorAll('[data-term]')) term.classList.toggle('lit', term.getAttribute('data-term') === String(this.lit));
    stage.tell('drawn', this);
  }

  /** @param {Spot | null} pin */
  drawCells(pin) {
    const {t, s, k, stage, box} = this, winner = k >= 0 && !stage.keeps(k) && winnerOf(t, s);
    this.drawInput(this.input, this.taps, box, pin, winner);
    const users = new Set(this.users);
    this.output.draw(({at}) => {
      const unknown = stage.hides(this, at);
      return {text: unknown ? '?' : numeral(t.output, at), holding: {unknown, result: at === k, used: users.has(at), differing: stage.differs(this, at)}};
    });
  }

  /** The cells of a plane of the input. @param {Grid} grid @param {Tap[]} taps those in it @param {Box | null} box @param {Spot | null} pin @param {any} winner */
  drawInput(grid, taps, box, pin, winner) {
    const {t: {view, inputs}, s} = this, tapped = new Map(taps.map(tap => [String(this.rowAndColumn(tap)), tap]));
    const lit = s.taps[this.lit];
    grid.draw(({row, column, at}) => {
      const tap = tapped.get(`${row},${column}`);
      const inside = view.axes ? box && row >= box[0] && row < box[1] && column >= box[2] && column < box[3] : tap;
      return {
        text: numeral(inputs.input, at),
        holding: {window: inside, gap: inside && !tap, winner: winner && at === winner.at, lit: tap && tap === lit, pinned: pin?.kind === 'in' && at === pin.at, changed: changedAt(inputs.input, at)},
        weight: tap && tap.weightAt >= 0 && view.axes ? `×${numeral(inputs.kernel, tap.weightAt)}` : undefined,
      };
    });
  }

  /** The index of the plane of the input that is shown. */
  fixed() {
    const {axes, input} = this.t.view, [first] = this.taps;
    if (!axes) return unravel(Math.max(first?.at ?? 0, 0), input.shape);
    return input.roles.map((/** @type {number} */ role) => (first?.place ?? this.s.place)[role] ?? 0);
  }

  /** Where a tap is drawn. @param {Tap} tap @returns {number[]} */
  rowAndColumn(tap) {
    return this.t.view.axes ? [0, ...tap.place.slice(2)].slice(-2) : this.input.spot(tap.at);
  }

  /** The cell that an event is about. @param {Element} target @returns {Spot | null} */
  spotOf(target) {
    const td = target.closest('td');
    for (const {kind, cells} of this.grids) {
      const cell = cells.find(one => one.td === td);
      if (cell && cell.at >= 0) return {kind, at: cell.at};
    }
    return null;
  }

  /** Something is pointed at, or nothing any more. @param {Spot | null} spot @param {number} [tap] */
  point(spot, tap) {
    if (this.stage.pinned) return; // what is pinned stays, until it is set free
    const lit = tap ?? (spot ? this.s.taps.findIndex(one => this.taps.includes(one) && spot.at === {in: one.at, weight: one.weightAt}[spot.kind]) : -1);
    if (this.lit === lit && this.spot?.kind === spot?.kind && this.spot?.at === spot?.at) return;
    const peeked = [this.spot, spot].some(one => one?.kind === 'out');
    [this.spot, this.lit] = [spot, lit];
    if (peeked) this.stage.peek(this, spot?.kind === 'out' ? spot.at : -1);
    else this.draw();
  }
}

/** Whether a reader has changed a number. @param {Cells} array @param {number} at */
const changedAt = ({original, values}, at) => original && at >= 0 && !Object.is(original[at], values[at]);
