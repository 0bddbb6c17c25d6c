// Numbers as the page prints and reads them. What is due was worked out with exact fractions, by Python's decimal module.
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {loaded} from './loaded.js';

const {shown, understood, ratio, decimal, minus} = loaded(['numbers'], ['shown', 'understood', 'ratio', 'decimal', 'minus']);

test('short numbers are shown whole, long ones with three decimals, halves to even', () => {
  const due = [
    [4, '4'], [-0, '0'], [0.5, '0.5'], [3.25, '3.25'], [1 / 3, '0.333'], [-2 / 3, '-0.667'], [0.0625, '0.0625'],
    [1e16, '1e16'], [123456789, '123456789'], [2 ** 53, '9007199254740992'], [1e-12, '1e-12'], [0.1 + 0.2, '0.3'],
    [NaN, 'NaN'], [Infinity, '∞'], [-Infinity, '-∞'], [10n ** 20n, '100000000000000000000'], [1.0005001, '1.001'],
    [0.00012345678, '0.000123'], [12345.6785, '12345.678'], [12345.6795, '12345.68'],
  ];
  for (const [value, text] of due) assert.equal(shown(value), text);
});

test('a number of single precision is shown in the fewest digits that read back as the same single', () => {
  for (const [value, text] of [[Math.fround(0.1), '0.1'], [Math.fround(3.3), '3.3'], [Math.fround(1 / 3), '0.333'], [16777216, '16777216']]) assert.equal(shown(value, true), text);
  assert.equal(shown(Math.fround(0.1)), '0.1'); // as a double it is 0.10000000149…, which rounds to the same
});

test('what is shown reads back as a number within half a unit of its last digit', () => {
  let seed = 1;
  const chance = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  for (let n = 0; n < 5000; n++) {
    const value = (chance() - 0.5) * 10 ** Math.floor(chance() * 24 - 8), text = shown(value), back = understood(text);
    const places = text.includes('e') ? Infinity : (text.split('.')[1] ?? '').length;
    const unit = places === Infinity ? Math.abs(value) * 1e-2 : 10 ** -places;
    assert.ok(Math.abs(back - value) <= unit / 2 + Math.abs(value) * 1e-12, `${value} is shown as ${text}`);
  }
});

test('what a reader writes is understood, or nothing', () => {
  const due = [['-2', -2], ['−0.5', -0.5], ['13/4', 3.25], ['1e3', 1000], [' .5 ', 0.5], ['∞', Infinity], ['-inf', -Infinity], ['12345678901234567890', 12345678901234567890n]];
  for (const [text, value] of due) assert.equal(understood(text), value);
  assert.ok(Number.isNaN(understood('nan')));
  for (const text of ['', 'x', '1/0', '1 2', '0x10', '1,5', '--1', '1/2/3', 'alert(1)', '1e', 'e5']) assert.equal(understood(text), null, text);
});

test('a quotient of large whole numbers is rounded once', () => {
  for (const [above, below, due] of [[1n, 3n, 1 / 3], [-2n, 3n, -2 / 3], [10n ** 40n, 10n ** 39n, 10], [0n, 7n, 0], [1n, 2n ** 1074n, 5e-324], [9007199254740993n, 2n, 4503599627370496.5]]) assert.equal(ratio(above, below), due);
});

test('a decimal is its digits and the place of the last', () => {
  for (const [text, due] of [['1.50', ['15', -1]], ['1e21', ['1', 21]], ['0.001', ['1', -3]], ['0', ['0', 0]], ['1200', ['12', 2]]]) assert.deepEqual(decimal(text), due);
  assert.equal(minus('-1 - 2'), '−1 − 2');
});
