"""A sheet as two lessons: the page that is handed out, with its blanks, and the key with the whole working.

Both are made of the blocks that every format knows. What is blank on the page stands in the same place in the key.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Container, Iterator, Sequence

from ..document.blocks import Block, FillIn, FormulaLine, Place, Prose, Room, StepBlock, Steps, Table
from ..document.inline import Math, Strong, Text
from ..document.lesson import Lesson, Section
from ..exercises.exercise import Exercise
from ..exercises.gradient_sketches import has_own_sketch
from ..exercises.instructions import instructions
from ..exercises.sketches import answered_scene, paper, posed_scene, sized_by_windows, step_scene
from ..exercises.tasks import headed, is_of_loss, is_way_back, noun, task
from ..formula import Equality, Formula, Gap, Number
from ..formula.tree import rebuilt
from ..language import _, plural, speaking
from ..lessons.choice import choose
from ..lessons.common import common_mistakes
from ..lessons.fold import folded
from ..lessons.gradient_ways import other_ways
from ..lessons.long import bare
from ..lessons.padding import padding_blocks
from ..lessons.phrases import check_it
from ..lessons.sizes import size_blocks
from ..marking import Part
from ..marking.asked import asked as asked_of
from ..ops import Gradient
from ..traces.axes import cell_place
from ..traces.layout import Index
from ..traces.step import Step
from ..traces.trace import Trace
from .sheet import Asked

Posed = tuple[Asked, Exercise]
MOST_BY_HAND = 4
"""Windows whose formula is to be filled in; the others are only worked out."""
LONGEST_TITLE = 48
MOST_STEPS = 12
"""Windows with a line of their own to write on."""
STUDENT = "student"
"""What a student's name comes back by."""


def student_page(posed: Sequence[Posed], id: str) -> Lesson:
    """The page to be handed out."""
    first = posed[0][0]
    with speaking(first.lesson.language):
        head = [word for word, on in ((_("Name"), first.name), (_("Date"), first.date)) if on]
        blocks: list[Block] = [FillIn(tuple(head), field=STUDENT if first.name else "")] if head else []
        blocks += instructions(first.instructions)
        sections = [Section("", tuple(blocks))] if blocks else []
        places: list[Place] = []
        for number, (asked, exercise) in enumerate(posed, 1):
            own = [] if asked is first else instructions(asked.instructions)
            here = places_of(exercise, number, asked.cells)
            places += here
            sections.append(Section(_titled(exercise, len(posed) > 1), (*own, *_posed(asked, exercise, here))))
        lead = _("Write a number into every empty cell.")
        traces = tuple(exercise.trace for _asked, exercise in posed)
        kicker, language = _kicker(_("Worksheet"), posed, id), first.lesson.language
        return Lesson(_named(posed), kicker, (lead,), tuple(sections), language, traces, id, True, tuple(places))


def key_page(posed: Sequence[Posed], id: str) -> Lesson:
    """The answers in their cells, and how each of them comes about."""
    language = posed[0][0].lesson.language
    sections: list[Section] = []
    with speaking(language):
        for _asked, exercise in posed:
            layers = exercise.layers
            several = len(posed) > 1 or len(layers) > 1
            sections += [Section(exercise.title, (), level=1)] if several else []
            sections.append(Section(_("The answers"), tuple(_answers(exercise))))
            for number, trace in enumerate(layers):
                sections += [Section(headed(layers, number), (), level=1)] if len(layers) > 1 else []
                sections += _working(trace)
        traces = tuple(exercise.trace for _asked, exercise in posed)
        lead = _("The correct values, with all the working.")
        return Lesson(_named(posed), _kicker(_("Key"), posed, id), (lead,), tuple(sections), language, traces, id)


def _named(posed: Sequence[Posed]) -> str:
    """The titles of the exercises, where they fit on a line; else the first one's."""
    titles = ", ".join(dict.fromkeys(exercise.title for _asked, exercise in posed))
    return titles if len(titles) <= LONGEST_TITLE else posed[0][1].title


def _kicker(word: str, posed: Sequence[Posed], id: str) -> str:
    return f"{word} · {id} · {_points(sum(exercise.points for _asked, exercise in posed))}"


def _points(points: float) -> str:
    if points == int(points):
        return plural("{n} point", "{n} points", int(points))
    return _("{points} points").format(points=f"{points:g}")


