"""What is known of two functions: the same, not the same and on which input, or undecided and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from ..arithmetic import Array, lift
from ..dataclass import dataclass
from ..traces.trace import Trace
from .sides import Side, turned
from .weights import Equation

if TYPE_CHECKING:
    from ..document.lesson import Lesson

Why = Literal["equal", "found", "sizes", "differs", "no_weights", "too_large", "opaque", "weights_inside", "not_found"]


@dataclass(frozen=True, eq=False)
class Proof:
    """Whether two functions are the same on inputs of one shape, and how that was settled.

    holds           True, False, or None where it could not be decided
    counterexample  an input on which they differ, or None
    weights         by name, the weights that were found, or those of the counterexample
    missing         the weights that nobody gave where the two differ: for others they may be the same
    why             `equal` (cell by cell) or `found` (with these weights); `sizes`, `differs` or `no_weights`; or,
                    where undecided, `too_large`, `opaque` (not made of sums and maxima), `weights_inside` or
                    `not_found` (neither weights with which they agree, nor inputs on which none do)
    """

    shown_as: ClassVar[str] = "a proof"

    holds: bool | None
    counterexample: Array | None
    why: Why
    sides: tuple[Side, Side]
    outputs: tuple[Array, Array] | None = None  # of both sides, in letters (or the numbers on the counterexample)
    input: Array | None = None  # the letters that went in
    weights: Mapping[str, Array] = field(default_factory=dict)
    detail: str = ""
    equations: tuple[Equation, ...] = ()  # of `no_weights`: inputs on which no weights agree all at once
    free: tuple[str, ...] = ()  # the letters of weights that stand for any numbers
    sought: tuple[str, ...] = ()  # the letters of weights that are to be found
    zero: tuple[str, ...] = ()  # of `no_weights`: biases; were they 0, there would be weights
    missing: tuple[str, ...] = ()  # of `differs`: weights that nobody gave, for which numbers were taken

    @property
    def traces(self) -> tuple[Trace, Trace] | None:
        """Both sides carried out on the counterexample, where there is one and neither is a matrix."""
        if self.counterexample is None or self.why == "sizes" or any(one.mapped for one in self.sides):
            return None
        x = lift(self.counterexample)
        return self.sides[0].trace(x), self.sides[1].trace(turned(x, *self.sides))

    @property
    def shaped(self) -> Trace | None:
        """The first side carried out on zeros: what the axes of its output are; None where it is a matrix."""
        given = self.input if self.input is not None else self.counterexample
        return None if given is None or self.sides[0].mapped else self.sides[0].trace(np.zeros(given.shape))

    def lesson(self, language: str = "en") -> Lesson:
        """The proof, or the counterexample, told as a worked example."""
        from ..lessons.proof import tell_proof  # a door that opens forward, named in the import check

        return tell_proof(self, language)
