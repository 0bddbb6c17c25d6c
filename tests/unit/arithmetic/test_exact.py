"""Exact arithmetic: fractions through every layer, and what leaves the rationals as an expression with its decimal."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.arithmetic.decimals import near
from stepwise.errors import InputError, LimitError
from stepwise.lesson_files.reading import read_lesson

MEAN = "AveragePooling2D(2)"


def told(trace: sw.Trace) -> dict[str, str]:
    lesson = trace.lesson()
    return {"txt": lesson.text(), "md": lesson.markdown(), "html": lesson.html()}


@pytest.mark.parametrize(
    ("given", "due"),
    [
        ("13/4 0.1", [[Fraction(13, 4), Fraction(1, 10)]]),
        ([["13/4", "0.1"]], [[Fraction(13, 4), Fraction(1, 10)]]),
        ([[Fraction(13, 4), 0.1]], [[Fraction(13, 4), Fraction(1, 10)]]),
        ([[Decimal("3.25"), Decimal("0.1")]], [[Fraction(13, 4), Fraction(1, 10)]]),
        (np.array([[3.25, 0.1]]), [[Fraction(13, 4), Fraction(1, 10)]]),
        ("-1.5e-3 +7", [[Fraction(-3, 2000), Fraction(7)]]),
        (np.array([[0.1]], dtype=np.float32), [[Fraction(1, 10)]]),
    ],
)
def test_numbers_are_what_they_are_written_as(given: Any, due: list[list[Fraction]]) -> None:
    assert sw.trace("Identity()", given, arithmetic="exact").output.tolist() == due


def test_fractions_make_it_exact_by_themselves() -> None:
    assert sw.trace("Identity()", "1/3 2").output.tolist() == [[Fraction(1, 3), Fraction(2)]]
    assert sw.trace("Identity()", "1/2 2", arithmetic="float").output.tolist() == [[0.5, 2.0]]
    assert sw.trace("Identity()", "1 2").output.dtype == np.int64


def test_sums_that_floats_get_wrong() -> None:
    x = np.array([[0.1, 0.2], [0, 0]])
    kernel = np.ones((2, 2))
    assert sw.trace("Conv2D(1, 2)", x, kernel=kernel).output[0, 0] == 0.1 + 0.2 != 0.3
    exact = sw.trace("Conv2D(1, 2)", x, kernel=kernel, arithmetic="exact")
    assert exact.output[0, 0] == Fraction(3, 10)
    exact.verify()


def test_a_fraction_stands_beside_its_decimal_in_every_format() -> None:
    whole = told(sw.trace(MEAN, [[1, 1], [5, 6]], arithmetic="exact"))
    assert "(1 + 1 + 5 + 6) / 4 = 13/4 = 3.25" in whole["txt"]
    assert r"\frac{13}{4} = 3.25" in whole["md"]
    assert "<mo>=</mo><mn>3.25</mn>" in whole["html"]
    third = told(sw.trace("AveragePooling2D((1, 3))", [[0, 0, 1]], arithmetic="exact"))
    assert "= 1/3 ≈ 0.333" in third["txt"]
    assert r"\frac{1}{3} \approx 0.333" in third["md"]
    assert "<mo>≈</mo><mn>0.333</mn>" in third["html"]


@pytest.mark.parametrize(
    ("call", "given", "written", "value"),
    [
        ("Activation('sigmoid')", "2 0", "1 / (1 + exp(-2))", 1 / (1 + math.exp(-2))),
        ("Activation('tanh')", "1/2 0", "tanh(1/2)", math.tanh(0.5)),
        ("Softmax()", "0 1", "1 / (exp(1) + 1)", 1 / (1 + math.e)),
        ("nn.LPPool2d(2, (1, 2))", "1 3", "sqrt(10)", math.sqrt(10)),
    ],
)
def test_what_is_not_rational_is_an_expression_and_a_decimal(call: str, given: str, written: str, value: float) -> None:
    trace = sw.trace(call, given, arithmetic="exact")
    trace.verify()
    formula = str(trace.steps[0].formula)
    assert near(trace.output.flat[0]) == pytest.approx(value, rel=1e-15)
    assert f"≈ {value:.3f}" in formula
    assert written in formula.replace("√", "sqrt")
    page = told(trace)
    assert all(f"{value:.3f}" in text for text in page.values())


def test_roots_that_come_out_are_rational_again() -> None:
    assert sw.trace("nn.LPPool2d(2, (1, 2))", "3 4", arithmetic="exact").output.tolist() == [[Fraction(5)]]
    assert sw.trace("Activation('sigmoid')", "0", arithmetic="exact").output.tolist() == [[Fraction(1, 2)]]


def test_a_maximum_compares_roots() -> None:
    """√2 and √(41/16): neither is a rational, and the second is larger."""
    trace = sw.trace(["nn.LPPool2d(2, (1, 2))", "nn.MaxPool2d((1, 2))"], "1 1 1 5/4", arithmetic="exact")
    assert near(trace.output.flat[0]) == pytest.approx(math.sqrt(1 + 25 / 16))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_no_rational_is_is_refused(value: float) -> None:
    with pytest.raises(InputError, match=r"arithmetic='float'"):
        sw.trace("ReLU()", [[value, 1]], arithmetic="exact")


@pytest.mark.parametrize(
    ("call", "given", "message"),
    [
        ("LpPool(kernel_shape=[1, 2], p=100000)", [[2, 3]], "digits"),
        ("LpPool(kernel_shape=[1, 2], p=100000)", "a b", "power above 1,000"),
        (["Activation('sigmoid')"] * 30, [[1, 2]], "fewer layers"),
        (["Conv2D(1, 1, kernel_initializer='glorot_uniform')"] * 300, [[1, 2]], "arithmetic='float'"),
    ],
)
def test_what_grows_without_bound_is_refused(call: Any, given: Any, message: str) -> None:
    with pytest.raises(LimitError, match=message):
        sw.trace(call, given, arithmetic="exact" if isinstance(given, list) else None)


def test_a_long_number_is_shortened_and_still_saved(tmp_path: Path) -> None:
    trace = sw.trace("Identity()", "1e300 1/3", arithmetic="exact")
    assert "100000000…000000000" in trace.lesson().text()
    trace.save(tmp_path / "t.json")
    assert sw.load(tmp_path / "t.json").output.tolist() == [[Fraction(10) ** 300, Fraction(1, 3)]]


def test_an_unknown_arithmetic_is_refused() -> None:
    with pytest.raises(InputError, match="Did you mean exact"):
        sw.trace("ReLU()", [[1]], arithmetic="exakt")
    with pytest.raises(InputError, match="has letters"):
        sw.trace("ReLU()", "a 1", arithmetic="exact")


def test_a_lesson_file_may_ask_for_it() -> None:
    lesson = read_lesson(f"stepwise: 1\narithmetic: exact\ninput: [[1, 1], [5, 6]]\nlayers: [{MEAN}]").lesson()
    assert "13/4 = 3.25" in lesson.text()
    mixed = read_lesson(f"stepwise: 1\ninput: 13/4 0; 0 a\nassume: {{a: 0..9}}\nlayers: [{MEAN}]").lesson()
    assert "a stands for a number from 0 to 9" in " ".join(mixed.text().split())
