"""A saved trace reads back to the very same numbers; damage of any kind is one sentence and never a traceback."""

from __future__ import annotations

import copy
import json
import math
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.dialects import keras
from stepwise.errors import FileError

NINE = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
CALLS = [
    "MaxPool2D(2, strides=1, padding='same')", "AveragePooling2D(2)", "nn.LPPool2d(2, 2)", "Conv2D(2, 2)",
    "DepthwiseConv2D(2)", "Conv2DTranspose(1, 2, strides=2)", "ReLU(max_value=6)", "Softmax()", "Flatten()", "Dense(2)",
    "BatchNormalization()", "nn.AdaptiveAvgPool2d(2)", "ZeroPadding2D(1)", "GlobalMaxPooling2D()", "Activation('tanh')",
    "Activation('sigmoid')", "nn.ConstantPad2d(1, -1e999)", "nn.ReflectionPad2d(1)", "nn.MaxPool2d(2, ceil_mode=True)",
    "MaxPool(kernel_shape=[2, 2], auto_pad='SAME_LOWER')", "Dropout(0.5)",
]  # fmt: skip


def all_traces() -> Iterator[sw.Trace]:
    yield from (sw.trace(call, NINE) for call in CALLS)
    yield sw.trace(["Conv2D(2, 2)", "ReLU()", "MaxPool2D(2)", "Flatten()", "Dense(2)"], NINE)
    yield keras.layers.Add()([np.array(NINE), np.array(NINE)])


def same(a: sw.Trace, b: sw.Trace) -> None:
    """Everything a trace holds, to the last bit."""
    assert a.layer == b.layer
    assert a.geometry == b.geometry
    assert dict(a.origins) == dict(b.origins)
    assert list(a.inputs) == list(b.inputs)
    for one, other in [(a.output, b.output), *((a.inputs[name], b.inputs[name]) for name in a.inputs)]:
        assert one.dtype == other.dtype
        assert one.shape == other.shape
        assert one.tobytes() == other.tobytes() if one.dtype != object else one.tolist() == other.tolist()
    assert list(a.parents) == list(b.parents)
    for name in a.parents:
        same(a.parents[name], b.parents[name])


@pytest.mark.parametrize("number", range(len(CALLS) + 2))
def test_every_operation_reads_back(number: int, tmp_path: Path) -> None:
    trace = list(all_traces())[number]
    trace.save(tmp_path / "t.json")
    again = sw.load(tmp_path / "t.json")
    same(trace, again)
    again.verify()
    assert [str(step.formula) for step in again.steps] == [str(step.formula) for step in trace.steps]
    again.save(tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "t.json").read_bytes()


@pytest.mark.parametrize(
    "data",
    [
        np.array([[4, -3], [2, 2**62 + 1]], np.int64),
        np.array([[0, 255], [7, 1]], np.uint8),
        np.array([[-128, 127], [7, 1]], np.int8),
        np.array([[2**64 - 1, 0], [7, 1]], np.uint64),
        np.array([[0.1, 1 / 3], [1e-300, 5e-324]], np.float64),
        np.array([[0.1, 1 / 3], [1e-38, 3.4e38]], np.float32),
        np.array([[0.1, 1 / 3], [6e-8, 65504]], np.float16),
        np.array([[math.nan, math.inf], [-math.inf, -0.0]], np.float64),
        np.array([[math.nan, math.inf], [-math.inf, -0.0]], np.float32),
        np.array([[2**100, -(3**80)], [0, 1]], object),
    ],
    ids=lambda array: str(array.dtype),
)
def test_every_type_of_number_reads_back(data: Any, tmp_path: Path) -> None:
    trace = sw.trace("MaxPool2D(2, strides=1, padding='same')", data)
    assert trace.inputs["input"].dtype == data.dtype
    trace.save(tmp_path / "t.json")
    same(trace, sw.load(tmp_path / "t.json"))
    json.loads((tmp_path / "t.json").read_text(), parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))


def test_a_parent_is_the_same_array_as_the_input_it_gave(tmp_path: Path) -> None:
    sw.trace(["Conv2D(2, 2)", "ReLU()"], NINE).save(tmp_path / "t.json")
    again = sw.load(tmp_path / "t.json")
    assert again.parents["input"].output is again.inputs["input"]


