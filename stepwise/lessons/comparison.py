"""Two traces side by side, from the first decision where they part to every output cell that differs."""

from __future__ import annotations

from ..arithmetic import plain, unlike_cells
from ..formula import leaf
from ..language import _, plural
from ..layout import Index, written_index
from ..traces import Trace
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
from .partings import Parting, names_of, padding_in_words, told_partings
from .phrases import phrases
from .sentences import enumerated
from .shift import shift
from .terms import window_name
from .window import told_steps

MOST_CELLS = 40
"""Differing output cells that are listed; of more, the rest is counted."""


def tell_comparison(a: Trace, b: Trace, language: str, title: str | None, detail: str) -> Lesson:
    """The lesson of two traces, side by side."""
    partings, idle = told_partings(a, b)
    names = names_of(a, b, partings)
    same_rule = a.layer.operation.name == b.layer.operation.name
    kicker = _("Worked example") + " · " + (phrases(a).noun() if same_rule else _("A comparison"))
    remarks = padding_in_words(a), padding_in_words(b)
    sections = [
        Section(_("The question"), tuple(_question(a, b))),
        Section(
            _("Side by side"), (Pair(_card(a, names[0]), _card(b, names[1])),), stage=Stage((a, b), names, remarks)
        ),
        Section(_("Where they part"), tuple(_where(partings, idle, names, a, b))),
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


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _lead(a: Trace, b: Trace, partings: list[Parting]) -> Text:
    if not partings:
        return (_("Two calls that take every decision alike."),)
    same_rule = a.layer.operation.name == b.layer.operation.name
    if same_rule and all(parting.of_padding for parting in partings):
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
    return Card(name, padding_in_words(trace), (picture,))


def _where(partings: list[Parting], idle: list[str], names: tuple[str, str], a: Trace, b: Trace) -> list[Block]:
    told = _("The calls say differently, but without any effect here: {what}.")
    also: list[Block] = [Prose((told.format(what=enumerated(idle)),))] if idle else []
    if not partings and idle:
        return [Prose((_("Nowhere: on this input, every window and every rule is the same."),)), *also]
    if not partings:
        return [Prose((_("Nowhere: rule, window, stride and padding are the same."),))]
    first = partings[0]
    rows = tuple(((p.what,), p.left, p.right) for p in partings)
    differing = frozenset((row, column) for row in range(len(rows)) for column in (1, 2))
    sentence: list[Inline] = [_("They part first at the") + " ", Strong(first.what), ": "]
    if first.what == _("padding rule"):
        adds = _("{a} adds {left}; {b} adds {right}.")
        lines = {"left": padding_in_words(a), "right": padding_in_words(b)}
        sentence.append(adds.format(a=names[0], b=names[1], **lines))
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
    if (
        any(parting.of_padding for parting in partings)
        and odd
        and {axis.padding.rule for axis in odd} == {"same_upper"}
    ):
        places = enumerated(list(dict.fromkeys(WHERE[axis.name, "after"]() for axis in odd)))
        note = (_("Under SAME, an odd line goes") + " ", Strong(_("after the data")), f": {places}.")
        blocks.append(Prose(note, tone="note"))
    return blocks + also


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
