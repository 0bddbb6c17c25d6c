"""The cases worked by hand in `tests/cases/*.md`: carried out, compared, verified, and every step worked out again."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

import stepwise as sw
from stepwise.io.inputs import as_array

FOLDER = Path(__file__).parents[1] / "cases"
KEYS = ("call", "input", "kernel", "bias", "expected")


class Case(NamedTuple):
    """One heading of a file with its block."""

    title: str
    fields: dict[str, str]


def cases(path: Path) -> list[Case]:
    """Every case in a file; whatever is written besides headings and blocks is for the reader."""
    found = []
    for part in re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        title, rest = part.split("\n", 1)
        blocks = re.findall(r"^```\n(.*?)^```$", rest, flags=re.MULTILINE | re.DOTALL)
        assert len(blocks) == 1, f"{path.name}, {title!r}: there must be one block between lines of ```"
        fields: dict[str, str] = {}
        for line in blocks[0].splitlines():
            key, colon, value = line.partition(":")
            if colon and key in KEYS:
                fields[key] = value.strip()
            elif fields and line.startswith(" "):  # a further row of numbers
                fields[list(fields)[-1]] += "\n" + line.strip()
            else:
                pytest.fail(f"{path.name}, {title!r}: {line!r} begins with none of {', '.join(KEYS)}")
        assert {"call", "input", "expected"} <= set(fields), f"{path.name}, {title!r}: call, input and expected are due"
        found.append(Case(title.strip(), fields))
    return found


ALL = [
    pytest.param(case, id=f"{path.stem}: {case.title}")
    for path in sorted(FOLDER.glob("*.md"))
    if path.name != "README.md"
    for case in cases(path)
]


def worked_out(written: str) -> Fraction:
    """One side of a formula, by Python's fractions."""
    exact = re.sub(r"\d+(\.\d+)?(e-?\d+)?", lambda found: f"F('{found[0]}')", written.replace("·", "*"))
    return Fraction(eval(exact, {"F": Fraction, "max": lambda *all: max(all), "__builtins__": {}}))


@pytest.mark.parametrize("case", ALL)
def test_case(case: Case) -> None:
    fields = case.fields
    trace = sw.trace(fields["call"], fields["input"], kernel=fields.get("kernel"), bias=fields.get("bias"))
    expected = as_array(fields["expected"])
    assert trace.output.shape == expected.shape
    np.testing.assert_allclose(trace.output.astype(float), expected.astype(float), rtol=1e-12, atol=1e-12)
    trace.verify()
    for step in trace.steps:
        left, sign, right = re.split(r" (=|≈) ", str(step.formula))
        due = Fraction(float(expected[step.index])).limit_denominator(10**6)
        assert worked_out(left) == due
        assert abs(worked_out(right) - due) <= (0 if sign == "=" else Fraction(1, 1000))


def test_there_are_many() -> None:
    assert len(ALL) >= 50
    assert len({parameter.id for parameter in ALL}) == len(ALL), "two cases have one title"


def test_the_example_in_the_readme_is_a_case(tmp_path: Path) -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    example = "\n".join(line[4:] for line in text.splitlines() if line.startswith("    "))
    (tmp_path / "example.md").write_text(example, encoding="utf-8")
    [case] = cases(tmp_path / "example.md")
    test_case(case)
