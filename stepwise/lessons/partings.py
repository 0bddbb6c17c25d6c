"""The decisions that two traces took differently: those that matter on this input, and those that change nothing here.

A decision is compared by what came of it, never by its name alone: the same lines of padding may be asked for as SAME
or as a number, and a divisor told in two ways may be the same one.

To add a kind of decision: a function that yields its `Parting`, called in `_asked` in the order in which it is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from ..arithmetic import Array, apart, plain, shown, unlike_cells
from ..formula import Number
from ..geometry import AxisGeometry
from ..language import _, plural
from ..layout import written_index
from ..ops import BatchNorm, Conv, ConvTranspose, MaxPool, MeanPool, Pad, Softmax
from ..ops.lp_pool import LpPool
from ..ops.windows import WindowOperation
from ..traces import Trace
from .beside import Row, roles, rule_of
from .blocks import Code, Math, Text
from .choice import WHERE
from .phrases import phrases
from .sentences import enumerated
from .terms import kind, padding_name, rule_name, sizes, terms


@dataclass(frozen=True)
class Parting:
    """One decision that two traces took differently: what it is about, and what each took."""

    what: str
    left: Text
    right: Text
    matters: bool = True  # whether any window or any result can differ by it on this input
    of_padding: bool = False  # whether it is about the edge, and what follows from that
    pair: tuple[Trace, Trace] | None = None  # the two stages that took it, where both have one
    stage: str = ""  # what these are called, where there are several

    @property
    def named(self) -> str:
        """What it is about; of one stage of several, with its name."""
        return _("{what} ({stage})").format(what=self.what, stage=self.stage) if self.stage else self.what


def told_partings(rows: Sequence[Row]) -> tuple[list[Parting], list[str]]:
    """Every decision that makes a difference, in the order they are taken; and the names of those that make none."""
    found: list[Parting] = []
    filled: Row = (None, None)  # a stage that pads, before its other half's own padding
    for n, (x, y) in enumerate(rows):
        following = rows[n + 1] if n + 1 < len(rows) else (None, None)
        if _pads_before((x, y), following):
            filled = (x, y)
        elif x is not None and y is not None:
            stage = phrases(x).noun() if len(rows) > 1 and rule_of(x) == rule_of(y) else ""
            found += [replace(one, pair=(x, y), stage=stage) for one in _asked(x, y, filled)]
            filled = (None, None)
        else:
            found.append(_alone(x, y))
    return [one for one in found if one.matters], [one.named for one in found if not one.matters]


def _alone(x: Trace | None, y: Trace | None) -> Parting:
    """A stage that only one of the two has. Where it leaves every number as it is, nothing comes of it."""
    told = [(phrases(t).instruction(t),) if t is not None else (_("nothing of the kind"),) for t in (x, y)]
    [stage] = [t for t in (x, y) if t is not None]
    given = stage.inputs["input"]
    matters = given.shape != stage.output.shape or bool(apart(given, stage.output).any())
    return Parting(phrases(stage).noun(), told[0], told[1], matters)


def _pads_before(row: Row, following: Row) -> bool:
    """Whether a stage pads for the next one, whose other half adds lines of its own."""
    pads, (x, y) = next((t for t in row if t is not None), None), following
    other = x if row[0] is None else y
    if None in row and pads is not None and isinstance(pads.layer.operation, Pad) and x is not None and y is not None:
        assert other is not None
        return kind(x) == kind(y) == "sliding" and any(map(any, _lines(other)))
    return False


def _asked(a: Trace, b: Trace, filled: Row) -> Iterator[Parting]:
    if rule_of(a) != rule_of(b):
        yield Parting(_("rule"), (phrases(a).instruction(a),), (phrases(b).instruction(b),))
    if filled != (None, None):
        yield from _filling(a, b, filled)
    if kind(a) == kind(b) and kind(a) in ("sliding", "transposed"):
        yield from _windows(a, b)
        yield from _padding(a, b, filled)
    elif _lie(a) != _lie(b):
        yield Parting(_("windows"), (terms(a) or _("none"),), (terms(b) or _("none"),))
    yield from _settings(a, b)
    yield from _weights(a, b)
    yield from _sizes(a, b, filled)


def _filling(a: Trace, b: Trace, filled: Row) -> Iterator[Parting]:
    """What stands in the lines around the data, where one of the two lays them down in a stage of its own."""
    told = [_fill(after if before is None else before) for before, after in zip(filled, (a, b))]
    if told[0] != told[1]:
        yield Parting(_("filling of the padding"), (told[0],), (told[1],), of_padding=True)


def _fill(trace: Trace) -> str:
    operation = trace.layer.operation
    if not isinstance(operation, Pad):
        assert isinstance(operation, WindowOperation)
        return Number(operation.padding_value).digits
    modes = {
        "reflect": _("mirrored data"),
        "replicate": _("the repeated edge"),
        "circular": _("data from the other end"),
    }
    return modes.get(operation.mode) or Number(operation.value).digits


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


def _padding(a: Trace, b: Trace, filled: Row) -> Iterator[Parting]:
    """The rule is told where the lines differ; by another name the same lines are no other decision."""
    if _same_lines(a, b, filled):
        return
    same_lines = _lines(a) == _lines(b)
    ask = rule_name if same_lines else _rule
    rules = [[ask(axis) for axis in trace.geometry.axes] for trace in (a, b)]
    if rules[0] != rules[1]:
        left, right = (_alike(list(names)) for names in rules)
        yield Parting(_("padding rule"), (left,), (right,), not same_lines, of_padding=True)
    elif not same_lines:
        what = _("lines cut off") if kind(a) == "transposed" else _("padding")
        yield Parting(what, (padding_in_words(a),), (padding_in_words(b),), of_padding=True)


def _same_lines(a: Trace, b: Trace, filled: Row) -> bool:
    """Whether as many lines lie around the data on both sides, though one of the two lays them down beforehand."""
    if filled == (None, None):
        return False
    before = [_added(one, len(a.geometry.axes)) for one in filled]
    totals = [[(x + p, y + q) for (x, y), (p, q) in zip(lines, _lines(t))] for lines, t in zip(before, (a, b))]
    return totals[0] == totals[1]


def _added(trace: Trace | None, spatial: int) -> list[tuple[int, int]]:
    """The lines that a stage adds along the spatial axes."""
    if trace is None:
        return [(0, 0)] * spatial
    operation = trace.layer.operation
    assert isinstance(operation, Pad)
    full = operation.full(trace.layer.layout, trace.inputs["input"].ndim)
    last = trace.layer.layout.channels_last and len(full) > spatial
    return full[-spatial - last : len(full) - last]


def _settings(a: Trace, b: Trace) -> Iterator[Parting]:
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
            return {"pads": _spatial_pads(trace), "filled": _fill(trace)}
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
        words = {True: _("scaled up as if full"), False: _("taken as it is")}
        outside = a.geometry.has_outside and b.geometry.has_outside
        return Parting(_("scaling of a window that hangs over"), (words[bool(x)],), (words[bool(y)],), outside)
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
        _same_numbers(x, y) for x, y in ((a.inputs["input"], b.inputs["input"]), (a.output, b.output))
    )


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
        pads = pads and _divided(a) != _divided(b)
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
    """The numbers that each was given beside what goes in; a kernel as filters, wherever its owner keeps its axes."""
    for name in dict.fromkeys([*a.inputs, *b.inputs]):
        has = [_weight_of(trace, name) for trace in (a, b)]
        if name != "input" and rule_of(a) == rule_of(b) and not _same_numbers(*has):
            empty = name in ("kernel", "bias") and all(array is None or not any(array.flat) for array in has)
            told = [_weight(trace, name) for trace in (a, b)]
            if _same_numbers(a.inputs.get(name), b.inputs.get(name)):
                axes = [_kernel_axes(trace) for trace in (a, b)]
                if axes[0] != axes[1]:
                    yield Parting(_("axes of the kernel"), (axes[0],), (axes[1],))
                continue
            if told[0] == told[1]:
                told = _numbers(a.inputs[name], b.inputs[name])
            yield Parting(_(name), told[0], told[1], not empty)


def _kernel_axes(trace: Trace) -> str:
    operation = trace.layer.operation
    assert isinstance(operation, Conv)
    return ", ".join(_(axis) for axis in operation.kernel_axes(trace.layer.layout))


def _weight_of(trace: Trace, name: str) -> Array | None:
    array, operation = trace.inputs.get(name), trace.layer.operation
    if name != "kernel" or array is None or not isinstance(operation, Conv | ConvTranspose):
        return array
    return operation.kernel(trace.layer.layout, array)


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
        return [(Code(_typed(one)),) for one in (x, y)]
    if x.shape != y.shape:
        return [(_("{size}, {n} numbers").format(size=sizes(one.shape), n=one.size),) for one in (x, y)]
    [at], _many = unlike_cells(x, y, 1)
    told = _("{value} at {place}")
    return [(told.format(value=shown(plain(one[at])), place=written_index(at)),) for one in (x, y)]


def _typed(array: Array) -> str:
    """Rows of numbers as they would be typed."""
    return "; ".join(" ".join(shown(plain(n)) for n in row) for row in array.reshape(-1, array.shape[-1]))


def _same_numbers(x: Array | None, y: Array | None) -> bool:
    return x is not None and y is not None and x.shape == y.shape and not apart(x, y).any()


def _sizes(a: Trace, b: Trace, filled: Row) -> Iterator[Parting]:
    """What follows for the sizes and the lines of padding, as formulas."""
    if _same_lines(a, b, filled) and a.geometry.output_shape == b.geometry.output_shape:
        return
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


def names_of(rows: Sequence[Row], partings: list[Parting]) -> tuple[str, str]:
    """The shortest words that tell the two apart, by the first decision that does."""
    if len(rows) == 1 and rows[0][0] is not None and rows[0][1] is not None:
        return _names_of_pair(rows[0][0], rows[0][1], partings)
    left, right = ([t for row in rows if (t := row[side]) is not None] for side in (0, 1))
    nouns = [" + ".join(phrases(t).noun() for t in line) for line in (left, right)]
    if nouns[0] != nouns[1]:
        return nouns[0], nouns[1]
    if partings and (pair := partings[0].pair) and pair[0].geometry.axes:
        return _names_of_pair(*pair, partings)
    for x, y in zip(left, right):
        if x.layer.call != y.layer.call:
            return x.layer.call, y.layer.call
    return _("first"), _("second")


def _names_of_pair(a: Trace, b: Trace, partings: list[Parting]) -> tuple[str, str]:
    if rule_of(a) != rule_of(b):
        return phrases(a).noun(), phrases(b).noun()
    if partings and partings[0].what == _("padding in the mean"):
        words = {True: _("padding counted"), False: _("padding not counted")}
        means = [trace.layer.operation for trace in (a, b)]
        counted = [words[isinstance(mean, MeanPool) and mean.counts_padding] for mean in means]
        return counted[0], counted[1]
    lines_differ = _lines(a) != _lines(b)
    if lines_differ and _rule(a.geometry.axes[0]) != _rule(b.geometry.axes[0]):
        return _short_rule(a), _short_rule(b)
    ceil = [any(axis.padding.ceil for axis in trace.geometry.axes) for trace in (a, b)]
    if partings and partings[0].what.startswith(_("output size")) and ceil[0] != ceil[1]:
        words = {True: _("ceil mode"), False: _("floor mode")}
        return words[ceil[0]], words[ceil[1]]
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
    return padding_name(trace) if axis.padding.rule == "explicit" else _rule(axis)


def _rule(axis: AxisGeometry) -> str:
    """The padding rule; where ceil mode lets a window hang over, that."""
    return _("ceil mode") if axis.padding.rule == "valid" and axis.padding.overhang else rule_name(axis)


def padding_in_words(trace: Trace) -> str:
    """`1 row at the bottom and 1 column on the right`; of a transposed convolution, what is cut off, or added."""
    axes = trace.geometry.axes
    around = {lines for axis in axes for lines in (axis.padding.before, axis.padding.after)}
    if len(around) == 1 and max(around) > 0 and len(axes) > 1:
        return plural("{n} line on every side", "{n} lines on every side", *around)
    parts = [
        (lines, _counted_lines(abs(lines), WHERE[axis.name, side](), axis.name))
        for axis in axes
        for side, lines in (("before", axis.padding.before), ("after", axis.padding.after))
        if lines
    ]
    told = [lines if count > 0 else _("{lines} added").format(lines=lines) for count, lines in parts]
    if told:
        return enumerated(told)
    return _("none") if kind(trace) == "transposed" else _("no padding")


def remark(trace: Trace) -> str:
    """A few words on what a stage does at the edge; of one without a window, on what it does."""
    if not trace.geometry.axes:
        return phrases(trace).instruction(trace)
    told = padding_in_words(trace)
    return _("cut off: {lines}").format(lines=told) if kind(trace) == "transposed" else told


def _counted_lines(count: int, where: str, axis: str) -> str:
    if axis == "height":
        counted = plural("{n} row", "{n} rows", count)
    elif axis == "width":
        counted = plural("{n} column", "{n} columns", count)
    else:
        counted = plural("{n} cell", "{n} cells", count)
    return f"{counted} {where}"
