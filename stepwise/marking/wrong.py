"""Every wrong result that a misconception gives on one trace, alone and in pairs, worked out once.

In a chain a misconception may sit in any layer: in one alone, or in every layer that it applies to. What comes after is
carried out rightly on what it gives.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from functools import cached_property, lru_cache

import numpy as np

from ..arithmetic import Array, holds_expressions
from ..dataclass import dataclass
from ..errors import StepwiseError
from ..formula import near
from ..traces.layout import Index
from ..traces.recording import record
from ..traces.trace import Trace
from .asked import Ask, asked
from .known import known_misconceptions
from .misconception import Misconception

MOST_PAIRS = 400
"""Pairs that are carried out for one trace."""
MOST_CELLS = 4_000_000
"""Output cells, of all layers and all pairs together, that are worked out for one trace."""
MOST_REPLAYED = 20_000
"""Layers, of all mistakes together, that are carried out again for one trace, in seconds; for pairs, a part of it."""
PAIRS = 4
"""Pairs of mistakes are given so-manieth of that: few answers need two at once, and there are many."""


@dataclass(frozen=True, eq=False)
class Mistake:
    """A misconception in some layers of a chain."""

    misconception: Misconception
    layers: tuple[Trace, ...] = field(repr=False)


@dataclass(frozen=True, eq=False)
class Wrong:
    """What one mistake, or several at once, give where the right result was due."""

    mistakes: tuple[Mistake, ...]
    trace: Trace = field(repr=False)
    chained: bool = False  # whether there are several layers that it could sit in

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the mistakes, in the order they are carried out."""
        return tuple(mistake.misconception.code for mistake in self.mistakes)

    @cached_property
    def values(self) -> Array:
        """The wrong result as decimals, in row-major order."""
        return flat(self.trace.output)


def flat(output: Array) -> Array:
    """An output as decimals in row-major order."""
    if output.dtype == object:
        return np.array([near(value) for value in output.flat], dtype=np.float64)
    return output.astype(np.float64).ravel()


