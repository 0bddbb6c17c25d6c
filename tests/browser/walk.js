// Walks every step of every stage by its own button, and notes what the page then shows.
() => {
  const roots = [...document.querySelectorAll('.stepwise-lesson')].map(root => root.shadowRoot ?? root);
  const laidOut = display => roots.forEach(one => { (one.host ?? one).style.display = display; });
  laidOut('none'); // at every step, which takes longer than the step: what is read here needs no place
  const walked = roots.flatMap(root => [...root.querySelectorAll('.stage.live')].map(stage => {
    const next = stage.querySelector('[data-act=next]'), slider = stage.querySelector('input[type=range]');
    stage.querySelector('[data-act=first]').click();
    return Array.from({length: Number(slider.max)}, (_, n) => {
      if (n) next.click();
      return {
        status: stage.querySelector('[role=status]').textContent,
        spoken: [...stage.querySelectorAll('[role=status] [role=math], .formula-line [aria-label]')].map(one => one.getAttribute('aria-label')),
        result: stage.querySelector('td.result').title || stage.querySelector('td.result').textContent, // where it is rounded, whole
        at: stage.querySelector('td.result').dataset.out,
        lit: [...stage.querySelectorAll('td.window:not(.gap)[data-in]')].map(td => td.dataset.in),
        padded: stage.querySelectorAll('td.window:not(.gap)[data-pad]').length,
      };
    });
  }));
  laidOut('');
  return walked;
}
