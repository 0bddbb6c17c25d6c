"""Every way of writing an answer gives the same numbers; a blank and a word that is no number are told apart."""

from __future__ import annotations

import io
import json
import math
import struct
import zipfile
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

import stepwise as sw
from stepwise.errors import FileError
from stepwise.marking.answer_files import (
    MOST_BYTES,
    READERS,
    answer_from_bytes,
    entries_from_bytes,
    file_content,
)
from stepwise.marking.answers import Answer, read_answer, read_parts
from stepwise.marking.forms.words import number as number_of

FOUR_THREE = ((2, 2), (4, 3, 2, 1))


def told(answer: Answer) -> tuple[tuple[int, ...], tuple[Any, ...]]:
    assert not answer.problem, answer.problem
    return answer.shape, answer.numbers


@pytest.mark.parametrize(
    "data",
    [
        "4 3; 2 1",
        "4 3\n2 1\n",
        "4,3\n2,1",
        " 4, 3 ;2 ,1; ",
        "4\t3\r\n2\t1\r\n",
        "4 3\r2 1\r",
        "\uff14\u3000\uff13\uff1b\uff12\uff0c\uff11",
        "[[4, 3], [2, 1]]",
        "[[4 3]\n [2 1]]",
        "[4 3; 2 1]",
        "((4, 3), (2, 1))",
        "array([[4, 3],\n       [2, 1]], dtype=int64)",
        '[["4", "3"], ["2", "1"]]',
        b"4 3; 2 1",
        "\ufeff4\u00a03; 2 1",
        [[4, 3], [2, 1]],
        ((4, "3"), ("2", 1)),
        np.array([[4, 3], [2, 1]]),
        np.array([[4, 3], [2, 1]], dtype=object),
        np.array([["4", "3"], ["2", "1"]]),
        [np.array([4, 3]), np.array([2, 1])],
    ],
    ids=repr,
)
def test_the_same_numbers_however_they_are_written(data: Any) -> None:
    assert told(read_answer(data)) == FOUR_THREE


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("7", 7),
        ("+7", 7),
        ("-7", -7),
        ("−7", -7),
        ("3.25", 3.25),
        (".5", 0.5),
        ("5.", 5.0),
        ("1.5e-3", 0.0015),
        ("2E2", 200.0),
        ("13/4", Fraction(13, 4)),
        ("-1/3", Fraction(-1, 3)),
        ("1⁄2", Fraction(1, 2)),
        ("inf", math.inf),
        ("-∞", -math.inf),
    ],
)
def test_a_word_as_a_number(word: str, number: Any) -> None:
    assert read_answer(word).numbers == (number,)


def test_nan_is_a_number() -> None:
    [number] = read_answer("nan").numbers
    assert math.isnan(number)


def test_spaces_may_stand_around_a_fraction_bar() -> None:
    assert read_answer("1 / 2 3").numbers == (Fraction(1, 2), 3)


@pytest.mark.parametrize("word", ["_", "___", "?", "null", "None", "~", "…"])
def test_a_blank_is_no_number_and_no_mistake(word: str) -> None:
    answer = read_answer(f"4 {word}; 2 1")
    assert answer.numbers == (4, None, 2, 1)
    assert answer.blank.tolist() == [False, True, False, False]
    assert not answer.unreadable.any()


@pytest.mark.parametrize(
    "word",
    ["x", "4.3.2", "1/0", "1e", "--1", "0x10", "1_000", "=1+1", "٣", "9" * 401, "1" + "0" * 399, "3,25"[:1] + "%"],
)
def test_what_is_no_number_is_unreadable_and_not_blank(word: str) -> None:
    answer = read_answer(f"4 {word}; 2 1")
    assert answer.numbers == (4, None, 2, 1)
    assert answer.unreadable.tolist() == [False, True, False, False]
    assert not answer.blank.any()


def test_between_two_commas_there_is_a_blank() -> None:
    assert told(read_answer("4,,3\n2,1,")) == ((2, 3), (4, None, 3, 2, 1, None))
    assert told(read_answer("[[4, , 3], [2, 1, null]]")) == ((2, 3), (4, None, 3, 2, 1, None))


