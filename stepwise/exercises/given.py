"""What a student's program hands to marking: numbers, words, lists and arrays, and nothing that could run.

Graders of notebooks mark a variable of the student's. An object of a class that the student has written would be run
while it is read, amid everything that knows the right answer; so only known kinds are taken, and lists of them.
"""

from __future__ import annotations

import sys
from fractions import Fraction
from typing import Any

import numpy as np

from ..errors import StepwiseError
from ..language import _

PLAIN = (type(None), bool, int, float, Fraction, str, bytes)
LIBRARIES = {"numpy", "torch", "tensorflow", "jax", "jaxlib", "pandas", "stepwise"}
"""Whose own arrays are taken, too."""
DEEPEST = 20
MOST = 1_000_000


def given(answer: Any) -> Any:
    """The answer, where it is numbers and nothing else. Raises `StepwiseError`.

    >>> given([[4, "3"], (2, None)])
    [[4, '3'], [2, None]]
    """
    return _Reading().read(answer, 0)


class _Reading:
    def __init__(self) -> None:
        self._left = MOST

    def read(self, answer: Any, depth: int) -> Any:
        self._left -= 1
        if depth > DEEPEST or self._left < 0:
            raise StepwiseError(_("the answer is nested deeper than any array is"))
        kind = type(answer)
        if kind in PLAIN:
            return answer
        if kind in (list, tuple):
            return [self.read(inner, depth + 1) for inner in answer]
        if kind is np.ndarray and answer.dtype.kind == "O":
            return self.read(answer.tolist(), depth + 1)
        if _known(kind):
            return answer
        problem = _("the answer is of the type {kind}; write it as text, as a list of rows, or as an array")
        raise StepwiseError(problem.format(kind=str(getattr(kind, "__name__", "thing"))[:40]))


def _known(kind: type) -> bool:
    """Whether a class is a library's own, as that library has it: its name alone could be anybody's."""
    module, name = (type.__getattribute__(kind, attribute) for attribute in ("__module__", "__qualname__"))
    if type(module) is not str or module.partition(".")[0] not in LIBRARIES:
        return False
    return vars(sys.modules.get(module, sys)).get(name) is kind
