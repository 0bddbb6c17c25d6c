"""A verdict told as a lesson: the answer beside the right one, what explains it, and the first wrong window worked out.

How much is told is up to whoever sets the exercise, each level with all before it:

    nothing    whether it is right, and the score
    cells      which cells are wrong
    diagnosis  which misunderstanding explains them
    working    the right numbers, and how the first of them comes about
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING

from ..arithmetic import Value, plain, true_minus
from ..document.blocks import Block, FormulaLine, Prose, Scene, StepBlock, Table
from ..document.blocks import Steps as StepsBlock
from ..document.inline import Code, Inline, Math, Text
from ..document.lesson import Lesson, Section
from ..document.matrix import Cell, Mark, Matrix
from ..formula import Formula, written
from ..language import _, as_sentence, speaking
from ..nouns import WHERE, axis_noun, size_of
from ..traces.axes import cell_place
from ..traces.layout import Index
from ..traces.step import Step
from ..traces.tables import lines_around
from ..traces.trace import Trace
from . import pictures
from .counted import stages_of
from .extent import ROOM
from .fold import folded
from .inline import inline, labels, paragraph, several
from .long import working
from .order import number_of
from .padding import padding_blocks, where_title
from .phrases import phrases
from .scenes import scene_of
from .sizes import size_blocks
from .window import step_title

if TYPE_CHECKING:
    from ..marking.marking import Reveal
    from ..marking.parts import PartsVerdict
    from ..marking.verdict import CellVerdict, Verdict

MOST_CHANNELS = 16
"""Channels of an answer that are drawn, each in a row or a grid of its own."""
MOST_ROWS = 12
"""Cells that are listed with what was written in them."""


def tell_verdict(verdict: Verdict, reveal: Reveal, language: str = "en") -> Lesson:
    """The lesson of a verdict."""
    with speaking(language):
        trace = verdict.trace
        noun = phrases(trace).noun()
        kicker = labels(_("Marked answer"), noun)
        sections = tuple(_sections(verdict, reveal))
        traces = (trace,) if reveal == "working" and verdict.usable else ()  # a spreadsheet holds every answer
        return Lesson(_title(verdict), kicker, _lead(verdict), sections, language, traces)


def tell_parts(verdict: PartsVerdict, reveal: Reveal, language: str = "en") -> Lesson:
    """The lesson of an exercise: those of its parts as one, with what each of them earned."""
    lessons = [tell_verdict(part.verdict, reveal, language) for part in verdict.parts]
    if verdict.parts[0].part.whole:
        rounded = verdict.parts[0].verdict.marking.round_to
        in_points = verdict.usable and (verdict.max_score != 1 or rounded)
        with speaking(language):
            return replace(lessons[0], lead=_points(verdict)) if in_points else lessons[0]
    with speaking(language):
        sections = []
        for number, (part, lesson) in enumerate(zip(verdict.parts, lessons), 1):
            name = part.part.title or _("Part {n}").format(n=number)
            earned = _("{earned} of {points} points").format(earned=f"{part.earned:g}", points=f"{part.points:g}")
            text = paragraph(as_sentence(earned), part.lost if part.followed else lesson.lead)
            sections += [Section(f"{name}: {lesson.title}", (Prose(text),), level=1), *lesson.sections]
        total = _("{earned} of {points} points in all.")
        lead = total.format(earned=f"{verdict.earned:g}", points=f"{verdict.max_score:g}")
        title = _("The answer is right") if verdict.correct else _("The answer is not right yet")
        return Lesson(title, _("Marked answer"), (lead,), tuple(sections), language)


def _points(verdict: PartsVerdict) -> Text:
    """What an exercise of one question earned, where it is worth other than one point."""
    text = _("{earned} of {points} points for the answer to {call}.")
    earned, points = f"{verdict.earned:g}", f"{verdict.max_score:g}"
    return inline(text, earned=earned, points=points, call=_call(verdict.parts[0].verdict))


def _title(verdict: Verdict) -> str:
    if not verdict.usable:
        return _("Nothing to mark yet")
    if verdict.from_own or (verdict.own is not None and not verdict.count("wrong")):
        return (
            _("It follows from your own earlier answer")
            if _is_consistent(verdict)
            else _("The answer is not right yet")
        )
    return _("The answer is right") if verdict.correct else _("The answer is not right yet")


def _is_consistent(verdict: Verdict) -> bool:
    """Whether every cell is right, or follows from the student's own earlier answer."""
    return verdict.correct or (
        verdict.states is not None and verdict.count("right") + verdict.count("carried") == verdict.states.size
    )


def _lead(verdict: Verdict) -> Text:
    if not verdict.usable:
        return (verdict.feedback("nothing"),)
    score = _("{percent} % for the answer to {call}.")
    return inline(score, percent=f"{100 * verdict.score:.4g}", call=_call(verdict))


def _call(verdict: Verdict) -> Text:
    return several([Code(layer.layer.call) for layer in stages_of(verdict.marker.layer)])


