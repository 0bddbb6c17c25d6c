"""Counterexamples: an input on which two functions differ, and the smallest one like it.

Zeros, single cells, ramps and small random numbers are tried, in that order, so that what is found is plain already;
then as many of its cells as can be are made 0, and the others small.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

import numpy as np

from ..arithmetic import Array

TRIES = 300
"""Random inputs that are tried."""
MOST_CELLS_ALONE = 200
"""So many single cells are tried on their own."""
MOST_SHRUNK = 4000
"""Trials that making a counterexample smaller may take."""

Differs = Callable[[Array], bool]


def counterexample(differs: Differs, shape: tuple[int, ...], seed: int = 0, tries: int = TRIES) -> Array | None:
    """Small whole numbers for which `differs` holds, as small as can be found; None where none were found."""
    for candidate in _candidates(shape, seed, tries):
        if differs(candidate):
            return smallest(differs, candidate)
    return None


def _candidates(shape: tuple[int, ...], seed: int, tries: int) -> Iterator[Array]:
    size = int(np.prod(shape))
    yield np.zeros(shape, dtype=np.int64)
    for cell in np.linspace(0, size - 1, min(size, MOST_CELLS_ALONE)).astype(int):
        for value in (1, -1):
            single = np.zeros(size, dtype=np.int64)
            single[cell] = value
            yield single.reshape(shape)
    ramp = np.arange(size, dtype=np.int64).reshape(shape)
    yield from (np.ones(shape, dtype=np.int64), -np.ones(shape, dtype=np.int64), ramp, -ramp)
    random = np.random.default_rng(seed)
    for number in range(tries):
        most = (1, 2, 5, 20)[number % 4]
        yield random.integers(-most, most, shape, endpoint=True)


def smallest(differs: Differs, found: Array) -> Array:
    """A counterexample with few cells other than 0, and small ones: one cell after another, then all of them at once.

    Where few are left, every smaller choice for them is tried, so that none of the same cells is smaller.
    """
    left = MOST_SHRUNK
    flat = found.ravel().copy()

    def still(candidate: Array) -> bool:
        nonlocal left
        left -= 1
        return left > 0 and differs(candidate.reshape(found.shape))

    changed = True
    while changed and left > 0:
        changed = False
        for cell in np.flatnonzero(flat):
            for smaller in _smaller(int(flat[cell])):
                tried = flat.copy()
                tried[cell] = smaller
                if still(tried):
                    flat, changed = tried, True
                    break
    return _smallest_of_all(differs, flat.reshape(found.shape))


def _smallest_of_all(differs: Differs, found: Array) -> Array:
    """The smallest, by the sum of its cells' sizes, that has the same cells other than 0 and the same signs."""
    cells = np.flatnonzero(found)
    sizes = np.abs(found.ravel()[cells])
    if not len(cells) or np.prod(sizes, dtype=object) > MOST_SHRUNK:
        return found
    for smaller in sorted(product(*(range(1, n + 1) for n in sizes)), key=sum):
        tried = found.ravel().copy()
        tried[cells] = np.sign(tried[cells]) * smaller
        if differs(tried.reshape(found.shape)):
            return tried.reshape(found.shape)
    return found


def _smaller(value: int) -> Iterator[int]:
    """0, then the numbers nearest to 0 of the same sign."""
    yield 0
    sign = 1 if value > 0 else -1
    yield from (sign * n for n in dict.fromkeys((1, 2, abs(value) // 2, abs(value) - 1)) if 0 < n < abs(value))
