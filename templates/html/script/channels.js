/* A sum over channels told a channel at a time, as in the lesson: (1·1 + 2·0) + (3·1 + 1·1) + 1 = 1 + 4 + 1 = 6. */

/** Terms that are shown one by one. */
const SINGLY = 28;
const otherwise = shortenings[0];
for (const sign of ['=', '≈']) signs[sign].worth = (_left, right) => right; // of a chain, what it comes to

shortenings[0] = (left, t, s) => {
  if (t.view.told) return undefined; // of exact numbers and letters, as stepwise tells it
  const taps = /** @type {FormulaNode} */ (left).taps ?? [], terms = /** @type {Formula[]} */ (left.slice(1)), last = t.inputs.bias ? terms.slice(-1) : [];
  /** @type {Map<number, [Formula[], number[]]>} */
  const groups = new Map();
  if (left[0] === '+' && taps.length && t.view.axes && t.inputs.kernel) {
    terms.slice(0, terms.length - last.length).forEach((term, i) => {
      const {place: [, channel]} = s.taps[taps[i]], group = groups.get(channel) ?? [[], []];
      groups.set(channel, group);
      group[0].push(term);
      group[1].push(taps[i]);
    });
  }
  if (groups.size < 2 || groups.size === terms.length - last.length || s.taps.some(({at}, i) => at < 0 && taps.includes(i))) return otherwise?.(left, t, s);
  const sums = ['+', ...[...groups.values()].map(([own]) => shown(float(worth(['+', ...own])))), ...last];
  if (terms.length > SINGLY) return sums.length > SINGLY + 1 ? otherwise?.(left, t, s) : [sums, t.view.words.channels];
  const gathered = [...groups.values()].map(([own, ofTaps]) => (own.length > 1 ? Object.assign(['+', ...own], {taps: ofTaps}) : own[0]));
  const all = Object.assign(['+', ...gathered, ...last], {taps: [...[...groups.values()].map(([own, ofTaps]) => (own.length > 1 ? -1 : ofTaps[0])), -1]});
  return [equality(all, /** @type {any} */ (sums)), ''];
};
