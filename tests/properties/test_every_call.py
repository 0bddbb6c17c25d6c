"""Any call that can be written reads back to its literals; any other text is refused with one sentence."""

from __future__ import annotations

import ast
import warnings
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stepwise.dialects import DIALECTS, LayerObject, layers
from stepwise.errors import CallError, LimitError, StepwiseError
from stepwise.layers.calls import Call, parse, written

untimed = settings(deadline=None)  # a busy machine is no mistake

names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True).filter(
    lambda name: name not in {"None", "True", "False"} and not is_keyword(name)
)


def is_keyword(name: str) -> bool:
    import keyword

    return keyword.iskeyword(name)


words = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=12)
plain = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**9), 10**9), st.floats(allow_nan=False, allow_infinity=False), words
)
literals = st.recursive(plain, lambda inner: st.lists(inner, max_size=3) | st.lists(inner, max_size=3).map(tuple))
keywords = st.dictionaries(names, literals, max_size=4)


@untimed
@given(st.lists(names, min_size=1, max_size=4), st.lists(literals, max_size=4), keywords)
def test_a_call_reads_back_to_its_literals(path: list[str], arguments: list[Any], named: dict[str, Any]) -> None:
    text = written(".".join(path), tuple(arguments), named)
    [call] = parse(text)
    assert call.path == tuple(path)
    assert call.arguments == tuple(arguments)
    assert call.keywords == named
    assert list(map(type, call.arguments)) == list(map(type, arguments))
    assert repr(call) == text


@untimed
@given(st.lists(st.tuples(names, st.lists(literals, max_size=2)), min_size=1, max_size=4))
def test_calls_parted_by_commas_are_a_chain(calls: list[tuple[str, list[Any]]]) -> None:
    texts = [written(name, tuple(arguments), {}) for name, arguments in calls]
    found = parse(" , ".join(texts))
    assert [(call.name, list(call.arguments)) for call in found] == calls
    assert [call.text for call in found] == texts


@untimed
@given(names, literals)
def test_a_call_may_stand_for_a_value(name: str, literal: Any) -> None:
    [call] = parse(f"Conv2D(1, 2, kernel_initializer=initializers.{name}({literal!r}))")
    inner = call.keywords["kernel_initializer"]
    assert isinstance(inner, Call)
    assert (inner.name, inner.arguments) == (name, (literal,))


def read_or_refused(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            found = layers(text)
        except (CallError, LimitError) as error:
            one_sentence(error)
            return
    assert found
    assert all(isinstance(layer, LayerObject) for layer in found)


def one_sentence(error: StepwiseError) -> None:
    assert str(error)
    assert "\n" not in str(error)


@untimed
@given(st.text(max_size=60))
@example("")
@example(",")
@example("()")
@example("(,)")
@example("\x00")
@example("f('\\d')")
@example("1if 2else 3")
@example("a" + ".a" * 1900 + "()")
@example("MaxPool2D(" + "(" * 300 + ")" * 300 + ")")
@example("MaxPool2D(" + "-" * 3000 + "1)")
@example("MaxPool2D(0x" + "f" * 3900 + ")")
@example("MaxPool2D(" + "9" * 3900 + ")")
@example("LeakyReLU(1" + "0" * 400 + ")")
@example("Conv2D(1, 2, kernel_initializer=RandomNormal(stddev=1" + "0" * 400 + "))")
@example("MaxPool2D(__import__('os'))")
@example("MaxPool2D(2).__class__")
@example("MaxPool2D(lambda: 0)")
@example("MaxPool2D(2, strides=1, strides=2)")
@example("MaxPool2D(*[2])")
@example("MaxPool2D(**{'strides': 2})")
@example("MaxPool2D(2)\nReLU()")
@example("\ud800")
@example("MaxPool2D(x := 2)")
@example("MaxPool2D(f'{2}')")
def test_arbitrary_text_is_layers_or_a_sentence(text: str) -> None:
    read_or_refused(text)


known = st.sampled_from(sorted({name for dialect in DIALECTS.values() for name in dir(dialect)}))
odd = st.recursive(
    plain | st.sampled_from(["same", "VALID", "relu", "zeros", 0, -1, 2, 3, 10**7, 10**400, 1e308, 2.0]),
    lambda inner: st.lists(inner, max_size=3) | st.lists(inner, max_size=3).map(tuple),
    max_leaves=4,
)
parameters = st.sampled_from(
    ["filters", "kernel_size", "pool_size", "strides", "stride", "padding", "dilation", "dilation_rate", "groups",
     "data_format", "units", "axis", "rate", "ceil_mode", "use_bias", "kernel_initializer", "output_size", "p",
     "kernel_shape", "pads", "auto_pad", "seed", "mode", "value", "max_value", "activation", "norm_type", "epsilon"]
)  # fmt: skip


@untimed
@given(known, st.lists(odd, max_size=4), st.dictionaries(parameters, odd, max_size=3))
def test_any_arguments_of_any_layer_fit_or_are_refused(name: str, arguments: list[Any], named: dict[str, Any]) -> None:
    read_or_refused(written(name, tuple(arguments), named))


@untimed
@given(st.text("MaxPol2D(),=[]'1x. ", max_size=40))
def test_text_that_looks_like_a_call(text: str) -> None:
    read_or_refused(text)


def test_nothing_is_executed() -> None:
    for text in (
        "print('run')",
        "MaxPool2D(exit())",
        "().__class__.__bases__",
        "[x for x in (1,)]",
        "MaxPool2D((lambda: 2)())",
        "MaxPool2D(abs(-2))",
        "MaxPool2D(10**9)",
    ):
        with pytest.raises(CallError):
            layers(text)
    assert layers("MaxPool2D(1 + 1)")[0].plan == layers("MaxPool2D(2)")[0].plan  # sums of literals are worked out
    assert ast.literal_eval("1") == 1  # and what is read is what Python itself takes for literals
