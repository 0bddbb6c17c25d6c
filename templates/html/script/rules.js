/*
 * Rules: how taps become a result, as a tree that the operation itself wrote (stepwise's rules/as_data.py says how to read
 * it). It is walked over a step's taps, for what it comes to and for its formula. Here is what a maximum needs; all other
 * nodes are in rules-more.js, and what signs do with numbers in formula….js.
 */

/** What is made of a rule: of a number from an array, and of what a sign's operands made; `taps` tells whose each is.
 * @typedef {{t: Trace, s: Step, known: Map<any, any>, said?: boolean, aside?: (rule: any) => any, leaf: (array: Cells, value: any) => any, join: (sign: string, parts: any[], taps?: number[]) => any}} Walk */

/** @type {Record<string, (rule: any, w: Walk, tap: Tap) => any>} */
const nodes = {
  x: (rule, {t, leaf}, tap) => leaf(t.inputs.input, tap.value),
  'each max': ([, body], w) => each('max', body, w, w.s.data),
};

/** @param {string} sign @param {any} body @param {Walk} w @param {Tap[]} taps */
const each = (sign, body, w, taps) => w.join(sign, taps.map(tap => walked(body, w, tap)), taps.map(tap => w.s.taps.indexOf(tap)));

/** @param {any} rule @param {Walk} w @param {any} [tap] the tap in hand @returns {any} */
const walked = (rule, w, tap = w.s.taps.at(-1)) => nodes[rule[0]](rule, w, tap);

/** What a step comes to, exactly where all numbers are whole. @type {((t: Trace, s: Step) => any)[]} the last one counts */
const results = [(t, s) => winnerOf(t, s)?.value];

/** A step's working, without its result. @param {Trace} t @param {Step} s @param {any} [rule] @returns {Formula} */
const workingOf = (t, s, rule = t.view.rule) => walked(rule, {
  t, s, known: new Map(), said: true, leaf: digits, join: (sign, parts, taps) => Object.assign([sign, ...parts], {taps}),
});

/** The tap that decides, by the rule: of a maximum the first of the largest, and NaN before everything.
 * @type {Record<string, (data: Tap[]) => Tap | undefined>} */
const deciding = {'each max': data => data.find(({value}) => value !== value) ?? data.reduce((best, tap) => (tap.value > best.value ? tap : best))};

/** @param {Trace} t @param {Step} s */
const winnerOf = ({view}, {data}) => deciding[view.rule[0]]?.(data);
