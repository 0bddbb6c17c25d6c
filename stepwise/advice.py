"""What a person may do about a refusal, in the words of the door that was used: Python's, or the command line's.

A message puts in `way("replace")` where it tells how. The command line has options for the same, and says these while
it works (`cli/advice.py`). To add one: a line here, and one there; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

IN_PYTHON: Mapping[str, str] = {
    "replace": "pass replace=True",
    "large": "allow it: with stepwise.allow_large():",
    "typical": 'detail="auto"',
    "markdown": "add md to the formats",
    "workers": "workers",
    "shape": "summary({shape})",
    "free port": "give none",
    "kernel": "give it as kernel=",
    "weights": "with weights=[…]",
    "grad": "grad_output=",
    "loss": "loss=",
    "target": "target=",
}
_words: ContextVar[Mapping[str, str]] = ContextVar("stepwise_advice", default=IN_PYTHON)


def way(name: str) -> str:
    """How a thing is asked for here.

    >>> f"it exists already; {way('replace')} to replace it"
    'it exists already; pass replace=True to replace it'
    """
    return _words.get()[name]


@contextmanager
def advising(words: Mapping[str, str]) -> Iterator[None]:
    """Inside the block these words are said.

    >>> with advising({"replace": "add --force"}):
    ...     way("replace")
    'add --force'
    """
    token = _words.set(words)
    try:
        yield
    finally:
        _words.reset(token)
