"""Answers whose verdicts together say every sentence of marking: see `sentence_requests.py`."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import stepwise as sw
from stepwise.lessons.verdict import tell_parts
from stepwise.marking import Marker, Marking, Part, PartsMarker, Tolerance
from stepwise.marking.answer_files import MOST_BYTES, answer_from_bytes
from stepwise.marking.answers import read_answer
from stepwise.traces.trace import chain
from tests.unit.lessons.sentence_marks import said

Told = Callable[[], str]
FOUR = [[4, 3], [2, 1]]
EIGHTEEN = np.arange(1, 17).reshape(4, 4)
X = np.array([[1, 2, 3, 4, 5], [2, 0, 1, 3, 1], [3, -4, 2, 2, 2], [1, 0, 5, -3, 3], [2, 2, 1, 4, 0]])
KERNEL = np.array([[1, -1], [2, 0]])


def _marked(call: Any, x: Any, answer: Any, reveal: Any = None, ask: Any = "output", **given: Any) -> Told:
    """What is said of an answer: in the verdict's text, and in its lesson."""

    def told() -> str:
        marking = Marking(**{name: given.pop(name) for name in ("tolerance", "score", "round_to") if name in given})
        points = given.pop("points", None)
        trace = sw.trace(call, x, **given)
        verdict = Marker(trace, marking, ask).check(answer)
        if points is None:
            return verdict.feedback(reveal or "working") + "\n" + said(verdict.lesson(reveal))
        return said(tell_parts(PartsMarker([Part(trace, points, whole=True)], marking).check([answer]), "nothing"))

    return told


def _parts(answers: Callable[[Any, Any, Any], Sequence[Any]], reveal: Any = "working", **given: Any) -> Told:
    """A convolution, a ReLU and a pooling, each a part, answered with what `answers` makes of the right outputs."""

    def told() -> str:
        last = sw.trace(["Conv2D(1, 2)", "ReLU()", "MaxPool2D(2)"], X, weights=[[KERNEL, [1]], None, None])
        layers = chain(last)
        verdict = PartsMarker([Part(layer, 2, **given) for layer in layers]).check(
            answers(*(layer.output for layer in layers))
        )
        return verdict.feedback(reveal) + "\n" + said(tell_parts(verdict, reveal))

    return told


def _file(name: str, data: bytes) -> Told:
    """Why nothing of a file could be read."""
    return lambda: answer_from_bytes(data, Path(name).suffix).problem


def _bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(65 * 2**20))
    return packed.getvalue()


def relu(x: Any) -> Any:
    return np.where(x > 0, x, 0)


def pool(x: Any) -> Any:
    return x.reshape(2, 2, 2, 2).max((1, 3))


