/* A page tells the page around it how high it is, so that a frame can be made to fit; alone, it tells only itself. */

new ResizeObserver(() => parent.postMessage({type: 'stepwise-height', height: document.documentElement.offsetHeight}, '*')).observe(document.documentElement);
