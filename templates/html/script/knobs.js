/* Knobs: what a reader may turn beside the figure. Geometry, picture, formula, sizes and the frameworks' calls follow at once. */

const DIALECTS = ['keras', 'torch', 'onnx'];

extensions.push(stage => {
  const {knobs} = stage.told;
  if (!knobs) return;
  const form = stage.part('.knobs'), listed = stage.part('.calls'), rows = [...listed.querySelectorAll('p')];
  const bench = make('div', {class: 'bench'}), sizes = make('p', {class: 'sizes'}), order = [knobs.dialect, ...DIALECTS.filter(one => one !== knobs.dialect)];
  /** @param {string} name @returns {any} */
  const control = name => form.querySelector(`[data-knob=${name}]`);
  const preset = form.querySelector('[data-preset]');
  /** @type {Turned} */
  let turned, /** @type {Trace} */ first, /** @type {Value | null} */ bias;
  /** @type {Kept} */
  let input, /** @type {Kept} */ kernel, acting = knobs.dialect, from = '';

  /** Everything as the lesson has it. */
  const begin = () => {
    turned = structuredClone(knobs.turned);
    [input, kernel] = [new Map(), new Map()];
    keepNumbers(input, first.inputs.input);
    if (first.inputs.kernel) keepNumbers(kernel, lyingFlat(first));
    bias = first.inputs.bias?.values[0] ?? (knobs.biased ? 0 : null);
  };

  /** A kernel in its own framework's shape, as a plane. @param {Trace} t @returns {Cells} */
  const lyingFlat = ({inputs}) => ({...inputs.kernel, shape: knobs.turned.window});

  /** Numbers that were changed in the figure since. */
  const gather = () => {
    const {inputs} = stage.views[0].t;
    keepNumbers(input, inputs.input);
    if (inputs.kernel) keepNumbers(kernel, stage.views[0].t === first ? lyingFlat(first) : inputs.kernel);
    if (inputs.bias) bias = inputs.bias.values[0];
  };

  /** Whether a mean counts the padding, where this framework's call is carried out. @param {string} dialect */
  const counts = dialect => Number(turned.padding) > 0 && (turned.counted ?? dialect === 'torch');

  /** The trace of what is turned. @param {string} call @param {AxisPlan[]} plans @param {boolean} counted @returns {Trace} */
  const traced = (call, plans, counted) => {
    const {operation, window, size} = turned, template = knobs.views[operation === 'mean' && counted ? 'counted' : operation];
    const shape = plans.map(plan => plan.output), axes = plans.map(({size: n, drawn: seen, at, edge}) => ({size: n, drawn: seen, at, ...(edge === undefined ? {} : {edge})}));
    const weighs = 'weights' in template || Boolean(template.kernelPlan), spread = operation === 'transposed';
    const padded = !spread && plans.some(({before, after}) => before + after > 0), outside = axes.some(axis => axis.edge !== undefined);
    const {captions} = knobs, across = padded ? plans.map(plan => plan.size + plan.before + plan.after) : size;
    const said = captions[outside ? (padded ? 'both' : 'outside') : padded ? 'padded' : 'plain'];
    const view = {
      ...template, axes, input: {...template.input, shape: size}, output: {...template.output, shape},
      captions: {...template.captions, input: filled(said, {size: across.join('×')}), output: filled(captions.output, {size: shape.join('×')}), kernel: filled(captions.kernel, {size: window.join('×')})},
    };
    const {single} = first.inputs.input, numbers = numbersOf(input, size, single, false);
    /** @type {Record<string, Cells>} */
    const inputs = {input: numbers};
    if (operation === 'mean') view.figures = {count: plans.map(plan => divisors(plan, counted))};
    if (weighs) {
      inputs.kernel = numbersOf(kernel, window, single, true);
      view.kernel = {first: [0], channel: 0, place: window.map((_, axis) => window.slice(axis + 1).reduce((a, b) => a * b, 1))};
      view.kernelPlan = {...template.kernelPlan, shape: window};
      if (bias === null) {
        view.rule = template.rule.slice(0, 2);
        view.captions.bias = view.beside = undefined;
      } else inputs.bias = {values: [bias], shape: [1], whole: typeof bias === 'bigint' || Number.isInteger(bias), single};
    }
    const t = {view, inputs, output: {values: /** @type {Value[]} */ ([]), shape, whole: false, single}, call};
    t.output.whole = operation !== 'mean' && wholly(t);
    t.output.values = Array.from({length: shape.reduce((a, b) => a * b, 1)}, (_, k) => workOut(t, k));
    return t;
  };

  /** Whether all is as the lesson has it. */
  const untouched = () => JSON.stringify(turned) === JSON.stringify(knobs.turned) && from === numbersNow();
  const numbersNow = () => [numbersOf(input, knobs.turned.size, false, false), numbersOf(kernel, knobs.turned.window, false, true)].map(({values}) => values.join()).join(';') + bias;

  /** What is turned is shown: the figure follows the lesson's own framework, or the first that takes it. */
  const show = () => {
    const found = order.find(dialect => said(dialect, turned, counts(dialect), bias !== null).call !== undefined);
    acting = found ?? acting;
    const counted = counts(acting), told = DIALECTS.map(dialect => said(dialect, turned, counted, bias !== null)), own = told[DIALECTS.indexOf(acting)];
    rows.forEach((row, i) => {
      const one = told[i], place = /** @type {HTMLElement} */ (row.lastElementChild), shape = one.call === undefined ? '' : one.plans.map(plan => plan.output).join('×');
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
    const weighs = turned.operation === 'convolution' || turned.operation === 'transposed';
    for (const name of ['kernel', 'bias']) if (control(name)) control(name).disabled = !weighs;
    if (preset) preset.disabled = !weighs || !(control('window') || turned.window.every(n => n === 3));
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
    view.plane = 0;
    view.build(next);
    stage.recount();
    stage.go(stage.at);
    stage.tell('pinned');
    // The controls keep their place when a figure becomes smaller again.
    bench.style.minHeight = `${Math.max(parseFloat(bench.style.minHeight) || 0, bench.offsetHeight)}px`;
  };
  /** @param {AxisPlan[]} plans */
  const same = plans => plans.every(plan => plan.working === plans[0].working);

  /** The fields of the kernel as it stands, but for the one that is written in. */
  const write = () => {
    const field = control('kernel'), now = numbersOf(kernel, turned.window, first.inputs.input.single, true), root = /** @type {any} */ (form.getRootNode());
    if (!field) return;
    if (root.activeElement !== field) [field.value] = [writtenKernel(now), attribute(field, 'aria-invalid')];
    if (root.activeElement !== control('bias')) [control('bias').value] = [bias === null ? '' : digits(now, bias), attribute(control('bias'), 'aria-invalid')];
  };

  /** @param {() => void} change */
  const turn = change => {
    gather();
    change();
    show();
    write();
  };

  /** @param {string} text @returns {boolean} whether it is a kernel */
  const take = text => {
    const read = kernelRows(text, Math.max(5, ...knobs.turned.window)), axes = turned.window.length, shape = read && (axes > 1 ? [read.length, read[0].length] : [read[0].length]);
    if (!read || !shape || (axes < 2 && read.length > 1) || (!control('window') && String(shape) !== String(turned.window))) return false;
    turn(() => {
      turned.window = shape;
      keepNumbers(kernel, /** @type {Cells} */ ({values: read.flat(), shape}));
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
      const value = element.value.trim() ? understood(element.value) : null;
      attribute(element, 'aria-invalid', value === null && element.value.trim() ? 'true' : null);
      if (value !== null || !element.value.trim()) turn(() => (bias = value));
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
    if (element === preset) return preset.value && take(PRESETS[preset.value][turned.window.length > 1 ? 0 : 1]);
    if (preset) preset.value = '';
    turns[element.dataset.knob]?.(element);
  });
  form.addEventListener('focusout', () => write());
  form.addEventListener('submit', (/** @type {Event} */ event) => event.preventDefault());
  form.querySelector('[data-draw]').addEventListener('click', () => turn(() => {
    const {input: seen, kernel: weights} = stage.views[0].t.inputs;
    keepNumbers(input, {...seen, values: seen.values.map(() => drawn(false))});
    if (weights && control('kernel')) keepNumbers(kernel, {...weights, shape: turned.window, values: weights.values.map(() => drawn(true))});
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
    show();
    write();
  });
});
