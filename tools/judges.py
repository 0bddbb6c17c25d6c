"""The same hundred answers to each of four lessons through every door that marks, and the table of what comes out.

    make judges        writes docs/judges.md; tests/unit/graders/test_one_judge.py holds it to what comes out now

The answers are made without stepwise: NumPy works out what is right, and what follows from a mistake.
"""

from __future__ import annotations

import csv
import json
import random
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from stepwise.exercises.assignment import load_assignment
from stepwise.exercises.exercise import Exercise, read_exercise
from stepwise.graders import edx, nbgrader, otter, prairielearn
from stepwise.graders.gradescope import results
from stepwise.graders.moodle import left_out
from stepwise.grading.grading import grade
from stepwise.grading.submission import Submission

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "judges.md"
Marks = list[float | None] | None
"""Points by part; None for what a person has to look at."""
NEAR = 1e-4  # what is rounded on the way to a host

CHAIN = """stepwise: 1
title: A chain
input: "1 -2 0 4; -3 4 1 -1; 2 0 -5 3; 1 1 2 -2"
layers: ["Conv2D(1, 1)", ReLU(), "MaxPool2D(2)"]
weights: [{kernel: [[2]], bias: [1]}, null, null]
parts:
  - {layer: 0, points: 10, title: Convolution}
  - {layer: 1, points: 3}
  - {layer: 2, points: 5}
"""
LESSONS = {
    "chain": CHAIN,
    "single": """stepwise: 1
input: 4 3 1; 2 1 5; 7 -2 0
layers: ['MaxPool2D(2, padding="same")']
marking: {points: 10, precision_credit: 0.5}
""",
    "rows": """stepwise: 1
input: 1 1 2 4; 5 6 7 8; 3 2 1 0; 1 2 3 4
layers: [AveragePooling2D(2)]
marking: {points: 4, score: rows}
""",
    "asked": """stepwise: 1
input: 4 3 1; 2 1 5; 7 -2 0
layers: ['MaxPool2D(2, padding="same")']
parts:
  - {layer: 0, ask: sizes, points: 2}
  - {layer: 0, ask: padding, points: 4}
  - {layer: 0, points: 4}
  - {layer: 0, ask: formula, points: 2}
""",
}
X = np.array([[1, -2, 0, 4], [-3, 4, 1, -1], [2, 0, -5, 3], [1, 1, 2, -2]])


def _text(grid: Any) -> str:
    return "\n".join(" ".join(map(str, row)) for row in np.asarray(grid).tolist())


def _pool(x: Any) -> Any:
    return x.reshape(2, 2, 2, 2).max((1, 3))


def _slipped(chance: random.Random, grid: Any) -> Any:
    grid = np.array(grid)
    grid[chance.randrange(grid.shape[0]), chance.randrange(grid.shape[1])] += chance.choice([1, -1, 10, 3])
    return grid


def _chains() -> list[str]:
    chance = random.Random(7)
    relus: list[Callable[[Any], Any]] = [lambda x: np.maximum(x, 0), np.abs, lambda x: x]
    found = []
    for number in range(120):
        conv = 2 * X + chance.choice([1, 1, 1, 0])
        conv = _slipped(chance, conv) if chance.random() < 0.4 else conv
        relu = chance.choice([relus[0], *relus])(conv)
        relu = _slipped(chance, relu) if chance.random() < 0.2 else relu
        pool = _pool(relu)
        pool = _slipped(chance, pool) if chance.random() < 0.2 else pool
        parts = [_text(conv), _text(relu), _text(pool)]
        if number % 17 == 5:
            parts[chance.randrange(3)] = ""
        if number % 19 == 7:
            parts[1] = parts[1].replace("\n", " ")  # all in one row: for a person to look at
        found.append("\n---\n".join(parts))
    return found


