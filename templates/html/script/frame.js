/* A page inside a frame tells the page around it how high it is, so that the frame can be made to fit. */

if (parent !== window) {
  const tell = () => parent.postMessage({type: 'stepwise-height', height: Math.ceil(document.documentElement.getBoundingClientRect().height)}, '*');
  new ResizeObserver(tell).observe(document.documentElement);
}
