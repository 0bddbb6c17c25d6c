/*
 * A way back as maps: the diagram of the layers, and under each layer's output the gradient that came back to it; below, its
 * weights and theirs. Arrows lead there above and back below. A click opens the working of a gradient.
 */

/** @typedef {{name: string, plan: Picture, array?: number, after?: number, trace?: number, stage?: number, section?: number}} Row
 *   what is drawn of a layer: its array by its number in the record, or the output of a trace */

class Heat extends Diagram {
  /** How far from 0 the strongest colours are. */
  far = {back: 0, learned: 0};
  /** Whether all layers have one scale. */
  one = false;
  /** What stands above a row: its name, and how far from 0 its colours reach. @type {Map<Drawn, HTMLElement>} */
  names = new Map();

  /** @param {Drawn} node */
  written({row}) {
    return row === 'there' || row === 'back' ? 10 : 4;
  }

  /** @param {Drawn} node @returns {[number, number]} */
  strip({row}) {
    return row === 'there' || row === 'back' ? [26, 150] : [88, 26];
  }

  /** Smaller maps, since there are several rows of them. @param {number} count @returns {[number, number]} */
  tiling(count) {
    return count === 1 ? [88, 1] : count < 5 ? [44, 2] : count < 10 ? [36, 3] : [28, 4];
  }

  /** Whether a row is a gradient. @param {Drawn} node */
  led({row}) {
    return row === 'back' || row === 'learned';
  }

  /** @param {Drawn} node @returns {[number, number]} */
  ends(node) {
    const {array, row, told: {most}} = node;
    if (this.led(node) && this.one) return [-this.far[/** @type {'back' | 'learned'} */ (row)], this.far[/** @type {'back' | 'learned'} */ (row)]];
    if (row === 'there') return most ?? extent(array.values);
    const far = Math.max(...(most ?? extent(array.values)).map(Math.abs));
    return [-far, far];
  }

  /** @param {Drawn} node @param {[number, number]} ends */
  diverging(node, ends) {
    return node.row !== 'there' || ends[0] < 0;
  }

  /** What is filled into the templates of a row. @param {Drawn} node */
  words_of({n, told: {name, number, noun}}) {
    return {name, layer: number ?? '', noun, where: n < 0 ? 'input' : 'layer'};
  }

  /** @param {Drawn} node @param {number} at */
  said(node, at) {
    const about = this.words_of(node);
    return filled(this.words[`at ${about.where}`], {...about, at: told(unravel(at, node.array.shape)), value: numeral(node.array, at)});
  }

  /** @param {Drawn} node @param {number} i */
  label(node, i) {
    const about = this.words_of(node), {array, plan} = node, [low, high] = extent(array.values);
    return filled(this.words[`of ${about.where}`], {...about, n: i, rows: plan.rows[0], columns: plan.columns[0], low: minus(shown(low, array.single)), high: minus(shown(high, array.single))});
  }

  /** @param {Drawn} node @param {number} at */
  cellLabel(node, at) {
    return this.said(node, at);
  }

  /** A row below the output of a layer. @param {Drawn} over @param {Row} row @param {Cells} array @param {string} kind @param {HTMLElement} box */
  under(over, row, array, kind, box) {
    const body = make('div', {class: 'tiles'});
    /** @type {Drawn} */
    const node = {n: over.n, told: {...over.told, ...row}, array, plan: row.plan, tiles: [], element: over.element, body, column: over.column, row: kind};
    if (kind !== 'back') delete node.told.down; // arrows lead along the outputs alone
    this.nodes.push(node);
    this.fill(node);
    const name = make('small', {}, row.name);
    this.names.set(node, name);
    box.append(name, body);
    return node;
  }
}

class WayBack {
  /** Each drawn row with its array before and after the update. @type {{node: Drawn, before: Cells, after: Cells}[]} */
  changing = [];

  /** @param {HTMLElement} root @param {HTMLElement} element @param {any} record @param {Map<string, Cells>} living @param {Map<number, Stage>} stages */
  constructor(root, element, record, living, stages) {
    const {way_back: led} = record, words = led.words;
    this.inside = /** @type {ParentNode} */ (root.shadowRoot ?? root);
    this.stages = stages;
    this.element = element;
    this.led = led;
    this.words = words;
    const diagram = (this.diagram = new Heat(words, (node, at) => this.open(node, at), n => this.open(/** @type {Drawn} */ (diagram.nodes.find(node => node.n === n && node.row === 'back') ?? diagram.nodes.find(node => node.n === n)), -1), text => (this.readout.textContent = text || words.hint)));
    this.readout = make('p', {class: 'readout', 'aria-hidden': 'true'}, words.hint);
    /** @param {Row} row @returns {Cells} */
    const array = ({array: at, trace}) => (trace === undefined ? cells(record.arrays[Number(at)]) : /** @type {Cells} */ (living.get(`output ${trace}`) ?? cells(record.arrays[record.traces[trace].output])));
    /** @param {Drawn} node @param {Row} row */
    const keep = (node, row) => {
      if (row.after === undefined) return;
      const before = node.array, after = cells(record.arrays[row.after]), ends = [extent(before.values), extent(after.values)];
      node.told.most = [Math.min(ends[0][0], ends[1][0]), Math.max(ends[0][1], ends[1][1])];
      this.changing.push({node, before, after});
    };
    [led.source, ...led.layers].forEach((/** @type {any} */ one, i) => {
      const {there, back, weights} = one, node = diagram.add(i - 1, {...one, ...there}, array(there));
      keep(node, there);
      const below = make('div', {class: 'under'}), own = make('div', {class: 'under'});
      if (back) diagram.under(node, back, array(back), 'back', below);
      for (const weight of weights) {
        keep(diagram.under(node, weight.own, array(weight.own), 'own', own), weight.own);
        diagram.under(node, weight.back, array(weight.back), 'learned', own);
      }
      node.element.append(below, own);
    });
    const line = led.layers.every((/** @type {any} */ {down}, /** @type {number} */ i) => down.length === 1 && down[0] === i - 1);
    diagram.net.classList.toggle('line', line);
    const images = Math.max(...diagram.nodes.map(({plan}) => plan.images[0]));
    element.append(this.legend(), ...(images > 1 ? [this.chooser(images)] : []), diagram.element, this.readout);
    element.hidden = false;
    element.classList.add('live');
    for (const section of new Set(diagram.nodes.map(({told: {section: one}}) => one))) if (section !== undefined) this.prepare(section);
    this.draw();
    new ResizeObserver(() => diagram.widen(root)).observe(root);
    root.addEventListener('stepwise-changed', () => this.draw());
    performance.mark('stepwise-way-back');
  }

