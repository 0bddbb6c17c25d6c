"""An answer compared with a trace: what is right and wrong in it, cell by cell, and what that earns.

The size comes first: cells of an answer that has another shape cannot be told right or wrong. Axes of length one may be
left out. A blank or unreadable cell is not a wrong one, and an answer of which nothing can be read costs no attempt.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from ..arithmetic import Array, Value, exact, holds_expressions, is_expression, plain
from ..errors import InputError, StepwiseError, did_you_mean, listing, shown
from ..language import _, joined, listed, plural
from ..layout import Index
from ..tables import cell_place, tables
from ..traces import Trace, chain
from .answers import Answer, Shape, read_answer
from .asked import Ask, asked, read_asked
from .diagnosis import Codes, Diagnosis, Explainer, together, told_in
from .digits import rounded_too_far, rounds_to
from .forms import Decimal
from .forms.words import is_number_word
from .lines import by_channel, compared_sizes
from .misconceptions import SLIP
from .tolerance import Tolerance
from .wrong import MOST_REPLAYED, flat, wrong_results

if TYPE_CHECKING:
    from ..lessons.blocks import Lesson

State = Literal["right", "wrong", "blank", "unreadable", "imprecise", "carried"]
STATES: tuple[State, ...] = ("right", "wrong", "blank", "unreadable", "imprecise", "carried")
RIGHT, WRONG, BLANK, UNREADABLE, IMPRECISE, CARRIED = range(6)
"""Carried: not the right number, but the one that follows from the student's own earlier answer."""
SCORES = ("cells", "rows", "all")
REVEALS = ("nothing", "cells", "diagnosis", "working")
Reveal = Literal["nothing", "cells", "diagnosis", "working"]
DEFAULT = Tolerance()
LEAST_GROUPED = 1000
"""A number that may be written with its digits in groups of three."""
FEW = 4
"""An output of fewer cells must be all right under another layout, to tell that only the layout went wrong."""
MOSTLY = 0.6
"""Of a larger one, the share of its cells that must be."""
THREE_FIGURES = 0.0051
"""What rounding to three figures may change at most, relative to the number: 9.95 is 10.0."""
MOST_WAYS = 3
"""Ways to a wrong size that are named in a sentence."""
MOST_LISTED = 12
"""Cells that are named in a sentence."""


@dataclass(frozen=True, eq=False)
class Marking:
    """How answers to one exercise are marked. Raises `StepwiseError` for what does not fit."""

    tolerance: Tolerance = DEFAULT
    score: str = "cells"  # what earns: each cell, each row without a mistake, or only an answer without one
    weights: Any = None  # what each cell counts, in the shape of the output; None: all alike
    precision_credit: float = 0.0  # what a right value earns that is rounded too far, of 1
    decimal: Decimal = "auto"
    reveal: Reveal = "working"  # how much the verdict's own lesson and text tell
    points: float = 1.0  # what the exercise is worth, where it has no parts with points of their own
    round_to: float = 0.0  # what the points that are earned are a multiple of; 0: they are not rounded

    def __post_init__(self) -> None:
        for name, known in (("score", SCORES), ("decimal", ("auto", "point", "comma")), ("reveal", REVEALS)):
            value = getattr(self, name)
            if value not in known:
                hint = did_you_mean(str(value), known)
                raise StepwiseError(f"{name} {shown(value)} is not known; it is {listing(known)}.{hint}")
        credit = self.precision_credit
        if isinstance(credit, bool) or not isinstance(credit, int | float) or not 0 <= credit <= 1:
            raise StepwiseError(f"precision_credit must be a number from 0 to 1, not {credit!r}")
        points = self.points
        if isinstance(points, bool) or not isinstance(points, int | float) or not 0 < points < float("inf"):
            raise StepwiseError(f"points must be a number above 0, not {points!r}")
        step = self.round_to
        if isinstance(step, bool) or not isinstance(step, int | float) or not 0 <= step < float("inf"):
            raise StepwiseError(f"round_to must be a number from 0 up, such as 0.5, not {step!r}")


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
        return sentence.format(given=sized(self.given), due=sized(self.due))

    @property
    def text(self) -> str:
        """The same, and which wrong rule gives that size."""
        if not self.ways:
            return self.sizes
        ways = [together(told_in(code, self.trace) for code in codes) for codes in self.ways[:MOST_WAYS]]
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
            wrong, right = self.states == WRONG, self.states == RIGHT
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
        return self.told(self.marking.reveal)

    def told(self, reveal: Reveal) -> str:
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
        if ask == "output":
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
        if self.marker.ask != "output":
            return ", ".join([*(_("number {n}").format(n=1 + cell) for cell in shown_cells), *more])
        indices = np.transpose(np.unravel_index(cells[:MOST_LISTED], self.trace.output.shape)).tolist()
        return ", ".join([*(cell_place(self.trace, tuple(index)) for index in indices), *more])

    def lesson(self, reveal: Reveal | None = None, language: str = "en") -> Lesson:
        """The answer beside the right one; `reveal` is how much is told (the marking's own where it is None)."""
        from ..lessons.verdict import tell_verdict  # a door that opens forward, named in the import check

        return tell_verdict(self, reveal or self.marking.reveal, language)


