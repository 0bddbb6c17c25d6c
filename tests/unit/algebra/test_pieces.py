"""Maxima of sums that look unlike: linear programming tells whether they are one function, and where they part."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy

import stepwise as sw
from stepwise.algebra.pieces import ONE, ZERO, Form, Piece, apart, same


def test_a_mean_never_exceeds_the_largest_of_what_it_is_of() -> None:
    """Each pixel of a picture that is stretched linearly is a mean of its neighbours, and the data stay among them."""
    stretched = ["UpSampling2D((1, 2), interpolation='bilinear')", "GlobalMaxPooling2D()"]
    proof = sw.equivalent(stretched, "GlobalMaxPooling2D()", input_shape=(1, 2, 1))
    assert (proof.holds, proof.why) == (True, "equal")


@pytest.mark.parametrize(("most", "part"), [("1e9", Fraction(10**9)), ("123456.5", Fraction(246913, 2))])
def test_functions_that_part_far_from_0(most: str, part: Fraction) -> None:
    """No number that is tried is as large as the bound of the one; what is found is above it, and both are replayed."""
    proof = sw.equivalent(f"ReLU(max_value={most})", "ReLU()", input_shape=(1, 1, 1))
    assert proof.holds is False
    assert proof.counterexample is not None
    [found] = np.ravel(proof.counterexample)
    assert found > part
    assert proof.outputs is not None
    bounded, free = (np.ravel(output)[0] for output in proof.outputs)
    assert (bounded, free) == (part, found)


@pytest.mark.parametrize("low", [-99_999_999, -1234])
def test_bounds_that_differ_by_one_are_not_one(low: int) -> None:
    """At the lower bound the one stays as it is, and the other is held one above it."""
    proof = sw.equivalent(f"nn.Hardtanh({low}, 5)", f"nn.Hardtanh({low + 1}, 5)", input_shape=(1, 1, 1))
    assert proof.holds is False
    assert proof.outputs is not None
    one, other = (np.ravel(output)[0] for output in proof.outputs)
    assert one < other == low + 1


X, Y = sympy.symbols("x y")


def _sum(x: int, y: int, constant: Fraction) -> Piece:
    return frozenset((of, Fraction(n)) for of, n in ((X, x), (Y, y), (ONE, constant)) if n)


def _value(piece: Piece, x: Fraction, y: Fraction) -> Fraction:
    return sum((n * {X: x, Y: y, ONE: Fraction(1)}[of] for of, n in piece), Fraction(0))


def _largest(form: Form, x: Fraction, y: Fraction) -> Fraction:
    return max(_value(piece, x, y) for piece in form.upper)


@pytest.mark.parametrize("scale", [1, 10**8])
def test_one_function_or_two_as_numbers_have_it(scale: int) -> None:
    """Maxima of random sums, with a mean of two of them added or not: the same at every corner of a fine grid, or apart
    at the very numbers that are given."""
    random = np.random.default_rng(3)

    def draw(low: int, high: int) -> int:
        return int(random.integers(low, high, endpoint=True))

    grid = [Fraction(int(n) * scale, 2) for n in range(-9, 10, 3)]
    told = []
    for _again in range(12):
        drawn = [_sum(draw(-2, 2), draw(-2, 2), draw(-3, 3) * Fraction(scale)) for _ in "abc"]
        mean: dict[object, Fraction] = {}
        for piece in drawn[:2]:
            for of, n in piece:
                mean[of] = mean.get(of, Fraction(0)) + n / 2
        if draw(0, 1):
            mean[ONE] = mean.get(ONE, Fraction(0)) + Fraction(draw(-1, 1) * scale, 3)
        more = frozenset((of, n) for of, n in mean.items() if n)
        one, other = (Form(frozenset(pieces), frozenset({ZERO})) for pieces in (drawn, [*drawn, more]))
        alike = same(one, other)
        told.append(alike)
        if alike:
            assert all(_largest(one, x, y) == _largest(other, x, y) for x in grid for y in grid)
        else:
            found = apart(one, other)
            assert found is not None
            at = found.get(X, Fraction(0)), found.get(Y, Fraction(0))
            assert _largest(one, *at) != _largest(other, *at)
    assert set(told) == {True, False}
