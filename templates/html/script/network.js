/*
 * A network: the diagram of all layers, the way from it into a layer and back, and what is asked of it. The address
 * carries where its reader is: `&layer=4`, `&why=9,0,7_8,0,7` (the way down so far, each a layer and a cell), `&pixel=0,0,3,4`.
 */

/** @typedef {{n: number, k: number}} Asked a number: its layer and its cell */
/** @typedef {{layer: number, why: Asked[], pixel: number}} Place where the reader is; -1 where nowhere */

class Network {
  /** @type {Place} */
  place = {layer: -1, why: [], pixel: -1};
  written = '';

  /** @param {HTMLElement} root @param {HTMLElement} element @param {any} record @param {Map<string, Cells>} living
   * @param {Map<number, Stage>} stages by their numbers @param {string} suffix of its keys in the address */
  constructor(root, element, record, living, stages, suffix) {
    const {network} = record;
    this.element = element;
    this.inside = /** @type {ParentNode} */ (root.shadowRoot ?? root);
    this.words = network.words;
    this.suffix = suffix;
    this.stages = stages;
    /** @type {Layer[]} */
    this.layers = network.layers.map((/** @type {any} */ told, /** @type {number} */ n) => ({
      n, told, t: stages.get(told.stage)?.views[0].t ?? traceOf(record, living, {...told.view, trace: told.trace}, -1),
    }));
    for (const {t, told} of this.layers) if (!told.view && told.stage === undefined) t.view = null;
    const first = this.layers.find(({told}) => Object.values(told.down).includes(-1)), name = Object.keys(first?.told.down ?? {}).find(one => first?.told.down[one] < 0);
    this.source = (name && first?.t.inputs[name]) || cells(record.arrays[network.source.array]);
    // Every layer that takes the input in takes in the same numbers, so that a change reaches all of them.
    for (const {t, told} of this.layers) for (const one in told.down) if (told.down[one] < 0) t.inputs[one] = this.source;
    const traces = livingOf(root);
    for (const {t} of this.layers) if (t.view) traces.add(t);

    this.diagram = new Diagram(this.words, (node, at, cell) => this.choose(node, at, cell), n => this.open(n), text => (this.readout.textContent = text || this.words.hint));
    this.diagram.add(-1, network.source, this.source);
    for (const {n, told, t} of this.layers) this.diagram.add(n, told, t.output);
    this.readout = make('p', {class: 'readout', 'aria-hidden': 'true'}, this.words.hint);
    this.answer = make('div', {class: 'answer', role: 'region', 'aria-label': this.words.why, hidden: ''});
    const images = Math.max(...this.diagram.nodes.map(({plan}) => plan.images[0]));
    if (images > 1) element.append(this.chooser(images));
    this.status = make('p', {class: 'sr', role: 'status'});
    const signed = this.layers.some(({t}) => extent(t.output.values)[0] < 0), key = make('p', {class: 'legends'}, legend([this.words.lowest, this.words.highest], false), ...(signed ? [legend(['− ', '+'], true, this.words.signed)] : []));
    element.append(this.diagram.element, key, this.readout, this.status, this.answer);
    element.hidden = false;
    element.classList.add('live');
    for (const layer of this.layers) this.prepare(layer);
    this.draw();
    new ResizeObserver(() => this.diagram.widen(root)).observe(root);
    root.addEventListener('stepwise-changed', () => this.draw());
    onDark(() => this.draw());
    for (const event of ['hashchange', 'popstate']) addEventListener(event, () => this.read());
    this.read();
    performance.mark('stepwise-network'); // for who measures how soon it can be operated
  }

  /** Which of several images is drawn. @param {number} images */
  chooser(images) {
    return make('p', {class: 'chooser'}, imageChooser(this.words, images, n => {
      this.diagram.image = n;
      this.draw();
    }));
  }

  /** The section that tells a layer. @param {number} n @returns {HTMLElement | null} */
  section(n) {
    return this.inside.querySelector(`[data-layer="${n}"]`);
  }