def _sections(verdict: Verdict, reveal: Reveal) -> list[Section]:
    if not verdict.usable:
        return []
    beside = _beside if verdict.marker.ask == "output" else _listed_numbers
    sections = [Section(_("Your answer"), tuple(beside(verdict, reveal)))]
    if verdict.correct or reveal in ("nothing", "cells"):
        return sections
    sections.append(Section(_("What went wrong"), (Prose((_why(verdict),)),)))
    if reveal == "working":
        sections += _working(verdict)
    return sections


def _listed_numbers(verdict: Verdict, reveal: Reveal) -> list[Block]:
    """The sizes, padding or working that was asked for: what was written, and where it may be told what is due."""
    shows_cells = reveal != "nothing"
    blocks: list[Block] = [Prose((verdict.feedback("cells" if shows_cells else "nothing"),))]
    if not shows_cells or verdict.correct:
        return blocks
    due = reveal == "working"
    rows: list[tuple[Text, ...]] = []
    for name, cell in zip(_names_asked(verdict), verdict.cells):
        row: tuple[Text, ...] = ((name,), (Code(cell.written[:40]) if cell.written else "–",), (_status(cell.state),))
        rows.append((*row, _due(verdict, cell)) if due else row)
    head = (_("asked for"), _("you wrote"), _("status"))
    if rows:
        blocks.append(Table(_("What was asked"), (*head, _("correct value")) if due else head, tuple(rows)))
    return blocks


def _due(verdict: Verdict, cell: CellVerdict) -> Text:
    """The right number; of a working, the right one."""
    if verdict.marker.ask != "formula":
        return (_number(cell.due),)
    layer = verdict.marker.layer
    return (Math(folded(layer.step(verdict.marker.cell or (0,) * layer.output.ndim))[0]),)


def _names_asked(verdict: Verdict) -> list[str]:
    """What each number of such a question is."""
    axes = verdict.marker.layer.geometry.axes
    match verdict.marker.ask:
        case "sizes":
            return [axis_noun(axis.name) for axis in axes] or [""] * verdict.trace.output.size
        case "padding":
            return [WHERE[axis.name, side]() for axis in axes for side in ("before", "after")] or [""]
    return [_("working")]


def _status(state: str) -> str:
    said = {
        "right": _("right"),
        "wrong": _("wrong"),
        "imprecise": _("rounded too far"),
        "blank": _("blank"),
        "unreadable": _("not a number"),
        "carried": _("follows from your own earlier answer"),
    }
    return said[state]


def _why(verdict: Verdict) -> str:
    if verdict.diagnosis:
        return verdict.diagnosis.text
    if verdict.size:
        return f"{verdict.size.text} {verdict.unexplained}"
    if verdict.count("wrong") or verdict.count("unreadable"):
        return verdict.unexplained
    if verdict.count("carried"):
        return _("There is no mistake here: the numbers that are not right follow from your own earlier answer.")
    if not verdict.count("blank"):
        return _("No number is wrong; some are rounded too far.")
    if not verdict.count("imprecise"):
        return _("No number is wrong; some are left blank.")
    return _("No number is wrong; some are left blank, and some are rounded too far.")


def _beside(verdict: Verdict, reveal: Reveal) -> list[Block]:
    """The answer as it was given, and where it may be told the right one beside it."""
    revealed = reveal != "nothing"
    shows_right = reveal == "working" and not verdict.correct
    if verdict.size:
        sized = _other_size(verdict)
        right = [_right(verdict, (0,) * verdict.trace.output.ndim)] if shows_right else []
        text = verdict.size.sizes if revealed else verdict.feedback("nothing")
        return [Prose((text,)), _scene(sized, right)]
    odd = verdict.not_right(MOST_ROWS)
    first = [*verdict.not_right(1, "wrong"), *odd]
    at = first[0].index if first else (0,) * verdict.trace.output.ndim
    own = _given(verdict, at, revealed)
    blocks: list[Block] = [Prose((verdict.feedback("cells" if revealed else "nothing"),))]
    blocks.append(_scene([own], [_right(verdict, at)] if shows_right else []))
    if revealed and odd:
        blocks.append(_listed(verdict.trace, odd, shows_right))
        more = verdict.trace.output.size - verdict.count("right") - len(odd)
        if more:
            blocks.append(Prose((_("… and so on for {n} more.").format(n=more),)))
    return blocks


def _scene(own: list[Matrix], right: list[Matrix]) -> Scene:
    return Scene((*own, *right), ("",) * (len(own) + len(right) - 1))


def _given(verdict: Verdict, at: Index, revealed: bool) -> Matrix:
    """What was given, in the plane of the cell `at`; mistakes are marked where that is told."""

    def draw(index: Index) -> Cell:
        cell = verdict.cell(index)
        marks: frozenset[Mark] = frozenset({"wrong"} if revealed and cell.state in ("wrong", "imprecise") else ())
        return Cell("blank", index=index) if cell.given is None else Cell("data", cell.given, index, marks)

    return _plane(verdict.trace, at, _answer_caption, draw)


def _answer_caption(size: str) -> str:
    return _("your answer {size}").format(size=size)