def test_a_comma_is_the_point_where_that_is_asked_for() -> None:
    assert told(read_answer("4,5 3; 2 -1,25", "comma")) == ((2, 2), (4.5, 3, 2, -1.25))
    assert told(answer_from_bytes(b"4,5;3\n2;1\n", ".csv", "comma")) == ((2, 2), (4.5, 3, 2, 1))


def test_an_empty_line_begins_another_channel() -> None:
    answer = read_answer("1 2\n3 4\n\n5 6\n7 8\n")
    assert told(answer) == ((2, 2, 2), (1, 2, 3, 4, 5, 6, 7, 8))
    assert answer.blocks
    assert told(answer_from_bytes(b"1,2\r\n3,4\r\n\r\n5,6\r\n7,\r\n", ".csv")) == (
        (2, 2, 2),
        (1, 2, 3, 4, 5, 6, 7, None),
    )


def test_masked_cells_are_blank() -> None:
    assert read_answer(np.ma.masked_array([1.0, 2.0], [False, True])).numbers == (1.0, None)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("", "empty"),
        (" \n ", "empty"),
        ([], "empty"),
        ([[], []], "empty"),
        (np.zeros((0, 3)), "empty"),
        ("1 2; 3", "row 2 of the answer has 1 cell, and row 1 has 2 cells; write _"),
        ([[1, 2], 3], "row 2 of the answer has a number, and row 1 has 2 cells"),
        ("[[1, 2]", "never closed"),
        ("[1]]", "never opened"),
        ("[1, 2] 3", "outside its brackets"),
        ("3 [1, 2]", "outside its brackets"),
        ("[" * 99 + "]" * 99, "nested deeper"),
        ({"a": 1}, "mapping"),
        (np.array([1j]), "complex128"),
        ("1 " * 600_000, "1,200,000 characters; at most 1,000,000"),
        ("1 " * 200_000, "200,000 cells; at most 131,072"),
        (b"\xff\xfe1", "UTF-8"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_cannot_be_read_at_all_says_why(data: Any, why: str) -> None:
    answer = read_answer(data)
    assert why in answer.problem
    assert answer.numbers == ()


def test_parts_are_parted_by_a_line() -> None:
    assert [a.numbers for a in read_parts("4 3\n---\n\n 2 1 \n  -----  \n_")] == [(4, 3), (2, 1), (None,)]
    assert [a.numbers for a in read_parts(["4 3", [2, 1]])] == [(4, 3), (2, 1)]
    json_, yaml = b'{"parts": [[4, 3], "2 1"]}', b"parts:\n- 4 3\n- [2, 1]\n"
    assert [read_answer(one).numbers for one in entries_from_bytes(json_, ".json", "auto", ())] == [(4, 3), (2, 1)]
    assert [read_answer(one).numbers for one in entries_from_bytes(yaml, ".yaml", "auto", ())] == [(4, 3), (2, 1)]


def saved(array: Any, **how: Any) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, **how)
    return stream.getvalue()