def _grids(right: Any, rounded: bool) -> list[str]:
    chance = random.Random(11)
    found = [_text(right), "_ _; _ _", "hello"]
    for _time in range(97):
        grid: Any = np.array(right, dtype=object)
        for place in np.ndindex(grid.shape):
            if chance.random() < 0.4:
                grid[place] = chance.choice(
                    [grid[place] + 1, "_", -grid[place], round(float(grid[place])) if rounded else 0]
                )
        found.append(_text(grid))
    return found


def _asked() -> list[str]:
    chance = random.Random(13)
    sizes = ["2 2", "2x2", "1 1", "3 3", "2 3", ""]
    padding = ["0 1 0 1", "1 0 1 0", "0 0 0 0", "1 1 1 1", "0 1 0 _"]
    outputs = ["4 5; 7 0", "4 5; 7 -2", "4", "4 3 5; 4 5 5; 7 0 0", "5 5; 7 0"]
    workings = ["max(4, 3, 2, 1) = 4", "max(1,2,3,4)", "4", "max(4, 3) = 4", ""]
    options = [sizes, padding, outputs, workings]
    return ["\n---\n".join(chance.choice(one) for one in options) for _time in range(100)]


def answers(name: str) -> list[str]:
    """A hundred answers or more to one of `LESSONS`, as text."""
    match name:
        case "chain":
            return _chains()
        case "single":
            return _grids([[4, 5], [7, 0]], rounded=False)
        case "rows":
            return _grids([[3.25, 5.25], [2, 2]], rounded=True)
    return _asked()


def taken(exercise: Exercise, answer: str) -> Any:
    """An answer as a host's variable holds it: a list of the parts, where there are several."""
    return answer.split("\n---\n") if exercise.in_parts else answer


def by_check(exercise: Exercise, answer: str) -> Marks:
    """What `check` gives, part by part; None for a part, or for all, where a person has to look."""
    verdict = exercise.check(answer)
    if not (verdict.usable or verdict.partly or verdict.blank):
        return None
    return [part.earned if part.verdict.usable or part.verdict.blank else None for part in verdict.parts]


def by_grade(lesson: str, every: list[str]) -> list[Marks]:
    """What is in the report of `grade`."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "l.yaml").write_text(lesson)
        lines = [json.dumps({"student": f"s{i:03}", "answer": answer}) for i, answer in enumerate(every)]
        (place / "a.jsonl").write_text("\n".join(lines))
        grade(place / "l.yaml", place / "a.jsonl", [place / "r.csv"])
        with (place / "r.csv").open(newline="") as stream:
            rows = list(csv.DictReader(stream))
    parts = [name for name in rows[0] if name.startswith("part.")] or ["score"]
    points = [[float(row[name]) if row[name] else None for name in parts] for row in rows]
    return [one if any(part is not None for part in one) else None for one in points]


def by_gradescope(lesson: str, every: list[str]) -> list[Marks]:
    """The scores of the tests in `results.json`."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "lesson.yaml"
        place.write_text(lesson)
        assignment = load_assignment(place)
        reports = [results(assignment, Submission("ana", "", answer, "answer.txt"))["tests"] for answer in every]
    unread = [all("could not be read" in test["output"] for test in tests) for tests in reports]
    return [None if odd else [test["score"] for test in tests] for tests, odd in zip(reports, unread)]


def by_otter(lesson: str, every: list[str]) -> list[Marks]:
    """The worth of the cases that pass, by part."""
    question = otter.Question(lesson)
    exercise, found = question.exercise, list[Marks]()
    cases = list(question.cases())
    for answer in every:
        earned = [0.0] * len(exercise.markers)
        readable = by_check(exercise, answer) is not None
        given = taken(exercise, answer)
        for case in cases:
            try:
                question.cells(given, case.part, case.cells, case.least, case.before)
            except AssertionError:
                continue
            earned[case.part] += case.worth
        found.append(earned if readable or any(earned) else None)
    return found


def by_nbgrader(lesson: str, every: list[str]) -> list[float]:
    """The float that a grade cell ends with."""
    exercise = read_exercise(lesson)
    return [nbgrader.check(taken(exercise, one), lesson, points=exercise.points, tell=False) for one in every]


