// Turn knobs as a reader does, and tell what the page then shows.
turns => {
  const all = (selector, of = document) => [...of.querySelectorAll(selector)], one = selector => document.querySelector(selector);
  for (const [name, value] of turns) {
    const control = one(`[data-knob=${name}]`);
    if (typeof value === 'boolean') control.checked = value;
    else control.value = value;
    control.dispatchEvent(new Event('input', {bubbles: true}));
  }
  const slider = one('.track input'), total = Number(slider.max);
  const steps = [...new Set([1, Math.ceil(total / 2), total])].map(n => {
    slider.value = n;
    slider.dispatchEvent(new Event('input', {bubbles: true}));
    return [n - 1, one('.stage [role=status]').textContent];
  });
  const grid = kind => all('.stage tr').map(row => all(`td[data-${kind}]`, row).map(td => td.textContent.replace('−', '-'))).filter(row => row.length);
  return {
    call: one('.calls .acting code')?.textContent ?? null, steps, total, across: Number(one('[data-knob=size]').value),
    input: grid('in'), output: grid('out'), kernel: grid('weight'), bias: one('[data-knob=bias]').value,
    sizes: all('.sizes span').map(span => span.lastChild.textContent.trim().replaceAll('−', '-')),
    caption: all('.stage caption').at(-1).textContent,
    rows: all('.calls p').map(row => ({call: row.querySelector('code')?.textContent ?? null, said: row.lastElementChild.textContent})),
  };
}
