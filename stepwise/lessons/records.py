"""What is said of one operation: a record of sentences, each made when it is asked for."""

from __future__ import annotations

from collections.abc import Callable

from ..dataclass import dataclass
from ..document.inline import Text
from ..rules.tree import Rule
from ..traces.trace import Trace
from .lines import Lines


@dataclass(frozen=True)
class Phrases:
    """The sentences of one operation; each is made when asked for, so that it is in the current language."""

    noun: Callable[[], str]
    instruction: Callable[[Trace], str]  # what to do in each window
    padding: Callable[[Trace], Text]  # what padded cells mean here
    check: Callable[[Trace], str]  # something the reader can check without doing it all again
    lines: Callable[[Trace], Lines]  # what is said of a step, and when
    numbers: Callable[[Trace], dict[str, Rule]] = lambda trace: {}  # what lines name, worked out of the step


Said = Callable[[], str]


def of_cells(noun: Said, instruction: Said, check: Said, lines: Callable[[Trace], Lines]) -> Phrases:
    """The phrases of an operation without a window."""
    return Phrases(noun, lambda trace: instruction(), lambda trace: (), lambda trace: check(), lines)