def _right(verdict: Verdict, at: Index) -> Matrix:
    """What was due, in the same plane; what stands where a mistake was made is marked as a result."""

    def draw(index: Index) -> Cell:
        wrong = verdict.states is not None and verdict.cell(index).state in ("wrong", "imprecise")
        marks: frozenset[Mark] = frozenset({"result"} if wrong else ())
        return Cell("data", plain(verdict.trace.output[index]), index, marks)

    caption = _("what follows from your own answer {size}") if verdict.from_own else _("the right answer {size}")
    return _plane(verdict.trace, at, lambda size: caption.format(size=size), draw)


def _plane(trace: Trace, at: Index, caption: Callable[[str], str], draw: Callable[[Index], Cell]) -> Matrix:
    """The plane of the cell `at`; of a line of several channels, all of them, as the lesson's answer has them."""
    lines = lines_around(trace, at)
    if not 1 < len(lines) <= MOST_CHANNELS or len(lines[0]) > ROOM:
        return pictures.plane_of(trace, at, caption, draw)
    words = labels(caption(str(len(lines[0]))), _("a row for each channel"))
    return Matrix("output", words, tuple(tuple(map(draw, line)) for line in lines), cut=True)


def _other_size(verdict: Verdict) -> list[Matrix]:
    """An answer of another size, as it was given: the first rows and columns of its first grids."""
    given = verdict.answer.shape
    drawn = verdict.size.given if verdict.size else given  # a row for each channel, where it was written so
    *lead, height, width = (1, 1, *drawn)
    rows, columns = min(height, ROOM), min(width, ROOM)
    numbers = verdict.answer.numbers

    def draw(first: int, row: int, column: int) -> Cell:
        number = numbers[first + row * width + column]
        return Cell("blank") if number is None else Cell("data", number)

    size = size_of(drawn)
    grids = min(prod(lead), MOST_CHANNELS)
    return [
        Matrix(
            "output",
            labels(_answer_caption(size), _("channel {n}").format(n=number) if grids > 1 else ""),
            tuple(tuple(draw(number * height * width, r, c) for c in range(columns)) for r in range(rows)),
            cut=(rows, columns) != (height, width),
        )
        for number in range(grids)
    ]


def _listed(trace: Trace, odd: list[CellVerdict], shows_right: bool) -> Table:
    """The cells that are not right, one a row: in words, for whoever does not see the marks."""
    rows = []
    for cell in odd:
        place = cell_place(trace, cell.index)
        wrote: Inline = Code(cell.written[:40]) if cell.written else "–"
        if "/" in cell.written and cell.given is not None and written(cell.given) != cell.written:
            wrote = Code(f"{cell.written[:40]} = {written(cell.given)}")  # as the picture has it
        row: tuple[Text, ...] = ((place,), (wrote,), (_status(cell.state),))
        rows.append((*row, (_number(cell.due),)) if shows_right else row)
    head = (_("cell"), _("you wrote"), _("status"))
    return Table(_("Cells that are not right"), (*head, _("correct value")) if shows_right else head, tuple(rows))


def _number(value: Value) -> str:
    return true_minus(written(value))


def _working(verdict: Verdict) -> list[Section]:
    """The right way: to the size, where that was wrong, else to the first cell that is not right."""
    trace = verdict.marker.layer
    if verdict.size or verdict.marker.ask in ("sizes", "padding"):
        if not trace.geometry.axes:
            return []
        return [
            Section(_("How big is the answer?"), tuple(size_blocks(trace))),
            Section(where_title(trace), tuple(padding_blocks(trace))),
        ]
    first = [*verdict.not_right(1, "wrong"), *verdict.not_right(1)][0]
    asked_cell = verdict.marker.cell or (0,) * trace.output.ndim
    step = trace.step(first.index if verdict.marker.ask == "output" else asked_cell)
    blocks: list[Block] = [StepsBlock((_step(step),))]
    mistaken = _mistaken(verdict, first.index) if verdict.marker.ask == "output" else None
    if mistaken is not None:
        yours = _("**Your way.** With this mistake the same cell is:")
        blocks += [Prose(inline(yours)), FormulaLine(mistaken)]
    return [Section(_("The first mistake, worked out"), tuple(blocks))]


def _mistaken(verdict: Verdict, index: Index) -> Formula | None:
    """How the cell comes about by the mistake that was found, where it sits in this very layer."""
    found = verdict.diagnosis.found if verdict.diagnosis else None
    if found is None or len(found.mistakes) != 1 or found.trace.output.shape != verdict.trace.output.shape:
        return None
    if any(layer is not verdict.trace for layer in found.mistakes[0].layers):
        return None
    step = found.trace.step(index)
    while not _computes(step) and "input" in step.trace.parents and isinstance(step.taps[0].source, tuple):
        step = step.trace.parents["input"].step(step.taps[0].source)  # what was only moved came about before
    return folded(step)[0]


def _computes(step: Step) -> bool:
    return step.rule != "moved"


def _step(step: Step) -> StepBlock:
    trace: Trace = step.trace
    number = number_of(step)
    title = step_title(trace).format(n=number, total=f"{trace.output.size:,}")
    formula, sentences = working(step)
    scene = scene_of(step)
    return StepBlock(title, number, step.index, scene, formula, sentences)
