"""Weights that are given by hand are worked by hand: a bias that is not given is 0, a kernel is small and whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.dialects import keras, layers, onnx, torch
from stepwise.dialects.torch_modules import MODULES
from stepwise.exercises.assignment import load_assignment
from stepwise.lesson_files.reading import read_lesson
from stepwise.sites.written import Place, asked
from tests.command import run

# What a course page shows for PyTorch's and Keras's convolution of this picture with this kernel; without a bias.
PICTURE = "1 2 3 0; 0 1 2 3; 3 0 1 2; 2 3 0 1"
KERNEL = "2 0 1; 0 1 2; 1 0 2"
ANSWER = [[15, 16], [6, 15]]
CALLS = ("nn.Conv2d(1, 1, 3)", "Conv2D(1, 3)", "Conv(kernel_shape=[3, 3])")
SAID = "No bias was given, so 0 is used."

# Every layer that has weights, in every dialect, with an input for it.
SMALL = np.arange(1, 5).reshape(2, 2)
WEIGHTED: dict[str, tuple[str, Any]] = {
    **{f"keras.layers.{name}": (f"{name}(2, 2)", (3,) * int(name[4]) + (2,)) for name in (
        "Conv1D", "Conv2D", "Conv3D", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose")},
    **{f"keras.layers.{name}": (f"{name}(2, 2)", (3,) * int(name[13]) + (2,)) for name in (
        "SeparableConv1D", "SeparableConv2D")},
    **{f"keras.layers.{name}": (f"{name}(2)", (3,) * int(name[13]) + (2,)) for name in (
        "DepthwiseConv1D", "DepthwiseConv2D")},
    "keras.layers.Dense": ("Dense(3)", (2, 4)),
    **{f"torch.nn.{name}": (f"nn.{name}(2, 4, 2)", (2,) + (3,) * int(name[-2])) for name in (
        "Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d")},
    "torch.nn.Linear": ("nn.Linear(4, 3)", (2, 4)),
    "onnx.Conv": ("Conv(kernel_shape=[2, 2])", (1, 1, 3, 3)),
    "onnx.ConvTranspose": ("ConvTranspose(kernel_shape=[2, 2])", (1, 1, 3, 3)),
}  # fmt: skip
OF_ONE_KIND = {"Convolution": "Conv", "SeparableConvolution": "SeparableConv"}
CONSTANTS = {
    "LayerNormalization", "GroupNormalization", "LayerNorm", "GroupNorm", "BatchNormalization", "PReLU",
    *(f"{kind}Norm{n}d" for kind in ("Instance", "Batch") for n in (1, 2, 3)),
}  # fmt: skip
"""Layers whose weights are not drawn by any framework: 1 and 0."""


def numbers(shape: tuple[int, ...]) -> Any:
    return np.arange(1, np.prod(shape) + 1).reshape(shape) % 5


def test_every_layer_with_weights_is_tried() -> None:
    """A call of each, so that one that is added is tried, too."""
    tried = {name.rpartition(".")[2] for name in WEIGHTED}
    for table in (keras.LAYERS, MODULES):
        for name in table:
            for arguments in ("2, 2", "2", "2, 2, 2", ""):
                try:
                    [layer] = layers(f"{name}({arguments})")
                except sw.StepwiseError:
                    continue
                plain = name.replace("Convolution", "Conv").removeprefix("Lazy")
                assert not layer.plan.initializers or plain in tried or plain in CONSTANTS, name
                break


@pytest.mark.parametrize("name", WEIGHTED)
def test_a_bias_that_is_not_given_beside_a_kernel_is_0(name: str) -> None:
    """As text and as a script's own object; the answer is that with a bias of 0."""
    call, shape = WEIGHTED[name]
    drawn = sw.trace(call, numbers(shape))
    [layer] = layers(call)
    kernels = {own: w for own, w in sw_weights(call, shape).items() if own != "bias"}
    with_nought = sw.trace(call, numbers(shape), weights=[{**kernels, "bias": 0 * sw_bias(call, shape)}])
    without = sw.trace(call, numbers(shape), weights=[kernels])
    assert np.array_equal(without.output, with_nought.output)
    if "bias" in layer.plan.initializers:
        assert without.origins["bias"] == "0"
        assert SAID in " ".join(without.lesson().text().split())
        assert without.inputs["bias"].dtype.kind == "i"
    own: Any = made_by_a_script(call)
    own.give(kernels)
    assert np.array_equal(own(numbers(shape)).output, without.output)
    assert np.shape(drawn.output) == np.shape(without.output)
    without.verify()


