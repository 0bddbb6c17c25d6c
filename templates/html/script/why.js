/* The answer beside the diagram: why a number is what it is, layer by layer down to the pixels; what a pixel touched. */

/** Of a number's shares, so many are named; the others make one subtotal. */
const NAMED = 8;

/** @param {string} text @param {string} label @param {() => void} then */
function knob(text, label, then) {
  const button = make('button', {type: 'button'}, text);
  if (label) button.setAttribute('aria-label', label);
  button.addEventListener('click', then);
  return button;
}

/** @param {Network} network @param {Map<number, Uint8Array | null>} masks */
function answerInto(network, masks) {
  const {answer, words, place} = network, focused = answer.contains(/** @type {any} */ (answer.getRootNode()).activeElement);
  const close = knob('×', words.close, () => {
    const {layer} = network.place;
    network.go({why: [], pixel: -1});
    if (layer >= 0) network.show(layer, true);
    else network.diagram.focus(network.diagram.nodes[0].tiles[0]);
  });
  close.className = 'close';
  answer.replaceChildren(close, ...(place.why.length ? whyParts(network) : touchedParts(network, masks)));
  if (focused) /** @type {HTMLElement | null} */ (answer.querySelector('h3'))?.focus({preventScroll: true});
}

/** A heading that the focus can go to, so that it is read out. @param {string} text */
const heading = text => make('h3', {tabindex: -1}, text);

/** @param {Network} network */
function whyParts(network) {
  const {words, layers, place: {why}, source} = network, asked = why[why.length - 1], {n, k} = asked, layer = layers[n], {t, told: about} = layer;
  const at = told(unravel(k, t.output.shape), t.view.output.along), value = numeral(t.output, k);
  const trail = make('ol', {class: 'trail', 'aria-label': words.path}, ...why.map((one, i) => {
    const name = one.n < 0 ? words.input : `${one.n + 1} ${layers[one.n].told.noun}`, text = `${name} ${numeral(network.array(one.n), one.k)}`;
    return make('li', {}, i === why.length - 1 ? make('span', {'aria-current': 'step'}, text) : knob(text, '', () => network.go({why: why.slice(0, i + 1)})));
  }));
  const parts = [...(why.length > 1 ? [trail] : []), heading(filled(words.title, {at, n: n + 1, noun: about.noun, value}))];
  if (about.stage !== undefined) parts.push(make('p', {}, knob(words.show, '', () => network.open(n, k))));
  if (!follows(layer)) return [...parts, make('p', {}, filled(words.stop, {call: about.stops}))];
  const [n0, k0] = scoreOf(layers, n, k);
  if (n0 !== n) parts.push(make('p', {}, filled(words.shared, {noun: about.noun, score: numeral(network.array(n0), k0)})));
  return [...parts, make('div', {class: 'two'}, sharesPart(network, layer, k), pixelsPart(network, source, asked))];
}

/** What each number of the layer before gave, the largest first; each leads further down. @param {Network} network @param {Layer} layer @param {number} k */
function sharesPart(network, layer, k) {
  const {words, place: {why}} = network, {t, told: about} = layer, all = ranked(sharesOf(layer, k)), most = magnitude(all[0]?.amount) || 1;
  const list = make('ol', {class: 'gave'});
  /** @param {string} name @param {string} from @param {number} amount */
  const row = (name, from, amount) => {
    const bar = make('i', {class: amount < 0 ? 'below' : ''});
    bar.style.setProperty('--part', String(Math.min(1, Math.abs(amount) / most) || 0));
    return [make('span', {}, name), make('small', {}, from), bar, make('b', {}, about.squashes ? '' : minus(shown(amount)))];
  };
  for (const share of all.slice(0, NAMED)) {
    const below = about.down[share.input], array = t.inputs[share.input], text = numeral(array, share.at);
    const button = knob('', '', () => (below < 0 ? network.go({pixel: share.at, why: []}) : network.go({why: [...why, {n: below, k: share.at}]})));
    button.append(...row(told(unravel(share.at, array.shape), share.input === 'input' ? t.view.input?.along : undefined), about.squashes ? text : `${text} · ${minus(shown(share.factor))}`, share.amount));
    list.append(make('li', {'data-share': `${below + 1}:${share.at}`, 'data-amount': share.amount}, button));
  }
  const rest = all.slice(NAMED);
  if (rest.length) {
    const amount = rest.reduce((sum, share) => sum + share.amount, 0);
    list.append(make('li', {'data-rest': rest.length, 'data-amount': amount}, make('div', {}, ...row(filled(words.others, {n: rest.length}), '', amount))));
  }
  const result = Number(t.output.values[k]), total = all.reduce((sum, share) => sum + share.amount, 0), left = result - total;
  if (!about.squashes && (t.inputs.bias || Math.abs(left) > 1e-5 * (Math.abs(result) + most))) {
    const [sign, first, ...others] = t.view.rule, bias = sign === '+' && first[0] === 'each +' ? Number(worked(['+', 0, ...others], t, stepOf(t, k))) : left;
    list.append(make('li', {'data-bias': bias}, make('div', {}, ...row(words.bias, '', bias))));
  }
  if (!about.squashes) list.append(make('li', {class: 'total'}, make('div', {}, make('span', {}, words.sum), make('b', {}, numeral(t.output, k)))));
  return make('div', {class: 'down'}, make('h4', {}, words.from), ...(all.length ? [list] : [make('p', {}, words.none)]));
}

