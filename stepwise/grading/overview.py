"""What a class understood and what to teach again tomorrow, counted; `overview_lesson` tells it.

No name and no single mark is in it: it can be shown to the class.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np

from ..dataclass import dataclass
from ..document.matrix import Matrix
from ..errors import one_line
from ..exercises.grids import Grid, grids
from ..language import _, as_sentence, speaking
from ..marking.known import meaning
from ..nouns import size_of
from ..traces.axes import cell_place
from ..traces.trace import chain
from .example import are_small, example
from .marker import checked
from .tally import BINS, Codes, Heat, Tally

SHOWN_EXPLANATIONS = 12
SHOWN_VARIANTS = 60
SHOWN_SIZES = 10
SHOWN_CELLS = 20


@dataclass(frozen=True)
class Bar:
    """A line of a bar chart."""

    label: str
    count: int


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
class Explanation:
    """A misconception, how many it explains, and somebody's answer as an example."""

    codes: Codes
    title: str
    count: int
    share: float  # of the students with a mistake
    text: str  # about the example
    matrices: tuple[Matrix, ...]  # of the example


@dataclass(frozen=True)
class VariantRow:
    """How one variant went."""

    id: str
    answers: int
    mean: float  # of the points, 0 to 1
    right: int


@dataclass(frozen=True)
class Overview:
    """Everything counted, with an example of each misconception."""

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
    unexplained: int
    unfinished: int
    marks: tuple[Bar, ...]
    heat: tuple[HeatMap, ...]
    worst: tuple[Bar, ...]  # the cells most often wrong, where there are too many for a map
    sizes: tuple[Bar, ...]
    due_size: str
    explanations: tuple[Explanation, ...]
    variants: tuple[VariantRow, ...]
    variants_left_out: int


def overview(tally: Tally) -> Overview:
    """Everything that was counted of a class."""
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
    due = sorted({size_of(trace.output.shape) for one in tally.assignment.exercises.values() for trace in one.traces})
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
        unexplained=tally.mistaken - explained,
        unfinished=tally.unfinished,
        marks=_bars((_bin(number), count) for number, count in enumerate(tally.bins)),
        heat=maps,
        worst=worst,
        sizes=_bars((size_of(size), count) for size, count in sizes),
        due_size=", ".join(due[:5]),
        explanations=tuple(_explanation(tally, codes, count) for codes, count in causes),
        variants=tuple(rows[:SHOWN_VARIANTS]),
        variants_left_out=max(0, len(rows) - SHOWN_VARIANTS),
    )


def _calls(tally: Tally) -> tuple[str, ...]:
    every = {tuple(layer.layer.call for layer in chain(one.trace)) for one in tally.assignment.exercises.values()}
    return every.pop() if len(every) == 1 else ()


def _bars(counted: Iterable[tuple[str, int]]) -> tuple[Bar, ...]:
    return tuple(Bar(label, count) for label, count in counted)


def _bin(number: int) -> str:
    """The label of a bar of marks: so many percent of the points."""
    width = 100 // BINS
    return "100 %" if number == BINS else f"{number * width}–{number * width + width - 1} %"


def _heat_maps(tally: Tally) -> tuple[tuple[HeatMap, ...], tuple[Bar, ...]]:
    """A map for each grid; of an output with too many cells for maps, the cells most often wrong."""
    maps: list[HeatMap] = []
    worst: Counter[str] = Counter()
    for (part, shape), heat in sorted(tally.heat.items()):
        name = _("{part}, {size}").format(part=_part(tally, part), size=size_of(shape)) if len(tally.heat) > 1 else ""
        laid_out = grids(heat.trace)
        if are_small(laid_out):
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
    verdict = checked(submission, exercise).parts[part].verdict
    found = verdict.diagnosis
    title = as_sentence("; ".join(meaning(code) for code in codes))
    text = found.text.removeprefix(title).strip() if found else ""  # the title need not be said twice
    title = title.removesuffix(".")
    return Explanation(codes, title, count, count / max(1, tally.mistaken), text, example(verdict))
