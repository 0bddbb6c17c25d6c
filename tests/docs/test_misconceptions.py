"""docs/misconceptions.md: its examples are the engine's, and its figures reach what was promised, measured again."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tools.misconceptions import (
    OPERATIONS,
    PAGE,
    any_slip,
    applying,
    measure,
    measure_slips,
    nonsense,
    slipped,
    table_of_codes,
)

NAMED = 97.0
WRONGLY = 0.5


@cache
def pairs() -> list[tuple[str, str]]:
    """Each operation with each misconception that changes an answer of it."""
    return [(name, code) for name in OPERATIONS for code in applying(name)]


def text() -> str:
    return Path(PAGE).read_text(encoding="utf-8")


def table(head: str) -> list[list[str]]:
    """The body of a table of the page, by the first words of its head."""
    lines = text().split(f"| {head} |", 1)[1].split("\n")[2:]
    rows = [line for line in lines[: lines.index("")] if line] if "" in lines else [line for line in lines if line]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def percent(cell: str) -> float:
    return float(cell.removesuffix(" %"))


def test_the_examples_are_what_the_engine_gives() -> None:
    assert table_of_codes() in text()


def test_every_misconception_was_measured_on_every_operation_that_it_changes() -> None:
    rows = table("operation | code")
    assert {(row[0], row[1].strip("`")) for row in rows} == set(pairs())
    assert all(int(row[2]) == 200 for row in rows)


def test_the_figures_reach_what_was_promised() -> None:
    for row in table("operation | code"):
        assert percent(row[3]) >= NAMED, row
    for row in table("operation | answers | slips named"):
        assert percent(row[2]) >= NAMED, row
        assert max(map(percent, row[3:6])) <= WRONGLY, row


@pytest.mark.parametrize("name", OPERATIONS)
def test_measured_again_on_fewer(name: str) -> None:
    missed: Counter[str] = Counter()
    for code in [code for other, code in pairs() if other == name]:
        count = measure(name, code, 4, seed=99)
        assert count.answers == 4
        missed[code] += count.answers - count.named
    assert not +missed
    for make in (slipped, any_slip, nonsense):
        count = measure_slips(name, 4, make, seed=99)
        assert count.other == 0
        assert make is not slipped or count.named == count.answers


def test_what_another_program_made_wrong_on_the_way_back_is_named() -> None:
    *rows, every = table("code | answers | named")
    assert len(rows) >= 10
    assert all(percent(row[2]) >= NAMED for row in (*rows, every))
    false, of = re.search(r"made, (\d+) of ([\d,]+) were given", text()).groups()  # type: ignore[union-attr]
    assert int(false) <= 0.002 * int(of.replace(",", ""))


def test_codes_are_written_as_codes() -> None:
    assert all(re.fullmatch(r"[a-z]+\.[a-z_]+", code) for _name, code in pairs())