def _titled(exercise: Exercise, several: bool) -> str:
    what = exercise.title if several else noun(exercise.trace)
    if not several and len(exercise.layers) > 1:
        what = _("Step by step") if is_way_back(exercise.layers) else _("Layer by layer")
    return f"{what} ({_points(exercise.points)})"


# The exercise


def places_of(exercise: Exercise, number: int, cells: Sequence[Index] = ()) -> list[Place]:
    """What is marked of an exercise, which is the sheet's `number`-th: each part, or the output of the last layer."""
    words = [_asked_words(part) for part in exercise.parts]
    alike = Counter(words)
    return [
        Place(
            f"{number}.{n}",
            part.trace,
            _of_layer(exercise, part.trace, own) if alike[own] > 1 else own,
            tuple(cells) if part.ask == "output" else (),
        )
        for n, (part, own) in enumerate(zip(exercise.parts, words), 1)
    ]


def _of_layer(exercise: Exercise, trace: Trace, words: tuple[str, ...]) -> tuple[str, ...]:
    """The words before blanks, told from those of another layer that asks for the same."""
    nouns = [(layer, noun(layer)) for layer in exercise.layers]
    own = next(called for layer, called in nouns if layer is trace)
    alike = [layer for layer, called in nouns if called == own]
    if len(alike) > 1:
        number = next(n for n, layer in enumerate(alike, 1) if layer is trace)
        own = _("{layer} {n}").format(layer=own, n=number)
    return tuple(_("{layer}: {what}").format(layer=own, what=word) for word in words)


def _asked_words(part: Part) -> tuple[str, ...]:
    """What stands before each blank of a part; of an output, nothing."""
    match part.ask:
        case "sizes":
            return _size_words(part.trace)
        case "padding":
            return _padding_words(part.trace)
        case "formula":
            cell = cell_place(part.trace, part.cell or (0,) * part.trace.output.ndim)
            return (_("The working of cell {place}, with its result").format(place=cell),)
        case "output":
            return ()


def _posed(asked: Asked, exercise: Exercise, places: Sequence[Place]) -> Iterator[Block]:
    sized = "sizes" in asked.blank or any(part.ask == "sizes" for part in exercise.parts)
    for number, (trace, wording) in enumerate(_tasks(exercise)):
        yield Prose(wording)
        here = [place for place in places if place.trace is trace]
        due = {place.words: place.field for place in reversed(here)}
        sizes, padding = (_as_in(due, exercise, trace, words(trace)) for words in (_size_words, _padding_words))
        for what, words in (("sizes", sizes), ("padding", padding)):
            if words in due or (what in asked.blank and trace.geometry.axes):
                yield FillIn(words, long=False, field=due.get(words, ""))
        chosen = asked.cells if here or trace is exercise.trace else ()
        unsized = sized_by_windows(trace) and not chosen and sized
        yield posed_scene(trace, chosen, number == 0, unsized, due.get((), ""))
        for words, field in due.items():
            if words not in ((), sizes, padding):
                yield FillIn(words, field=field)
        if "formula" in asked.blank:
            yield from _formulas(trace, number == 0, unsized or "padding" in asked.blank or padding in due)
        if "steps" in asked.blank:
            yield from _lines(trace, unsized)
    if asked.room:
        yield Room(asked.room)


def _as_in(
    due: Container[tuple[str, ...]], exercise: Exercise, trace: Trace, words: tuple[str, ...]
) -> tuple[str, ...]:
    """The words as they stand before the blanks of a part, where one asks for them."""
    several = _of_layer(exercise, trace, words)
    return several if several in due else words


def _tasks(exercise: Exercise) -> list[tuple[Trace, Text]]:
    """Each layer, and what is to be done with it; of a part, what that is worth."""
    layers = exercise.layers
    points: dict[int, float] = {}
    for part in exercise.parts if exercise.in_parts else ():
        points[id(part.trace)] = points.get(id(part.trace), 0) + part.points
    return [
        (trace, task(layers, number, _points(points[id(trace)]) if id(trace) in points else ""))
        for number, trace in enumerate(layers)
    ]


def _size_words(trace: Trace) -> tuple[str, ...]:
    """What stands before the blank for each number of the output's size, as `marking.asked` asks for it."""
    axes = {"height": _("rows of the output"), "width": _("columns of the output")}
    names = [axis.name for axis in trace.geometry.axes] or [""] * asked_of(trace, "sizes").output.size
    return tuple(axes.get(name, _("cells of the output")) for name in names)