  /** Into a layer's section: the way back, and the question of its numbers. @param {Layer} layer */
  prepare({n, t, told: about}) {
    const back = make('button', {type: 'button', class: 'back'}, '↑ ' + this.words.back);
    back.addEventListener('click', () => this.home());
    this.section(n)?.querySelector('h2')?.after(back);
    const stage = this.stages.get(about.stage);
    if (!stage) return;
    if (inAddress().has('step' + stage.suffix)) {
      const fold = stage.element.closest('details'); // an address that means a step of it
      if (fold) fold.open = true;
      stage.element.scrollIntoView({block: 'nearest'});
    }
    const button = make('button', {type: 'button', class: 'ask'}), line = stage.part('.peek');
    /** The number that is pinned, of the layer before; else the result. @returns {Asked} */
    const subject = () => (stage.pinned?.spot.kind === 'in' ? {n: about.down.input, k: stage.pinned.spot.at} : {n, k: stage.views[0].k});
    const label = () => {
      const asked = subject(), array = asked.n < 0 ? this.source : this.layers[asked.n].t.output;
      button.textContent = asked.n < 0 ? this.words.touch : filled(this.words.ask, {value: numeral(array, asked.k)});
      button.hidden = stage.keeps(stage.views[0].k) || (asked.n === n && !t.view);
    };
    button.addEventListener('click', () => {
      const asked = subject();
      this.go(asked.n < 0 ? {pixel: asked.k, why: [], layer: n} : {why: [asked], pixel: -1, layer: n});
      this.arrive();
    });
    line.append(button);
    for (const what of ['shown', 'pinned']) stage.on(what, label);
    label();
  }

  /** What the diagram was asked: of the input, what a pixel touched; of a number in words, why; else its layer opens there.
   * @param {Drawn} node @param {number} at @param {boolean} cell whether this very cell was meant */
  choose(node, at, cell) {
    const {n, told: about} = node;
    if (n < 0) this.go({pixel: at, why: [], layer: -1});
    else if (about.stage === undefined || (node.plan.line && cell)) this.go({why: [{n, k: at}], pixel: -1, layer: -1});
    else return this.open(n, at);
    return this.answer.scrollIntoView({block: 'nearest'});
  }

  /** Open a layer's lesson, at a cell of it. @param {number} n @param {number} [at] */
  open(n, at) {
    const stage = this.stages.get(this.layers[n].told.stage);
    this.go({layer: n});
    if (stage && at !== undefined) stage.go(stage.stepFor(stage.views[0], at));
    this.show(n, true);
  }

  /** @param {number} n @param {boolean} [focus] */
  show(n, focus) {
    const section = this.section(n), fold = section?.querySelector('details');
    if (!section) return;
    if (fold) fold.open = true;
    const stage = this.stages.get(this.layers[n].told.stage);
    if (stage) stage.element.scrollIntoView({block: stage.element.offsetHeight < innerHeight ? 'center' : 'start'});
    else section.scrollIntoView({block: 'start'});
    if (focus) /** @type {HTMLElement | null} */ (section.querySelector('.back'))?.focus({preventScroll: true});
  }

  /** Back to the diagram, where nothing has changed meanwhile. */
  home() {
    const {layer} = this.place, node = this.diagram.nodes[layer + 1];
    this.go({layer: -1});
    this.element.closest('section')?.scrollIntoView({block: 'start'});
    /** @type {HTMLElement | null | undefined} */ (node?.element.querySelector('.head'))?.focus({preventScroll: true});
  }

  /** To the answer, from wherever it was asked. */
  arrive() {
    this.element.scrollIntoView({block: 'start'});
    /** @type {HTMLElement | null} */ (this.answer.querySelector('h3'))?.focus({preventScroll: true});
  }

