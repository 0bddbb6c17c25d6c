/* Knobs: what is turned, as the call of each framework, or why that framework takes no such thing. */

/** @typedef {{call: string, plans: AxisPlan[], refused?: undefined} | {call?: undefined, plans?: undefined, refused: string, numbers?: Record<string, any>}} Said
 *   `refused` is the key of the sentence that says why */

/** The name of each operation, without the number of axes. @type {Record<string, Record<string, string>>} */
const CALLED = {
  keras: {max: 'MaxPool', mean: 'AveragePooling', convolution: 'Conv', transposed: 'Conv'},
  torch: {max: 'nn.MaxPool', mean: 'nn.AvgPool', convolution: 'nn.Conv', transposed: 'nn.ConvTranspose'},
  onnx: {max: 'MaxPool', mean: 'AveragePool', convolution: 'Conv', transposed: 'ConvTranspose'},
};

/** One number where all are the same. @param {number[]} each */
const even = each => (each.every(n => n === each[0]) ? String(each[0]) : `(${each.join(', ')})`);

/** @param {number[]} each */
const plain = each => each.every(n => n === 1);

/** Whether there is a mean whose padding a call must say how to count. @param {{operation: string, padding: string | number}} turned */
const padded = ({operation, padding}) => operation === 'mean' && Number(padding) > 0;

/** What the framework says of what is turned before it sees any size. @type {Record<string, (turned: Turned) => {refused: string, numbers?: Record<string, any>} | undefined>} */
const refusals = {
  keras({operation, stride, dilation, padding, ceil}) {
    const pools = operation === 'max' || operation === 'mean';
    if (ceil) return {refused: pools ? 'keras ceil' : 'no ceil'};
    if (Number(padding) > 0) return {refused: 'keras padding'};
    if (pools) return plain(dilation) ? undefined : {refused: 'keras dilation'};
    return plain(stride) || plain(dilation) ? undefined : {refused: 'keras both'};
  },
  torch({operation, window, stride, dilation, padding, ceil}) {
    const pools = operation === 'max' || operation === 'mean';
    if (ceil && !pools) return {refused: 'no ceil'};
    if (padding === 'same' && operation !== 'convolution') return {refused: 'torch same'};
    if (padding === 'same' && !plain(stride)) return {refused: 'torch same stride'};
    if (operation === 'mean' && !plain(dilation)) return {refused: 'torch dilation'};
    const most = Math.min(...window) >> 1;
    return pools && Number(padding) > most ? {refused: 'torch half', numbers: {padding, most, window: Math.min(...window)}} : undefined;
  },
  onnx: ({operation, ceil}) => (ceil && operation !== 'max' && operation !== 'mean' ? {refused: 'no ceil'} : undefined),
};

/** Those of a call's arguments that are given. @param {string} name @param {(string | false)[]} given */
const asCall = (name, given) => `${name}(${given.filter(Boolean).join(', ')})`;

/** @param {string} name @param {any[]} each */
const listed = (name, each) => `${name}=[${each.join(', ')}]`;

/** @type {Record<string, (turned: Turned, counted: boolean, biased: boolean) => string>} */
const calls = {
  keras({operation, window, stride, dilation, padding, filters}, _counted, biased) {
    const pools = operation === 'max' || operation === 'mean', kind = operation === 'transposed' ? 'DTranspose' : 'D';
    return asCall(CALLED.keras[operation] + window.length + kind, [
      pools ? even(window) : `${filters}, ${even(window)}`,
      (pools || !plain(stride)) && `strides=${even(stride)}`,
      padding === 'same' && 'padding="same"',
      !plain(dilation) && `dilation_rate=${even(dilation)}`,
      !pools && !biased && 'use_bias=False',
    ]);
  },
  torch({operation, window, stride, dilation, padding, ceil, channels, filters}, counted, biased) {
    const pools = operation === 'max' || operation === 'mean';
    return asCall(`${CALLED.torch[operation]}${window.length}d`, [
      pools ? even(window) : `${channels}, ${filters}, ${even(window)}`,
      (pools || !plain(stride)) && `stride=${even(stride)}`,
      padding === 'same' && 'padding="same"',
      Number(padding) > 0 && `padding=${padding}`,
      !plain(dilation) && `dilation=${even(dilation)}`,
      ceil && 'ceil_mode=True',
      padded({operation, padding}) && !counted && 'count_include_pad=False',
      !pools && !biased && 'bias=False',
    ]);
  },
  onnx: ({operation, window, stride, dilation, padding, ceil}, counted) => asCall(CALLED.onnx[operation], [
    listed('kernel_shape', window),
    !plain(stride) && listed('strides', stride),
    padding === 'same' && 'auto_pad="SAME_UPPER"',
    Number(padding) > 0 && listed('pads', [...window, ...window].map(() => padding)),
    !plain(dilation) && listed('dilations', dilation),
    ceil && 'ceil_mode=1',
    padded({operation, padding}) && counted && 'count_include_pad=1',
  ]),
};

/** Whether a window covers no data along an axis. @param {AxisPlan} plan */
const empty = ({at, size}) => at.some(line => line.every(p => p === null || p < 0 || p >= size));

/** What is turned, in a framework's words. @param {string} dialect @param {Turned} turned @param {boolean} counted @param {boolean} biased @returns {Said} */
function said(dialect, turned, counted, biased) {
  const refused = refusals[dialect](turned), {operation, size} = turned;
  if (refused) return refused;
  const plans = size.map((_, axis) => axisPlan(turned, axis, dialect)), none = plans.indexOf(null);
  if (none >= 0) {
    const span = (turned.window[none] - 1) * turned.dilation[none] + 1;
    return {refused: operation === 'transposed' ? 'nothing left' : 'too large', numbers: {span, size: size[none] + 2 * (Number(turned.padding) || 0)}};
  }
  const found = /** @type {AxisPlan[]} */ (plans);
  if ((operation === 'max' || (operation === 'mean' && !counted)) && found.some(empty)) return {refused: 'empty'};
  return {call: calls[dialect](turned, counted, biased), plans: found};
}
