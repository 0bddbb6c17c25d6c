"""The call grammar, and what is said of what does not fit it."""

from __future__ import annotations

import math
from typing import Any

import pytest

from stepwise.dialects import layers
from stepwise.errors import CallError, LimitError
from stepwise.layers.calls import Call, Name, parse, written


def test_a_call_is_data() -> None:
    [call] = parse(" keras.layers.MaxPool2D((2, 2), strides=-1, padding='same', data_format=None) ")
    assert call.path == ("keras", "layers", "MaxPool2D")
    assert call.name == "MaxPool2D"
    assert call.arguments == ((2, 2),)
    assert call.keywords == {"strides": -1, "padding": "same", "data_format": None}
    assert call.text == "keras.layers.MaxPool2D((2, 2), strides=-1, padding='same', data_format=None)"


@pytest.mark.parametrize(
    ("text", "value"),
    [("2", 2), ("-2.5", -2.5), ("1e3", 1000.0), ("'a'", "a"), ('"a"', "a"), ("True", True), ("None", None),
     ("(1, 2)", (1, 2)), ("[1, (2,)]", [1, (2,)]), ("()", ()), ("0x10", 16), ("x", Name("x"))],
)  # fmt: skip
def test_literals(text: str, value: Any) -> None:
    [call] = parse(f"f({text})")
    assert call.arguments == (value,)
    assert type(call.arguments[0]) is type(value)


def test_several_calls() -> None:
    assert [call.name for call in parse("Conv2D(2, 3), ReLU(), MaxPool2D(2)")] == ["Conv2D", "ReLU", "MaxPool2D"]
    assert [call.text for call in parse("ReLU(),  nn.ReLU( )")] == ["ReLU()", "nn.ReLU( )"]


def test_a_call_within_a_call() -> None:
    [call] = parse("Conv2D(1, 2, kernel_initializer=keras.initializers.RandomNormal(stddev=0.01))")
    inner = call.keywords["kernel_initializer"]
    assert isinstance(inner, Call)
    assert (inner.name, inner.keywords) == ("RandomNormal", {"stddev": 0.01})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "cannot be read"),
        ("MaxPool2D(2", "cannot be read at column"),
        ("MaxPool2D 2", "cannot be read"),
        ("MaxPool2D", "'MaxPool2D' is not a layer call"),
        ("2", "is not a layer call"),
        ("()", "has no call in it"),
        ("MaxPool2D(2)()", "is not a layer's name"),
        ("MaxPool2D(2).__class__()", "is not a layer's name"),
        ("MaxPool2D(1 + 1)", "'1 + 1' is not a plain value"),
        ("MaxPool2D(10**9)", "is not a plain value"),
        ("MaxPool2D(lambda: 0)", "is not a plain value"),
        ("MaxPool2D(x.y)", "'x.y' is not a plain value"),
        ("MaxPool2D({'a': 1})", "is not a plain value"),
        ("MaxPool2D(f'{1}')", "is not a plain value"),
        ("MaxPool2D(b'a')", "is not a plain value"),
        ("MaxPool2D(1j)", "is not a plain value"),
        ("MaxPool2D(...)", "is not a plain value"),
        ("MaxPool2D(*[2])", "is not a plain value"),
        ("MaxPool2D(**{'strides': 2})", "** is not read"),
        ("MaxPool2D(2, strides=1, strides=2)", "gives strides twice"),
        ("MaxPool2D(0x" + "f" * 1000 + ")", "larger than any that is read"),
        ("MaxPool2D(" + "1," * 2000 + ")", "longer than the 4,000 that are read"),
        ("a" + ".a" * 1900 + "(1 + 1)", "cannot be read|is not a plain value"),
    ],
)
def test_what_does_not_fit_the_grammar(text: str, told: str) -> None:
    with pytest.raises(CallError) as caught:
        parse(text)
    assert any(part in str(caught.value) for part in told.split("|"))
    assert len(str(caught.value)) < 250
    assert "\n" not in str(caught.value)


