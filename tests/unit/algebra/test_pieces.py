"""Maxima of sums that look unlike: linear programming tells whether they are one function, and where they part."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import stepwise as sw


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
