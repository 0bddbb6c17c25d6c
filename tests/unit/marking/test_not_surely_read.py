"""What changes the meaning of an answer is not thrown away: a person looks at it, whatever the numbers would earn."""

from __future__ import annotations

import io
import itertools
import re
from fractions import Fraction

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

import stepwise as sw
from stepwise.marking.answer_files import answer_from_bytes
from stepwise.marking.forms.surely import not_understood
from stepwise.marking.marker import Marker

RIGHT = Marker(sw.trace("MaxPool2D(1)", [[4, 3], [2, 1]]))
NEGATED = Marker(sw.trace("MaxPool2D(1)", [[-4, -3], [-2, -1]]))
WRITERS = {
    "rows": "4 3; 2 1",
    "lines": "4 3\n2 1",
    "lists": "[[4, 3], [2, 1]]",
    "matlab": "[4 3; 2 1]",
    "numpy": "np.array([[4, 3], [2, 1]])",
    "torch": "tensor([[4., 3.], [2., 1.]])",
    "tensorflow": "tf.constant([[4, 3], [2, 1]])",
    "r": "matrix(c(4, 2, 3, 1), 2)",
    "latex": r"\begin{pmatrix}4 & 3\\2 & 1\end{pmatrix}",
    "markdown": "| 4 | 3 |\n| 2 | 1 |",
    "html": "<table><tr><td>4</td><td>3</td></tr><tr><td>2</td><td>1</td></tr></table>",
}
GRIDS_BY_SIGN = ("lists", "matlab", "numpy", "torch", "tensorflow", "r", "latex")
WORDS_BEFORE = (
    "not", "never", "minus", "negative of", "times 10:", "x10^-1:", "transpose of:", "Input:", "anything but",
    "double of", "opposite =", "half:", "This is the input, not the answer\n", "wrong:", "nicht", "falsch:",
)  # fmt: skip
BEHIND = (" no, wrong!", "\nno, wrong!", "\nThis is the input, not the answer", "\n(times ten)", "\ntransposed")
FUNCTIONS = (
    "np.negative",
    "np.flip",
    "transpose",
    "np.sort",
    "np.exp",
    "rev",
    "sum",
    "f",
    "t",
    "abs",
    "-",
    "Answer: -",
)
TURNING = (".T", "*2", "/10", "'", "**2")
SIGNS_BEFORE = ("-", "~", "!", "y=-", "Answer: -", "2*", "0.1 * ")
AROUND_LATEX = (
    "-{}", "2{}", r"0.1\cdot{}", "10^{{-1}}{}", "{}^T", "{}^{{-1}}", r"\frac12{}", r"\frac{{1}}{{2}}{}", r"\det{}",
    r"\sum{}", "$-{}$", r"-\left({}\right)", r"\left({}\right)^T", "y = -{}", "{}'", "{} - 1",
)  # fmt: skip
CHANGED = (
    [f"{word} {WRITERS[name]}" for word, name in itertools.product(WORDS_BEFORE, WRITERS)]
    + [WRITERS[name] + word for word, name in itertools.product(BEHIND, WRITERS)]
    + [f"{function}({WRITERS[name]})" for function, name in itertools.product(FUNCTIONS, ("rows", *GRIDS_BY_SIGN[:-1]))]
    + [sign + WRITERS[name] for sign, name in itertools.product(SIGNS_BEFORE, GRIDS_BY_SIGN)]
    + [WRITERS[name] + behind for behind, name in itertools.product(TURNING, GRIDS_BY_SIGN[:-1])]
    + [around.format(WRITERS["latex"]) for around in AROUND_LATEX]
    + [WRITERS["latex"].replace("pmatrix", kind) for kind in ("vmatrix", "Vmatrix")]
    + [WRITERS["html"].replace("<td>4", f"<td><{tag}>4</{tag}>") for tag in ("del", "s", "strike")]
    + [WRITERS["html"].replace("<td>4", '<td style="text-decoration: line-through">4')]
    + ["| ~~4~~ | 3 |\n| 2 | 1 |", "-(4 3; 2 1)", "4m 3;2 1km", "4=3.5 3; 2 1", "4 3; 2.4≈2 1≈1.4"]
    + [f"{row} 2: 4 3\n{row} 1: 2 1" for row in ("Row", "row", "Zeile", "R", "Channel")]
    + [
        f"{name} {WRITERS['lists']}"
        for name in ("-y =", "2y =", "1/y =", "y*10 =", "|y| =", "y' =", "y ≠", "y !=", "kernel:")
    ]
    + ["cbind(c(4, 3), c(2, 1))", "np.int32([[4, 3], [2, 1]])", "np.eye([[4, 3], [2, 1]])"]
    + ["2. 4 3\n1. 2 1", "b) 4 3\na) 2 1", "2: 4 3\n1: 2 1", "Second row: 4 3\nFirst row: 2 1"]
    + ['{"row2": [4, 3], "row1": [2, 1]}', '{"transposed": [[4, 3], [2, 1]]}', '{"input": [[4, 3], [2, 1]]}']
    + [f"{column} 1: 4 2\n{column} 2: 3 1" for column in ("col", "column", "Spalte", "Column")]
)


@pytest.mark.parametrize("text", CHANGED, ids=repr)
def test_what_changes_the_meaning_is_neither_right_nor_wrong(text: str) -> None:
    for marker in (RIGHT, NEGATED):
        verdict = marker.check(text)
        assert verdict.problem, (verdict.score, verdict.answer.numbers)


