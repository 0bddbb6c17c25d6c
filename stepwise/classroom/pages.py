"""A sheet as two lessons: the page that is handed out, with its blanks, and the key with the whole working.

Both are made of the blocks that every format knows. What is blank on the page stands in the same place in the key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from ..errors import LimitError, ShapeError
from ..formula import (
    Absolute,
    Ceiling,
    Difference,
    Equality,
    Floor,
    Formula,
    Function,
    Gap,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
)
from ..language import _, plural, speaking
from ..layout import Index, written_index
from ..lessons import pictures
from ..lessons.blocks import (
    Block,
    Cell,
    Code,
    FillIn,
    Inline,
    Lesson,
    Math,
    Matrix,
    Prose,
    Room,
    Scene,
    Section,
    StepBlock,
    Steps,
    Strong,
    Table,
    Text,
)
from ..lessons.choice import choose
from ..lessons.common import common_mistakes
from ..lessons.fold import folded
from ..lessons.phrases import check_it, phrases
from ..lessons.sizes import padding_blocks, size_blocks
from ..traces import Trace, chain
from .assignment import Exercise
from .sheet import Asked

Posed = tuple[Asked, Exercise]
MOST_BY_HAND = 4
"""Windows whose formula is to be filled in; the others are only worked out."""
MOST_STEPS = 12
"""Windows with a line of their own to write on."""
_MARKUP = re.compile(r"\*\*(?P<strong>[^*\n]+)\*\*|`(?P<code>[^`\n]+)`")


def student_page(posed: Sequence[Posed], id: str) -> Lesson:
    """The page to be handed out."""
    first = posed[0][0]
    with speaking(first.lesson.language):
        head = [word for word, on in ((_("Name"), first.name), (_("Date"), first.date)) if on]
        blocks: list[Block] = [FillIn(tuple(head))] if head else []
        blocks += instructions(first.instructions)
        sections = [Section("", tuple(blocks))] if blocks else []
        for asked, exercise in posed:
            own = [] if asked is first else instructions(asked.instructions)
            sections.append(Section(_titled(exercise, len(posed) > 1), (*own, *_posed(asked, exercise))))
        lead = _("Write a number into every empty cell.")
        traces = tuple(exercise.trace for _asked, exercise in posed)
        kicker, language = _kicker(_("Worksheet"), posed, id), first.lesson.language
        return Lesson(_title(posed), kicker, (lead,), tuple(sections), language, traces, id, unanswered=True)


def key_page(posed: Sequence[Posed], id: str) -> Lesson:
    """The answers in their cells, and how each of them comes about."""
    language = posed[0][0].lesson.language
    sections: list[Section] = []
    with speaking(language):
        for _asked, exercise in posed:
            layers = chain(exercise.trace)
            headed = len(posed) > 1 or len(layers) > 1
            sections += [Section(exercise.title, (), level=1)] if headed else []
            sections.append(Section(_("The answers"), tuple(_answers(exercise))))
            for number, trace in enumerate(layers, 1):
                heading = _("Layer {n}: {noun}").format(n=number, noun=phrases(trace).noun())
                sections += [Section(heading, (), level=1)] if len(layers) > 1 else []
                sections += _working(trace)
        traces = tuple(exercise.trace for _asked, exercise in posed)
        lead = _("The right numbers, and the whole working.")
        return Lesson(_title(posed), _kicker(_("Key"), posed, id), (lead,), tuple(sections), language, traces, id)


def _title(posed: Sequence[Posed]) -> str:
    return posed[0][1].title


def _kicker(word: str, posed: Sequence[Posed], id: str) -> str:
    return f"{word} · {id} · {_points(sum(exercise.points for _asked, exercise in posed))}"


def _points(points: float) -> str:
    if points == int(points):
        return plural("{n} point", "{n} points", int(points))
    return _("{n} points").format(n=f"{points:g}")


def _titled(exercise: Exercise, several: bool) -> str:
    what = exercise.title if several else phrases(exercise.trace).noun()
    if not several and len(chain(exercise.trace)) > 1:
        what = _("Layer by layer")
    return f"{what} ({_points(exercise.points)})"


def instructions(text: str) -> list[Block]:
    """Paragraphs and lists of Markdown, with strong words and code; all else is words, and printed as they stand."""
    blocks: list[Block] = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        lines = paragraph.splitlines()
        items = [re.sub(r"^\s*[-*+]\s+", "• ", line) for line in lines]
        if any(item != line for item, line in zip(items, lines)):
            blocks += [Prose(_inlines(item)) for item in items]
        elif paragraph.strip():
            blocks.append(Prose(_inlines(" ".join(paragraph.split()))))
    return blocks


def _inlines(text: str) -> Text:
    found: list[Inline] = []
    at = 0
    for match in _MARKUP.finditer(text):
        found += [text[at : match.start()]] if match.start() > at else []
        found.append(Strong(match["strong"]) if match["strong"] else Code(match["code"]))
        at = match.end()
    return (*found, *([text[at:]] if at < len(text) else []))


# The exercise


def _posed(asked: Asked, exercise: Exercise) -> Iterator[Block]:
    layers = chain(exercise.trace)
    parts = {id(part.trace): part for part in exercise.parts}
    for number, trace in enumerate(layers):
        yield Prose(_task(trace, number, len(layers)))
        if "sizes" in asked.blank and trace.geometry.axes:
            axes = {"height": _("rows of the output"), "width": _("columns of the output")}
            yield FillIn(
                tuple(axes.get(axis.name, _("cells of the output")) for axis in trace.geometry.axes), long=False
            )
        if "padding" in asked.blank and trace.geometry.axes:
            yield FillIn(tuple(_padding_words(trace)), long=False)
        last = trace is exercise.trace or id(trace) in parts
        yield _picture(trace, asked, number == 0, last)
        if "formula" in asked.blank:
            yield _formulas(trace)
        if "steps" in asked.blank:
            yield from _lines(trace)
    if asked.room:
        yield Room(asked.room)


def _task(trace: Trace, number: int, layers: int) -> Text:
    if layers == 1:
        return (_("Carry out") + " ", Code(trace.layer.call), ".")
    if number == 0:
        return (f"{_('First')}: ", Code(trace.layer.call), ".")
    return (f"{_('Then, on what comes out')}: ", Code(trace.layer.call), ".")


def _padding_words(trace: Trace) -> Iterator[str]:
    sides = {"height": (_("lines of padding above"), _("below")), "width": (_("on the left"), _("on the right"))}
    for axis in trace.geometry.axes:
        yield from sides.get(axis.name, (_("lines of padding before"), _("after")))


def _picture(trace: Trace, asked: Asked, first: bool, last: bool) -> Scene:
    """Input and weights as they are given, and the output with its blanks. What a layer before gives is not shown."""
    given = [matrix for matrix in _given(trace) if first or matrix.kind != "input"]
    blanks = set(asked.cells) if asked.cells and last else None
    outputs = [_blanked(matrix, blanks) for matrix in _outputs(trace)]
    if "sizes" in asked.blank and trace.geometry.axes:
        outputs = [_squared(matrix, trace) for matrix in outputs]
    if blanks:
        known = {cell.index for matrix in _outputs(trace) for row in matrix.rows for cell in row}
        for index in blanks - known:
            raise ShapeError(f"cells: {list(index)} is no cell of the output, whose shape is {trace.shape}")
    return _scene([*given, *outputs], trace)


def _scene(matrices: list[Matrix], trace: Trace | None = None) -> Scene:
    signs = []
    for before, after in pairwise(matrices):
        changed = before.kind != after.kind
        signs.append(
            {"kernel": "*" if trace and trace.geometry.axes else ",", "output": "→"}.get(after.kind, "")
            if changed
            else ""
        )
    return Scene(tuple(matrices), tuple(signs))


def asked_scene(trace: Trace, first: bool) -> Scene:
    """Input and weights alone, for where the output is asked for otherwise."""
    return _scene([matrix for matrix in _given(trace) if first or matrix.kind != "input"], trace)


def _given(trace: Trace) -> list[Matrix]:
    if not trace.geometry.axes:
        return [
            _whole(matrix, trace)
            for matrix in pictures.arrays(trace, answered=True).matrices
            if matrix.kind != "output"
        ]
    question = pictures.question(trace)
    if len(trace.layer.operation.seen(0, trace)) > pictures.SHOWN_CHANNELS:
        raise _too_large(trace)
    matrices = [matrix for matrix in question.matrices if matrix.kind == "input"]
    filters = range(trace.channels[1]) if "kernel" in trace.inputs else range(0)
    for number in filters:
        seen = range(len(trace.layer.operation.seen(number, trace)))
        matrices += [matrix for channel in seen for matrix in pictures.kernels(trace, number, channel)]
    return [_whole(matrix, trace) for matrix in matrices]


def _outputs(trace: Trace) -> list[Matrix]:
    if trace.geometry.axes:
        if trace.channels[1] > pictures.SHOWN_CHANNELS:
            raise _too_large(trace)
        matrices = list(pictures.answer(trace).matrices)
    else:
        matrices = [m for m in pictures.arrays(trace, answered=True).matrices if m.kind == "output"]
    return [_whole(matrix, trace) for matrix in matrices]


def _whole(matrix: Matrix, trace: Trace) -> Matrix:
    if matrix.cut:
        raise _too_large(trace)
    return matrix


def _too_large(trace: Trace) -> LimitError:
    return LimitError(
        f"{trace.layer.call} is too large to be worked out on paper: a worksheet shows at most {pictures.ROOM} "
        f"rows and columns and {pictures.SHOWN_CHANNELS} channels"
    )


def _blanked(matrix: Matrix, blanks: set[Index] | None) -> Matrix:
    """The matrix with these cells, or all of them, to be filled in."""
    rows = tuple(
        tuple(Cell("blank", index=cell.index) if blanks is None or cell.index in blanks else cell for cell in row)
        for row in matrix.rows
    )
    return replace(matrix, rows=rows)


def _squared(matrix: Matrix, trace: Trace) -> Matrix:
    """Squared paper, larger than the output, which does not give its size away."""
    side = min(pictures.ROOM, max(*trace.geometry.input_shape, len(matrix.rows), len(matrix.rows[0])) + 1)
    rows = tuple((Cell("blank"),) * side for _row in range(1 if len(trace.geometry.axes) == 1 else side))
    return replace(matrix, rows=rows, caption=_("output (you may not need every cell)"))


def _formulas(trace: Trace) -> Steps:
    """The first windows, each with its formula, whose numbers are gaps."""
    chosen = choose(trace, "auto")[:MOST_BY_HAND]
    steps = []
    for one in chosen:
        formula, _note = folded(one.step)
        drawn = pictures.scene(one.step) if trace.geometry.axes else pictures.cell_scene(one.step)
        matrices = [_kept(matrix) for matrix in drawn.matrices]
        title = _("Window {n} of {total}") if trace.geometry.axes else _("Cell {n} of {total}")
        words = title.format(n=one.number, total=len(trace.steps))
        steps.append(
            StepBlock(
                words,
                one.number,
                one.step.index,
                replace(drawn, matrices=tuple(matrices), of=None),
                gapped(formula),
                (),
            )
        )
    return Steps(tuple(steps))


def _kept(matrix: Matrix) -> Matrix:
    """A step's picture without what would give its answer away: the winner, and every output."""

    def kept(cell: Cell) -> Cell:
        if matrix.kind == "output":
            return Cell("blank", index=cell.index, marks=cell.marks)
        return replace(cell, marks=cell.marks - {"winner"})

    return replace(matrix, rows=tuple(tuple(map(kept, row)) for row in matrix.rows))


