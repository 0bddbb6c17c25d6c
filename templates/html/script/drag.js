/* The window is dragged, with mouse, pen or finger, or moved by keys: it snaps to where windows lie, and the step follows. */

/** The position of an output along an axis whose window lies nearest. @param {(number | null)[][]} at @param {number} middle */
const nearestWindow = (at, middle) => {
  let best = 0, least = Infinity;
  at.forEach((line, i) => {
    const away = Math.abs(centreOf(line) - middle);
    if (away < least) [best, least] = [i, away];
  });
  return best;
};

/** The middle of what a window covers along an axis; where it covers nothing, nowhere. @param {(number | null)[]} line */
const centreOf = line => {
  const known = line.flatMap(p => p ?? []);
  return known.length ? (Math.min(...known) + Math.max(...known)) / 2 : NaN;
};

/** Pixels that a finger or a mouse may tremble before it drags. */
const TREMBLE = 4;

extensions.push(stage => {
  const {drag} = stage.told;
  if (!drag) return;
  const view = () => stage.views[0];

  /** Go to the window at another position: of each axis that is drawn, the output along it. @param {(axis: number, at: (number | null)[][], now: number) => number} choose */
  const move = choose => {
    const {t, s} = view(), {axes, output} = t.view, place = s.place.slice();
    for (let drawn = Math.max(0, axes.length - 2); drawn < axes.length; drawn++) {
      const {at} = axes[drawn];
      place[drawn + 2] = Math.max(0, Math.min(at.length - 1, choose(drawn - axes.length, at, place[drawn + 2])));
    }
    const n = stage.stepFor(view(), cellAt(output, place));
    if (n !== stage.at) stage.go(n);
  };

  stage.on('built', (/** @type {View} */ {input}) => {
    input.frame('window', null);
    const frame = input.frames.window;
    for (const [name, value] of [['tabindex', '0'], ['role', 'application'], ['aria-label', drag]]) frame.setAttribute(name, value);
    frame.addEventListener('keydown', event => {
      const step = {ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0]}[event.key];
      if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      event.stopPropagation();
      move((axis, _at, now) => now + step[axis + 2]);
    });
  });

  stage.on('ready', () => {
    const {figure} = view();
    figure.classList.add('drags');
    /** @type {{x: number, y: number, width: number, height: number, row: number, column: number} | null} */
    let from = null;
    figure.addEventListener('pointerdown', event => {
      const target = /** @type {HTMLElement} */ (event.composedPath()[0]), {input, t, s, box} = view(), map = target.closest('canvas'), {axes} = t.view;
      const own = map ? input.element.previousElementSibling?.contains(map) : input.table.contains(target) && target.closest('td.window');
      if (event.button || !own || !axes || !box) return;
      const {width, height} = (map ?? target).getBoundingClientRect(), spans = input.spans.map(([first, last]) => (map ? last - first : 1));
      const [row, column] = [-2, -1].map(axis => (axes.at(axis) ? centreOf(axes.at(axis).at[s.place[axes.length + axis + 2]]) : 0));
      from = {x: event.clientX, y: event.clientY, width: width / spans[1], height: height / spans[0], row, column};
    });
    figure.addEventListener('pointermove', event => {
      if (!from) return;
      const [x, y] = [event.clientX - from.x, event.clientY - from.y];
      if (!figure.matches('.dragging')) {
        if (Math.hypot(x, y) < TREMBLE) return;
        figure.setPointerCapture(event.pointerId);
        figure.classList.add('dragging');
      }
      const {row, column, width, height} = from;
      move((axis, at, now) => (axis === -1 || at.length > 1 ? nearestWindow(at, axis === -1 ? column + x / width : row + y / height) : now));
    });
    for (const name of ['pointerup', 'pointercancel']) {
      figure.addEventListener(name, () => {
        from = null;
        figure.classList.remove('dragging');
      });
    }
  });
});
