"""How much of a trace a picture draws: less in the middle of a text, more in a figure that stands alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from ..dataclass import dataclass


@dataclass(frozen=True)
class Extent:
    """What is drawn whole; of more, a part is."""

    room: int = 8  # rows and columns of a matrix; of a larger one, the part around the window is drawn
    channels: int = 3  # of a window; the formula names them all
    depths: int = 4  # planes of a three-dimensional window
    bias: bool = True  # whether the kernel's caption says it


IN_A_TEXT = Extent()
ROOM = IN_A_TEXT.room
"""Rows and columns that are drawn whole; of a larger matrix, the part around the window is."""
SHOWN_CHANNELS = IN_A_TEXT.channels
"""Channels of a window that are drawn; the formula names them all."""
_current: ContextVar[Extent] = ContextVar("stepwise_extent", default=IN_A_TEXT)


def extent() -> Extent:
    """How much is drawn here."""
    return _current.get()


@contextmanager
def drawn_within(chosen: Extent) -> Iterator[None]:
    """Inside the block, pictures draw as much as is chosen."""
    token = _current.set(chosen)
    try:
        yield
    finally:
        _current.reset(token)
