"""Letters go back: gradients as formulas, the same as SymPy's own derivative of what the forward pass gave."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy

import stepwise as sw
from stepwise.errors import InputError
from stepwise.ops import Gradient

SCORES = "keras.layers.Activation('linear')"
CROSS = {"loss": "cross_entropy"}
BINARY = {"loss": "binary_cross_entropy"}
GRID = "a b c; d e f; g h i"
IN_TORCH: list[Any] = [[[[["w", "x"], ["y", "z"]]]], ["k"]]
TWO = [[["w", "x"], ["y", "z"]], [0, 0]]
ENDS = {0: ["w 1; 0 x", [0]], 3: ["1 0; 2 y", [0, 0]]}

# calls, input, weights, what is asked, what is assumed of the letters
REQUESTS: dict[str, tuple[list[str], Any, dict[int, Any], dict[str, Any], str]] = {
    "a convolution": (["Conv2D(1, 2)"], GRID, {0: ["w x; y z", [0]]}, {"grad_output": "p q; r s"}, "real"),
    "stride and padding": (
        ["nn.Conv2d(1, 1, 2, stride=2, padding=1)"], GRID, {0: IN_TORCH}, {"grad_output": "p q; r s"}, "real",
    ),
    "a transposed convolution": (
        ["Conv2DTranspose(1, 2, strides=2)"], "a b", {0: ["w x; y z", [0]]},
        {"grad_output": "p q r s; 1 2 3 4"}, "real",
    ),
    "a mean": (["AveragePooling2D(2, strides=1)"], "a b c; d e f", {}, {"grad_output": "p q"}, "real"),
    "padding that is mirrored": (["nn.ReflectionPad1d(1)"], "a b c", {}, {"grad_output": "1 2 3 4 p"}, "real"),
    "a dense layer and squares": (["Dense(2)"], "a b", {0: TWO}, {"loss": "mse", "target": "t u"}, "real"),
    "cross-entropy": (["Dense(3)"], "a b", {}, CROSS | {"target": 1}, "real"),
    "of drawn probabilities": ([SCORES], "a b c", {}, CROSS | {"target": "0.5 0.5 0"}, "real"),
    "of a target in letters": ([SCORES], "a b", {}, CROSS | {"target": "t u"}, "positive"),
    "softmax, cross-entropy": (["Softmax()"], "a b c", {}, CROSS | {"target": 2}, "real"),
    "log softmax": (["nn.LogSoftmax(-1)"], "a b c", {}, CROSS | {"target": 0}, "real"),
    "two samples": (["Dense(2)"], "a b; c d", {0: TWO}, CROSS | {"target": [1, 0]}, "real"),
    "binary cross-entropy of scores": (["Dense(2)"], "a b", {}, BINARY | {"target": "1 0"}, "real"),
    "binary cross-entropy": (["Activation('sigmoid')"], "a b", {}, BINARY | {"target": "1 0.25"}, "real"),
    "sigmoid": (["Activation('sigmoid')"], "a b", {}, {"grad_output": "p q"}, "real"),
    "tanh, twice": (["Activation('tanh')", "Activation('tanh')"], "a b", {}, {"grad_output": "p 2"}, "real"),
    "silu": (["nn.SiLU()"], "a b", {}, {"grad_output": "p 2"}, "real"),
    "gelu": (["nn.GELU()"], "a b", {}, {"grad_output": "p 2"}, "real"),
    "a gate that is open": (
        ["Conv2D(1, 2)", "keras.layers.ReLU()"], "a b; c d", {0: ["1 2; 3 4", [0]]}, {"grad_output": "p"}, "positive",
    ),
    "a winner that is sure": (["MaxPool2D(2)"], "a 1; 2 3", {}, {"grad_output": "p"}, "0..1"),
    "layer normalisation": (
        ["LayerNormalization(center=False, scale=False)"], "a b", {}, {"grad_output": "p q"}, "real",
    ),
    "what a layer normalisation learns": (
        ["LayerNormalization()"], "a b", {0: [["g", "h"], ["k", "l"]]}, {"grad_output": "p q"}, "real",
    ),
    "what a group normalisation learns": (
        ["nn.GroupNorm(1, 2)"], [[["a"], ["b"]]], {0: [["g", "h"], ["k", "l"]]}, {"grad_output": [[["p"], [2]]]},
        "real",
    ),
    "what a batch normalisation learns": (
        ["nn.BatchNorm1d(2)"], [[["a", "b"], ["c", 1]]], {0: [["g", "h"], ["k", 0], [0, "m"], [1, 4]]},
        {"grad_output": [[["p", 1], ["q", 3]]]}, "real",
    ),
    "a whole chain": (
        ["Conv2D(1, 2)", "AveragePooling2D((2, 1))", "Flatten()", "Dense(2)"], GRID, ENDS,
        {"loss": "mse", "target": "1 t"}, "real",
    ),
}  # fmt: skip


def letters_in(array: Any) -> Iterator[tuple[tuple[int, ...], sympy.Symbol]]:
    for index in np.ndindex(array.shape):
        if isinstance(array[index], sympy.Symbol):
            yield index, array[index]


def at(expression: Any, places: dict[sympy.Symbol, Any]) -> float:
    return float(sympy.sympify(expression).subs(places).evalf(30))


@pytest.mark.parametrize("name", REQUESTS)
def test_sympys_own_derivative_agrees(name: str) -> None:
    calls, given, weights, asked, assume = REQUESTS[name]
    trace = sw.trace(calls, given, weights=weights, arithmetic="symbolic", assume=assume)
    back = sw.backward(trace, **asked)
    if back.loss is not None:
        whole = sympy.sympify(back.loss.output[()])
    else:
        assert isinstance(back.upstream, np.ndarray)
        whole = sum(sympy.sympify(g) * sympy.sympify(y) for g, y in zip(back.upstream.flat, trace.output.flat))
    letters = sorted(whole.free_symbols, key=str)
    places = {letter: sympy.Rational(3 + 2 * n, 29 + n) for n, letter in enumerate(letters)}
    given_letters = {letter for _index, letter in letters_in(back.calls[0].inputs["input"])}
    compared = 0
    for found in back.gradients:
        for gradient in found.values():
            operation = gradient.layer.operation
            assert isinstance(operation, Gradient)
            of = gradient.inputs["x" if operation.wrt == "input" else operation.wrt]
            for index, letter in letters_in(of):
                if letter in given_letters and found is not back.gradients[0]:
                    continue  # moved on from before, and perhaps to several places
                due = at(sympy.diff(whole, letter), places)
                assert at(gradient.output[index], places) == pytest.approx(due, rel=1e-9, abs=1e-12), letter
                compared += 1
    assert compared >= (1 if "winner" in name else 2)
    back.verify()
    assert back.lesson().text()


def test_what_only_numbers_can_decide_is_told() -> None:
    for call in ("MaxPool2D(2)", "keras.layers.ReLU()", "nn.Hardtanh()", "nn.PReLU()"):
        trace = sw.trace(call, "a b; c d")
        with pytest.raises(InputError, match="put numbers in for the letters") as told:
            sw.backward(trace, np.ones(trace.shape, dtype=int))
        assert str(told.value).count("\n") == 0


def test_fractions_stay_exact_through_a_softmax() -> None:
    back = sw.backward(sw.trace("Dense(2)", [["1/2", "1/3"]], arithmetic="exact"), loss="cross_entropy", target=1)
    assert all(isinstance(value, sympy.Expr) for value in back.input.output.flat)
    back.verify()
    squares = sw.backward(sw.trace("Dense(2)", [["1/2", "1/3"]]), loss="mse", target="1 0")
    assert all(isinstance(value, Fraction) for value in squares.input.output.flat)
    update = squares.step(0.1)
    assert all(isinstance(value, Fraction) for value in update.after[0]["kernel"].flat)


@pytest.mark.parametrize(("assume", "told"), [("positive", True), ("1..2", True), ("0..2", False), ("real", False)])
def test_a_gate_is_open_only_where_no_letter_may_close_it(assume: str, told: bool) -> None:
    """At 0 the frameworks give 0, not 1: what may be 0 has no slope that holds."""
    trace = sw.trace("keras.layers.ReLU()", "a b", assume=assume)
    if not told:
        with pytest.raises(InputError, match="which case of its derivative holds"):
            trace.backward([[1, 1]])
        return
    gradient = trace.backward([[1, 1]])["input"]
    assert gradient.output.tolist() == [[1, 1]]
    assert "above 0" in gradient.lesson().text()


def test_weights_that_are_whole_numbers_step_exactly_along_exact_gradients() -> None:
    """The weights of the first layer are whole numbers, the thirds of the second make its gradient exact."""
    kernels = {0: ["1 0; 0 -1"], 2: [[["1/3", 1], [1, 0], [2, 1], [1, 1]], [0, 0]]}
    calls = ["Conv2D(1, 2, use_bias=False)", "Flatten()", "Dense(2)"]
    trace = sw.trace(calls, "1 2 0; 0 1 3; 2 1 0", weights=kernels)
    [kernel] = sw.backward(trace, loss="cross_entropy", target=0).step(0.1).after[0].values()
    assert not any(isinstance(part, sympy.Float) for value in kernel.flat for part in sympy.preorder_traversal(value))
