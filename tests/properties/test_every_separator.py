"""Decimal comma or point × what parts cells × what ends rows × sizes: read as a grid that it may be, or not marked.

What a text may say is worked out here by splitting it, with nothing of the package.
"""

from __future__ import annotations

import re
from itertools import product

from hypothesis import example, given
from hypothesis import strategies as st

import stepwise as sw

Grid = list[list[float]]
ROWS = (" / ", "/", ";", "; ", "\n", " /\n", "/\n", " | ")
CELLS = (" ", ", ", "; ", "\t", ",", "  ")


def is_way(point: str, cell: str, row: str) -> bool:
    return not (cell == "," == point) and (cell != "; " or row == "\n")


WAYS = [way for way in product(".,", CELLS, ROWS) if is_way(*way)]


def written(grid: Grid, way: tuple[str, str, str], places: int | None) -> str:
    point, cell, row = way
    words = [[f"{v:g}" if places is None else f"{v:.{places}f}" for v in line] for line in grid]
    return row.join(cell.join(word.replace(".", point) for word in line) for line in words)


def sayings(text: str) -> list[Grid]:
    """Every grid that a text is in one of the ways."""
    found: list[Grid] = []
    for point, cell, row in WAYS:
        if row == " | " and text.count("|") != 1:
            continue
        words = [line.split(cell) for line in text.split(row)]
        number = rf"-?\d+(?:[{point}]\d+)?"
        if len({len(line) for line in words}) == 1 and all(re.fullmatch(number, w) for line in words for w in line):
            grid = [[float(word.replace(",", ".")) for word in line] for line in words]
            if grid not in found:
                found.append(grid)
    return found


def arranged(numbers: list[float], width: int) -> Grid:
    return [numbers[i : i + width] for i in range(0, len(numbers), width)]


def marked(text: str, due: Grid) -> sw.Verdict:
    return sw.check(sw.trace("MaxPool2D(1)", due), text)


NUMBER = st.one_of(st.integers(-20, 20).map(float), st.integers(-200, 200).map(lambda n: n / 10))
GRIDS = st.tuples(st.integers(1, 4), st.integers(1, 3)).flatmap(
    lambda size: st.lists(NUMBER, min_size=size[0] * size[1], max_size=size[0] * size[1]).map(
        lambda numbers: arranged(numbers, size[1])
    )
)


@given(grid=GRIDS, way=st.sampled_from(WAYS), places=st.sampled_from([None, 1]))
@example(grid=[[-17.5], [20.0]], way=(",", " ", " / "), places=1)
@example(grid=[[-17.5], [20.0]], way=(",", " ", " / "), places=None)
@example(grid=[[-17.0, 5.0], [20.0, 0.0]], way=(".", ",", " / "), places=None)
@example(grid=[[-10.4, -10.8, -13.3], [10.8, 8.9, -8.8]], way=(",", ", ", "/"), places=1)
def test_what_may_be_the_grid_that_is_due_is_never_marked_wrong(
    grid: Grid, way: tuple[str, str, str], places: int | None
) -> None:
    if way[2] == " | " and len(grid) != 2:
        return
    text = written(grid, way, places)
    said = sayings(text)
    for one in said:
        verdict = marked(text, one)
        size = (len(one), len(one[0]))
        alike = [other for other in said if (len(other), len(other[0])) == size]
        assert verdict.correct or (verdict.answer.problem and len(alike) > 1), (text, one, verdict.answer.problem)
        numbers = [n for line in one for n in line]
        for width in (w for w in range(1, len(numbers) + 1) if len(numbers) % w == 0):
            other = marked(text, arranged(numbers, width))
            told = other.correct or other.answer.problem or other.diagnosis  # such as: rows and columns exchanged
            assert told, (text, width, other.score)
        last = [*numbers[:-1], numbers[-1] + 7]
        slipped = marked(text, arranged(last, size[1]))
        assert slipped.answer.problem or abs(slipped.score - 1 + 1 / len(last)) < 1e-9, (text, last, slipped.score)
