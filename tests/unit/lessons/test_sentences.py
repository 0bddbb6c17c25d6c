"""The list of all sentences: each with a request that makes it true, and one on which it must not stand.

`sentences.json` is the list: for each template that the source has, the names of two of `REQUESTS`. A template that is
not in it fails, and so does one that nothing says any more. What a request says is read off marks, not found by a
pattern (see `sentence_marks.py`). The second name is of a request that says nearly the same but for this sentence;
where none stands, every request says it.
"""

from __future__ import annotations

import ast
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Font

import stepwise as sw
from stepwise.marking.answer_files import answer_from_bytes
from stepwise.marking.answers import Answer
from stepwise.marking.filled import Filled
from stepwise.marking.tabled import each_grid, only_grid
from tests.unit.lessons.sentence_marks import unmarked
from tests.unit.lessons.sentence_requests import REQUESTS, says, written
from tools.i18n import KEYWORDS

ROOM = Path(sw.__file__).parent
ROOMS = (
    "nouns.py",
    "traces/axes.py",
    "lessons/*.py",
    "geometry/*.py",
    "marking/*.py",
    "marking/forms/*.py",
    "formula/speech.py",
)
"""Where sentences are that a student meets in a lesson, a verdict, a proof or a summary."""
LIST: dict[str, list[str]] = json.loads((Path(__file__).parent / "sentences.json").read_text("utf-8"))
POOL = sw.trace("MaxPool2D(2, strides=1, padding='same')", [[4, 3], [2, 1]])  # 4 3; 2 1
THOUSANDS = sw.trace("MaxPool2D(1)", [[1200, 3400], [5600, 1250]])
GRIDS = [["4", "3"], ["2", "1"], [], ["7", "7"], ["7", "7"], [], ["5", "6"], ["5", "6"]]
SHEET = Filled("HW3", {"1.1": [], "2.1": []})


def marked(answer: Any, trace: sw.Trace = POOL) -> str:
    return sw.check(trace, answer).problem


def sheet_as(id: str) -> str:
    [found] = SHEET.answers(id, [], "auto")
    assert isinstance(found, Answer)
    return found.problem


