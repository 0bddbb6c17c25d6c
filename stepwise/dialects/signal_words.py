"""Which words belong to images and signals, and to which library: read before any of it is loaded."""

from __future__ import annotations

import re

PREFIXES: dict[str, str] = {
    "np": "numpy",
    "numpy": "numpy",
    "signal": "scipy.signal",
    "scipy.signal": "scipy.signal",
    "sp.signal": "scipy.signal",
    "sig": "scipy.signal",
    "ndimage": "scipy.ndimage",
    "scipy.ndimage": "scipy.ndimage",
    "sp.ndimage": "scipy.ndimage",
    "ndi": "scipy.ndimage",
    "nd": "scipy.ndimage",
    "cv2": "cv2",
    "cv": "cv2",
    "skimage.filters": "skimage.filters",
    "ski.filters": "skimage.filters",
    "filters": "skimage.filters",
}
"""What stands before a name, as people import it, and whose it then is."""

NAMES: dict[str, tuple[str, ...]] = {
    "numpy": ("convolve", "correlate", "pad"),
    "scipy.signal": ("convolve", "convolve2d", "correlate", "correlate2d"),
    "scipy.ndimage": (
        "convolve", "convolve1d", "correlate", "correlate1d", "gaussian_filter", "gaussian_filter1d", "laplace",
        "maximum_filter", "maximum_filter1d", "median_filter", "minimum_filter", "minimum_filter1d", "prewitt", "sobel",
        "uniform_filter", "uniform_filter1d",
    ),
    "cv2": (
        "GaussianBlur", "Laplacian", "Scharr", "Sobel", "blur", "boxFilter", "dilate", "erode", "filter2D",
        "medianBlur",
    ),
    "skimage.filters": (
        "gaussian", "laplace", "median", "prewitt", "prewitt_h", "prewitt_v", "scharr", "scharr_h", "scharr_v",
        "sobel", "sobel_h", "sobel_v",
    ),
}  # fmt: skip
"""The functions of each library that are carried out."""


JOINS = (
    ("numpy", "hypot"), ("cv2", "magnitude"), ("numpy", "arctan2"), ("cv2", "phase"), ("numpy", "degrees"),
    ("numpy", "rad2deg"),
)  # fmt: skip
"""Functions that join what two others give; and an angle, in degrees."""
ROOT = "sqrt"
"""NumPy's root of two squares, `np.sqrt(gx**2 + gy**2)`, is no call of calls; it is read as pasted code is."""


def libraries_of(name: str) -> list[str]:
    """The libraries that have a function of this name."""
    return [library for library, names in NAMES.items() if name in names or (library, name) in JOINS]


def is_function(path: tuple[str, ...]) -> bool:
    """Whether a dotted name is one of theirs: by what stands before it, or alone where nobody else has it."""
    prefix = ".".join(path[:-1])
    return prefix in PREFIXES or (not prefix and bool(libraries_of(path[-1])))


def begins(text: str) -> bool:
    """Whether a text begins with a call of one of their functions, so that what is wrong with it is said as of one."""
    found = re.match(r"\s*([\w.]+)\(", text)
    return found is not None and is_function(path := tuple(found[1].split("."))) and path[-1] != ROOT
