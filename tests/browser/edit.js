// Changes numbers of one stage as a reader would (a click on a cell, then the field), and walks its lesson after each.
([nth, edits]) => {
  const roots = [...document.querySelectorAll('.stepwise-lesson')].map(root => root.shadowRoot ?? root);
  // Nothing is laid out again at every step, which takes longer than the step: what is read here needs no place.
  for (const one of roots) (one.host ?? one).style.display = 'none';
  const root = roots[nth], stages = [...root.querySelectorAll('.stage.live')], [stage] = stages;
  const first = stage.querySelector('[data-act=first]');
  return edits.map(([choice, text]) => {
    first.click();
    const found = () => [...stage.querySelectorAll('td[data-in], td[data-weight]')];
    while (!found().length) stage.querySelector('[data-act=next]').click(); // a plane that is all padding
    const td = found()[choice % found().length];
    const {in: input = null, weight = null} = td.dataset;
    td.click();
    const field = stage.querySelector('.edit input');
    field.value = text;
    field.dispatchEvent(new Event('input', {bubbles: true}));
    const changed = !stage.querySelector('.changed-note').hidden;
    td.click();
    const told = stages.map(one => {
      const next = one.querySelector('[data-act=next]'), total = Number(one.querySelector('input[type=range]').max);
      one.querySelector('[data-act=first]').click();
      return Array.from({length: total}, (_, n) => {
        if (n) next.click();
        return [one.querySelector('[role=status]').textContent, one.querySelector('td.result').title || one.querySelector('td.result').textContent, one.querySelector('[role=status] [role=math]').getAttribute('aria-label')];
      });
    });
    return {input, weight, changed, told};
  });
}