def spreadsheet_with(struck: bool) -> str:
    """What is said of a spreadsheet with a struck cell, or with a hidden row."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = 4
    sheet["A1"].font = Font(strike=struck)
    sheet.row_dimensions[1].hidden = not struck
    stream = io.BytesIO()
    book.save(stream)
    return answer_from_bytes(stream.getvalue(), ".xlsx").problem


NOT_MARKED: dict[str, Callable[[], str]] = {  # why nothing of an answer is taken, told to whoever hands it in
    "cell {place} has {word}, which cannot be read as a number": lambda: marked("4 3.2.1; 2 1"),
    "{word} may be several numbers that run together; leave a space between the numbers of a row": lambda: marked(
        "17\n132"
    ),
    "it has words or numbers around its cells; hand in the cells alone": lambda: marked("Output (2x2): 4 3 2"),
    "the answer has the size {given}, with cells left open; the right size is {due}": lambda: marked("4 _ 3; 2 1 _"),
    "{word} stands in the table, but in none of its cells": lambda: marked(
        "<table><tr>td>4</td><td>3</td></tr></table>"
    ),
    "it can be read as {ways}; write decimals with a point, and separate cells with spaces": lambda: marked(
        "1,200 3,400; 5,600 1,250", THOUSANDS
    ),
    "{word} stands beside the cells, and may change what they say; hand in the cells alone": lambda: marked(
        "-[[4, 3], [2, 1]]"
    ),
    "its lines are named as columns; write the grid row by row": lambda: marked("col 1: 4 2\ncol 2: 3 1"),
    "its rows are not numbered in order; write them from the first to the last, without numbers": lambda: marked(
        "Row 2: 4 3\nRow 1: 2 1"
    ),
    "its cells have different units: {units}": lambda: marked("4m 3; 2 1km"),
    "the answer is {word}, where numbers belong": lambda: marked(True),
    "all {n} right numbers are there, with others beside them; hand in the cells alone": lambda: marked(
        "0 1\n4 3\n2 1", sw.trace("MaxPool2D(1)", [[4, 3], [2, 1]])
    ),
    "the spreadsheet has a number that is struck out": lambda: spreadsheet_with(True),
    "the spreadsheet has a hidden cell with something in it": lambda: spreadsheet_with(False),
    "it has {n} grids for {parts} parts; hand in one for each, in their order": lambda: (
        each_grid([GRIDS], 2, "auto")[0].problem
    ),
    "it has {n} grids; leave only the answer, or write “answer” above it": lambda: only_grid([GRIDS], "auto").unsure,
    "the answer is not a table that can be read": lambda: (
        answer_from_bytes(b"4;" + b"9" * 200_000, ".csv", "auto").problem
    ),
    "the answer is not an array of numbers": lambda: marked(_NoArray()),
    "sheet {sheet} has {n} exercises; say which one is marked, such as {sheet}.1": lambda: sheet_as(""),
    "this is sheet {sheet}, not {id}": lambda: sheet_as("HW4.1"),
}
UNSAID = {
    "Update",  # of new weights, in the name of a spreadsheet's sheet
    "subtract the learning rate times its gradient from each weight",  # of new weights: no lesson is theirs alone
    "the gradients of the input and of the kernel were exchanged",  # of many answers at once, as a slip is
    "an arithmetic slip in a single cell",  # of many answers at once: `grading/test_report.py`, test_slips_…
    "filters of each",  # of a depthwise kernel, which is compared with one that has filters by its numbers
    "input {n}",  # of a join, in the questions of a bank: an example in `nouns.py`
    "planes",  # of a kernel in depth; the inputs of two owners of one have other shapes, and are not compared
    "indices",  # of max-unpooling, on a sheet and in an overview
    "an expression of {n} term",  # the form for one, which is never so long that it is counted
    "Backward or forward pass:",  # before the switch of a page's figure: `browser/test_gradient_page.py`
    "{part}: {why}",  # beside a part that nobody could read: `marking/test_followthrough.py`
    "{input}, stretched and padded to {size}",  # of a figure alone: `render/test_figure.py`
    "{kernel}, turned by half a turn",
    "Input cell {n} of {total}",
    "Every cell of the output begins at the bias, {bias}.",
    "The input cell {place} adds nothing: all of it is cut off.",
    "The kernel, multiplied by the input number at {place}, is added to the output.",
    "{n} product is cut off.",
    "{n} products are cut off.",
    "{n} product lands where something was added before, at {place}.",
    "{n} products land where something was added before; the sum shown is that at {place}.",
    "The product shown is that at {place}.",
    "{output}, so far",
    *NOT_MARKED,
}


class _NoArray:
    """What NumPy cannot make an array of."""

    def __array__(self, *_how: Any, **_also: Any) -> Any:
        raise TypeError


def templates() -> set[str]:
    """Every message that these rooms hand to gettext."""
    found: set[str] = set()
    for source in (path for room in ROOMS for path in ROOM.glob(room)):
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
                count = 1 if node.func.id == "_" else 2
                found |= {str(a.value) for a in node.args[:count] if isinstance(a, ast.Constant)}
    return found


def test_every_sentence_is_in_the_list() -> None:
    assert templates() == LIST.keys() | UNSAID


@pytest.mark.parametrize("template", LIST)
def test_a_sentence_stands_where_it_is_true_and_not_where_it_is_not(template: str) -> None:
    true, false = LIST[template]
    assert template in says(true), f"{true!r} does not say it"
    assert not false or template not in says(false), f"{false!r} says it"


@pytest.mark.parametrize("template", NOT_MARKED)
def test_what_is_not_marked_is_told_why(template: str) -> None:
    parts = re.split(r"\{\w+\}", template)
    assert re.search(".+".join(map(re.escape, parts)), NOT_MARKED[template]())


def test_every_request_is_told() -> None:
    for name in REQUESTS:
        assert says(name)


def test_no_caption_names_a_plane_by_a_slice() -> None:
    """Axes have words, or at least numbers: `image 0`, `axis 0 at 1`, not `[0, :, :]`."""
    for name in REQUESTS:
        assert ", :" not in unmarked(written(name)), name
