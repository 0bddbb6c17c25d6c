// Steps on the page: which cells a window covers, which windows a cell is in, and what a rule makes of them.
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {loaded} from './loaded.js';

const NAMES = ['stepOf', 'usersOf', 'workingOf', 'workOut', 'unravel', 'ravel', 'product', 'print', 'TEXT', 'cells', 'formulaOf', 'worked'];
const {stepOf, usersOf, workingOf, workOut, unravel, ravel, product, print, TEXT, cells, formulaOf, worked} = loaded(
  ['numbers', 'formula', 'latex', 'formula-sums', 'formula-powers', 'steps', 'rules', 'rules-more', 'lines', 'joins'], NAMES);

const grid = (rows, dtype = 'int64') => cells({data: rows.flat(), shape: [rows.length, rows[0].length], dtype});
const plan = shape => ({shape, roles: [2, 3], rows: 0, columns: 1});

/** A trace over one plane: where each window lies along either axis, under a rule. */
function plane(rows, starts, size, rule, kernel) {
  const lengths = [rows.length, rows[0].length];
  const at = lengths.map(() => starts.map(start => Array.from({length: size}, (_, i) => start + i)));
  const axes = lengths.map((length, axis) => ({size: length, edge: length + 1, at: at[axis]}));
  const view = {rule, axes, channels: [[0, 1]], input: plan(lengths), output: plan([starts.length, starts.length])};
  const inputs = {input: grid(rows)};
  if (kernel) {
    Object.assign(view, {kernel: {first: [0], channel: 1, place: [size, 1]}, weights: 'kernel'});
    inputs.kernel = grid(kernel);
  }
  return {view, inputs, output: {values: [], shape: view.output.shape, whole: true, single: false}};
}

test('4 3 / 2 1 under SAME: each window, padding left out of the formula', () => {
  const t = plane([[4, 3], [2, 1]], [0, 1], 2, ['each max', 'x']);
  const told = [0, 1, 2, 3].map(k => print(workingOf(t, stepOf(t, k)), TEXT));
  assert.deepEqual(told, ['max(4, 3, 2, 1)', 'max(3, 1)', 'max(2, 1)', 'max(1)']);
  assert.deepEqual([0, 1, 2, 3].map(k => stepOf(t, k).taps.filter(tap => tap.at < 0).length), [0, 2, 2, 3]);
  assert.deepEqual([0, 1, 2, 3].map(k => workOut(t, k)), [4, 3, 2, 1]);
  t.output.values = [4, 3, 2, 1];
  assert.equal(print(formulaOf(t, stepOf(t, 1)), TEXT), 'max(3, 1) = 3');
});

test('the cells that a cell is used for are those whose windows cover it', () => {
  for (const starts of [[0, 1], [0, 2], [-1, 1, 3]]) {
    const rows = [[5, 1, 2, 0], [3, 8, 4, 9], [7, 6, 2, 2], [1, 3, 5, 4]], t = plane(rows, starts, 2, ['each max', 'x']);
    for (let at = 0; at < 16; at++) {
      const due = Array.from({length: starts.length ** 2}, (_, k) => k).filter(k => stepOf(t, k).taps.some(tap => tap.at === at));
      assert.deepEqual(usersOf(t, at), due, `cell ${at} under windows from ${starts}`);
    }
  }
});

test('a sum of products, with a kernel, is the one that is added by hand', () => {
  const t = plane([[1, 2, 3], [4, 5, 6], [7, 8, 9]], [0, 1], 2, ['each +', ['·', 'x', 'w']], [[1, 0], [2, -1]]);
  assert.equal(print(workingOf(t, stepOf(t, 0)), TEXT), '1·1 + 2·0 + 4·2 + 5·(-1)');
  assert.deepEqual([0, 1, 2, 3].map(k => workOut(t, k)), [4, 6, 10, 12]); // 1+8-5, 2+10-6, 4+14-8, 5+16-9
});

test('a choice takes the side that its comparison names, a quotient is exact where its numbers are whole', () => {
  const t = plane([[4, -3], [2, 1]], [0], 2, ['/', ['each +', 'x'], 4]), s = stepOf(t, 0);
  assert.equal(worked(t.view.rule, t, s), 1);
  assert.equal(worked(['?', '>', 'x', 0, 'x', ['neg', 'x']], t, s, s.taps[1]), 3n);
});

test('indices count rows first, and every combination comes once', () => {
  for (let k = 0; k < 24; k++) assert.equal(ravel(unravel(k, [2, 3, 4]), [2, 3, 4]), k);
  assert.deepEqual(unravel(7, [2, 3, 4]), [0, 1, 3]);
  assert.deepEqual(product([[0, 1], [2, 3]]), [[0, 2], [0, 3], [1, 2], [1, 3]]);
});
