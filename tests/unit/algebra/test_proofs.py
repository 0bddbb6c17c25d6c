"""Proofs and counterexamples: what is claimed of two functions is tried here on inputs of our own."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.algebra.proofs import Proof
from stepwise.arithmetic.decimals import near
from stepwise.dialects import keras
from stepwise.errors import CallError, InputError

Written = Any
PADDED = "ZeroPadding2D(((0, 1), (0, 1)))"
MEAN = "AveragePooling2D(2, strides=1)"
SIGMOID, TANH = "Activation('sigmoid')", "Activation('tanh')"


def chain(*calls: str) -> list[str]:
    return list(calls)


# Without weights, or with the same on both sides: a, b, the input's shape.
SAME: list[tuple[Written, Written, tuple[int, ...]]] = [
    (chain("MaxPool2D(2)", "MaxPool2D(2)"), "MaxPool2D(4)", (8, 8)),
    (chain("MaxPool2D(2)", "MaxPool2D(2)"), "MaxPool2D(4)", (9, 11)),
    (chain("AveragePooling2D(2)", "AveragePooling2D(2)"), "AveragePooling2D(4)", (8, 8)),
    (chain("MaxPool2D(2)", "ReLU()"), chain("ReLU()", "MaxPool2D(2)"), (4, 4)),
    (chain("MaxPool2D(2, strides=1)", "LeakyReLU(0.25)"), chain("LeakyReLU(0.25)", "MaxPool2D(2, strides=1)"), (3, 3)),
    (chain("MaxPool2D(2)", SIGMOID), chain(SIGMOID, "MaxPool2D(2)"), (4, 4)),
    (chain("MaxPool2D(2)", TANH), chain(TANH, "MaxPool2D(2)"), (4, 4)),
    (chain("MaxPool2D(2, strides=1)", "MaxPool2D(2, strides=1)"), "MaxPool2D(3, strides=1)", (5, 5)),
    ("ReLU()", chain("ReLU()", "ReLU()"), (3, 3)),
    ("nn.MaxPool2d(2)", "MaxPool2D(2)", (4, 4)),
    ("nn.AvgPool2d(3, 1, 1, count_include_pad=False)", "AveragePooling2D(3, strides=1, padding='same')", (4, 4)),
    ("GlobalAveragePooling2D(keepdims=True)", "AveragePooling2D(4)", (4, 4, 2)),
    ("Dropout(0.5)", "Identity()", (2, 2)),
    ("Conv2D(1, 2)", chain("Conv2D(1, 2)", "Identity()"), (3, 3)),
    (chain("Conv2D(1, 2)", MEAN), chain(MEAN, "Conv2D(1, 2)"), (4, 4)),
]  # fmt: skip

DIFFERENT: list[tuple[Written, Written, tuple[int, ...]]] = [
    (chain("MaxPool2D(2, strides=1)", "Conv2D(1, 2)"), chain("Conv2D(1, 2)", "MaxPool2D(2, strides=1)"), (4, 4)),
    (chain("MaxPool2D(2)", "Conv2D(1, 2)"), chain("Conv2D(1, 2)", "MaxPool2D(2)"), (6, 6)),
    (chain(PADDED, "MaxPool2D(2, strides=1)"), "MaxPool2D(2, strides=1, padding='same')", (3, 3)),
    (chain("ReLU()", "AveragePooling2D(2)"), chain("AveragePooling2D(2)", "ReLU()"), (4, 4)),
    ("MaxPool2D(2)", "AveragePooling2D(2)", (4, 4)),
    ("nn.AvgPool2d(3, 1, 1)", "AveragePooling2D(3, strides=1, padding='same')", (4, 4)),
    ("ReLU()", TANH, (2, 2)),
    ("ReLU()", "ReLU(max_value=6)", (2, 2)),
    ("AveragePooling2D(3)", "MaxPool2D(3)", (3, 3)),
    (chain("MaxPool2D(2, strides=1)", MEAN), chain(MEAN, "MaxPool2D(2, strides=1)"), (3, 3)),
]  # fmt: skip


def words(case: Any) -> str:
    return str(case)[:70]


def carried_out(proof: Proof, side: int, x: Any) -> Any:
    one = proof.sides[side]
    return [near(value) for value in np.asarray(one(np.asarray(x))).flat]


@pytest.mark.parametrize(("a", "b", "shape"), SAME, ids=words)
def test_the_same(a: Written, b: Written, shape: tuple[int, ...]) -> None:
    proof = sw.equivalent(a, b, input_shape=shape)
    assert proof.holds is True
    assert proof.counterexample is None
    if not any(layer.plan.initializers for side in proof.sides for layer in side.layers):
        chance = np.random.default_rng(1)
        for _ in range(20):
            x = chance.normal(size=shape)
            assert carried_out(proof, 0, x) == pytest.approx(carried_out(proof, 1, x))


@pytest.mark.parametrize(("a", "b", "shape"), DIFFERENT, ids=words)
def test_different(a: Written, b: Written, shape: tuple[int, ...]) -> None:
    proof = sw.equivalent(a, b, input_shape=shape)
    assert proof.holds is False
    found = proof.counterexample
    assert found is not None
    assert proof.traces is not None
    assert found.shape == shape
    for traced in proof.traces:
        traced.verify()
    assert proof.traces[0].output.tolist() != proof.traces[1].output.tolist()
    assert carried_out(proof, 0, found.astype(float)) != pytest.approx(carried_out(proof, 1, found.astype(float)))
    # none of the same cells is smaller: every smaller choice is tried here
    cells = np.argwhere(found)
    sizes = [abs(int(found[tuple(cell)])) for cell in cells]
    assert sum(sizes) < 12
    for smaller in product(*(range(size + 1) for size in sizes)):
        if sum(smaller) < sum(sizes):
            x = np.zeros(shape)
            for cell, size in zip(cells, smaller):
                x[tuple(cell)] = size * np.sign(int(found[tuple(cell)]))
            assert carried_out(proof, 0, x) == pytest.approx(carried_out(proof, 1, x))


def test_padding_with_zeros_loses_to_same_only_where_numbers_are_negative() -> None:
    proof = sw.equivalent(
        [PADDED, "MaxPool2D(2, strides=1)"], "MaxPool2D(2, strides=1, padding='same')", input_shape=(3, 3)
    )
    assert proof.counterexample is not None
    assert proof.counterexample.min() < 0


def test_average_pooling_is_a_convolution_with_quarters() -> None:
    proof = sw.equivalent("AveragePooling2D(2)", "Conv2D(1, 2, strides=2)", input_shape=(4, 4))
    assert proof.holds is True
    assert proof.weights["w"].ravel().tolist() == [Fraction(1, 4)] * 4
    given: Any = keras.layers.Conv2D(1, 2, strides=2)
    given.set_weights([np.full((2, 2, 1, 1), 0.25), [0]])
    assert sw.equivalent("AveragePooling2D(2)", given, input_shape=(4, 4)).holds is True
    given.set_weights([np.full((2, 2, 1, 1), 0.25), [1]])
    assert sw.equivalent("AveragePooling2D(2)", given, input_shape=(4, 4)).holds is False


def test_two_convolutions_are_one_with_this_kernel() -> None:
    proof = sw.equivalent(["Conv2D(1, 3)", "Conv2D(1, 3)"], "Conv2D(1, 5)", input_shape=(7, 7))
    assert proof.holds is True
    chance = np.random.default_rng(3)
    k, m = chance.integers(-9, 10, (3, 3)), chance.integers(-9, 10, (3, 3))
    numbers = {f"k{i}{j}": int(k[i, j]) for i, j in np.ndindex(3, 3)} | {
        f"l{i}{j}": int(m[i, j]) for i, j in np.ndindex(3, 3)
    }
    kernel = np.array(sw.substitute(proof.weights["w"], numbers), dtype=float).reshape(5, 5)
    due = np.zeros((5, 5))  # the full convolution of the two kernels
    for i, j in np.ndindex(3, 3):
        due[i : i + 3, j : j + 3] += k[i, j] * m
    assert np.array_equal(kernel, due)
    x = chance.normal(size=(7, 7))
    twice = sw.trace(["Conv2D(1, 3)", "Conv2D(1, 3)"], x, weights=[{"kernel": k}, {"kernel": m}])
    assert np.allclose(twice.output, sw.trace("Conv2D(1, 5)", x, kernel=kernel).output)


@pytest.mark.parametrize(
    ("a", "b", "shape", "name"),
    [
        (["Dense(3)", "Dense(2)"], "Dense(2)", (1, 4), "w"),
        ("SeparableConv2D(1, 2)", "Conv2D(1, 2)", (3, 3, 2), "w"),
        ("DepthwiseConv2D(2)", "Conv2D(2, 2, groups=2)", (3, 3, 2), "w"),
        ("AveragePooling2D(2, strides=1)", "nn.Conv2d(1, 1, 2, bias=False)", (3, 3), "w"),
    ],
)
def test_weights_are_found(a: Written, b: Written, shape: tuple[int, ...], name: str) -> None:
    proof = sw.equivalent(a, b, input_shape=shape)
    assert (proof.holds, proof.why) == (True, "found")
    assert name in proof.weights


def dense(*rows: list[float]) -> Any:
    layer: Any = keras.layers.Dense(len(rows[0]), use_bias=False)
    layer.set_weights([np.array(rows)])
    return layer


def test_weights_are_found_where_maxima_cancel() -> None:
    """max(x, 0) - max(-x, 0) = x, though neither maximum has a twin on the other side."""
    proof = sw.equivalent([dense([1, -1]), "ReLU()", dense([1], [-1])], "Dense(1)", input_shape=(1, 1))
    assert proof.holds is True
    assert proof.weights["w"].tolist() == [[1]]


@pytest.mark.parametrize(
    ("a", "b", "shape"),
    [
        ("MaxPool2D(2, strides=1)", "Conv2D(1, 2)", (3, 3)),
        ("Conv2D(1, 2)", "MaxPool2D(2, strides=1)", (3, 3)),
        (["Dense(3)", "ReLU()", "Dense(2)"], "Dense(2)", (1, 4)),
        ("AveragePooling2D(2, strides=1, padding='same')", "Conv2D(1, 2, padding='same')", (3, 3)),
    ],
)
def test_no_weights_do_it(a: Written, b: Written, shape: tuple[int, ...]) -> None:
    proof = sw.equivalent(a, b, input_shape=shape)
    assert (proof.holds, proof.why) == (False, "no_weights")
    assert proof.equations
    # the equations have no solution: told by least squares, whose remainder is not 0
    sides = [(equation.left, equation.right) for equation in proof.equations]
    unknown = sorted({str(s) for pair in sides for v in pair for s in getattr(v, "free_symbols", ())})

    def gap(number: int, **numbers: int) -> float:
        left, right = sw.substitute(np.array(sides[number], dtype=object), {**dict.fromkeys(unknown, 0), **numbers})
        return near(left) - near(right)

    rests = np.array([gap(number) for number in range(len(sides))])
    matrix = np.array([[gap(n, **{u: 1}) - rests[n] for u in unknown] for n in range(len(sides))])
    best = np.linalg.lstsq(matrix, -rests, rcond=None)[0] if unknown else np.zeros(0)
    assert np.abs(matrix @ best + rests).max() > 1e-6


def test_a_transposed_convolution_is_the_matrix_transposed() -> None:
    k = sw.symbols("k", (3, 3))
    turned = sw.matrix(sw.trace("Conv2D(1, 3)", sw.symbols("x", (4, 4)), kernel=k)).transposed
    layer: Any = keras.layers.Conv2DTranspose(1, 3, use_bias=False)
    layer.set_weights([k.reshape(3, 3, 1, 1)])
    proof = sw.equivalent(layer, turned, input_shape=(2, 2))
    assert proof.holds is True
    assert "transpose" in proof.lesson().text()
    assert sw.equivalent("Conv2DTranspose(1, 3)", turned, input_shape=(2, 2)).holds is True
    wrong: Any = keras.layers.Conv2DTranspose(1, 3, use_bias=False)
    wrong.set_weights([k.T.reshape(3, 3, 1, 1)])
    other = sw.equivalent(wrong, turned, input_shape=(2, 2))
    assert other.holds is False
    assert other.weights, "with these numbers for the letters of the kernel"


def biased() -> Any:
    """Adds 1 to both of two numbers, which a softmax does not notice."""
    layer: Any = keras.layers.Dense(2)
    layer.set_weights([np.eye(2), [1, 1]])
    return layer


@pytest.mark.parametrize(
    ("a", "b", "shape", "why", "told"),
    [
        ("nn.MaxPool2d(2)", "MaxPool2D(2)", (1, 80, 80), "too_large", "6,400 cells"),
        (
            ["Dense(1)", "ReLU()", "Dense(1)"],
            ["Dense(2)", "ReLU()", "Dense(1)"],
            (1, 2),
            "weights_inside",
            "inside a max",
        ),
        ("Softmax()", [biased(), "Softmax()"], (1, 2), "opaque", "sums, products with numbers and maxima"),
    ],
    ids=words,
)
def test_undecided_says_why(a: Written, b: Written, shape: tuple[int, ...], why: str, told: str) -> None:
    proof = sw.equivalent(a, b, input_shape=shape)
    assert proof.holds is None
    assert proof.counterexample is None
    assert proof.why == why
    assert told in " ".join(proof.lesson().text().split())


def test_another_layout_is_turned_round() -> None:
    """PyTorch has channels first, Keras last: the same image, written down differently."""
    for a, b, shape in [
        ("nn.MaxPool2d(2)", "MaxPool2D(2)", (3, 4, 6)),
        ("MaxPool2D(2)", "nn.MaxPool2d(2)", (2, 4, 6, 3)),
        ("nn.AvgPool1d(2)", "AveragePooling1D(2)", (3, 4)),
    ]:
        assert sw.equivalent(a, b, input_shape=shape).holds is True
    found = sw.equivalent("nn.MaxPool2d(2)", "AveragePooling2D(2)", input_shape=(3, 2, 2))
    assert found.counterexample is not None
    assert found.counterexample.shape == (3, 2, 2)
    assert found.traces is not None
    assert found.traces[1].inputs["input"].shape == (2, 2, 3)


def test_other_sizes_are_other_functions() -> None:
    proof = sw.equivalent("MaxPool2D(2)", "MaxPool2D(3)", input_shape=(6, 6))
    assert (proof.holds, proof.why) == (False, "sizes")
    assert "3 × 3 and 2 × 2" in proof.lesson().text()


@pytest.mark.parametrize(
    ("a", "b", "shape"),
    [SAME[0], SAME[2], DIFFERENT[0], DIFFERENT[2], ("MaxPool2D(2)", "Conv2D(1, 2, strides=2)", (4, 4))],
    ids=words,
)
def test_is_told_in_every_format(a: Written, b: Written, shape: tuple[int, ...]) -> None:
    proof = sw.equivalent(a, b, input_shape=shape)
    lesson = proof.lesson()
    text, page, markdown = lesson.text(), lesson.html(), lesson.markdown()
    assert (proof.missing == ("k", "b")) == ((a, b, shape) == DIFFERENT[0])
    unlike = "Weights are missing" if proof.missing else "Not the same function"
    title = "The same function" if proof.holds else unlike
    assert all(title in told for told in (text, page, markdown))
    assert len(text) < 5000
    assert "<math" in page
    if proof.why == "equal":
        assert f"All {proof.outputs[0].size} cells agree" in text  # type: ignore[index]  # there are outputs, or it fails
    if proof.why == "differs":
        assert "differ" in markdown
        assert "Where they differ" in page


def test_requests_that_make_no_sense_are_refused() -> None:
    with pytest.raises(InputError, match=r"\(4, 0\)"):
        sw.equivalent("ReLU()", "ReLU()", input_shape=(4, 0))
    with pytest.raises(CallError):
        sw.equivalent([], "ReLU()", input_shape=(4, 4))
    with pytest.raises(CallError, match="stands alone"):
        sw.equivalent(["ReLU()", sw.matrix(sw.trace("Conv2D(1, 1)", [[1]]))], "ReLU()", input_shape=(1, 1))


def test_two_1x1_convolutions_are_one_whose_weight_is_the_product() -> None:
    """Weights are shared between the sides only where every one has its twin on the other."""
    proof = sw.equivalent("Conv2D(1, 1), Conv2D(1, 1)", "Conv2D(1, 1)", input_shape=(2, 2))
    assert proof.holds
    assert str(proof.weights["w"].item()) == "k*l"


@pytest.mark.parametrize(
    ("a", "b", "shape", "holds"),
    [
        ("Conv2D(1, 2)", "Conv2D(1, 2, use_bias=False)", (3, 3), False),
        ("Conv2D(1, 2, use_bias=False)", "Conv2D(1, 2)", (3, 3), True),
        ("nn.Conv2d(1, 1, 2)", "nn.Conv2d(1, 1, 2, bias=False)", (1, 1, 3, 3), False),
        ("nn.Conv2d(1, 1, 2, bias=False)", "nn.Conv2d(1, 1, 2)", (1, 1, 3, 3), True),
        ("nn.Conv1d(1, 1, 2)", "nn.Conv1d(1, 1, 2, bias=False)", (1, 1, 3), False),
        ("Dense(2)", "Dense(2, use_bias=False)", (1, 2), False),
        ("Conv2D(1, 2, activation='relu')", "Conv2D(1, 2), ReLU()", (3, 3), True),
        ("Conv2D(1, 2, use_bias=False), ReLU()", "Conv2D(1, 2, activation='relu')", (3, 3), True),
        ("nn.Conv2d(1, 1, 2), nn.ReLU()", "nn.Conv2d(1, 1, 2, bias=False), nn.ReLU()", (1, 1, 3, 3), None),
    ],
)
def test_a_bias_that_nobody_gave_is_a_letter(a: str, b: str, shape: tuple[int, ...], holds: bool | None) -> None:
    """For every choice of the first one's weights the second must have some: it has, just if it can have the bias."""
    assert sw.equivalent(a, b, input_shape=shape).holds is holds


def test_a_bias_against_none_is_the_same_only_where_it_is_zero() -> None:
    proof = sw.equivalent("Conv2D(1, 2)", "Conv2D(1, 2, use_bias=False)", input_shape=(3, 3))
    assert proof.zero == ("b",)
    assert not sw.equivalent("MaxPool2D(2)", "Conv2D(1, 2, strides=2)", input_shape=(2, 2)).zero
