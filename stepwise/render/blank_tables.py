"""What a sheet asks for as tables of Markdown to write into, each under a comment that says where its cells belong.

Nobody sees the comment on the page; `marking.filled` reads what stands under it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..document.blocks import FillIn
from ..document.lesson import Lesson
from ..document.matrix import Matrix
from .looks import content

WIDTH = 5
"""Characters of an empty cell."""


def is_blank(matrix: Matrix, lesson: Lesson) -> bool:
    """Whether a matrix is there to be written into: on a sheet, also what is not marked; not in a verdict."""
    return (
        lesson.unanswered
        and matrix.kind == "output"
        and any(cell.kind == "blank" for row in matrix.rows for cell in row)
    )


def blank_table(matrix: Matrix, label: str) -> str:
    """A grid under its mark, with the number of each row and column."""
    numbers = [str(column) for column in range(len(matrix.rows[0]))]
    rows = [
        [f"**{r}**", *("" if cell.kind == "blank" else str(content(cell)) for cell in row)]
        for r, row in enumerate(matrix.rows)
    ]
    return _mark("grid", matrix.field, label) + _table(["", *numbers], rows)


def blank_line(block: FillIn, label: str, escaped: Callable[[str], str]) -> str:
    """Words with an empty cell under each."""
    return _mark("line", block.field, label) + _table(list(map(escaped, block.words)), [[""] * len(block.words)])


def _mark(kind: str, field: str, label: str) -> str:
    return f"<!-- stepwise {label} {kind} {field} -->\n\n" if field and label else ""


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.center(WIDTH) for cell in cells) + " |"

    return "\n".join([line(head), line([":---:"] * len(head)), *map(line, rows)])