  /** Be somewhere else, and let the browser's own way back lead here. @param {Partial<Place>} place */
  go(place) {
    this.place = {...this.place, ...place};
    const now = inAddress(), {layer, why, pixel} = this.place;
    const said = {layer: layer < 0 ? '' : layer + 1, why: why.map(({n, k}) => [n + 1, ...unravel(k, this.array(n).shape)].join()).join('_'), pixel: pixel < 0 ? '' : unravel(pixel, this.source.shape).join()};
    for (const [name, value] of Object.entries(said)) {
      if (value === '') now.delete(name + this.suffix);
      else now.set(name + this.suffix, String(value));
    }
    this.written = `#${now}`.replace(/%2C/g, ',');
    if (free()) try {
      history.pushState(history.state, '', this.written);
    } catch {
      // a page inside a frame of its own has no address
    }
    this.draw();
  }

  /** @param {number} n */
  array(n) {
    return n < 0 ? this.source : this.layers[n].t.output;
  }

  /** Be where the address says. */
  read() {
    if (location.hash === this.written) return;
    this.written = location.hash;
    const now = inAddress();
    /** @param {string} text @param {number[]} shape */
    const cell = (text, shape) => {
      const index = text.split(',').map(Number);
      return text && index.length === shape.length && index.every((i, axis) => Number.isInteger(i) && i >= 0 && i < shape[axis]) ? ravel(index, shape) : -1;
    };
    /** @param {string} name */
    const given = name => now.get(name + this.suffix) ?? '';
    const layer = Number(given('layer')) - 1, before = this.place.layer;
    const why = given('why').split('_').flatMap(text => {
      const [number, ...at] = text.split(','), n = Number(number) - 1;
      const k = this.layers[n] ? cell(at.join(), this.array(n).shape) : -1;
      return k < 0 ? [] : [{n, k}];
    });
    this.place = {layer: this.layers[layer] ? layer : -1, why, pixel: why.length ? -1 : cell(given('pixel'), this.source.shape)};
    this.draw();
    if (this.place.layer >= 0 && this.place.layer !== before && !why.length) this.show(this.place.layer);
  }

  /** Draw the diagram, and what is asked of it. */
  draw() {
    const {why, pixel} = this.place, asked = why.at(-1);
    /** @type {Map<number, Uint8Array | null> | undefined} */
    let masks;
    if (asked && asked.n >= 0) {
      masks = new Map();
      if (!follows(this.layers[asked.n])) masks.set(asked.n, new Uint8Array(this.array(asked.n).values.length).fill(1));
      else for (const [n, box] of fields(this.layers, this.source, asked.n, asked.k)) {
        const {shape, values} = this.array(n), mask = new Uint8Array(values.length);
        for (const at of inside(box, shape)) mask[at] = 1;
        masks.set(n, mask);
      }
    } else if (pixel >= 0) {
      const start = new Uint8Array(this.source.values.length);
      start[pixel] = 1;
      masks = new Map([[-1, start], ...touched(this.layers, this.source, pixel).map((mask, n) => /** @type {[number, Uint8Array | null]} */ ([n, mask]))]);
    }
    this.diagram.draw(masks, asked, pixel);
    this.answer.hidden = !masks;
    if (masks) answerInto(this, masks);
    const said = this.answer.querySelector('h3')?.textContent ?? '';
    if (this.status.textContent !== said) this.status.textContent = said; // heard where the focus stays
  }
}

/** The network of each lesson that has one. @type {WeakMap<HTMLElement, Network>} */
const networks = new WeakMap();

// A network's keys in the address are numbered through the document, the first without a number.
arrivals.push((root, record, living, stages) => {
  /** @param {HTMLElement} lesson @returns {HTMLElement | null} */
  const found = lesson => (lesson.shadowRoot ?? lesson).querySelector('.network'), element = found(root);
  const before = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('.stepwise-lesson')]).map(found).filter(Boolean).indexOf(element);
  if (element && record.network) networks.set(root, new Network(root, element, record, living, stages, before ? `.${before + 1}` : ''));
});