def sw_weights(call: str, shape: tuple[int, ...]) -> dict[str, Any]:
    [layer] = layers(call)
    layer(numbers(shape))
    return layer.known_weights()


def sw_bias(call: str, shape: tuple[int, ...]) -> Any:
    weights = sw_weights(call, shape)
    if "bias" in weights:
        return weights["bias"]
    return np.zeros(1, dtype=int)  # an operator of ONNX has a bias only where one is given


def made_by_a_script(call: str) -> Any:
    [layer] = layers(call)
    name = call.partition("(")[0].removeprefix("nn.")
    if layer.dialect == "onnx":
        return layer
    dialect: Any = {"keras": keras, "torch": torch}[layer.dialect].layers
    arguments = json.loads(f"[{call.partition('(')[2][:-1]}]")
    return getattr(dialect, name)(*arguments)


@pytest.mark.parametrize("name", WEIGHTED)
def test_weights_of_which_none_is_given_are_small_and_whole(name: str) -> None:
    call, shape = WEIGHTED[name]
    [layer] = layers(call)
    layer(numbers(shape))
    for own, weight in layer.known_weights().items():
        if own == "bias":
            assert not weight.any()
            continue
        assert weight.dtype.kind == "i"
        assert np.abs(weight).max() <= 2
        axis = -1 if layer.dialect == "keras" else 0
        assert weight.any(axis=tuple(i for i in range(weight.ndim) if i != axis % weight.ndim)).all(), (
            "a filter is all 0"
        )
    once, again, other = (sw.trace(call, numbers(shape), seed=seed) for seed in (0, 0, 3))
    assert np.array_equal(once.output, again.output)
    assert not all(np.array_equal(once.inputs[own], other.inputs[own]) for own in once.inputs if own != "input")


def test_keras_and_pytorch_draw_the_same_kernel() -> None:
    theirs = sw.trace("nn.Conv2d(1, 3, 2)", SMALL).inputs["kernel"]
    ours = sw.trace("Conv2D(3, 2)", SMALL).inputs["kernel"]
    assert np.array_equal(np.moveaxis(ours, (-1, -2), (0, 1)), theirs)


def test_no_filter_is_all_0_for_any_seed() -> None:
    """A filter of one weight is 0 once in five times."""
    for seed in range(50):
        assert sw.trace("Conv2D(4, 1)", SMALL, seed=seed).inputs["kernel"].all()


@pytest.mark.parametrize("made", [keras.layers.Conv2D(1, 2), torch.layers.Conv2d(1, 1, 2)])
def test_a_scripts_own_object_draws_as_its_framework_does(made: Any) -> None:
    trace = made(SMALL)
    assert not np.array_equal(trace.inputs["kernel"], np.round(trace.inputs["kernel"]))
    assert "uniform" in trace.origins["kernel"].lower()


def test_an_initializer_that_is_named_draws() -> None:
    call = "Conv2D(1, 2, kernel_initializer='ones', bias_initializer=keras.initializers.Constant(3))"
    assert sw.trace(call, SMALL).output.tolist() == [[13]]
    assert sw.trace(call, SMALL, kernel=[[1, 0], [0, 0]]).output.tolist() == [[4]], "it names the bias's, too"
    named = [sw.trace("Conv2D(1, 2, kernel_initializer='glorot_uniform')", SMALL, seed=seed) for seed in (0, 0, 1)]
    assert named[0].origins["kernel"] == "GlorotUniform(), seed 0"
    assert np.array_equal(named[0].output, named[1].output)
    assert not np.array_equal(named[0].output, named[2].output)
    kept = "Conv2D(1, 2, kernel_initializer=keras.initializers.RandomNormal(seed=7))"
    assert np.array_equal(sw.trace(kept, SMALL).output, sw.trace(kept, SMALL, seed=1).output), "its seed is its own"