LARGER = (np.lib.stride_tricks.sliding_window_view(np.pad(X, ((0, 1), (0, 1))), (2, 2)) * KERNEL).sum((2, 3)) + 1
WEIGHTS: dict[str, Any] = {"kernel": [[1, 2], [3, 4]], "bias": 7}
MEANS = {"call": "AveragePooling2D(2)", "x": [[1, 3, 2, 2], [5, 4, 4, 0]]}  # 3.25 2
MARKED: dict[str, Told] = {
    "answer right": _marked("MaxPool2D(2)", EIGHTEEN, "6 8; 14 16"),
    "answer one wrong": _marked("MaxPool2D(2)", EIGHTEEN, "6 8; 14 99"),
    "answer one wrong, of ten points": _marked("MaxPool2D(2)", EIGHTEEN, "6 8; 14 99", points=10),
    "answer one wrong, of one point": _marked("MaxPool2D(2)", EIGHTEEN, "6 8; 14 99", points=1),
    "answer wrong, nothing told": _marked("MaxPool2D(2)", EIGHTEEN, "6 8; 14 99", "nothing"),
    "answer wrong, cells told": _marked("MaxPool2D(2)", EIGHTEEN, "6 8; 14 99", "cells"),
    "answer wrong, diagnosis told": _marked("MaxPool2D(2)", EIGHTEEN, "1 3; 9 11", "diagnosis"),
    "answer of minima": _marked("MaxPool2D(2)", EIGHTEEN, "1 3; 9 11"),
    "answer of minima, one otherwise": _marked("MaxPool2D(2)", EIGHTEEN, "1 3; 9 99"),
    "answer right but blank": _marked("MaxPool2D(2)", EIGHTEEN, "6 8; 14 _"),
    "answer right but rounded": _marked(**MEANS, answer="3.3 2", tolerance=Tolerance("decdig", digits=2)),
    "answer rounded and blank": _marked(**MEANS, answer="3.3 _", tolerance=Tolerance("decdig", digits=2)),
    "answer unreadable in one": _marked("MaxPool2D(2)", EIGHTEEN, "6 8; 14 x"),
    "answer all blank": _marked("MaxPool2D(2)", EIGHTEEN, "_ _; _ _"),
    "answer of words": _marked("MaxPool2D(2)", EIGHTEEN, "x y; z w"),
    "answer empty": _marked("MaxPool2D(2)", EIGHTEEN, ""),
    "answer of another size": _marked("MaxPool2D(2)", EIGHTEEN, "1 2 3; 4 5 6; 7 8 9"),
    "answer of a size nothing gives": _marked("MaxPool2D(2)", EIGHTEEN, "1 2 3 4 5 6 7"),
    "answer with a word, another size": _marked("MaxPool2D(2)", EIGHTEEN, "1 2 x"),
    "answer in one line": _marked("MaxPool2D(2)", EIGHTEEN, "6 8 14 16"),
    "answer of lists of lists": _marked(
        "Conv2D(2, 1)", FOUR, [[["4", "3"], ["2", "1"]], [["8", "6"], ["4", "2"]]],
        kernel=[[[[1, 2]]]], bias=[0, 0],
    ),
    "answer of two readings": _marked("AveragePooling2D((1, 2))", [[4, 5], [6, 8]], "4,5; 6,7"),
    "answer all wrong": _marked("MaxPool2D(2)", np.arange(100).reshape(10, 10), np.full((5, 5), -3)),
    "answer sums not divided": _marked("AveragePooling2D(2)", EIGHTEEN, "14 22; 46 54"),
    "answer of two mistakes": _marked("Conv2D(1, 2)", EIGHTEEN, "25 29 33; 41 45 49; 57 61 65", **WEIGHTS),
    "answer of two layers": _marked(["MaxPool2D(2)", "MaxPool2D(2)"], np.arange(16.0).reshape(4, 4), "0"),
    "answer of a kernel turned or transposed": _marked("Conv2D(1, 2)", FOUR, "18", kernel=[[1, 2], [3, 1]]),
    "answer of two minima": _marked("MaxPool2D((1, 2))", [[1, 2], [4, 3]], "1; 3"),
    "answer as SAME has it": _marked("MaxPool2D(2, strides=1)", FOUR, "4 3; 2 1"),
    "answer whose numbers cannot tell": _marked("MaxPool2D(2, strides=1, padding='same')", FOUR, "4 3; 2 0"),
    "answer with a sign lost": _marked("ReLU()", [[1, -2], [3, 4], [5, 6]], "1 0; -3 4; 5 6"),
    "answer with digits swapped": _marked("MaxPool2D(2)", [[12, 1, 30, 0], [3, 4, 1, 6]], "21 30"),
    "answer with a term left out": _marked("Conv2D(1, 2)", EIGHTEEN, "51 62 71; 91 101 111; 131 141 151", **WEIGHTS),
    "answer with another number": _marked("MaxPool2D(2)", EIGHTEEN, "6 8; 14 15"),
    "answer of a neighbour": _marked("AveragePooling2D(2)", EIGHTEEN, "3.5 3.5; 11.5 13.5"),
    "answer of too many cells": _marked("ReLU()", np.ones((500, 500)), np.zeros((500, 500))),
    "padded twice": _marked("nn.Conv2d(1, 1, 3, padding=1, padding_mode='reflect')", np.eye(3), "1 1; 1 1"),
    "not padded": _marked("nn.Conv2d(1, 1, 2)", np.eye(3), "1 1 1; 1 1 1; 1 1 1"),
    "sizes right": _marked("MaxPool2D(2)", EIGHTEEN, "2 2", ask="sizes"),
    "sizes wrong": _marked("MaxPool2D(2)", EIGHTEEN, "3 3", ask="sizes"),
    "sizes wrong, nothing told": _marked("MaxPool2D(2)", EIGHTEEN, "3 3", "nothing", ask="sizes"),
    "padding wrong": _marked("MaxPool2D(2, strides=1, padding='same')", FOUR, "1 0 1 0", ask="padding"),
    "padding wrong, one otherwise": _marked(
        "MaxPool2D(2, strides=1, padding='same')", FOUR, "1 0 1 5", ask="padding"
    ),
    "sizes wrong along a line": _marked("MaxPooling1D(2)", np.arange(6.0), "5", ask="sizes"),
    "working right": _marked("MaxPool2D(2)", FOUR, "max(4, 3, 2, 1) = 4", ask="formula"),
    "working wrong": _marked("MaxPool2D(2)", FOUR, "max(4, 3, 2) = 4", ask="formula"),
    "working unreadable": _marked("MaxPool2D(2)", FOUR, "max(4, 3", ask="formula"),
    "working too long": _marked("MaxPool2D(2)", FOUR, "1 + " * 2000 + "1", ask="formula"),
    "parts right": _parts(lambda a, b, c: [a, b, c]),
    "parts carried": _parts(lambda a, b, c: [a - 1, relu(a - 1), pool(relu(a - 1))], penalty=0.25),
    "parts carried at no cost": _parts(lambda a, b, c: [a - 1, relu(a - 1), pool(relu(a - 1))], penalty=0),
    "parts carried, wrong again": _parts(lambda a, b, c: [a - 1, relu(a - 1), pool(relu(a - 1)) + np.diag([0, 40])]),
    "parts one missing": _parts(lambda a, b, c: [a, b]),
    "parts of another size": _parts(lambda a, b, c: [np.ones((6, 6)), np.ones((6, 6)), np.ones((3, 3))]),
    # what cannot be read
    "read ragged": _marked("MaxPool2D(2)", EIGHTEEN, "6 8; 14"),
    "read long": _marked("MaxPool2D(2)", EIGHTEEN, "1 " * 3_000_000),
    "read mapping": _marked("MaxPool2D(2)", EIGHTEEN, {"a": 1}),
    "read bytes": _marked("MaxPool2D(2)", EIGHTEEN, b"\xff"),
    "read truth": _marked("MaxPool2D(2)", EIGHTEEN, [[True, False], [True, False]]),
    "read bracket": _marked("MaxPool2D(2)", EIGHTEEN, "[[6, 8], [14, 16]"),
    "read bracket closed": _marked("MaxPool2D(2)", EIGHTEEN, "[[6, 8], [14, 16]]]"),
    "read outside brackets": _marked("MaxPool2D(2)", EIGHTEEN, "array([[6, 8], [14, 16]]) 3"),
    "read dots": _marked("MaxPool2D(2)", EIGHTEEN, "[[6 ... 8] [14 ... 16]]"),
    "read nested": _marked("MaxPool2D(2)", EIGHTEEN, "[" * 200 + "1" + "]" * 200),
    "read parted twice": _marked("MaxPool2D(2)", EIGHTEEN, "6, 8 9; 14 16"),
    "read complex": _marked("MaxPool2D(2)", EIGHTEEN, np.array([1j])),
    "read a number among rows": _marked("MaxPool2D(2)", EIGHTEEN, [[1, 2], 3]),
    "read cells": _marked("MaxPool2D(2)", EIGHTEEN, "1 " * 200_000),
    "read commas and spaces": _marked("MaxPool2D(2)", EIGHTEEN, "3,25 4,5; 1 2"),
    "read matrix of R": _marked("MaxPool2D(2)", EIGHTEEN, "matrix(c(1, 2, 3), nrow = 2, ncol = 2)"),
    "read columns of R": _marked("MaxPool2D(2)", EIGHTEEN, "data.frame(a = c(1, 2), b = c(3))"),
    "read JSON": _file("a.json", b'{"answer": [1, 2'),
    "read another key": _file("a.json", b'{"anwser": [1]}'),
    "read aliases": _file("a.yaml", b"a: &a [1, 1]\nanswer: [*a, *a]"),
    "read broken YAML": _file("a.yaml", b"answer: [1, 2"),
    "read long YAML": _file("a.yaml", b"- 1\n" * 9_000),
    "read no spreadsheet": _file("a.xlsx", b"4 3; 2 1"),
    "read bomb": lambda: answer_from_bytes(_bomb(), ".xlsx").problem,
    "read picture": _file("a.png", b"\x89PNG"),
    "read latin": _file("a.txt", "4,3 é".encode("latin-1")),
    "read no array": _file("a.npy", b""),
    "read large file": lambda: answer_from_bytes(bytes(MOST_BYTES + 1), ".txt").problem,
    "read commas and spaces, a point asked for": lambda: read_answer("3,25 4,5; 1 2", "point").problem,
    "read HTML without numbers": _file("a.txt", b"<table><tr><td>a</td></tr></table>"),
    "read long HTML": _file("a.txt", b"<table><tr><td>1</td></tr></table>" + b" " * 900_000),
    "read no array of numbers": _marked("MaxPool2D(2)", EIGHTEEN, np.ma.MaskedArray),
    "read columns of MATLAB": _marked("MaxPool2D(2)", EIGHTEEN, "Columns 1 through 2\n\n1 2\n3 4\n\nColumn 3\n\n5\n"),
    "sizes one wrong": _marked("MaxPool2D(2)", EIGHTEEN, "2 3", ask="sizes"),
    "size of a transposed convolution": _marked(
        "nn.ConvTranspose2d(1, 1, 2, stride=2, padding=1, bias=False)", FOUR, "1 1 1; 1 1 1; 1 1 1", kernel=FOUR
    ),
    "size that several mistakes give": _marked("MaxPool2D(2)", np.ones((5, 5)), np.full((3, 3), 7)),
    "answer of the cell beside": _marked("ReLU()", [[1, 2], [3, 4], [5, 6]], "1 1; 3 4; 5 6"),
    "answer of one layer of two": _marked(
        ["Conv2D(1, 1)", "Conv2D(1, 1)"], "1 2; 3 5", "12 22; 32 52",
        weights=[{"kernel": [[1]], "bias": [1]}, {"kernel": [[10]], "bias": [2]}],
    ),
    "parts of another size, followed": _parts(lambda a, b, c: [LARGER, relu(LARGER)]),
    "parts of another size, followed in part": _parts(lambda a, b, c: [LARGER, relu(LARGER) + np.eye(5)]),
}  # fmt: skip
