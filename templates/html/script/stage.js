/* A stage: the views that run in step, which step is shown, what is pinned, and whom to tell of it. */

/** What other files add to every stage. @type {((stage: Stage) => void)[]} */
const extensions = [];

class Stage {
  /** @param {HTMLElement} root the lesson @param {HTMLElement} element @param {any} told its part of the record
   * @param {Trace[]} traces one for each view @param {string} suffix of its keys in the address */
  constructor(root, element, told, traces, suffix) {
    [this.root, this.element, this.told, this.suffix] = [root, element, told, suffix];
    this.words = /** @type {Record<string, string>} */ ({...element.dataset});
    this.heads = {row: this.words.row, column: this.words.column};
    this.at = 0;
    /** @type {{view: View, spot: Spot} | null} */
    this.pinned = null;
    /** @type {Record<string, ((...about: any[]) => void)[]>} */
    this.heard = {};
    this.status = /** @type {HTMLElement} */ (element.querySelector('[role=status]'));
    this.place = /** @type {HTMLElement} */ (element.querySelector('.views'));
    /** @type {View[]} */
    this.views = [];
    for (const extend of extensions) extend(this);
    this.views = traces.map((trace, i) => new View(this, trace, told.names ? told.names[i] : ''));
    this.place.append(...this.views.map(view => view.element));
    this.recount();
    element.hidden = false;
    element.classList.add('live');
    this.tell('ready');
    this.draw();
  }

  /** Listen for something that is told. @param {string} what @param {(...about: any[]) => void} then */
  on(what, then) {
    (this.heard[what] ??= []).push(then);
  }

  /** @param {string} what @param {...any} about */
  tell(what, ...about) {
    for (const then of this.heard[what] ?? []) then(...about);
  }

  /** Which output cell each view has at each step: with one view all of them, in order. */
  recount() {
    const [view] = this.views;
    /** @type {number[][]} */
    this.steps = this.views.length === 1 ? [...view.t.output.values.keys()].map(k => [k]) : together(this.views.map(v => v.t));
    this.at = Math.min(this.at, this.steps.length - 1);
    this.tell('recounted');
  }

  /** Show a step. @param {number} n from 0 @param {string} [why] */
  go(n, why = 'step') {
    this.at = Math.max(0, Math.min(this.steps.length - 1, n));
    this.draw();
    this.announce();
    this.tell('went', why);
    const [view] = this.views.filter(v => v.k >= 0);
    this.root.dispatchEvent(new CustomEvent('stepwise-step', {bubbles: true, composed: true, detail: {
      stage: this.words.stage, step: this.at + 1, of: this.steps.length, index: unravel(view.k, view.t.view.output.shape),
      formula: this.keeps(view, view.k) ? null : print(/** @type {Formula} */ (view.f), TEXT), changed: this.changed(),
    }}));
  }

  draw() {
    this.views.forEach((view, i) => {
      view.k = view.filled = this.steps[this.at][i];
      if (view.k < 0) view.filled = Math.max(...this.steps.slice(0, this.at + 1).map(step => step[i]));
      view.draw();
    });
    this.tell('shown');
  }

  /** Show what another output cell came from while it is pointed at; -1 returns. @param {View} view @param {number} k */
  peek(view, k) {
    const n = k < 0 ? this.at : this.steps.findIndex(step => step[this.views.indexOf(view)] === k);
    this.views.forEach((one, i) => {
      one.k = this.steps[n][i];
      one.draw();
    });
  }

  /** A click: an output cell becomes the step; any other is pinned, or set free again. @param {View} view @param {Spot} spot */
  pin(view, spot) {
    if (spot.kind === 'out') {
      this.pinned = null;
      return this.go(this.steps.findIndex(step => step[this.views.indexOf(view)] === spot.at), 'pin');
    }
    const again = this.pinned?.view === view && JSON.stringify(this.pinned.spot) === JSON.stringify(spot);
    this.pinned = again || spot.kind === 'pad' ? null : {view, spot};
    for (const one of this.views) one.draw();
    this.tell('pinned');
  }

  /** @param {View} view */
  pinOf(view) {
    return this.pinned?.view === view ? this.pinned.spot : null;
  }

  /** Whether an output cell is still a question. @param {View} view @param {number} at */
  hides(view, at) {
    return at > view.filled && at !== view.k;
  }

  /** Whether a step's working is kept back. @param {View} _view @param {number} _k */
  keeps(_view, _k) {
    return false;
  }

  /** Whether an output cell is not the same in both views. @param {number} _at */
  differs(_at) {
    return false;
  }

  changed() {
    return this.views.some(view => [...Object.values(view.t.inputs), view.t.output].some(array => array.original));
  }

  /** `Window 2 of 4` */
  title() {
    return filled(this.views[0].t.view.words.title, {n: this.at + 1, total: this.steps.length.toLocaleString('en')});
  }

  announce() {
    const told = this.views.filter(view => view.k >= 0).map((view, i) => {
      const name = this.told.names ? `${this.told.names[this.views.indexOf(view)]}: ` : '';
      return this.keeps(view, view.k) ? `${i ? '' : this.title()}: ?` : `${name}${print(/** @type {Formula} */ (view.f), TEXT)}. ${(view.said ?? '').replace(/\*\*/g, '')}`;
    });
    this.status.textContent = `${this.title()}. ${told.join(' ')}`;
  }
}

/** The output cells of two traces, paired by their index, in reading order; -1 where one has none. @param {Trace[]} traces */
function together(traces) {
  const found = new Map();
  traces.forEach((t, i) => t.output.values.forEach((_, k) => {
    const key = unravel(k, t.view.output.shape).map(n => String(n).padStart(9, '0')).join();
    if (!found.has(key)) found.set(key, traces.map(() => -1));
    found.get(key)[i] = k;
  }));
  return [...found.keys()].sort().map(key => found.get(key));
}
