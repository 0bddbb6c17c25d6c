"""Which misunderstanding explains an answer: the fewest that explain the most cells.

Every wrong result is compared with the whole answer. A cell that is wrong just as a misconception makes it wrong is
evidence for it; a cell that it makes wrong otherwise, or that is right although it makes it wrong, is evidence against.
Without evidence against, even one cell is told. With some, only where there is much more for than against, and a slip
may be told beside it. Two of them at once need more than one alone. Where several explain an answer equally well, the
numbers cannot tell them apart, and all are named. A wrong number is met as far as it was written out: whoever takes a
mean for a maximum writes 4.3 for 4.333, whatever digits the right answer asks for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from functools import cached_property

import numpy as np

from ..arithmetic import Array
from ..dataclass import dataclass
from ..language import _, as_sentence, joined, plural
from ..traces.axes import cell_place
from ..traces.layout import Index, written_index
from ..traces.trace import Trace
from .asked import Ask
from .digits import written as how_written
from .known import SLIP, known_misconceptions, meaning
from .slips import Slip, slip
from .tolerance import HALF, Tolerance
from .wrong import Mistake, Wrong, WrongResults, ancestry

FOR_EACH_AGAINST = {1: 3, 2: 6}
"""Cells for, at least, for every cell against: of one misconception, and of two together."""
LEAST_FOR = {1: 1, 2: 2}
"""Cells for, at least, where none is against."""
ISOLATED = 4
"""At most every so-manieth cell (and always one) may have slipped, else it is no isolated slip."""
COARSE = 0.05
"""Rounding by more than this, of the largest number of a wrong result, leaves too little of it to be known by."""
LEAST_ROUNDED, LEAST_LARGE = 4, 5.0
"""Cells that must have been rounded to whole numbers for a mistake to be known by them, and the largest among them."""
MOST_SLIPS = 16
"""Cells that are looked at for slips."""

Codes = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """What explains an answer."""

    codes: Codes  # one misconception, or several at once
    explains: int  # how many of the wrong cells
    wrong: int  # how many there are
    ties: tuple[Codes, ...] = ()  # others that explain just as much, just as simply
    slips: tuple[Slip, ...] = ()  # the isolated slips among the cells explained
    found: Wrong | None = field(default=None, repr=False)  # the wrong result that was met
    trace: Trace | None = field(default=None, repr=False)  # what was to be carried out
    asked: Ask = "output"  # sizes and lines of padding are numbers, not cells

    @property
    def text(self) -> str:
        """The diagnosis in words."""
        lines = [as_sentence(self._what(self.codes)), self._how_many()]
        if self.ties:
            others = "; ".join(self._what(codes) for codes in self.ties)
            lines.append(_("Just as likely: {others}.").format(others=others))
        return " ".join(lines)

    def _what(self, codes: Codes) -> str:
        own = {m.misconception.code: m for m in self.found.mistakes} if self.found is not None else {}
        parts = [_sentence_of(own, code, self.trace) for code in codes if code != SLIP]
        if SLIP in codes:
            slips = [(_place(self.trace, one.index), one.sentence) for one in self.slips]
            parts += [_("{cell}: {slip}").format(cell=cell, slip=how) for cell, how in slips] or [meaning(SLIP)]
        if self.found is not None and codes == self.codes:
            parts = [*_with_layers(self.found, parts), *parts[len(self.found.mistakes) :]]
        return together(parts)

    def _how_many(self) -> str:
        if self.asked != "output":
            if self.explains == self.wrong == 2:
                return _("That explains both wrong numbers.")
            if self.explains == self.wrong:
                return plural("That explains the wrong number.", "That explains all {n} wrong numbers.", self.wrong)
            return _("That explains {n} of the {wrong} wrong numbers.").format(n=self.explains, wrong=self.wrong)
        if self.explains == self.wrong == 2:
            return _("That explains both wrong cells.")
        if self.explains == self.wrong:
            return plural("That explains the wrong cell.", "That explains all {n} wrong cells.", self.wrong)
        return _("That explains {n} of the {wrong} wrong cells.").format(n=self.explains, wrong=self.wrong)


def _sentence_of(own: Mapping[str, Mistake], code: str, trace: Trace | None) -> str:
    """A code in the words of the layer that the mistake sits in, where that is known."""
    if code in own:
        return own[code].misconception.sentence_for(own[code].layers[0])
    return sentence_in(code, trace)


def sentence_in(code: str, trace: Trace | None) -> str:
    """A code in the words of the first layer of a chain that the mistake could sit in."""
    known = next((one for one in known_misconceptions() if one.code == code), None)
    layer = next(iter(known.layers(ancestry(trace))), None) if known and trace is not None else None
    return known.sentence_for(layer) if known and layer is not None else meaning(code)


def together(clauses: Iterable[str]) -> str:
    """What went wrong at once, as one clause after the other."""
    return joined(clauses, _("{clauses}, and {next}"))


def _place(trace: Trace | None, index: Index) -> str:
    place = written_index(index) if trace is None else cell_place(trace, index)
    return _("cell {place}").format(place=place)


def _with_layers(found: Wrong, parts: list[str]) -> list[str]:
    """The parts, with the layer named where a chain has several that the mistake could sit in."""
    named = []
    for mistake, part in zip(found.mistakes, parts):
        calls = dict.fromkeys(layer.layer.call for layer in mistake.layers)
        several = found.chained and len(mistake.layers) == 1
        named.append(_("in {call}, {what}").format(call=next(iter(calls)), what=part) if several else part)
    return named


@dataclass(frozen=True, eq=False)
class _Stack:
    """Wrong results of one shape, laid on each other: a row each."""

    shape: tuple[int, ...]
    entries: tuple[Wrong, ...]
    values: Array
    room: Array

    @staticmethod
    def of(entries: list[Wrong], tolerance: Tolerance) -> _Stack:
        values = np.array([entry.values for entry in entries])
        return _Stack(entries[0].trace.output.shape, tuple(entries), values, tolerance.room(values))


class Explainer:
    """Explains answers to one exercise."""

    def __init__(self, results: WrongResults, tolerance: Tolerance) -> None:
        self.results = results
        self.tolerance = tolerance
        self.trace: Trace = results.trace

    @cached_property
    def _stacks(self) -> dict[int, list[_Stack]]:
        return {1: self._stacked(self.results.single)}

    def _level(self, count: int) -> list[_Stack]:
        if count not in self._stacks:
            self._stacks[count] = self._stacked(self.results.double)
        return self._stacks[count]

    def _stacked(self, results: tuple[Wrong, ...]) -> list[_Stack]:
        by_shape: dict[tuple[int, ...], list[Wrong]] = {}
        for one in results:
            by_shape.setdefault(one.trace.output.shape, []).append(one)
        return [_Stack.of(entries, self.tolerance) for entries in by_shape.values()]

    def of_other_size(self) -> Iterator[tuple[Trace, tuple[Codes, ...]]]:
        """Every size that a wrong result has but the right one: a trace of that size, and what gives it."""
        for count in (1, 2):
            for stack in self._level(count):
                if stack.shape != self.trace.output.shape:
                    yield stack.entries[0].trace, tuple(dict.fromkeys(entry.codes for entry in stack.entries))

    def explain(
        self, values: Array, wrong: Array, right: Array, shape: tuple[int, ...], written: tuple[str, ...] | None
    ) -> Diagnosis | None:
        """What explains the cells that are wrong, given those that are right; None where the evidence does not tell.

        `shape` is the output's own, or that of a wrong result, where every cell counts as wrong.
        """
        total = int(np.count_nonzero(wrong))
        if not total:
            return None
        rounding = _rounding(written)
        best: list[tuple[int, int, int, Wrong]] = []  # cells for, cells against, how many at once, which
        for count in (1, 2):
            if total < LEAST_FOR[count] or (best and best[0][0] == total and best[0][1] == 0):
                break  # too little for so much at once, or what is simpler explains it all
            for stack in self._level(count):
                if stack.shape == shape:
                    best = _better(best, self._evidence(stack, count, values, wrong, right, rounding))
        own = shape == self.trace.output.shape
        slips = self._isolated(values, wrong, written, self.trace) if own else None
        found = self._diagnosis(best, slips, total, values, wrong, right, written)
        return replace(found, asked=self.results.ask) if found is not None else None

    def explain_rounded(
        self, values: Array, wrong: Array, right: Array, shape: tuple[int, ...], written: tuple[str, ...] | None
    ) -> Diagnosis | None:
        """What explains cells that were all rounded to whole numbers: every one of them, of enough."""
        total = int(np.count_nonzero(wrong))
        if written is None or total < LEAST_ROUNDED or len(np.unique(values[wrong])) < LEAST_ROUNDED - 1:
            return None
        if not all(word.strip().lstrip("+-").isdecimal() for word in written):
            return None
        best: list[tuple[int, int, int, Wrong]] = []
        for stack in self._level(1):
            if stack.shape != shape:
                continue
            largest = np.abs(stack.values).max(axis=-1, keepdims=True, initial=0.0)
            room = np.where(largest >= LEAST_LARGE, np.maximum(stack.room, HALF), stack.room)
            met = Tolerance.within(values, stack.values, room)
            best += [(total, 0, 1, stack.entries[i]) for i in np.flatnonzero((met | ~(wrong | right)).all(axis=1))]
        found = self._diagnosis(best, None, total, values, wrong, right, written) if best else None
        return replace(found, asked=self.results.ask) if found is not None else None

    def _evidence(
        self, stack: _Stack, count: int, values: Array, wrong: Array, right: Array, rounding: Array | float
    ) -> list[tuple[int, int, int, Wrong]]:
        met = Tolerance.within(values, stack.values, _widened(stack.room, rounding, stack.values))
        for_it = (met & wrong).sum(axis=1)
        against = (~met & (wrong | right)).sum(axis=1)
        enough = (for_it >= LEAST_FOR[count]) & (for_it >= FOR_EACH_AGAINST[count] * against)
        if len(np.unique(values[wrong | right])) == 1:
            enough &= against == 0  # the same number in every cell is one piece of evidence, not many
        return [(int(for_it[i]), int(against[i]), count, stack.entries[i]) for i in np.flatnonzero(enough)]

    def _diagnosis(
        self,
        best: list[tuple[int, int, int, Wrong]],
        slips: tuple[Slip, ...] | None,
        total: int,
        values: Array,
        wrong: Array,
        right: Array,
        written: tuple[str, ...] | None,
    ) -> Diagnosis | None:
        slipped = len(slips or ())
        if not best or slipped > best[0][0]:
            return Diagnosis((SLIP,), slipped, total, slips=slips or (), trace=self.trace) if slips else None
        explains, against, _count, first = best[0]
        codes = list(dict.fromkeys(entry.codes for *_rest, entry in best))
        ties = codes[1:]
        if slips and slipped == explains == 1:
            ties.append((SLIP,))
            return Diagnosis(first.codes, explains, total, tuple(ties), slips, first, self.trace)
        if against and len(codes) == 1 and (beside := self._beside(first, values, wrong, right, written)):
            both = explains + len(beside)
            return Diagnosis((*first.codes, SLIP), both, total, (), beside, first, self.trace)
        return Diagnosis(first.codes, explains, total, tuple(ties), (), first, self.trace)

    def _beside(
        self, found: Wrong, values: Array, wrong: Array, right: Array, written: tuple[str, ...] | None
    ) -> tuple[Slip, ...]:
        """The slips in the cells that a misconception does not explain, seen from what it gives there."""
        room = _widened(self.tolerance.room(found.values), _rounding(written), found.values)
        met = Tolerance.within(values, found.values, room)
        if (right & ~met).any():
            return ()
        return self._isolated(values, wrong & ~met, written, found.trace) or ()

    def _isolated(
        self, values: Array, wrong: Array, written: tuple[str, ...] | None, trace: Trace
    ) -> tuple[Slip, ...] | None:
        """The slips that made all of these cells wrong; None where they are too many, or one has no name."""
        cells = np.flatnonzero(wrong)
        if self.results.ask != "output":
            return None
        if not 0 < len(cells) <= min(MOST_SLIPS, max(1, wrong.size // ISOLATED)):
            return None
        found = []
        for cell in cells.tolist():
            index = tuple(int(i) for i in np.unravel_index(cell, trace.output.shape))
            word = written[cell] if written else repr(float(values[cell])).removesuffix(".0")
            one = slip(trace, index, float(values[cell]), word)
            if one is None:
                return None
            found.append(one)
        return tuple(found)


def _rounding(written: tuple[str, ...] | None) -> Array | float:
    """How far a number may lie from what was meant, by the digits after its point; one without, by those of the others.

    Where none has any, nothing was rounded: a 3 is a 3.
    """
    if written is None or not any("." in word or "," in word for word in written):
        return 0.0
    decimals = np.maximum([how_written(word).decimals for word in written], 0)
    return HALF * 10.0 ** -np.where(decimals, decimals, decimals.max()) if decimals.any() else 0.0


def _widened(room: Array, rounding: Array | float, values: Array) -> Array:
    """The room around wrong results, wide enough for what was rounded off in writing, where that is little."""
    if isinstance(rounding, float):
        return room  # nothing was rounded off: most answers are whole numbers
    most = COARSE * np.abs(values).max(axis=-1, keepdims=True, initial=0.0)
    return np.maximum(room, np.where(rounding <= most, rounding, 0.0))


def _better(
    best: list[tuple[int, int, int, Wrong]], found: list[tuple[int, int, int, Wrong]]
) -> list[tuple[int, int, int, Wrong]]:
    """Those that explain most, of them the simplest, of them those with the least against them."""
    every = [*best, *found]
    if not every:
        return every
    rank = min((-explains, against, count) for explains, against, count, _entry in every)
    return [one for one in every if (-one[0], one[1], one[2]) == rank]
