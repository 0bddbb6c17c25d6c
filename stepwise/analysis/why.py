"""Why is this number what it is? From a cell of a trace down through every layer, to the cells of the first input.

    why.shares         what each cell of the layer before gave, the largest first
    why.path           always down the largest share: of a maximum, to its winner
    why.field          the box of the first input that the number can depend on at all
    why.contributions  what every cell of the first input gave, through all layers: with `why.rest`, they add up

A convolution, a mean, a dense layer is a sum: what a term is, is its share, exactly. A maximum is its winner. A ReLU
passes a number or blocks it. So in a network of these every number is a sum over the pixels, and what the biases gave.
A softmax or a sigmoid at the end only puts a score in another form: there it is the score that is shared out
(`why.explained`).

And the other way: `touched(trace, pixel)`, what a cell of the first input had a part in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING, SupportsIndex

import numpy as np

from ..arithmetic import Array, Value, holds_expressions, plain
from ..dataclass import dataclass
from ..effort import SHARED, SHARED_AT_ONCE, Effort, allow
from ..errors import InputError
from ..traces.influence import Box, Influence, Shares
from ..traces.layout import Index, index_in
from ..traces.trace import Trace, chain
from .shared_out import decimal, first_input, followed, hull, sent_down

if TYPE_CHECKING:
    from ..document.lesson import Lesson


@dataclass(frozen=True)
class Share:
    """What one cell of a layer's input gave to a number: `value·factor`."""

    input: str
    index: Index
    value: Value
    factor: Value

    @property
    def amount(self) -> Value:
        """What it gave; as a decimal where the factor is one."""
        return (decimal(self.value) if isinstance(self.factor, float) else self.value) * self.factor


@dataclass(frozen=True, eq=False)
class Link:
    """One stop of a path: a number somewhere in the network, and what it gave to the number before it."""

    trace: Trace | None  # whose output the number is in; None for the first input
    index: Index
    value: Value
    share: Value  # of the number one stop up, 1 for the first stop


@dataclass(frozen=True, eq=False)
class Why:
    """Where one number comes from; everything is worked out when it is asked for."""

    trace: Trace = field(repr=False)
    index: Index

    @property
    def value(self) -> Value:
        """The number."""
        return plain(self.trace.output[self.index])

    @cached_property
    def explained(self) -> Value:
        """The number that is shared out: the number itself, or the score behind a softmax or a sigmoid."""
        trace, index = self._score
        return plain(trace.output[index] if trace else self.source[index])

    @cached_property
    def _score(self) -> tuple[Trace | None, Index]:
        """The trace and the cell of `explained`; no trace where it is a cell of the first input itself."""
        trace, index = self.trace, self.index
        while trace.layer.operation.squashes:
            if "input" not in trace.parents:
                return None, index
            trace = trace.parents["input"]
        return trace, index

    @cached_property
    def source(self) -> Array:
        """The first input."""
        return first_input(self.trace)[1]

    @cached_property
    def shares(self) -> tuple[Share, ...]:
        """What each cell of the layer's own input gave, the largest first. Cells that had no part are left out."""
        return self.largest(self._ranked[1].size)

    @cached_property
    def _ranked(self) -> tuple[list[Shares], Array, Array]:
        """The shares, the amounts of all of them in one row, and their order by size."""
        found = self._numbers(self.trace, self.index)
        with np.errstate(all="ignore"):
            amounts = np.concatenate([np.zeros(0), *(np.asarray(one.values * one.factors, float) for one in found)])
        return found, amounts, np.argsort(-np.abs(np.nan_to_num(amounts, nan=np.inf)), kind="stable")

    def largest(self, count: int) -> tuple[Share, ...]:
        """The largest of the shares, quickly: there may be thousands."""
        found, _amounts, order = self._ranked
        ends = np.cumsum([len(one.values) for one in found])
        shares = []
        for number in order[:count]:
            part = int(np.searchsorted(ends, number, side="right"))
            one, at = found[part], number - (ends[part] - len(found[part].values))
            shares.append(Share(one.input, tuple(map(int, one.at[at])), plain(one.values[at]), plain(one.factors[at])))
        return tuple(shares)

    def others(self, count: int) -> tuple[Value, int]:
        """What all shares but the `count` largest come to together, and how many they are."""
        _found, amounts, order = self._ranked
        rest = order[count:]
        return plain(amounts[rest].sum()), len(rest)

    def down(self, share: Share) -> Why | None:
        """Why a cell of the layer before is what it is; None for one that was given."""
        parent = self.trace.parents.get(share.input)
        return Why(parent, share.index) if parent else None

    @cached_property
    def path(self) -> tuple[Link, ...]:
        """Down to the first input, at every layer to the cell that gave most; of a maximum, to the winner."""
        links = [Link(self.trace, self.index, self.value, 1)]
        trace: Trace | None = self.trace
        index = self.index
        while trace is not None:
            largest = _largest(self._numbers(trace, index))
            if largest is None:  # a constant, put there by padding
                break
            share, above = largest, decimal(plain(trace.output[index]))
            amount = decimal(share.amount)
            whole = trace.layer.operation.squashes  # a score in another form is that score's alone
            trace, index = trace.parents.get(share.input), share.index
            with np.errstate(all="ignore"):
                part = 1 if whole else plain(np.divide(amount, above)) if above else 0
            links.append(Link(trace, index, share.value, part))
        return tuple(links)

    def _numbers(self, trace: Trace, index: Index) -> list[Shares]:
        if any(holds_expressions(array) for array in trace.inputs.values()):
            raise InputError(f"{trace.layer.call}: which letter gives most is for numbers to say; put numbers in first")
        down = followed(trace, self.source)
        return [one for one in trace.layer.operation.shares(trace, index) if one.input in down]

    @cached_property
    def field(self) -> Box:
        """The box of the first input that the number can depend on: its receptive field."""
        boxes = {id(self.trace): tuple((i, i + 1) for i in self.index)}
        found: Box | None = None
        for trace in reversed(chain(self.trace)):
            box = boxes.get(id(trace))
            if box is None:
                continue
            for name in followed(trace, self.source):
                seen = trace.layer.operation.looks_at(trace, name, box)
                parent = trace.parents.get(name)
                if parent is not None:
                    boxes[id(parent)] = hull(boxes.get(id(parent)), seen)
                else:
                    found = hull(found, seen)
        return found if found is not None else tuple((0, 0) for _ in self.source.shape)

    @cached_property
    def contributions(self) -> Array:
        """What every cell of the first input gave to `explained`, in the input's own shape."""
        given = sent_down(*self._score, self.source)
        given.flags.writeable = False
        return given

    def greatest(self, count: int) -> list[tuple[Index, Value]]:
        """The cells of the first input that gave most, each with what it gave."""
        given = self.contributions.ravel()
        gave = np.flatnonzero(given)  # of a large input nearly nothing did
        order = np.argsort(-np.abs(np.nan_to_num(given[gave], nan=np.inf)), kind="stable")[:count]
        shape = self.contributions.shape
        return [(tuple(map(int, np.unravel_index(number, shape))), plain(given[number])) for number in gave[order]]

    @property
    def rest(self) -> Value:
        """What is left of `explained`: what the biases gave, and other inputs; 0 where only rounding is."""
        given, explained = self.contributions, decimal(self.explained)
        with np.errstate(all="ignore"):
            left = plain(explained - given.sum())
            rounding = 8 * np.finfo(given.dtype).eps * (abs(given).sum() + abs(explained))
        return 0 if abs(left) <= rounding else left

    def lesson(self, language: str = "en") -> Lesson:
        """The answer told, layer by layer, with the receptive field drawn on the input."""
        from ..lessons.why import tell_why  # a door that opens forward, named in the import check

        return tell_why(self, language)


