"""What is said of a formula is understood: heard again by a parser of its own, it is worth what the formula is."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import stepwise as sw
from stepwise.formula import (
    Difference,
    Equality,
    Formula,
    Function,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    speech,
    text,
    value,
)
from stepwise.traces.trace import Trace, chain
from tests.properties.test_every_formula import formulas, numbers, worked_out
from tests.spoken import Misheard, heard
from tests.unit.ops.test_every_operation import MADE

untimed = settings(deadline=None)  # a busy machine is no mistake


def same(a: Any, b: Any) -> bool:
    """Equal; of numbers that came through a root or a power of e, to rounding."""
    if isinstance(a, float) or isinstance(b, float):
        a, b = float(a), float(b)
        return a == b or (a != a and b != b) or math.isclose(a, b, rel_tol=1e-9)
    return bool(a == b)


@untimed
@given(formulas)
def test_it_is_worth_what_is_written(formula: Formula) -> None:
    try:
        due = worked_out(text(formula))
    except ZeroDivisionError:
        return
    assert heard(speech(formula)) == [due], speech(formula)


@untimed
@given(formulas.map(Negative), numbers, numbers, st.booleans(), st.booleans())
def test_chains_of_equalities_are_heard_side_by_side(
    left: Formula, middle: Formula, right: Formula, first: bool, second: bool
) -> None:
    try:
        due = [-worked_out(text(left.inner)), *(worked_out(text(side)) for side in (middle, right))]  # type: ignore[union-attr]
    except ZeroDivisionError:
        return
    said = speech(Equality(left, Equality(middle, right, second), first))
    assert heard(said) == due, said
    assert (said.count(" equals "), said.count(" is about ")) == (first + second, 2 - first - second)


@untimed
@given(st.lists(numbers, min_size=1, max_size=6), st.sampled_from(["exp", "ln", "tanh", "erf", "sqrt"]), formulas)
def test_functions_end_where_they_do(listed: list[Formula], name: str, other: Formula) -> None:
    """A function beside something else: nothing of the one is taken for the other's."""
    of_many = [Function(many, tuple(listed)) for many in ("max", "min", "median")]
    for function in (*of_many, Function(name, (other,)), Function(name, (listed[0],))):
        for made in (
            Sum((function, other)),
            Sum((other, function)),
            Product((function, other)),
            Product((other, function)),
            Difference(other, function),
            Quotient(function, other),
            Quotient(other, function),
            Power(function, Number(2)),
            Function("min", (function, other)),
            Function("median", (other, function, Number(1))),
        ):
            try:
                due, found = value(made), heard(speech(made))
            except (ZeroDivisionError, ValueError, OverflowError):
                continue  # no such root, or larger than any float
            assert same(found[0], due) or math.isnan(due) or math.isinf(due), speech(made)


def sides(formula: Formula) -> Iterator[Formula]:
    if isinstance(formula, Equality):
        yield formula.left
        yield from sides(formula.right)
    else:
        yield formula


def told(trace: Trace) -> None:
    for layer in chain(trace):
        for step in layer.steps:
            said = speech(step.formula)
            found = heard(said)
            due = [value(side) for side in sides(step.formula)]
            assert len(found) == len(due), said
            assert all(map(same, found, due)), f"{step.formula}: {said}"


@pytest.mark.parametrize("n", [1, 2])
def test_every_step_of_every_operation(n: int) -> None:
    for make, dimensions in MADE:
        if dimensions == n:
            told(make(n))


HARD = (
    "AveragePooling2D(2, strides=1, padding='same')",
    "nn.LPPool2d(2, 2)",
    "nn.LPPool2d(1, 2, ceil_mode=True)",
    "Softmax()",
    "keras.layers.ReLU(max_value=2, negative_slope=0.1, threshold=1)",
    "nn.ReLU6()",
    "MaxPool2D(2, strides=1)",
    "BatchNormalization()",
    "nn.Sigmoid()",
    "nn.MedianPool2d(2, 1)",
    "nn.MinPool2d(2, 1, 1)",
    "nn.GELU()",
    "nn.GELU('tanh')",
    "nn.SELU()",
    "nn.Softplus(2, 3)",
    "nn.Mish()",
    "nn.Hardswish()",
    "nn.Softsign()",
    "nn.LogSigmoid()",
    "nn.LogSoftmax(dim=0)",
    "LayerNormalization()",
    "UpSampling2D(2, interpolation='bilinear')",
)


@pytest.mark.parametrize("call", HARD)
@pytest.mark.parametrize("kind", ["tiny", "odd", "exact"])
def test_every_step_of_numbers_that_are_hard_to_say(call: str, kind: str) -> None:
    drawn = np.random.default_rng(len(call)).normal(size=(3, 3))
    if kind == "exact":
        if "Pool" in call or "ReLU" in call:
            told(sw.trace(call, (drawn * 8).astype(int) * 3 - 1, arithmetic="exact"))
        return
    drawn *= 1e-7 if kind == "tiny" else 1
    if kind == "odd":
        drawn[0, 0], drawn[1, 2], drawn[2, 0] = math.inf, -math.inf, math.nan
    told(sw.trace(call, drawn))


@pytest.mark.parametrize(
    "said", ["1 plus", "1 plus 2 is 3", "open parenthesis 1 plus 2", "1 plus 2 close parenthesis", "the maximum of"]
)
def test_the_listener_understands_no_nonsense(said: str) -> None:
    with pytest.raises((Misheard, IndexError)):
        heard(said)


def test_the_listener_hears_where_groups_end() -> None:
    """By hand, so that the listener is no mirror of the speaker."""
    assert heard("open parenthesis 2 minus 1 close parenthesis times 1 plus 2 minus 2") == [1]
    assert heard("2 minus 1 times 1 plus 2 minus 2") == [1]
    assert heard("2 minus 1 times 3 plus 2") == [1]
    assert heard("open parenthesis 2 minus 1 close parenthesis times 3 plus 2") == [5]
    assert heard("1 plus 2, all divided by 4, plus 3 is about 3.75 equals 15 over 4") == [3.75, 3.75, 3.75]
    assert heard("7 divided by 2, rounded down, plus 1 times 2") == [5]
    assert heard("the median of 5, minus 1 and 2") == [2]
    assert heard("the median of 5, minus 1, 2 and 3 equals 5 over 2") == [Fraction(5, 2)] * 2
    assert heard("minus 2 to the power 2") == [-4]
    assert heard("2 times ten to the power minus 1 plus the maximum of 1, 3 and minus 2") == [Fraction(16, 5)]