class Marker:
    """Marks answers to one exercise. Whatever does not depend on the answer is worked out once.

    >>> import stepwise as sw
    >>> marker = Marker(sw.trace("MaxPool2D(2, strides=1, padding='same')", [[4, 3], [2, 1]]))
    >>> marker.check("4 3; 2 0").score
    0.75
    """

    def __init__(
        self, trace: Trace, marking: Marking | None = None, ask: Ask = "output", cell: Index | None = None
    ) -> None:
        self.layer, self.ask, self.cell = trace, ask, cell
        self.trace = asked(trace, ask, cell)
        self.marking = marking or Marking()
        output = self.trace.output
        if holds_expressions(output) and any(is_expression(v) and v.free_symbols for v in output.flat):
            raise InputError(
                f"{trace.layer.call}: an answer in letters cannot be marked; put numbers in for the letters"
            )
        self.due = flat(output)
        with np.errstate(all="ignore"):
            self.room = self.marking.tolerance.room(self.due)
        self.weights = self._weights()
        self._rows = output.shape[-1] if output.ndim else 1
        self.most_replayed = MOST_REPLAYED  # layers, to find what explains an answer; less, where it is one of many

    @cached_property
    def explainer(self) -> Explainer:
        """What tells why answers are wrong."""
        return Explainer(wrong_results(self.layer, self.ask, self.most_replayed), self.marking.tolerance)

    def _weights(self) -> Array:
        shape = self.trace.output.shape
        if self.marking.weights is None or self.ask != "output":
            return np.ones(self.due.size)
        try:
            weights = np.asarray(self.marking.weights, dtype=np.float64)
            weights = np.broadcast_to(weights, shape) if weights.size == 1 else weights.reshape(shape)
        except (ValueError, TypeError):
            raise StepwiseError(f"weights must be numbers in the shape of the output, {shape}") from None
        if not np.isfinite(weights).all() or (weights < 0).any() or not weights.any():
            raise StepwiseError("weights must be numbers from 0 up, and not all of them 0")
        return weights.ravel()

    def check(self, answer: Any) -> Verdict:
        """The verdict on an answer, which is anything that `read_answer` takes. Never raises for what is in it."""
        every = read_asked(answer, self.ask, self.layer, self.cell, self.marking.decimal)
        read = meant(every, self.trace)
        if read.problem:
            return self._explained_otherwise(every) or Verdict(self, read, None, False, 0.0)
        fitted = fitted_to(read, self.trace)
        if fitted is None:
            return self._explained_otherwise(every) or self._of_another_size(read)
        right = self._right(fitted)
        if right.all():
            return Verdict(self, fitted, np.full(right.size, RIGHT, dtype=np.int8), True, 1.0)
        by_plane = not read.blocks and _plane_by_plane(read.shape, self.trace) is not None
        if by_plane and (explained := self._explained_as_it_stands(read)):
            return explained  # rows and columns exchanged, where there are as many channels as columns
        if self._right_in_another_order(read, right):
            problem = _(
                "the lists can be one array or a grid for each channel; write the channel before each grid, as in "
                "channel 0:"
            )
            return Verdict(self, replace(read, problem=problem), None, False, 0.0)
        if not fitted.filled.all() and (why := self._not_read(fitted)):
            return Verdict(self, replace(fitted, problem=why), None, False, 0.0)
        states = np.where(right, RIGHT, WRONG).astype(np.int8)
        states[fitted.blank] = BLANK
        states[fitted.unreadable] = UNREADABLE
        for cell in np.flatnonzero(states == WRONG).tolist():
            if rounded_too_far(float(self.due[cell]), float(fitted.values[cell]), fitted.written(cell)):
                states[cell] = IMPRECISE
        if (states == IMPRECISE).any() and self._mistaken(fitted, states):
            states[states == IMPRECISE] = WRONG
        return Verdict(self, fitted, states, False, self.score(self.earned(states)))

    def _not_read(self, answer: Answer) -> str:
        """Why an answer is for a person to look at: a cell has digits or mere signs, but is no number known here."""
        if not answer.filled.any():
            return ""
        for cell in np.flatnonzero(answer.unreadable).tolist():
            word = answer.written(cell)
            if any(map(str.isdigit, word)) or not any(map(str.isalpha, word)) or is_number_word(word):
                index = tuple(int(i) for i in np.unravel_index(cell, self.trace.output.shape))
                place = cell_place(self.trace, index)
                return _("cell {place} has {word}, which cannot be read as a number").format(
                    place=place, word=repr(word[:40])
                )
        return ""

    def _mistaken(self, answer: Answer, states: Array) -> bool:
        """Whether the numbers that could have been rounded too far are just those that a wrong procedure gives."""
        odd = (states == IMPRECISE) | (states == WRONG)
        found = self.explainer.explain(answer.values, odd, states == RIGHT, self.trace.output.shape, answer.words)
        return found is not None and found.found is not None and found.explains == found.wrong

    def _of_another_size(self, read: Answer) -> Verdict:
        """The verdict on an answer of another size: wrong, unless it was only laid out otherwise."""
        if read.unreadable.any() and read.filled.any():
            word = next(read.written(cell) for cell in np.flatnonzero(read.unreadable).tolist())
            problem = _("{word} is no number, and the answer has {given} cells instead of {due}")
            why = problem.format(word=repr(word[:40]), given=sized(read.shape), due=sized(self.trace.output.shape))
            return Verdict(self, replace(read, problem=why), None, False, 0.0)
        verdict = Verdict(self, read, None, False, 0.0)
        if self._right_but_for_more(read) and not verdict.diagnosis:
            problem = _("all {n} right numbers are there, with others beside them; hand in the cells alone")
            return Verdict(self, replace(read, problem=problem.format(n=self.due.size)), None, False, 0.0)
        if read.filled.any() and not read.filled.all() and not verdict.diagnosis:
            problem = _("the answer has the size {given}, with cells left open; the right size is {due}")
            why = problem.format(given=sized(read.shape), due=sized(self.trace.output.shape))
            return Verdict(self, replace(read, problem=why), None, False, 0.0)
        if not self._laid_out_otherwise(read) or verdict.diagnosis:
            return verdict
        return Verdict(self, replace(read, problem=self._otherwise(read)), None, False, 0.0)

    def _otherwise(self, read: Answer) -> str:
        problem = _("all {n} numbers are there, but arranged as {given}, not as {due}; write each row on its own line")
        return problem.format(n=self.due.size, given=sized(read.shape), due=sized(self.trace.output.shape))

    def _explained_otherwise(self, every: Answer) -> Verdict | None:
        """The verdict on an answer that is of the size due in none of its readings, where a mistake explains one."""
        if every.problem or not (every.others or every.unsure):
            return None
        for one in (every, *every.others):
            if one.kind or one.filled.size < FEW or fitted_to(one, self.trace) is not None:
                continue
            if verdict := self._explained_as_it_stands(one):
                return verdict
        return None

    def _explained_as_it_stands(self, read: Answer) -> Verdict | None:
        """The verdict on an answer as one of another size, where a mistake gives every number of it."""
        verdict = Verdict(self, replace(read, others=(), unsure=""), None, False, 0.0)
        found = verdict.diagnosis if read.filled.all() else None
        return verdict if found is not None and found.explains == found.wrong else None

    def _right_in_another_order(self, read: Answer, right: Array) -> bool:
        """Whether lists of lists that may be an array or a grid for each channel are rather the latter."""
        if read.typed or read.words is None or read.shape != self.trace.output.shape or len(read.shape) < 2:
            return False
        order = (
            _channels_first(self.trace) if len(read.shape) > 2 else by_channel(replace(read, typed=True), self.trace)
        )
        if order is None or fitted_to(read, self.trace) is None:
            return False
        own, other = self._met(read, right), self._met(moved := read.reordered(read.shape, order), self._right(moved))
        return bool(other.sum() > own.sum() and other.mean() >= (1 if self.due.size < FEW else MOSTLY))

    def _met(self, answer: Answer, right: Array) -> Array:
        """Which numbers are right, or would be if they were not rounded too far."""
        met = right.copy()
        for cell in np.flatnonzero(~right & answer.filled).tolist():
            met[cell] = rounded_too_far(float(self.due[cell]), float(answer.values[cell]), answer.written(cell))
        return met

    def _right_but_for_more(self, read: Answer) -> bool:
        """Whether an answer is right but for a head of one line or column, or for being written twice or in halves."""
        n, size, shape = self.due.size, read.filled.size, tuple(k for k in read.shape if k != 1)
        if self.ask != "output" or n < 2 or size <= n or not read.filled.all():
            return False
        places = np.arange(size)
        kept = [places[:n], places[n:]] if size == 2 * n else []
        if len(shape) == 2:
            grid = places.reshape(shape)
            kept += [one.ravel() for one in (grid[1:], grid[:-1], grid[:, 1:], grid[:, :-1]) if one.size == n]
        due, least = self.trace.output.shape, 1 if n < FEW else MOSTLY
        if any(self._right(read.reordered(due, one.tolist())).mean() >= least for one in kept):
            return True
        words = read.words or ()
        if size != 2 * n or not all(word.lstrip("+-").isdecimal() for word in words) or not words:
            return False
        decimals = read_answer([f"{whole}.{after}" for whole, after in zip(words[::2], words[1::2])])
        return bool(decimals.filled.all() and self._right(decimals.reordered(due)).mean() >= least)

    def _laid_out_otherwise(self, read: Answer) -> bool:
        """Whether an answer is a line of as many numbers as are due, or is right when its rows are broken elsewhere."""
        if not read.filled.all() or self.ask != "output":
            return False
        if read.filled.size != self.due.size:
            return self._run_together(read)
        if max(read.shape) == self.due.size or _axes_moved(read.shape, self.trace.output.shape):
            return True
        orders = [None, _channels_first(self.trace), _side_by_side(self.trace)]
        due = self.trace.output.shape
        least = 1 if self.due.size < FEW else MOSTLY
        return any(
            self._right(read.reordered(due, order)).mean() >= least for order in orders if order or order is None
        )

    def _run_together(self, read: Answer) -> bool:
        """Whether an answer of fewer cells has the digits of those due: 43 for 4 3."""
        given = "".join(read.words or ())
        if read.filled.size > self.due.size or not given.isdecimal() or not (self.due == np.rint(self.due)).all():
            return False
        due = "".join(str(int(value)) for value in self.due.tolist())
        alike = sum(a == b for a, b in zip(given, due))
        return len(given) == len(due) and alike >= len(due) * (1 if len(due) < FEW else MOSTLY)

    def seen_from(self, verdict: Verdict, own: Verdict, penalty: float) -> Verdict | None:
        """A verdict in view of what follows from the student's own earlier answer, where that explains any cell.

        `own` is the verdict on the same answer against that. A carried cell earns what a right one does, less the
        penalty, and one that is rounded too far what it would earn there, less that. Where no cell is carried, but the
        mistake has a name only so, or is one slip as good as another, it gets that name.
        """
        if verdict.states is None or own.states is None:
            return None
        carried = (own.states == RIGHT) & np.isin(verdict.states, (WRONG, IMPRECISE))
        rounded = (own.states == IMPRECISE) & (verdict.states == WRONG)
        named = own.diagnosis is not None and (verdict.diagnosis is None or SLIP in verdict.diagnosis.codes)
        if not (carried.any() or rounded.any() or named):
            return None
        states = np.where(carried, CARRIED, np.where(rounded, IMPRECISE, verdict.states)).astype(np.int8)
        score = max(verdict.score, self.score(self.earned(states, penalty, rounded)))
        return replace(verdict, states=states, score=score, own=own, rounded=rounded)

    def _right(self, answer: Answer) -> Array:
        if self.marking.tolerance.mode == "written":
            return self._right_as_written(answer)
        near = self.marking.tolerance.within(answer.values, self.due, self.room) & answer.filled
        if self.marking.tolerance.mode == "exact" and self.trace.output.dtype.kind in "Oiu":
            for cell in np.flatnonzero(near):
                near[cell] = _same(answer.numbers[cell], plain(self.trace.output.flat[cell]))
        return near

    def _right_as_written(self, answer: Answer) -> Array:
        """Which numbers are those due, or those due rounded to the digits that they were written with."""
        right = self.marking.tolerance.exactly(answer.values, self.due) & answer.filled
        kept = self.trace.output.dtype
        if kept.kind == "f" and kept.itemsize < 8:  # 0.1 in 32 bits is 0.10000000149
            last = np.where(self.due != np.rint(self.due), float(np.finfo(kept).eps) * np.abs(self.due), 0.0)
            right |= self.marking.tolerance.within(answer.values, self.due, last) & answer.filled
        near = self.marking.tolerance.within(answer.values, self.due, THREE_FIGURES * np.abs(self.due))
        for cell in np.flatnonzero(near & ~right & answer.filled).tolist():
            word = answer.written(cell) if answer.words is not None else repr(answer.values[cell])
            right[cell] = rounds_to(float(self.due[cell]), float(answer.values[cell]), word)
        return np.asarray(right)

    def earned(self, states: Array, penalty: float = 1.0, rounded: Array | None = None) -> Array:
        """What cells in these states earn of 1, those that follow from an earlier answer less the penalty."""
        worth = {RIGHT: 1.0, IMPRECISE: self.marking.precision_credit, CARRIED: 1 - penalty}
        earned: Array = np.array([worth.get(state, 0.0) for state in range(len(STATES))])[states]
        return earned if rounded is None else np.where(rounded, earned * (1 - penalty), earned)

    def score(self, earned: Array) -> float:
        """What an answer earns of 1, by what each of its cells does."""
        match self.marking.score:
            case "all":
                return float(earned.min())
            case "rows":
                rows = earned.reshape(-1, self._rows).min(axis=1)
                return float(rows @ self.weights.reshape(-1, self._rows).sum(axis=1) / self.weights.sum())
        return float(earned @ self.weights / self.weights.sum())


