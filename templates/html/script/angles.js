/* Angles of arrows in formulas. */

fractional.atan2 = 0;
signs.atan2 = {heard: () => -1, worth: (rise, run) => Math.atan2(float(rise), float(run) + 0)};
nodes.atan2 = joining;

const called2 = LATEX.call;
LATEX.call = (name, inner) => (name === 'atan2' ? `\\operatorname{atan2}(${inner.join(', ')})` : called2(name, inner));
