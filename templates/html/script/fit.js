/*
 * The figure fits: the cells of its grids are squares, all of one size, as large as there is room for side by side. A long
 * number is set smaller, and one that still does not fit is rounded there, and whole where it is pointed at. On a phone the
 * figure is as high as the screen, less the controls.
 */

/** Sides of a cell, in pixels: the smallest and the largest; what is high on a phone besides the figure. */
const LEAST = 24, MOST = 56, BESIDE = 110;
/** Sizes of type, in pixels: of the smallest number, of the smallest weight; how wide a digit is. */
const SMALLEST = 9.75, TINY = 9, DIGIT = 0.645;

/** How wide a number is, in digits. @param {string} text */
const breadth = text => [...text].reduce((sum, c) => sum + (c === '.' ? 0.5 : /[−×+]/.test(c) ? 1.25 : 1), 0);

/** A number in a cell with room for so many digits: rounded, where it is longer. @param {string} text @param {number} room */
function fitted(text, room) {
  const value = Number(text.replace(/−/g, '-'));
  if (breadth(text) <= room || !Number.isFinite(value)) return text;
  const ways = [3, 2, 1, 0].map(n => +value.toFixed(n)).filter(Boolean).map(String);
  const powers = [2, 1, 0].map(n => value.toExponential(n).replace('e+', 'e'));
  return minus([...ways, ...powers].find(way => breadth(minus(way)) <= room) ?? powers[2]);
}

extensions.push(stage => {
  /** How many digits a cell of each view has room for, as large as others and as small as may be; a weight in it, and its sign.
   * @type {Map<View, [number, number, number, string]>} */
  const rooms = new Map();

  /** The numbers of a view's grids, as breadths: of an even choice of each. @param {View} view */
  const breadths = ({t, grids}) => {
    const arrays = [t.inputs.input, ...(grids.some(grid => grid.kind === 'weight') ? [t.inputs[t.view.weights ?? 'kernel']] : []), t.output];
    return arrays.flatMap(array => {
      const stride = Math.ceil(array.values.length / 200);
      return array.values.filter((_, i) => i % stride === 0).map(value => breadth(minus(digits(array, value))));
    }).sort((a, b) => a - b);
  };

  /** @param {View} view */
  const lay = view => {
    const {figure, grids, t} = view, across = figure.checkVisibility() && figure.clientWidth; // what is folded away takes its time, too
    if (!across || t.view.told) return;
    const found = breadths(view), type = parseFloat(getComputedStyle(figure).fontSize), small = across < 400;
    // Most numbers fit as they are, where there is room; a rare long one is rounded.
    const typical = Math.min(6, found[Math.floor((found.length - 1) * 0.75)] ?? 1), least = Math.max(30, Math.ceil(typical * DIGIT * SMALLEST + 2));
    const {kernel} = t.view.axes ? t.inputs : t.view, weights = (kernel?.values ?? []).slice(0, 500).map((/** @type {Value} */ value) => breadth(minus(digits(kernel, value))));
    /** @param {number} side */
    const put = side => {
      const room = (side - 2) / DIGIT, size = Math.max(SMALLEST, Math.min(type, (side - 6) / DIGIT / typical, weights.length ? side - 12 : type));
      const tiny = room / TINY, widest = Math.max(1, ...weights), sign = widest + 1.25 <= tiny ? '×' : '';
      rooms.set(view, [room / size, room / SMALLEST, tiny - breadth(sign), sign]);
      figure.style.setProperty('--side', `${side}px`);
      figure.style.setProperty('--type', `${size}px`);
      figure.style.setProperty('--weight', `${Math.max(TINY, Math.min(0.62 * type, room / (widest + breadth(sign))))}px`);
    };
    /** Whether all stands in one row, and no higher than that. @param {number} side @param {number} high */
    const fits = (side, high) => {
      put(side);
      if (grids.some(({element, table}) => table.offsetWidth > element.clientWidth)) return false;
      const middles = [...figure.children].map(child => /** @type {HTMLElement} */ (child).offsetTop + /** @type {HTMLElement} */ (child).offsetHeight / 2);
      return figure.offsetHeight <= high && (small || Math.max(...middles) - Math.min(...middles) < 40);
    };
    const wanted = Math.max(least, Math.round(Math.min(MOST, Math.max(2.75 * type, typical * DIGIT * type + 6))));
    figure.style.removeProperty('--foot');
    // In one row and so high; where it cannot, in one row; where it cannot, as large as its widest grid allows.
    const legends = figure.parentElement?.querySelector('.legends')?.clientHeight ?? 0;
    const high = small ? innerHeight - BESIDE - legends : 0.55 * innerHeight, most = [high, Infinity].find(one => fits(least, one));
    let side = small && most === Infinity ? least : wanted;
    if (most !== undefined) while (side > least && !fits(side, most)) side--;
    while (side > LEAST && grids.some(({sizes, large}) => sizes[1] * side > across - (large ? 40 : 20))) side--;
    put(side);
    if (small) return;
    const feet = [...figure.querySelectorAll('caption')].map(caption => caption.offsetHeight);
    figure.style.setProperty('--foot', `${Math.max(...feet)}px`);
  };

  stage.on('built', (/** @type {View} */ view) => {
    view.figure.classList.toggle('fit', !view.t.view.told); // letters take the room that they need
    view.figure.classList.toggle('weighed', Boolean(view.t.view.axes && view.t.inputs.kernel));
    for (const grid of view.grids) {
      const {draw} = grid;
      grid.draw = look => {
        /** @type {Map<HTMLElement, string>} */
        const whole = new Map();
        draw.call(grid, cell => {
          const one = look(cell), [room, most, small, sign] = rooms.get(view) ?? [99, 99, 99, '×'], bold = one.holding.result || one.holding.winner ? 0.9 : 1, text = fitted(one.text, bold * most), part = (bold * room) / breadth(text);
          if (text !== one.text) whole.set(cell.td, one.text);
          if (part < 1) cell.td.style.setProperty('--part', String(part));
          else if (cell.td.style.length) cell.td.removeAttribute('style');
          return {...one, text, weight: one.weight && sign + fitted(one.weight.slice(1), small)};
        });
        for (const {td} of grid.cells) attribute(td, 'title', whole.get(td));
      };
    }
    lay(view);
  });
  let width = '';
  const again = new ResizeObserver(() => {
    const now = stage.views.map(({figure}) => figure.clientWidth).join();
    if (now === width) return;
    width = now;
    stage.views.forEach(lay);
    stage.draw();
  });
  stage.on('ready', () => {
    for (const {figure} of stage.views) again.observe(figure);
  });
  stage.root.addEventListener('stepwise-changed', () => stage.views.forEach(lay), {capture: true});
});