def check(trace: Trace, answer: Any, marking: Marking | None = None) -> Verdict:
    """What is right and wrong in an answer, cell by cell, and which misunderstanding explains it.

    The answer is text such as `"4 3; 2 1"` (`_` for a blank), lists, an array, a trace or a number. Raises nothing for
    what is in the answer; `InputError` where the trace itself is in letters.

    >>> import stepwise as sw
    >>> t = sw.trace("MaxPool2D(2, strides=1, padding='same')", [[-4, -3], [-2, -1]])
    >>> sw.check(t, "-1 -1; -1 -1").correct, sw.check(t, "-1 0; 0 _").score
    (True, 0.25)
    """
    return Marker(trace, marking).check(answer)


def fitted_to(answer: Answer, trace: Trace) -> Answer | None:
    """The answer in the shape of the trace's output, None where its size is another."""
    due = trace.output.shape
    if (order := by_channel(answer, trace)) is not None:
        return answer.reordered(due, order)
    if answer.blocks and (order := _from_blocks(answer.shape, trace)) is not None:
        return answer.reordered(due, order)
    if (order := _plane_by_plane(answer.shape, trace)) is not None:
        if answer.words is not None:
            return answer.reordered(due, order)
        if trace.output.shape[-1] > 1:
            return None  # an array of a program, with its axes moved
    if fits(answer.shape, due):
        return answer.reordered(due)
    return None


