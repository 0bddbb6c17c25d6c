"""Two traces side by side, from the first decision where they part to every output cell that differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from typing import Any

from ..arithmetic import Array, plain, unlike, unlike_cells
from ..formula import Number, leaf
from ..geometry import AxisGeometry
from ..language import _, plural
from ..layout import Index, written_index
from ..traces import Operation, Trace
from . import pictures
from .blocks import (
    Block,
    Card,
    Code,
    Inline,
    Lesson,
    Math,
    Pair,
    Prose,
    Section,
    Stage,
    Strong,
    Table,
    Text,
    unmarked,
)
from .choice import WHERE
from .phrases import phrases
from .shift import shift
from .terms import padding_name, rule_name, terms, window_name
from .window import told_steps

MOST_CELLS = 40
"""Differing output cells that are listed; of more, the rest is counted."""


@dataclass(frozen=True)
class Parting:
    """One decision that two traces took differently: what it is about, and what each took."""

    what: str
    left: Text
    right: Text


def tell_comparison(a: Trace, b: Trace, language: str, title: str | None, detail: str) -> Lesson:
    """The lesson of two traces, side by side."""
    partings = list(_partings(a, b))
    names = _names(a, b)
    same_rule = a.layer.operation.name == b.layer.operation.name
    kicker = _("Worked example") + " · " + (phrases(a).noun() if same_rule else _("A comparison"))
    remarks = _padding_in_words(a), _padding_in_words(b)
    sections = [
        Section(_("The question"), tuple(_question(a, b))),
        Section(
            _("Side by side"), (Pair(_card(a, names[0]), _card(b, names[1])),), stage=Stage((a, b), names, remarks)
        ),
        Section(_("Where they part"), tuple(_where(partings, names, a, b))),
        Section(_("What that moves"), tuple(_cells(a, b, names))),
        Section(_("Window by window: {name}").format(name=names[0]), tuple(told_steps(a, detail)), staged=True),
        Section(_("Window by window: {name}").format(name=names[1]), tuple(told_steps(b, detail)), staged=True),
    ]
    return Lesson(
        title or _("{a} or {b}?").format(a=_capital(names[0]), b=names[1]),
        kicker,
        _lead(a, b, partings),
        tuple(sections),
        language,
        (a, b),
    )


def _names(a: Trace, b: Trace) -> tuple[str, str]:
    """The shortest words that tell the two apart."""
    if a.layer.operation.name != b.layer.operation.name:
        return phrases(a).noun(), phrases(b).noun()
    if rule_name(a.geometry.axes[0]) != rule_name(b.geometry.axes[0]):
        return _short_rule(a), _short_rule(b)
    left, right = terms(a).split(", "), terms(b).split(", ")
    if len(left) == len(right):
        for x, y in zip(left, right):
            if x != y:
                return x, y
    if a.layer.call != b.layer.call:
        return a.layer.call, b.layer.call
    return _("first"), _("second")


def _short_rule(trace: Trace) -> str:
    """`VALID`, `SAME`; where the call says how many lines, `padding 1`."""
    axis = trace.geometry.axes[0]
    return padding_name(trace) if axis.padding.rule == "explicit" else rule_name(axis)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _lead(a: Trace, b: Trace, partings: list[Parting]) -> Text:
    if not partings:
        return (_("Two calls that take every decision alike."),)
    only_padding = partings[0].what == _("padding rule") and a.layer.operation.name == b.layer.operation.name
    if only_padding:
        same = _("One {window} over the same numbers.").format(window=window_name(a.geometry.axes))
        return (same + " " + _("The rule inside the window never changes; only the edge does."),)
    return (_("Two ways over the same numbers, and the first decision where they part."),)


def _question(a: Trace, b: Trace) -> list[Block]:
    text = (
        _("Carry out") + " ",
        Code(a.layer.call),
        " " + _("and") + " ",
        Code(b.layer.call),
        " " + _("on the same input."),
    )
    return [Prose(text)]


def _card(trace: Trace, name: str) -> Card:
    picture = pictures.feature_maps(trace, "input", "output") if pictures.is_large(trace) else pictures.whole(trace)
    return Card(name, _padding_in_words(trace), (picture,))


def _padding_in_words(trace: Trace) -> str:
    around = {lines for axis in trace.geometry.axes for lines in (axis.padding.before, axis.padding.after)}
    if len(around) == 1 and around != {0} and len(trace.geometry.axes) > 1:
        return plural("{n} line on every side", "{n} lines on every side", *around)
    parts = [
        _lines(lines, WHERE[axis.name, side](), axis.name)
        for axis in trace.geometry.axes
        for side, lines in (("before", axis.padding.before), ("after", axis.padding.after))
        if lines
    ]
    return enumerated(parts) if parts else _("no padding")


def enumerated(parts: list[str]) -> str:
    """`a, b and c`"""
    *most, last = parts
    return ", ".join(most) + _(" and ") + last if most else last


def _lines(count: int, where: str, axis: str) -> str:
    if axis == "height":
        counted = plural("{n} row", "{n} rows", count)
    elif axis == "width":
        counted = plural("{n} column", "{n} columns", count)
    else:
        counted = plural("{n} cell", "{n} cells", count)
    return f"{counted} {where}"


def _partings(a: Trace, b: Trace) -> Iterator[Parting]:
    """Every decision the two took differently, in the order in which they are taken."""
    if a.layer.operation.name != b.layer.operation.name:
        yield Parting(_("rule"), (phrases(a).instruction(a),), (phrases(b).instruction(b),))
    questions: list[tuple[Callable[[AxisGeometry], object], str]] = [
        (lambda axis: axis.window, _("window")),
        (lambda axis: axis.stride, _("stride")),
        (lambda axis: axis.dilation, _("dilation")),
        (rule_name, _("padding rule")),
    ]
    for ask, what in questions:
        left, right = ([ask(axis) for axis in trace.geometry.axes] for trace in (a, b))
        if left != right:
            yield Parting(what, (_alike(left),), (_alike(right),))
    yield from _own_partings(a, b)
    formulas: list[tuple[Callable[[AxisGeometry], Text], Callable[[AxisGeometry], object], str]] = [
        (lambda x: (Math(x.padding.output_formula),), lambda x: x.output, _("output size")),
        (
            lambda x: (Math(x.padding.formula if x.padding.rule != "valid" else Number(0)),),
            lambda x: x.padding.total,
            _("total padding"),
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
            yield Parting(what if alike else f"{what}, {_(x.name)}", tell(x), tell(y))


def _own_partings(a: Trace, b: Trace) -> Iterator[Parting]:
    """What two layers of one kind were told differently besides their windows, and weights that are not the same."""
    left, right = _settings(a.layer.operation), _settings(b.layer.operation)
    for name in left if a.layer.operation.name == b.layer.operation.name else ():
        if left[name] != right[name]:
            yield Parting(*_told_setting(name, left[name], right[name]))
    for name in ("kernel", "bias"):
        has = [trace.inputs.get(name) for trace in (a, b)]
        if any(array is not None for array in has) and not _same_numbers(*has):
            yield Parting(_(name), _weight(a, name), _weight(b, name))


def _settings(operation: Operation) -> dict[str, object]:
    """The parameters of an operation, its windows aside, in order."""
    record: Any = operation
    return {field.name: getattr(record, field.name) for field in fields(record) if field.name != "windows"}


def _told_setting(name: str, x: object, y: object) -> tuple[str, Text, Text]:
    if name == "counts_padding":
        words = {True: _("counted"), False: _("not counted")}
        return _("padding in the mean"), (words[bool(x)],), (words[bool(y)],)
    return name.replace("_", " "), (str(x),), (str(y),)


def _weight(trace: Trace, name: str) -> Text:
    if name not in trace.inputs:
        return (_("none"),)
    return (Code(trace.origins[name]),) if name in trace.origins else (_("as given"),)


def _same_numbers(x: Array | None, y: Array | None) -> bool:
    return x is not None and y is not None and x.shape == y.shape and not unlike(x, y).any()


def _split(axis: AxisGeometry) -> Text:
    return (f"{axis.padding.before}, {axis.padding.after}",)


def _alike(values: list[object]) -> str:
    return str(values[0]) if len(set(values)) == 1 else "×".join(map(str, values))


def _where(partings: list[Parting], names: tuple[str, str], a: Trace, b: Trace) -> list[Block]:
    if not partings:
        return [Prose((_("Nowhere: rule, window, stride and padding are the same."),))]
    first = partings[0]
    rows = tuple(((p.what,), p.left, p.right) for p in partings)
    differing = frozenset((row, column) for row in range(len(rows)) for column in (1, 2))
    sentence: list[Inline] = [_("They part first at the") + " ", Strong(first.what), ": "]
    if first.what == _("padding rule"):
        told = tuple(zip(names, (_padding_in_words(a), _padding_in_words(b))))
        sentence.append(
            _("{a} adds {left}; {b} adds {right}.").format(
                a=told[0][0], left=told[0][1], b=told[1][0], right=told[1][1]
            )
        )
    else:
        sentence.append(
            _("{left} on one side, {right} on the other.").format(
                left=unmarked(first.left), right=unmarked(first.right)
            )
        )
    blocks: list[Block] = [
        Prose(tuple(sentence)),
        Table(_("Where the two part"), (_("decision"), *names), rows, differing),
    ]
    odd = [axis for trace in (a, b) for axis in trace.geometry.axes if axis.padding.total % 2]
    if odd and {axis.padding.rule for axis in odd} == {"same_upper"}:
        places = enumerated(list(dict.fromkeys(WHERE[axis.name, "after"]() for axis in odd)))
        note = (_("Under SAME, an odd line goes") + " ", Strong(_("after the data")), f": {places}.")
        blocks.append(Prose(note, tone="note"))
    return blocks


def _cells(a: Trace, b: Trace, names: tuple[str, str]) -> list[Block]:
    shapes = ["\u00a0×\u00a0".join(map(str, trace.output.shape)) for trace in (a, b)]
    blocks: list[Block] = []
    if shapes[0] != shapes[1]:
        blocks.append(
            Prose(
                (
                    _("The output of {a} is {left}, that of {b} is {right}.").format(
                        a=names[0], left=shapes[0], b=names[1], right=shapes[1]
                    ),
                )
            )
        )
    differing, many = unlike_cells(a.output, b.output, MOST_CELLS)
    if not many:
        return [*blocks, Prose((_("Every output cell is the same in both."),))]
    count = plural("{n} output cell differs.", "{n} output cells differ.", many)
    moved = shift(a, b)
    if moved:
        told = _("So every window of {a} starts {where} than the same window of {b}, and {count}")
        count = told.format(a=names[0], where=enumerated(moved), b=names[1], count=count)
    if many > MOST_CELLS:
        count += " " + _("The first {n} are:").format(n=MOST_CELLS)
    rows = tuple((written_index(i),) for i in differing)
    body = tuple((place, _value(a, i), _value(b, i)) for place, i in zip(rows, differing))
    head = (_("output cell"), *names)
    marks = frozenset((row, column) for row in range(len(body)) for column in (1, 2))
    return [*blocks, Prose((count,)), Table(_("Output cells that differ"), head, body, marks)]


def _has(shape: tuple[int, ...], index: Index) -> bool:
    return len(shape) == len(index) and all(i < n for i, n in zip(index, shape))


def _at(trace: Trace, index: Index) -> object:
    return plain(trace.output[index]) if _has(trace.output.shape, index) else None


def _value(trace: Trace, index: Index) -> Text:
    value = _at(trace, index)
    return (_("none"),) if value is None else (Math(leaf(value)),)
