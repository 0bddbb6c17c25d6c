"""What two stages were told differently besides their windows: parameters, divisors, weights.

To add a parameter: its words in `_setting`, and in `_parameters` where frameworks count it differently.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

from ..arithmetic import Array, apart, plain, shown, unlike_cells
from ..document.inline import Code, Text
from ..formula import Number
from ..language import _
from ..nouns import axis_noun, input_noun
from ..ops import BatchNorm, Conv, ConvTranspose, MaxPool, MeanPool, Pad, Softmax
from ..ops.lp_pool import LpPool
from ..ops.windows import WindowOperation
from ..traces.layout import written_index
from ..traces.trace import Trace
from .beside import roles, rule_of
from .parting import Parting
from .terms import sizes


def settings(a: Trace, b: Trace) -> Iterator[Parting]:
    """What two layers of one kind were told differently besides their windows."""
    if rule_of(a) != rule_of(b):
        return
    if isinstance(a.layer.operation, MeanPool):
        yield from _divisors(a, b)
        return
    left, right = _parameters(a), _parameters(b)
    for name in left:
        if left[name] != right[name]:
            yield _setting(a, b, name, left[name], right[name])


def _parameters(trace: Trace) -> dict[str, object]:
    """The parameters of an operation, its windows aside, in order; axes by what lies along them."""
    operation: Any = trace.layer.operation
    match operation:
        case MaxPool():
            return {}  # which of several winners counts is a matter of gradients
        case Conv():
            given, made = trace.channels
            return {"filters": made, "groups": operation.split(given)}
        case BatchNorm():
            axis = roles(trace, [] if operation.axis is None else [operation.axis])
            return {"axis": axis, "epsilon": operation.epsilon}
        case Softmax():
            return {"axis": roles(trace, operation.axes)}
        case Pad():
            return {"pads": _spatial_pads(trace), "filled": fill(trace)}
    return {field.name: getattr(operation, field.name) for field in fields(operation) if field.name != "windows"}


def _spatial_pads(trace: Trace) -> list[tuple[int, int]]:
    """The lines that a stage adds, axis by axis, without those of the channels where there are none."""
    operation = trace.layer.operation
    assert isinstance(operation, Pad)
    return [pair for pair in operation.full(trace.layer.layout, trace.inputs["input"].ndim) if any(pair)]


def _setting(a: Trace, b: Trace, name: str, x: object, y: object) -> Parting:
    if name == "signed":
        words = {True: _("keeps its sign"), False: _("loses its sign")}
        odd = all(isinstance(t.layer.operation, LpPool) and t.layer.operation.power % 2 for t in (a, b))
        negative = odd and any(value < 0 for value in a.inputs["input"].flat)
        return Parting(_("sign of a number raised to a power"), (words[bool(x)],), (words[bool(y)],), negative)
    if name == "scaled":
        words = {True: _("scaled as if the window were full"), False: _("not scaled")}
        outside = a.geometry.has_outside and b.geometry.has_outside
        return Parting(_("scaling of a window past the edge"), (words[bool(x)],), (words[bool(y)],), outside)
    called = {
        "p": _("power"),
        "filters": _("filters"),
        "groups": _("groups of channels"),
        "filled": _("filling of the padding"),
    }
    if name not in called:
        return Parting(_("call"), (Code(a.layer.call),), (Code(b.layer.call),), not _alike_here(a, b))
    return Parting(called[name], (str(x),), (str(y),))


def _alike_here(a: Trace, b: Trace) -> bool:
    """Whether two stages without windows that are given the same make the same of it."""
    return not a.geometry.axes and all(
        same_numbers(x, y) for x, y in ((a.inputs["input"], b.inputs["input"]), (a.output, b.output))
    )


def _divisors(a: Trace, b: Trace) -> Iterator[Parting]:
    """By what each mean is divided. Where two say it in other words and divide by the same, nothing comes of it."""
    left, right = a.layer.operation, b.layer.operation
    assert isinstance(left, MeanPool)
    assert isinstance(right, MeanPool)
    if left.divisor != right.divisor:
        by = [_("{n} in every window").format(n=m.divisor) if m.divisor else _counting(m) for m in (left, right)]
        yield Parting(_("divisor"), (by[0],), (by[1],), _divided(a) != _divided(b))
    elif left.divisor is None and left.counts_padding != right.counts_padding:
        pads = any(axis.counts != axis.padded_counts for trace in (a, b) for axis in trace.geometry.axes)
        pads = pads and _divided(a) != _divided(b)
        counted = [_("counted") if m.counts_padding else _("not counted") for m in (left, right)]
        yield Parting(_("padding in the mean"), (counted[0],), (counted[1],), pads)


def _counting(mean: MeanPool) -> str:
    return _("the number of data and padding cells") if mean.counts_padding else _("the number of data cells")


def _divided(trace: Trace) -> list[tuple[int, ...]] | list[int]:
    """What the windows' sums are divided by: the counts along each axis, whose products they are."""
    mean = trace.layer.operation
    assert isinstance(mean, MeanPool)
    axes = trace.geometry.axes
    counts = [axis.padded_counts if mean.counts_padding else axis.counts for axis in axes]
    divisor = mean.divisor
    full = 1
    for axis in axes:
        full *= axis.window
    if divisor == full:
        return [(axis.window,) * axis.output for axis in axes]
    return [divisor] if divisor is not None else counts


