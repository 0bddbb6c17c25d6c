"""What comes back along an axis whose output cells were made of several input cells, each with its weight.

Each output cell sends something to every cell that it was made of. All that is sent is carried in rounds: in the first,
every input cell is sent one thing; in the second, every one to which two or more are sent its second; and so on. Within
a round no cell is met twice, so that all of it is added at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

from ..arithmetic import Array, Value

Sending = tuple[int, int, Value]  # from an output cell, to an input cell, how much of it


class Round(NamedTuple):
    """Input cells along an axis, each once; the output cells that send to them; how much of what those have."""

    cells: Any
    outputs: Array
    weights: Array


def rounds(sendings: Iterable[Sending], dtype: np.dtype[Any]) -> list[Round]:
    """All that is sent, in as many rounds as the most that one cell is sent; what weighs nothing is left out.

    >>> [(r.cells, r.outputs.tolist()) for r in rounds([(0, 0, 1), (1, 0, 1), (2, 1, 1)], np.dtype(float))]
    [(slice(0, 2, None), [0, 2]), (slice(0, 1, None), [1])]
    """
    by_cell: dict[int, list[tuple[int, Value]]] = {}
    for output, cell, weight in sendings:
        if weight:
            by_cell.setdefault(cell, []).append((output, weight))
    found = []
    for number in range(max(map(len, by_cell.values()), default=0)):
        cells = sorted(cell for cell, sent in by_cell.items() if len(sent) > number)
        outputs, weights = zip(*(by_cell[cell][number] for cell in cells))
        found.append(Round(_run(cells), np.array(outputs), np.array(weights, dtype=object).astype(dtype)))
    return found


def _run(cells: list[int]) -> Any:
    """Numbers one after the other as a slice, which NumPy adds to without a copy."""
    together = cells[-1] - cells[0] + 1 == len(cells)
    return slice(cells[0], cells[-1] + 1) if together else np.array(cells)


def collected(
    back: Array,
    dimension: int,
    size: int,
    rounds: list[Round],
    then: Callable[[Array], Array] = lambda part: part,
    dtype: np.dtype[Any] | None = None,
) -> Array:
    """What comes back to each of `size` cells along a dimension, summed; each round goes through `then` before."""
    result: Array | None = None
    for cells, outputs, weights in rounds:
        part = then(np.take(back, outputs, dimension) * weights.reshape(-1, *(1,) * (back.ndim - dimension - 1)))
        if result is None:
            shape = (*part.shape[:dimension], size, *part.shape[dimension + 1 :])
            result = np.zeros_like(part, shape=shape, dtype=dtype)
        result[(slice(None),) * dimension + (cells,)] += part
    assert result is not None  # there is no output without a cell that it is made of
    return result
