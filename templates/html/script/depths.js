/* A window through depth: every depth that it covers stands beside the first, with the weights that lie on it. */

/** So many depths are drawn. */
const DEPTHS = 4;

/** How many depths a window covers; 1 where none are drawn beside the first. @param {any} told a trace's view */
const depthsOf = ({axes, bare}) => (axes?.length === 3 && !bare ? Math.min(DEPTHS, Math.max(...axes[0].at.map((/** @type {number[]} */ at) => at.length))) : 1);

abreastOf.push(depthsOf);

extensions.push(stage => {
  /** The planes beside the first: of the input, and of the kernel where there is one. @type {Map<View, {input: Grid, kernel?: Grid}[]>} */
  const others = new Map();
  stage.on('built', (/** @type {View} */ view) => {
    const {t: {view: told, inputs}, input, grids, figure} = view, many = depthsOf(told);
    others.delete(view);
    if (many < 2) return;
    const first = grids.find(grid => grid.kind === 'weight'), made = [];
    let last = first ? figure.children[1] : figure.children[0];
    for (let n = 1; n < many; n++) {
      const one = new Grid('in', input.plan, '', input.spans, stage.words, longest(inputs.input), input.sizes), kernel = first && new Grid('weight', first.plan, '', first.spans, stage.words, 1);
      if (kernel) [kernel.numberAt, kernel.spot] = [first.numberAt.bind(kernel), first.spot.bind(kernel)];
      const elements = [signed(told.kernel ? '+' : ',', one), ...(kernel ? [signed('∗', kernel)] : [])];
      last.after(...elements);
      last = /** @type {Element} */ (elements.at(-1));
      grids.push(one, ...(kernel ? [kernel] : []));
      made.push({input: one, kernel});
    }
    others.set(view, made);
  });
  stage.on('drawn', (/** @type {View} */ view) => {
    const made = others.get(view), {s, t: {view: told, inputs}, planes, input, output, grids} = view;
    if (!made || view.k < 0) return;
    const many = depthsOf(told), from = Math.floor((view.plane % planes.length) / many) * many, pin = stage.pinned?.view === view ? stage.pinned.spot : null;
    /** @param {Grid} grid @param {string} caption @param {number} depth */
    const name = (grid, caption, depth) => (grid.caption.textContent = [caption, told.names.depth.replace('{n}', minus(String(depth)))].filter(Boolean).join(' · '));
    const first = grids.find(grid => grid.kind === 'weight'), winner = !stage.keeps(view.k) && winnerOf(view.t, s);
    made.forEach((one, i) => {
      const plane = planes[from + i + 1], taps = s.taps.filter(tap => view.planeOf(tap) === plane), [tap] = taps;
      if (!tap) return;
      one.input.origin = input.origin;
      one.input.show(input.plan.roles?.map(role => tap.place[role]) ?? []);
      view.drawInput(one.input, taps, view.box, pin, winner);
      one.input.frame('window', view.box);
      name(one.input, '', tap.place[2]);
      if (!one.kernel || tap.weightAt < 0) return;
      one.kernel.show(unravel(tap.weightAt, one.kernel.plan.shape));
      one.kernel.draw(({at}) => ({text: numeral(inputs.kernel, at), holding: {pinned: pin?.kind === 'weight' && at === pin.at, lit: s.taps[view.lit]?.weightAt === at, changed: changedAt(inputs.kernel, at)}}));
      name(one.kernel, '', tap.offset[0]);
    });
    name(input, told.captions.input, view.taps[0]?.place[2] ?? 0);
    if (first && view.taps[0]) name(first, told.captions.kernel, view.taps[0].offset[0]);
    name(output, told.captions.output, s.place[2]);
  });
});
