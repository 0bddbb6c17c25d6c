/* Numbers times the weights that lie on them, added up, and the bias: convolutions, dense layers, matrix products. */

/** The bias of an output cell, as an exact term or none. @param {Trace} t @param {Step} s @returns {Value | undefined} */
const biasOf = ({view, inputs}, s) => inputs.bias?.values[view.biasAt ? view.biasAt[s.k] : view.axes ? s.place[1] : 0];

rules.products = {
  result(t, s) {
    const {alpha = 1, beta = 1} = t.view;
    const whole = wholly(t) && s.taps.every(tap => Number.isInteger(Number(tap.value)));
    const bias = biasOf(t, s);
    if (whole && Number.isInteger(alpha) && Number.isInteger(beta)) {
      const total = s.taps.reduce((sum, tap) => sum + BigInt(tap.value) * BigInt(tap.weight), 0n);
      return total * BigInt(alpha) + BigInt(bias ?? 0) * BigInt(beta);
    }
    return s.taps.reduce((sum, tap) => sum + Number(tap.value) * Number(tap.weight), 0) * alpha + Number(bias ?? 0) * beta;
  },
  formula(t, s) {
    const {alpha = 1, beta = 1} = t.view;
    const weights = t.inputs[t.view.weights ?? 'kernel'];
    const told = s.taps.filter(tap => tap.at >= 0 || !Number.isFinite(Number(tap.weight)));
    const factor = alpha === 1 ? [] : [shown(alpha)];
    const terms = told.map(tap => ['·', ...factor, digits(t.inputs.input, tap.value), digits(weights, tap.weight)]);
    const taps = told.map(tap => s.taps.indexOf(tap));
    const bias = biasOf(t, s);
    if (bias !== undefined) {
      const text = digits(t.inputs.bias, bias);
      terms.push(/** @type {any} */ (beta === 1 ? text : ['·', shown(beta), text]));
      taps.push(-1);
    }
    return terms.length ? Object.assign(['+', ...terms], {taps}) : '0';
  },
  facts(t, {taps, data}, holding) {
    if (taps.length > data.length && taps.every(tap => tap.at >= 0 || Number.isFinite(Number(tap.weight)))) holding.add('adds nothing');
  },
};
