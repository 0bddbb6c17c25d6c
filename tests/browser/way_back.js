// Every number that is drawn: of which column, what stands above its map, what is said when it is pointed at, and its colour.
() => {
  const found = [], readout = document.querySelector('.returns .readout');
  const read = (column, label, tile) => {
    const canvas = tile.querySelector('canvas'), {width, height} = canvas, box = canvas.getBoundingClientRect();
    const {data} = canvas.getContext('2d').getImageData(0, 0, width, height);
    for (let i = 0; i < width * height; i++) {
      const row = Math.floor(i / width), at = i % width;
      const point = {clientX: box.left + ((at + 0.5) / width) * box.width, clientY: box.top + ((row + 0.5) / height) * box.height};
      tile.dispatchEvent(new PointerEvent('pointermove', {...point, bubbles: true}));
      found.push([column, label, readout.textContent, [...data.slice(i * 4, i * 4 + 3)]]);
    }
  };
  for (const [column, node] of document.querySelectorAll('.returns .node').entries()) {
    for (const body of node.querySelectorAll('.tiles')) {
      const above = body.previousElementSibling, label = above.matches('small') ? above.textContent : 'there';
      for (const bar of body.querySelectorAll('.bar')) found.push([column, label, bar.getAttribute('aria-label'), null]);
      for (const tile of body.querySelectorAll('.tile')) read(column, label, tile);
    }
  }
  return found;
}
