"""Other people's graders read a student's answer and run nothing, and tell the student nothing that is not theirs."""

from __future__ import annotations

import inspect
import json
import os
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stepwise.exercises.assignment import load_assignment
from stepwise.graders.gradescope import handed_in
from stepwise.graders.nbgrader import check
from stepwise.graders.otter import Question
from tests.unit.grading.classes import DUE, LESSON, RIGHT, write_lesson

SECRET = "OTHER-STUDENT-4711"
RUNS = f"import pathlib; pathlib.Path('RAN').touch(); print({SECRET!r})\n"

Make = Callable[[Path, Path], object]


def folder_of(place: Path, outside: Path) -> None:
    place.mkdir()
    (place / "answer.txt").write_text(RIGHT)


def bomb(place: Path, outside: Path) -> None:
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 100_000_000)


def gigabyte(place: Path, outside: Path) -> None:
    with place.open("wb") as stream:
        stream.truncate(10**9)


def closed(place: Path, outside: Path) -> None:
    place.write_text("x")
    place.chmod(0)


def many(place: Path, outside: Path) -> None:
    for number in range(300):
        with (place.parent / f"note{number}.txt").open("wb") as stream:
            stream.truncate(4_000_000)


HOSTILE: dict[str, tuple[str, Make]] = {
    "a program": ("answer.py", lambda place, outside: place.write_text(RUNS)),
    "a notebook": (
        "answer.ipynb",
        lambda place, outside: place.write_text(json.dumps({"cells": [{"cell_type": "code", "source": RUNS}]})),
    ),
    "a pickle": ("answer.pkl", lambda place, outside: place.write_bytes(b"cposix\nsystem\n(S'touch RAN'\ntR.")),
    "a link to another's": ("answer.txt", lambda place, outside: place.symlink_to(outside / "other.txt")),
    "a link to the machine's": ("answer.txt", lambda place, outside: place.symlink_to("/etc/passwd")),
    "a link to the key": ("answer.txt", lambda place, outside: place.symlink_to(outside / "exercise" / "lesson.yaml")),
    "a link to itself": ("answer.txt", lambda place, outside: place.symlink_to("answer.txt")),
    "a link to nothing": ("answer.txt", lambda place, outside: place.symlink_to("none")),
    "a device": ("answer.txt", lambda place, outside: place.symlink_to("/dev/zero")),
    "a pipe": ("answer.txt", lambda place, outside: os.mkfifo(place)),
    "a folder": ("answer.txt", folder_of),
    "a bomb": ("answer.xlsx", bomb),
    "a gigabyte": ("answer.txt", gigabyte),
    "many files": ("answer.txt", many),
    "a name that climbs": ("..\\..\\answer.txt", lambda place, outside: place.write_text("x")),
    "a name that steers": ("answer\x1b]0;x\x07\u202e.txt", lambda place, outside: place.write_text("x")),
    "a name of markup": ("answer<script>alert(1)<script>.txt", lambda place, outside: place.write_text("x")),
    "a name of bytes": (os.fsdecode(b"answer\xff\xfe.txt"), lambda place, outside: place.write_text("x")),
    "a file that nobody may read": ("answer.txt", closed),
    "a YAML tag": (
        "answer.yaml",
        lambda place, outside: place.write_text("!!python/object/apply:os.system ['touch RAN']"),
    ),
    "control characters": ("answer.txt", lambda place, outside: place.write_bytes(b"\x1b[2J\x00\x07 <b>x</b>")),
}
BESIDE = [
    "sitecustomize.py",
    "usercustomize.py",
    "conftest.py",
    "numpy.py",
    "json.py",
    "stepwise.py",
    "x.pth",
    "setup.py",
]


class Machine:
    """A folder in place of Gradescope's machine, with another student's answer on it."""

    def __init__(self, root: Path) -> None:
        self.root, self.submission = root, root / "submission"
        (root / "exercise").mkdir()
        write_lesson(root / "exercise", LESSON + "marking: {reveal: nothing}\n")
        (root / "other.txt").write_text(SECRET)
        (root / "metadata.json").write_text(json.dumps({"assignment": {"total_points": "9"}, "users": [SECRET]}))
        self.submission.mkdir()
        for name in BESIDE:  # what Python would run if it looked for modules here
            (self.submission / f".{name}").write_text(RUNS)

    def mark(self) -> dict[str, Any]:
        """`results.json`, made as `run_autograder` has it made, in a folder whose files would be run if they could."""
        done = subprocess.run(
            [
                sys.executable,
                "-P",
                "-m",
                "stepwise.graders.gradescope",
                "exercise",
                "submission",
                "metadata.json",
                "r.json",
            ],
            cwd=self.root,
            env={**os.environ, "STEPWISE_SECRET": SECRET, "PYTHONPATH": str(Path(__file__).parents[3])},
            capture_output=True,
            timeout=60,
            check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (3 * 2**30, 3 * 2**30)),
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
        told: dict[str, Any] = json.loads((self.root / "r.json").read_text(encoding="utf-8"))
        return told


