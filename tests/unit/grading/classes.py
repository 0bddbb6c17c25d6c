"""A lesson, and a class that hands something in: what several tests mark."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

LESSON = """\
stepwise: 1
title: Max pooling, SAME
input: "-4 -3 -1; -2 -1 -7; -9 -5 -6"
layers:
  - MaxPool2D(2, strides=1, padding="same")
"""
DUE = [[-1, -1, -1], [-1, -1, -6], [-5, -5, -6]]  # the largest number under each window, by hand
RIGHT = "-1 -1 -1; -1 -1 -6; -5 -5 -6"
ZERO = "-1 -1 0; -1 -1 0; 0 0 0"  # as if the padding were 0: it wins wherever it lies
VALID = "-1 -1; -1 -1"  # as if there were no padding
ANSWERS = {
    "ana": RIGHT,
    "ben": ZERO,
    "cyd": VALID,
    "dan": "",
    "eve": "I do not know",
    "fay": "-1 -1 -1; -1 -1 _; -5 -5 -6",
    "gus": "-1 -1 -1; -1 -1 -6; -5 -5 -8",
}


def write_lesson(folder: Path, text: str = LESSON) -> Path:
    path = folder / "lesson.yaml"
    path.write_text(text)
    return path


def write_table(folder: Path, rows: Iterable[tuple[str, ...]], name: str = "answers.csv") -> Path:
    path = folder / name
    rows = list(rows)
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["student", "answer", "variant"][: max(map(len, rows), default=2)])
        writer.writerows(rows)
    return path


def a_class(count: int) -> list[tuple[str, str]]:
    """So many students, who give the answers above in turn."""
    given = list(ANSWERS.values())
    return [(f"s{number}", given[number % len(given)]) for number in range(count)]


def write_manifest(folder: Path, variants: dict[str, str], lesson: str = LESSON) -> Path:
    """A folder with a manifest: each variant's own input as text."""
    folder.mkdir(exist_ok=True)
    write_lesson(folder, lesson)
    listed = [{"id": id, "seed": 7, "input": own, "files": [f"{id}.html"]} for id, own in variants.items()]
    (folder / "manifest.json").write_text(json.dumps({"stepwise": 1, "lesson": "lesson.yaml", "variants": listed}))
    return folder


def rows(report: Path) -> list[dict[str, Any]]:
    with report.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))
