"""A transposed convolution told from its input, step by step: a cell, its scaled kernel landing, the sums growing.

A filter's output grows to its end before the next one's begins; over it go the input's channels, and the cells of each.
"""

from __future__ import annotations

import math
from dataclasses import replace

from ..arithmetic import Value, lowered, plain
from ..dataclass import dataclass
from ..document.blocks import Scene, StepBlock
from ..document.inline import Text
from ..document.matrix import Cell, Mark, Matrix
from ..effort import TAP_SEEN, allow
from ..formula import Formula, Product, Sum, leaf, outcome
from ..language import _, plural
from ..traces.axes import cell_place
from ..traces.layout import Index, index_at
from ..traces.trace import Trace
from . import pictures
from .captions import output_caption
from .inline import paragraph
from .names import cell_names, shown_as
from .spreading import landing, landing_plane


@dataclass(frozen=True)
class Added:
    """What stands in a cell of the output so far: the bias, and so many products."""

    value: Value
    products: int = 0


class Spreading:
    """The steps of a trace along one or two axes: one for each input cell and each filter that it is spread for.

    What has been added is kept, so that steps told in their order take no longer than any one of them.
    """

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        images, filters = pictures.images(trace), trace.channels[1]
        seen = len(trace.layer.operation.seen(0, trace))
        self._sizes = (images, filters, seen, *trace.geometry.input_shape)
        self.total = math.prod(self._sizes)
        self.reach = math.prod(trace.geometry.window)
        """Numbers that a step is told with, one by one."""
        self._sums: dict[Index, Added] = {}
        self._next = 1  # the step whose products are not in those yet

    def typical(self) -> set[int]:
        """Steps whose pictures have the measures of all."""
        each = math.prod(self._sizes[2:])
        return {n for n in (1, 2, (each + 1) // 2, each, self.total // 2, self.total) if 1 <= n <= self.total}

    def block(self, number: int) -> StepBlock:
        """A step, from 1: its picture, the sum in one of the cells where it lands, and what is said of it."""
        self._go_to(number)
        index, filter_ = self._at(number)
        landed = self._landed(index, filter_)
        before = {at: self._so_far(at, filter_) for at in landed}
        self._add(number)
        title = _("Input cell {n} of {total}").format(n=number, total=f"{self.total:,}")
        # where most products meet, and there, where something is seen to be added to something
        sum_at = max(landed, key=lambda at: (before[at].products, landed[at] != 0, before[at].value != 0), default=None)
        formula = leaf(plain(self.trace.inputs["input"][index]))
        if sum_at is not None:
            formula = self._sum(index, landed[sum_at], before[sum_at], self._sums[sum_at])
        said = self._said(number, index, filter_, before, sum_at)
        return StepBlock(title, number, index, self._scene(number, index, filter_), formula, said)

    def _at(self, number: int) -> tuple[Index, int]:
        """The input cell of a step, and the filter that it is spread for."""
        image, filter_, seen, *cell = index_at(number - 1, self._sizes)
        channel = self.trace.layer.operation.seen(filter_, self.trace)[seen]
        return self.trace.layer.layout.outer((image, channel, *cell), self.trace.inputs["input"].ndim), filter_

    def _landed(self, index: Index, filter_: int) -> dict[Index, Value]:
        """The output cells of a filter that an input cell is added to, each with the weight that lies there."""
        found = self.trace.layer.operation.spreads(self.trace, index)
        return {at: weight for at, weight in found if self.trace.place(at)[1] == filter_}

    def _so_far(self, at: Index, filter_: int) -> Added:
        return self._sums.get(at) or Added(self._bias(filter_))

    def _bias(self, filter_: int) -> Value:
        bias = self.trace.inputs.get("bias")
        return 0 if bias is None else plain(bias[filter_])

    def _go_to(self, number: int) -> None:
        """Add what comes before a step in the same image and filter; no other is in its picture."""
        each = math.prod(self._sizes[2:])
        first = (number - 1) // each * each + 1
        if not first <= self._next <= number:
            self._sums, self._next = {}, first
        many = (number - self._next) * self.reach * self._sizes[1]
        allow(f"adding up {number - self._next:,} input cells", many * TAP_SEEN, "take an earlier step")
        while self._next < number:
            self._add(self._next)

    def _add(self, number: int) -> None:
        index, filter_ = self._at(number)
        given = plain(self.trace.inputs["input"][index])
        for at, weight in self._landed(index, filter_).items():
            had = self._so_far(at, filter_)
            self._sums[at] = Added(lowered(had.value + given * weight), had.products + 1)
        self._next = number + 1
        if number % math.prod(self._sizes[2:]) == 0:  # what is rounded in another order ends as the result itself
            self._sums = {at: replace(one, value=plain(self.trace.output[at])) for at, one in self._sums.items()}

    def _sum(self, index: Index, weight: Value, had: Added, now: Added) -> Formula:
        product = Product((leaf(plain(self.trace.inputs["input"][index])), leaf(weight)))
        started = had.products or had.value != 0
        return outcome(Sum((leaf(had.value), product)) if started else product, now.value)

    def _said(self, number: int, index: Index, filter_: int, before: dict[Index, Added], sum_at: Index | None) -> Text:
        place = cell_place(self.trace, index, "input")
        if sum_at is None:
            nothing = _("The input cell {place} adds nothing: all of it is cut off.")
            return paragraph(nothing.format(place=place))
        bias = self._bias(filter_)
        begins = _("Every cell of the output begins at the bias, {bias}.").format(bias=leaf(bias))
        first = (number - 1) % math.prod(self._sizes[2:]) == 0 and bias != 0
        scaled = _("The kernel, multiplied by the input number at {place}, is added to the output.")
        cut = self.reach - len(before)
        met = sum(one.products > 0 for one in before.values())
        shown = cell_place(self.trace, sum_at)
        return paragraph(
            begins if first else "",
            scaled.format(place=place),
            plural("{n} product is cut off.", "{n} products are cut off.", cut) if cut else "",
            plural(
                "{n} product lands where something was added before, at {place}.",
                "{n} products land where something was added before; the sum shown is that at {place}.",
                met,
                place=shown,
            )
            if met
            else _("The product shown is that at {place}.").format(place=shown),
        )

    def _scene(self, number: int, index: Index, filter_: int) -> Scene:
        """The cell, the kernel that it multiplies, where the products land, and what the output has become."""
        added = landing(self.trace, index, filter_)
        last = number % math.prod(self._sizes[2:]) == 0
        signs = (*added.signs[:-1], "=", "→")
        return Scene((*added.matrices, self._output(index, filter_, last)), signs, self.trace)

    def _output(self, index: Index, filter_: int, last: bool) -> Matrix:
        trace, named = self.trace, cell_names(self.trace)
        image, _channel, *cell = trace.layer.layout.inner(index, len(trace.geometry.axes))
        landed = self._landed(index, filter_)

        def draw(position: Index) -> Cell:
            at = trace.index((image, filter_, *position))
            found = self._so_far(at, filter_)
            marks: frozenset[Mark] = frozenset({"result"} if at in landed else () if found.products else {"idle"})
            return Cell("data", shown_as(found.value, named, at) if last else found.value, at, marks)

        size = output_caption(trace.geometry.output_shape)
        caption = size if last else _("{output}, so far").format(output=size)
        return landing_plane(trace, filter_, tuple(cell), caption, draw, framed=bool(landed))
