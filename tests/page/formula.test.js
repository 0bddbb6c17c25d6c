// Formulas as the page prints them in every notation, and what they are worth.
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {loaded} from './loaded.js';

const FILES = ['numbers', 'formula', 'latex', 'formula-sums', 'formula-powers'];
const {print, TEXT, LATEX, MATHML, speechOf, worth, equality, exact, float, less, settings} = loaded(FILES, ['print', 'TEXT', 'LATEX', 'MATHML', 'speechOf', 'worth', 'equality', 'exact', 'float', 'less', 'settings']);

const WORDS = {'+': 'plus', '-': 'minus', '·': 'times', '/': 'over', '=': 'equals', '≈': 'is about', '(': 'the quantity', ')': 'end', all: 'all divided by', and: 'and', max: 'the maximum of', '^': 'to the power', e: 'times ten to the', '∞': 'infinity'};

test('parentheses stand where the tree needs them, and nowhere else', () => {
  const due = [
    [['+', '-4', '-3', ['·', '2', '-1']], '-4 + (-3) + 2·(-1)'],
    [['·', ['+', '1', '2'], '3'], '(1 + 2)·3'],
    [['-', '1', ['-', '2', '3']], '1 - (2 - 3)'],
    [['-', ['-', '1', '2'], '3'], '1 - 2 - 3'],
    [['/', ['+', '1', '1', '5', '6'], '4'], '(1 + 1 + 5 + 6) / 4'],
    [['/', '1', ['/', '2', '3']], '1 / (2 / 3)'],
    [['^', '-2', '2'], '(-2)^2'],
    [['max', '3', '1'], 'max(3, 1)'],
    [['+', ['·', '2', '3']], '2·3'],
  ];
  for (const [tree, text] of due) assert.equal(print(tree, TEXT), text);
});

test('each notation says the same tree', () => {
  const tree = ['=', ['/', ['+', '1', '2'], '4'], '0.75'];
  assert.equal(print(tree, LATEX), '\\frac{1 + 2}{4} = 0.75');
  assert.equal(print(tree, MATHML), '<mfrac><mrow><mn>1</mn><mo>+</mo><mn>2</mn></mrow><mrow><mn>4</mn></mrow></mfrac><mo>=</mo><mn>0.75</mn>');
  assert.equal(speechOf(tree, WORDS), '1 plus 2, all divided by 4, equals 0.75');
  assert.equal(speechOf(['max', '4', '3', '2'], WORDS), 'the maximum of 4, 3 and 2');
});

test('a tree is worth what its text is worth, read as arithmetic', () => {
  let seed = 7;
  const chance = n => (seed = (seed * 48271) % 2147483647) % n;
  const grown = depth => (depth === 0 || !chance(3) ? String(chance(19) - 9) : [['+', '-', '·'][chance(3)], grown(depth - 1), grown(depth - 1)]);
  for (let n = 0; n < 2000; n++) {
    const tree = grown(4), text = print(tree, TEXT);
    const again = value(text.replace(/\s/g, ''));
    assert.equal(float(worth(tree)), again, text);
  }
});

/** A second way: whole numbers, + - · and parentheses, by precedence. */
function value(text) {
  let at = 0;
  const atom = () => {
    if (text[at] === '(') {
      at++;
      const inner = sum();
      at++;
      return inner;
    }
    const found = /^-?\d+/.exec(text.slice(at))[0];
    at += found.length;
    return Number(found);
  };
  const product = () => {
    let all = atom();
    while (text[at] === '·') {
      at++;
      all *= atom();
    }
    return all;
  };
  const sum = () => {
    let all = product();
    while (text[at] === '+' || text[at] === '-') all += text[at++] === '+' ? product() : -product();
    return all;
  };
  const found = sum();
  return found + 0; // no -0
}

test('= stands only between what is equal, to the last digit', () => {
  assert.equal(equality(['/', '1', '4'], '0.25')[0], '=');
  assert.equal(equality(['/', '1', '3'], '0.333')[0], '≈');
  assert.equal(equality(['+', '0.1', '0.2'], '0.3')[0], '='); // the digits that are printed, not the floats behind them
  assert.equal(equality(['max', 'NaN', '1'], 'NaN')[0], '=');
  assert.equal(equality(['+', '∞', '-∞'], 'NaN')[0], '=');
});

test('floats are the fractions that they are', () => {
  const [above, below] = exact(0.1);
  assert.equal(above * 2n ** 55n, 3602879701896397n * below); // IEEE 754: 0.1 is 3602879701896397 / 2^55
  assert.equal(less([1n, 3n], [1n, 2n]), true);
  assert.equal(less(NaN, 1), false);
});

test('a power of ten keeps its sign, as a number and as what it is worth', () => {
  assert.match(MATHML.number('1e-9'), /<mrow><mo form="prefix">−<\/mo><mn>9<\/mn><\/mrow>/);
  assert.equal(float(worth('-1e-9')), -1e-9);
  assert.equal(equality(['·', '1e-9', '2'], '2e-9')[0], '=');
  assert.equal(equality(['·', '1e-9', '2'], '2e9')[0], '≈');
});

test('a line may end between the terms of each side that is long, in letters and of differences too', () => {
  /** Each piece of what is set, as it is read. */
  const pieces = f => settings[0](f, '')?.match(/<math>.*?<\/math>/g).map(one => one.replace(/<[^>]*>/g, ''));
  const sum = ['+', ...'abcdg'.split('').map(name => ['·', name, '2'])], apart = ['-', ['+', ['-', 'a', 'b'], 'c'], 'd'];
  assert.deepEqual(pieces(['=', 'y', ['=', sum, apart]]), ['y', '=a·2', '+b·2', '+c·2', '+d·2', '+g·2', '=a−b+c−d']);
  assert.deepEqual(pieces(['=', ['-', apart, 'g'], 'h']), ['a', '−b', '+c', '−d', '−g', '=h']);
  assert.deepEqual(pieces(['=', ['+', ['+', '1', '2'], ['+', '3', '4'], '5'], '15']), ['(1', '+2)', '+(3', '+4)', '+5', '=15']);
  assert.deepEqual(pieces(['=', ['+', '-1', '-2', '3', '4', '5'], '9']), ['−1', '+(−2)', '+3', '+4', '+5', '=9']);
  assert.equal(pieces(['=', ['+', '1', '2'], '3']), undefined);
});
