"""What a class understood and what to teach again tomorrow, as one page.

No name and no single mark is on it: it can be shown to the class.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arithmetic import Array, plain, shown, true_minus
from ..errors import one_line
from ..exercises.grids import Grid, grids
from ..language import _, as_sentence, plural, speaking
from ..marking import Verdict
from ..marking.misconceptions import meaning
from ..marking.verdict import STATES, sized
from ..nouns import input_noun
from ..ops import Conv
from ..ops.windows import WindowOperation
from ..traces.axes import cell_place
from ..traces.trace import Trace, chain
from .marker import read_submission
from .tally import BINS, Codes, Heat, Tally

SHOWN_EXPLANATIONS = 12
SHOWN_VARIANTS = 60
SHOWN_SIZES = 10
SHOWN_CELLS = 20
MOST_GRIDS = 8
WIDEST = 32
LONGEST_CELL = 12


@dataclass(frozen=True)
class Bar:
    """A line of a bar chart."""

    label: str
    count: int
    share: float  # of the longest, 0 to 1


@dataclass(frozen=True)
class HeatCell:
    """One cell of the answer: how many had it wrong, and of how many."""

    wrong: int
    blank: int
    share: float  # of all answers of the right size
    heat: float  # of the cell most often wrong


@dataclass(frozen=True)
class HeatMap:
    """Errors by cell of one grid."""

    caption: str
    rows: tuple[tuple[HeatCell, ...], ...]


@dataclass(frozen=True)
class ExampleCell:
    """A cell of an example."""

    text: str
    state: str  # "right" "wrong" "blank" "unreadable" "imprecise"; "due" or "given"


@dataclass(frozen=True)
class ExampleGrid:
    """A grid of an example: what was handed in, or what was due."""

    caption: str
    rows: tuple[tuple[ExampleCell, ...], ...]


@dataclass(frozen=True)
class Explanation:
    """A misconception, how many it explains, and somebody's answer as an example."""

    codes: Codes
    title: str
    count: int
    share: float  # of the students with a mistake
    text: str  # about the example
    grids: tuple[ExampleGrid, ...]


@dataclass(frozen=True)
class VariantRow:
    """How one variant went."""

    id: str
    answers: int
    mean: float  # of the points, 0 to 1
    right: int


@dataclass(frozen=True)
class Overview:
    """The page, as data: everything counted and worded, nothing arranged."""

    title: str
    calls: tuple[str, ...]  # what was to be carried out; none where that differs by variant
    language: str
    students: int
    answers: int
    marked: int
    right: int
    mean: float
    blank: int
    unreadable: int
    mistaken: int
    explained: int
    explained_told: str
    unexplained: int
    unexplained_told: str
    unfinished: int
    unfinished_told: str
    marks: tuple[Bar, ...]
    heat: tuple[HeatMap, ...]
    worst: tuple[Bar, ...]  # the cells most often wrong, where there are too many for a map
    sizes: tuple[Bar, ...]
    due_size: str
    explanations: tuple[Explanation, ...]
    variants: tuple[VariantRow, ...]
    variants_left_out: int


def overview(tally: Tally) -> Overview:
    """Everything counted, in words and numbers."""
    language = next(iter(tally.assignment.exercises.values())).language
    with speaking(language):
        return _overview(tally, language)


