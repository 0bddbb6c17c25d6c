/* Many or long numbers of which the largest is kept, or another: a line may end after each comma. */
{
  const others = settings[0];
  settings[0] = (f, label) => {
    const [sign, left, right] = f, {length} = print(f, TEXT);
    // as in `mathml.py`: more than four of them, or more characters than fit on a line of a phone
    if (typeof left === 'string' || signs[left[0]].print || left.length < 3 || (left.length < 6 && length < 28)) return others?.(f, label);
    const each = left.slice(1).map((/** @type {Formula} */ x, /** @type {number} */ i) => {
      const text = print(x, MATHML), tap = Number(left.taps?.[i]);
      return (i ? '' : `<mi>${left[0]}</mi><mo>(</mo>`) + (tap >= 0 ? MATHML.term?.(text, tap) : text) + `<mo>${i < left.length - 2 ? ',' : ')'}</mo>`;
    });
    const pieces = [...each, `<mo form="infix">${sign}</mo>${print(right, MATHML)}`];
    return `<span role="math" aria-label="${label}"><math>${pieces.join('</math>\u200b<math>')}</math></span>`;
  };
}
