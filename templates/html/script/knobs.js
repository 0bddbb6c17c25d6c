/* Knobs: what a reader may turn beside the figure. Geometry, picture, formula, sizes and the frameworks' calls follow at once. */

const DIALECTS = ['keras', 'torch', 'onnx'];

extensions.push(stage => {
  const {knobs} = stage.told;
  if (!knobs) return;
  /** @type {{letters?: Letters}} of exact numbers and letters */
  const {letters} = knobs;
  const form = stage.part('.knobs'), listed = stage.part('.calls'), rows = [...listed.querySelectorAll('p')];
  const bench = make('div', {class: 'bench'}), sizes = make('p', {class: 'sizes'}), order = [knobs.dialect, ...DIALECTS.filter(one => one !== knobs.dialect)];
  /** @param {string} name @returns {any} */
  const control = name => form.querySelector(`[data-knob=${name}]`);
  const preset = form.querySelector('[data-preset]');
  /** @type {Turned} */
  let turned, /** @type {Trace} */ first, /** @type {Value[] | null} */ bias;
  /** @type {Kept} */
  let input, /** @type {Kept} */ kernel, acting = knobs.dialect, from = '';

  /** How what a reader writes is read. @type {(text: string) => any} */
  const reading = letters ? exactlyRead : understood;

  /** Everything as the lesson has it. */
  const begin = () => {
    turned = structuredClone(knobs.turned);
    [input, kernel] = [new Map(), new Map()];
    read(first);
    bias = first.inputs.bias?.values.slice() ?? (knobs.biased ? Array(turned.filters).fill(0) : null);
    if (!letters) return;
    // Beside letters, more letters come in.
    const others = [...input.values(), ...kernel.values(), ...(bias ?? [])], [size, window] = ['size', 'window'].map(name => Number(control(name)?.max ?? 0));
    lettersBeyond(input, [turned.channels, ...plane(turned.size.map(n => Math.max(n, size)))], 'xuvst', others);
    lettersBeyond(kernel, [turned.filters, turned.channels, ...plane(turned.window.map(n => Math.max(n, window)))], 'wkmn', others);
  };

  /** The numbers that a trace shows. @param {Trace} t */
  const read = ({view, inputs}) => {
    keepNumbers(input, inputs.input, pixelsOf(view), place => inputAt(view, place));
    if (inputs.kernel) keepNumbers(kernel, inputs.kernel, weightsOf(view), place => weightAt(view, place));
  };

  /** Numbers that were changed in the figure since. */
  const gather = () => {
    const {t} = stage.views[0];
    read(t);
    if (t.inputs.bias) bias = t.inputs.bias.values.slice();
  };

  /** Whether a mean counts the padding, where this framework's call is carried out. @param {string} dialect */
  const counts = dialect => Number(turned.padding) > 0 && (turned.counted ?? dialect === 'torch');

  /** The trace of what is turned. @param {string} call @param {AxisPlan[]} plans @param {boolean} counted @returns {Trace} */
  const traced = (call, plans, counted) => {
    const {operation, window, size, filters} = turned, template = knobs.views[operation === 'mean' && counted ? 'counted' : operation];
    const view = viewOf(template, turned, plans, knobs.lying, knobs.planes), outputs = plans.map(plan => plan.output), spread = operation === 'transposed';
    const padded = !spread && plans.some(({before, after}) => before + after > 0), outside = plans.some(plan => plan.edge !== undefined);
    const {captions} = knobs, across = padded ? plans.map(plan => plan.size + plan.before + plan.after) : size;
    const said = captions[outside ? (padded ? 'both' : 'outside') : padded ? 'padded' : 'plain'];
    view.captions = {...template.captions, input: filled(said, {size: across.join('×')}), output: filled(captions.output, {size: outputs.join('×')}), kernel: filled(captions.kernel, {size: window.join('×')})};
    const {single} = first.inputs.input;
    /** @type {Record<string, Cells>} */
    const inputs = {input: numbersOf(input, view.input.shape, pixelsOf(view), place => inputAt(view, place), single, false)};
    if (operation === 'mean') view.figures = {count: plans.map(plan => divisors(plan, counted))};
    if (view.kernel) {
      inputs.kernel = numbersOf(kernel, view.kernelPlan.shape, weightsOf(view), place => weightAt(view, place), single, true);
      if (bias === null) {
        view.rule = template.rule.slice(0, 2);
        view.captions.bias = view.beside = undefined;
      } else inputs.bias = {values: bias, shape: [filters], whole: bias.every(one => typeof one === 'bigint' || Number.isInteger(one)), single};
    }
    const t = {view, inputs, output: {values: /** @type {Value[]} */ ([]), shape: view.output.shape, whole: false, single}, call};
    if (letters) {
      view.results = turnExactly(t, letters);
      return t;
    }
    t.output.whole = operation !== 'mean' && wholly(t);
    t.output.values = Array.from({length: view.output.shape.reduce((/** @type {number} */ a, /** @type {number} */ b) => a * b, 1)}, (_, k) => workOut(t, k));
    return t;
  };

  /** The filter and the channel that are shown. @returns {[number, number]} */
  const shownPlane = () => {
    const {s, planes, plane: chosen} = stage.views[0];
    return s && weighs() ? [s.place[1], Number(planes[chosen % planes.length]?.split(',')[0]) || 0] : [0, 0];
  };
  const weighs = () => turned.operation === 'convolution' || turned.operation === 'transposed';

  /** Whether all is as the lesson has it. */
  const untouched = () => JSON.stringify(turned) === JSON.stringify(knobs.turned) && from === numbersNow();
  const numbersNow = () => [[input, pixelsOf(first.view)], [kernel, first.view.kernel ? weightsOf(first.view) : []]].map(([kept, places]) => /** @type {number[][]} */ (places).map(place => /** @type {Kept} */ (kept).get(String(place))).join()).join(';') + bias;

  /** What is turned is shown: the figure follows the lesson's own framework, or the first that takes it. */
  const show = () => {
    const found = order.find(dialect => said(dialect, turned, counts(dialect), bias !== null).call !== undefined);
    acting = found ?? acting;
    const counted = counts(acting), told = DIALECTS.map(dialect => said(dialect, turned, counted, bias !== null)), own = told[DIALECTS.indexOf(acting)];
    rows.forEach((row, i) => {
      const one = told[i], place = /** @type {HTMLElement} */ (row.lastElementChild), shape = one.call === undefined ? '' : outputShape(DIALECTS[i], one.plans.map(plan => plan.output));
      row.classList.toggle('acting', Boolean(found) && DIALECTS[i] === acting);
      attribute(row, 'data-refused', one.refused ?? null);
      attribute(row, 'aria-current', found && DIALECTS[i] === acting ? 'true' : null);
      place.replaceChildren(...(one.call === undefined ? [`✗ ${filled(knobs.refusals[one.refused], one.numbers ?? {})}`] : [make('code', {}, one.call), ` → ${shape}`]));
    });
    stage.element.classList.toggle('refused', !found);
    for (const name of ['window', 'stride', 'dilation', 'size']) {
      const range = control(name);
      if (!range) continue;
      const each = /** @type {any} */ (turned)[name];
      range.value = Math.max(...each);
      range.previousElementSibling.textContent = name === 'window' || name === 'size' ? each.join('×') : even(each);
      range.setAttribute('aria-valuetext', range.previousElementSibling.textContent);
    }
    for (const name of ['kernel', 'bias']) if (control(name)) control(name).disabled = !weighs();
    if (preset) preset.disabled = !weighs() || !(control('window') || turned.window.every(n => n === 3));
    if (control('operation')) control('operation').value = turned.operation;
    if (control('padding')) control('padding').value = String(turned.padding);
    if (control('ceil')) control('ceil').checked = turned.ceil;
    if (!found || own.call === undefined) return;
    sizes.replaceChildren(...(same(own.plans) ? [own.plans[0]] : own.plans).map((plan, axis) => make('span', {}, make('small', {}, same(own.plans) ? knobs.axes.join(', ') : knobs.axes[axis]), ` ${minus(plan.working)}`)));
    const [view] = stage.views, live = livingOf(stage.root), seen = view.t;
    const next = untouched() ? first : traced(own.call, own.plans, counted);
    if (next === seen && seen === first) return;
    if (seen !== first) live.delete(seen);
    stage.pinned = null;
    if (view.plane >= turned.channels) view.plane = 0;
    const before = view.s.place, {channels, axes, output} = next.view;
    view.build(next);
    stage.recount();
    stage.go(stage.stepFor(view, cellAt(output, before.map((at, i) => Math.min(at, (i > 1 ? axes[i - 2].at.length : i ? channels.length : 1) - 1)))));
    stage.tell('pinned');
    const made = letters && next === first ? traced(own.call, own.plans, counted) : next; // of which long results are known, not only their names
    stage.root.dispatchEvent(new CustomEvent('stepwise-turned', {bubbles: true, composed: true, detail: {
      call: own.call, ...Object.fromEntries(Object.entries({...made.inputs, output: made.output}).map(([name, {shape, values}]) => [name, {shape, values: letters ? (name === 'output' ? made.view.results : values.map(String)) : Array.from(values, Number)}])),
    }}));
    // The controls keep their place when a figure becomes smaller again.
    bench.style.minHeight = `${Math.max(parseFloat(bench.style.minHeight) || 0, bench.offsetHeight)}px`;
  };
  /** Rows and columns that come out, with as many channels where a framework has them. @param {string} dialect @param {number[]} outputs */
  const outputShape = (dialect, outputs) => {
    const made = weighs() ? turned.filters : turned.channels, shape = made < 2 ? outputs : dialect === 'keras' ? [...outputs, made] : [made, ...outputs];
    return shape.join('×');
  };
  /** @param {AxisPlan[]} plans */
  const same = plans => plans.every(plan => plan.working === plans[0].working);

  /** The fields of the kernel that is shown as it stands, but for the one that is written in. */
  const write = () => {
    const field = control('kernel'), {single} = first.inputs.input, root = /** @type {any} */ (form.getRootNode());
    if (!field) return;
    const [filter, channel] = shownPlane(), own = control('bias');
    if (root.activeElement !== field) [field.value] = [writtenKernel(kernel, filter, channel, turned.window, single), attribute(field, 'aria-invalid')];
    if (root.activeElement !== own) [own.value] = [bias === null ? '' : shown(bias[filter], single), attribute(own, 'aria-invalid')];
    const named = knobs.planes && weighs() && [turned.filters > 1 && knobs.planes.filter.replace('{n}', String(filter)), turned.channels > 1 && knobs.planes.channel.replace('{n}', String(channel))].filter(Boolean);
    form.querySelector('[data-whose]').textContent = named ? named.join(', ') : '';
  };

  /** @param {() => void} change */
  const turn = change => {
    gather();
    change();
    show();
    write();
  };

  /** A kernel that was written, of the filter and the channel that are shown; of a preset, of all its channels.
   * @param {string} text @param {boolean} [every] @returns {boolean} whether it is a kernel */
  const take = (text, every) => {
    const rows = kernelRows(text, Math.max(5, ...knobs.turned.window), reading), axes = turned.window.length, shape = rows && (axes > 1 ? [rows.length, rows[0].length] : [rows[0].length]);
    if (!rows || !shape || (axes < 2 && rows.length > 1) || (!control('window') && String(shape) !== String(turned.window))) return false;
    const [filter, chosen] = shownPlane();
    turn(() => {
      turned.window = shape;
      for (const [row, column] of placesOf(plane(shape))) {
        for (let channel = 0; channel < turned.channels; channel++) if (every || channel === chosen) kernel.set(String([filter, channel, row, column]), rows[row][column]);
      }
    });
    return true;
  };

  /** What each control does when it is turned. @type {Record<string, (element: any) => void>} */
  const turns = {
    operation: element => turn(() => (turned.operation = element.value)),
    padding: element => turn(() => (turned.padding = Number(element.value) || element.value)),
    ceil: element => turn(() => (turned.ceil = element.checked)),
    kernel: element => attribute(element, 'aria-invalid', take(element.value) ? null : 'true'),
    bias(element) {
      const value = element.value.trim() ? reading(element.value) : null;
      attribute(element, 'aria-invalid', value === null && element.value.trim() ? 'true' : null);
      if (value === null && element.value.trim()) return;
      const [filter] = shownPlane();
      turn(() => (bias = value === null ? null : Array.from({length: turned.filters}, (_, one) => (one === filter ? value : bias?.[one] ?? 0))));
    },
  };
  for (const name of ['window', 'stride', 'dilation', 'size']) {
    turns[name] = element => turn(() => {
      const each = /** @type {any} */ (turned);
      each[name] = each[name].map(() => Number(element.value));
    });
  }
  form.addEventListener('input', (/** @type {Event} */ {target}) => {
    const element = /** @type {any} */ (target);
    if (element === preset) return preset.value && take(PRESETS[preset.value][turned.window.length > 1 ? 0 : 1], true);
    if (preset) preset.value = '';
    turns[element.dataset.knob]?.(element);
  });
  form.addEventListener('focusout', () => write());
  form.addEventListener('submit', (/** @type {Event} */ event) => event.preventDefault());
  form.querySelector('[data-draw]').addEventListener('click', () => turn(() => {
    const {view} = stage.views[0].t;
    for (const place of pixelsOf(view)) input.set(String(place), drawn(false));
    if (view.kernel && control('kernel')) for (const place of weightsOf(view)) kernel.set(String(place), drawn(true));
  }));
  stage.root.addEventListener('stepwise-changed', () => {
    gather();
    write();
  });
  stage.part('.changed-note button').addEventListener('click', () => {
    begin();
    show();
    write();
  });
  const {changed} = Stage.prototype;
  stage.changed = () => changed.call(stage) || (first !== undefined && stage.views[0].t !== first);

  stage.on('ready', () => {
    first = stage.views[0].t;
    begin();
    from = numbersNow();
    const views = stage.part('.views');
    views.before(bench);
    addEventListener('resize', () => (bench.style.minHeight = ''));
    bench.append(views, form);
    form.append(sizes);
    form.hidden = listed.hidden = false;
    stage.on('went', write);
    stage.on('planed', write);
    show();
    write();
  });
});