def _lines(trace: Trace) -> Iterator[Block]:
    total = len(trace.steps)
    title = _("Window {n} of {total}") if trace.geometry.axes else _("Cell {n} of {total}")
    for number in range(1, min(total, MOST_STEPS) + 1):
        yield Prose((Strong(title.format(n=number, total=total)), ":"))
        yield Room(1)


def gapped(formula: Formula) -> Formula:
    """The formula with a gap for every number.

    >>> print(gapped(Equality(Function("max", (Number(3), Number(1))), Number(3))))
    max(___, ___) = ___
    """

    def each(parts: Iterable[Formula]) -> tuple[Formula, ...]:
        return tuple(map(gapped, parts))

    match formula:
        case Number() | Gap():
            return Gap()
        case Symbol():
            return formula
        case Sum():
            return Sum(each(formula.terms))
        case Product():
            return Product(each(formula.factors))
        case Function():
            return Function(formula.name, each(formula.arguments))
        case Difference():
            return Difference(gapped(formula.left), gapped(formula.right))
        case Quotient():
            return Quotient(gapped(formula.numerator), gapped(formula.denominator))
        case Power():
            return Power(gapped(formula.base), gapped(formula.exponent))
        case Negative() | Absolute() | Floor() | Ceiling():
            return type(formula)(gapped(formula.inner))
        case Equality():
            last = formula.right.right if isinstance(formula.right, Equality) else formula.right
            return Equality(gapped(formula.left), gapped(last), formula.exact)