def meant(read: Answer, trace: Trace) -> Answer:
    """Of the ways to read an answer, the one of the size that is due; one that says why where several are.

    >>> import stepwise as sw
    >>> t = sw.trace("AveragePooling2D((1, 2))", [[4, 5], [6, 8]])
    >>> from stepwise.marking.answers import read_answer
    >>> meant(read_answer("4,5; 7"), t).numbers, meant(read_answer("4,5; 6,7"), t).numbers
    ((4.5, 7), (4.5, 6.7))
    """
    if read.problem or not (read.others or read.unsure):
        return read
    ways = (read, *read.others)
    if any(one.kind == "grouped" for one in ways) and np.abs(flat(trace.output)).max(initial=0) < LEAST_GROUPED:
        ways = tuple(one for one in ways if one.kind != "grouped")
    fitting = [one for one in ways if fitted_to(one, trace) is not None]
    doubtful = bool(fitting) and fitting[0].kind == "doubtful"
    fitting = [read, fitting[0]] if doubtful else [one for one in fitting if one.kind != "doubtful"]
    if fitting and fitting[0].blocks:  # what stands apart is a channel's, and no row of one grid
        fitting = [one for one in fitting if one is fitting[0] or one.numbers != fitting[0].numbers]
    different = {fitted.numbers: one for one in fitting if (fitted := fitted_to(one, trace)) is not None}
    if len(different) > 1 or doubtful:
        problem = _("it can be read as {ways}; write decimals with a point, and separate cells with spaces")
        readings = list(dict.fromkeys(one.numbers for one in fitting))[:2]
        ways_told = listed((" ".join(map(str, numbers[:6])) for numbers in readings), either=True)
        return replace(read, problem=problem.format(ways=ways_told))
    return fitting[0] if fitting else replace(read, problem=read.unsure)


