"""The judge: an answer and a trace give a verdict.

The size comes first: cells of an answer that has another shape cannot be told right or wrong. Axes of length one may be
left out. A blank or unreadable cell is not a wrong one, and an answer of which nothing can be read costs no attempt.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from ..arithmetic import Array, Value, exact, holds_expressions, is_expression, plain
from ..errors import InputError, StepwiseError
from ..language import _
from ..nouns import size_of
from ..traces.axes import cell_place
from ..traces.layout import Index
from ..traces.trace import Trace
from .answers import Answer, read_answer
from .asked import Ask, asked, read_asked
from .diagnosis import Explainer
from .digits import rounded_too_far, rounds_to
from .fitting import axes_moved, channels_first, fitted_to, meant, plane_by_plane, side_by_side
from .forms.words import is_number_word
from .known import SLIP
from .lines import by_channel
from .marking import Marking
from .verdict import BLANK, CARRIED, FEW, IMPRECISE, RIGHT, STATES, THREE_FIGURES, UNREADABLE, WRONG, Verdict
from .wrong import MOST_REPLAYED, flat, wrong_results

MOSTLY = 0.6
"""Of a larger one, the share of its cells that must be."""


class Marker:
    """Marks answers to one exercise. Whatever does not depend on the answer is worked out once.

    >>> import stepwise as sw
    >>> marker = Marker(sw.trace("MaxPool2D(2, strides=1, padding='same')", [[4, 3], [2, 1]]))
    >>> marker.check("4 3; 2 0").score
    0.75
    """

    def __init__(
        self,
        trace: Trace,
        marking: Marking | None = None,
        ask: Ask = "output",
        cell: Index | None = None,
        most_replayed: int = MOST_REPLAYED,  # layers, to find what explains an answer; less, where it is one of many
        last: int | None = None,  # layers, in which mistakes are looked for; None: all
    ) -> None:
        self.layer, self.ask, self.cell, self.most_replayed, self.last = trace, ask, cell, most_replayed, last
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

    @cached_property
    def explainer(self) -> Explainer:
        """What tells why answers are wrong."""
        return Explainer(wrong_results(self.layer, self.ask, self.most_replayed, self.last), self.marking.tolerance)

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
            return self._explained_otherwise(every) or self._right_otherwise(every, read) or self._of_another_size(read)
        right = self._right(fitted)
        if right.all():
            return Verdict(self, fitted, np.full(right.size, RIGHT, dtype=np.int8), True, 1.0)
        by_plane = not read.blocks and plane_by_plane(read.shape, self.trace) is not None
        if otherwise := self._right_otherwise(every, read, self._met(fitted, right).mean()):
            return otherwise
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
            why = problem.format(word=repr(word[:40]), given=size_of(read.shape), due=size_of(self.trace.output.shape))
            return Verdict(self, replace(read, problem=why), None, False, 0.0)
        verdict = Verdict(self, read, None, False, 0.0)
        if self._right_but_for_more(read) and not verdict.diagnosis:
            problem = _("all {n} right numbers are there, with others beside them; hand in the cells alone")
            return Verdict(self, replace(read, problem=problem.format(n=self.due.size)), None, False, 0.0)
        if read.filled.any() and not read.filled.all() and not verdict.diagnosis:
            problem = _("the answer has the size {given}, with cells left open; the right size is {due}")
            why = problem.format(given=size_of(read.shape), due=size_of(self.trace.output.shape))
            return Verdict(self, replace(read, problem=why), None, False, 0.0)
        if verdict.diagnosis:
            return verdict
        if self._laid_out_otherwise(read):
            return Verdict(self, replace(read, problem=self._otherwise(read)), None, False, 0.0)
        if self._rows_run_together(read):
            problem = _("{word} may be several numbers that run together; leave a space between the numbers of a row")
            why = problem.format(word=max(read.words or ("",), key=len)[:40])
            return Verdict(self, replace(read, problem=why), None, False, 0.0)
        return verdict

    def _otherwise(self, read: Answer) -> str:
        problem = _("all {n} numbers are there, but arranged as {given}, not as {due}; write each row on its own line")
        return problem.format(n=self.due.size, given=size_of(read.shape), due=size_of(self.trace.output.shape))

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

    def _right_otherwise(self, every: Answer, read: Answer, met: float = 0.0) -> Verdict | None:
        """The verdict on an answer whose numbers are those due in another of its readings: it is not surely wrong.

        `met` is the share of cells that are right in the reading that is marked.
        """
        least = max(met, 1 - 1e-9 if self.due.size < FEW else MOSTLY)
        for one in every.others:
            if one is read or one.filled.size != self.due.size or not one.filled.all() or self.ask != "output":
                continue
            moved = one.reordered(self.trace.output.shape)
            if self._met(moved, self._right(moved)).mean() > least:
                return Verdict(self, replace(read, problem=self._otherwise(one)), None, False, 0.0)
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
        order = channels_first(self.trace) if len(read.shape) > 2 else by_channel(replace(read, typed=True), self.trace)
        if order is None:
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
        if max(read.shape) == self.due.size or axes_moved(read.shape, self.trace.output.shape):
            return True
        orders = [None, channels_first(self.trace), side_by_side(self.trace)]
        due = self.trace.output.shape
        least = 1 if self.due.size < FEW else MOSTLY
        return any(
            self._right(read.reordered(due, order)).mean() >= least for order in orders if order or order is None
        )

    def _run_together(self, read: Answer) -> bool:
        """Whether an answer of fewer cells has the digits of those due: 43 for 4 3."""
        given = "".join(read.words or ())
        if (
            read.filled.size > self.due.size
            or not given.isdecimal()
            or not (np.isfinite(self.due) & (self.due == np.rint(self.due))).all()
        ):
            return False
        due = "".join(str(int(value)) for value in self.due.tolist())
        alike = sum(a == b for a, b in zip(given, due))
        return len(given) == len(due) and alike >= len(due) * (1 if len(due) < FEW else MOSTLY)

    def _rows_run_together(self, read: Answer) -> bool:
        """Whether each row is one number, with a digit at the least for every column, and one is far too large."""
        words, columns = read.words or (), self._rows
        if self.ask != "output" or len(words) * columns != self.due.size or columns < 2:
            return False
        if not all(word.isdecimal() and len(word) >= columns for word in words):
            return False
        return bool(np.abs(read.values).max() >= 10 * max(1.0, float(np.abs(self.due).max())))

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
            right[cell] = rounds_to(float(self.due[cell]), float(answer.values[cell]), answer.written(cell))
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


def _same(given: Value, due: Value) -> bool:
    if is_expression(due):
        return True  # an irrational number has no exact decimal; it was near
    if isinstance(given, float) or isinstance(due, float):
        if given != given or due != due or abs(given) == float("inf") or abs(due) == float("inf"):
            return True
        return bool(exact(given) == exact(due))
    return bool(Fraction(given) == Fraction(due))
