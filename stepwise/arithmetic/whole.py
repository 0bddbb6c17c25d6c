"""What is asked of a whole array at once, however large it is: its span, and where it is unlike another."""

from __future__ import annotations

import math

import numpy as np

from .digits import Array, Value, plain, rounding
from .exact import is_expression

BLOCK = 2**20
"""Cells looked through at a time, so that a large array needs little memory beside its own."""


def span(array: Array) -> tuple[float, float] | None:
    """The lowest and the highest of an array's finite numbers; None where there is none.

    >>> span(np.array([3.0, np.nan, -1.0, np.inf])), span(np.array([np.nan]))
    ((-1.0, 3.0), None)
    """
    if array.dtype == object:
        array = array.astype(float)  # how a NaN compares among objects depends on their order
    if not array.size:
        return None
    low, high = float(array.min()), float(array.max())
    if low - low == 0 and high - high == 0:
        return low, high
    finite = array[np.isfinite(array)]
    return (float(finite.min()), float(finite.max())) if finite.size else None


def largest_cells(array: Array, most: int) -> list[int]:
    """The numbers of the `most` largest cells, in row-major order, the largest first and of equals the first.

    >>> largest_cells(np.array([1, 5, 5, 2]), 3)
    [1, 2, 3]
    """
    flat = array.ravel()
    if flat.size > BLOCK and flat.dtype != object:
        least = np.partition(flat, flat.size - most)[flat.size - most]
        near = np.flatnonzero(~(flat < least))
    else:
        near = np.arange(flat.size)
    return sorted(map(int, near), key=lambda i: (-float(flat[i]), i))[:most]


def unlike(a: Array, b: Array) -> Array:
    """Where two arrays of one shape have different numbers; NaN is like NaN.

    >>> unlike(np.array([1.0, np.nan, 2.0]), np.array([1.0, np.nan, 3.0])).tolist()
    [False, False, True]
    """
    differs = np.asarray(a != b, dtype=bool)
    if "f" in (a.dtype.kind, b.dtype.kind) or object in (a.dtype, b.dtype):
        differs &= ~np.asarray((a != a) & (b != b), dtype=bool)
    return differs


ROUNDED = 64
"""So many roundings may part two results that were added up in another order."""


def apart(a: Array, b: Array) -> Array:
    """Where two arrays of one shape differ by more than rounding.

    >>> apart(np.array([0.1 + 0.2, 1.0]), np.array([0.3, 1.1])).tolist()
    [False, True]
    """
    differs = unlike(a, b)
    step = max(rounding(a), rounding(b))
    if not step or object in (a.dtype, b.dtype) or not differs.any():
        return differs
    x, y = a[differs].astype(float), b[differs].astype(float)
    with np.errstate(invalid="ignore", over="ignore"):
        near = np.abs(x - y) <= ROUNDED * step * np.maximum(np.abs(x), np.abs(y))
    differs[differs] = ~(near & np.isfinite(x) & np.isfinite(y))
    return differs


def differing(a: Array, b: Array) -> list[int]:
    """The cells of two arrays of one shape, numbered in row-major order, that differ by more than a part in 10^9.

    Below 1, by more than 10^-9 itself: what cancels to 0 in one way may leave that much in another.

    >>> differing(np.array([1.0, 2.0, np.nan]), np.array([1.0 + 1e-12, 3.0, np.nan]))
    [1]
    """
    found: list[int] = _differing_places(a.ravel(), b.ravel()).tolist()
    return found


def count_differing(a: Array, b: Array) -> int:
    """How many cells `differing` finds, of however many: a block at a time, and none of them kept.

    >>> count_differing(np.array([1.0, 2.0, np.nan]), np.array([1.0 + 1e-12, 3.0, np.nan]))
    1
    """
    a, b = a.ravel(), b.ravel()
    blocks = (slice(start, start + BLOCK) for start in range(0, a.size, BLOCK))
    return sum(_differing_places(a[block], b[block]).size for block in blocks)


