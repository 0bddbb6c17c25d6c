"""`stepwise.trace`: calls, layers and chains of them; weights by keyword, by layer and by name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.dialects import keras
from stepwise.errors import CallError, InputError, LimitError, ShapeError

FOUR = [[4, 3], [2, 1]]
ONES = [[1, 1], [1, 1]]


@pytest.mark.parametrize("x", [FOUR, "4 3; 2 1", "[[4, 3], [2, 1]]", np.array(FOUR), ((4, 3), (2, 1))])
def test_an_input_in_any_form(x: Any) -> None:
    assert sw.trace("MaxPool2D(2)", x).output.tolist() == [[4]]


def test_a_chain_in_any_form() -> None:
    due = sw.trace("ReLU()", sw.trace("MaxPool2D(1)", FOUR)).output.tolist()
    chains: list[Any] = [
        "MaxPool2D(1), ReLU()",
        ["MaxPool2D(1)", "ReLU()"],
        ("MaxPool2D(1)", keras.layers.ReLU()),
        [keras.layers.MaxPool2D(1), "ReLU()"],
        ["MaxPool2D(1), ReLU()"],
    ]
    for chain in chains:
        trace = sw.trace(chain, FOUR)
        assert trace.output.tolist() == due
        assert trace.parents["input"].layer.call == "MaxPool2D(1)"


def test_parents_lead_back_to_the_first_input() -> None:
    trace = sw.trace(["Conv2D(2, 2, padding='same')", "ReLU()", "MaxPool2D(2)", "Flatten()", "Dense(3)"], FOUR)
    calls = []
    while "input" in trace.parents:
        calls.append(trace.layer.call)
        trace = trace.parents["input"]
    assert calls == ["Dense(3)", "Flatten()", "MaxPool2D(2)", "ReLU()"]
    assert trace.inputs["input"].tolist() == FOUR


def test_a_trace_as_input_is_the_parent() -> None:
    first = sw.trace("MaxPool2D(1)", FOUR)
    assert sw.trace("ReLU()", first).parents["input"] is first


def test_kernel_and_bias_of_the_only_layer_that_has_any() -> None:
    for kernel, bias in ((ONES, 5), ("1 1; 1 1", "5"), (np.ones((2, 2, 1, 1)), [5])):
        assert sw.trace("Conv2D(1, 2), ReLU()", FOUR, kernel=kernel, bias=bias).output.tolist() == [[15]]
    assert sw.trace("nn.Conv2d(1, 1, 2)", FOUR, kernel=np.ones((1, 1, 2, 2)), bias=5).output.tolist() == [[15]]
    assert sw.trace("Conv2D(2, 2)", FOUR, kernel=np.ones((2, 2, 1, 2)), bias="1 2").output.tolist() == [[[11, 12]]]


def test_weights_by_layer() -> None:
    chain = ["Conv2D(1, 1)", "ReLU()", "Conv2D(1, 2)"]
    one, two = [[[[2]]]], np.ones((2, 2, 1, 1))
    for weights in (
        [[one, [1]], None, [two, [0]]],
        [{"kernel": one, "bias": [1]}, None, {"kernel": two, "bias": 0}],
        {0: [one, [1]], 2: {"kernel": two}},
    ):
        assert sw.trace(chain, FOUR, weights=weights).output.tolist() == [[2 * 10 + 4]]


def test_only_what_is_not_given_is_drawn() -> None:
    trace = sw.trace("Conv2D(1, 2)", FOUR, weights=[{"kernel": ONES}])
    assert trace.output.tolist() == [[10]]
    assert list(trace.origins) == ["bias"]
    assert list(sw.trace("Conv2D(1, 2)", FOUR).origins) == ["kernel", "bias"]


def test_weights_by_the_frameworks_own_names() -> None:
    weight = np.ones((1, 1, 2, 2))
    assert sw.trace("nn.Conv2d(1, 1, 2)", FOUR, weights=[{"weight": weight, "bias": [5]}]).output.tolist() == [[15]]


@pytest.mark.parametrize(
    ("call", "given", "error", "told"),
    [
        ([], {}, CallError, "no layer was given"),
        (5, {}, CallError, "5 is not a layer"),
        ([5], {}, CallError, "is not a layer"),
        (None, {}, CallError, "None is not a layer"),
        ("MaxPool2D(2)", {"kernel": ONES}, CallError, "MaxPool2D(2) has no weights"),
        ("Conv2D(1, 1), Conv2D(1, 1)", {"bias": 1}, CallError, "2 layers have weights; give them by layer"),
        ("Conv2D(1, 2)", {"weights": 5}, CallError, "weights must be a list"),
        ("Conv2D(1, 2)", {"weights": "1 2"}, CallError, "weights must be a list"),
        ("Conv2D(1, 2)", {"weights": [5]}, CallError, "must be a list or a mapping by name, not 5"),
        ("Conv2D(1, 2)", {"weights": [None, [ONES]]}, ShapeError, "layer 1; the layers are numbered 0 to 0"),
        ("Conv2D(1, 2)", {"weights": {"first": [ONES]}}, ShapeError, "layer 'first'"),
        ("Conv2D(1, 2)", {"weights": {-1: [ONES]}}, ShapeError, "layer -1"),
        ("Conv2D(1, 2)", {"weights": [[ONES, [1], [2]]]}, ShapeError, "but 3 were given"),
        ("Conv2D(1, 2)", {"weights": [{"kernle": ONES}]}, CallError, "has no kernle; it has kernel or bias"),
        ("Conv2D(1, 2)", {"kernel": "1 word; 1 1"}, InputError, "the kernel has 'word' in row 1, column 2"),
        ("Conv2D(1, 2)", {"kernel": [[1, 1, 1]]}, ShapeError, "the kernel has shape (1, 3)"),
        ("Conv2D(1, 2)", {"bias": [1, 2]}, ShapeError, "the bias has shape (2,)"),
        ("Conv2D(1000000, 1000)", {}, ShapeError, "does not fit"),
        ("Conv2D(1000000, 1000, padding='same')", {}, LimitError, "at most"),
        ("ZeroPadding2D(100000)", {}, LimitError, "at most"),
        ("Dense(1000000), Dense(1000000)", {}, LimitError, "at most"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told(call: Any, given: dict[str, Any], error: type[Exception], told: str) -> None:
    with pytest.raises(error) as caught:
        sw.trace(call, FOUR, **given)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_chain_lends_its_dialect_to_names_that_several_have() -> None:
    trace = sw.trace(["nn.MaxPool2d(1)", "ReLU()"], FOUR)
    assert trace.layer.dialect == "torch"
    assert sw.trace(["MaxPool2D(1)", "ReLU()"], FOUR).layer.dialect == "keras"