@dataclass(frozen=True, eq=False)
class Touched:
    """What a cell of the first input had a part in: for every layer, a mask of its output's cells."""

    index: Index
    value: Value
    layers: tuple[tuple[Trace, Array], ...] = field(repr=False)  # in order, those that were reached

    def lesson(self, language: str = "en") -> Lesson:
        """The answer told: how far the cell reaches in every layer."""
        from ..lessons.why import tell_touched  # a door that opens forward, named in the import check

        return tell_touched(self, language)


def allow_asking(trace: Trace) -> None:
    """Raises `LimitError` where working out what gave a number would take too long, or too much memory."""
    effort, most = Effort(), 0
    for layer in chain(trace):
        operation, reach = layer.layer.operation, layer.layer.operation.reach(layer)
        singly = type(operation).shares is Influence.shares
        effort, most = effort + reach * (SHARED if singly else SHARED_AT_ONCE), max(most, reach)
    allow(f"asking why, of a number made from {most:,}", effort, "take a smaller input, or smaller windows")


def touched(trace: Trace, index: SupportsIndex | Sequence[SupportsIndex]) -> Touched:
    """All that a number of the first input had a part in, layer by layer (see `Trace.touched`)."""
    _first, source = first_input(trace)
    place = index_in(index, source.shape, "first input")
    masks: dict[int, Array] = {}
    layers: list[tuple[Trace, Array]] = []
    start = np.zeros(source.shape, dtype=bool)
    start[place] = True
    for layer in chain(trace):
        marked = np.zeros(layer.shape, dtype=bool)
        for name in followed(layer, source):
            mask = masks[id(layer.parents[name])] if name in layer.parents else start
            marked |= layer.layer.operation.touches(layer, name, mask)
        masks[id(layer)] = marked
        layers.append((layer, marked))
    return Touched(place, plain(source[place]), tuple(layers))


def _largest(found: list[Shares]) -> Share | None:
    """The share of the largest size, the first where several are; NaN is larger than everything."""
    best: Share | None = None
    size = -1.0
    for one in found:
        with np.errstate(all="ignore"):
            sizes = np.abs(np.asarray(one.values * one.factors, dtype=float))
        sizes = np.where(np.isnan(sizes), np.inf, sizes)
        if sizes.size and sizes.max() > size:
            at = int(sizes.argmax())
            size = float(sizes[at])
            best = Share(one.input, tuple(map(int, one.at[at])), plain(one.values[at]), plain(one.factors[at]))
    return best
