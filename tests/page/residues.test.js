// A result is 0 where its decimals come to 0, and what it is everywhere else. What is due is worked out by hand.
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {loaded} from './loaded.js';

const {workOut, cells} = loaded(
  ['numbers', 'formula', 'latex', 'formula-sums', 'formula-powers', 'steps', 'rules', 'rules-more', 'residues', 'lines', 'joins'], ['workOut', 'cells']);

/** One window over a row of decimals. */
function row(numbers, rule, dtype = 'float64', kernel = null) {
  const plan = {shape: [numbers.length], roles: [2], rows: -1, columns: 0};
  const axes = [{size: numbers.length, edge: numbers.length + 1, at: [[...numbers.keys()]]}];
  const view = {rule, axes, channels: [[0, 1]], input: plan, output: {shape: [1], roles: [2], rows: -1, columns: 0}};
  const inputs = {input: cells({data: numbers, shape: plan.shape, dtype})};
  if (kernel) {
    Object.assign(view, {kernel: {first: [0], channel: 1, place: [1]}, weights: 'kernel'});
    inputs.kernel = cells({data: kernel, shape: plan.shape, dtype});
  }
  return workOut({view, inputs, output: {values: [0], shape: [1], whole: false, single: dtype === 'float32'}}, 0);
}
const TOTAL = ['each +', 'x'], WEIGHED = ['each +', ['·', 'x', 'w']], MEAN = ['known', ['/', TOTAL, 3]];
const SPREAD = ['known', ['/', ['each +', ['^', ['-', 'x', MEAN], 2]], 3]];

test('decimals that add up to 0 leave nothing', () => {
  assert.equal(row([0.1, 0.2, -0.3], TOTAL), 0);
  assert.equal(row([0.1, 0.7, -0.8].map(Math.fround), TOTAL, 'float32'), 0);
  assert.equal(row([0.1, 0.2, -0.1], WEIGHED, 'float64', [0.3, 0.3, 0.9]), 0); // 0.03 + 0.06 - 0.09
});

test('a mean that is what it is taken from leaves nothing, under a root too', () => {
  assert.equal(row([0.1, 0.3, 0.2], ['/', ['-', 'x', MEAN], ['sqrt', ['+', SPREAD, 0.001]]]), 0); // the last cell
});

test('what is small and no residue stays', () => {
  assert.ok(Math.abs(row([0.1, 0.2, -0.3, 1e-17], TOTAL)) > 0);
  assert.equal(row([1e-20], TOTAL), 1e-20);
  assert.equal(row([0.1, 0.2, -0.2999], TOTAL).toFixed(4), '0.0001');
  assert.equal(row([-40], ['exp', 'x']), Math.exp(-40));
});