def test_what_is_drawn_is_kept_in_a_saved_trace(tmp_path: Path) -> None:
    trace = sw.trace("nn.Conv2d(1, 1, 2)", SMALL, seed=4)
    trace.save(tmp_path / "t.json")
    again = sw.load(tmp_path / "t.json")
    assert again.origins == {"kernel": "whole numbers from -2 to 2, seed 4", "bias": "0"}
    assert "with seed 4" in " ".join(again.lesson().text().split())


def test_a_batch_normalization_of_which_some_is_given() -> None:
    """(x − 1) / √1: variance and scale are 1, and beta is 0, where they are not given."""
    trace = sw.trace("nn.BatchNorm2d(1, eps=0)", [[[[1, 2], [3, 4]]]], weights=[{"running_mean": [1]}])
    assert trace.output.ravel().tolist() == [0, 1, 2, 3]
    assert trace.origins == {"gamma": "1", "beta": "0", "variance": "1"}


# One question through every door.


def lesson_file(call: str) -> str:
    return f"stepwise: 1\ninput: {PICTURE}\nlayers:\n  - {json.dumps(call)}\nweights:\n  - kernel: {KERNEL}\n"


def by_trace(call: str, folder: Path) -> Any:
    return sw.trace(call, PICTURE, kernel=KERNEL).output


def by_explain(call: str, folder: Path) -> Any:
    told = run("explain", call, "--input", PICTURE, "--kernel", KERNEL).out
    assert SAID in " ".join(told.split()) or call.startswith("Conv(")
    return answers_in(told)


def by_lesson_file(call: str, folder: Path) -> Any:
    return read_lesson(lesson_file(call)).traced().output


def by_assignment(call: str, folder: Path) -> Any:
    (folder / "lesson.yaml").write_text(lesson_file(call))
    return load_assignment(folder / "lesson.yaml").exercises[""].trace.output


def by_worksheet(call: str, folder: Path) -> Any:
    (folder / "lesson.yaml").write_text(lesson_file(call))
    done = run("worksheet", str(folder / "lesson.yaml"), "--to", "md", "-o", str(folder / "sheets"))
    assert done.status == 0, done.err
    return load_assignment(folder / "sheets").exercises["v01"].trace.output


def by_site(call: str, folder: Path) -> Any:
    found = asked(call, {"input": PICTURE, "kernel": KERNEL}, Place("page", 1, folder))
    return found.lesson.traces[-1].output


def by_comparison(call: str, folder: Path) -> Any:
    return answers_in(run("compare", call, "Conv2D(1, 3)", "--input", PICTURE, "--kernel", KERNEL).out)


def by_proof(call: str, folder: Path) -> Any:
    layer = layers(call)[0]
    layer.give({"kernel": sw.trace(call, PICTURE, kernel=KERNEL).inputs["kernel"]})
    due = layers("Conv2D(1, 3, use_bias=False)")[0]
    due.give({"kernel": sw.trace("Conv2D(1, 3)", PICTURE, kernel=KERNEL).inputs["kernel"]})
    shape = (4, 4)
    assert sw.equivalent(layer, due, input_shape=shape).holds
    return ANSWER


def by_network(call: str, folder: Path) -> Any:
    """A Sequential that a script made and gave a kernel."""
    layer = made_by_a_script(call.replace(" ", ""))
    layer.give({"kernel": sw.trace(call, PICTURE, kernel=KERNEL).inputs["kernel"]})
    return keras.Sequential([layer])(sw.trace("Identity()", PICTURE)).output


def by_check(call: str, folder: Path) -> Any:
    (folder / "lesson.yaml").write_text(lesson_file(call))
    right = run("check", str(folder / "lesson.yaml"), "15 16; 6 15")
    assert right.status == 0, right.out + right.err
    return ANSWER


DOORS: list[Callable[[str, Path], Any]] = [
    by_trace, by_explain, by_lesson_file, by_assignment, by_worksheet, by_site, by_comparison, by_proof, by_network,
    by_check,
]  # fmt: skip