@pytest.mark.parametrize("what", HOSTILE)
def test_gradescope_reads_an_answer_and_runs_nothing(what: str, tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    name, make = HOSTILE[what]
    if what == "many files":
        (machine.submission / name).write_text("x")
    make(machine.submission / name, tmp_path)
    told = machine.mark()
    [test] = told["tests"]
    assert (test["score"], test["max_score"], test["status"]) == (0, 9, "failed")
    shown = json.dumps(told, ensure_ascii=False)
    for word in (SECRET, str(tmp_path), "Traceback", '.py"', "root:", "/etc", "/home", "site-packages", "-1 -1 -6"):
        assert word not in shown, word
    assert test["output"].isprintable(), "one line of words"
    assert not list(tmp_path.rglob("RAN"))


def test_programs_beside_the_answer_are_not_run(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    (machine.submission / "answer.txt").write_text(RIGHT)
    for name in BESIDE:
        (machine.submission / name).write_text(RUNS)
    [test] = machine.mark()["tests"]
    assert (test["score"], test["status"]) == (9, "passed")
    assert not list(tmp_path.rglob("RAN"))


def test_only_the_answer_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other files in the folder may be anybody's, and as large as they like."""
    assignment = load_assignment(write_lesson(tmp_path))
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("a.txt", "answer.txt", "b.txt"):
        (folder / name).write_text(name)
    opened: list[str] = []
    real = os.open

    def noted(path: Any, *rest: Any, **named: Any) -> int:
        opened.append(Path(path).name)
        return real(path, *rest, **named)

    monkeypatch.setattr(os, "open", noted)
    assert handed_in(folder, assignment).answer == b"answer.txt"
    assert opened == ["answer.txt"]


# Notebooks: the answer is an object of the student's program

RAN: list[str] = []


def key() -> Any:
    """The right answer, from whoever is marking."""
    RAN.append("looked around")
    for frame in inspect.stack():
        for value in frame.frame.f_locals.values():
            for found in (value, getattr(value, "exercise", None)):
                trace = getattr(found, "trace", None)
                if trace is not None:
                    return trace.output
    return np.zeros((3, 3))


class Looks:
    def __array__(self, *_: Any, **__: Any) -> Any:
        return key()

    def __len__(self) -> int:
        return len(key())

    def __getitem__(self, at: Any) -> Any:
        return key()[at]

    def __str__(self) -> str:
        return str(key())

    def __float__(self) -> float:
        return float(key()[0, 0])

    def __getattr__(self, name: str) -> Any:
        RAN.append(name)
        return lambda *given, **named: key()


class LooksLikeNumPy(Looks):
    __module__ = "numpy"
    __qualname__ = "ndarray"


class Words(str):
    def translate(self, *_: Any) -> str:
        return str(key())

    def replace(self, *_: Any) -> str:
        return str(key())


class Rows(list):  # type: ignore[type-arg]
    def __iter__(self) -> Any:
        return iter(key().tolist())


class Grid(np.ndarray):
    def ravel(self, *_: Any) -> Any:
        return key().ravel()


class Whole(int):
    def __float__(self) -> float:
        return float(key()[0, 0])


class Raises:
    def __array__(self, *_: Any, **__: Any) -> Any:
        raise RuntimeError(f"{SECRET} at {__file__}")


HOLDS = np.empty((3, 3), dtype=object)
HOLDS[:] = 0
HOLDS[1, 1] = Looks
ENDLESS: list[Any] = []
ENDLESS.append(ENDLESS)
OBJECTS = {
    "looks": Looks(),
    "looks like NumPy": LooksLikeNumPy(),
    "words": Words("4"),
    "rows": Rows([[1]]),
    "grid": np.zeros((3, 3)).view(Grid),
    "whole numbers": [[Whole(0)] * 3] * 3,
    "in a list": [[Looks()] * 3] * 3,
    "in an array": HOLDS,
    "raises": Raises(),
    "a function": key,
    "a class": Looks,
    "a generator": (x for x in [1]),
    "endless": ENDLESS,
    "a module": sys,
    "a mapping": {"answer": Looks()},
}


@pytest.mark.parametrize("what", OBJECTS)
def test_an_answer_that_would_run_is_not_taken(what: str, capfd: pytest.CaptureFixture[str]) -> None:
    RAN.clear()
    assert check(OBJECTS[what], LESSON, points=2) == 0.0
    out, err = capfd.readouterr()
    assert err == ""
    question = Question(LESSON)
    with pytest.raises(AssertionError) as caught:
        question.size(OBJECTS[what])
    with pytest.raises(AssertionError) as cells:
        question.cells(OBJECTS[what], 0, range(9))
    for said in (out, str(caught.value), str(cells.value)):
        assert said.strip()
        assert not any(word in said for word in (SECRET, __file__, "Traceback", "/"))
    assert RAN == [], "nothing of the student's was called"
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize(
    "answer",
    [RIGHT, RIGHT.encode(), DUE, tuple(map(tuple, DUE)), np.array(DUE), np.array(DUE, object), np.array(DUE, "f4"),
     [[str(n) for n in row] for row in DUE], [list(map(np.int64, row)) for row in DUE], [np.array(row) for row in DUE]],
)  # fmt: skip
def test_answers_as_people_write_them_are_taken(answer: Any) -> None:
    assert check(answer, LESSON, points=2, tell=False) == 2.0
    Question(LESSON).size(answer)
    Question(LESSON).cells(answer, 0, range(9))