def spreadsheet(cells: dict[str, Any]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for place, value in cells.items():
        sheet[place] = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


FILES = {
    "rows.txt": b"4 3\n2 1\n",
    "commas.csv": b"4,3\n2,1\n",
    "semicolons.csv": b'"4";"3"\n2;1\n',
    "tabs.csv": b"4\t3\n2\t1\n",
    "list.json": b"[[4, 3], [2, 1]]",
    "object.json": b'{"student": "x", "answer": [[4, 3], [2, 1]]}',
    "words.json": b'{"answer": "4 3; 2 1"}',
    "list.yaml": b"- [4, 3]\n- [2, 1]\n",
    "object.yml": b"answer: 4 3; 2 1\n",
    "array.npy": saved(np.array([[4, 3], [2, 1]])),
    "columns.npy": saved(np.array([[4, 3], [2, 1]], order="F")),
    "corner.xlsx": spreadsheet({"A1": 4, "B1": 3, "A2": 2, "B2": 1}),
    "middle.xlsx": spreadsheet({"C5": 4, "D5": "3", "C6": 2, "D6": 1}),
    "labelled.xlsx": spreadsheet(
        {
            "A1": "My answer",
            "B1": "left",
            "C1": "right",
            "A2": "row 0",
            "B2": 4,
            "C2": 3,
            "A3": "row 1",
            "B3": 2,
            "C3": 1,
        }
    ),
    "called.xlsx": spreadsheet(
        {"A1": "input", "A2": 9, "B2": 9, "A3": 9, "B3": 9, "D1": "output", "D2": 4, "E2": 3, "D3": 2, "E3": 1}
    ),
    "table.md": b"# My answer\n\n| a | b |\n|:-:|:-:|\n| 4 | 3 |\n| 2 | 1 |\n",
    "page.html": b"<!doctype html><h1>Mine</h1><table><tr><td>4<td>3<tr><td>2<td>1</table>",
    "page.htm": b"<TABLE><TR><TD>4</TD><TD>3</TD></TR><TR><TD>2</TD><TD>1</TD></TR></TABLE>",
    "matrix.tex": b"\\documentclass{article}\n\\begin{document}\n\\[Y = \\begin{pmatrix}4 & 3\\\\2 & 1"
    b"\\end{pmatrix}\\]\n\\end{document}\n",
    "tabs.tsv": b"4\t3\n2\t1\n",
    "table.org": b"#+TITLE: mine\n\n|---+---|\n| 4 | 3 |\n| 2 | 1 |\n|---+---|\n",
    "octave.m": b"% my answer\nY = [4 3; 2 1];\n",
    "matrix.r": b"# my answer\ny <- matrix(c(4, 3, 2, 1), nrow = 2, byrow = TRUE)\n",
    "matrix.R": b"y <- matrix(c(4, 2, 3, 1), 2)\nprint(y)\n",
    "matrix.jl": b"y = [4 3; 2 1]\n",
    "array.py": b"import numpy as np\n\ny = np.array([[4, 3],\n              [2, 1]], dtype=np.float32)\n",
}


@pytest.mark.parametrize("name", FILES)
def test_every_kind_of_file(name: str) -> None:
    assert told(answer_from_bytes(FILES[name], Path(name).suffix)) == FOUR_THREE


def test_every_suffix_has_a_file_above() -> None:
    assert {Path(name).suffix.lower() for name in FILES} == set(READERS)


def test_figures_written_in_a_file_are_kept() -> None:
    for data, suffix in ((b"[[3.250]]", ".json"), (b'{"answer": [[3.250]]}', ".json"), (b"- [3.250]", ".yaml")):
        assert answer_from_bytes(data, suffix).written(0) == "3.250"


def test_a_formula_is_not_worked_out() -> None:
    answer = answer_from_bytes(spreadsheet({"A1": "=2+2", "B1": 3}), ".xlsx")
    assert answer.numbers == (3,)  # nobody has shown a result of it yet
    assert answer_from_bytes(b"=2+2,3", ".csv").numbers == (None, 3)


@cache
def damaged() -> dict[str, tuple[bytes, str]]:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", b" " * (100 << 20))
    entities = io.BytesIO(spreadsheet({"A1": 1}))
    with zipfile.ZipFile(entities, "a") as parts:
        parts.writestr("xl/extra.xml", "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>")
    huge = np.lib.format.magic(1, 0) + struct.pack("<H", 64)
    huge += b"{'descr': '<f8', 'fortran_order': False, 'shape': (9999999999,)}".ljust(63) + b"\n"
    return {
        "pickle.npy": (saved(np.array([print], dtype=object), allow_pickle=True), "NumPy's format"),
        "huge.npy": (huge, "NumPy's format"),
        "short.npy": (saved(np.arange(9.0))[:-8], "NumPy's format"),
        "words.npy": (saved(np.array(["a"])), "NumPy's format"),
        "none.npy": (b"", "NumPy's format"),
        "bomb.xlsx": (bomb.getvalue(), "unpacks to more than 64 MB"),
        "entities.xlsx": (entities.getvalue(), "not a spreadsheet"),
        "text.xlsx": (b"4 3; 2 1", "not a spreadsheet"),
        "empty.xlsx": (spreadsheet({}), "empty"),
        "aliases.yaml": (b"a: &a [1, 1]\nanswer: [*a, *a]", "alias"),
        "tag.yaml": (b"answer: !!python/object/apply:os.system ['true']", "tag"),
        "deep.yaml": (b"[" * 15_000, "nested deeper"),
        "quoted.yaml": (b'- "' + b"]" * 9_000 + b'"\n- ' + b"[" * 9_000, "nested deeper"),
        "long.yaml": (b"- 1\n" * 9_000, "characters"),
        "broken.yaml": (b"answer: [1, 2", "not YAML"),
        "broken.json": (b'{"answer": [1, 2', "not JSON"),
        "deep.json": (b'{"answer": ' + b"[" * 100_000, "not JSON"),
        "other.json": (b'{"anwser": [1]}', "have a key answer"),
        "image.png": (b"\x89PNG", "answers are read from .txt, .csv"),
        "latin.txt": ("4,3 é".encode("latin-1"), "UTF-8"),
    }


@pytest.mark.parametrize("name", damaged())
def test_a_file_that_holds_no_answer_says_why_and_raises_nothing(name: str) -> None:
    data, why = damaged()[name]
    answer = answer_from_bytes(data, Path(name).suffix)
    assert why in answer.problem
    entries_from_bytes(data, Path(name).suffix, "auto", ())


@pytest.mark.parametrize("text", ["3,25 4,5; 1 2", "1 2; 3,25 4", "3,25 -4", "0,5  ,5 1"])
def test_a_decimal_comma_where_a_point_is_asked_for_is_not_taken_for_two_cells(text: str) -> None:
    assert "write decimals as 3.25" in read_answer(text, "point").problem
    by_itself, as_told = read_answer(text), read_answer(text, "comma")
    assert by_itself.numbers == as_told.numbers
    assert not by_itself.others
    assert by_itself.values[-1] == float(text.split()[-1].replace(",", "."))


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/media/image1.png"])
def test_what_would_take_long_to_parse_is_refused_by_its_size(part: str) -> None:
    """Below the bound of what it unpacks to: 20 MB of elements without an end, packed into a few kB."""
    parts = zipfile.ZipFile(io.BytesIO(spreadsheet({"A1": 4})))
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in parts.namelist():
            if name != part:
                archive.writestr(name, parts.read(name))
        archive.writestr(part, b"<row>" * 4_000_000)
    assert "unpacks to more than 4 MB" in answer_from_bytes(bomb.getvalue(), ".xlsx").problem


def test_a_spreadsheet_may_hold_a_picture() -> None:
    book = io.BytesIO(spreadsheet({"A1": 4}))
    with zipfile.ZipFile(book, "a") as archive:
        archive.writestr("xl/media/image1.png", b"\x89PNG\r\n\x1a\n" + bytes(5_000_000))
    assert told(answer_from_bytes(book.getvalue(), ".xlsx")) == ((1, 1), (4,))


def test_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "large.csv").open("wb") as stream:
        stream.truncate(MOST_BYTES + 1)
    assert file_content(tmp_path / "large.csv") is None
    assert "larger than" in answer_from_bytes(bytes(MOST_BYTES + 1), ".csv").problem


