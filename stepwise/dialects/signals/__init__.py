"""Words of images and signals, a fourth dialect, library by library; in `convolve` the kernel is turned by half a turn.

A call stands as it is pasted: any name stands for the input and another for the kernel, which are given beside it.
What its prefix may be, and which names each library has, is in `signal_words.py` beside this room, so that they are
found without loading it. To add a library: a module with a `Dialect` named `library`, and a line here and there.
"""

from __future__ import annotations

from ...layers.dialect import Dialect
from . import numpy_words, opencv, scipy_ndimage, scipy_signal, skimage_filters

LIBRARIES: dict[str, Dialect] = {
    "numpy": numpy_words.library,
    "scipy.signal": scipy_signal.library,
    "scipy.ndimage": scipy_ndimage.library,
    "cv2": opencv.library,
    "skimage.filters": skimage_filters.library,
}