def test_what_is_read_is_locked(tmp_path: Path) -> None:
    sw.trace("Conv2D(2, 2)", NINE).save(tmp_path / "t.json")
    again = sw.load(tmp_path / "t.json")
    assert not any(array.flags.writeable for array in (again.output, *again.inputs.values()))


def one_sentence(error: Exception, about: str = "") -> None:
    assert "\n" not in str(error)
    assert about in str(error)


def refused(data: Any, path: Path) -> str:
    """The sentence that a file with this content is refused with."""
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    with pytest.raises(FileError) as caught:
        sw.load(path)
    sentence = str(caught.value)
    assert sentence.startswith(str(path))
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("hello", "not JSON"),
        ("[" * 100_000, "nested"),
        ('{"format": ' + "9" * 5000 + "}", "not JSON"),
        ("[]", "it has no"),
        ("null", "it has no"),
        ('{"format": "a page"}', 'no "format": "stepwise-trace"'),
        ('{"format": "stepwise-trace", "version": 2}', "version 2"),
        ('{"format": "stepwise-trace", "version": [1]}', "version"),
    ],
)
def test_a_foreign_file_is_refused(content: str, told: str, tmp_path: Path) -> None:
    assert told in refused(content, tmp_path / "t.json")


def test_a_file_that_is_not_there_or_not_text(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot read"):
        sw.load(tmp_path / "none.json")
    (tmp_path / "t.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FileError, match="not a text file"):
        sw.load(tmp_path / "t.json")


def at(*path: str | int, to: Any) -> Callable[[Any], None]:
    """A change of one value; without `to`, see `without`."""

    def change(data: Any) -> None:
        for key in path[:-1]:
            data = data[key]
        data[path[-1]] = to

    return change


def without(*path: str) -> Callable[[Any], None]:
    def change(data: Any) -> None:
        for key in path[:-1]:
            data = data[key]
        del data[path[-1]]

    return change


OPERATION = ("layer", "operation")
AXIS = ("geometry", "axes", 0)
DAMAGE: dict[str, tuple[Callable[[Any], None], str]] = {
    "no input": (without("inputs", "input"), "no input"),
    "no kernel": (without("inputs", "kernel"), "kernel"),
    "no output": (without("output"), "array is missing"),
    "no layer": (without("layer"), "'layer'"),
    "no geometry": (without("geometry"), "'geometry'"),
    "no axes": (at("geometry", "axes", to=[]), "geometry"),
    "an unknown operation": (at(*OPERATION, "name", to="mystery"), "unknown operation 'mystery'"),
    "an operation named by a list": (at(*OPERATION, "name", to=["conv"]), "unknown operation"),
    "a parameter too many": (at(*OPERATION, "colour", to="red"), "colour"),
    "a parameter too few": (without(*OPERATION, "groups"), "parameters of conv"),
    "a parameter of another kind": (at(*OPERATION, "filters", to="2"), "'filters'"),
    "yes for a number": (at(*OPERATION, "groups", to=True), "'groups'"),
    "groups that do not divide": (at(*OPERATION, "groups", to=3), "groups=3"),
    "windows of an unknown kind": (at(*OPERATION, "windows", "kind", to="Jumping"), "'windows'"),
    "windows of a kind in a list": (at(*OPERATION, "windows", "kind", to=["Sliding"]), "'windows'"),
    "windows that a convolution cannot have": (
        at(*OPERATION, "windows", to={"kind": "Whole", "spatial": 2, "keep": True}), "window of its own"),
    "a window of nothing": (at(*OPERATION, "windows", "window", to=[0, 2]), "window must be"),
    "an unknown padding": (at(*OPERATION, "windows", "padding", to="lots"), "'padding'"),
    "a huge parameter": (at(*OPERATION, "filters", to=10**30), "'filters'"),
    "an axis with stride 0": (at(*AXIS, "stride", to=0), "no geometry has"),
    "an axis that pads less than nothing": (at(*AXIS, "before", to=-1), "no geometry has"),
    "an axis with a fraction": (at(*AXIS, "size", to=3.0), "'size'"),
    "an axis by an unknown rule": (at(*AXIS, "rule", to="lots"), "no geometry has"),
    "a huge axis": (at(*AXIS, "window", to=10**30), "no geometry has"),
    "a geometry of other data": (at(*AXIS, "size", to=4), "geometry is not that of an input"),
    "more windows than outputs": (at(*AXIS, "output", to=3), "output has shape"),
    "a type of another kind": (at("output", "dtype", to={"int": 64}), "unknown type"),
    "an unknown type": (at("output", "dtype", to="complex64"), "unknown type"),
    "a word among numbers": (at("inputs", "input", "data", 0, to="one"), "not a number"),
    "nothing among numbers": (at("inputs", "input", "data", 0, to=None), "not a number"),
    "yes among numbers": (at("inputs", "input", "data", 0, to=True), "not a number"),
    "a fraction among integers": (at("inputs", "input", "data", 0, to=1.5), "not a whole number"),
    "NaN among integers": (at("inputs", "input", "data", 0, to="NaN"), "not a whole number"),
    "an integer too large for its type": (at("inputs", "input", "data", 0, to=2**80), "do not fit int64"),
    "a cell too many": (at("inputs", "input", "data", to=[1] * 10), "10 numbers"),
    "a shape that is negative": (at("inputs", "input", "shape", to=[-3, -3]), "9 numbers"),
    "a shape of words": (at("inputs", "input", "shape", to=["3", 3]), "9 numbers"),
    "another shape of the same size": (at("inputs", "input", "shape", to=[1, 9]), "geometry is not that"),
    "a kernel of another shape": (at("inputs", "kernel", "shape", to=[2, 2, 2, 1]), "the kernel has shape"),
    "a layout of words": (at("layer", "layout", "channels_last", to="yes"), "'channels_last'"),
    "a call that is a number": (at("layer", "call", to=7), "'call'"),
    "a parent that is no trace": (at("inputs", "input", to={"parent": {}}), 'no "format"'),
    "inputs in a list": (at("inputs", to=[]), "'inputs'"),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_refused_with_one_sentence(name: str, tmp_path: Path) -> None:
    data = sw.trace("Conv2D(2, 2)", NINE).to_data()
    data = json.loads(json.dumps(data))
    change, told = DAMAGE[name]
    change(data)
    assert told in refused(data, tmp_path / "t.json")


def test_numbers_too_large_for_a_narrow_type_are_refused(tmp_path: Path) -> None:
    for dtype, number in (("float16", 1e5), ("float32", 1e39), ("float64", 10**400)):
        data = sw.trace("MaxPool2D(1)", np.ones((1, 1), dtype)).to_data()
        data["inputs"]["input"]["data"] = [number]
        assert f"do not fit {dtype}" in refused(data, tmp_path / "t.json")


@pytest.mark.parametrize(
    ("call", "path", "number"),
    [
        ("nn.MaxPool2d(2)", ("geometry", "axes", 0, "window"), 2**31),
        ("nn.ConvTranspose2d(1, 2, 2)", ("layer", "operation", "windows", "stride"), [10**9, 10**9]),
        ("nn.AdaptiveAvgPool2d(2)", ("layer", "operation", "windows", "output"), [10**9, 10**9]),
    ],
)
def test_a_window_without_end_is_refused_before_it_is_laid_out(
    call: str, path: tuple[Any, ...], number: Any, tmp_path: Path
) -> None:
    data = json.loads(json.dumps(sw.trace(call, np.array([NINE])).to_data()))
    found(data, path[:-1])[path[-1]] = number
    (tmp_path / "t.json").write_text(json.dumps(data))
    with pytest.raises(FileError, match=r"too (many|large) to check"):
        sw.load(tmp_path / "t.json")


def test_what_stands_in_a_damaged_file_is_quoted_in_short(tmp_path: Path) -> None:
    data = sw.trace("MaxPool2D(2)", NINE).to_data()
    (tmp_path / "t.json").write_text(json.dumps({**data, "version": [1] * 5000}))
    with pytest.raises(FileError) as refused:
        sw.load(tmp_path / "t.json")
    assert len(str(refused.value)) < 400


def test_a_chain_without_end_is_refused(tmp_path: Path) -> None:
    first = json.dumps(sw.trace("MaxPool2D(1)", [[1]]).to_data())
    array = json.dumps({"dtype": "int64", "shape": [1, 1], "data": [1]})
    before, after = first.split(array, 1)
    text = (before + '{"parent": ') * 600 + first + ("}" + after) * 600
    assert "it is a chain of more than" in refused(text, tmp_path / "t.json")


def test_a_chain_too_long_to_be_saved_says_so(tmp_path: Path) -> None:
    trace = sw.trace(["MaxPool2D(1)"] * 900, [[1]])
    try:
        trace.save(tmp_path / "t.json")
    except FileError as error:  # how deep a file may be nested is for Python to say
        one_sentence(error, "too long")
        return
    same(trace, sw.load(tmp_path / "t.json"))


def test_a_lie_in_a_sound_file_is_for_verify_to_find(tmp_path: Path) -> None:
    data = sw.trace("MaxPool2D(2)", [[4, 3], [2, 1]]).to_data()
    data["output"]["data"] = [3]
    (tmp_path / "t.json").write_text(json.dumps(data))
    with pytest.raises(sw.VerificationError, match="is 3, but replaying its window gives 4"):
        sw.load(tmp_path / "t.json").verify()


def test_it_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot write"):
        sw.trace("MaxPool2D(1)", [[1]]).save(tmp_path / "no such folder" / "t.json")
    assert list(tmp_path.iterdir()) == []


VALUES: list[Any] = [
    None, True, False, 0, 1, -1, 2, 3, 10**6, 10**30, 0.5, math.inf, "", "NaN", "x", "max_pool", "valid", "conv",
    "Sliding", "Whole", [], {}, [1], [[1, 2]], [[1, 2], [1, 2]], {"kind": "Whole", "spatial": 2, "keep": True},
    {"kind": []}, {"a": 1}, ["x"], "int64", "float16", [2, 2], [0, 0], {"parent": None},
    2**31, [10**9, 10**9], [1] * 300,
]  # fmt: skip


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    entries = data.items() if isinstance(data, dict) else enumerate(data[:4]) if isinstance(data, list) else ()
    for key, value in entries:
        yield from places(value, (*path, key))


def found(data: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        data = data[key]
    return data


def mutated(random: random.Random, data: Any) -> Any:
    """The data after one or two blows: something removed, added, moved or replaced."""
    data = copy.deepcopy(data)
    for _ in range(random.randint(1, 2)):
        everywhere = list(places(data))
        if not everywhere:
            break
        *outer, key = random.choice(everywhere)
        holder = found(data, tuple(outer))
        match random.randrange(6):
            case 0:
                del holder[key]
            case 1 if isinstance(holder, dict):
                holder[random.choice(["kernel", "bias", "input", "x", "dtype"])] = copy.deepcopy(random.choice(VALUES))
            case 2:
                holder[key] = copy.deepcopy(found(data, random.choice(everywhere)))
            case _:
                holder[key] = copy.deepcopy(random.choice(VALUES))
    return data


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_damaged_gives_a_trace_or_a_sentence(seed: int, tmp_path: Path) -> None:
    whole = [json.loads(json.dumps(trace.to_data())) for trace in all_traces()]
    chance = random.Random(seed)
    path = tmp_path / "t.json"
    loaded = 0
    for _ in range(400):
        path.write_text(json.dumps(mutated(chance, chance.choice(whole))))
        try:
            trace = sw.load(path)
            loaded += 1
            trace.verify()
            assert all(str(step.formula) for step in trace.steps)
        except sw.StepwiseError as error:
            one_sentence(error)
    assert loaded > 10, "the blows must be light enough that some files are still read"


@pytest.mark.parametrize("seed", range(4))
def test_whatever_byte_is_changed_gives_a_trace_or_a_sentence(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    path = tmp_path / "t.json"
    sw.trace("Conv2D(2, 2)", NINE).save(path)
    whole = path.read_bytes()
    for _ in range(150):
        place = chance.randrange(len(whole))
        path.write_bytes(whole[:place] + bytes([chance.randrange(256)]) + whole[place + chance.randrange(3) :])
        try:
            sw.load(path).verify()
        except sw.StepwiseError as error:
            one_sentence(error)
