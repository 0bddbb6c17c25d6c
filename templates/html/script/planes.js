/* Channels, filters, images and depths: tabs for each, and what every channel contributes to a sum. */

/** How many planes of a window stand beside each other. @param {any} told a trace's view */
const beside = told => abreastOf[0]?.(told) ?? 1;
/** @type {((told: any) => number)[]} */
const abreastOf = [];

extensions.push(stage => {
  /** @type {Map<View, HTMLElement>} */
  const bars = new Map();
  // The window moves over a whole plane before the filter changes, wherever channels lie in the array.
  stage.on('recounted', () => {
    const [{t: {view: {axes, output}}}] = stage.views;
    if (!axes || stage.views[1]) return;
    const sizes = Array(axes.length + 2).fill(1);
    output.roles.forEach((/** @type {number} */ role, /** @type {number} */ axis) => (sizes[role] = output.shape[axis]));
    for (const [k] of [...stage.steps]) stage.steps[ravel(placeOf(output, k, axes.length), sizes)] = [k];
  });
  stage.on('built', (/** @type {View} */ view) => {
    view.element.querySelector('.shares')?.remove();
    if (!view.t.view.axes) return bars.get(view)?.remove(); // after a switch from a layer to its way back
    if (!bars.has(view)) bars.set(view, make('div', {class: 'planes'}));
    view.figure.before(/** @type {HTMLElement} */ (bars.get(view)));
  });
  stage.on('drawn', (/** @type {View} */ view) => {
    const {t, s} = view, {view: told, inputs} = t, bar = bars.get(view);
    if (!bar || view.k < 0 || !told.axes) return;
    const names = told.names, [image, channel, ...cell] = s.place, planes = view.planes ?? [];
    const images = told.output.roles.includes(0) ? told.output.shape[told.output.roles.indexOf(0)] : 1;
    /** @param {number} n @param {number} c */
    const to = (n, c) => stage.go(stage.stepFor(view, cellAt(told.output, [n, c, ...cell])));
    /** @param {string} template @param {number} count */
    const named = (template, count) => [...Array(count).keys()].map(n => template.replace('{n}', String(n)));
    const chosen = view.plane % planes.length, key = [image, channel, chosen, images, planes.join(';')].join('|');
    const rows = [];
    if (images > 1) rows.push(tabs(names.images, named(names.image, images), image, n => to(n, channel)));
    if (told.channels.length > 1) {
      rows.push(tabs(told.kernel ? names.filters : names.channels, named(told.kernel ? names.filter : names.channel, told.channels.length), channel, n => to(image, n)));
    }
    if (planes.length > 1) {
      // Depths that stand beside each other need no tabs.
      const abreast = beside(told), kept = planes.filter((_, n) => n % abreast === 0), now = Math.floor(chosen / abreast);
      const labels = kept.map(plane => {
        const [c, ...lead] = plane.split(',');
        const parts = told.kernel && told.channels[0][1] > 1 ? [names.channel.replace('{n}', c)] : [];
        return [...parts, ...(abreast > 1 ? [] : lead.map(d => names.depth.replace('{n}', minus(d))))].join(', ');
      });
      if (kept.length > 1) rows.push(tabs(names.channels, labels, now, n => lookAt(stage, view, n * abreast)));
    }
    putTabs(bar, key, rows);
    view.element.querySelector('.shares')?.remove();
    if (!inputs.kernel || told.spelled || told.channels[0][1] < 2 || stage.keeps(view.k)) return;
    const [first, count] = told.channels[channel], terms = [];
    for (let c = first; c < first + count; c++) {
      const own = s.taps.filter(tap => tap.place[1] === c);
      const total = own.reduce((sum, tap) => sum + Number(tap.value) * Number(tap.weight), 0);
      terms.push(make('span', {class: `share${planes[chosen]?.split(',')[0] === String(c) ? ' lit' : ''}`}, make('small', {}, names.channel.replace('{n}', String(c))), make('b', {}, minus(shown(inputs.input.single ? Math.fround(total) : total)))));
    }
    const bias = biasOf(t, s);
    if (bias !== undefined) terms.push(make('span', {class: 'share'}, make('small', {}, names.bias), make('b', {}, minus(digits(inputs.bias, bias)))));
    const line = make('p', {class: 'shares'}, ...terms.flatMap((term, i) => (i ? ['+', term] : [term])), '→', make('span', {class: 'share total'}, make('small', {}, names.sum), make('b', {}, minus(digits(t.output, resultOf(t, s.k))))));
    view.working.before(line);
  });
});