def weights(a: Trace, b: Trace) -> Iterator[Parting]:
    """The numbers that each was given beside what goes in; a kernel as filters, wherever its owner keeps its axes."""
    for name in dict.fromkeys([*a.inputs, *b.inputs]):
        has = [_weight_of(trace, name) for trace in (a, b)]
        if name != "input" and rule_of(a) == rule_of(b) and not same_numbers(*has):
            empty = name in ("kernel", "bias") and all(array is None or not any(array.flat) for array in has)
            words = [_weight(trace, name) for trace in (a, b)]
            if same_numbers(a.inputs.get(name), b.inputs.get(name)):
                axes = [_kernel_axes(trace) for trace in (a, b)]
                if axes[0] != axes[1]:
                    yield Parting(_("axes of the kernel"), (axes[0],), (axes[1],))
                continue
            if words[0] == words[1]:
                words = _numbers(a.inputs[name], b.inputs[name])
            yield Parting(input_noun(name), words[0], words[1], not empty)


def _kernel_axes(trace: Trace) -> str:
    operation = trace.layer.operation
    assert isinstance(operation, Conv)
    return ", ".join(axis_noun(axis) for axis in operation.kernel_axes(trace.layer.layout))


def _weight_of(trace: Trace, name: str) -> Array | None:
    array, operation = trace.inputs.get(name), trace.layer.operation
    if name != "kernel" or array is None or not isinstance(operation, Conv | ConvTranspose):
        return array
    return operation.kernel(replace(trace.layer.layout, kernel_turned=False), array)


def _weight(trace: Trace, name: str) -> Text:
    if name not in trace.inputs:
        return (_("none"),)
    if name in trace.origins:
        return (Code(trace.origins[name]),)
    return (_("as given"),)


MOST_TOLD = 9
"""Numbers of a weight that are told."""


def _numbers(x: Array, y: Array) -> list[Text]:
    """Two weights that come from the same place, by their numbers; long ones by their sizes, or where they differ."""
    if x.ndim <= 2 and y.ndim <= 2 and max(x.size, y.size) <= MOST_TOLD:
        return [(Code(typed(one)),) for one in (x, y)]
    if x.shape != y.shape:
        return [(_("{size}, {n} numbers").format(size=sizes(one.shape), n=one.size),) for one in (x, y)]
    [at], _many = unlike_cells(x, y, 1)
    differing = _("{value} at {place}")
    return [(differing.format(value=shown(plain(one[at])), place=written_index(at)),) for one in (x, y)]


def typed(array: Array) -> str:
    """Rows of numbers as they would be typed."""
    return "; ".join(" ".join(shown(plain(n)) for n in row) for row in array.reshape(-1, array.shape[-1]))


def same_numbers(x: Array | None, y: Array | None) -> bool:
    """Whether both are there and hold the same numbers, in one shape."""
    return x is not None and y is not None and x.shape == y.shape and not apart(x, y).any()


def fill(trace: Trace) -> str:
    """What stands in the lines around the data."""
    operation = trace.layer.operation
    if not isinstance(operation, Pad):
        assert isinstance(operation, WindowOperation)
        return Number(operation.padding_value).digits
    modes = {
        "reflect": _("mirrored data"),
        "mirror": _("mirrored data"),
        "symmetric": _("mirrored data, the edge too"),
        "replicate": _("the repeated edge"),
        "circular": _("data from the opposite edge"),
    }
    return modes.get(operation.mode) or Number(operation.value).digits
