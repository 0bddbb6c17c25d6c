"""Formulas as they are printed, in text, LaTeX, MathML and speech, and what they are worth."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree

import pytest

from stepwise.formula import (
    Absolute,
    Ceiling,
    Difference,
    Equality,
    Floor,
    Formula,
    Function,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    equality,
    latex,
    mathml,
    speech,
    text,
    typst,
    value,
)
from stepwise.formula.mathml import BREAK

ONE, TWO, THREE, MINUS = Number(1), Number(2), Number(3), Number(-4)


@pytest.mark.parametrize(
    ("formula", "as_text", "as_latex", "spoken"),
    [
        (Sum((ONE, MINUS)), "1 + (-4)", r"1 + \left(-4\right)", "1 plus minus 4"),
        (Sum((MINUS, ONE)), "-4 + 1", "-4 + 1", "minus 4 plus 1"),
        (Sum((ONE, Difference(TWO, THREE))), "1 + (2 - 3)", r"1 + \left(2 - 3\right)",
         "1 plus open parenthesis 2 minus 3 close parenthesis"),
        (Difference(ONE, Sum((TWO, THREE))), "1 - (2 + 3)", r"1 - \left(2 + 3\right)",
         "1 minus open parenthesis 2 plus 3 close parenthesis"),
        (Product((TWO, MINUS)), "2·(-4)", r"2 \cdot \left(-4\right)", "2 times minus 4"),
        (Product((MINUS, TWO)), "(-4)·2", r"\left(-4\right) \cdot 2", "minus 4 times 2"),
        (Quotient(Sum((ONE, TWO)), THREE), "(1 + 2) / 3", r"\frac{1 + 2}{3}", "1 plus 2, all divided by 3"),
        (Quotient(ONE, Product((TWO, THREE))), "1 / (2·3)", r"\frac{1}{2 \cdot 3}",
         "1 divided by open parenthesis 2 times 3 close parenthesis"),
        (Quotient(Sum((ONE,)), TWO), "1 / 2", r"\frac{1}{2}", "1 divided by 2"),
        (Power(Power(TWO, THREE), TWO), "(2^3)^2", r"\left(2^{3}\right)^{2}",
         "open parenthesis 2 to the power 3 close parenthesis to the power 2"),
        (Product((TWO, Power(MINUS, TWO))), "2·(-4)^2", r"2 \cdot \left(-4\right)^{2}",
         "2 times open parenthesis minus 4 close parenthesis to the power 2"),
        (Power(Number(Fraction(1, 2)), TWO), "(1/2)^2", r"\left(\frac{1}{2}\right)^{2}", None),
        (Power(Number(1e-12), TWO), "(1e-12)^2", r"\left(1 \cdot 10^{-12}\right)^{2}", None),
        (Absolute(MINUS), "|-4|", r"\left|-4\right|", "the absolute value of minus 4"),
        (Floor(Quotient(ONE, TWO)), "⌊1 / 2⌋", r"\left\lfloor \frac{1}{2} \right\rfloor",
         "1 divided by 2, rounded down"),
        (Ceiling(Quotient(ONE, TWO)), "⌈1 / 2⌉", r"\left\lceil \frac{1}{2} \right\rceil",
         "1 divided by 2, rounded up"),
        (Function("max", (ONE, MINUS)), "max(1, -4)", r"\max(1, -4)", "the maximum of 1 and minus 4"),
        (Function("sqrt", (TWO,)), "sqrt(2)", r"\sqrt{2}", "the square root of 2"),
        (Number(math.inf), "∞", r"\infty", "infinity"),
        (Number(math.nan), "NaN", r"\mathrm{NaN}", "NaN"),
        (Number(2.5e-9), "2.5e-9", r"2.5 \cdot 10^{-9}", "2.5 times ten to the power minus 9"),
        (Number(Fraction(-1, 2)), "-1/2", r"-\frac{1}{2}", "minus 1 over 2"),
        (Symbol("n"), "n", "n", "n"),
        (Equality(ONE, ONE), "1 = 1", "1 = 1", "1 equals 1"),
        (Equality(ONE, ONE, exact=False), "1 ≈ 1", r"1 \approx 1", "1 is about 1"),
    ],
)  # fmt: skip
def test_how_it_is_printed(formula: Formula, as_text: str, as_latex: str, spoken: str | None) -> None:
    assert text(formula) == str(formula) == as_text
    assert latex(formula) == as_latex
    if spoken is not None:
        assert speech(formula) == spoken
    ElementTree.fromstring(mathml(formula))


def words(xml: str) -> str:
    return "".join(ElementTree.fromstring(xml).itertext())


def test_mathml_holds_the_same_signs() -> None:
    told = equality(Sum((Product((TWO, MINUS)), ONE)), Number(-7))
    assert words(mathml(told)) == "2·(−4)+1=−7"
    assert words(mathml(Quotient(Sum((ONE, TWO)), THREE))) in ("1+23", "(1+2)/3")
    assert words(mathml(Power(Power(TWO, THREE), TWO))) == "(23)2"


@pytest.mark.parametrize("count", [4, 5, 10])
def test_below_a_long_sum_no_bar_is_drawn_so_that_its_line_can_be_broken(count: int) -> None:
    share = equality(Quotient(ONE, Sum((TWO,) * count)), Number(0.5))
    broken = count > 4
    assert (mathml(share, tall=True).count("<math>") == 1 + count + 1) == broken  # what is divided, by what, the share
    assert (r"\frac" in latex(share), "frac" in typst(share), "mfrac" in mathml(share, tall=True)) == (not broken,) * 3
    if broken:
        assert words(mathml(share, tall=True)).replace(BREAK, "") == f"1/(2{'+2' * (count - 1)})≈0.5"
        assert latex(share) == text(share).replace("≈", r"\approx")


def test_a_wide_fraction_may_part_from_its_worth() -> None:
    for size, parts in ((10, 1), (10**15, 2)):
        mean = equality(Quotient(Sum((Number(size),) * 4), Number(4)), Number(size))
        assert len(re.findall("<math[ >]", mathml(mean, tall=True))) == parts
        assert mathml(mean, tall=True).count("<mfrac>") == 1
        ElementTree.fromstring(mathml(mean, tall=True))


def test_mathml_escapes_a_name() -> None:
    assert words(mathml(Symbol("<script>"))) == "<script>"
    assert "<script>" not in mathml(Symbol("<script>"))


@pytest.mark.parametrize(
    ("left", "right", "sign"),
    [
        (Sum((Number(0.1), Number(0.2))), 0.1 + 0.2, "="),
        (Quotient(ONE, THREE), 1 / 3, "≈"),
        (Quotient(ONE, Number(4)), 0.25, "="),
        (Sum((Number(1 / 3), Number(1 / 3))), 2 / 3, "≈"),
        (Function("max", (Number(1 / 3), ONE)), 1, "="),
        (Sum((Number(math.nan), ONE)), math.nan, "="),
        (Sum((Number(math.inf), ONE)), math.inf, "="),
        (Sum((Number(math.inf), Number(-math.inf))), math.nan, "="),
        (Product((Number(1e308), Number(1e308), Number(math.inf))), math.inf, "="),
        (Sum((Number(1e308), Number(1e308))), math.inf, "≈"),
        (Function("exp", (ONE,)), math.e, "≈"),
        (Function("exp", (Number(10**400),)), math.inf, "="),
        (Function("exp", (Number(0),)), 1, "="),
        (Function("exp", (Number(-math.inf),)), 0, "="),
        (Function("exp", (Number(-800),)), 0, "≈"),  # a float holds nothing so small
        (Function("tanh", (Number(-70),)), -1, "≈"),
        (Function("tanh", (Function("exp", (Number(800),)),)), 1, "≈"),  # a float makes infinity of what is in it
        (Function("erf", (Number(7),)), 1, "≈"),
        (Function("erf", (Number(0),)), 0, "="),
        (Function("ln", (Number(1),)), 0, "="),
        (Product((Number(0), Function("exp", (ONE,)))), 0, "="),
        (Function("ln", (Number(2.718281828459045),)), 1, "≈"),
        (Quotient(ONE, Sum((ONE, Function("exp", (Number(-50),))))), 1, "≈"),
    ],
)  # fmt: skip
def test_equals_only_where_it_is_true(left: Formula, right: Any, sign: str) -> None:
    assert f" {sign} " in str(equality(left, Number(right)))


@pytest.mark.parametrize(
    ("formula", "worth"),
    [
        (Quotient(ONE, Number(0)), math.inf),
        (Quotient(MINUS, Number(0)), -math.inf),
        (Power(Number(0), Number(-1)), math.inf),
        (Power(Number(10), Number(10**9)), math.inf),
        (Power(TWO, Number(0.5)), math.sqrt(2)),
        (Function("sqrt", (Number(4),)), 2.0),
        (Function("min", (ONE, MINUS)), -4),
        (Floor(Number(-2.5)), -3),
        (Ceiling(Number(-2.5)), -2),
        (Floor(Number(math.inf)), math.inf),
        (Absolute(MINUS), 4),
    ],
)
def test_what_it_is_worth(formula: Formula, worth: Any) -> None:
    assert value(formula) == worth


@pytest.mark.parametrize(
    "formula",
    [Quotient(Number(0), Number(0)), Power(MINUS, Number(0.5)), Function("sqrt", (MINUS,)),
     Function("max", (ONE, Number(math.nan))), Function("max", (Number(math.nan), ONE)),
     Product((Number(0), Number(math.inf)))],
)  # fmt: skip
def test_what_is_not_a_number(formula: Formula) -> None:
    assert math.isnan(value(formula))


def test_a_letter_has_no_value() -> None:
    with pytest.raises(ValueError, match="n has no value"):
        value(Sum((Symbol("n"), ONE)))


def pieces(formula: Equality) -> list[str]:
    """What a browser breaks no line within."""
    return words(mathml(formula, tall=True)).split(BREAK)


def test_a_line_may_end_in_every_long_side_of_an_equality() -> None:
    letters = [Symbol(name) for name in "abcdfg"]
    apart: Formula = letters[0]
    for letter in letters[1:]:
        apart = Difference(apart, letter)
    chain = Equality(Symbol("y"), Equality(Sum((Sum(tuple(letters[:3])), Sum(tuple(letters[3:])))), apart))
    assert pieces(chain) == ["y", "=(a", "+b", "+c)", "+(d", "+f", "+g)", "=a", "−b", "−c", "−d", "−f", "−g"]
    long = equality(Function("max", (Number(12.25), Number(-13.75), Number(14.5))), Number(14.5))
    assert pieces(long) == ["max(12.25,", "−13.75,", "14.5)", "=14.5"]
    assert len(pieces(equality(Function("max", (ONE, TWO, THREE)), THREE))) == 1
