/* Knobs: the trace of what is turned, as a page has any other: the view of a model call, laid out as the lesson's own arrays are. */

/** How the lesson's arrays lie: the roles of the axes of its input and of an output of filters (0 the image, 1 the channel, 2 and on
 * row and column), those of a kernel (0 the filter, 1 the channel), and words for an output's axes.
 * @typedef {{input: number[], made: number[], kernel: number[], spread: number[], along: Record<number, string>}} Lying */

/** A plan of an array of these roles. @param {number[]} roles @param {(role: number) => number} size @param {Lying} lying @returns {Plan} */
const lyingPlan = (roles, size, {along}) => {
  const spatial = Math.max(...roles), shape = roles.map(size);
  return {
    shape, roles, rows: spatial > 2 ? roles.indexOf(spatial - 1) : -1, columns: roles.indexOf(spatial),
    ...(roles.length > 2 ? {along: roles.map(role => along[role])} : {}),
  };
};

/** Where a kernel's numbers stand. @param {number[]} roles its axes @param {number[]} shape @param {number} filters @param {number} axes */
function lyingKernel(roles, shape, filters, axes) {
  /** @param {number} role */
  const paceOf = role => (roles.includes(role) ? shape.slice(roles.indexOf(role) + 1).reduce((a, b) => a * b, 1) : 0);
  return {first: Array.from({length: filters}, (_, filter) => filter * paceOf(0)), channel: paceOf(1), place: Array.from({length: axes}, (_, axis) => paceOf(axis + 2))};
}

/** The view of what is turned, without its captions.
 * @param {any} template @param {Turned} turned @param {AxisPlan[]} plans @param {Lying} lying @param {Record<string, string> | undefined} names @returns {any} */
function viewOf(template, turned, plans, lying, names) {
  const {operation, window, size, channels, filters} = turned, weighs = operation === 'convolution' || operation === 'transposed';
  const axes = plans.map(({size: n, drawn: seen, at, edge}) => ({size: n, drawn: seen, at, ...(edge === undefined ? {} : {edge})}));
  const outputs = plans.map(plan => plan.output), made = weighs ? filters : channels, several = made > 1 || channels > 1;
  const input = lyingPlan(lying.input, role => (role > 1 ? size[role - 2] : role ? channels : 1), lying);
  const output = lyingPlan(weighs ? lying.made : lying.input, role => (role > 1 ? outputs[role - 2] : role ? made : 1), lying);
  const view = {
    ...template, axes, input, output, names: several ? names : undefined,
    channels: Array.from({length: made}, (_, c) => (weighs ? [0, channels] : [c, 1])),
  };
  if (weighs) {
    const roles = operation === 'transposed' ? lying.spread : lying.kernel, shape = roles.map(role => (role > 1 ? window[role - 2] : role ? channels : filters)), spatial = window.length;
    view.kernel = lyingKernel(roles, shape, filters, spatial);
    view.kernelPlan = {...template.kernelPlan, shape, rows: spatial > 1 ? roles.indexOf(2) : -1, columns: roles.indexOf(spatial + 1)};
    view.beside = {bias: output.roles?.indexOf(1) ?? -1};
  }
  return view;
}
