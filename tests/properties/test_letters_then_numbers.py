"""Letters first and numbers after, or numbers from the start: both come to the same, for every operation.

Letters are worked out cell by cell from the formula of each step; numbers go the fast way through NumPy, as fractions
and, a third time, as floats. What is compared is exact wherever the operation stays with the rationals.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import stepwise as sw
from stepwise.arithmetic import is_expression, lift
from stepwise.arithmetic.decimals import near
from stepwise.arithmetic.letters import letter
from stepwise.dialects.tracing import understood
from stepwise.errors import InputError, ShapeError, StepwiseError, VerificationError
from stepwise.layers.saved import from_data
from stepwise.layers.sizes import sizes
from stepwise.ops import Gradient
from stepwise.ops.cross_entropy import CrossEntropy
from stepwise.ops.losses import BinaryCrossEntropy
from stepwise.traces.recording import record
from stepwise.traces.trace import Trace, chain
from tests.unit.ops.test_every_operation import ROWS as EVERY

IN_DECIMALS = ("SELU", "GELU by tanh")
"""Whose constants are decimals."""
WITHOUT_LETTERS = (*IN_DECIMALS, "softplus, PyTorch", "median")
"""Whose letters would have to be compared with a number, too."""
IN_32_BITS = ("GELU, Keras", "resizing, Keras: bilinear")
"""Whose framework keeps a constant, or all of it, in 32 bits, so that decimals are not near what is exact."""
LONG = (
    "group normalisation", "instance normalisation", "gradient of a layer normalisation",
    "gradient of a group normalisation",
)  # fmt: skip
"""A mean and a variance over a whole image: in letters alone, more than anybody reads."""


def begins(row: Any, names: tuple[str, ...]) -> bool:
    return str(row.id).startswith(names)


ROWS = [row for row in EVERY if not begins(row, (*WITHOUT_LETTERS, *IN_32_BITS))]
SHORT = [row for row in ROWS if not begins(row, LONG) or row.values[1] == 1]
EXACT = [row for row in EVERY if not begins(row, (*IN_DECIMALS, *IN_32_BITS)) and row.values[1] == 2]
SCHEMA = Draft202012Validator(json.loads((Path(__file__).parents[2] / "docs/trace.schema.json").read_text()))
Array = np.ndarray[Any, np.dtype[Any]]
ASSUMED = ("real", "positive", "-3..3", "nonnegative", "negative", "0..9")
"""What is assumed of the letters of one trace after another."""
SHARES = "1/8..7/8"
"""What is assumed of letters that stand for probabilities: they have logarithms, and what is left of 1, too."""


def of_probabilities(layer: Trace) -> bool:
    """Whether the logarithms of a layer's input are taken as it stands."""
    operation = layer.layer.operation
    cross = isinstance(operation, CrossEntropy) and operation.of == "shares"
    return cross or (isinstance(operation, BinaryCrossEntropy) and not operation.scores)


def drawn(assume: str, random: Random) -> Fraction:
    """A number that a letter may stand for."""
    if ".." in assume:
        low, high = map(Fraction, assume.split(".."))
        return low + Fraction(random.randint(0, 24), 24) * (high - low)
    size = Fraction(random.randint(1, 36), random.choice((1, 2, 4)))
    zero = random.random() < 0.15 and assume not in ("positive", "negative")
    sign = -1 if assume == "negative" or (assume == "real" and random.random() < 0.5) else 1
    return Fraction(0) if zero else sign * size


def lettered(array: Array, assume: str, random: Random, share: float = 1.0) -> tuple[Array, dict[str, Fraction]]:
    """An array of letters (a share of its cells; the others are numbers), and a number for each."""
    made = np.empty(array.shape, dtype=object)
    numbers = {}
    for place, index in enumerate(np.ndindex(array.shape)):
        number = drawn(assume, random)
        made[index] = number
        if random.random() < share:
            numbers[f"x{place}"] = number
            made[index] = letter(f"x{place}", assume)
    return made, numbers


