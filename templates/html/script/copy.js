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
  const formula = (view, p) => print(view.f, p);
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
  const space = 16, place = stage.part('.views'), frame = place.getBoundingClientRect();
  const paper = getComputedStyle(place), parts = [];
  /** @param {string} text */
  const plain = text => text.replace(/[<>&"]/g, c => `&#${c.charCodeAt(0)};`);
  /** @param {Element} element */
  const box = element => {
    const {left, top, width, height} = element.getBoundingClientRect();
    return {x: left - frame.left + space, y: top - frame.top + space, width, height};
  };
  /** @param {Element} element @param {string} text @param {string} [anchor] */
  const words = (element, text, anchor = 'middle') => {
    const {x, y, width, height} = box(element), look = getComputedStyle(element);
    parts.push(`<text x="${anchor === 'middle' ? x + width / 2 : x}" y="${y + height / 2}" text-anchor="${anchor}" dominant-baseline="central" fill="${look.color}" font-size="${look.fontSize}" font-weight="${look.fontWeight}">${plain(text)}</text>`);
  };
  for (const map of place.querySelectorAll('canvas')) {
    const {x, y, width, height} = box(map);
    parts.push(`<image x="${x}" y="${y}" width="${width}" height="${height}" style="image-rendering:pixelated" href="${map.toDataURL()}"/>`);
  }
  for (const td of place.querySelectorAll('tbody td')) {
    const {x, y, width, height} = box(td), look = getComputedStyle(td), padded = td.matches('[data-pad]');
    parts.push(`<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${look.backgroundColor}" stroke="${look.borderRightColor}"${padded ? ' stroke-dasharray="3 3"' : ''}/>`);
    if (padded) parts.push(`<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="url(#hatch)"/>`);
    words(td, td.textContent ?? '');
  }
  for (const edge of place.querySelectorAll('.frame:not([hidden])')) {
    const {x, y, width, height} = box(edge), look = getComputedStyle(edge);
    parts.push(`<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="none" stroke="${look.borderTopColor}" stroke-width="2.5"/>`);
  }
  for (const caption of place.querySelectorAll('caption, .sign, h3')) words(caption, caption.textContent ?? '');
  for (const view of stage.views) {
    if (view.k < 0) continue;
    const line = view.formula, {x, y, height} = box(line), look = getComputedStyle(line);
    parts.push(`<text x="${x}" y="${y + height / 2}" dominant-baseline="central" fill="${look.color}" font-size="20" font-family="serif">${plain(minus(print(view.line, TEXT)))}</text>`);
    words(view.sentence, view.sentence.textContent ?? '', 'start');
  }
  const hatch = getComputedStyle(place.querySelector('[data-pad]') ?? place).borderRightColor;
  const [width, height] = [frame.width + 2 * space, frame.height + 2 * space];
  const back = getComputedStyle(stage.element.closest('.lesson') ?? stage.element).backgroundColor;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${plain(paper.fontFamily)}"><defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V6" stroke="${hatch}"/></pattern></defs><rect width="100%" height="100%" fill="${back}"/>${parts.join('')}</svg>`;
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