def _padding_words(trace: Trace) -> tuple[str, ...]:
    sides = {
        "height": (_("padding rows above"), _("padding rows below")),
        "width": (_("padding columns left"), _("padding columns right")),
    }
    rest = (_("lines of padding before"), _("lines of padding after"))
    names = [axis.name for axis in trace.geometry.axes]
    return tuple(word for name in names for word in sides.get(name, rest)) or rest[:1]


def _formulas(trace: Trace, first: bool, hidden: bool) -> Iterator[Block]:
    """The first windows, each with its formula, whose numbers are gaps.

    `hidden` is what a picture of them would give away: how large the output is, and where the padding goes.
    """
    steps = []
    for one in choose(trace, "auto")[:MOST_BY_HAND]:
        formula, _note = folded(one.step)
        if hidden:
            yield Prose((_("For cell {place} of the output:").format(place=cell_place(trace, one.step.index)),))
            yield FormulaLine(gapped(formula))
            continue
        words = _("Window {n} of {total}") if trace.geometry.axes else _("Cell {n} of {total}")
        title = words.format(n=one.number, total=len(trace.steps))
        steps.append(StepBlock(title, one.number, one.step.index, step_scene(one.step, first), gapped(formula), ()))
    if steps:
        yield Steps(tuple(steps))


def _lines(trace: Trace, hidden: bool) -> Iterator[Block]:
    """A line for each of the first windows; where the size is `hidden`, some more than there are."""
    total = len(trace.steps)
    words = _("Window {n} of {total}") if trace.geometry.axes else _("Cell {n} of {total}")
    if hidden:
        words = _("Window {n}") if trace.geometry.axes else _("Cell {n}")
    for number in range(1, min(math.prod(paper(trace)) if hidden else total, MOST_STEPS) + 1):
        yield Prose((Strong(words.format(n=number, total=total)),))
        yield Room(1)


def _padding_note(step: Step) -> str:
    """Why a formula has fewer numbers than the window has places."""
    padded, outside = (sum(places) for places in zip(*((tap.is_padding, tap.is_outside) for tap in step.taps)))
    if not padded and not outside:
        return ""
    if padded and outside:
        note = _("({n} of {total} places are padding, {outside} lie outside)")
    else:
        note = _("({outside} of {total} places lie outside)") if outside else _("({n} of {total} places are padding)")
    return note.format(n=padded, outside=outside, total=len(step.taps))


def gapped(formula: Formula) -> Formula:
    """The formula with a gap for every number.

    >>> from ..formula import Function
    >>> print(gapped(Equality(Function("max", (Number(3), Number(1))), Number(3))))
    max(___, ___) = ___
    """

    match formula:
        case Number():
            return Gap()
        case Equality(right=Equality(right=last)):
            return Equality(gapped(formula.left), gapped(last), formula.exact)
    return rebuilt(formula, gapped)


# The key


def _answers(exercise: Exercise) -> Iterator[Block]:
    tasks = _tasks(exercise)
    for number, (trace, wording) in enumerate(tasks):
        if len(tasks) > 1:
            yield Prose(wording)
        yield answered_scene(trace, number == 0)


def _working(trace: Trace) -> Iterator[Section]:
    """How big the output is, where padding goes, every cell worked out, and what common mistakes give."""
    if trace.geometry.axes:
        yield Section(_("How big is the answer?"), tuple(size_blocks(trace)))
        yield Section(_("Where does the padding go?"), tuple(padding_blocks(trace)))
    rows: list[tuple[Text, ...]] = []
    for step in trace.steps:
        formula, note = folded(step)
        notes = [words for words in (note, _padding_note(step) if trace.geometry.pads else "") if words]
        rows.append(((cell_place(trace, step.index),), (Math(bare(formula)), *(" " + words for words in notes))))
    if trace.ndim == 0:  # a loss: its one number has no place
        yield Section(_("The working"), (Prose(rows[0][1]), check_it(trace)))
    else:
        table = Table(_("Working"), (_("cell"), _("working")), tuple(rows))
        yield Section(_("The working of every cell"), (*(_in_short(trace) or [table]), check_it(trace)))
    if trace.geometry.axes or has_own_sketch(trace):
        yield common_mistakes(trace)


def _in_short(trace: Trace) -> list[Table]:
    """The working of a loss's gradient as courses have it, p − t, where it comes out so and leaves no sample out."""
    if not isinstance(trace.layer.operation, Gradient) or not is_of_loss(trace):
        return []
    found = [block for section in other_ways(trace) for block in section.blocks if isinstance(block, Table)]
    return found if sum(len(table.rows) for table in found) == trace.output.size else []
