"""What a page must know of a lesson's letters where knobs are turned: what they may be, and what is said of them."""

from __future__ import annotations

from typing import Any

from ...arithmetic import is_expression
from ...language import _, plural
from ...lessons.letters import MOST_LOST, assumption_words
from ...lessons.names import LETTERS, LONG_CELL, LONG_RESULT
from ...lessons.said import forms
from ...traces.trace import Trace


def letters(trace: Trace) -> dict[str, Any]:
    """The letters of a layer as the script of its knobs reads them."""
    return {
        "known": _known(trace),
        "names": LETTERS,
        "cell": LONG_CELL,
        "result": LONG_RESULT,
        "said": {
            "most": MOST_LOST,
            "alone": _("There is no other number, so it is the largest."),
            "never": _("{names} can never be the largest: {reason}."),
            "larger": _("{larger} is at least as large"),
            "stands": _("{letter} stands for {kind}"),
            "another": _("another is always at least as large"),
            "others": forms(_others),
            "depends": _("Which is the largest depends on the letters, so the maximum is left as it is."),
        },
    }


def _others(n: int) -> str:
    return plural("The same is true of {n} other.", "The same is true of {n} others.", n)


def _known(trace: Trace) -> dict[str, list[Any]]:
    """Of each letter of which something is assumed: its least and its largest value as text, and what it stands for."""
    if not any(is_expression(value) for array in trace.inputs.values() for value in array.flat):
        return {}
    from ...arithmetic.extremes import bounds
    from ...arithmetic.letters import assumed, letters_of  # only in a lesson that has letters is SymPy there

    found: dict[str, list[Any]] = {}
    for letter in letters_of(value for array in trace.inputs.values() for value in array.flat):
        if (kind := assumed(letter)) != "real":
            between = [None if bound is None else str(bound) for bound in bounds(letter)]
            found[letter.name] = [*between, assumption_words(kind)]
    return found
