"""What is right and what is wrong in an answer, cell by cell, and how that is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from ..arithmetic import Array, Value, plain
from ..dataclass import dataclass
from ..language import _, joined, plural
from ..nouns import size_of
from ..traces.axes import cell_place
from ..traces.layout import Index
from ..traces.trace import Trace
from .answers import Answer, Shape
from .diagnosis import Codes, Diagnosis, sentence_in, together
from .fitting import fitted_to
from .lines import compared_sizes

if TYPE_CHECKING:
    from ..document.lesson import Lesson
    from .marker import Marker
    from .marking import Marking, Reveal


State = Literal["right", "wrong", "blank", "unreadable", "imprecise", "carried"]
STATES: tuple[State, ...] = ("right", "wrong", "blank", "unreadable", "imprecise", "carried")
RIGHT, WRONG, BLANK, UNREADABLE, IMPRECISE, CARRIED = range(6)
"""Carried: not the right number, but the one that follows from the student's own earlier answer."""
FEW = 4
"""An output of fewer cells must be all right under another layout, to tell that only the layout went wrong."""
THREE_FIGURES = 0.0051
"""What rounding to three figures may change at most, relative to the number: 9.95 is 10.0."""
MOST_WAYS = 3
"""Ways to a wrong size that are named in a sentence."""
MOST_LISTED = 12
"""Cells that are named in a sentence."""


@dataclass(frozen=True)
class CellVerdict:
    """One cell of the output, and what was given for it."""

    index: Index  # into the trace's output
    state: State
    given: Value  # None where there is no number
    due: Value
    written: str  # as it was written; "" where it was blank


@dataclass(frozen=True)
class SizeVerdict:
    """An answer of the wrong size: what was given, what was due, and which wrong rules give what was given."""

    given: Shape
    due: Shape
    ways: tuple[Codes, ...]  # every way there is to come to that size: one misconception, or two at once
    trace: Trace | None = field(default=None, repr=False)  # what was to be carried out

    @property
    def sizes(self) -> str:
        """Which size was given, and which was due, in words."""
        sentence = _("The answer has the size {given}; the right size is {due}.")
        return sentence.format(given=size_of(self.given), due=size_of(self.due))

    @property
    def text(self) -> str:
        """The same, and which wrong rule gives that size."""
        if not self.ways:
            return self.sizes
        ways = [together(sentence_in(code, self.trace) for code in codes) for codes in self.ways[:MOST_WAYS]]
        how = _("That size comes out where {what}.").format(what=joined(ways, _("{clauses}; or: {next}")))
        return f"{self.sizes} {how}"

    @property
    def codes(self) -> Codes:
        """The first of the ways, or nothing."""
        return self.ways[0] if self.ways else ()