def test_code_in_a_call_is_never_run() -> None:
    with pytest.raises(CallError, match="import"):
        layers("MaxPool2D(__import__('os').getcwd())")
    with pytest.raises(CallError):
        layers("MaxPool2D(__import__('os'))")
    with pytest.raises(CallError, match="there is no layer exit"):
        layers("exit()")


def test_the_spelling_chooses_the_dialect() -> None:
    for text, dialect in (
        ("MaxPool2D(2)", "keras"), ("MaxPooling2D(2)", "keras"), ("keras.layers.MaxPool2D(2)", "keras"),
        ("tf.keras.layers.MaxPool2D(2)", "keras"), ("MaxPool2d(2)", "torch"), ("nn.MaxPool2d(2)", "torch"),
        ("torch.nn.MaxPool2d(2)", "torch"), ("F.max_pool2d(x, 2)", "torch"), ("MaxPool(kernel_shape=[2, 2])", "onnx"),
        ("ReLU()", "keras"), ("nn.ReLU()", "torch"),
    ):  # fmt: skip
        [layer] = layers(text)
        assert (layer.dialect, repr(layer)) == (dialect, text)
    assert [layer.dialect for layer in layers("nn.MaxPool2d(2), ReLU()")] == ["torch", "torch"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("MaxPol2D(2)", "Did you mean MaxPool2D?"),
        ("maxpool2D(2)", "Did you mean"),
        ("nn.MaxPool2D(2)", "Did you mean MaxPool2d?"),
        ("keras.layer.MaxPool2D(2)", "Did you mean"),
        ("F.max_pool_2d(x, 2)", "Did you mean"),
    ],
)
def test_a_wrong_name_suggests_the_near_one(text: str, told: str) -> None:
    with pytest.raises(CallError) as caught:
        layers(text)
    assert told in str(caught.value)


def test_a_huge_window_is_refused() -> None:
    with pytest.raises((LimitError, CallError), match=r"too large|at most"):
        layers("MaxPool2D(1000000000)")


def test_writing_a_call() -> None:
    assert written("MaxPool2D", ((2, 2), "a"), {"strides": None}) == "MaxPool2D((2, 2), 'a', strides=None)"
    assert repr(parse("f(g(1))")[0].arguments[0]) == "g(1)"


@pytest.mark.parametrize(
    "word", ["float('inf')", 'float("Infinity")', "math.inf", "np.inf", "numpy.inf", "torch.inf", "inf"]
)
@pytest.mark.parametrize("sign", ["", "-"])
def test_infinity_is_read_where_a_number_is(word: str, sign: str) -> None:
    [call] = parse(f"nn.LPPool2d({sign}{word}, 2, stride=({sign}{word}, 1))")
    due = -math.inf if sign else math.inf
    assert call.arguments == (due, 2)
    assert call.keywords == {"stride": (due, 1)}


def test_infinity_is_written_so_that_it_can_be_read_again() -> None:
    text = written("LPPool2d", (math.inf, 2), {"value": -math.inf})
    assert text == "LPPool2d(float('inf'), 2, value=float('-inf'))"
    assert parse(text)[0].arguments == (math.inf, 2)


@pytest.mark.parametrize(
    "text", ["float('1')", "float(inf)", "os.inf", "float('inf', 1)", "float(x='inf')", "-'a'", "-True"]
)
def test_what_only_looks_like_infinity_is_no_number(text: str) -> None:
    try:
        [call] = parse(f"MaxPool2D({text})")
    except CallError:
        return
    assert not isinstance(call.arguments[0], float)


@pytest.mark.parametrize("text", ["-" * 3000 + "1", "a" + ".a" * 1900])
def test_what_is_nested_without_end_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(CallError):
        layers(f"MaxPool2D({text})")
