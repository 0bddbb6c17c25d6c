"""Rows of numbers as CSV: the digits of whole numbers and short decimals are worked out for a whole block at once.

A decimal that is a whole number of ten-thousandths has no more digits than those, as long as they are no more than its
type surely holds; every other one is written out by itself, as Python writes it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..arithmetic import Array

BLOCK = 2**18
"""Numbers that are worked at together."""
PLACES = 4
"""Digits after the point that are worked out for all numbers of a block at once."""
SURE = {np.dtype(np.float32): 10.0**6, np.dtype(np.float64): 10.0**15}
"""Below this a whole number of steps of a decimal place is told from its neighbours."""


def csv_lines(rows: Array) -> Iterator[bytes]:
    """Rows of whole numbers, float32 or float64, a line each; every number is written so that it reads back to itself.

    >>> b"".join(csv_lines(np.array([[4, -30], [0, 255]])))
    b'4,-30\\n0,255\\n'
    >>> b"".join(csv_lines(np.array([[0.25, -7.0, 1 / 3]])))
    b'0.25,-7.0,0.3333333333333333\\n'
    """
    count = max(1, BLOCK // max(1, rows.shape[1]))
    for first in range(0, len(rows), count):
        block = rows[first : first + count]
        if block.dtype.kind in "iu":
            yield _joined(np.abs(block.astype(np.int64)), block < 0, 0)
            continue
        with np.errstate(all="ignore"):
            steps = np.rint(np.abs(block.astype(np.float64)) * 10**PLACES)
            alike = (steps / 10**PLACES).astype(block.dtype) == np.abs(block)
        if bool((alike & (steps < SURE[block.dtype])).all()):
            yield _joined(steps.astype(np.int64), np.signbit(block), PLACES)
        else:
            yield "".join(",".join(words) + "\n" for words in _singly(block)).encode()


def fits(rows: Array) -> bool:
    """Whether these numbers can be written so: whole ones that 64 bits hold with their sign, and decimals."""
    lowest = np.iinfo(np.int64).min
    return rows.dtype in SURE or (rows.dtype.kind in "iu" and rows.dtype != np.uint64 and not (rows == lowest).any())


def _singly(block: Array) -> Iterator[list[str]]:
    for row in block:
        yield list(map(repr, row.tolist())) if block.dtype == np.float64 else row.astype(str).tolist()


def _joined(numbers: Array, negative: Array, places: int) -> bytes:
    """Numbers of so many decimal places, their digits put side by side; what is no sign is left out at the end."""
    length = max(len(str(int(numbers.max(initial=0)))), places + 1)
    signs = np.zeros((*numbers.shape, length + (places > 0) + 2), dtype=np.uint8)
    signs[..., 0] = np.where(negative, ord("-"), 0)
    at, rest, kept = signs.shape[-1] - 2, numbers, np.zeros(numbers.shape, dtype=bool)
    for place in range(length):
        if place == places and places:
            signs[..., at] = ord(".")
            at -= 1
        above = rest // 10
        digit = (rest - 10 * above).astype(np.uint8)
        if place < places:  # of decimals the first is always written, and of others no zeros at the end
            kept |= digit > 0
            shown = kept if place < places - 1 else True
        else:
            shown = (rest > 0) | (place == places)
        signs[..., at] = np.where(shown, digit + ord("0"), 0)
        at, rest = at - 1, above
    signs[..., -1] = ord(",")
    signs[:, -1, -1] = ord("\n")
    return signs[signs > 0].tobytes()
