"""How much a stranger's template may do: it is stopped with a sentence before it hangs or fills the memory.

What it does is counted at every call, filter, turn of a loop and file put in; what grows is refused beforehand.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from ...errors import StepwiseError

SECONDS = 10.0
"""Of the processor, for one page."""
MOST_MADE = 100_000_000
"""Characters and cells, in all that is put together on the way."""
LONGEST = 10_000_000
"""Characters of one text."""
MOST_CELLS = 1_000_000
"""Of one list, with all that is in the lists within it."""
LARGEST = 100_000
"""A number that a filter is given, such as a width."""
WIDEST = 1_000
"""Characters that a number may be filled up to."""
BITS = 4096
"""Of a whole number."""

_WIDTH = re.compile(r"%(?:\([^)]*(?:\)|\Z))?[-#0 +]*(\*|\d+)?(?:\.(\*|\d+))?")


class Budget:
    """What is left to one page."""

    def __init__(self) -> None:
        self._made = 0
        self._until = time.thread_time() + SECONDS

    def spend(self, made: int) -> None:
        """Count what was made. Raises `StepwiseError` where that is too much."""
        self._made += made
        if self._made > MOST_MADE:
            raise StepwiseError(f"this makes more than {MOST_MADE:,} characters, the most that a page may need")
        if time.thread_time() > self._until:
            raise StepwiseError(f"this takes longer than {SECONDS:g} s of the processor, the most that a page may need")


_budget: ContextVar[Budget] = ContextVar("budget")


@contextmanager
def bounded() -> Iterator[None]:
    """All that is done within is counted together."""
    token = _budget.set(Budget())
    try:
        yield
    finally:
        _budget.reset(token)


def made(value: Any) -> Any:
    """The value, once it is counted, with all that is in it. Raises `StepwiseError` where that is too much."""
    _budget.get().spend(len(value) if isinstance(value, str) else _cells(value))
    return value


def _cells(value: Any) -> int:
    """How much there is in lists within lists: a list that holds another one twice has all of it twice."""
    cells, characters, rest = 1, 0, [value]
    while rest:
        match rest.pop():
            case str() as text:
                characters += len(text)
            case (list() | tuple() | frozenset()) as inner:
                rest.extend(inner)
                cells += len(inner)
            case dict() as inner:
                rest.extend((*inner.keys(), *inner.values()))
                cells += len(inner)
        if cells > MOST_CELLS:
            raise StepwiseError(f"this makes a list of more than {MOST_CELLS:,} cells, the most there is room for")
        fits(characters)
    return cells + characters


def counted(values: Iterable[Any]) -> Iterator[Any]:
    """The values, each counted as it is used: every loop of a template goes through here."""
    for value in values:
        _budget.get().spend(1)
        yield value


def concatenated(pieces: Iterable[str]) -> str:
    """Pieces of a page put together, where they are not too long."""
    pieces = list(pieces)
    fits(sum(map(len, pieces)))
    return made("".join(pieces))  # type: ignore[no-any-return]


def fits(length: int) -> None:
    """Refuse a text that would be too long. Raises `StepwiseError`."""
    if length > LONGEST:
        raise StepwiseError(f"this makes a text of {length:,} characters; {LONGEST:,} is the most")


def small(number: Any) -> Any:
    """A number given to a filter, where it is not too large. Raises `StepwiseError`."""
    if isinstance(number, int) and abs(number) > LARGEST:
        raise StepwiseError(f"the number {_short(number)} is too large for a filter; {LARGEST:,} is the most")
    return number


def filled(pattern: Any, values: Any) -> None:
    """Refuse a `%` pattern that makes a text too long of these values. Raises `StepwiseError`."""
    if not isinstance(pattern, str):
        return
    for found in _WIDTH.finditer(pattern):
        if any(width == "*" or int(width[:9]) > WIDEST for width in found.groups() if width):
            raise StepwiseError(f"a width in {pattern[:80]!r} is more than {WIDEST} characters, or not written out")
    given = values.values() if isinstance(values, dict) else values if isinstance(values, list | tuple) else (values,)
    fits(len(pattern) + pattern.count("%") * max((len(str(value)) for value in given), default=0))


def narrow_spec(format_spec: str) -> str:
    """What follows the colon in `{:>8}`, where it fills nothing up beyond measure. Raises `StepwiseError`."""
    if any(int(width[:9]) > WIDEST for width in re.findall(r"\d+", format_spec)):
        raise StepwiseError(f"the width in {format_spec[:80]!r} is more than {WIDEST} characters")
    return format_spec


def operated(operator: str, left: Any, right: Any) -> None:
    """Refuse `+ * ** %` whose result would be too large. Raises `StepwiseError`."""
    match operator, left, right:
        case "+", str(), str():
            fits(len(left) + len(right))
        case "*", int(), int():
            _few(left.bit_length() + right.bit_length())
        case "*", str() as many, int() as times:
            fits(len(many) * times)
        case "*", int() as times, str() as many:
            fits(len(many) * times)
        case "*", (list() | tuple()), _:
            raise StepwiseError("a list cannot be multiplied here")
        case "*", _, (list() | tuple()):
            raise StepwiseError("a list cannot be multiplied here")
        case "**", int(), int():
            _few(left.bit_length() * max(right, 0))
        case "%", str(), _:
            filled(left, right)


def _few(bits: int) -> None:
    if bits > BITS:
        raise StepwiseError(f"this makes a whole number of more than {BITS} bits, the most there is room for")


def _short(number: int) -> str:
    return f"{number:,}" if number.bit_length() < 128 else f"of {number.bit_length():,} bits"
