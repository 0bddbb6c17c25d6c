/* What the theme leaves out for those who use keys and ears. */
addEventListener('DOMContentLoaded', () => {
  for (const caption of document.querySelectorAll('.caption[role=heading]')) caption.setAttribute('aria-level', '2');
  for (const [name, label] of [['.sidebar-drawer', 'Pages'], ['.toc-drawer', 'On this page']])
    document.querySelector(name)?.setAttribute('aria-label', label);
  for (const box of document.querySelectorAll('pre, .table-wrapper'))
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
});