def again(trace: Trace, inputs: dict[str, Array]) -> Trace:
    """The layer of a trace carried out on other inputs."""
    return record(trace.layer, {**{name: np.array(array) for name, array in trace.inputs.items()}, **inputs})


def settled(array: Array, numbers: dict[str, Fraction]) -> Array:
    return np.asarray(sw.substitute(array, dict(numbers)))


def agree(layer: Trace, symbolic: Trace, numbers: dict[str, Fraction], inputs: dict[str, Array]) -> None:
    """Letters with numbers put in, fractions all the way, and floats all the way: one output."""
    put_in = {name: settled(array, numbers) for name, array in inputs.items()}
    exact = again(layer, put_in)
    after = settled(symbolic.output, numbers)
    assert after.shape == exact.shape == symbolic.shape
    for index in np.ndindex(after.shape):
        one, other = after[index], exact.output[index]
        if is_expression(one) or is_expression(other):
            assert near(one) == pytest.approx(near(other), rel=1e-12, abs=1e-12), index
        else:
            assert one == other, index
    floats = again(layer, {name: np.array(array, dtype=float) for name, array in put_in.items()})
    in_decimals = np.array([near(value) for value in exact.output.flat]).reshape(exact.shape)
    assert np.allclose(floats.output.astype(float), in_decimals, rtol=1e-9, atol=1e-9)


def holds_together(trace: Trace) -> None:
    """It verifies; its file fits the schema and reads back to the same record; a changed cell is found."""
    trace.verify()
    data = json.loads(json.dumps(trace.to_data(), allow_nan=False))
    SCHEMA.validate(data)
    back = from_data(data)
    back.verify()
    assert back.to_data() == trace.to_data()
    assert [str(value) for value in back.output.flat] == [str(value) for value in trace.output.flat]
    wrong = trace.output.copy()
    wrong.flat[-1] = wrong.flat[-1] + Fraction(1, 3)
    with pytest.raises(VerificationError, match="output cell"):
        dataclasses.replace(trace, output=wrong).verify()


def layers_of(make: Callable[[int], Trace], n: int) -> list[Trace]:
    return [one for one in chain(make(n)) if one.inputs["input"].size <= 64]


@pytest.mark.parametrize(("make", "n"), [row for row in EVERY if begins(row, WITHOUT_LETTERS) and row.values[1] == 1])
def test_letters_are_refused_in_a_sentence_where_there_can_be_none(make: Callable[[int], Trace], n: int) -> None:
    for layer in layers_of(make, n)[-1:]:
        with pytest.raises(StepwiseError, match=r"in decimals only|put numbers in for letters"):
            again(layer, {"input": lettered(layer.inputs["input"], "real", Random(0))[0]})


@pytest.mark.parametrize(("make", "n"), SHORT)
def test_every_operation(make: Callable[[int], Trace], n: int, request: pytest.FixtureRequest) -> None:
    random = Random(request.node.name)
    start = random.randrange(len(ASSUMED))
    for number, layer in enumerate(layers_of(make, n)):
        both = ("real", ASSUMED[(start + number) % len(ASSUMED)])
        for assume in (SHARES,) if of_probabilities(layer) else both[: 1 if n == 3 else 2]:
            letters, numbers = lettered(layer.inputs["input"], assume, random)
            agree(layer, again(layer, {"input": letters}), numbers, {"input": letters})


@pytest.mark.parametrize(("make", "n"), [row for row in ROWS if row.values[1] == 1])
def test_letters_among_numbers_are_recorded_and_told(
    make: Callable[[int], Trace], n: int, request: pytest.FixtureRequest
) -> None:
    random = Random(request.node.name)
    for layer in layers_of(make, n):
        assume, first = (SHARES, Fraction(3, 4)) if of_probabilities(layer) else ("real", Fraction(7, 2))
        letters, numbers = lettered(layer.inputs["input"], assume, random, share=0.5)
        letters.flat[0], numbers["x0"] = letter("x0", assume), first
        symbolic = again(layer, {"input": letters})
        agree(layer, symbolic, numbers, {"input": letters})
        holds_together(symbolic)
        lesson = symbolic.lesson()
        assert lesson.html().count("<section") == lesson.markdown().count("\n## ")
        assert "x0" in lesson.text()


