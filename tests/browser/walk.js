// Walks every step of every stage by its own button, and notes what the page then shows.
() => {
  const roots = [...document.querySelectorAll('.stepwise-lesson')].map(root => root.shadowRoot ?? root);
  const alone = root => { // what is not walked is not laid out again at every step
    for (const one of roots) (one.host ?? one).style.display = root && one !== root ? 'none' : '';
  };
  const walked = roots.flatMap(root => (alone(root), [...root.querySelectorAll('.stage.live')].map(stage => {
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
  })));
  alone();
  return walked;
}
