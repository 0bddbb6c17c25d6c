/* A stage: the views that run in step, which step is shown, what is pinned, and whom to tell of it. */

/** What other files add to every stage. @type {((stage: Stage) => void)[]} */
const extensions = [];

/** What is done when all stages of a lesson are live. @type {((root: HTMLElement, record: any, living: Map<string, Cells>, stages: Map<number, Stage>) => void)[]} */
const arrivals = [];

class Stage {
  at = 0;
  /** @type {{view: View, spot: Spot} | null} */
  pinned = null;
  /** @type {Record<string, ((about?: any) => void)[]>} */
  heard = {};
  /** @type {View[]} */
  views = [];
  /** Which output cell each view has at each step; -1 where it has none. @type {number[][]} */
  steps = [];
  /** What stands after the page's own address in a link to this state. @type {any} */
  address;
  /** Be where the address says; whether it says anything. @type {any} */
  read;
  /** Cells painted so far, for who counts them. */
  painted = 0;

  /** @param {HTMLElement} root the lesson @param {HTMLElement} element @param {any} told its part of the record
   * @param {Trace[]} traces one for each view @param {string} suffix of its keys in the address */
  constructor(root, element, told, traces, suffix) {
    this.root = root;
    this.element = element;
    this.told = told;
    this.suffix = suffix;
    this.words = /** @type {Record<string, string>} */ ({...element.dataset});
    // Frames lie on cells by measure: whatever changes a table's size moves them.
    this.watcher = new ResizeObserver(() => this.draw());
    for (const extend of extensions) extend(this);
    this.views = traces.map((trace, i) => new View(this, trace, told.names?.[i], told.remarks?.[i]));
    this.part('.views').append(...this.views.map(view => view.element));
    // Between the figure and its working, which is not as high at every step: there they keep their place.
    if (!traces[1]) this.views[0].working.before(this.part('.controls'));
    this.recount();
    element.hidden = false;
    element.classList.add('live');
    this.tell('ready');
    this.draw();
  }

  /** A part of the stage. @param {string} selector @returns {any} */
  part(selector) {
    return this.element.querySelector(selector);
  }

  /** Listen for something that is told. @param {string} what @param {(about?: any) => void} then */
  on(what, then) {
    (this.heard[what] ??= []).push(then);
  }

  /** @param {string} what @param {any} [about] */
  tell(what, about) {
    for (const then of this.heard[what] ?? []) then(about);
  }

  /** With one view, the steps are its output cells in order. */
  recount() {
    this.steps = this.views.length > 1 ? together(this) : this.views[0].t.output.values.map((_, k) => [k]);
    this.tell('recounted');
  }

  /** Show a step. @param {number} n from 0 @param {string} [why] */
  go(n, why = 'step') {
    this.at = Math.max(0, Math.min(this.steps.length - 1, n));
    this.draw();
    this.announce();
    this.tell('went', why);
    const {k, t, f} = this.present()[0];
    this.root.dispatchEvent(new CustomEvent('stepwise-step', {bubbles: true, composed: true, detail: {
      stage: Number(this.words.stage), step: this.at + 1, of: this.steps.length, index: unravel(k, t.view.output.shape), formula: this.keeps(k) ? null : print(f, TEXT), changed: this.changed(),
    }}));
  }

  draw() {
    this.views.forEach((view, i) => {
      view.k = this.steps[this.at][i];
      view.filled = view.k < 0 ? Math.max(...this.steps.slice(0, this.at).map(step => step[i])) : view.k;
      view.draw();
    });
    this.tell('shown');
  }

  /** The step that shows an output cell of a view. @param {View} view @param {number} k */
  stepFor(view, k) {
    const i = this.views.indexOf(view);
    return this.steps.findIndex(step => step[i] === k);
  }

  /** Show what another output cell came from while it is pointed at; -1 returns. @param {View} view @param {number} k */
  peek(view, k) {
    const n = k < 0 ? this.at : this.stepFor(view, k);
    this.views.forEach((one, i) => {
      one.k = this.steps[n][i];
      one.draw();
    });
  }

  /** A click: an output cell becomes the step; any other is pinned, or set free again. @param {View} view @param {Spot | null} spot */
  pin(view, spot) {
    const before = this.pinned?.view === view ? this.pinned.spot : null;
    this.pinned = null;
    if (spot) view.point(spot);
    this.pinned = !spot || spot.kind === 'out' || (before?.kind === spot.kind && before.at === spot.at) ? null : {view, spot};
    if (spot?.kind === 'out') this.go(this.stepFor(view, spot.at));
    else this.draw();
    this.tell('pinned');
  }

  /** The views that have a window at this step. */
  present() {
    return this.views.filter(view => view.k >= 0);
  }

  /** What stands before a view's words where there are two. @param {View} view */
  name(view) {
    return this.told.names ? `${this.told.names[this.views.indexOf(view)]}: ` : '';
  }

  /** Whether an output cell is still a question. @param {View} view @param {number} at */
  hides(view, at) {
    return at > view.filled && at !== view.k;
  }

  /** Whether a step's working is kept back. @param {number} _k @returns {boolean} */
  keeps(_k) {
    return false;
  }

  /** Whether an output cell is not the same in both views. @param {View} _view @param {number} _at @returns {boolean} */
  differs(_view, _at) {
    return false;
  }

  changed() {
    return this.views.some(({t}) => [...Object.values(t.inputs), t.output].some(array => array.original));
  }

  /** `Window 2 of 4` */
  title() {
    return filled(this.views[0].t.view.words.title, {n: this.at + 1, total: this.steps.length.toLocaleString('en')});
  }

  announce() {
    const told = this.present().flatMap(view => (this.keeps(view.k) ? [' ?'] : [
      ' ' + this.name(view),
      make('span', {role: 'math', 'aria-label': speechOf(view.f, view.t.view.words.signs)}, print(view.f, TEXT)),
      '. ' + view.said.replace(/\*\*/g, ''),
    ]));
    this.part('[role=status]').replaceChildren(`${this.title()}.`, ...told);
  }
}
