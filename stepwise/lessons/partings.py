"""The decisions that two traces took differently: those that matter on this input, and those that change nothing here.

A decision is compared by what came of it, never by its name alone: the same lines of padding may be asked for as SAME
or as a number, and a divisor told in two ways may be the same one.

To add a kind of decision: a function that yields its `Parting`, called in `_asked` in the order in which it is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from ..arithmetic import apart
from ..document.inline import Code, Math, Text
from ..formula import Number
from ..geometry import AxisGeometry
from ..language import _
from ..nouns import axis_noun
from ..ops import Pad
from ..traces.trace import Trace
from .beside import Row, keeps_places, laid_out, rule_of
from .parting import Parting, edge_rule, lines_of, padding_in_words
from .phrases import phrases
from .sentences import pad_instruction
from .settings import fill, same_numbers, settings, weights
from .terms import alike, kind, rule_name, terms
from .turning import is_turned, stays_the_same


def by_name(one: Sequence[Trace], two: Sequence[Trace]) -> Parting:
    """The calls themselves, where no other decision is known to be what parts them."""
    calls = [" + ".join(trace.layer.call for trace in line) for line in (one, two)]
    return Parting(_("call"), (Code(calls[0]),), (Code(calls[1]),))


def partings_of(rows: Sequence[Row]) -> tuple[list[Parting], list[str]]:
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
    does = [(_instruction(t),) if t is not None else (_("no such stage"),) for t in (x, y)]
    [stage] = [t for t in (x, y) if t is not None]
    given = stage.inputs["input"]
    matters = given.shape != stage.output.shape or bool(apart(given, stage.output).any())
    return Parting(phrases(stage).noun(), does[0], does[1], matters)


def _pads_before(row: Row, following: Row) -> bool:
    """Whether a stage pads for the next one, whose other half adds lines of its own."""
    pads, (x, y) = next((t for t in row if t is not None), None), following
    other = x if row[0] is None else y
    if None in row and pads is not None and isinstance(pads.layer.operation, Pad) and x is not None and y is not None:
        assert other is not None
        return kind(x) == kind(y) == "sliding" and any(map(any, lines_of(other)))
    return False


def _asked(a: Trace, b: Trace, filled: Row) -> Iterator[Parting]:
    if rule_of(a) != rule_of(b):
        yield Parting(_("rule"), (_instruction(a),), (_instruction(b),))
    yield from _turns(a, b)
    windowless = not (a.geometry.axes or b.geometry.axes)
    if windowless and not keeps_places(a.layer.operation) and laid_out(a) != laid_out(b):
        order = [_("channels last") if t.layer.layout.channels_last else _("channels first") for t in (a, b)]
        yield Parting(_("order of the axes"), (order[0],), (order[1],), not same_numbers(a.output, b.output))
    if filled != (None, None):
        yield from _filling(a, b, filled)
    if kind(a) == kind(b) and kind(a) in ("sliding", "transposed"):
        yield from _windows(a, b)
        yield from _padding(a, b, filled)
    elif _lie(a) != _lie(b):
        yield Parting(_("windows"), (terms(a) or _("none"),), (terms(b) or _("none"),))
    yield from settings(a, b)
    yield from weights(a, b)
    yield from _sizes(a, b, filled)


def _turns(a: Trace, b: Trace) -> Iterator[Parting]:
    """Whether the kernel is turned before it is laid on the data; one that looks the same then makes no difference."""
    if rule_of(a) == rule_of(b) and is_turned(a) != is_turned(b):
        words = {True: _("turned by half a turn first"), False: _("laid on the data as it stands")}
        both = [(words[is_turned(trace)],) for trace in (a, b)]
        yield Parting(_("turn of the kernel"), both[0], both[1], not stays_the_same(a if is_turned(a) else b))


def _instruction(trace: Trace) -> str:
    """What is done in each place, as a sentence of its own would begin it."""
    if isinstance(trace.layer.operation, Pad) and trace.output.size > trace.inputs["input"].size:
        return pad_instruction(trace, fill(trace))
    return phrases(trace).instruction(trace)


def _filling(a: Trace, b: Trace, filled: Row) -> Iterator[Parting]:
    """What stands in the lines around the data, where one of the two lays them down in a stage of its own."""
    fills = [fill(after if before is None else before) for before, after in zip(filled, (a, b))]
    if fills[0] != fills[1]:
        yield Parting(_("filling of the padding"), (fills[0],), (fills[1],), of_padding=True)


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
            yield Parting(what, (alike(left),), (alike(right),), matters)


def _padding(a: Trace, b: Trace, filled: Row) -> Iterator[Parting]:
    """The rule is told where the lines differ; by another name the same lines are no other decision."""
    if _same_lines(a, b, filled):
        return
    same_lines = lines_of(a) == lines_of(b)
    ask = rule_name if same_lines else edge_rule
    rules = [[ask(axis) for axis in trace.geometry.axes] for trace in (a, b)]
    if rules[0] != rules[1]:
        left, right = (alike(list(names)) for names in rules)
        yield Parting(_("padding rule"), (left,), (right,), not same_lines, of_padding=True)
    elif not same_lines:
        what = _("lines cut off") if kind(a) == "transposed" else _("padding")
        yield Parting(what, (padding_in_words(a),), (padding_in_words(b),), of_padding=True)


def _same_lines(a: Trace, b: Trace, filled: Row) -> bool:
    """Whether as many lines lie around the data on both sides, though one of the two lays them down beforehand."""
    if filled == (None, None):
        return False
    before = [_added(one, len(a.geometry.axes)) for one in filled]
    totals = [[(x + p, y + q) for (x, y), (p, q) in zip(lines, lines_of(t))] for lines, t in zip(before, (a, b))]
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
            _("total cut off") if cut else _("total padding"),
        ),
        (_split, lambda x: (x.padding.before, x.padding.after), _("before, after")),
    ]
    for tell, ask, what in formulas:
        pairs = list(zip(a.geometry.axes, b.geometry.axes))
        differing = [(x, y) for x, y in pairs if ask(x) != ask(y)]
        seen: list[tuple[Text, Text]] = []
        for x, y in differing:
            if (tell(x), tell(y)) in seen:
                continue  # both axes say the same
            seen.append((tell(x), tell(y)))
            alike = len({(tell(p), tell(q)) for p, q in differing}) == 1 and len(differing) == len(pairs)
            named = what if alike else _("{what} along the {axis}").format(what=what, axis=axis_noun(x.name))
            yield Parting(named, tell(x), tell(y), of_padding=True, of_size=what == _("output size"))


def _split(axis: AxisGeometry) -> Text:
    return (f"{axis.padding.before}, {axis.padding.after}",)