# The key


def _answers(exercise: Exercise) -> Iterator[Block]:
    for number, trace in enumerate(chain(exercise.trace)):
        given = [matrix for matrix in _given(trace) if number == 0 or matrix.kind != "input"]
        outputs = [_filled(matrix) for matrix in _outputs(trace)]
        yield _scene([*given, *outputs], trace)


def _filled(matrix: Matrix) -> Matrix:
    rows = tuple(tuple(replace(cell, marks=frozenset[str]({"result"})) for cell in row) for row in matrix.rows)  # type: ignore[arg-type]
    return replace(matrix, rows=rows)


def _working(trace: Trace) -> Iterator[Section]:
    """How big the output is, where padding goes, every cell worked out, and what common mistakes give."""
    if trace.geometry.axes:
        yield Section(_("How big is the answer?"), tuple(size_blocks(trace)))
        yield Section(_("Where does the padding go?"), tuple(padding_blocks(trace)))
    rows: list[tuple[Text, ...]] = []
    for step in trace.steps:
        formula, note = folded(step)
        rows.append(((written_index(step.index),), (Math(formula), *((" " + note,) if note else ()))))
    yield Section(
        _("Every cell, worked out"), (Table(_("Working"), (_("cell"), _("working")), tuple(rows)), check_it(trace))
    )
    if trace.geometry.axes:
        yield common_mistakes(trace)
