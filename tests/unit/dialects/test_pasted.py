"""Code as people paste it: which layers are read out of it, in which order, and what is asked about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.dialects import layers
from stepwise.errors import CallError, ShapeError

CASES = [
    case.split("\n---\n") for case in Path(__file__).with_name("pastes.txt").read_text(encoding="utf-8").split("====\n")
]
"""Pastes, and the calls in them."""


WAYS = {"as it is": lambda text: text, "from Windows": lambda text: text.replace("\n", "\r\n"),
        "with tabs": lambda text: text.replace("    ", "\t"), "with a mark": lambda text: "\ufeff" + text}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("text", "calls"), CASES, ids=[str(number) for number in range(len(CASES))])
def test_the_layers_in_the_order_of_their_use(text: str, calls: str, way: str) -> None:
    assert [layer.call for layer in layers(WAYS[way](text))] == calls.splitlines()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("F.relu(self.conv1(x))", "self.conv1 is not set in what was pasted"),
        ("self.a = nn.Conv2d(1, 2, 3)\nself.b = nn.MaxPool2d(2)", "nothing says in what order they are used"),
        ("class Net:\n    def __init__(self):\n        self.a = nn.ReLU()\n        self.b = nn.MaxPool2d(2)", "order"),
        ("Net(\n  (conv1): Conv2d(1, 6, 5)\n  (conv2): Conv2d(6, 16, 5)\n)", "paste its forward"),
        ("x = mystery(nn.MaxPool2d(2)(x))", "there is no layer mystery"),
        ("x = nn.MaxPool2d(2)(x)\nx = mystery(x)", "line 2: there is no layer mystery"),
        ("a = nn.MaxPool2d(2)(x)\nb = nn.AvgPool2d(2)(x)", "two things come out"),
        ("x = nn.MaxPol2d(2)(x)", "Did you mean MaxPool2d?"),
        ("k = 3\npool = nn.MaxPol2d(k)", "line 2: there is no layer MaxPol2d"),
        ("nn.Conv2d(1, int(8/2), 3)", "'int(8/2)' is not a plain value"),
        ("x = MaxPool2D(2)(x); y = 3", "on a line of its own"),
        ("x = x + nn.Conv2d(1, 1, 3, padding=1)(x)", "joins 2 branches"),
        ("y = torch.cat([nn.ReLU()(x), x], dim=1)", "joins 2 branches"),
        ("pool = nn.MaxPool2d(k)", "kernel_size=k is not a whole number"),
        ("if flag:\n    x = nn.ReLU()(x)", "which way 'if flag' goes is not known"),
        ("for k in sizes:\n    x = nn.ReLU()(x)", "goes through is not known"),
        ("x = nn.MaxPool2d(2)(3)", "called on what is no input"),
        ("x = MaxPool2D(2)()", "called on nothing"),
        ("print('hello')\nimport os", "no layer was found"),
        ("x = [\nnn.ReLU()(x)", "cannot be read at line"),
    ],
)
def test_what_is_not_clear_is_asked_in_one_sentence(text: str, told: str) -> None:
    with pytest.raises(CallError) as caught:
        layers(text)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_a_paste_is_traced_as_its_layers_are() -> None:
    x = np.arange(16.0).reshape(4, 4)
    for text in (
        "x = nn.MaxPool2d(2)(x)",
        "self.pool = nn.MaxPool2d(2, 2)",
        "tf.nn.max_pool2d(x, ksize=2, strides=2, padding='SAME')",
    ):
        assert np.asarray(sw.trace(text, x)).squeeze().tolist() == [[5, 7], [13, 15]]


def test_a_layer_that_is_used_twice_is_the_same() -> None:
    first, second = layers("conv = nn.Conv2d(1, 1, 3)\nx = conv(conv(x))")
    assert first is second


def test_an_input_says_what_goes_in() -> None:
    assert layers("inputs = Input((28, 28, 1))\nx = Flatten()(inputs)")[0].input_shape == (28, 28, 1)
    assert layers("model = Sequential([Input((8,)), Dense(3)])\nmodel.compile()")[0].input_shape == (8,)


def test_view_is_held_to_its_number() -> None:
    text = "x = nn.MaxPool2d(2)(x)\nx = x.view(-1, {})\nx = nn.Linear(4, 1)(x)"
    x = np.arange(16.0).reshape(4, 4)
    assert sw.trace(text.format(4), x).parents["input"].output.tolist() == [5, 7, 13, 15]
    with pytest.raises(ShapeError, match="both must have as many"):
        sw.trace(text.format(5), x)


KERNELS: list[tuple[str, Any, Any, list[Any]]] = [  # by hand: 1·1 + 2·2 + 3·3 + 4·4 = 30 on each kind of window
    ("F.conv2d(x, w)", [[1, 2], [3, 4]], None, [[30]]),
    ("F.conv2d(x, w, b)", [[1, 2], [3, 4]], [2], [[32]]),
    ("F.conv2d(x, weight=w, padding=1)", "1 2; 3 4", None, [[4, 11, 6], [14, 30, 14], [6, 11, 4]]),
    ("tf.nn.conv2d(x, w, 1, 'VALID')", "1 2; 3 4", None, [[30]]),
    ("tf.nn.conv2d(x, filters=w, strides=[1, 2, 2, 1], padding='SAME')", [[1, 2], [3, 4]], None, [[30]]),
    ("tf.nn.conv2d(x, w, 1, [[0, 0], [1, 0], [1, 0], [0, 0]])", [[1, 2], [3, 4]], None, [[4, 11], [14, 30]]),
    ("tf.nn.bias_add(tf.nn.conv2d(x, w, 1, 'VALID'), b)", [[1, 2], [3, 4]], "2", [[32]]),
    ("y = tf.nn.conv2d(x, w, 1, 'VALID') + b", [[1, 2], [3, 4]], [2], [[32]]),
    ("tf.nn.depthwise_conv2d(x, w, [1, 1, 1, 1], 'VALID')", "1 2; 3 4", None, [[30]]),
]


@pytest.mark.parametrize(("call", "kernel", "bias", "due"), KERNELS)
def test_functions_with_the_kernel_given_beside_them(call: str, kernel: Any, bias: Any, due: list[Any]) -> None:
    trace = sw.trace(call, [[1, 2], [3, 4]], kernel=kernel, bias=bias)
    assert np.asarray(trace).squeeze().tolist() == np.squeeze(due).tolist()
    trace.verify()


def test_several_filters_over_several_channels() -> None:
    x, w = np.arange(18.0).reshape(1, 2, 3, 3), np.arange(24.0).reshape(3, 2, 2, 2)
    due = [[[float((x[0, :, i : i + 2, j : j + 2] * one).sum()) for j in (0, 1)] for i in (0, 1)] for one in w]
    assert np.asarray(sw.trace("F.conv2d(x, w)", x, kernel=w))[0].tolist() == due
    channels_last = sw.trace("tf.nn.conv2d(x, w, 1, 'VALID')", x.transpose(0, 2, 3, 1), kernel=w.transpose(2, 3, 1, 0))
    assert np.asarray(channels_last)[0].transpose(2, 0, 1).tolist() == due


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ("F.conv2d(x, w)", "takes its kernel as an argument; give it as kernel="),
        ("F.conv2d(x, 3)", "weight=3 must be a name"),
        ("tf.nn.conv2d(x, w, [2, 1, 1, 2], 'SAME')", "must be 1"),
        ("tf.nn.conv2d(x, w, 1, 'sam')", "Did you mean same?"),
        ("tf.nn.conv2d(x, w, 1)", "padding"),
        ("tf.nn.max_pol2d(x, 2, 2, 'SAME')", "Did you mean max_pool2d?"),
        ("tf.nn.avg_pool2d(x, 2, 2, [[0, 0], [1, 1], [1, 1], [0, 0]])", "'VALID' or 'SAME'"),
    ],
)
def test_what_such_a_function_refuses(call: str, told: str) -> None:
    with pytest.raises(CallError) as caught:
        sw.trace(call, [[1, 2], [3, 4]])
    assert told in str(caught.value)