ONE_GROUP = ("group normalisation, PyTorch", "group normalisation, ONNX")
"""Every cell's gradient holds all cells: Keras's row, of two groups, is shorter and shows the same."""


@pytest.mark.parametrize(("make", "n"), [row for row in ROWS if row.values[1] == 1 and not begins(row, ONE_GROUP)])
def test_what_letters_bring_back_is_what_numbers_do(
    make: Callable[[int], Trace], n: int, request: pytest.FixtureRequest
) -> None:
    """Gradients in letters, then numbers put in, and gradients of floats, which go another way: or one sentence."""
    random = Random(request.node.name)
    share = 0.25 if request.node.callspec.id.startswith(LONG) else 0.7
    for layer in layers_of(make, n):
        if isinstance(layer.layer.operation, Gradient):
            continue  # there is no gradient of one
        letters, numbers = lettered(layer.inputs["input"], SHARES if of_probabilities(layer) else "real", random, share)
        upstream = np.array([Fraction(random.randint(-3, 3)) for _ in range(layer.output.size)], dtype=object)
        upstream = upstream.reshape(layer.shape)
        put_in = np.array([near(value) for value in settled(letters, numbers).flat]).reshape(letters.shape)
        due = again(layer, {"input": put_in}).backward(upstream.astype(float))
        try:
            found = again(layer, {"input": letters}).backward(upstream)
        except InputError as error:
            if not str(error).endswith("put numbers in for the letters"):
                raise
            continue
        assert found.keys() == due.keys()
        for name, gradient in found.items():
            gradient.verify()
            values = [near(value) for value in settled(gradient.output, numbers).flat]
            assert values == pytest.approx(due[name].output.astype(float).ravel().tolist(), rel=1e-8, abs=1e-9), name


WEIGHTED = [
    row for row in ROWS if row.values[1] in (1, 2) and str(row.id).startswith(("conv", "trans", "dense", "lin"))
]


@pytest.mark.parametrize(("make", "n"), WEIGHTED)
@pytest.mark.parametrize("both", [False, True], ids=["a kernel of letters", "letters everywhere"])
def test_weights_may_be_letters(
    make: Callable[[int], Trace], n: int, both: bool, request: pytest.FixtureRequest
) -> None:
    random = Random(request.node.name)
    for layer in layers_of(make, n):
        inputs: dict[str, Array] = {}
        numbers: dict[str, Fraction] = {}
        for prefix, name in (("k", "kernel"), ("b", "bias"), *((("x", "input"),) if both else ())):
            if name in layer.inputs:
                shape = layer.inputs[name].shape
                inputs[name] = np.array(
                    [letter(f"{prefix}{i}") for i in range(int(np.prod(shape)))], dtype=object
                ).reshape(shape)
                numbers |= {str(symbol): drawn("real", random) for symbol in inputs[name].flat}
        if not inputs:
            continue
        symbolic = again(layer, inputs)
        agree(layer, symbolic, numbers, inputs)
        if n == 1 and both:
            holds_together(symbolic)


CHAINED = [
    "Conv2D(1, 2, padding='same')", "MaxPool2D(2, strides=1)", "AveragePooling2D(2, strides=1, padding='same')",
    "ReLU()", "LeakyReLU(0.5)", "ZeroPadding2D(1)", "BatchNormalization()", "Dropout(0.5)", "MaxPool2D(2)",
    "Conv2DTranspose(1, 2)", "Activation('sigmoid')", "Activation('tanh')", "Softmax()", "Dense(2)",
    "ReLU(max_value=3, negative_slope=0.25)", "AveragePooling2D(2, padding='same')",
]  # fmt: skip
fractions = st.fractions(min_value=-5, max_value=5, max_denominator=4)


