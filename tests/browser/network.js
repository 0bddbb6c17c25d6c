// Asks the page for the reasons of many numbers, and for what many pixels touched, by the address as a reader's link would.
async ([numbers, pixels]) => {
  const answer = () => document.querySelector('.answer');
  const be = address => new Promise(done => {
    addEventListener('hashchange', () => setTimeout(done), {once: true});
    location.hash = address;
  });
  const found = [];
  for (const [layer, index] of numbers) {
    await be(`why=${[layer, ...index]}`);
    const part = name => [...answer().querySelectorAll(`[data-${name}]`)].map(one => one.dataset), [total] = part('total');
    found.push({
      title: answer().querySelector('h3').textContent,
      shares: part('share').map(({share, amount}) => [share, Number(amount)]),
      rest: part('rest').filter(one => one.amount).map(({rest, amount}) => [Number(rest), Number(amount)])[0] ?? [0, 0],
      total: Number(total.total), left: Number(total.rest), field: total.field.split(',').map(Number),
    });
  }
  const touched = [];
  for (const index of pixels) {
    await be(`pixel=${index}`);
    touched.push([...answer().querySelectorAll('[data-touched]')].map(one => Number(one.dataset.touched)));
  }
  return {found, touched};
}
