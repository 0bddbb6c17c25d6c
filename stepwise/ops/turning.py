"""Half a turn of a kernel: what convolution is outside of neural networks. A layout says where it is made."""

from __future__ import annotations

import numpy as np

from ..arithmetic import Array


def same_when_turned(kernel: Array) -> bool:
    """Whether a kernel, one filter over one channel, looks the same after half a turn.

    >>> same_when_turned(np.array([1, 2, 1])), same_when_turned(np.array([[0, 1], [2, 0]]))
    (True, False)
    """
    return bool(np.array_equal(kernel, np.flip(kernel)))
