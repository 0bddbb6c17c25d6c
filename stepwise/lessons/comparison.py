"""Two traces side by side, from the first decision where they differ to every output cell that differs.

A call of several stages is compared stage by stage; what stands beside what is found in `beside.py`.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..arithmetic import Array, holds_expressions, plain, unlike_cells
from ..document.blocks import Block, Card, Pair, Prose, Table
from ..document.inline import Code, Math, Text, unmarked
from ..document.lesson import Lesson, Section, Stage
from ..formula import leaf
from ..language import _, listed, plural
from ..nouns import WHERE
from ..traces.axes import cell_place
from ..traces.layout import Index, written_index
from ..traces.trace import Trace
from . import cell_pictures, pictures
from .beside import Cells, Row, beside, cells_of_both, counted_otherwise, rule_of, steps_beside, unshared
from .called import names_of
from .cells import cell_steps
from .channel_maps import feature_maps, is_large
from .inline import inline, labels, paragraph, several
from .left_out import left_out_of
from .parting import Parting, padding_in_words, remark
from .partings import by_name, partings_of
from .phrases import phrases
from .settings import same_numbers
from .shift import shift
from .terms import by, kernel_name, kind, window_name
from .window import window_steps

MOST_CELLS = 40
"""Differing output cells that are listed; of more, the rest is counted."""


def tell_comparison(a: Trace, b: Trace, language: str, title: str | None, detail: str) -> Lesson:
    """The lesson of two traces, side by side; of calls with several stages, stage by stage."""
    one, two = unshared(a, b)
    rows = beside(one, two)
    partings, idle = partings_of(rows)
    cells = cells_of_both(one, two)
    same = same_numbers(*(one.array for one in cells))
    if not partings and not same:
        partings = [by_name(one, two)]
    names = names_of(rows, partings)
    alone = len(rows) == 1
    noun = phrases(one[0]).noun() if alone and rule_of(one[0]) == rule_of(two[0]) else _("A comparison")
    where = _where(partings, idle, names, kind(one[0]) == "transposed")
    changed = _cells(a, b, cells, names, shift(one[0], two[0]) if alone else [])
    sections = [
        Section(_("The question"), (Prose(_question(one, two)),), part="question"),
        *(_side_by_side(row, names, alone) for row in rows),
        Section(
            _("Where they differ"),
            tuple(where),
            part="differences",
        ),
        Section(_("What changes"), tuple(changed), part="changes"),
        *(_windows(trace, name, alone, detail) for line, name in zip((one, two), names) for trace in line),
    ]
    return Lesson(
        title or _("{a} or {b}?").format(a=_capital(names[0]), b=names[1]),
        labels(_("Worked example"), noun),
        paragraph(_lead(rows, partings, same), left_out_of(a), left_out_of(b)),
        tuple(sections),
        language,
        (a, b),
    )


def _side_by_side(row: Row, names: tuple[str, str], alone: bool) -> Section:
    """Two stages beside each other, or one that has no partner."""
    traces = tuple(trace for trace in row if trace is not None)
    noun = listed(dict.fromkeys(phrases(trace).noun() for trace in traces), either=True)
    if len(traces) == 1:
        [name] = [name for name, trace in zip(names, row) if trace is not None]
        only = _("Only in {name}: {stage}").format(name=name, stage=noun)
        return Section(only, (_picture(traces[0]),), stage=Stage(traces), part="steps")
    title = _("Side by side") if alone else _("Side by side: {stage}").format(stage=noun)
    cards = [_card(trace, name) for trace, name in zip(traces, names)]
    remarks = remark(traces[0]), remark(traces[1])
    stage = Stage(traces, names, remarks, steps=steps_beside(traces[0], traces[1]))
    return Section(title, (Pair(cards[0], cards[1]),), stage=stage, part="steps")


def _windows(trace: Trace, name: str, alone: bool, detail: str) -> Section:
    """What one of them does, step by step."""
    blocks = window_steps(trace, detail) if trace.geometry.axes else cell_steps(trace, detail)
    title = _("Cell by cell: {name}") if kind(trace) in ("cells", "transposed") else _("Window by window: {name}")
    name = name if alone else _("{name}, {stage}").format(name=name, stage=phrases(trace).noun())
    return Section(title.format(name=name), tuple(blocks), staged=True)


def _capital(words: str) -> str:
    """Words as a title begins; a call stays as it is written."""
    return words if "(" in words else words[:1].upper() + words[1:]


def _lead(rows: list[Row], partings: list[Parting], same_cells: bool) -> Text:
    """`same_cells` says whether every output cell is the same in both."""
    same = _on_these(rows) if same_cells else ""
    if not partings:
        return (_("The two calls make the same decisions."),)
    x, y = rows[0]
    only_edges = len(rows) == 1 and all(parting.of_padding for parting in partings)
    if x is not None and y is not None and only_edges and rule_of(x) == rule_of(y):
        if kind(x) == "transposed":
            one_kernel = _("One {kernel} for the same numbers.").format(kernel=kernel_name(x.geometry.axes))
            return paragraph(one_kernel, _("The rule is the same in both; only what is cut off differs."), same)
        one_window = _("One {window} over the same numbers.").format(window=window_name(x.geometry.axes))
        return paragraph(one_window, _("The rule inside the window is the same in both; only the edge differs."), same)
    return paragraph(_("Two calls over the same numbers, and the first decision where they differ."), same)


def _on_these(rows: list[Row]) -> str:
    """That every cell is the same: of letters, for whatever numbers they stand."""
    if any(trace is not None and holds_expressions(trace.output) for row in rows for trace in row):
        return _("On these inputs both give the same.")
    return _("On these numbers both give the same.")


def _question(one: Sequence[Trace], two: Sequence[Trace]) -> Text:
    """The calls; of a line of stages, all of them in order."""
    left, right = (several(Code(trace.layer.call) for trace in line) for line in (one, two))
    if max(len(one), len(two)) > 1:
        return inline(_("Carry out, in this order, {left}, and on the same input {right}."), left=left, right=right)
    return inline(_("Carry out {left} and {right} on the same input."), left=left, right=right)


def _card(trace: Trace, name: str) -> Card:
    return Card(name, remark(trace), (_picture(trace),))


def _picture(trace: Trace) -> Block:
    if not trace.geometry.axes:
        return cell_pictures.arrays(trace, answered=True)
    return feature_maps(trace, "input", "output") if is_large(trace) else pictures.whole(trace)


def _where(partings: list[Parting], idle: list[str], names: tuple[str, str], transposed: bool) -> list[Block]:
    """Where they differ; `transposed` says whether they lay down kernels and look through no window."""
    without = _("The calls also differ in the following, which has no effect here: {what}.")
    if not partings:
        without = _("The calls differ in the following, which has no effect here: {what}.")
    also: list[Block] = [Prose((without.format(what=listed(idle)),))] if idle else []
    if not partings and idle:
        if transposed:
            return [Prose((_("On this input they do not differ: every rule is the same."),)), *also]
        return [Prose((_("On this input they do not differ: every window and every rule is the same."),)), *also]
    if not partings and transposed:
        return [Prose((_("They do not differ: rule, kernel, stride and what is cut off are the same."),))]
    if not partings:
        return [Prose((_("They do not differ: rule, window, stride and padding are the same."),))]
    first = partings[0]
    rows = tuple(((p.named,), p.left, p.right) for p in partings)
    differing = frozenset((row, column) for row in range(len(rows)) for column in (1, 2))
    if first.what in (_("padding rule"), _("padding")) and first.pair:
        sentence = _("The first difference is the **{decision}**: {a} adds {left}; {b} adds {right}.")
        left, right = map(padding_in_words, first.pair)
    else:
        sentence = _("The first difference is the **{decision}**: {left} or {right}.")
        if first.what == _("lines cut off"):
            sentence = _("The first difference is the **{decision}**: for {a}, {left}; for {b}, {right}.")
        left, right = unmarked(first.left), unmarked(first.right)
        if right == _("no such stage"):
            sentence = _("The first difference is the **{decision}**, a stage that only {a} has: {left}.")
        elif left == _("no such stage"):
            sentence = _("The first difference is the **{decision}**, a stage that only {b} has: {right}.")
    blocks: list[Block] = [
        Prose(inline(sentence, decision=first.named, a=names[0], b=names[1], left=left, right=right)),
        Table(_("Where the two differ"), (_("decision"), *names), rows, differing),
    ]
    pairs = [trace for parting in partings if parting.of_padding for trace in parting.pair or ()]
    odd = [axis for trace in pairs for axis in trace.geometry.axes if axis.padding.total % 2]
    if odd and {axis.padding.rule for axis in odd} == {"same_upper"}:
        places = listed(dict.fromkeys(WHERE[axis.name, "after"]() for axis in odd))
        note = _("SAME cannot halve an odd total, so the extra line goes **after the data**: {places}.")
        blocks.append(Prose(inline(note, places=places), tone="note"))
    return blocks + also


def _cells(a: Trace, b: Trace, cells: tuple[Cells, Cells], names: tuple[str, str], moved: list[str]) -> list[Block]:
    """Every output cell that differs; as feature maps, where the two keep their channels in different places."""
    left, right = (cell.array for cell in cells)
    elsewhere = counted_otherwise(a, b, *cells)
    shapes = [by(array.shape if elsewhere else t.shape) for array, t in zip((left, right), (a, b))]
    blocks: list[Block] = []
    if elsewhere:
        sizes = _("{a} gives its output as {left}, {b} as {right}; the feature maps are compared, channel by channel.")
        blocks.append(Prose((sizes.format(a=names[0], left=by(a.shape), b=names[1], right=by(b.shape)),)))
    elif shapes[0] != shapes[1]:
        sizes = _("The output of {a} is {left}, that of {b} is {right}.")
        blocks.append(Prose((sizes.format(a=names[0], left=shapes[0], b=names[1], right=shapes[1]),)))
    if left.ndim != right.ndim:
        return [*blocks, Prose((_("Their axes differ, so the outputs cannot be compared cell by cell."),))]
    differing, many = unlike_cells(left, right, MOST_CELLS)
    if not many:
        return [*blocks, Prose((_("Every output cell is the same in both."),))]
    counted = [plural("{n} output cell differs.", "{n} output cells differ.", many)]
    if moved:
        further = _("Every window of {a} starts {where} than the same window of {b}.")
        counted.insert(0, further.format(a=names[0], where=listed(moved), b=names[1]))
    if many > MOST_CELLS:
        counted.append(_("The first {n} are:").format(n=MOST_CELLS))
    body = tuple(((_place((a, b), cells, at, elsewhere),), _value(left, at), _value(right, at)) for at in differing)
    head = (_("output cell"), *names)
    marks = frozenset((row, column) for row in range(len(body)) for column in (1, 2))
    return [*blocks, Prose(paragraph(*counted)), Table(_("Output cells that differ"), head, body, marks)]


def _place(traces: tuple[Trace, Trace], cells: tuple[Cells, Cells], at: Index, elsewhere: bool) -> str:
    """A cell as its owner counts it; where two owners count otherwise, by its channel."""
    if not elsewhere:
        found = zip(traces, cells)
        [(trace, owner), *_others] = [(trace, cell) for trace, cell in found if _has(cell.array.shape, at)]
        return cell_place(trace, owner.own(at))
    image, channel, *position = at
    if cells[0].array.shape[0] == 1:
        return _("{place} in channel {n}").format(place=written_index(position), n=channel)
    there = _("{place} in channel {channel} of image {image}")
    return there.format(place=written_index(position), channel=channel, image=image)


def _has(shape: Index, index: Index) -> bool:
    return len(shape) == len(index) and all(i < n for i, n in zip(index, shape))


def _value(array: Array, index: Index) -> Text:
    return (Math(leaf(plain(array[index]))),) if _has(array.shape, index) else (_("none"),)
