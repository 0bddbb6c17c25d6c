"""Two traces side by side, from the first decision where they part to every output cell that differs.

A call of several stages is compared stage by stage; what stands beside what is found in `beside.py`.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..arithmetic import Array, plain, unlike_cells
from ..formula import leaf
from ..language import _, plural
from ..layout import Index, written_index
from ..traces import Trace
from . import pictures
from .beside import Cells, Row, beside, cells_of_both, counted_otherwise, rule_of, steps_beside, unshared
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
from .called import names_of
from .cells import told_cells
from .choice import WHERE
from .parting import Parting, padding_in_words, remark
from .partings import by_name, told_partings
from .phrases import phrases
from .sentences import enumerated
from .settings import same_numbers
from .shift import shift
from .terms import window_name
from .window import told_steps

MOST_CELLS = 40
"""Differing output cells that are listed; of more, the rest is counted."""


def tell_comparison(a: Trace, b: Trace, language: str, title: str | None, detail: str) -> Lesson:
    """The lesson of two traces, side by side; of calls with several stages, stage by stage."""
    one, two = unshared(a, b)
    rows = beside(one, two)
    partings, idle = told_partings(rows)
    cells = cells_of_both(one, two)
    same = same_numbers(*(one.array for one in cells))
    if not partings and not same:
        partings = [by_name(one, two)]
    names = names_of(rows, partings)
    alone = len(rows) == 1
    noun = phrases(one[0]).noun() if alone and rule_of(one[0]) == rule_of(two[0]) else _("A comparison")
    sections = [
        Section(_("The question"), (Prose(_question(one, two)),)),
        *(_side_by_side(row, names, alone) for row in rows),
        Section(_("Where they part"), tuple(_where(partings, idle, names))),
        Section(_("What that moves"), tuple(_cells(a, b, cells, names, shift(one[0], two[0]) if alone else []))),
        *(_windows(trace, name, alone, detail) for line, name in zip((one, two), names) for trace in line),
    ]
    return Lesson(
        title or _("{a} or {b}?").format(a=_capital(names[0]), b=names[1]),
        _("Worked example") + " · " + noun,
        _lead(rows, partings, same),
        tuple(sections),
        language,
        (a, b),
    )


def _side_by_side(row: Row, names: tuple[str, str], alone: bool) -> Section:
    """Two stages beside each other, or one that has no partner."""
    traces = tuple(trace for trace in row if trace is not None)
    noun = _("{a} or {b}") if len({phrases(trace).noun() for trace in traces}) > 1 else "{a}"
    noun = noun.format(a=phrases(traces[0]).noun(), b=phrases(traces[-1]).noun())
    if len(traces) == 1:
        [name] = [name for name, trace in zip(names, row) if trace is not None]
        only = _("Only in {name}: {stage}").format(name=name, stage=noun)
        return Section(only, (_picture(traces[0]),), stage=Stage(traces))
    title = _("Side by side") if alone else _("Side by side: {stage}").format(stage=noun)
    cards = [_card(trace, name) for trace, name in zip(traces, names)]
    remarks = remark(traces[0]), remark(traces[1])
    stage = Stage(traces, names, remarks, steps=steps_beside(traces[0], traces[1]))
    return Section(title, (Pair(cards[0], cards[1]),), stage=stage)


def _windows(trace: Trace, name: str, alone: bool, detail: str) -> Section:
    """What one of them does, step by step."""
    if trace.geometry.axes:
        told, title = told_steps(trace, detail), _("Window by window: {name}")
    else:
        told, title = told_cells(trace, detail), _("Cell by cell: {name}")
    name = name if alone else _("{name}, {stage}").format(name=name, stage=phrases(trace).noun())
    return Section(title.format(name=name), tuple(told), staged=True)


def _capital(words: str) -> str:
    """Words as a title begins; a call stays as it is written."""
    return words if "(" in words else words[:1].upper() + words[1:]


def _lead(rows: list[Row], partings: list[Parting], same: bool) -> Text:
    """`same` says whether every output cell is the same in both."""
    if not partings:
        return (_("Two calls that take every decision alike."),)
    x, y = rows[0]
    only_edges = len(rows) == 1 and all(parting.of_padding for parting in partings)
    if x is not None and y is not None and only_edges and rule_of(x) == rule_of(y):
        told = _("One {window} over the same numbers.").format(window=window_name(x.geometry.axes))
        told += " " + _("The rule inside the window never changes; only the edge does.")
    else:
        told = _("Two ways over the same numbers, and the first decision where they part.")
    return (told + " " + _("On these numbers both give the same."),) if same else (told,)


def _question(one: Sequence[Trace], two: Sequence[Trace]) -> Text:
    left, right = _calls(one), _calls(two)
    return (_("Carry out") + " ", *left, " " + _("and") + " ", *right, " " + _("on the same input."))


def _calls(line: Sequence[Trace]) -> Text:
    """The calls of a line of stages, in order."""
    first, *others = [Code(trace.layer.call) for trace in line]
    return (first, *(piece for call in others for piece in (_(", then "), call)))


def _card(trace: Trace, name: str) -> Card:
    return Card(name, remark(trace), (_picture(trace),))


def _picture(trace: Trace) -> Block:
    if not trace.geometry.axes:
        return pictures.arrays(trace, answered=True)
    return pictures.feature_maps(trace, "input", "output") if pictures.is_large(trace) else pictures.whole(trace)


def _where(partings: list[Parting], idle: list[str], names: tuple[str, str]) -> list[Block]:
    without = _("The calls say differently, but without any effect here: {what}.")
    also: list[Block] = [Prose((without.format(what=enumerated(idle)),))] if idle else []
    if not partings and idle:
        return [Prose((_("Nowhere: on this input, every window and every rule is the same."),)), *also]
    if not partings:
        return [Prose((_("Nowhere: rule, window, stride and padding are the same."),))]
    first = partings[0]
    rows = tuple(((p.named,), p.left, p.right) for p in partings)
    differing = frozenset((row, column) for row in range(len(rows)) for column in (1, 2))
    sentence: list[Inline] = [_("They part first at the") + " ", Strong(first.named), ": "]
    if first.what in (_("padding rule"), _("padding")) and first.pair:
        told = _("{a} adds {left}; {b} adds {right}.")
        left, right = map(padding_in_words, first.pair)
    else:
        told = _("{left} on one side, {right} on the other.")
        if first.what == _("lines cut off"):
            told = _("for {a}, {left}; for {b}, {right}.")
        left, right = unmarked(first.left), unmarked(first.right)
    sentence.append(told.format(a=names[0], b=names[1], left=left, right=right))
    blocks: list[Block] = [
        Prose(tuple(sentence)),
        Table(_("Where the two part"), (_("decision"), *names), rows, differing),
    ]
    pairs = [trace for parting in partings if parting.of_padding for trace in parting.pair or ()]
    odd = [axis for trace in pairs for axis in trace.geometry.axes if axis.padding.total % 2]
    if odd and {axis.padding.rule for axis in odd} == {"same_upper"}:
        places = enumerated(list(dict.fromkeys(WHERE[axis.name, "after"]() for axis in odd)))
        note = (_("Under SAME, an odd line goes") + " ", Strong(_("after the data")), f": {places}.")
        blocks.append(Prose(note, tone="note"))
    return blocks + also


def _cells(a: Trace, b: Trace, cells: tuple[Cells, Cells], names: tuple[str, str], moved: list[str]) -> list[Block]:
    """Every output cell that differs; as feature maps, where the two keep their channels in different places."""
    left, right = (cell.array for cell in cells)
    elsewhere = counted_otherwise(a, b, *cells)
    shapes = [_shape(array.shape if elsewhere else t.shape) for array, t in zip((left, right), (a, b))]
    blocks: list[Block] = []
    if elsewhere:
        kept = _("{a} gives its output as {left}, {b} as {right}; the feature maps are compared, channel by channel.")
        told = kept.format(a=names[0], left=_shape(a.shape), b=names[1], right=_shape(b.shape))
        blocks.append(Prose((told,)))
    elif shapes[0] != shapes[1]:
        told = _("The output of {a} is {left}, that of {b} is {right}.")
        blocks.append(Prose((told.format(a=names[0], left=shapes[0], b=names[1], right=shapes[1]),)))
    if left.ndim != right.ndim:
        return [*blocks, Prose((_("No cell of one stands beside a cell of the other."),))]
    differing, many = unlike_cells(left, right, MOST_CELLS)
    if not many:
        return [*blocks, Prose((_("Every output cell is the same in both."),))]
    count = plural("{n} output cell differs.", "{n} output cells differ.", many)
    if moved:
        told = _("So every window of {a} starts {where} than the same window of {b}, and {count}")
        count = told.format(a=names[0], where=enumerated(moved), b=names[1], count=count)
    if many > MOST_CELLS:
        count += " " + _("The first {n} are:").format(n=MOST_CELLS)
    body = tuple(((_place(cells, at, elsewhere),), _value(left, at), _value(right, at)) for at in differing)
    head = (_("output cell"), *names)
    marks = frozenset((row, column) for row in range(len(body)) for column in (1, 2))
    return [*blocks, Prose((count,)), Table(_("Output cells that differ"), head, body, marks)]


def _shape(shape: Index) -> str:
    return "\u00a0×\u00a0".join(map(str, shape)) or _("a single number")


def _place(cells: tuple[Cells, Cells], at: Index, elsewhere: bool) -> str:
    """A cell as its owner counts it; where two owners count otherwise, by its channel."""
    if not elsewhere:
        [owner, *_others] = [cell for cell in cells if _has(cell.array.shape, at)]
        return written_index(owner.own(at))
    image, channel, *position = at
    told = _("{place} in channel {n}").format(place=written_index(position), n=channel)
    return told if cells[0].array.shape[0] == 1 else _("image {n}: {place}").format(n=image, place=told)


def _has(shape: Index, index: Index) -> bool:
    return len(shape) == len(index) and all(i < n for i, n in zip(index, shape))


def _value(array: Array, index: Index) -> Text:
    return (Math(leaf(plain(array[index]))),) if _has(array.shape, index) else (_("none"),)
