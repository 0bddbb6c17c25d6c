"""Keras's layers as Keras has them: arguments, defaults, layouts, weights and initializers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.dialects import keras
from stepwise.errors import CallError, ShapeError

GRID = np.arange(16).reshape(4, 4)


def output(call: str, x: Any = GRID, **given: Any) -> Any:
    return sw.trace(call, x, **given).output.tolist()


def test_two_names_for_one_layer() -> None:
    pairs = [("MaxPool2D", "MaxPooling2D"), ("AvgPool2D", "AveragePooling2D")]
    for short, long in pairs:
        assert output(f"{short}(2)") == output(f"{long}(2)") == output(f"tf.keras.layers.{short}(pool_size=2)")
    assert output("Conv2D(1, 2)") == output("Convolution2D(1, 2)")


def test_defaults_of_pooling() -> None:
    assert output("MaxPool2D()") == [[5, 7], [13, 15]]  # window 2, stride as the window, VALID
    assert output("MaxPool2D(3)") == [[10]]
    assert output("MaxPool2D((2, 4))") == [[7], [15]]
    assert output("MaxPool2D(2, 1)") == [[5, 6, 7], [9, 10, 11], [13, 14, 15]]
    assert output("AveragePooling2D(2)") == [[2.5, 4.5], [10.5, 12.5]]


@pytest.mark.parametrize("padding", ["same", "SAME", "Same"])
def test_padding_in_either_case(padding: str) -> None:
    assert output(f"MaxPool2D(3, strides=2, padding={padding!r})") == [[10, 11], [14, 15]]


def test_rectangular_windows_and_strides() -> None:
    assert output("MaxPool2D((1, 2), strides=(2, 1))") == [[1, 2, 3], [9, 10, 11]]
    assert sw.trace("Conv2D(1, (3, 2), strides=(1, 2), padding='same')", GRID).shape == (4, 2)


def test_dilation() -> None:
    assert output("Conv2D(1, 2, dilation_rate=(2, 3))", kernel=[[1, 0], [0, 1]]) == [[0 + 11], [4 + 15]]


def test_groups_see_their_own_channels() -> None:
    x = np.array([[[1, 10, 100, 1000]]])
    kernel = np.ones((1, 1, 2, 2))
    assert output("Conv2D(2, 1, groups=2)", x, kernel=kernel) == [[[11, 1100]]]


def test_data_format() -> None:
    x = np.arange(2 * 4 * 4).reshape(2, 4, 4)
    first = output("MaxPool2D(2, data_format='channels_first')", x)
    assert first == [[[5, 7], [13, 15]], [[21, 23], [29, 31]]]
    last = sw.trace("MaxPool2D(2, data_format='channels_last')", np.moveaxis(x, 0, -1)).output
    assert np.moveaxis(last, -1, 0).tolist() == first
    conv = sw.trace("Conv2D(5, 3, data_format='channels_first')", x)
    assert (conv.shape, conv.inputs["kernel"].shape) == ((5, 2, 2), (3, 3, 2, 5))


def test_one_filter_keeps_a_plain_image_plain_and_five_do_not() -> None:
    assert sw.trace("Conv2D(1, 3)", GRID).shape == (2, 2)
    assert sw.trace("Conv2D(5, 3)", GRID).shape == (2, 2, 5)
    assert sw.trace("Conv2D(5, 3)", GRID[np.newaxis, :, :, np.newaxis]).shape == (1, 2, 2, 5)
    assert sw.trace("Conv2D(1, 3)", GRID[:, :, np.newaxis]).shape == (2, 2, 1)


def test_activation_is_a_stage_of_its_own() -> None:
    trace = sw.trace("Conv2D(1, 1, activation='relu')", [[-1, 2]], kernel=[[3]])
    assert trace.output.tolist() == [[0, 6]]
    assert trace.parents["input"].output.tolist() == [[-3, 6]]
    trace.verify()


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ("MaxPool2D(pool_sise=2)", "there is no parameter pool_sise; it takes pool_size"),
        ("MaxPool2D(2, pool_size=2)", "multiple values"),
        ("MaxPool2D(1, 2, 'same', None, 'name', None, True, 8)", "8 arguments were given, but it takes 7"),
        ("MaxPool2D(0)", "pool_size=0 must be at least 1"),
        ("MaxPool2D(-1)", "pool_size=-1"),
        ("MaxPool2D(2.5)", "pool_size=2.5 is not a whole number"),
        ("MaxPool2D(True)", "pool_size=True is not a whole number"),
        ("MaxPool2D('2')", "pool_size='2' is not a whole number"),
        ("MaxPool2D((2, 2, 2))", "has 3 entries; give 2"),
        ("MaxPool2D(2, strides=0)", "strides=0 must be at least 1"),
        ("MaxPool2D(2, padding='saem')", "Did you mean same?"),
        ("MaxPool2D(2, padding=1)", "padding=1 is not known; it is 'valid' or 'same'"),
        ("MaxPool2D(2, padding='causal')", "padding='causal' is not known"),
        ("MaxPool2D(2, data_format='NCHW')", "it is 'channels_last' or 'channels_first'"),
        ("Conv2D(1)", "missing a required argument: 'kernel_size'"),
        ("Conv2D(0, 2)", "filters=0 must be at least 1"),
        ("Conv2D(3, 2, groups=2)", "groups=2 does not divide filters=3"),
        ("Conv2D(1, 2, strides=2, dilation_rate=2)", "Keras takes no strides=2 together with dilation_rate=2"),
        ("Conv2D(1, 2, use_bias='maybe')", "use_bias='maybe' is neither True nor False"),
        ("Conv2D(1, 2, activation='rulu')", "Did you mean relu?"),
        ("Conv2D(1, 2, kernel_initializer='gloro_uniform')", "Did you mean GlorotUniform?"),
        ("Conv2D(1, 2, kernel_initializer=RandomNorml())", "Did you mean RandomNormal?"),
        ("Conv2D(1, 2, kernel_initializer=RandomNormal(std=1))", "it takes mean, stddev, seed"),
        ("Conv2D(1, 2, kernel_initializer=RandomNormal(seed=-1))", "seed=-1 is not a whole number of at least 0"),
        ("Conv2D(1, 2, kernel_initializer=Constant('1'))", "value='1' is not a number"),
        ("Conv2D(1, 2, kernel_initializer=3)", "is not an initializer"),
        ("ReLU(max_value=-1)", "max_value=-1 must be at least 0"),
        ("ReLU(negative_slope=-1)", "negative_slope=-1 must be at least 0"),
    ],
)
def test_wrong_arguments_are_told(call: str, told: str) -> None:
    with pytest.raises(CallError) as caught:
        sw.trace(call, GRID)
    assert told in str(caught.value)
    assert str(caught.value).startswith(call.split("(")[0]) or "RandomNorm" in call or "Constant" in call
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("call", "x", "told"),
    [
        ("MaxPool2D(5)", GRID, "along the height, a window of 5 does not fit into 4 under VALID"),
        ("MaxPool2D(2)", np.zeros(3), "the input has 1 axis"),
        ("Conv2D(2, 2, groups=2)", GRID, "groups=2 does not divide the input's 1 channels"),
    ],
)
def test_inputs_that_do_not_fit_are_told(call: str, x: Any, told: str) -> None:
    with pytest.raises(ShapeError) as caught:
        sw.trace(call, x)
    assert told in str(caught.value)


def test_weights_may_be_set_before_the_first_call() -> None:
    layer: Any = keras.layers.Conv2D(2, 2, strides=2)
    kernel = np.arange(8).reshape(2, 2, 1, 2)
    layer.set_weights([kernel, [10, 20]])
    trace = layer(GRID)
    assert trace.output[0, 0].tolist() == [
        10 + 0 * 0 + 1 * 2 + 4 * 4 + 5 * 6,
        20 + 0 * 1 + 1 * 3 + 4 * 5 + 5 * 7,
    ]
    assert [weight.tolist() for weight in layer.get_weights()] == [kernel.tolist(), [10, 20]]
    assert trace.origins == {}


def test_weights_that_do_not_fit_are_told() -> None:
    layer: Any = keras.layers.Conv2D(2, 2)
    with pytest.raises(ShapeError, match="has 2 weights"):
        layer.set_weights([np.zeros((2, 2, 1, 2))])
    layer.set_weights([np.zeros((2, 2, 3, 2)), [0, 0]])
    with pytest.raises(ShapeError, match=r"the kernel has shape \(2, 2, 3, 2\); this layer needs \(2, 2, 1, 2\)"):
        layer(GRID)
    layer.set_weights([np.zeros((2, 2, 1, 2)), [0, 0, 0]])
    with pytest.raises(ShapeError, match=r"the bias has shape \(3,\); this layer needs \(2,\)"):
        layer(GRID)
    without: Any = keras.layers.Conv2D(1, 2, use_bias=False)
    with pytest.raises(ShapeError, match="has 1 weights"):
        without.set_weights([np.zeros((2, 2, 1, 1)), [0]])
    with pytest.raises(ShapeError, match="has 0 weights"):
        keras.layers.MaxPool2D(2).set_weights([[1]])  # type: ignore[attr-defined]


def drawn(initializer: Any, shape: tuple[int, ...] = (30, 30, 4, 20)) -> Any:
    layer = keras.layers.Conv2D(shape[-1], shape[:2], kernel_initializer=initializer)
    return layer(np.zeros((*shape[:2], shape[2]))).inputs["kernel"]


def test_random_normal() -> None:
    kernel = drawn(keras.initializers.RandomNormal(stddev=0.01))  # 72,000 numbers
    assert kernel.shape == (30, 30, 4, 20)
    assert abs(kernel.mean()) < 0.01 / math.sqrt(kernel.size) * 5
    assert abs(kernel.std() / 0.01 - 1) < 5 / math.sqrt(2 * kernel.size)
    within = [np.mean(np.abs(kernel) < n * 0.01) for n in (1, 2)]
    assert within == pytest.approx([0.6827, 0.9545], abs=0.01)
    shifted = drawn(keras.initializers.RandomNormal(mean=3, stddev=0.5))
    assert shifted.mean() == pytest.approx(3, abs=0.02)


def test_glorot_uniform_is_the_default() -> None:
    kernel = drawn("glorot_uniform")
    limit = math.sqrt(6 / (30 * 30 * 4 + 30 * 30 * 20))  # Glorot & Bengio 2010, equation 16
    assert np.abs(kernel).max() <= limit
    assert np.abs(kernel).max() > 0.999 * limit
    assert kernel.std() == pytest.approx(limit / math.sqrt(3), rel=0.02)
    assert np.array_equal(keras.layers.Conv2D(20, 30)(np.zeros((30, 30, 4))).inputs["kernel"], kernel)


@pytest.mark.parametrize(
    ("name", "spread"),
    [
        ("GlorotNormal", math.sqrt(2 / (900 * 4 + 900 * 20))),
        ("HeNormal", math.sqrt(2 / (900 * 4))),
        ("HeUniform", math.sqrt(2 / (900 * 4))),
        ("LecunNormal", math.sqrt(1 / (900 * 4))),
        ("LecunUniform", math.sqrt(1 / (900 * 4))),
        ("RandomUniform", 0.05 / math.sqrt(3)),
    ],
)
def test_spread_of_the_other_distributions(name: str, spread: float) -> None:
    kernel = drawn(getattr(keras.initializers, name)())
    assert kernel.std() == pytest.approx(spread, rel=0.02)
    assert abs(kernel.mean()) < 5 * spread / math.sqrt(kernel.size)


def test_constants() -> None:
    assert np.all(drawn("zeros") == 0)
    assert np.all(drawn("Ones") == 1)
    assert np.all(drawn(keras.initializers.Constant(0.25)) == 0.25)
    trace = sw.trace("Conv2D(1, 2, kernel_initializer='ones', bias_initializer=Constant(5))", GRID)
    assert trace.output[0, 0] == 0 + 1 + 4 + 5 + 5


def test_words_and_calls_name_the_same_initializer() -> None:
    for word, call in (("random_normal", "RandomNormal()"), ("he_normal", "HeNormal()"), ("zeros", "Zeros()")):
        from_word = sw.trace(f"Conv2D(1, 2, kernel_initializer={word!r})", GRID).inputs["kernel"]
        from_call = sw.trace(f"Conv2D(1, 2, kernel_initializer=keras.initializers.{call})", GRID).inputs["kernel"]
        assert np.array_equal(from_word, from_call)


def test_a_seed_is_always_the_same_and_another_is_not() -> None:
    def one(seed: int | None) -> Any:
        return drawn(keras.initializers.RandomNormal(seed=seed), (3, 3, 1, 4))

    assert np.array_equal(one(7), one(7))
    assert not np.array_equal(one(7), one(8))
    assert np.array_equal(one(None), one(None))
    first, again = (sw.trace("Conv2D(1, 2)", GRID) for _ in range(2))
    assert np.array_equal(first.inputs["kernel"], again.inputs["kernel"])


def test_a_trace_says_where_its_weights_come_from() -> None:
    call = "Conv2D(1, 2, kernel_initializer=RandomNormal(stddev=0.01, seed=7))"
    assert sw.trace(call, GRID).origins["kernel"] == "RandomNormal(stddev=0.01, seed=7), seed 7"
    assert sw.trace(call, GRID, kernel=np.ones((2, 2))).origins.keys() == {"bias"}


def test_weights_are_drawn_in_the_type_of_the_image() -> None:
    for layer, of_whole in ((keras.layers.Conv2D(1, 2), np.float64), ("Conv2D(1, 2)", np.int64)):
        assert sw.trace(layer, GRID.astype(np.float32)).inputs["kernel"].dtype == np.float32
        assert sw.trace(layer, GRID).inputs["kernel"].dtype == of_whole


def test_a_trace_can_be_fed_to_the_next_layer() -> None:
    y = keras.layers.MaxPool2D(2)(GRID)
    z = keras.layers.AveragePooling2D(2)(y)
    assert z.parents["input"] is y
    assert z.output.tolist() == [[10]]


def test_an_unknown_layer_is_an_attribute_error_with_a_hint() -> None:
    with pytest.raises(AttributeError, match=r"Did you mean MaxPool2D\?"):
        keras.layers.MaxPol2D(2)
    with pytest.raises(AttributeError, match=r"Did you mean RandomNormal\?"):
        keras.initializers.RandomNorml()
    assert "Conv2D" in dir(keras.layers)
    assert "Zeros" in dir(keras.initializers)


@pytest.mark.parametrize("axis", [-1, 1])
def test_rows_of_features_are_normalised_column_by_column(axis: int) -> None:
    """By hand: (x - mean) / sqrt(variance + epsilon), times gamma, plus beta, each with its column's numbers."""
    layer: Any = keras.layers.BatchNormalization(axis=axis, epsilon=1)
    layer.set_weights([[1, 2, 3], [0, 1, 0], [1, 2, 4], [3, 8, 0]])
    trace = layer(np.array([[3.0, 5.0, 1.0], [1.0, -1.0, 4.0]]))
    assert trace.output.tolist() == [[1, 3, -9], [0, -1, 0]]
    trace.verify()
    assert set(trace.backward(np.ones((2, 3)))) == {"input", "gamma", "beta"}


@pytest.mark.parametrize("axis", [-1, 1])
def test_shares_are_those_of_a_row(axis: int) -> None:
    """Two images' scores for three classes each, as every framework has them."""
    scores = np.array([[0.0, math.log(2), 0.0], [math.log(3), 0.0, 0.0]])
    trace = sw.trace(f"Softmax(axis={axis})", scores)
    assert np.allclose(trace.output, [[0.25, 0.5, 0.25], [0.6, 0.2, 0.2]])
    assert np.allclose(sw.trace("nn.Softmax(dim=1)", scores).output, trace.output)
    assert np.allclose(sw.trace(f"ReLU(), Softmax(axis={axis})", scores).output, trace.output)
    trace.verify()