@pytest.mark.parametrize(
    "text",
    [
        *WRITERS.values(),
        *(f"{words} {WRITERS['rows']}" for words in ("my answer is:", "Meine Antwort:", "y =", "정답은:", "Output:")),
        "input: 9 9; 9 9\noutput: 4 3; 2 1",
        "input:\n9 9\n9 9\noutput:\n4 3\n2 1",
        "row 1: 4 3\nrow 2: 2 1",
        "Row 0: 4 3\nRow 1: 2 1",
        "a) 4 3\nb) 2 1",
        "4 px 3 px; 2 px 1 px".replace(" px", "px"),
        r"$Y = \left[\begin{array}{cc}4 & 3\\2 & 1\end{array}\right]$",
        "|  | col 1 | col 2 |\n|---|---|---|\n| row 1 | 4 | 3 |\n| row 2 | 2 | 1 |",
    ],
    ids=repr,
)
def test_what_changes_nothing_is_taken_away(text: str) -> None:
    verdict = RIGHT.check(text)
    assert verdict.correct, verdict.text


def test_a_whole_number_is_right_only_as_it_is() -> None:
    marker = Marker(sw.trace("MaxPool2D(1)", [[1000000, 465], [1005, 46500]]))
    assert marker.check("1000009.5 465.004; 1005.01 46500.2").score == 0
    assert marker.check("1000000.0 465.000; 1005.00 46500.0").correct


MIXED = Marker(sw.trace("MaxPool2D(1)", [[Fraction(10, 3), 465], [Fraction(1, 3), Fraction(-5, 3)]]))


@pytest.mark.parametrize(
    "text", ["[[3 1/3, 465],[1/3, -1 2/3]]", "3 1/3, 465; 1/3, -1 2/3", "3 1/3 | 465\n1/3 | -1 2/3"]
)
def test_a_whole_number_before_a_fraction_belongs_to_it_where_signs_part_the_cells(text: str) -> None:
    assert MIXED.check(text).correct


HALVES = Marker(sw.trace("MaxPool2D(1)", [[3.5, 1.5], [5.5, 7.5]]))


@pytest.mark.parametrize(
    ("marker", "answer"),
    [
        (MIXED, "3 1/3 465; 1/3 -1 2/3"),
        (HALVES, "3 1/2 1 1/2;5 1/2 7 1/2"),
        (HALVES, "3,5;1,5;5,5;7,5"),
        (HALVES, "2 2\n3.5 1.5\n5.5 7.5"),
        (RIGHT, "0 1\n4 3\n2 1"),
        (RIGHT, "4 3\n2 1\n4 3\n2 1"),
        (RIGHT, "4 3\n2 1\n\n4 3\n2 1"),
        (RIGHT, True),
        (RIGHT, float("nan")),
    ],
    ids=lambda given: "" if isinstance(given, Marker) else repr(given),
)
def test_an_answer_of_another_size_that_is_right_read_otherwise_earns_no_nought(marker: Marker, answer: object) -> None:
    assert marker.check(answer).problem


@pytest.mark.parametrize("how", ["words", "cell", "hidden row", "hidden column"])
def test_a_spreadsheet_with_struck_or_hidden_cells_is_looked_at(how: str) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in ([4, 3], [2, 1]):
        sheet.append(row)
    if how == "words":
        sheet["A1"] = CellRichText(TextBlock(InlineFont(strike=True), "5"), "4")
    elif how == "cell":
        sheet["A1"].font = Font(strike=True)
    elif how == "hidden row":
        sheet.append([7, 7])
        sheet.row_dimensions[3].hidden = True
    else:
        sheet["C1"] = 7
        sheet.column_dimensions["C"].hidden = True
    stream = io.BytesIO()
    book.save(stream)
    assert RIGHT.check(answer_from_bytes(stream.getvalue(), ".xlsx")).problem


@given(st.text("0123456789 \n;,.+-", max_size=30).filter(lambda text: not re.search(r"\.(?!\d)", text)))
def test_of_numbers_alone_nothing_has_to_be_understood(text: str) -> None:
    """They are let through at once; a word that changes nothing sends the same text the long way."""
    assert not not_understood(text, [])
    assert not not_understood(f"answer: {text}", [])


FORMATS = {
    ".json": '{{"answer": [[4, 3], [2, 1]], "note": "{note}"}}',
    ".yaml": "answer: [[4, 3], [2, 1]]\nnote: {note}\n",
    ".txt": "answer: 4 3; 2 1\nnote: {note}\n",
    ".md": '{{"output": [[4, 3], [2, 1]], "note": "{note}"}}',
}


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize(("note", "harmless"), [("minus", False), ("times ten", False), ("see above", True)])
def test_a_note_beside_the_cells_says_the_same_in_every_format(suffix: str, note: str, harmless: bool) -> None:
    answer = answer_from_bytes(FORMATS[suffix].format(note=note).encode(), suffix)
    verdict = RIGHT.check(answer)
    assert (verdict.correct, bool(verdict.answer.problem)) == (harmless, not harmless), (answer.problem, verdict.score)


@pytest.mark.parametrize(
    ("data", "right"),
    [
        ('{"answer": [[4, 3], [2, 1]], "scale": 10}', False),
        ('{"answer": [[4, 3], [2, 1]], "notes": ["transposed"]}', False),
        ('{"answer": [[4, 3], [2, 1]], "student": "Mia Minus", "input": [[9, 8]], "note": ""}', True),
    ],
)
def test_who_answers_what_changes_nothing_and_all_else_is_looked_at(data: str, right: bool) -> None:
    for answer in (answer_from_bytes(data.encode(), ".json"), answer_from_bytes(data.encode(), ".txt")):
        verdict = RIGHT.check(answer)
        assert (verdict.correct, bool(verdict.answer.problem)) == (right, not right)
