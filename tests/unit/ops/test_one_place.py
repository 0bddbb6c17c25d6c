"""An operation that says its rule once, and has a record of its words, works in every format, for every question."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import stepwise as sw
from stepwise.errors import InputError
from stepwise.formula import latex, speech, text, typst
from stepwise.layers.saved import from_data
from stepwise.render import encode
from stepwise.rules.expand import held
from stepwise.rules.tree import Tap, above
from tests.recalculated import GREEN, calculated, cells, formulas_of
from tests.toys import by_hand, registered

X = [[-2.0, 0.0, 1.0], [3.0, -0.5, 4.0]]
CALLS = ("Softsign()", "RootMeanSquare()")


@pytest.fixture(autouse=True)
def toys() -> Iterator[None]:
    with registered():
        yield


@pytest.mark.parametrize("call", CALLS)
def test_is_carried_out_replayed_and_saved(call: str) -> None:
    trace = sw.trace(call, X)
    assert np.allclose(trace.output, by_hand(call, X))
    trace.verify()
    again = from_data(json.loads(json.dumps(trace.to_data())))
    assert np.array_equal(again.output, trace.output)


WRITTEN = {
    "Softsign()": (
        "(-2) / (1 + |-2|)",
        r"\frac{-2}{1 + \left|-2\right|}",
        "frac(-2, 1 + abs(-2))",
        "minus 2 divided by open parenthesis 1 plus open parenthesis the absolute value of minus 2 close parenthesis "
        "close parenthesis",
    ),
    "RootMeanSquare()": (
        "sqrt(((-2)^2 + 0^2 + 3^2 + (-0.5)^2) / 4)",
        r"\sqrt{\frac{\left(-2\right)^{2} + 0^{2} + 3^{2} + \left(-0.5\right)^{2}}{4}}",
        "sqrt(frac((-2)^(2) + 0^(2) + 3^(2) + (-0.5)^(2), 4))",
        "the square root of open parenthesis open parenthesis minus 2 close parenthesis to the power 2 plus 0 to the "
        "power 2 plus 3 to the power 2 plus open parenthesis minus 0.5 close parenthesis to the power 2, all divided "
        "by 4, close parenthesis",
    ),
}


@pytest.mark.parametrize("call", CALLS)
def test_its_formula_is_written_in_every_notation(call: str) -> None:
    left = sw.trace(call, X).step((0, 0)).formula.left  # type: ignore[union-attr]
    assert (text(left), latex(left), typst(left)) == WRITTEN[call][:3]
    assert " ".join(speech(left).split()) == WRITTEN[call][3]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("format", ["html", "md", "tex", "typ", "txt"])
def test_its_lesson_is_written_in_every_format(call: str, format: str) -> None:
    lesson = sw.trace(call, X).lesson(detail="all")
    told = encode(lesson, format).decode()
    said = {"Softsign()": "A negative number stays negative", "RootMeanSquare()": "Divided by 4"}[call]
    assert said in told
    assert {"Softsign()": "Every result lies between", "RootMeanSquare()": "No result is negative"}[call] in told


@pytest.mark.parametrize("call", CALLS)
def test_a_spreadsheet_calculates_it(call: str, tmp_path: Path) -> None:
    data = sw.trace(call, X).lesson().save(file := tmp_path / "toy.xlsx").read_bytes()
    outputs, found = cells(data, GREEN), calculated(file)
    assert [found[cell] for cell in outputs] == pytest.approx([n for row in by_hand(call, X) for n in row])
    first = formulas_of(data)[outputs[0]]
    assert first == {"Softsign()": "=B7/(1+ABS(B7))", "RootMeanSquare()": "=SQRT((SUMPRODUCT((B7:C8)^2))/4)"}[call]


@pytest.mark.parametrize("call", CALLS)
def test_gradients_are_what_small_changes_show(call: str) -> None:
    """By the rule's own derivative: nothing else is said of it."""
    x, small = np.array([[-2.0, 0.3, 1.0], [3.0, -0.5, 4.0]]), 1e-6
    back = np.arange(1.0, 7.0).reshape(2, 3)
    gradient = sw.trace(call, x).backward(back)["input"]
    gradient.verify()
    for index in np.ndindex(x.shape):
        ends = []
        for sign in (1, -1):
            moved = x.copy()
            moved[index] += sign * small
            ends.append((np.array(by_hand(call, moved.tolist())) * back).sum())
        assert gradient.output[index] == pytest.approx((ends[0] - ends[1]) / (2 * small), rel=1e-6)


def test_why_goes_through_it() -> None:
    """A function of one number passes all of its result on to that number."""
    trace = sw.trace("Softsign()", sw.trace("AveragePooling2D(2)", [[1.0, 3.0], [5.0, -1.0]]))
    why = trace.why((0, 0))
    assert why.contributions.sum() == pytest.approx(2 / 3)
    assert why.rest == 0


def test_a_case_that_letters_decide_is_refused_in_one_sentence() -> None:
    step = sw.trace("ReLU()", "a b").step((0, 0))
    with pytest.raises(InputError, match="put numbers in for letters"):
        held(above(Tap(), 0), step)
