"""What a kind of file is to the fuzzer: its name, how inputs of it come about, who reads it; and good lessons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis.strategies import SearchStrategy

from tests.fuzz.blows import View

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
OUT = "out"
"""The one folder, within the one that a file lies in, where anything may be written."""

Command = tuple[str, ...] | Callable[[Path], object]
"""Words for the command line, or a call; the file lies where they are run."""


@dataclass(frozen=True)
class Kind:
    """A kind of file: its name where it is read, and who reads it. Good ones are struck, or whole ones are drawn."""

    name: str
    file: str
    seeds: Sequence[bytes]
    views: Sequence[View]
    commands: Sequence[Command]
    beside: dict[str, bytes] = field(default_factory=dict, repr=False)  # what else must be there
    drawn: SearchStrategy[tuple[bytes, Command]] | None = field(
        default=None, repr=False
    )  # whole inputs, where nothing is struck


POOL = "stepwise: 1\ninput: 4 3 1; 2 1 7; 0 5 6\nlayers: [\"MaxPool2D(2, strides=1, padding='same')\"]\n"
PARTS = """\
stepwise: 1
input: 4 3 1; 2 1 7; 0 5 6
layers: ["Conv2D(1, 2)", keras.layers.ReLU(), MaxPool2D(2)]
weights: {0: {kernel: [[1, -1], [0, 1]], bias: [-1]}}
parts:
  - {layer: 0, points: 8}
  - {layer: 2, points: 4, penalty: 0.5, title: After pooling}
marking: {tolerance: decdig, digits: 2, score: rows, reveal: diagnosis}
"""
SHEET = """\
stepwise: 1
title: Max pooling
lead: Words of the author's own.
language: en
input: [[4, 3, 1], [2, 1, 7], [0, 5, 6]]
layers:
  - MaxPool2D(2, strides=1)
show: {steps: all, practice: true, matrix: false, alternatives: ["MaxPool2D(3)", "MaxPool2D(2)"]}
marking: {tolerance: relabs, rtol: 0.01, precision_credit: 0.5, score: cells, points: 4}
worksheet:
  blank: [output, sizes]
  instructions: Show your **working**.
  room: 4
  variants:
    input: {integers: {low: -9, high: 9}}
    demand: {no_ties: true, results: [-50, 50]}
    alike: {carries: [0, 6]}
"""
LETTERS = """\
stepwise: 1
input: a b; c 1/2
arithmetic: symbolic
assume: {a: positive, b: 0..9}
compare: [nn.MaxPool2d(2), "MaxPool2D(2)"]
weights: [null, null]
"""
WEIGHTED = """\
stepwise: 1
input: {{mnist: 0, divide: 255}}
layers: ["Conv2D(2, 3, strides=4)", Flatten(), Dense(2)]
weights: {{file: {}}}
"""
READING = "stepwise: 1\ninput: {{file: {}}}\nlayers: [MaxPool2D(1)]\n"
ANSWER = "4 3 7; 5 7 7; 5 6 6"
TABLE = f'student,answer\nana,{ANSWER}\nben,4 3 7; 5 7 7; 5 6 5\ncyd,\n"dan","4,3,7\n5,7,7"\n'.encode()


@dataclass(frozen=True)
class Input:
    """One struck or drawn file or request, and what reads it."""

    kind: str
    file: str
    data: bytes
    command: Command
