"""Whatever a person would read as the grid is read as that grid: every way to write one, over every grid of numbers.

Ways that leave the shape open (a decimal comma between commas, rows that run on) are read with the size that is due, as
marking does.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import stepwise as sw
from stepwise.marking.answers import Answer
from stepwise.marking.marker import Marker

Grid = list[list[str]]
INTEGERS = st.integers(-120, 120).map(str)
DECIMALS = st.integers(-9999, 9999).flatmap(
    lambda n: st.sampled_from([f"{n / 10:.1f}", f"{n / 100:.2f}", f"{n / 1000:.3f}"])
)
FRACTIONS = st.builds(lambda a, b: f"{a}/{b}", st.integers(-30, 30), st.integers(1, 12))


def grids(words: st.SearchStrategy[str]) -> st.SearchStrategy[Grid]:
    """Grids of two rows and two columns at the least; of lines, `TestLines` tells."""
    shape = st.tuples(st.integers(2, 4), st.integers(2, 4))
    return shape.flatmap(
        lambda n: st.lists(st.lists(words, min_size=n[1], max_size=n[1]), min_size=n[0], max_size=n[0])
    )


def values(grid: Grid) -> list[float]:
    return [float(Fraction(word.replace(",", "."))) for row in grid for word in row]


def joined(row: str, rows: str) -> Callable[[Grid], str]:
    return lambda grid: rows.join(row.join(line) for line in grid)


def numpy_print(grid: Grid) -> str:
    return str(np.array([[float(word) for word in row] for row in grid]))


def markdown(grid: Grid) -> str:
    head = "| | " + " | ".join(f"column {i}" for i in range(len(grid[0]))) + " |"
    rows = [f"| row {i} | " + " | ".join(row) + " |" for i, row in enumerate(grid)]
    return "\n".join([head, "|---" * (len(grid[0]) + 1) + "|", *rows])


def org(grid: Grid) -> str:
    rows = ["| " + " | ".join(row) + " |" for row in grid]
    return "\n".join([rows[0], "|" + "+".join(["---"] * len(grid[0])) + "|", *rows[1:]])


def latex(kind: str) -> Callable[[Grid], str]:
    columns = "{" + "c" * 4 + "}" if kind == "array" else ""
    return lambda grid: (
        f"\\begin{{{kind}}}{columns} "
        + r" \\ ".join(" & ".join(map(in_latex, row)) for row in grid)
        + f" \\end{{{kind}}}"
    )


def in_latex(word: str) -> str:
    top, slash, below = word.partition("/")
    return (("-" if top[0] == "-" else "") + rf"\frac{{{top.lstrip('-')}}}{{{below}}}") if slash else word


def html(grid: Grid) -> str:
    head = "<tr><th></th>" + "".join(f"<th>{i}</th>" for i in range(len(grid[0]))) + "</tr>"
    rows = [f"<tr><th>{i}</th>" + "".join(f"<td>{word}</td>" for word in row) + "</tr>" for i, row in enumerate(grid)]
    return f"<table>{head}{''.join(rows)}</table>"


def matlab_print(grid: Grid) -> str:
    return "ans =\n\n" + "\n".join("".join(word.rjust(10) for word in row) for row in grid) + "\n"


def r_call(grid: Grid) -> str:
    return f"matrix(c({', '.join(word for row in grid for word in row)}), nrow={len(grid)}, byrow=TRUE)"


def r_by_columns(grid: Grid) -> str:
    return f"matrix(c({', '.join(word for column in zip(*grid) for word in column)}), nrow = {len(grid)})"


def r_print(grid: Grid) -> str:
    head = "     " + "".join(f"[,{i + 1}]".rjust(9) for i in range(len(grid[0])))
    return "\n".join([head, *(f"[{i},]" + "".join(w.rjust(9) for w in row) for i, row in enumerate(grid, 1))])


def julia_print(grid: Grid) -> str:
    return f"{len(grid)}×{len(grid[0])} Matrix{{Float64}}:\n" + "\n".join(" " + "  ".join(row) for row in grid)


def lists(grid: Grid) -> str:
    return "[" + ", ".join("[" + ", ".join(row) + "]" for row in grid) + "]"


def over_lines(grid: Grid) -> str:
    return "[" + ",\n          ".join("[" + ", ".join(row) + "]" for row in grid) + "]"


def chained(grid: Grid) -> str:
    return "; ".join(", ".join(f"{word} + 0 = {word}" for word in row) for row in grid)


NUMBERS: dict[str, Callable[[Grid], str]] = {
    "spaces and semicolons": joined(" ", "; "),
    "lines": joined(" ", "\n"),
    "commas": joined(", ", "\n"),
    "commas and semicolons": joined(",", ";"),
    "tabs": joined("\t", "\n"),
    "semicolons and lines": joined(";", "\n"),
    "slashes": joined(" ", " / "),
    "in round brackets": lambda grid: f"({joined(' ', '; ')(grid)})",
    "in quotes": lambda grid: f'"{joined(" ", "; ")(grid)}"',
    "with words": lambda grid: f"My answer is: {joined(' ', '; ')(grid)}",
    "words on a line": lambda grid: f"The output is this\n\n{joined(' ', chr(10))(grid)}\n\nI hope so.",
    "named": lambda grid: f"Y = {lists(grid)}",
    "answer:": lambda grid: f"answer: {joined(' ', '; ')(grid)}",
    "rows with names": lambda grid: "\n".join(f"row {i}: {' '.join(row)}" for i, row in enumerate(grid)),
    "fenced": lambda grid: f"```text\n{joined(' ', chr(10))(grid)}\n```",
    "JSON": lists,
    "braces": lambda grid: lists(grid).replace("[", "{").replace("]", "}"),
    "a list a line": lambda grid: "\n".join("[" + ", ".join(row) + "]" for row in grid),
    "np.array": lambda grid: f"np.array({over_lines(grid)}, dtype=np.float32)",
    "array": lambda grid: f"array({over_lines(grid)})",
    "tensor": lambda grid: f"tensor({over_lines(grid)}, grad_fn=<MaxPool2DWithIndicesBackward0>)",
    "tensor on a device": lambda grid: f"tensor({over_lines(grid)}, device='cuda:0', dtype=torch.float64)",
    "TensorFlow": lambda grid: (
        f"<tf.Tensor: shape=({len(grid)}, {len(grid[0])}), dtype=float32, numpy=\n"
        f"array({over_lines(grid)}, dtype=float32)>"
    ),
    "a session": lambda grid: f">>> y\narray({over_lines(grid)})",
    "MATLAB": lambda grid: f"A = [{joined(' ', '; ')(grid)}];",
    "MATLAB prints": matlab_print,
    "Julia prints": julia_print,
    "R": r_call,
    "R by columns": r_by_columns,
    "R prints": r_print,
    "Markdown": markdown,
    "org": org,
    "HTML": html,
    "chains": chained,
    "headed": lambda grid: f"Exercise 3\n\n{joined(' ', chr(10))(grid)}",
    "with its size": lambda grid: f"Output ({len(grid)}×{len(grid[0])}):\n{joined(' ', chr(10))(grid)}",
    "a numbered list": lambda grid: "\n".join(f"{i}) {' '.join(row)}" for i, row in enumerate(grid, 1)),
    "rows in words": lambda grid: "\n".join(
        f"{which} row: {' '.join(row)}" for which, row in zip(("First", "Second", "Third", "Fourth"), grid)
    ),
    "quoted in a mail": lambda grid: "\n".join("> " + " ".join(row) for row in grid),
    "cells in quotes": lambda grid: "\n".join("\t".join(f'"{word}"' for word in row) for row in grid),
    "paragraphs": lambda grid: "".join(f"<p>{' '.join(row)}</p>" for row in grid),
    "lists side by side": lambda grid: "".join(f"[{' '.join(row)}]" for row in grid),
    "a batch of one": lambda grid: f"tensor([[{lists(grid)}]])",
    "C": lambda grid: f"double y[{len(grid)}][{len(grid[0])}] = {lists(grid).replace('[', '{').replace(']', '}')};",
    "drawn": lambda grid: "\n".join("│ " + " │ ".join(row) + " │" for row in grid),
    "boxed": lambda grid: rf"\boxed{{{latex('pmatrix')(grid)}}}",
    **{kind: latex(kind) for kind in ("matrix", "pmatrix", "bmatrix", "array")},
}
NOT_OF_FRACTIONS = {"slashes", "MATLAB prints", "Julia prints", "chains"}


def read_as_due(text: str, grid: Grid, **options: Any) -> Answer:
    """The answer as it is read where a grid of this size was due."""
    trace = sw.trace("MaxPool2D(1)", np.zeros((len(grid), len(grid[0]))))
    return Marker(trace).check(text).answer


def check(way: str, text: str, grid: Grid) -> None:
    answer = read_as_due(text, grid)
    assert not answer.problem, (way, text, answer.problem)
    assert answer.shape == (len(grid), len(grid[0])), (way, text, answer)
    assert [float(n) for n in answer.numbers] == values(grid), (way, text, answer)


@pytest.mark.parametrize("way", NUMBERS)
@given(grid=st.one_of(grids(INTEGERS), grids(DECIMALS), grids(FRACTIONS)))
def test_every_way_reads_back(way: str, grid: Grid) -> None:
    fractions = any("/" in word for row in grid for word in row)
    if fractions and way in NOT_OF_FRACTIONS:
        return
    check(way, NUMBERS[way](grid), grid)


@given(grid=grids(DECIMALS))
def test_numpy_prints_read_back(grid: Grid) -> None:
    check("NumPy prints", numpy_print(grid), grid)


COMMAS: dict[str, Callable[[Grid], str]] = {
    "spaces": joined(" ", "\n"),
    "spaces and semicolons": joined(" ", "; "),
    "European table": joined(";", "\n"),
    "tabs": joined("\t", "\n"),
    "Markdown": markdown,
    "HTML": html,
    "pmatrix": latex("pmatrix"),
}


@pytest.mark.parametrize("way", COMMAS)
@given(grid=grids(DECIMALS))
def test_a_decimal_comma_is_told_by_the_whole_answer(way: str, grid: Grid) -> None:
    european = [[word.replace(".", ",") for word in row] for row in grid]
    check(way, COMMAS[way](european), european)


@given(
    grid=st.one_of(grids(INTEGERS), grids(DECIMALS)), way=st.sampled_from(sorted(NUMBERS)), seed=st.integers(0, 10**6)
)
def test_a_mutation_never_gives_another_grid(grid: Grid, way: str, seed: int) -> None:
    """White space, quotes, signs and ends are changed; the grid is the same, or it is not read at all."""
    chance = random.Random(seed)
    text = NUMBERS[way](grid)
    changes: list[Callable[[str], str]] = [
        lambda t: t.replace("\n", "\r\n"),
        lambda t: t.replace("\n", "\n\n") if way in ("lines", "commas", "words on a line") else t,
        lambda t: t.replace("-", "\u2212"),
        lambda t: t.replace(" ", "\u00a0"),
        lambda t: t.replace(" ", "  "),
        lambda t: f"\ufeff  {t}\n\n",
        lambda t: f"“{t}”",
        lambda t: f"$${t}$$",
        lambda t: f"Answer: {t}",
        lambda t: f"The grid is:\n{t}\n",
        lambda t: t + ";",
        lambda t: t.replace("; ", ";\n"),
        lambda t: t.replace(",", ", "),
        lambda t: t[:-1],
        lambda t: t[1:],
        lambda t: t.replace("]", "", 1),
        lambda t: t.replace(" ", "", 1),
        lambda t: t.replace(";", "", 1),
        lambda t: t.replace("\n", " ", 1),
        lambda t: t.replace(",", "", 1),
    ]
    for change in chance.sample(changes, chance.randint(1, 2)):
        text = change(text)
    words = text.replace("\u2212", "-")
    answer = read_as_due(text, grid)
    if answer.problem or answer.shape != (len(grid), len(grid[0])) or not answer.filled.all():
        return  # unreadable, of another size, or with cells that could not be read: a person looks at it
    found = [float(n) for n in answer.numbers]
    if found != values(grid):  # only where a number itself was cut or glued
        kept = sum(a == b for a, b in zip(found, values(grid)))
        assert kept >= len(found) - 2, (way, words, answer.numbers)


SIGNS = " ,;\n\t|/&.:-=()[]{}'\"\\_#*>~"


@given(
    grid=st.one_of(grids(INTEGERS), grids(DECIMALS), grids(FRACTIONS)),
    way=st.sampled_from(sorted(NUMBERS)),
    seed=st.integers(0, 10**6),
)
def test_a_sign_struck_out_or_exchanged_never_gives_another_grid(grid: Grid, way: str, seed: int) -> None:
    """Whatever happens to one sign between the numbers, all but the numbers beside it are read as they were."""
    chance = random.Random(seed)
    text = NUMBERS[way](grid)
    place = chance.choice([i for i, sign in enumerate(text) if not sign.isalnum()])
    sign = chance.choice(["", text[place] * 2, chance.choice(SIGNS), chance.choice(SIGNS) + text[place]])
    struck = text[:place] + sign + text[place + 1 :]
    answer = read_as_due(struck, grid)
    if answer.problem or answer.shape != (len(grid), len(grid[0])):
        return
    found = [None if n is None else float(n) for n in answer.numbers]
    others = [(n, due) for n, due in zip(found, values(grid)) if n is not None and n != due]
    assert len(others) <= 2, (way, struck, found)
