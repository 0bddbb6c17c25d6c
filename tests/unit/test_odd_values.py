"""Whatever is given where something else belongs, the message names no class of ours and no place in memory."""

from __future__ import annotations

import datetime
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.dialects import DIALECTS, keras, onnx, torch

TRACE = sw.trace("MaxPool2D(2)", [[4, 3], [2, 1]])
X = [[1, 2], [3, 4]]
OF_USERS = {"Sequential", "Input", "Sum", "Number"}
"""Names of ours that are also words, or those of a framework, besides its layers."""


class Foreign:
    """Somebody else's."""


ODD: dict[str, Any] = {
    "nothing": None, "somebody else's": Foreign(), "a class": Foreign, "a function": len, "a trace": TRACE,
    "a layer": keras.layers.MaxPool2D(2), "a network": keras.Sequential([keras.layers.MaxPool2D(2)]),
    "an Input": keras.Input((2, 2)), "a lesson": TRACE.lesson(), "a step": TRACE.step((0, 0)), "a mapping": {"a": 1},
    "a set": {1}, "bytes": b"12", "a path": Path("x"), "a date": datetime.date(2024, 1, 1), "complex": 1j,
    "a slice": slice(1), "an ellipsis": ..., "NaN": float("nan"), "a NumPy type": np.float32,
    "an array of objects": np.array([None, 1], object), "an array of words": np.array(["a"]), "nothing in it": [],
    "nested nothing": [[None]], "layers": [keras.layers.MaxPool2D(2)], "traces": [[TRACE]], "padding": sw.PADDING,
    "an initializer": keras.initializers.Zeros(), "a geometry": TRACE.geometry, "a why": TRACE.why((0, 0)),
    "a verdict": sw.check(TRACE, "4"), "a formula": TRACE.step((0, 0)).formula, "the dialect": keras.layers,
    "a matrix": sw.matrix(sw.trace("Conv2D(1, 1)", [[1]])), "functions": torch.functional, "words": "x y z !",
}  # fmt: skip

