"""A way there and back in one row of pictures each, and workings in as many columns as fit beside each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..analysis.backpropagation import Backward
from ..arithmetic import plain
from ..document.blocks import Block, FormulaLine, Prose, Scene, Table
from ..document.inline import Math, Text
from ..document.matrix import Cell, Matrix
from ..formula import Formula
from ..language import _
from ..ops.cells import Moving
from ..traces.axes import cell_place
from ..traces.trace import Trace, chain
from .answer import numbers_of
from .choice import choose
from .gradient_names import symbol
from .inline import labels
from .long import summed_up
from .takes import in_line

MOST_DRAWN = 144
"""Numbers of an array that are printed on the way."""
MOST_ROWS = 16
"""Cells of an array whose working is told."""
WIDEST = 26
"""Columns of numbers, together, that stand in one row of pictures."""
LINE, ON_PAPER = 84, 110
"""Letters that formulas beside each other may have together, on a screen and on paper."""
MOST_COLUMNS = 4


def there(calls: Sequence[Trace], again: bool = False) -> list[Block]:
    """The input, and what each layer made of it, in a row; none where that does not fit, or branches.

    When it is carried out `again`, the input is that of before, and is left out.

    Layers that only move numbers, as Flatten does, are left out.
    """
    first = calls[0]
    if not in_line(chain(calls[-1])):
        return []  # an arrow would say that each takes what the one before it gave
    matrices = [] if again else [_of_input(first)]
    for number, call in enumerate(calls, 1):
        if not isinstance(call.layer.operation, Moving):
            matrices.append(_only(call, labels(str(number), short(call))))
    return _row(matrices)


def back(led: Backward, to_input: bool = True) -> list[Block]:
    """The gradient of each layer's output, from the last to the first, and that of the input; none of branches."""
    if not in_line(chain(led.trace)):
        return []
    traces = [led.upstream, *(entry.get("input") for entry in reversed(led.gradients))]
    matrices: list[Matrix | None] = []
    for number, trace in zip(range(len(led.calls), -1 if to_input else 0, -1), traces):
        if not isinstance(trace, Trace):
            return []
        if number and isinstance(led.calls[number - 1].layer.operation, Moving):
            continue
        up = symbol("output")
        caption = _("{gradient} of {n}").format(gradient=up, n=number) if number else symbol("input")
        matrices.append(_only(trace, caption))
    return _row(matrices)


def short(call: Trace) -> str:
    """The name of a layer without its parameters: `Conv2D`."""
    return (call.layer.whole or call.layer.call).partition("(")[0].rpartition(".")[2]


def _only(trace: Trace, caption: str) -> Matrix | None:
    """The output's only plane; None of several."""
    if trace.output.size > MOST_DRAWN:
        return None
    matrices = numbers_of(trace).matrices
    return replace(matrices[0], caption=caption) if len(matrices) == 1 else None


def _of_input(first: Trace) -> Matrix | None:
    array = first.inputs["input"]
    if array.ndim > 2 or array.size > MOST_DRAWN:
        return None
    rows = array.reshape(1, -1) if array.ndim < 2 else array
    cells = tuple(tuple(Cell("data", plain(value)) for value in row) for row in rows)
    return Matrix("input", _("input"), cells)


def _row(matrices: Sequence[Matrix | None]) -> list[Block]:
    drawn = [matrix for matrix in matrices if matrix is not None]
    if len(drawn) < len(matrices) or sum(len(matrix.rows[0]) for matrix in drawn) > WIDEST:
        return []
    return [Scene(tuple(drawn), ("→",) * (len(drawn) - 1))]


def workings(trace: Trace, line: int = LINE) -> Iterator[Block]:
    """Each cell's formula, several beside each other where they are short; of many cells, those of typical ones."""
    if trace.output.size == 1:
        formula, note = summed_up(trace.steps[0])
        yield FormulaLine(formula)
        if note:
            yield Prose(note)
        return
    steps = list(trace.steps) if trace.output.size <= MOST_ROWS else [one.step for one in choose(trace, "auto")]
    cells = [(cell_place(trace, step.index), summed_up(step)[0]) for step in steps[:MOST_ROWS]]
    yield side_by_side(_("Cell by cell"), (_("cell"), _("working")), cells, line)
    if trace.output.size > len(cells):
        yield Prose((_("The other {n} are worked out in the same way.").format(n=trace.output.size - len(cells)),))


def side_by_side(caption: str, head: tuple[str, str], cells: Sequence[tuple[str, Formula]], line: int = LINE) -> Table:
    """Places and formulas as a table, read down its columns, with as many of them as fit."""
    longest = max(len(place) for place, _formula in cells) + max(len(str(formula)) for _place, formula in cells)
    columns = max(1, min(MOST_COLUMNS, line // (longest + 6), len(cells)))
    height = -(-len(cells) // columns)
    columns = -(-len(cells) // height)  # none is empty
    rows: list[tuple[Text, ...]] = []
    for r in range(height):
        row: list[Text] = []
        for c in range(columns):
            at = c * height + r
            row += (
                [(cells[at][0].replace(" ", "\u00a0"),), (Math(cells[at][1]),)] if at < len(cells) else [("",), ("",)]
            )
        rows.append(tuple(row))
    return Table(caption, head * columns, tuple(rows), drawn="workings")