def answers_in(text: str) -> Any:
    """The 2×2 answer, where a text has it as a picture."""
    flat = " ".join(text.split())
    return ANSWER if "│ 15 16 │" in flat and "│ 6 15 │" in flat else flat


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("door", DOORS, ids=[door.__name__ for door in DOORS])
def test_the_textbooks_answer_comes_out_of_every_door(
    door: Callable[[str, Path], Any], call: str, tmp_path: Path
) -> None:
    assert np.array_equal(door(call, tmp_path), ANSWER)


# The seed.


def test_the_seed_is_the_same_through_every_door(tmp_path: Path) -> None:
    due = sw.trace("Conv2D(1, 2)", SMALL, seed=5)
    answer = due.output.tolist()
    assert answer != sw.trace("Conv2D(1, 2)", SMALL).output.tolist()
    text = "stepwise: 1\ninput: 1 2; 3 4\nlayers: ['Conv2D(1, 2)']\n"
    assert read_lesson(text + "seed: 5\n").traced().output.tolist() == answer
    found = asked("Conv2D(1, 2)", {"input": "1 2; 3 4", "seed": "5"}, Place("page", 1, tmp_path))
    assert found.lesson.traces[-1].output.tolist() == answer
    (tmp_path / "lesson.yaml").write_text(text)
    [[number]] = answer
    assert run("check", str(tmp_path / "lesson.yaml"), str(number), "--seed", "5").status == 0
    assert run("check", str(tmp_path / "lesson.yaml"), str(number)).status == 1
    for request in (["Conv2D(1, 2)", "--input", "1 2; 3 4"], [str(tmp_path / "lesson.yaml")]):
        told = " ".join(run("explain", *request, "--seed", "5").out.split())
        assert "with seed 5" in told
        assert f"│ {number} │" in told
    why = run("why", "Conv2D(1, 2)", "--input", "1 2; 3 4", "--seed", "5", "--cell", "0,0")
    assert f"= {number}" in why.out.replace("−", "-"), why.out
    done = run("worksheet", str(tmp_path / "lesson.yaml"), "--seed", "5", "--to", "md", "-o", str(tmp_path / "sheets"))
    assert done.status == 0, done.err
    assert load_assignment(tmp_path / "sheets").exercises["v01"].trace.output.tolist() == answer


def test_a_sheets_key_does_not_depend_on_how_its_weights_were_drawn(tmp_path: Path) -> None:
    (tmp_path / "lesson.yaml").write_text("stepwise: 1\ninput: 1 2; 3 4\nlayers: ['Conv2D(1, 2)']\n")
    run("worksheet", str(tmp_path / "lesson.yaml"), "--seed", "5", "--to", "md", "-o", str(tmp_path / "sheets"))
    [variant] = json.loads((tmp_path / "sheets" / "manifest.json").read_text())["variants"]
    kernel = sw.trace("Conv2D(1, 2)", SMALL, seed=5).inputs["kernel"]
    assert variant["weights"] == [{"kernel": kernel.tolist(), "bias": [0]}]


@pytest.mark.parametrize("seed", [-1, 1.5, True, "1"])
def test_a_seed_is_a_whole_number(seed: Any) -> None:
    with pytest.raises(sw.StepwiseError, match="whole number"):
        sw.trace("Conv2D(1, 2)", SMALL, seed=seed)
    with pytest.raises(sw.StepwiseError, match="line 3: found seed:"):
        read_lesson(f"stepwise: 1\ninput: 1 2; 3 4\nseed: {json.dumps(seed)}\nlayers: ['Conv2D(1, 2)']\n")


def test_where_nothing_is_drawn_a_seed_is_refused(tmp_path: Path) -> None:
    sw.trace("Conv2D(1, 2)", SMALL).save(tmp_path / "t.json")
    told = run("why", str(tmp_path / "t.json"), "--cell", "0,0", "--seed", "1")
    assert told.status == 2
    assert "leave --seed out" in told.err


def test_an_operator_of_onnx_has_no_bias_to_be_given() -> None:
    assert onnx.layers.layer("Conv", kernel_shape=[2, 2])(SMALL).origins.keys() == {"kernel"}
