/* A step taken along: as Markdown, LaTeX or plain text on the clipboard, as a picture in a file. */

/** @param {string} text */
async function toClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch { // not allowed here: by way of a selection, as it was once done
    const area = /** @type {HTMLTextAreaElement} */ (make('textarea', {class: 'sr'}));
    document.body.append(area);
    area.value = text;
    area.select();
    document.execCommand('copy');
    area.remove();
  }
}

/** @param {Stage} stage @returns {Record<string, () => string>} */
const writings = stage => {
    /** @param {View} view @param {Printer} p */
  const formula = (view, p) => print(view.line, p);
  const address = () => (/^#[/!]/.test(location.hash) ? location.href : location.href.replace(/#.*/, '') + stage.address());
  return {
    text: () => [stage.title(), ...stage.present().map(view => `${stage.name(view)}${formula(view, TEXT)}\n${view.said.replace(/\*\*/g, '')}`)].join('\n'),
    markdown: () => [`**[${stage.title()}](${address()})**`, ...stage.present().map(view => `${stage.name(view)}$${formula(view, LATEX)}$\n\n${view.said}`)].join('\n\n'),
    latex: () => stage.present().map(view => `\\[ ${formula(view, LATEX)} \\]`).join('\n'),
    link: address,
  };
};

/** The figure as it stands, as a picture that needs nothing else. @param {Stage} stage @returns {{svg: string, width: number, height: number}} */
function picture(stage) {
  const place = stage.part('.views'), frame = place.getBoundingClientRect(), {width} = frame, parts = /** @type {string[]} */ ([]);
  const pen = /** @type {CanvasRenderingContext2D} */ (/** @type {HTMLCanvasElement} */ (make('canvas')).getContext('2d'));
  /** @param {string} text */
  const plain = text => text.replace(/[<>&"]/g, c => `&#${c.charCodeAt(0)};`);
  /** A colour as every program reads it. @param {string} colour */
  const ink = colour => {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    const [red, green, blue, shows] = pen.getImageData(0, 0, 1, 1).data;
    return shows ? `rgb(${red},${green},${blue})` : 'none';
  };
  /** @param {Element} element @param {string} look @param {string} [tag] */
  const draw = (element, look, tag = 'rect') => {
    const {left, top, width: wide, height} = element.getBoundingClientRect();
    parts.push(`<${tag} x="${left - frame.left}" y="${top - frame.top}" width="${wide}" height="${height}" ${look}/>`);
  };
  /** Words in the middle, in lines no wider than that; where the next would be. @param {Element} element @param {string} text @param {number} x @param {number} y @param {number} wide @param {number} size @param {string} anchor */
  const words = (element, text, x, y, wide, size, anchor) => {
    const {fontFamily, fontWeight, color} = getComputedStyle(element), lines = [''];
    pen.font = `${fontWeight} ${size}px ${fontFamily}`;
    for (const word of text.split(/(?= )/)) {
      if (pen.measureText(lines[0] + word).width > wide) lines.unshift('');
      lines[0] += word;
    }
    for (const line of lines.reverse()) {
      parts.push(`<text x="${x}" y="${y}" dy=".35em" text-anchor="${anchor}" fill="${ink(color)}" font-size="${size}" font-weight="${fontWeight}" font-family="${plain(fontFamily)}">${plain(line)}</text>`);
      y += size * 1.4;
    }
    return y;
  };
  for (const map of place.querySelectorAll('canvas')) draw(map, `style="image-rendering:pixelated" href="${map.toDataURL()}"`, 'image');
  let hatch = '', height = 0;
  for (const one of place.querySelectorAll('tbody td, caption, .sign, h3')) {
    const {left, top, width: wide, height: high} = one.getBoundingClientRect(), look = getComputedStyle(one), size = parseFloat(look.fontSize), x = left - frame.left, y = top - frame.top, cell = one.matches('td'), weight = one.dataset.w;
    if (cell) draw(one, `fill="${ink(look.backgroundColor)}" stroke="${ink(look.borderRightColor)}"`);
    if (one.matches('[data-pad]')) draw(one, `fill="url(#h)" color="${(hatch = ink(look.borderRightColor))}"`);
    words(one, one.textContent ?? '', x + wide / 2, cell ? y + high / 2 - (weight ? 4 : 0) : y + size, cell ? 999 : wide + 1, size, 'middle');
    if (weight) words(one, weight, x + wide - 2, y + high - 6, 99, 9, 'end');
  }
  for (const edge of place.querySelectorAll('.frame:not([hidden])')) draw(edge, `fill="none" stroke="${ink(getComputedStyle(edge).borderTopColor)}" stroke-width="2.5"`);
  for (const {figure, working, sentence, line} of stage.present()) {
    const {left, width: wide} = working.getBoundingClientRect(), x = left - frame.left + 16;
    const under = words(working, minus(print(line, TEXT)), x, figure.getBoundingClientRect().bottom - frame.top + 32, wide - 32, 20, 'start');
    height = Math.max(height, words(sentence, sentence.textContent ?? '', x, under, wide - 32, 16, 'start') + 16);
  }
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><pattern id="h" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M1 0V6" stroke="${hatch}"/></pattern><rect width="100%" height="100%" fill="${ink(getComputedStyle(stage.element.closest('.lesson') ?? place).backgroundColor)}"/>${parts.join('')}</svg>`;
  return {svg, width, height};
}

/** @param {Blob} blob @param {string} name */
function save(blob, name) {
  const link = /** @type {HTMLAnchorElement} */ (make('a', {href: URL.createObjectURL(blob), download: name}));
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** @param {{svg: string, width: number, height: number}} drawing @returns {Promise<Blob>} twice as fine as the screen */
async function pixels({svg, width, height}) {
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = /** @type {HTMLCanvasElement} */ (make('canvas', {width: width * 2, height: height * 2}));
  canvas.getContext('2d')?.drawImage(image, 0, 0, width * 2, height * 2);
  return new Promise(done => canvas.toBlob(blob => done(/** @type {Blob} */ (blob))));
}

extensions.push(stage => {
  const done = stage.part('.done');
  for (const button of stage.element.querySelectorAll('[data-copy], [data-save]')) {
    button.addEventListener('click', async () => {
      const [copied, saved] = ['data-copy', 'data-save'].map(name => button.getAttribute(name));
      const name = `step-${stage.at + 1}.${saved}`;
      if (copied) await toClipboard(writings(stage)[copied]());
      else if (saved === 'svg') save(new Blob([picture(stage).svg], {type: 'image/svg+xml'}), name);
      else save(await pixels(picture(stage)), name);
      done.textContent = copied ? stage.words.copied : name;
      setTimeout(() => (done.textContent = ''), 3000);
    });
  }
});