/** The input with the receptive field framed, and what each of its cells gave. @param {Network} network @param {Cells} source @param {Asked} asked */
function pixelsPart({layers, words, diagram}, source, {n, k}) {
  const given = contributions(layers, source, ...scoreOf(layers, n, k)), box = /** @type {Span} */ (fields(layers, source, n, k).get(-1) ?? source.shape.map(() => [0, 0]));
  const [n0, k0] = scoreOf(layers, n, k), score = Number((n0 < 0 ? source : layers[n0].t.output).values[k0]), total = given.reduce((a, b) => a + b, 0);
  const left = score - total, size = given.reduce((a, b) => a + Math.abs(b), Math.abs(score));
  const rest = Math.abs(left) <= (source.single ? 1e-6 : 2e-15) * size ? 0 : left; // 0 where only rounding is left
  const count = box.reduce((all, [low, high]) => all * (high - low), 1), {plan} = diagram.nodes[0];
  const most = Math.max(...extent(given).map(Math.abs)), figures = [];
  /** @param {ArrayLike<Value>} values @param {boolean} diverging @param {string} caption @param {boolean} framed */
  const figure = (values, diverging, caption, framed) => {
    const canvas = /** @type {HTMLCanvasElement} */ (make('canvas', {role: 'img', 'aria-label': caption})), map = Math.max(0, plan.maps.findIndex((_, i) => contained(plan, i, diagram.image, box, source.shape)));
    const ends = /** @type {[number, number]} */ (diverging ? [-most, most] : extent(source.values));
    paint(canvas, plan, map, diagram.image, values, ends, diverging || ends[0] < 0);
    const holder = make('div', {class: 'field'}, canvas);
    if (framed) holder.append(...frame(plan, map, diagram.image, box, source.shape));
    return make('figure', {}, holder, make('figcaption', {}, caption));
  };
  figures.push(figure(source.values, false, filled(words.field, {n: count.toLocaleString('en'), total: source.values.length.toLocaleString('en')}), true));
  figures.push(figure(given, true, filled(words.gave, {most: minus(shown(most))}), true));
  const sum = make('p', {'data-total': total, 'data-rest': rest, 'data-field': box.flat().join()}, filled(words.given, {total: minus(shown(total)), rest: minus(shown(rest))}));
  return make('div', {class: 'pixels'}, make('div', {class: 'figures'}, ...figures), sum);
}

/** Whether a map of the input has a cell in a box. @param {Picture} plan @param {number} map @param {number} image @param {Span} box @param {number[]} shape */
const contained = (plan, map, image, box, shape) => Boolean(frameOf(plan, map, image, box, shape));

/** A box on a map as an element to lay over it; none where they do not meet.
 * @param {Picture} plan @param {number} map @param {number} image @param {Span} box @param {number[]} shape */
function frame(plan, map, image, box, shape) {
  const edges = frameOf(plan, map, image, box, shape);
  if (!edges) return [];
  const [top, bottom, left, right] = edges.map(edge => edge * 100);
  return [Object.assign(make('i', {class: 'frame window'}), {style: `left:${left}%;top:${top}%;width:${right - left}%;height:${bottom - top}%`})];
}

/** The edges of a box on a map, top, bottom, left, right as parts of it; null where they do not meet.
 * @param {Picture} plan @param {number} map @param {number} image @param {Span} box @param {number[]} shape @returns {number[] | null} */
function frameOf(plan, map, image, box, shape) {
  const rows = [], columns = [];
  for (let row = 0; row < plan.rows[0]; row++) {
    for (let column = 0; column < plan.columns[0]; column++) {
      const index = unravel(pixelAt(plan, map, image, row, column), shape);
      if (!index.every((i, axis) => i >= box[axis][0] && i < box[axis][1])) continue;
      rows.push(row);
      columns.push(column);
    }
  }
  if (!rows.length) return null;
  const ends = (/** @type {number[]} */ at, /** @type {number} */ size) => [extent(at)[0] / size, (extent(at)[1] + 1) / size];
  return [...ends(rows, plan.rows[0]), ...ends(columns, plan.columns[0])];
}

/** What a pixel touched, and fields to choose another by. @param {Network} network @param {Map<number, Uint8Array | null>} masks */
function touchedParts(network, masks) {
  const {words, layers, source, place: {pixel}} = network, index = unravel(pixel, source.shape);
  const fields = index.map((i, axis) => {
    const field = /** @type {HTMLInputElement} */ (make('input', {type: 'number', min: 0, max: source.shape[axis] - 1, value: i, 'aria-label': filled(words.place, {n: axis, last: source.shape[axis] - 1})}));
    field.addEventListener('change', () => {
      const at = Math.max(0, Math.min(source.shape[axis] - 1, Math.round(Number(field.value)) || 0));
      network.go({pixel: ravel(index.map((one, a) => (a === axis ? at : one)), source.shape)});
    });
    return source.shape[axis] > 1 ? field : '0';
  });
  const rows = layers.map(({n, told: about}) => {
    const mask = masks.get(n), count = mask ? mask.reduce((sum, one) => sum + one, 0) : 0, total = network.array(n).values.length;
    const bar = make('i');
    bar.style.setProperty('--part', String(count / total));
    return make('li', {'data-touched': count}, make('div', {}, make('span', {}, `${n + 1} ${about.noun}`), make('small', {}, about.size), bar, make('b', {}, mask ? filled(words.part, {n: count.toLocaleString('en'), total: total.toLocaleString('en')}) : '?')));
  });
  return [heading(filled(words.touched, {at: told(index, layers[0].t.view.input?.along)})), make('p', {}, filled(words.pixel, {value: numeral(source, pixel)})), make('p', {class: 'pixel'}, `${words.another} (`, ...fields.flatMap((field, axis) => (axis ? [', ', field] : [field])), ')'), make('ol', {class: 'gave touched'}, ...rows)];
}
