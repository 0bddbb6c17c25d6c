/* Large planes as pixels, with a lens that shows the numbers. */

/** @param {Grid} grid @param {(at: number) => number | null} valueAt null where there is nothing yet @param {View} view */
function pixelMap(grid, valueAt, view) {
  const [[top, bottom], [left, right]] = grid.spans;
  const [height, width] = [bottom - top, right - left];
  const canvas = /** @type {HTMLCanvasElement} */ (make('canvas', {width, height, role: 'img', 'aria-label': grid.caption.textContent}));
  const [frame, lens] = [make('i', {class: `frame ${grid.kind === 'in' ? 'window' : 'result'}`}), make('i', {class: 'frame lens'})];
  const used = make('i', {class: 'frame used', hidden: ''});
  const holder = make('div', {class: 'map'}, canvas, used, lens, frame);
  holder.style.setProperty('--ratio', String(width / height));
  grid.element.before(holder);
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  /** @param {HTMLElement} element @param {Box | null} box */
  const lay = (element, box) => {
    element.hidden = !box;
    if (box) Object.assign(element.style, {left: `${((box[2] - left) / width) * 100}%`, top: `${((box[0] - top) / height) * 100}%`, width: `${((box[3] - box[2]) / width) * 100}%`, height: `${((box[1] - box[0]) / height) * 100}%`});
  };
  /** @param {PointerEvent | MouseEvent} event @returns {[number, number]} */
  const under = event => {
    const box = canvas.getBoundingClientRect();
    return [top + Math.floor(((event.clientY - box.top) / box.height) * height), left + Math.floor(((event.clientX - box.left) / box.width) * width)];
  };
  /** @param {PointerEvent | MouseEvent} event @returns {Spot | null} */
  const spot = event => {
    const at = grid.numberAt(...under(event));
    return at < 0 ? null : {kind: grid.kind, at};
  };
  canvas.addEventListener('pointermove', event => view.point(spot(event)));
  canvas.addEventListener('click', event => view.stage.pin(view, spot(event)));
  let key = '', painted = '', drawn = 0, ends = /** @type {[number, number]} */ ([0, 0]), dark = false;
  return {
    /** @param {Box | null} box @param {number[]} users @param {string} state what the numbers depend on @param {number} filledTo */
    draw(box, users, state, filledTo) {
      lay(frame, box);
      lay(lens, [grid.origin[0], grid.origin[0] + grid.sizes[0], grid.origin[1], grid.origin[1] + grid.sizes[1]]);
      const spots = users.map(k => grid.spot(k)), [ys, xs] = [0, 1].map(axis => spots.map(spot => spot[axis])), {rows: r, columns: c} = grid.plan;
      lay(used, users.length ? [Math.min(...ys), Math.max(...ys) + 1, Math.min(...xs), Math.max(...xs) + 1] : null);
      key = `${state}|${grid.fixed.filter((_, axis) => axis !== r && axis !== c)}`;
      const next = `${key}|${filledTo}`;
      if (next === painted) return;
      const onward = painted.startsWith(key + '|') && filledTo >= drawn;
      painted = next;
      this.paint(onward ? drawn : -1, filledTo);
      drawn = filledTo;
    },
    /** Paint the cells after one number up to another; from -1, all. @param {number} from @param {number} to */
    paint(from, to) {
      if (from < 0) [ends, dark] = [extent((grid.kind === 'in' ? view.t.inputs.input : view.t.output).values), isDark(canvas)];
      const image = from < 0 ? pen.createImageData(width, height) : null;
      /** @param {number} row @param {number} column */
      const cell = (row, column) => {
        const at = grid.numberAt(row, column), value = at < 0 ? null : valueAt(at);
        if (value === null) return;
        const rgb = colour(Number(value), ends, ends[0] < 0, dark), i = ((row - top) * width + column - left) * 4;
        if (image) image.data.set([...rgb, 255], i);
        else {
          pen.fillStyle = `rgb(${rgb.join(' ')})`;
          pen.fillRect(column - left, row - top, 1, 1);
        }
        view.stage.painted++;
      };
      if (image) {
        for (let row = top; row < bottom; row++) for (let column = left; column < right; column++) cell(row, column);
        pen.putImageData(image, 0, 0);
      } else {
        for (let k = from + 1; k <= to; k++) {
          const index = unravel(k, grid.plan.shape);
          if (index.every((i, axis) => axis === grid.plan.rows || axis === grid.plan.columns || i === grid.fixed[axis])) {
            const [row, column] = grid.spot(k);
            cell(row, column);
          }
        }
      }
    },
  };
}

extensions.push(stage => {
  /** @type {Map<Grid, ReturnType<typeof pixelMap>>} */
  const maps = new Map();
  let version = 0;
  stage.root.addEventListener('stepwise-changed', () => version++, {capture: true});
  /** The numbers may be others, or their colours. */
  const anew = () => {
    version++;
    stage.draw();
  };
  onDark(anew);
  // A picture begins where something is; an address that names a step is followed.
  stage.on('ready', () => {
    const [{t, input}] = stage.views;
    if (!input.large || stage.views[1] || stage.told.practice || new URLSearchParams(location.hash.slice(1)).has(`step${stage.suffix}`)) return;
    const first = stage.steps.slice(0, 20_000).findIndex(([k]) => stepOf(t, k).data.some(tap => Number(tap.value)));
    if (first > 0) stage.go(first, 'address');
  });
  stage.on('built', (/** @type {View} */ view) => {
    view.element.querySelector('.legends')?.remove();
    view.figure.classList.toggle('mapped', view.input.large || view.output.large);
    const {input, output, t} = view;
    if (input.large) maps.set(input, pixelMap(input, at => Number(t.inputs.input.values[at]), view));
    const large = view.grids.filter(grid => grid.large && grid.kind !== 'weight'), arrays = large.map(grid => (grid === input ? t.inputs.input : t.output));
    if (large.length) view.figure.after(make('p', {class: 'legends'}, ...arrays.map((array, i) => legend(legendEnds(array), extent(array.values)[0] < 0, t.view.captions[large[i] === input ? 'input' : 'output']))));
    if (output.large) maps.set(output, pixelMap(output, at => (stage.hides(view, at) && at !== view.k ? null : Number(resultOf(t, at))), view));
  });
  stage.on('drawn', (/** @type {View} */ view) => {
    if (view.k < 0) return;
    maps.get(view.input)?.draw(view.box, [], `${version}`, 0);
    maps.get(view.output)?.draw(view.spotted, view.users, `${version}`, view.filled);
  });
});
