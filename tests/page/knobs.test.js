// Knobs: the page's own plan, and what it says a framework refuses, against what stepwise's engine gave for every combination.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';
import {gunzipSync} from 'node:zlib';
import {loaded} from './loaded.js';

const {said, divisors} = loaded(['knobs-plan', 'knobs-calls'], ['said', 'divisors']);
const FACTS = gunzipSync(readFileSync(new URL('../golden/knobs.json.gz', import.meta.url))).toString().split('\n').map(line => JSON.parse(line));

/** What is turned along one axis, of this size. */
const turned = ({operation, window, stride, dilation, padding, ceil}, size) => (
  {operation, window: [window], stride: [stride], dilation: [dilation], padding, ceil, size: [size], channels: 1, filters: 1, counted: null});

test('sizes, padding, windows and refusals are the engine\'s, at every combination of knobs', () => {
  let planned = 0, refused = 0;
  for (const [asked, sizes] of FACTS) {
    const counted = asked.dialect === 'torch';
    sizes.forEach((due, i) => {
      const one = said(asked.dialect, turned(asked, i + 1), counted, true), about = `${JSON.stringify(asked)} over ${i + 1}`;
      if (due === null) {
        refused++;
        return assert.ok(one.refused, `${about} is refused by stepwise, and not here`);
      }
      planned++;
      assert.ok(!one.refused, `${about} is taken by stepwise, and refused here: ${one.refused}`);
      const [plan] = one.plans, [drawn, edge, at, working, divided] = due;
      assert.deepEqual([plan.drawn, plan.edge ?? null, plan.at, plan.working], [drawn, edge, at, working], about);
      if (asked.operation === 'mean') assert.deepEqual(divisors(plan, counted), divided, about);
    });
  }
  assert.ok(planned > 20000 && refused > 20000, 'there are both');
});

test('two axes are planned each by its own numbers', () => {
  const both = {operation: 'max', window: [2, 3], stride: [1, 2], dilation: [1, 1], padding: 'same', ceil: false, size: [4, 5], channels: 1, filters: 1, counted: null};
  const {plans, call} = said('keras', both, false, true);
  assert.equal(call, 'MaxPool2D((2, 3), strides=(1, 2), padding="same")');
  assert.deepEqual(plans.map(plan => [plan.output, plan.before, plan.after]), [[4, 0, 1], [3, 1, 1]]);
});