def fits(given: Shape, due: Shape) -> bool:
    """Whether a shape is the one due, where axes of length one may be left out; a line may lie or stand.

    >>> fits((2, 2), (1, 2, 2, 1)), fits((1, 3), (3,)), fits((3, 1), (3,)), fits((3, 2), (2, 3)), fits((3, 1), (1, 3))
    (True, True, True, False, False)
    """
    long = tuple(n for n in due if n != 1)
    if tuple(n for n in given if n != 1) != long:
        return False
    if len(long) <= 1 and len(due) <= 1:
        return True
    extra = len(given) - len(due)
    if extra > 0 and all(n == 1 for n in given[:extra]):
        given = given[extra:]  # a batch of one, which is not asked for
    rest = list(given)
    for n in due:  # what is given must be what is due with some ones left out, and nothing moved
        if rest and rest[0] == n:
            rest.pop(0)
        elif n != 1:
            return False
    return not rest or (len(long) > 1 and all(n == 1 for n in rest))


def _from_blocks(given: Shape, trace: Trace) -> Sequence[int] | None:
    """The order of cells for an answer of several tables: one for each channel, image or depth, as files hold them."""
    due = trace.output
    if math.prod(given) != due.size or len(given) != 3:
        return None
    numbered = np.stack(tables(trace, np.arange(due.size).reshape(due.shape)))
    order: list[int] = np.argsort(numbered, axis=None).tolist()
    return order if numbered.shape == given else None