def test_only_a_file_that_cannot_be_opened_raises(tmp_path: Path) -> None:
    for place in (tmp_path / "nothere.csv", tmp_path, tmp_path / "nu\0ll.csv"):
        with pytest.raises(FileError):
            file_content(place)


def test_json_and_what_json_writes_agree() -> None:
    rows = [[1, 2.5, None], [-3, 1e-7, 4]]
    assert read_answer(json.dumps(rows)).numbers == (1, 2.5, None, -3, 1e-7, 4)


LARGE = ["1" * 320, "-" + "9" * 310, "1e999", "-1e999", "0e999", "1" * 320 + "/3", "3/" + "1" * 320, "1" * 320 + "½"]
HUGE = [*LARGE, "1" * 320 + ".5", "1" * 40 + ".(3)", "1.5×10⁹⁹⁹", "1'" + "000'" * 79 + "000", "∞", "nan"]


@pytest.mark.parametrize("word", HUGE)
def test_a_number_larger_than_any_decimal_is_none_in_a_chain_too(word: str) -> None:
    for written in (
        word,
        f"{word} = 3",
        f"3 = {word}",
        f"{word} = {word}",
        f"1+2 = {word} = 3",
        f"{word} ≈ 1.5",
        f"≈{word} px",
    ):
        found = number_of(written)
        assert found is None or isinstance(float(found), float)
    assert number_of(f"1+2 = {word} = 3") in (3, None)
    assert sw.check(sw.trace("ReLU()", [[4, 3], [2, 1]]), f"4 3\n2 {word} = 3").score in (0.0, 0.75)
