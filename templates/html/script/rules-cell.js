/* Rules of operations without a window: functions of one cell, moves, softmax, batch normalisation. */

/** @param {Trace} t @param {Tap} tap */
const own = (t, tap) => digits(t.inputs.input, tap.value);

rules.same = {
  result: (t, s) => s.taps.at(-1)?.value ?? 0,
  formula: (t, s) => (s.taps.length ? own(t, s.taps[s.taps.length - 1]) : '0'),
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
};

rules.sigmoid = {
  result(t, s) {
    const x = Number(s.taps[0].value), shrunk = Math.exp(-Math.abs(x));
    return (x >= 0 ? 1 : shrunk) / (1 + shrunk);
  },
  formula: (t, s) => ['/', '1', ['+', '1', ['exp', digits(t.inputs.input, -s.taps[0].value)]]],
};

rules.tanh = {
  result: (t, s) => Math.tanh(Number(s.taps[0].value)),
  formula: (t, s) => ['tanh', own(t, s.taps[0])],
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
};

/** A channel's statistic, with its array. @param {Trace} t @param {Step} s @param {string} name @param {number} otherwise @returns {[number, string]} */
function statistic(t, s, name, otherwise) {
  const array = t.inputs[name];
  if (!array) return [otherwise, String(otherwise)];
  const value = array.values[unravel(s.k, t.view.output.shape)[t.view.channelAxis]];
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
};