  /** The colours with their numbers, and what may be switched. */
  legend() {
    const {words, led} = this;
    this.scale = make('span');
    const parts = [this.scale];
    /** @param {string} text @param {(on: boolean) => void} then @param {Record<string, string>} [how] */
    const box = (text, then, how = {}) => {
      const input = /** @type {HTMLInputElement} */ (make('input', {type: 'checkbox', ...how}));
      input.addEventListener('change', () => (then(input.checked), this.draw()));
      return make('label', {}, input, text);
    };
    parts.push(box(words.one, on => (this.diagram.one = on)));
    if (led.updated) parts.push(box(words.after, on => this.after(on), {role: 'switch'}));
    this.loss = make('span', {'aria-live': 'polite'});
    if (led.losses.length) parts.push(this.loss);
    this.after(false);
    return make('div', {class: 'legend'}, ...parts);
  }

  /** Show what was before the update, or what came after it. @param {boolean} on */
  after(on) {
    for (const {node, before, after} of this.changing) node.array = on ? after : before;
    if (this.loss) this.loss.textContent = filled(this.words.loss, {value: this.led.losses[Number(on)] ?? ''});
  }

  /** Which of several images is drawn. @param {number} images */
  chooser(images) {
    return make('p', {class: 'chooser'}, imageChooser(this.words, images, n => {
      this.diagram.image = n;
      this.draw();
    }));
  }

  /** Into the section that works a gradient out: the way back to the maps. @param {number} section */
  prepare(section) {
    const back = make('button', {type: 'button', class: 'back'}, '↑ ' + this.words.home);
    back.addEventListener('click', () => {
      this.element.closest('section')?.scrollIntoView({block: 'start'});
      this.diagram.element.querySelector('button')?.focus({preventScroll: true});
    });
    this.section(section)?.querySelector('h2')?.after(back);
  }

  /** @param {number} n @returns {HTMLElement | null} */
  section(n) {
    return this.inside.querySelector(`[data-layer="${n}"]`);
  }

  /** The working of a gradient, at one of its cells. @param {Drawn} node @param {number} at -1 for none */
  open(node, at) {
    const back = node.told.section === undefined ? this.diagram.nodes.find(one => one.n === node.n && one.row === 'back') : node;
    const told = back?.told ?? {}, section = told.section === undefined ? null : this.section(told.section), stage = this.stages.get(told.stage);
    if (!section) return;
    const fold = section.querySelector('details');
    if (fold && stage) fold.open = true;
    if (stage && at >= 0 && back === node) stage.go(at);
    (stage?.element ?? section).scrollIntoView({block: stage && stage.element.offsetHeight < innerHeight ? 'center' : 'start'});
    /** @type {HTMLElement | null} */ (section.querySelector('.back'))?.focus({preventScroll: true});
  }

  /** A scale with its ends. @param {number} far @param {HTMLElement} bar */
  span(far, bar) {
    const text = minus(shown(far, true));
    return ['−' + text, bar.cloneNode(), text];
  }

  /** Draw every map in its colours, and say how far they reach. */
  draw() {
    const {diagram} = this;
    for (const kind of /** @type {('back' | 'learned')[]} */ (['back', 'learned'])) {
      diagram.far[kind] = Math.max(0, ...diagram.nodes.filter(node => node.row === kind).flatMap(({array}) => extent(array.values).map(Math.abs)));
    }
    const bar = make('i', {role: 'img', 'aria-label': this.words.colours}), kinds = /** @type {('back' | 'learned')[]} */ (['back', 'learned']);
    const legends = kinds.filter(kind => diagram.one && diagram.nodes.some(node => node.row === kind)).flatMap(kind => [` ${this.words[kind]} `, ...this.span(diagram.far[kind], bar)]);
    this.scale?.replaceChildren(...(diagram.one ? legends : [`${this.words.legend} −`, bar, '+']));
    for (const [node, name] of diagram.names) {
      const {array} = node, far = Math.max(...extent(array.values).map(Math.abs));
      name.textContent = diagram.led(node) ? filled(this.words.far, {name: node.told.name, far: minus(shown(far, array.single))}) : node.told.name;
    }
    diagram.draw();
  }
}

arrivals.push((root, record, living, stages) => {
  const element = /** @type {HTMLElement | null} */ ((root.shadowRoot ?? root).querySelector('.returns'));
  if (element && record.way_back) new WayBack(root, element, record, living, stages);
});