def _differing_places(a: Array, b: Array) -> Array:
    places: Array = np.flatnonzero(unlike(a, b))
    if object in (a.dtype, b.dtype):
        far = [is_expression(a[at]) or is_expression(b[at]) or _far(a[at], b[at]) for at in places]
        return np.asarray(places[np.asarray(far, dtype=bool)])
    with np.errstate(all="ignore"):
        near = np.abs(a[places] - b[places]) <= 1e-9 * np.maximum(1.0, np.abs(a[places]))
    return np.asarray(places[~near])


def _far(x: Value, y: Value) -> bool:
    return bool(abs(x - y) > 1e-9 * max(1.0, abs(x)))


def unlike_cells(a: Array, b: Array, most: int) -> tuple[list[tuple[int, ...]], int]:
    """The first `most` cells, in reading order, that only one array has or that are apart; and how many there are.

    >>> unlike_cells(np.array([[1, 2], [3, 4]]), np.array([[1, 2, 0], [3, 5, 0]]), most=2)
    ([(0, 2), (1, 1)], 3)
    """
    if a.ndim != b.ndim:
        cells = [index for array in (a, b) for _n, index in zip(range(most), np.ndindex(array.shape))]
        return sorted(cells)[:most], a.size + b.size
    differs = np.zeros(tuple(map(max, a.shape, b.shape)), dtype=bool)
    for array in (a, b):
        differs[tuple(map(slice, array.shape))] = True
    both = tuple(map(slice, map(min, a.shape, b.shape)))
    differs[both] = apart(a[both], b[both])
    found: list[int] = []
    flat = differs.ravel()
    for start in range(0, flat.size, BLOCK):
        if len(found) >= most:
            break
        found += (start + np.flatnonzero(flat[start : start + BLOCK])[:most]).tolist()
    cells = [tuple(int(i) for i in np.unravel_index(number, differs.shape)) for number in found[:most]]
    return cells, int(np.count_nonzero(differs))


def box_of(mask: Array) -> tuple[tuple[int, int], ...] | None:
    """Along each axis, the first marked index and one past the last; None where nothing is marked.

    >>> box_of(np.array([[False, True], [False, True]]))
    ((0, 2), (1, 2))
    """
    if not mask.any():
        return None
    spans = []
    for axis in range(mask.ndim):
        marked = np.flatnonzero(mask.any(axis=tuple(a for a in range(mask.ndim) if a != axis)))
        spans.append((int(marked[0]), int(marked[-1]) + 1))
    return tuple(spans)


def run_tops(values: Array, length: int) -> list[Value]:
    """The largest of each run of so many numbers; NaN is larger than everything.

    >>> run_tops(np.array([1, 3, 2, 5, 4]), 2)
    [3, 5, 4]
    """
    return [plain(top) for top in np.maximum.reduceat(values, np.arange(0, values.size, length))]


def run_sums(values: Array, weights: Array | None, length: int) -> list[Value]:
    """The sum of each run of so many numbers, or of their products with the weights; whole ones are exact.

    >>> run_sums(np.array([1, 3, 2, 5, 4]), None, 2), run_sums(np.array([1.0, 2.0]), np.array([0.5, 2.0]), 2)
    ([4, 7, 4], [4.5])
    """
    factors = [values] if weights is None else [values, weights]
    whole = all(factor.dtype.kind in "iub" for factor in factors)
    exact = whole and length * math.prod(max(map(abs, _ends(factor))) for factor in factors) < 2**63
    number = np.int64 if exact else np.float64
    sums = []
    for start in range(0, values.size, length):
        run = values[start : start + length].astype(number)
        if weights is not None:
            run *= weights[start : start + length].astype(number)
        sums.append(plain(run.sum()))
    return sums


def _ends(values: Array) -> tuple[int, int]:
    return int(values.min()), int(values.max())


def exponentials(values: Array) -> tuple[Value, float]:
    """The largest of some numbers, and what e raised to each, less that, adds up to.

    >>> exponentials(np.array([1.0, 1.0]))
    (1.0, 2.0)
    """
    largest = values.max()
    total = sum(float(np.exp(values[i : i + BLOCK] - float(largest)).sum()) for i in range(0, values.size, BLOCK))
    return plain(largest), total
