"""Any formula: its text, worked out by Python's own arithmetic of fractions, is what `value` says it is worth."""

from __future__ import annotations

import math
import re
import statistics
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree

from hypothesis import assume, given, settings
from hypothesis import strategies as st

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
    equality,
    latex,
    mathml,
    speech,
    text,
    value,
)

untimed = settings(deadline=None)  # a busy machine is no mistake

numbers = st.one_of(
    st.integers(-50, 50),
    st.integers(-4000, 4000).map(lambda n: n / 8),
    st.floats(-1e6, 1e6, allow_nan=False),
    st.fractions(-20, 20, max_denominator=30),
    st.floats(1e-12, 1e-3) | st.floats(1e16, 1e24),
).map(Number)


def branches(inner: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
    several = st.lists(inner, min_size=1, max_size=4).map(tuple)
    return st.one_of(
        several.map(Sum),
        several.map(Product),
        st.builds(Difference, inner, inner),
        st.builds(Quotient, inner, inner),
        st.builds(Function, st.sampled_from(["max", "min", "median"]), several),
        st.builds(Power, inner, st.integers(0, 3).map(Number)),
        st.builds(Absolute, inner),
        st.builds(Floor, inner),
        st.builds(Ceiling, inner),
    )


formulas = st.recursive(numbers, branches, max_leaves=12)


def in_python(written: str) -> str:
    """A formula's plain text as Python: the same signs, read with Python's own precedence."""
    words = {"·": "*", "^": "**", "⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")"}
    tokens = re.findall(r"\d+(?:\.\d+)?(?:e-?\d+)?|[a-z]+|\S", written)
    result: list[str] = []
    before = ""
    for token in tokens:
        if token == "|":
            opens = before in ("", "+", "-", "*", "/", "**", "(", ",", "abs(", "floor(", "ceil(")
            before = "abs(" if opens else ")"
        elif token[0].isdigit():
            before = token
            result.append(f"Fraction('{token}')")
            continue
        else:
            before = words.get(token, token)
        result.append(before)
    return " ".join(result)


def worked_out(written: str) -> Fraction:
    """The text's value by Python's arithmetic; `max`, `min` and `median` of one are that one."""
    known: dict[str, Any] = {
        "Fraction": Fraction,
        "max": lambda *numbers: max(numbers),
        "min": lambda *numbers: min(numbers),
        "median": lambda *numbers: statistics.median(numbers),
        "floor": lambda number: Fraction(math.floor(number)),
        "ceil": lambda number: Fraction(math.ceil(number)),
        "abs": abs,
    }
    return Fraction(eval(in_python(written), {"__builtins__": {}}, known))


@untimed
@given(formulas)
def test_the_text_is_worth_what_the_formula_is(formula: Formula) -> None:
    try:
        expected = worked_out(text(formula))
    except ZeroDivisionError:
        return
    assert value(formula) == expected


@untimed
@given(formulas)
def test_every_printer_prints_any_formula(formula: Formula) -> None:
    shown = mathml(formula)
    ElementTree.fromstring(shown)
    assert "<math" in shown
    assert speech(formula).strip()
    assert "  " not in text(formula)
    tex = latex(formula)
    assert balanced(tex.replace(r"\left", "").replace(r"\right", ""))
    assert re.search(r"\^\{[^{}]*\}\^", tex) is None  # LaTeX stops at a power of a power


def balanced(tex: str) -> bool:
    depth = 0
    for letter in tex:
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if depth < 0:
            return False
    return depth == 0


def leaves(formula: Any) -> list[Number]:
    if isinstance(formula, Number):
        return [formula]
    found: list[Number] = []
    for field in vars(formula).values():
        for part in field if isinstance(field, tuple) else (field,):
            if hasattr(part, "__dataclass_fields__"):
                found += leaves(part)
    return found


@untimed
@given(formulas)
def test_every_number_is_seen_and_heard_in_its_order(formula: Formula) -> None:
    digits = [number.digits.lstrip("-") for number in leaves(formula)]
    for printed in (text(formula), speech(formula).replace(" over ", "/").replace(" times ten to the power ", "e")):
        place = 0
        for number in digits:
            for part in number.replace("e-", "e").split("e"):
                place = printed.index(part, place) + len(part)


@untimed
@given(formulas, numbers)
def test_equals_is_written_only_where_it_is_true(left: Formula, right: Number) -> None:
    told = equality(left, right)
    try:
        same = worked_out(text(left)) == worked_out(right.digits)
    except ZeroDivisionError:
        return
    assert told.exact == same
    assert (" = " if same else " ≈ ") in text(told)
    assert str(told) == text(told)


@untimed
@given(st.lists(st.integers(-99, 99), min_size=1, max_size=6))
def test_a_mean_that_comes_out_even_is_an_equality(terms: list[int]) -> None:
    mean = Fraction(sum(terms), len(terms))
    assume((mean * 8).denominator == 1)
    told = equality(Quotient(Sum(tuple(map(Number, terms))), Number(len(terms))), Number(float(mean)))
    assert isinstance(told, Equality)
    assert told.exact