def by_edx(lesson: str, every: list[str]) -> list[float]:
    """The mean over the inputs, as edX takes it, of the points."""
    exercise = read_exercise(lesson)
    replies = [edx.customresponse(taken(exercise, answer), lesson)["input_list"] for answer in every]
    return [exercise.points * float(np.mean([one["grade_decimal"] for one in inputs])) for inputs in replies]


def by_prairielearn(lesson: str, every: list[str]) -> list[float | None]:
    """The score, of the points; None where there is a format error, which costs no attempt."""
    exercise, found = read_exercise(lesson), list[float | None]()
    for answer in every:
        data: dict[str, Any] = {"submitted_answers": {"answer": answer}}
        prairielearn.grade(data, lesson)
        found.append(None if data.get("format_errors") else exercise.points * data["score"])
    return found


def alike(due: list[Marks], found: list[Any]) -> int:
    """How many answers a door marks as `check` does: by parts, or as a whole where it knows only that."""
    count = 0
    for mark, other in zip(due, found, strict=True):
        earned = [part or 0.0 for part in mark or ()]  # what is not read has earned nothing yet
        if mark is None:
            count += not other
        elif other is None:
            count += None in mark or not sum(earned)  # a person looks at it; a blank may be told as none
        elif isinstance(other, list):
            shares = [given for due, given in zip(mark, other) if due is not None or given is not None]
            due = [part for part, given in zip(mark, other) if part is not None or given is not None]
            count += None not in shares and bool(np.allclose([part or 0.0 for part in due], shares, atol=NEAR))
        else:
            count += abs(sum(earned) - other) <= NEAR
    return count


DOORS: dict[str, tuple[Callable[[str, list[str]], list[Any]], str]] = {
    "`grade`": (by_grade, "nothing"),
    "Gradescope": (
        by_gradescope,
        "that a person has yet to look: a part that could not be read earns no points, and says so",
    ),
    "otter-grader": (by_otter, "the same; and the points of a part are a case's, which is passed or not"),
    "nbgrader": (by_nbgrader, "the same; and the parts: there is one number for all of them"),
    "edX": (by_edx, "the same; and the points of parts: each input has the mark of the whole where they differ"),
    "PrairieLearn": (
        by_prairielearn,
        "the parts: there is one score for all of them, and none where one cannot be read, which costs no attempt",
    ),
}


def counted() -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """Each door, and for each lesson how many answers it marks as `check` does, and of how many."""
    every = {name: answers(name) for name in LESSONS}
    due = {name: [by_check(read_exercise(LESSONS[name]), one) for one in every[name]] for name in LESSONS}
    for door, (mark, _lacks) in DOORS.items():
        yield door, [(alike(due[name], mark(LESSONS[name], every[name])), len(every[name])) for name in LESSONS]


def document() -> str:
    """The page of the documentation."""
    lines = [
        "# One judge",
        "",
        "The same answers, through every door: how many get the marks that `stepwise check` gives, part by part where",
        "the host knows parts. The lessons are a chain in three parts of 10, 3 and 5 points (with slips, and mistakes",
        "carried forward), one grid of 10 points, one that is scored by rows, and one that asks for sizes, padding and",
        "a formula; among the answers are blank ones and some that cannot be read. `make judges` writes this page.",
        "",
        "| door | " + " | ".join(LESSONS) + " | what it cannot express |",
        "|:--|" + "--:|" * len(LESSONS) + ":--|",
    ]
    for door, counts in counted():
        cells = " | ".join(f"{same} of {total}" for same, total in counts)
        lines.append(f"| {door} | {cells} | {DOORS[door][1]} |")
    sentences = dict.fromkeys(sentence for lesson in LESSONS.values() for sentence in left_out([read_exercise(lesson)]))
    lines += [
        "",
        "**Moodle** marks a gap by itself, as its own question types do. So, of these lessons, the export says:",
        "",
    ]
    return "\n".join([*lines, *(f"- {sentence}." for sentence in sentences)]) + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(document())