def _plane_by_plane(given: Shape, trace: Trace) -> Sequence[int] | None:
    """The order of cells for lists with a grid for each channel, where the array that is due has its channels last."""
    if len(given) < 3 or (order := _channels_first(trace)) is None:
        return None
    height, width, channels = trace.output.shape[-3:]
    given, due = given[-3:], (height, width, channels)
    return order if given == (channels, height, width) != due else None


def _axes_moved(given: Shape, due: Shape) -> bool:
    """Whether an array has its channels first where they are due last, or last where they are due first."""
    return len(given) == len(due) > 2 and given != due and given in ((*due[1:], due[0]), (due[-1], *due[:-1]))


def _side_by_side(trace: Trace) -> Sequence[int] | None:
    """The order of cells for an output of several grids, from grids that stand beside each other."""
    due = tuple(n for n in trace.output.shape if n != 1)
    if len(due) != 3:
        return None
    grids = np.arange(trace.output.size).reshape(due[1], due[0], due[2])
    order: list[int] = np.moveaxis(grids, 0, 1).ravel().tolist()
    return order


def _channels_first(trace: Trace) -> Sequence[int] | None:
    """The order of cells for an output whose channels come last, from one grid for each channel."""
    due = trace.output.shape
    pictures = any(layer.geometry.axes for layer in chain(trace))  # else the first axis may be anything
    long = due[1:] if len(due) == 4 and due[0] == 1 else due
    if not trace.layer.layout.channels_last or len(long) != 3 or not pictures:
        return None
    grids = np.arange(trace.output.size).reshape(long[2], *long[:2])
    order: list[int] = np.moveaxis(grids, 0, -1).ravel().tolist()
    return order


def sized(shape: Shape) -> str:
    """A shape as it is said: `2×3`."""
    return "×".join(map(str, shape)) or "1"


def _same(given: Value, due: Value) -> bool:
    if is_expression(due):
        return True  # an irrational number has no exact decimal; it was near
    if isinstance(given, float) or isinstance(due, float):
        if given != given or due != due or abs(given) == float("inf") or abs(due) == float("inf"):
            return True
        return bool(exact(given) == exact(due))
    return bool(Fraction(given) == Fraction(due))


__all__ = ["CellVerdict", "Marker", "Marking", "SizeVerdict", "Verdict", "check", "fits", "sized"]