@dataclass(frozen=True, eq=False)
class Verdict:
    """What is right and wrong in an answer, and what it earns. See `stepwise.marking` for what its parts are called."""

    shown_as: ClassVar[str] = "a verdict"

    marker: Marker = field(repr=False)
    answer: Answer
    states: Array | None = field(repr=False)  # one number a cell, into STATES; None where size or reading fails
    correct: bool
    score: float
    own: Verdict | None = field(default=None, repr=False)  # against what follows from the student's own earlier answer
    from_own: bool = False  # whether it is itself such a verdict
    rounded: Array | None = field(default=None, repr=False)  # where it is what follows from that, rounded too far

    @property
    def trace(self) -> Trace:
        """The trace that was marked against."""
        return self.marker.trace

    @property
    def marking(self) -> Marking:
        """How it was marked."""
        return self.marker.marking

    @property
    def usable(self) -> bool:
        """Whether anything could be read; an answer of which nothing can be costs no attempt."""
        return not self.problem

    @cached_property
    def blank(self) -> bool:
        """Whether nothing was written at all."""
        return self.answer.empty or bool(self.answer.numbers and self.answer.blank.all())

    @cached_property
    def problem(self) -> str:
        """Why nothing of the answer could be read; "" where something could."""
        if self.answer.problem or self.answer.filled.any():
            return self.answer.problem
        if self.answer.blank.all():
            return _("every cell of the answer is blank")
        word = next(self.answer.written(i) for i, odd in enumerate(self.answer.unreadable) if odd)
        return _("the answer has no number in it; the first word is {word}").format(word=repr(word[:40]))

    @cached_property
    def cells(self) -> tuple[CellVerdict, ...]:
        """Every cell of the output in row-major order; none where the answer has another size or cannot be read."""
        return () if self.states is None else tuple(self._numbered(range(self.states.size)))

    def cell(self, index: Index) -> CellVerdict:
        """The cell of the output at `index`, without a look at the others."""
        [found] = self._numbered([int(np.ravel_multi_index(index, self.trace.output.shape))] if index else [0])
        return found

    def not_right(self, most: int, *states: State) -> list[CellVerdict]:
        """The first cells that are in one of these states, or in any but right."""
        assert self.states is not None
        wanted = [STATES.index(state) for state in states or STATES if state != "right"]
        return list(self._numbered(np.flatnonzero(np.isin(self.states, wanted))[:most].tolist()))

    def _numbered(self, numbers: Iterable[int]) -> Iterator[CellVerdict]:
        output, answer = self.trace.output, self.answer
        assert self.states is not None
        for number in numbers:
            index = tuple(int(i) for i in np.unravel_index(number, output.shape))
            state = STATES[self.states[number]]
            yield CellVerdict(index, state, answer.numbers[number], plain(output[index]), answer.written(number))

    def count(self, state: State) -> int:
        """How many cells are in this state."""
        return 0 if self.states is None else int(np.count_nonzero(self.states == STATES.index(state)))

    def shares(self, penalty: float = 0.0) -> Array | None:
        """What each cell earns of 1, before rows or all of them are looked at together; None where there are none."""
        if self.states is None or self.from_own:
            return None
        return self.marker.earned(self.states, penalty, self.rounded)

    def score_without(self, state: int) -> float:
        """What it would earn if cells of this state earned nothing."""
        if self.states is None:
            return self.score
        without = self.states == state
        if state == CARRIED and self.rounded is not None:
            without |= self.rounded
        return self.marker.score(self.marker.earned(np.where(without, WRONG, self.states)))

    @property
    def size(self) -> SizeVerdict | None:
        """What is wrong with the answer's size, None where it is right."""
        if self.states is not None or not self.usable:
            return None
        ways = next(self._of_its_size(), (None, ()))[1]
        return SizeVerdict(*compared_sizes(self.answer, self.trace), ways, self.marker.layer)

    def _of_its_size(self) -> Iterator[tuple[Trace, tuple[Codes, ...]]]:
        """Wrong results of the answer's size, where that is not the right one: a trace, and what gives it."""
        for trace, codes in self.marker.explainer.of_other_size():
            if fitted_to(self.answer, trace) is not None:
                yield trace, codes

    @cached_property
    def diagnosis(self) -> Diagnosis | None:
        """Which misunderstanding explains the answer; None where it is right, or nothing explains it."""
        if self.correct or not self.usable:
            return None
        explainer, answer = self.marker.explainer, self.answer
        if self.states is not None:
            wrong, right = self.states == WRONG, (self.states == RIGHT) | (self.states == IMPRECISE)
            if self.own is not None and not wrong.any():
                return None
            if self.own is not None and self.own.states is not None and self.own.diagnosis:
                return self.own.diagnosis
            given = (answer.values, wrong, right, self.trace.output.shape, answer.words)
            return explainer.explain(*given) or explainer.explain_rounded(*given)
        for trace, _codes in self._of_its_size():
            fitted = fitted_to(answer, trace)
            assert fitted is not None
            none = np.zeros(fitted.filled.size, dtype=bool)
            given = (fitted.values, fitted.filled, none, trace.output.shape, fitted.words)
            found = explainer.explain(*given) or explainer.explain_rounded(*given)
            if found:
                return found
        return None

    @property
    def text(self) -> str:
        """The verdict in words, as far as the marking reveals it."""
        return self.feedback(self.marking.reveal)

    def feedback(self, reveal: Reveal) -> str:
        """The verdict in words, as far as `reveal` allows."""
        if not self.usable:
            return _("Nothing was marked: {why}.").format(why=self.problem)
        if self.correct:
            return _("It follows from your own earlier answer.") if self.from_own else _("The answer is right.")
        if reveal == "nothing":
            return _("The answer is not right.")
        size, explained = self.size, reveal in ("diagnosis", "working")
        lines = [(size.sizes if self.diagnosis or not explained else size.text) if size else self._counted]
        if explained:
            if self.diagnosis:
                lines.append(self.diagnosis.text)
            elif self.count("wrong") or size:
                lines.append(self.unexplained)
        return " ".join(lines)

    @property
    def unexplained(self) -> str:
        """What is said where no misunderstanding was found, or none but for the size."""
        if self.marker.explainer.results.too_many:
            return _("There are too many cells to search for misconceptions.")
        if self.size and self.size.ways:
            return _("No known misconception explains its numbers.")
        return _("No known misconception explains it.")

    @property
    def _counted(self) -> str:
        assert self.states is not None
        count, ask = self.count("right"), self.marker.ask
        if ask == "formula" and self.count("wrong"):
            return _("The working is not right.")
        if ask == "output" and self.trace.output.ndim:
            right = plural("{n} of {all} cells is right.", "{n} of {all} cells are right.", count, all=self.states.size)
        else:
            right = plural(
                "{n} of {all} numbers is right.", "{n} of {all} numbers are right.", count, all=self.states.size
            )
        lines = [right]
        sentences = {
            "wrong": _("Wrong: {cells}."),
            "imprecise": _("Right, but rounded too far: {cells}."),
            "blank": _("Blank: {cells}."),
            "unreadable": _("Not a number: {cells}."),
            "carried": _("Not right, but it follows from your own earlier answer: {cells}."),
        }
        for state, sentence in sentences.items():
            cells = np.flatnonzero(self.states == STATES.index(state))
            if len(cells):
                lines.append(sentence.format(cells=self._listed(cells)))
        return " ".join(lines)

    def _listed(self, cells: Array) -> str:
        shown_cells, more = cells[:MOST_LISTED].tolist(), ["…"] if len(cells) > MOST_LISTED else []
        if self.marker.ask != "output" or not self.trace.output.ndim:
            return ", ".join([*(_("number {n}").format(n=1 + cell) for cell in shown_cells), *more])
        indices = [np.unravel_index(cell, self.trace.output.shape) for cell in shown_cells]
        return ", ".join([*(cell_place(self.trace, tuple(map(int, index))) for index in indices), *more])

    def lesson(self, reveal: Reveal | None = None, language: str = "en") -> Lesson:
        """The answer beside the right one; `reveal` is how much is told (the marking's own where it is None)."""
        from ..lessons.verdict import tell_verdict  # a door that opens forward, named in the import check

        return tell_verdict(self, reveal or self.marking.reveal, language)


__all__ = ["CellVerdict", "SizeVerdict", "Verdict"]
