"""Softmax with cross-entropy comes out as p − t: in letters, in numbers, and as the mean of several samples."""

from __future__ import annotations

import re

import numpy as np
import pytest
import sympy

import stepwise as sw
from stepwise.errors import ShapeError


def told(x: object, target: object, call: str = "Softmax()") -> tuple[sw.Backward, str]:
    back = sw.backward(sw.trace(call, x), loss="cross_entropy", target=target)
    return back, back.lesson().markdown()


@pytest.mark.parametrize("call", ["Softmax()", "keras.layers.Activation('linear')", "nn.LogSoftmax(-1)"])
def test_letters_come_out_as_the_share_minus_the_target(call: str) -> None:
    """Not as a sum of quotients that would be the same, if somebody put it together."""
    a, b, c = letters = sympy.symbols("a b c", real=True)
    whole = sum(map(sympy.exp, letters))
    back, _text = told("a b c", [0, 1, 0], call)
    assert back.input.output.ravel().tolist() == [
        sympy.exp(a) / whole,
        sympy.exp(b) / whole - 1,
        sympy.exp(c) / whole,
    ]


def test_the_loss_and_its_gradients_come_out_short() -> None:
    """By hand: -ln(exp(a) / (exp(a) + exp(b))) is ln(exp(a) + exp(b)) - a; of a sigmoid p, -p·(1 - p) / p."""
    a, b = sympy.symbols("a b", real=True)
    back, _text = told("a b", [1, 0])
    assert back.loss is not None
    assert back.loss.output[()] == sympy.log(sympy.exp(a) + sympy.exp(b)) - a
    fractions, text = told("1/2 1/3", [0, 1])
    p = [1 / (sympy.exp(sympy.Rational(sign, 6)) + 1) for sign in (-1, 1)]
    assert fractions.input.output.ravel().tolist() == [p[0], p[1] - 1]
    assert "0.542" in text
    assert re.search(r"-\\ln.*= \\ln.* \\approx 0\.78\b", text)
    sigmoid = sw.backward(sw.trace("Sigmoid()", "a"), loss="binary_cross_entropy", target=1)
    assert sigmoid.input.output.ravel().tolist() == [-1 / (sympy.exp(a) + 1)]


def test_letters_are_derived_and_told() -> None:
    _back, text = told("a b c", [0, 1, 0])
    assert "Together with the cross-entropy: p − t" in text
    assert re.search(r"h_?\{?0?1\}?.*=.*p.*- 1", text), text


def test_a_name_stands_for_one_thing() -> None:
    """The gradient of a number is not called what the number is called."""
    _back, text = told("a b c", [0, 1, 0])
    shares = re.findall(r"\b([a-z])_\{01\}\s*=", text) or re.findall(r"\b([a-z])01\s*=", text)
    assert len(set(shares)) >= 4  # the share, p, the gradient of the loss, and that of the score
    assert shares.count("y") == 1


def test_numbers_are_those_of_the_gradient() -> None:
    back, _text = told([[1.0, 2.0, 3.0], [0.0, 1.0, 1.0]], [1, 0])
    grown = np.exp([[1.0, 2.0, 3.0], [0.0, 1.0, 1.0]])
    due = (grown / grown.sum(axis=1, keepdims=True) - np.array([[0, 1, 0], [1, 0, 0]])) / 2
    assert np.allclose(back.input.output, due, atol=1e-12)
    text = back.lesson().text()
    assert "divides it by 2" in text
    for number in due[0]:
        assert f"{number:.3f}".rstrip("0") in text


def test_nothing_is_said_of_a_softmax_that_no_cross_entropy_follows() -> None:
    trace = sw.trace("Softmax()", "1 2 3")
    assert "p − t" not in trace.backward([[1, 2, 3]])["input"].lesson().text()
    assert "p − t" not in sw.backward(trace, loss="mse", target=[0, 1, 0]).lesson().text()


@pytest.mark.parametrize(("rate", "told"), [(0.01, ""), (50, "The loss has grown"), (1e300, "far too large")])
def test_a_step_that_goes_too_far_is_told(rate: float, told: str) -> None:
    """(2·3 - 1)² = 25 falls with a short step; with a long one 3 is left far behind."""
    trace = sw.trace("Dense(1, use_bias=False)", [[3.0]], weights=[[[[2.0]]]])
    update = sw.backward(trace, loss="mse", target=[[1.0]]).step(lr=rate)
    text = update.lesson().markdown()
    sentences = ("The loss has grown", "far too large")
    assert [one for one in sentences if one in text] == ([told] if told else [])
    if rate < 1:
        assert update.loss_after == pytest.approx((3 * (2 - 0.01 * 2 * 5 * 3) - 1) ** 2)


def test_a_row_that_is_typed_is_as_long_as_it_is() -> None:
    trace = sw.trace(["Flatten()", "Dense(2)"], "1 2; 3 4")
    for asked in ({"grad_output": "1 2 3"}, {"loss": "mse", "target": "1 2 3"}):
        with pytest.raises(ShapeError, match=r"has shape \(3,\), but the output \(2,\)"):
            sw.backward(trace, **asked)
