"""`docs/trace.schema.json` says what `Trace.save` writes, and refuses what it never would."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import stepwise as sw
from stepwise.geometry import RULES
from stepwise.layers.saved import DTYPES

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "trace.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
FOUR = [[4, 3], [2, 1]]
NINE = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]

TRACES: dict[str, Callable[[], sw.Trace]] = {
    "max": lambda: sw.trace("MaxPool2D(2, strides=1, padding='same')", FOUR),
    "mean": lambda: sw.trace("AveragePooling2D(2, strides=1)", NINE),
    "drawn weights": lambda: sw.trace("Conv2D(3, 2, padding='same')", NINE),
    "given weights": lambda: sw.trace("Conv2D(1, 2)", NINE, kernel=FOUR, bias=[0.5]),
    "chain": lambda: sw.trace(["Conv2D(2, 2)", "ReLU()", "MaxPool2D(2)", "Flatten()", "Dense(2)"], NINE),
    "not finite": lambda: sw.trace("MaxPool2D(2, strides=1)", [[math.nan, math.inf], [-math.inf, 1]]),
    "without bound": lambda: sw.trace("MaxPool2D(1)", [[2**70]]),
    "transposed": lambda: sw.trace("nn.ConvTranspose2d(1, 1, 2, stride=2)", NINE),
    "ceil": lambda: sw.trace("nn.MaxPool2d(2, ceil_mode=True)", NINE),
    "adaptive": lambda: sw.trace("nn.AdaptiveAvgPool2d(2)", NINE),
    "lower": lambda: sw.trace("MaxPool(kernel_shape=[2, 2], auto_pad='SAME_LOWER')", NINE),
    "infinite parameter": lambda: sw.trace("nn.ConstantPad2d(1, -1e999)", NINE),
}


def strict(text: str) -> Any:
    """JSON as its standard has it: no bare NaN or Infinity."""

    def refuse(word: str) -> None:
        raise ValueError(f"{word} is not JSON")

    return json.loads(text, parse_constant=refuse)


@pytest.fixture
def saved(tmp_path: Path) -> Any:
    TRACES["chain"]().save(tmp_path / "t.json")
    return strict((tmp_path / "t.json").read_text(encoding="utf-8"))


def test_is_itself_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", TRACES)
def test_fits_what_is_saved(name: str, tmp_path: Path) -> None:
    TRACES[name]().save(tmp_path / "t.json")
    data = strict((tmp_path / "t.json").read_text(encoding="utf-8"))
    assert [error.message for error in VALIDATOR.iter_errors(data)] == []
    again = sw.load(tmp_path / "t.json")
    assert strict(json.dumps(again.to_data(), allow_nan=False)) == data


def test_names_every_rule_and_element_type() -> None:
    assert tuple(SCHEMA["$defs"]["axis"]["properties"]["rule"]["enum"]) == RULES
    assert set(SCHEMA["$defs"]["array"]["properties"]["dtype"]["enum"]) == DTYPES


def _set(*path: str | int, to: Any) -> Callable[[Any], None]:
    def change(data: Any) -> None:
        for key in path[:-1]:
            data = data[key]
        data[path[-1]] = to

    return change


def _remove(*path: str) -> Callable[[Any], None]:
    def change(data: Any) -> None:
        for key in path[:-1]:
            data = data[key]
        del data[path[-1]]

    return change


PARENT = ("inputs", "input", "parent")
MUTATIONS: dict[str, Callable[[Any], None]] = {
    "another format": _set("format", to="a-trace"),
    "another version": _set("version", to=2),
    "no output": _remove("output"),
    "no input": _remove("inputs", "input"),
    "no layout": _remove("layer", "layout"),
    "a layout of words": _set("layer", "layout", "channels_last", to="yes"),
    "an operation without a name": _remove("layer", "operation", "name"),
    "an unknown type": _set("output", "dtype", to="complex128"),
    "a word among numbers": _set("output", "data", 0, to="four"),
    "a shape with no cells": _set("output", "shape", to=[0]),
    "something else besides": _set("comment", to="hello"),
    "a damaged parent": _remove(*PARENT, "output"),
    "a damaged grandparent": _set(*PARENT, *PARENT, "version", to=0),
    "an origin that is a number": _set("origins", "kernel", to=3),
    "axes of another kind": _set("geometry", "axes", to=[{"name": "height"}]),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_refuses(name: str, saved: Any) -> None:
    damaged = copy.deepcopy(saved)
    MUTATIONS[name](damaged)
    assert not VALIDATOR.is_valid(damaged)


def test_refuses_padding_that_takes_away() -> None:
    data = strict(json.dumps(TRACES["max"]().to_data()))
    data["geometry"]["axes"][0]["before"] = -1
    assert not VALIDATOR.is_valid(data)
    data["geometry"]["axes"][0]["rule"] = "transposed"  # there, lines are cut off or added
    assert VALIDATOR.is_valid(data)


def test_refuses_fractions_among_integers() -> None:
    data = strict(json.dumps(TRACES["max"]().to_data()))
    assert data["output"]["dtype"] == "int64"
    data["output"]["data"][0] = 1.5
    assert not VALIDATOR.is_valid(data)
