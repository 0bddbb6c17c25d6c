"""Answers from strangers: whatever is handed in, a mark comes out, soon, and nothing in it is run or unpacked whole."""

from __future__ import annotations

import io
import json
import pickle
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepwise.exercises.assignment import Assignment
from stepwise.exercises.exercise import read_exercise
from stepwise.grading.child import Child
from stepwise.grading.grading import grade
from stepwise.grading.marker import ClassMarker
from stepwise.grading.submission import Submission
from tests.unit.grading.classes import LESSON, RIGHT, rows, write_lesson

PARTS = "stepwise: 1\ninput: 1 -2; -3 4\nlayers: [ReLU(), MaxPool2D(2)]\nparts: [{layer: 0, points: 3}, {layer: 1}]\n"
MARKERS = [ClassMarker(Assignment({"": read_exercise(text)})) for text in (LESSON, PARTS)]
KINDS = ["", ".txt", ".csv", ".json", ".yaml", ".npy", ".xlsx", ".exe", ".md", ".html", ".tex", ".tsv", ".py", ".r"]
TEXTS = st.text(max_size=80) | st.text("0123456789 .,;-_/[](){}\n\"'eE+x", max_size=80)


@settings(deadline=None, max_examples=300)
@given(
    answer=TEXTS | TEXTS.map(str.encode) | st.binary(max_size=200),
    kind=st.sampled_from(KINDS),
    marker=st.sampled_from(MARKERS),
)
def test_whatever_is_handed_in_a_mark_comes_out(answer: str | bytes, kind: str, marker: ClassMarker) -> None:
    data = answer if not kind or isinstance(answer, bytes) else answer.encode("utf-8", "replace")
    mark = marker.mark(Submission("ana", "", data, f"ana{kind}", kind=kind))
    assert mark.status in ("marked", "blank", "unreadable")
    assert (mark.score is None) == (mark.status == "unreadable") == (mark.correct is None)
    assert mark.score is None or 0 <= mark.score <= mark.max_score
    assert mark.correct or mark.note, "what is not right is told"
    assert mark.note.isprintable()


WORDS = st.sampled_from(["4", "x", "", "_", "1/2", "9" * 500])
PLANES = st.lists(st.lists(st.lists(WORDS | st.none() | st.integers(), max_size=4), max_size=4), max_size=3)


@settings(deadline=None, max_examples=200)
@given(
    name=st.sampled_from(["1.1", "1.2", "2.1", "999.999", "0.0", "x"]),
    planes=PLANES | TEXTS | st.none(),
    kind=st.sampled_from([".json", ".md", ".html"]),
    marker=st.sampled_from(MARKERS),
)
def test_a_sheet_that_somebody_made_up_is_marked_or_listed(
    name: str, planes: Any, kind: str, marker: ClassMarker
) -> None:
    rows = [row for one in planes or [] for row in one]
    table = "\n".join(f"| **0** | {' | '.join(map(str, row))} |" for row in rows)
    cells = "".join("<tr>" + "".join(f'<td><input value="{cell}">' for cell in row) for row in rows)
    text = {
        ".json": json.dumps({"stepwise": 1, "sheet": "v01", "answers": {name: planes}}),
        ".md": f"<!-- stepwise v01 grid {name} -->\n\n|  | 0 |\n|:-:|\n{table}\n",
        ".html": f"<p data-sheet=v01><table data-field={name}><tbody>{cells}</table>",
    }[kind]
    mark = marker.mark(Submission("ana", "", text.encode(errors="replace"), f"ana{kind}", kind=kind))
    assert mark.status in ("marked", "blank", "unreadable")
    assert mark.correct or mark.note, "what is not right is told"


def packed(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return stream.getvalue()


class _Runs:
    """What would make a file when it is unpickled."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def __reduce__(self) -> Any:
        return Path.touch, (self.place,)


def test_bombs_and_tricks_are_listed_and_the_others_marked(tmp_path: Path) -> None:
    folder, ran = tmp_path / "in", tmp_path / "ran"
    folder.mkdir()
    pickled = io.BytesIO()
    np.save(pickled, np.array([[_Runs(ran)]], dtype=object), allow_pickle=True)
    hostile = {
        "bomb.xlsx": packed({"xl/worksheets/sheet1.xml": b"0" * 80_000_000}),
        "entities.xlsx": packed({"xl/workbook.xml": b"<!DOCTYPE x [<!ENTITY a 'b'>]><x/>"}),
        "escape.xlsx": packed({"../../../../tmp/escaped": b"x"}),
        "pickled.npy": pickled.getvalue(),
        "pickle.json": pickle.dumps(_Runs(ran)),
        "tag.yaml": f"!!python/object/apply:os.mkdir ['{ran}']".encode(),
        "laughs.yaml": ("a0: &a0 [1]\n" + "".join(f"a{i + 1}: &a{i + 1} [*a{i},*a{i}]\n" for i in range(30))).encode(),
        "deep.json": b"[" * 200_000,
        "digits.txt": b"9" * 3_000_000,
        "header.npy": b"\x93NUMPY\x01\x00v\x00{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }\n",
        "many.txt": b"1 " * 1_500_000,
    }
    for name, data in hostile.items():
        (folder / name).write_bytes(data)
    with (folder / "gigabyte.txt").open("wb") as stream:
        stream.truncate(10**9)
    (folder / "zoe.txt").write_text(RIGHT)
    report = tmp_path / "report.csv"
    grade(write_lesson(tmp_path), folder, [report])
    told = {row["source"]: row for row in rows(report)}
    assert len(told) == len(hostile) + 2
    assert told["zoe.txt"]["correct"] == "true"
    for name in (*hostile, "gigabyte.txt"):
        assert told[name]["correct"] != "true"
        assert told[name]["note"], f"{name}: why is told"
    for name in ("bomb.xlsx", "pickled.npy", "tag.yaml", "laughs.yaml", "deep.json", "gigabyte.txt", "header.npy"):
        assert told[name]["status"] == "unreadable", name
    assert not ran.exists(), "nothing was run"
    assert not Path("/tmp/escaped").exists()


@pytest.mark.parametrize("many", [" ", "\t", "\u00a0", "\n", "\r", "/", " /", "-", ";", ",", "_", "[", '"'])
def test_a_long_answer_takes_no_longer_than_its_length(many: str) -> None:
    with closing(Child(MARKERS[0].assignment, seconds=5)) as child:
        (mark,) = next(child.marks([Submission("ana", "", f"1{many * 150_000}1", "ana.txt")]))
    assert "seconds" not in mark.note, "the time that an answer has was enough"
    assert not mark.correct


@pytest.mark.parametrize("student", ["../../etc/passwd", "/etc/passwd", "a\\b", "..", "con", "a\x00b", "'; DROP TABLE"])
def test_a_name_is_never_a_path(tmp_path: Path, student: str) -> None:
    import json

    (tmp_path / "in.jsonl").write_text(json.dumps({"student": student, "answer": RIGHT}) + "\n")
    places = [tmp_path / f"r.{kind}" for kind in ("csv", "jsonl", "parquet", "html")]
    grade(write_lesson(tmp_path), tmp_path / "in.jsonl", places)
    assert {path.name for path in tmp_path.iterdir()} == {"lesson.yaml", "in.jsonl", *(p.name for p in places)}
