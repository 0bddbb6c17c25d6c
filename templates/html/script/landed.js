/* What reaches a cell of a transposed convolution: how many products, and from which input cell to which. */

further.push(({view}, {taps}, _holding, numbers) => {
  if (!view.words.landed || !taps.length) return;
  const {shape, along} = view.input, place = (/** @type {Tap} */ tap) => told(unravel(tap.at, shape), along);
  numbers.landed = filled(counted(view.words.landed, taps.length), {n: taps.length, first: place(taps[0]), last: place(taps[taps.length - 1])});
});