Door = Callable[[Any], Any]
DOORS: dict[str, Door] = {
    "trace": lambda v: sw.trace(v, X),
    "trace of a chain": lambda v: sw.trace([v], X),
    "input": lambda v: sw.trace("MaxPool2D(2)", v),
    "a cell": lambda v: sw.trace("MaxPool2D(2)", [[1, v], [3, 4]]),
    "a row": lambda v: sw.trace("MaxPool2D(2)", [[1, 2], v]),
    "kernel": lambda v: sw.trace("Conv2D(1, 2)", X, kernel=v),
    "bias": lambda v: sw.trace("Conv2D(1, 2)", X, bias=v),
    "weights": lambda v: sw.trace("Conv2D(1, 2)", X, weights=v),
    "a layer's weights": lambda v: sw.trace("Conv2D(1, 2)", X, weights=[v]),
    "a weight": lambda v: sw.trace("Conv2D(1, 2)", X, weights=[{"kernel": v}]),
    "arithmetic": lambda v: sw.trace("MaxPool2D(2)", "a b; c d", arithmetic=v),
    "assume": lambda v: sw.trace("MaxPool2D(2)", "a b; c d", assume=v),
    "seed": lambda v: sw.trace("MaxPool2D(2)", X, seed=v),
    "a layer called": lambda v: keras.layers.MaxPool2D(2)(v),
    "a module called": lambda v: torch.layers.MaxPool2d(2)(v),
    "whole numbers": lambda v: keras.layers.MaxPool2D(v),
    "a word": lambda v: keras.layers.MaxPool2D(2, padding=v),
    "a whole number": lambda v: keras.layers.Conv2D(v, 2),
    "activation": lambda v: keras.layers.Conv2D(1, 2, activation=v),
    "initializer": lambda v: keras.layers.Conv2D(1, 2, kernel_initializer=v),
    "a shape": lambda v: keras.layers.Reshape(v),
    "axes": lambda v: keras.layers.Permute(v),
    "Input": lambda v: keras.Input(v),
    "Sequential": lambda v: keras.Sequential(v),
    "in a Sequential": lambda v: keras.Sequential([v]),
    "in PyTorch's": lambda v: torch.nn.Sequential(v),
    "summary": lambda v: keras.Sequential([keras.layers.MaxPool2D(2)]).summary(v),
    "set_weights": lambda v: keras.layers.Conv2D(1, 2).set_weights(v),  # type: ignore[attr-defined]
    "load_state_dict": lambda v: torch.nn.Sequential(torch.nn.Conv2d(1, 1, 2)).load_state_dict(v),
    "m.weight": lambda v: setattr(torch.nn.Conv2d(1, 1, 2), "weight", v),
    "a merging layer": lambda v: keras.layers.Add()([v, v]),
    "F.max_pool2d": lambda v: torch.nn.functional.max_pool2d(X, v),
    "F.conv2d": lambda v: torch.nn.functional.conv2d(X, v),
    "a node's input": lambda v: onnx.node("MaxPool", [v], kernel_shape=[2, 2]),
    "an attribute": lambda v: onnx.node("MaxPool", [[[X]]], kernel_shape=v),
    "opset": lambda v: onnx.node("Relu", [[1]], opset=v),
    "step": TRACE.step,
    "why": TRACE.why,
    "touched": TRACE.touched,
    "detail": lambda v: TRACE.lesson(detail=v),
    "language": lambda v: TRACE.lesson(language=v),
    "backward": TRACE.backward,
    "an answer": lambda v: sw.check(TRACE, v).text,
    "compare": lambda v: sw.compare(TRACE, v),
    "matrix": sw.matrix,
    "equivalent": lambda v: sw.equivalent(v, "ReLU()", input_shape=(2, 2)),
}


def names_of_ours() -> set[str]:
    """Every class of the package, as far as its name is no word of its users."""
    found = set()
    for module in pkgutil.walk_packages(sw.__path__, "stepwise."):
        if re.search(r"\.(sites|cli|__main__|sealed)", module.name):
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            if inspect.isclass(value) and value.__module__.startswith("stepwise."):
                found.add(name)
    theirs = {name for dialect in DIALECTS.values() for name in dir(dialect)}
    return {name for name in found - theirs - OF_USERS if re.search(r"[a-z][A-Z]|^_|^Given|^Trace$|^Step$", name)}


OURS = names_of_ours()


@pytest.mark.parametrize("door", DOORS)
def test_no_message_names_a_class_of_ours(door: str) -> None:
    for name, value in ODD.items():
        told = ""
        try:
            given = DOORS[door](value)
            told = given if isinstance(given, str) else ""
        except sw.StepwiseError as error:
            told = str(error)
            assert told, name
        named = [own for own in OURS if re.search(rf"(?<![\w'.]){own}\b", told)]
        assert not named, (name, told)
        assert not re.search(r"object at 0x|<class|<function|<built-in", told), (name, told)
        assert "\n" not in told, (name, told)


def test_names_of_ours_are_found() -> None:
    """Else nothing would be tried."""
    assert {"Trace", "LayerObject", "KerasSequential", "Given", "LinearMap", "AxisGeometry"} <= OURS


def test_what_was_given_is_told_in_words() -> None:
    with pytest.raises(sw.StepwiseError, match="the input holds a layer where numbers belong"):
        sw.trace("MaxPool2D(2)", keras.layers.MaxPool2D(2))
    with pytest.raises(sw.StepwiseError, match="the input holds an Input where numbers belong"):
        sw.trace("MaxPool2D(2)", keras.Input((2, 2)))
    with pytest.raises(sw.StepwiseError, match=r"pool_size=foo is not a whole number"):
        sw.trace("MaxPool2D(foo)", X)
