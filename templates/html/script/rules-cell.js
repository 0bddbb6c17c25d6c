/* Rules of operations without a window: functions of one cell, moves, softmax, batch normalisation. */

/** What ReLU does with a number. @param {any} view @param {Value} x */
function passing({slope, threshold, ceiling}, x) {
  if (x !== x) return 'nan';
  if (x > threshold) return ceiling !== null && x > ceiling ? 'cut off' : threshold ? 'above' : 'positive';
  if (threshold) return slope ? 'lacking' : 'not above';
  return !x ? 'zero' : slope ? 'scaled' : 'negative';
}

/** Where a cell stands in reading order, from 0: `1·3 + 2 = 5`. @param {number[]} index @param {number[]} shape */
function counting(index, shape) {
  const steps = index.map((i, axis) => [i, shape.slice(axis + 1).reduce((a, b) => a * b, 1), shape[axis]]).filter(([, , size]) => size > 1);
  const number = steps.reduce((sum, [i, step]) => sum + i * step, 0);
  return (steps.length < 2 ? '' : steps.map(([i, step]) => (step > 1 ? `${i}·${step}` : i)).join(' + ') + ' = ') + number;
}

/** Whether a number is NaN. @param {Trace} t @param {Step} s @param {Set<any>} holding */
const stays = (t, {taps: [{value}]}, holding) => value !== value && holding.add('nan');

/** @param {Trace} t @param {Tap} tap */
const own = (t, tap) => digits(t.inputs.input, tap.value);

rules.same = {
  result: (t, s) => s.taps.at(-1)?.value ?? 0,
  formula: (t, s) => (s.taps.length ? own(t, s.taps[s.taps.length - 1]) : '0'),
  facts({view}, {k, taps: [tap]}, holding, numbers) {
    const {shape} = view.input, index = unravel(k, view.output.shape);
    if (!tap) return;
    if (tap.at < 0) return holding.add('constant');
    const source = unravel(tap.at, shape);
    numbers.source = told(source);
    numbers.sent = view.sent?.[k] ?? 1;
    numbers.counted = view.grid ? counting(index.slice(-view.grid.length), view.grid) : counting(source, shape);
    if (tap.at === k) holding.add('in order');
    holding.add(numbers.sent > 1 ? 'several' : !view.mode || index.every((i, axis) => i - view.before[axis] === source[axis]) ? 'moved' : view.mode);
  },
};

rules.relu = {
  result({view: {slope, threshold, ceiling}}, s) {
    const x = s.taps[0].value;
    const kept = x !== x || x > threshold ? (slope || threshold ? x : x > 0 || x !== x ? x : 0) : slope ? (Number(x) - threshold) * slope : 0;
    return ceiling !== null && kept > ceiling ? ceiling : kept;
  },
  formula(t, s) {
    const {slope, threshold, ceiling} = t.view, x = s.taps[0].value, text = own(t, s.taps[0]);
    /** @type {Formula} */
    let f = ['max', '0', text];
    if (slope || threshold) f = x !== x || x > threshold ? text : ['·', shown(slope), threshold ? ['-', text, shown(threshold)] : text];
    return ceiling === null ? f : ['min', shown(ceiling), f];
  },
  facts({view, output}, {k, taps: [{value}]}, holding, numbers) {
    const {threshold} = view, result = output.values[k];
    if (value !== value || result === result) holding.add(passing(view, value)); // −∞ times 0 is neither
    for (const name of ['slope', 'threshold', 'ceiling']) numbers[name] = shown(view[name] ?? 0);
    numbers.less = `x ${threshold > 0 ? '−' : '+'} ${shown(Math.abs(threshold))}`;
  },
};

rules.sigmoid = {
  result(t, s) {
    const x = Number(s.taps[0].value), shrunk = Math.exp(-Math.abs(x));
    return (x >= 0 ? 1 : shrunk) / (1 + shrunk);
  },
  formula: (t, s) => ['/', '1', ['+', '1', ['exp', digits(t.inputs.input, -s.taps[0].value)]]],
  facts: stays,
};

rules.tanh = {
  result: (t, s) => Math.tanh(Number(s.taps[0].value)),
  formula: (t, s) => ['tanh', own(t, s.taps[0])],
  facts: stays,
};

rules.softmax = {
  result(t, s) {
    const all = s.taps.map(tap => Number(tap.value)), most = Math.max(...all);
    const total = all.reduce((sum, x) => sum + Math.exp(x - most), 0);
    return Math.exp(all[s.taps.findIndex(tap => tap.at === s.k)] - most) / total;
  },
  formula(t, s) {
    const most = own(t, s.taps.reduce((a, b) => (b.value > a.value ? b : a)));
    const grown = s.taps.map(tap => ['exp', ['-', own(t, tap), most]]);
    return ['/', grown[s.taps.findIndex(tap => tap.at === s.k)], Object.assign(['+', ...grown], {taps: [...s.taps.keys()]})];
  },
  facts(t, s, holding) {
    const result = resultOf(t, s.k);
    if (result === result) holding.add('defined');
  },
};

/** A channel's statistic, with its array. @param {Trace} t @param {Step} s @param {string} name @param {number} otherwise @returns {[number, string]} */
function statistic(t, s, name, otherwise) {
  const array = t.inputs[name];
  if (!array) return [otherwise, String(otherwise)];
  const value = array.values[unravel(s.k, t.view.output.shape)[t.view.channelAxis] ?? 0];
  return [Number(value), digits(array, value)];
}

rules.scaled = {
  result(t, s) {
    const [gamma, beta, mean, variance] = [['gamma', 1], ['beta', 0], ['mean', 0], ['variance', 1]].map(([name, n]) => statistic(t, s, String(name), Number(n))[0]);
    return (gamma * (Number(s.taps[0].value) - mean)) / Math.sqrt(variance + t.view.epsilon) + beta;
  },
  formula(t, s) {
    const [gamma, beta, mean, variance] = [['gamma', 1], ['beta', 0], ['mean', 0], ['variance', 1]].map(([name, n]) => statistic(t, s, String(name), Number(n))[1]);
    return ['+', ['/', ['·', gamma, ['-', own(t, s.taps[0]), mean]], ['sqrt', ['+', variance, shown(t.view.epsilon)]]], beta];
  },
  facts({inputs: {gamma, beta}}, s, holding) {
    holding.add(gamma ? (beta ? 'gamma and beta' : 'gamma alone') : beta ? 'beta alone' : 'neither');
  },
};
