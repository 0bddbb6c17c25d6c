"""The decisions that two traces took differently: those that matter on this input, and those that change nothing here.

A decision is compared by what came of it, never by its name alone: the same lines of padding may be asked for as SAME
or as a number, and a divisor told in two ways may be the same one.

To add a kind of decision: a function that yields its `Parting`, called in `_asked` in the order in which it is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from typing import Any

from ..arithmetic import Array, unlike
from ..formula import Number
from ..geometry import AxisGeometry
from ..language import _, plural
from ..ops import MeanPool
from ..ops.lp_pool import LpPool
from ..traces import Operation, Trace
from .blocks import Code, Math, Text
from .choice import WHERE
from .phrases import phrases
from .sentences import enumerated
from .terms import kind, padding_name, rule_name, terms


@dataclass(frozen=True)
class Parting:
    """One decision that two traces took differently: what it is about, and what each took."""

    what: str
    left: Text
    right: Text
    matters: bool = True  # whether any window or any result can differ by it on this input
    of_padding: bool = False  # whether it is about the edge, and what follows from that


def told_partings(a: Trace, b: Trace) -> tuple[list[Parting], list[str]]:
    """Every decision that makes a difference, in the order they are taken; and the names of those that make none."""
    found = list(_asked(a, b))
    return [one for one in found if one.matters], [one.what for one in found if not one.matters]


def _asked(a: Trace, b: Trace) -> Iterator[Parting]:
    if a.layer.operation.name != b.layer.operation.name:
        yield Parting(_("rule"), (phrases(a).instruction(a),), (phrases(b).instruction(b),))
    if kind(a) == kind(b) and kind(a) in ("sliding", "transposed"):
        yield from _windows(a, b)
        yield from _padding(a, b)
    elif _lie(a) != _lie(b):
        yield Parting(_("windows"), (terms(a),), (terms(b),))
    yield from _settings(a, b)
    yield from _weights(a, b)
    yield from _sizes(a, b)


def _lie(trace: Trace) -> list[list[range]]:
    """Where the windows lie, axis by axis."""
    return [[range(*axis.frame(i), axis.dilation) for i in range(axis.output)] for axis in trace.geometry.axes]


def _windows(a: Trace, b: Trace) -> Iterator[Parting]:
    def moves(x: AxisGeometry, y: AxisGeometry) -> bool:
        """A stride that no window takes does nothing; of a transposed convolution, input cells take it."""
        cells = (x.size, y.size) if kind(a) == "transposed" else (x.output, y.output)
        return max(cells) > 1 or x.output != y.output

    asked: list[tuple[Callable[[AxisGeometry], int], str, Callable[[AxisGeometry, AxisGeometry], bool]]] = [
        (lambda axis: axis.window, _("window"), lambda x, y: True),
        (lambda axis: axis.stride, _("stride"), moves),
        (lambda axis: axis.dilation, _("dilation"), lambda x, y: max(x.window, y.window) > 1),
    ]
    for ask, what, effective in asked:
        left, right = ([ask(axis) for axis in trace.geometry.axes] for trace in (a, b))
        pairs = list(zip(a.geometry.axes, b.geometry.axes))
        if left != right:
            matters = any(ask(x) != ask(y) and effective(x, y) for x, y in pairs)
            yield Parting(what, (_alike(left),), (_alike(right),), matters)


def _lines(trace: Trace) -> list[tuple[int, int]]:
    return [(axis.padding.before, axis.padding.after) for axis in trace.geometry.axes]


def _padding(a: Trace, b: Trace) -> Iterator[Parting]:
    """The rule is told where the lines differ; by another name the same lines are no other decision."""
    rules = [[rule_name(axis) for axis in trace.geometry.axes] for trace in (a, b)]
    if rules[0] != rules[1]:
        left, right = (_alike(list(names)) for names in rules)
        yield Parting(_("padding rule"), (left,), (right,), _lines(a) != _lines(b), of_padding=True)
    elif _lines(a) != _lines(b):
        what = _("lines cut off") if kind(a) == "transposed" else _("padding")
        yield Parting(what, (padding_in_words(a),), (padding_in_words(b),), of_padding=True)


def _settings(a: Trace, b: Trace) -> Iterator[Parting]:
    """What two layers of one kind were told differently besides their windows."""
    if a.layer.operation.name != b.layer.operation.name:
        return
    if isinstance(a.layer.operation, MeanPool):
        yield from _divisors(a, b)
        return
    left, right = _parameters(a.layer.operation), _parameters(b.layer.operation)
    for name in left:
        if left[name] != right[name]:
            yield _setting(a, b, name, left[name], right[name])


def _parameters(operation: Operation) -> dict[str, object]:
    """The parameters of an operation, its windows aside, in order."""
    record: Any = operation
    return {field.name: getattr(record, field.name) for field in fields(record) if field.name != "windows"}


def _setting(a: Trace, b: Trace, name: str, x: object, y: object) -> Parting:
    if name == "signed":
        words = {True: _("keeps its sign"), False: _("loses its sign")}
        odd = all(isinstance(t.layer.operation, LpPool) and t.layer.operation.power % 2 for t in (a, b))
        negative = odd and any(value < 0 for value in a.inputs["input"].flat)
        return Parting(_("a number raised to a power"), (words[bool(x)],), (words[bool(y)],), negative)
    if name == "scaled":
        words = {True: _("scaled up as if full"), False: _("taken as it is")}
        outside = a.geometry.has_outside or b.geometry.has_outside
        return Parting(_("a window that hangs over"), (words[bool(x)],), (words[bool(y)],), outside)
    called = {"p": _("power"), "filters": _("filters"), "groups": _("groups of channels")}
    return Parting(called.get(name, name.replace("_", " ")), (str(x),), (str(y),))


def _divisors(a: Trace, b: Trace) -> Iterator[Parting]:
    """By what each mean is divided. Where two say it in other words and divide by the same, nothing comes of it."""
    left, right = a.layer.operation, b.layer.operation
    assert isinstance(left, MeanPool)
    assert isinstance(right, MeanPool)
    if left.divisor != right.divisor:
        told = [_("{n} in every window").format(n=m.divisor) if m.divisor else _counting(m) for m in (left, right)]
        yield Parting(_("divisor"), (told[0],), (told[1],), _divided(a) != _divided(b))
    elif left.divisor is None and left.counts_padding != right.counts_padding:
        pads = any(axis.counts != axis.padded_counts for trace in (a, b) for axis in trace.geometry.axes)
        told = [_("counted") if m.counts_padding else _("not counted") for m in (left, right)]
        yield Parting(_("padding in the mean"), (told[0],), (told[1],), pads)


def _counting(mean: MeanPool) -> str:
    return _("the cells of data and padding") if mean.counts_padding else _("the cells of data")


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


def _weights(a: Trace, b: Trace) -> Iterator[Parting]:
    for name in ("kernel", "bias"):
        has = [trace.inputs.get(name) for trace in (a, b)]
        if any(array is not None for array in has) and not _same_numbers(*has):
            empty = all(array is None or not any(array.flat) for array in has)
            yield Parting(_(name), _weight(a, name), _weight(b, name), not empty)


def _weight(trace: Trace, name: str) -> Text:
    if name not in trace.inputs:
        return (_("none"),)
    if name in trace.origins:
        return (Code(trace.origins[name]),)
    return (_("as given"),)


def _same_numbers(x: Array | None, y: Array | None) -> bool:
    return x is not None and y is not None and x.shape == y.shape and not unlike(x, y).any()


def _sizes(a: Trace, b: Trace) -> Iterator[Parting]:
    """What follows for the sizes and the lines of padding, as formulas."""
    cut = kind(a) == "transposed"
    formulas: list[tuple[Callable[[AxisGeometry], Text], Callable[[AxisGeometry], object], str]] = [
        (lambda x: (Math(x.padding.output_formula),), lambda x: x.output, _("output size")),
        (
            lambda x: (Math(x.padding.formula if x.padding.rule != "valid" else Number(0)),),
            lambda x: x.padding.total,
            _("lines cut off in all") if cut else _("total padding"),
        ),
        (_split, lambda x: (x.padding.before, x.padding.after), _("before, after")),
    ]
    for tell, ask, what in formulas:
        pairs = list(zip(a.geometry.axes, b.geometry.axes))
        differing = [(x, y) for x, y in pairs if ask(x) != ask(y)]
        told: list[tuple[Text, Text]] = []
        for x, y in differing:
            if (tell(x), tell(y)) in told:
                continue  # both axes say the same
            told.append((tell(x), tell(y)))
            alike = len({(tell(p), tell(q)) for p, q in differing}) == 1 and len(differing) == len(pairs)
            yield Parting(what if alike else f"{what}, {_(x.name)}", tell(x), tell(y), of_padding=True)


def _split(axis: AxisGeometry) -> Text:
    return (f"{axis.padding.before}, {axis.padding.after}",)


def _alike(values: list[Any]) -> str:
    return str(values[0]) if len(set(values)) == 1 else "×".join(map(str, values))


def names_of(a: Trace, b: Trace, partings: list[Parting]) -> tuple[str, str]:
    """The shortest words that tell the two apart, by the first decision that does."""
    if a.layer.operation.name != b.layer.operation.name:
        return phrases(a).noun(), phrases(b).noun()
    if partings and partings[0].what == _("padding in the mean"):
        words = {True: _("padding counted"), False: _("padding not counted")}
        means = [trace.layer.operation for trace in (a, b)]
        counted = [words[isinstance(mean, MeanPool) and mean.counts_padding] for mean in means]
        return counted[0], counted[1]
    lines_differ = _lines(a) != _lines(b)
    if lines_differ and rule_name(a.geometry.axes[0]) != rule_name(b.geometry.axes[0]):
        return _short_rule(a), _short_rule(b)
    left, right = terms(a).split(", "), terms(b).split(", ")
    if len(left) == len(right):
        for x, y in zip(left, right):
            if x != y and (lines_differ or x != padding_name(a)):
                return x, y
    if a.layer.call != b.layer.call:
        return a.layer.call, b.layer.call
    return _("first"), _("second")


def _short_rule(trace: Trace) -> str:
    """`VALID`, `SAME`; where the call says how many lines, `padding 1`."""
    axis = trace.geometry.axes[0]
    return padding_name(trace) if axis.padding.rule == "explicit" else rule_name(axis)


def padding_in_words(trace: Trace) -> str:
    """`1 row at the bottom and 1 column on the right`; of a transposed convolution, what is cut off."""
    axes = trace.geometry.axes
    if kind(trace) == "transposed":
        return " ".join(dict.fromkeys(axis.padding.reason for axis in axes)).removesuffix(".")
    around = {lines for axis in axes for lines in (axis.padding.before, axis.padding.after)}
    if len(around) == 1 and around != {0} and len(axes) > 1:
        return plural("{n} line on every side", "{n} lines on every side", *around)
    parts = [
        _counted_lines(lines, WHERE[axis.name, side](), axis.name)
        for axis in axes
        for side, lines in (("before", axis.padding.before), ("after", axis.padding.after))
        if lines
    ]
    return enumerated(parts) if parts else _("no padding")


def _counted_lines(count: int, where: str, axis: str) -> str:
    if axis == "height":
        counted = plural("{n} row", "{n} rows", count)
    elif axis == "width":
        counted = plural("{n} column", "{n} columns", count)
    else:
        counted = plural("{n} cell", "{n} cells", count)
    return f"{counted} {where}"
