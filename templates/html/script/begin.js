/* A script that stands in its page: the lesson that it belongs to comes to life. */

for (const root of document.querySelectorAll(`.stepwise-lesson[data-key="${KEY}"]`)) enliven(/** @type {HTMLElement} */ (root));