@settings(max_examples=60, deadline=None)
@given(
    calls=st.lists(st.sampled_from(CHAINED), min_size=2, max_size=3), share=st.sampled_from([0.4, 1.0]),
    numbers=st.lists(fractions, min_size=9, max_size=9), seed=st.integers(0, 999),
)  # fmt: skip
def test_chains(calls: list[str], share: float, numbers: list[Fraction], seed: int) -> None:
    x = np.array(numbers, dtype=object).reshape(3, 3)
    random = Random(seed)
    mixed = np.array([letter(f"x{i}") if random.random() < share else number for i, number in enumerate(numbers)])
    letters = mixed.astype(object).reshape(3, 3)
    letters[0, 0] = letter("x0")
    try:
        sizes(understood(calls), (3, 3))
    except ShapeError:
        reject()
    symbolic = sw.trace(calls, letters)
    exact = sw.trace(calls, x, arithmetic="exact")
    after = settled(symbolic.output, {f"x{i}": number for i, number in enumerate(numbers)})
    for one, other in zip(after.flat, exact.output.flat, strict=True):
        if is_expression(one) or is_expression(other):
            assert near(one) == pytest.approx(near(other), rel=1e-9, abs=1e-9)
        else:
            assert one == other
    floats = sw.trace(calls, x.astype(float)).output
    assert np.allclose(floats, [[near(v) for v in row] for row in exact.output.reshape(len(exact.output), -1)])


@pytest.mark.parametrize(("make", "n"), EXACT)
def test_exact_numbers_are_recorded_and_told(make: Callable[[int], Trace], n: int) -> None:
    for layer in chain(make(n)):
        given = lift(layer.inputs["input"])
        if of_probabilities(layer) and not ((given > 0) & (given < 1)).all():
            with pytest.raises(InputError, match=r"^0 has no logarithm"):
                again(layer, {"input": given})
            low, high = Fraction(1, 8), Fraction(7, 8)
            given = np.array([min(max(value, low), high) for value in given.flat], dtype=object).reshape(given.shape)
            layer = again(layer, {"input": given.astype(float)})
        exact = again(layer, {"input": given})
        holds_together(exact)
        assert exact.lesson().text()
        assert np.allclose([near(v) for v in exact.output.flat], layer.output.astype(float).ravel())


@pytest.mark.parametrize("assume", ASSUMED)
def test_what_is_assumed_only_simplifies(assume: str) -> None:
    """A maximum with assumptions is the maximum without them, for every number that they allow."""
    random = Random(assume)
    for _ in range(40):
        values = [[drawn("real", random) if random.random() < 0.5 else None for _ in range(3)] for _ in range(3)]
        cells = [
            [letter(f"x{3 * r + c}", assume) if v is None else v for c, v in enumerate(row)]
            for r, row in enumerate(values)
        ]
        trace = sw.trace("MaxPool2D(2, strides=1)", np.array(cells, dtype=object))
        for _ in range(4):
            numbers = {f"x{i}": drawn(assume, random) for i in range(9)}
            put = [
                [numbers[f"x{3 * r + c}"] if v is None else v for c, v in enumerate(row)]
                for r, row in enumerate(values)
            ]
            due = [[max(put[r + i][c + j] for i in (0, 1) for j in (0, 1)) for c in (0, 1)] for r in (0, 1)]
            assert settled(trace.output, numbers).tolist() == due


def test_slopes_that_are_no_fractions_stay_exact() -> None:
    """dx[i] = p[i]·(g[i] - sum of p·g): of exponentials of fractions, with nothing rounded."""
    softmax = sw.trace("keras.layers.Softmax()", [[1.0, 2.0, 4.0]])
    upstream = [Fraction(1, 3), Fraction(1), Fraction(2)]
    back = softmax.backward(np.array([upstream], dtype=object))["input"]
    holds_together(back)
    grown = [sympy.exp(n) for n in (1, 2, 4)]
    shares = [one / sum(grown) for one in grown]
    mean = sum(p * sympy.Rational(str(g)) for p, g in zip(shares, upstream, strict=True))
    for found, p, g in zip(back.output.flat, shares, upstream, strict=True):
        assert not found.has(sympy.Float)
        assert sympy.N(found - p * (sympy.Rational(str(g)) - mean), 30, chop=True) == 0