class WrongResults:
    """The wrong results of one trace that differ from the right one; pairs are worked out when they are asked for.

    Of a question about sizes or padding they are the sizes and the padding that a mistake gives. Where what came
    before is known, mistakes are looked for in the `last` so many layers alone, and in none that is `known`.
    """

    def __init__(
        self,
        trace: Trace,
        ask: Ask = "output",
        most: int = MOST_REPLAYED,
        last: int | None = None,
        known: frozenset[Trace] = frozenset(),
    ) -> None:
        self.layer, self.ask, self.most, self.last, self.known = trace, ask, most, last, known
        self.trace = asked(trace, ask)
        self.layers = ancestry(trace)
        self.right = flat(self.trace.output)

    @property
    def too_many(self) -> bool:
        """Whether some layer has so many cells that no wrong result is worked out."""
        return any(_is_large(layer) for layer in self.layers)

    @cached_property
    def single(self) -> tuple[Wrong, ...]:
        """What each misconception gives alone; how a working went wrong is not looked for."""
        if self.ask == "formula":
            return ()
        return tuple(self._distinct([(mistake,) for mistake in self._mistakes], set()))

    @cached_property
    def double(self) -> tuple[Wrong, ...]:
        """What two of them give together, where neither alone gives the same."""
        if self.ask == "formula":
            return ()
        affordable = MOST_CELLS // max(1, sum(layer.output.size for layer in self.layers))
        affordable = min(affordable, self.most // PAIRS // len(self.layers))
        pairs = itertools.combinations(self._mistakes, 2)
        chosen = [(a, b) for a, b in pairs if a.misconception.code != b.misconception.code]
        return tuple(self._distinct(chosen[: min(MOST_PAIRS, affordable)], {_key(one) for one in self.single}))

    @cached_property
    def _mistakes(self) -> tuple[Mistake, ...]:
        found: list[Mistake] = []
        open_to_doubt = [one for one in self.layers[-self.last if self.last else 0 :] if one not in self.known]
        known = () if self.too_many else known_misconceptions()
        for misconception in (way for one in known for way in one.ways):
            applies = misconception.layers(open_to_doubt)
            places = [tuple(applies)] if len(applies) == 1 else [tuple(applies), *((layer,) for layer in applies)]
            found += [Mistake(misconception, place) for place in places if place]
        return tuple(self._affordable(found))

    def _affordable(self, found: list[Mistake]) -> list[Mistake]:
        """All of these; of a long chain's, as many as may be, first those that are made in every layer."""
        left = self.most // len(self.layers)
        if len(found) <= left:
            return found
        everywhere = [mistake for mistake in found if len(mistake.layers) > 1][:left]
        left -= len(everywhere)
        alone = [mistake for mistake in found if len(mistake.layers) == 1]
        place = {id(layer): number for number, layer in enumerate(self.layers)}
        first = sorted(alone, key=lambda mistake: place[id(mistake.layers[0])])[:left]
        kept = {id(mistake) for mistake in (*everywhere, *first)}
        return [mistake for mistake in found if id(mistake) in kept]

    def _distinct(self, chosen: Iterable[tuple[Mistake, ...]], known: set[object]) -> Iterator[Wrong]:
        """Those that give something wrong, finite where the right result is, and that nothing simpler gives."""
        finite = np.isfinite(self.right)
        for mistakes in chosen:
            trace = carried_out(self.layer, mistakes)
            if trace is None:
                continue
            trace = asked(trace, self.ask)
            wrong = Wrong(mistakes, trace, len(self.layers) > 1)
            if trace.output.shape == self.trace.output.shape:
                if not np.isfinite(wrong.values[finite]).all() or _close(wrong.values, self.right):
                    continue
            elif not np.isfinite(wrong.values).all():
                continue
            if _key(wrong) not in known:
                yield wrong


def _key(wrong: Wrong) -> object:
    """What tells two wrong results apart, but for what rounding changes."""
    with np.errstate(all="ignore"):
        scale = 10.0 ** (9 - np.ceil(np.log10(np.abs(wrong.values).max(initial=1e-9) + 1e-300)))
        return wrong.trace.output.shape, (np.round(wrong.values * scale) + 0.0).tobytes()


def _close(a: Array, b: Array) -> bool:
    with np.errstate(all="ignore"):  # the difference of two large numbers may have no end
        return bool(np.allclose(a, b, rtol=1e-9, atol=1e-12, equal_nan=True))


MOST_KEPT = 32
"""Questions whose wrong results are kept: the parts of a whole training step are asked for in turn, again and again."""


@lru_cache(maxsize=MOST_KEPT)
def wrong_results(
    trace: Trace,
    ask: Ask = "output",
    most: int = MOST_REPLAYED,
    last: int | None = None,
    known: frozenset[Trace] = frozenset(),
) -> WrongResults:
    """The wrong results of a trace; the last few are kept."""
    return WrongResults(trace, ask, most, last, known)


def ancestry(trace: Trace) -> list[Trace]:
    """A trace and everything it came from, each once, the first first."""
    found: dict[int, Trace] = {}
    waiting = [trace]
    while waiting:
        layer = waiting.pop()
        if id(layer) in found:
            del found[id(layer)]  # it must come before this use of it too
        found[id(layer)] = layer
        waiting += layer.parents.values()
    return list(found.values())[::-1]


def carried_out(trace: Trace, mistakes: Sequence[Mistake]) -> Trace | None:
    """The trace with these mistakes made, in their order; None where it cannot be carried out."""
    return replayed(trace, {}, mistakes)


def replayed(trace: Trace, given: Mapping[int, Trace], mistakes: Sequence[Mistake] = ()) -> Trace | None:
    """The trace again, with some traces it came from (by id) replaced, and with mistakes made.

    None where what comes out of one layer does not fit the next.
    """
    again: dict[int, Trace] = dict(given)
    for layer in ancestry(trace):
        if id(layer) in again:
            continue
        new = layer
        changed = {name: again[id(parent)] for name, parent in layer.parents.items()}
        try:
            if any(changed[name] is not parent for name, parent in layer.parents.items()):
                outputs = {name: parent.output for name, parent in changed.items()}
                new = record(layer.layer, {**layer.inputs, **outputs}, changed, layer.origins)
            for mistake in mistakes:
                if any(layer is place for place in mistake.layers):
                    wrong = mistake.misconception.wrong(new)
                    if wrong is None:
                        return None
                    new = wrong
        except StepwiseError:
            return None
        again[id(layer)] = new
    return again[id(trace)]


@dataclass(frozen=True, eq=False)
class Alone:
    """What a misconception gives on one layer whose input is right, and the first cell that it gives wrong."""

    misconception: Misconception
    trace: Trace = field(repr=False)
    first: Index | None  # None where the size is another


MOST_FOR_ALONE = 200_000
"""Cells of a layer's input, and of its output, at most, for which its mistakes are worked out."""
MOST_WITH_LETTERS = 16
MOST_WORKED_OUT = 3_000
"""Taps of all cells together, at most, where every cell is worked out by its formula: each mistake does that anew."""


def _is_large(trace: Trace) -> bool:
    """Whether carrying a layer out with each mistake would take seconds."""
    if max(trace.inputs["input"].size, trace.output.size) > MOST_FOR_ALONE:
        return True
    by_formula = holds_expressions(trace.output)
    return by_formula and trace.output.size * trace.layer.operation.reach(trace) > MOST_WORKED_OUT


def too_many(trace: Trace) -> bool:
    """Whether a layer has so many cells that its mistakes are not worked out."""
    if holds_expressions(trace.output):
        return trace.output.size > MOST_WITH_LETTERS
    return max(trace.inputs["input"].size, trace.output.size) > MOST_FOR_ALONE


def alone(trace: Trace) -> list[Alone]:
    """Every misconception that changes what comes out of this very layer; none where there are too many cells."""
    if too_many(trace):
        return []
    found = []
    for misconception in known_misconceptions():
        wrong = misconception.wrong(trace)
        if wrong is None:
            continue
        if wrong.output.shape != trace.output.shape:
            found.append(Alone(misconception, wrong, None))
        elif (first := _first_difference(wrong.output, trace.output)) is not None:
            found.append(Alone(misconception, wrong, first))
    return found


def _first_difference(wrong: Array, right: Array) -> Index | None:
    if holds_expressions(wrong) or holds_expressions(right):
        differs = np.array([a != b for a, b in zip(wrong.flat, right.flat)], dtype=bool)
    else:
        with np.errstate(all="ignore"):
            differs = ~np.isclose(flat(wrong), flat(right), rtol=1e-9, atol=1e-12, equal_nan=True)
    places = np.flatnonzero(differs)
    return tuple(int(i) for i in np.unravel_index(places[0], right.shape)) if len(places) else None