def _overview(tally: Tally, language: str) -> Overview:
    scored = tally.statuses["marked"] + tally.statuses["blank"]
    maps, worst = _heat_maps(tally)
    causes = sorted(tally.codes.items(), key=lambda pair: (-pair[1], pair[0]))[:SHOWN_EXPLANATIONS]
    rows = [VariantRow(id, int(n), earned / n, int(right)) for id, (n, earned, right) in tally.by_variant.items()]
    rows.sort(key=lambda row: (row.mean, row.id))
    sizes = sorted(tally.sizes.items(), key=lambda pair: (-pair[1], pair[0]))[:SHOWN_SIZES]
    due = sorted({sized(trace.output.shape) for one in tally.assignment.exercises.values() for trace in one.traces})
    explained = tally.explained
    return Overview(
        title=one_line(tally.assignment.title),
        calls=_calls(tally),
        language=language,
        students=tally.students,
        answers=tally.statuses.total(),
        marked=tally.statuses["marked"],
        right=tally.right,
        mean=tally.earned / scored if scored else 0.0,
        blank=tally.statuses["blank"],
        unreadable=tally.statuses["unreadable"],
        mistaken=tally.mistaken,
        explained=explained,
        explained_told=plural(
            "There is one student with a mistake, and this explains it.",
            "These misconceptions explain mistakes of {explained} of {n} students, the most frequent first.",
            tally.mistaken,
            explained=explained,
        ),
        unexplained=tally.mistaken - explained,
        unexplained_told=plural(
            "{n} student has mistakes that no misconception known here explains: look at where they are, below.",
            "{n} students have mistakes that no misconception known here explains: look at where they are, below.",
            tally.mistaken - explained,
        ),
        unfinished=tally.unfinished,
        unfinished_told=plural(
            "{n} student has nothing wrong, but left something open.",
            "{n} students have nothing wrong, but left something open.",
            tally.unfinished,
        ),
        marks=_bars((_bin(number), count) for number, count in enumerate(tally.bins)),
        heat=maps,
        worst=worst,
        sizes=_bars((sized(size), count) for size, count in sizes),
        due_size=", ".join(due[:5]),
        explanations=tuple(_explanation(tally, codes, count) for codes, count in causes),
        variants=tuple(rows[:SHOWN_VARIANTS]),
        variants_left_out=max(0, len(rows) - SHOWN_VARIANTS),
    )


def _calls(tally: Tally) -> tuple[str, ...]:
    every = {tuple(layer.layer.call for layer in chain(one.trace)) for one in tally.assignment.exercises.values()}
    return every.pop() if len(every) == 1 else ()


def _bars(counted: Iterable[tuple[str, int]]) -> tuple[Bar, ...]:
    pairs = list(counted)
    longest = max((count for _label, count in pairs), default=0) or 1
    return tuple(Bar(label, count, count / longest) for label, count in pairs)


def _bin(number: int) -> str:
    """The label of a bar of marks: so many percent of the points."""
    width = 100 // BINS
    return "100 %" if number == BINS else f"{number * width}–{number * width + width - 1} %"


def _heat_maps(tally: Tally) -> tuple[tuple[HeatMap, ...], tuple[Bar, ...]]:
    """A map for each grid; of an output with too many cells for maps, the cells most often wrong."""
    maps: list[HeatMap] = []
    worst: Counter[str] = Counter()
    for (part, shape), heat in sorted(tally.heat.items()):
        name = _("{part}, {size}").format(part=_part(tally, part), size=sized(shape)) if len(tally.heat) > 1 else ""
        laid_out = grids(heat.trace)
        if len(laid_out) <= MOST_GRIDS and max(len(grid.rows[0]) for grid in laid_out) <= WIDEST:
            maps += (_heat_map(grid, heat, name) for grid in laid_out)
            continue
        for cell in np.argsort(-heat.wrong, kind="stable")[:SHOWN_CELLS]:
            if heat.wrong[cell]:
                place = cell_place(heat.trace, tuple(int(i) for i in np.unravel_index(cell, shape)))
                worst[" ".join(filter(None, (name, place)))] += int(heat.wrong[cell])
    return tuple(maps), _bars(worst.most_common(SHOWN_CELLS))


def _part(tally: Tally, number: int) -> str:
    """What a part is called."""
    parts = next(iter(tally.assignment.exercises.values())).parts
    title = parts[number].title if number < len(parts) else ""
    return title or _("part {n}").format(n=number + 1)


def _heat_map(grid: Grid, heat: Heat, name: str) -> HeatMap:
    channel = _("channel {n}").format(n=grid.channel) if grid.channel else ""
    caption = ", ".join(filter(None, (name, channel))) or _("errors by cell")
    most = max(1, int(heat.wrong.max()))

    def cell(number: int) -> HeatCell:
        wrong = int(heat.wrong[number])
        return HeatCell(wrong, int(heat.blank[number]), wrong / max(1, heat.of), wrong / most)

    return HeatMap(caption, tuple(tuple(map(cell, row)) for row in grid.rows))


