"""The weights of a Gaussian, as each library cuts it off."""

from __future__ import annotations

import math

import numpy as np

from ...arithmetic import Array

SMALL = {1: (1,), 3: (1, 2, 1), 5: (1, 4, 6, 4, 1), 7: (2, 7, 14, 18, 14, 7, 2), 9: (4, 13, 30, 51, 60, 51, 30, 13, 4)}
"""What OpenCV takes for a size where no sigma is given: each row is divided by its sum."""


def weights(sigma: float, radius: int) -> Array:
    """exp(-x² / 2σ²) for x from -radius to radius, divided by their sum (SciPy's `_gaussian_kernel1d`).

    >>> weights(1.0, 1).round(3).tolist()
    [0.274, 0.452, 0.274]
    """
    places = np.arange(-radius, radius + 1)
    bell = np.exp(-0.5 * (places / sigma) ** 2) if sigma else (places == 0).astype(float)
    return np.asarray(bell / bell.sum())


def radius_of(sigma: float, truncate: float) -> int:
    """Where SciPy cuts it off: `int(truncate * sigma + 0.5)`."""
    return int(truncate * sigma + 0.5)


def opencv_weights(size: int, sigma: float) -> Array:
    """`cv2.getGaussianKernel(size, sigma)`; a sigma of 0 or below is worked out from the size.

    >>> opencv_weights(3, 0).tolist()
    [0.25, 0.5, 0.25]
    """
    if sigma <= 0 and size in SMALL:
        return np.array(SMALL[size]) / sum(SMALL[size])
    spread = sigma if sigma > 0 else 0.3 * ((size - 1) * 0.5 - 1) + 0.8
    places = np.arange(size) - (size - 1) / 2
    bell = np.exp(-0.5 * (places / spread) ** 2)
    return np.asarray(bell / bell.sum())


def opencv_size(sigma: float) -> int:
    """The size that OpenCV gives a kernel of decimals where none is asked for: odd, four sigmas on each side."""
    return round_half_even(sigma * 8 + 1) | 1


def round_half_even(x: float) -> int:
    """OpenCV's `cvRound`."""
    return int(math.floor(x) + (x - math.floor(x) > 0.5 or (x - math.floor(x) == 0.5 and math.floor(x) % 2 == 1)))
