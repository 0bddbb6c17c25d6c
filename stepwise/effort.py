"""How long and how large something would be, estimated before it is begun.

What would take more than half a minute or two gigabytes is refused in one sentence, unless it is asked for: with
`stepwise.allow_large()`, or `--allow-large`. Every door asks here, so that there is one scale and one wording.

The rates are of one core, rounded up from what `make bench` measures. To add one: a constant beside them, and a call of
`allow` before the work begins.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from .advice import way
from .dataclass import dataclass
from .errors import LimitError

MOST_SECONDS = 30
MOST_BYTES = 2 * 2**30
MOST_CELLS = MOST_BYTES // 8
"""The most cells an array may have, of numbers of eight bytes."""
_allowed: ContextVar[bool] = ContextVar("stepwise_allow_large", default=False)


@dataclass(frozen=True)
class Effort:
    """Seconds, and bytes held at once.

    >>> 3 * Effort(2, 10) + Effort(1)
    Effort(seconds=7, bytes=30)
    """

    seconds: float = 0
    bytes: float = 0

    def __add__(self, other: Effort) -> Effort:
        return Effort(self.seconds + other.seconds, self.bytes + other.bytes)

    def __rmul__(self, count: float) -> Effort:
        return Effort(count * self.seconds, count * self.bytes)

    @property
    def words(self) -> str:
        """Both in words.

        >>> Effort(7200, 5e9).words
        'about 2 hours and 5 GB'
        """
        return f"about {_time(self.seconds)} and {_size(self.bytes)}"


STEP = Effort(2e-3, 60e3)
"""A window or cell told, drawn and written."""
TAP = Effort(150e-6, 5e3)
"""A cell that such a window covers."""
DRAWN = 1000
FOLDED_TAP = Effort(80e-6, 5e3)
"""Such a cell beyond so many, which is read and folded into a subtotal, and not drawn."""
SHEET_CELL = Effort(300e-6, 2e3)
"""A cell of a spreadsheet."""
SAVED_CELL = Effort(500e-9, 80)
"""A number of a record, written or read as text."""
WRITTEN_CELL = Effort(1.2e-6, 30)
"""A number written out in all its digits."""
EXACT = Effort(5e-6)
"""A product of fractions, or a comparison."""
TERM = Effort(60e-6)
"""A number that goes into an exact one which is no fraction, worked out by its formula."""
NESTED = Effort(150e-6)
"""A number within exp(), compared and told exactly; twice that for every exp() around it."""
FRACTION = Effort(12e-6, 200)
"""A number made exact, and what is kept of it."""
PRODUCT = Effort(1e-9)
"""A multiplication of numbers, or a comparison, among many."""
REPLAYED = Effort(40e-9)
"""A cell of a window that is gathered again and calculated with."""
TAP_SEEN = Effort(8e-6, 1)
"""A tap, made and compared."""
SHARED = Effort(10e-6, 600)
"""A tap, made so that its share can be told."""
SHARED_AT_ONCE = Effort(400e-9, 100)
"""A cell whose share is worked out among many."""
LETTERED = Effort(500e-6, 2e3)
"""A letter in an output cell, worked out and compared."""
LINE = Effort(200e-9, 60)
"""A cell of a window along one axis, found by sliding it by hand."""
ENTRY = Effort(7e-6, 8)
"""An entry of a matrix."""
PROVEN = Effort(20e-6, 200)
"""A number of an input that a proof tries and compares."""
TRIED = Effort(20e-3)
"""A layer, carried out on all the inputs on which a proof compares."""
VARIANT = Effort(2.9e-3)
"""A variant of an exercise, drawn, proven and written with its key."""
MISTAKEN = Effort(600e-6)
"""A layer's mistakes, carried through one layer that comes after it, for one draw of a variant."""


@contextmanager
def allow_large() -> Iterator[None]:
    """Inside the block nothing is refused for taking long or needing much memory.

    >>> with allow_large():
    ...     allow("This", Effort(1e9), "leave it")
    """
    token = _allowed.set(True)
    try:
        yield
    finally:
        _allowed.reset(token)


def is_large_allowed() -> bool:
    """Whether nothing is refused: what a worker process is told when it begins."""
    return _allowed.get()


def allow_large_here() -> None:
    """Nothing is refused in this thread any more."""
    _allowed.set(True)


def allow(what: str, effort: Effort, instead: str) -> None:
    """Raises `LimitError` for what would take too long or too much memory: what it is, how much, what to do instead.

    >>> allow("telling all 9 windows", 9 * STEP, "take fewer")
    >>> allow("telling all 1,000,000 windows", 1_000_000 * STEP, "tell the typical ones")
    Traceback (most recent call last):
    ...
    stepwise.errors.LimitError: telling all 1,000,000 windows would take about 33 minutes and 60 GB; tell the typical \
ones, or allow it: with stepwise.allow_large():
    """
    if (effort.seconds > MOST_SECONDS or effort.bytes > MOST_BYTES) and not _allowed.get():
        raise LimitError(f"{what} would take {effort.words}; {instead}, or {way('large')}")


def allow_cells(what: str, cells: int) -> None:
    """Raises `LimitError` for an array that would not fit into the memory, before any is taken.

    >>> allow_cells("the output", 10**10)
    Traceback (most recent call last):
    ...
    stepwise.errors.LimitError: the output would have 10,000,000,000 cells, 80 GB; at most 268,435,456 are carried out \
unless you allow it: with stepwise.allow_large():
    """
    if cells > MOST_CELLS and not _allowed.get():
        raise LimitError(
            f"{what} would have {cells:,} cells, {_size(8 * cells)}; "
            f"at most {MOST_CELLS:,} are carried out unless you {way('large')}"
        )


def _time(seconds: float) -> str:
    for size, name in ((86400 * 365, "year"), (86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= 1.5 * size:
            return f"{seconds / size:,.0f} {name}s"
    return f"{max(seconds, 1):.0f} seconds" if seconds >= 1.5 else "1 second"


def _size(bytes: float) -> str:
    return f"{bytes / 1e9:,.0f} GB" if bytes >= 1e9 else f"{bytes / 1e6:,.0f} MB" if bytes >= 1e6 else "1 MB"