def _explanation(tally: Tally, codes: Codes, count: int) -> Explanation:
    submission, part = tally.examples[codes]
    exercise = tally.assignment.exercises[submission.variant]
    verdict = exercise.check(read_submission(submission, exercise)).parts[part].verdict
    found = verdict.diagnosis
    title = as_sentence("; ".join(meaning(code) for code in codes))
    text = found.text.removeprefix(title).strip() if found else ""  # the title need not be said twice
    title = title.removesuffix(".")
    shown = _example(verdict)
    return Explanation(
        codes, title, count, count / max(1, tally.mistaken), text, (*_input(verdict), *shown) if shown else ()
    )


def _input(verdict: Verdict) -> tuple[ExampleGrid, ...]:
    """What an example is worked out from: its own layer's input, kernel and bias, where they are small."""
    layer = verdict.marker.layer
    found: list[ExampleGrid] = []
    for name in layer.inputs:
        planes = _planes(layer, name)
        if len(planes) > MOST_GRIDS or max(planes[0].shape) > WIDEST:
            continue
        for number, plane in enumerate(planes):
            noun = input_noun(name)
            caption = noun if len(planes) == 1 else _("{name} {n}").format(name=noun, n=number)
            found.append(_given(caption, plane))
    return tuple(found)


def _given(caption: str, plane: Array) -> ExampleGrid:
    rows, columns = plane.shape
    grid = Grid("", tuple(tuple(range(row * columns, (row + 1) * columns)) for row in range(rows)))
    return _grid(caption, grid, lambda cell: _number(plane.flat[cell]), lambda _cell: "given")


def _planes(layer: Trace, name: str) -> list[Array]:
    """An input of a layer as grids: a channel each, or a filter's channel."""
    array, operation = layer.inputs[name], layer.layer.operation
    if name == "kernel" and isinstance(operation, Conv):
        array = operation.kernel(layer.layer.layout, array)
    elif name == "input" and isinstance(operation, WindowOperation):
        array = layer.layer.layout.images(array, operation.spatial)
    shape = (1, 1, *array.shape)[-2:]
    return list(array.reshape(-1, *shape))


def _example(verdict: Verdict) -> tuple[ExampleGrid, ...]:
    """What was handed in beside what was due: one grid of each, the first with a mistake in it."""
    laid_out = grids(verdict.trace)
    if len(laid_out) > MOST_GRIDS or len(laid_out[0].rows[0]) > WIDEST:
        return ()
    due = verdict.trace.output.ravel()
    if verdict.states is None:
        own = _of_another_size(verdict)
        return (
            (own, _grid(_("correct values"), laid_out[0], lambda cell: _number(due[cell]), lambda cell: "due"))
            if own
            else ()
        )
    states = [STATES[number] for number in verdict.states]
    grid = next((g for g in laid_out if any(states[cell] != "right" for row in g.rows for cell in row)), laid_out[0])
    given, right = _("handed in"), _("correct values")
    if grid.channel:
        given = _("handed in, channel {n}").format(n=grid.channel)
        right = _("correct values, channel {n}").format(n=grid.channel)
    return (
        _grid(given, grid, lambda cell: true_minus(verdict.answer.written(cell)), states.__getitem__),
        _grid(right, grid, lambda cell: _number(due[cell]), lambda cell: "due"),
    )


def _of_another_size(verdict: Verdict) -> ExampleGrid | None:
    """A small answer of rows and columns, of whatever size."""
    shape = verdict.answer.shape
    if len(shape) > 2 or max(shape, default=0) > WIDEST or not verdict.usable:
        return None
    rows, columns = (1, *shape)[-2:]
    numbers = Grid("", tuple(tuple(range(row * columns, (row + 1) * columns)) for row in range(rows)))
    return _grid(_("handed in"), numbers, lambda cell: true_minus(verdict.answer.written(cell)), lambda cell: "given")


def _grid(caption: str, grid: Grid, text: Callable[[int], str], state: Callable[[int], str]) -> ExampleGrid:
    return ExampleGrid(
        caption, tuple(tuple(ExampleCell(text(c)[:LONGEST_CELL], state(c)) for c in row) for row in grid.rows)
    )


def _number(value: Any) -> str:
    return true_minus(shown(plain(value)))
