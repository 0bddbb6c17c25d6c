"""What each misconception gives, against arithmetic done by hand; the engine carries it out, so it can be replayed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.marking.known import SLIP
from stepwise.marking.misconceptions import BUILT_IN
from stepwise.marking.wrong import WrongResults
from tools import gradient_exercises
from tools.misconceptions import EXAMPLES, example_trace

DESIGN = """
max.padding_as_zero mean.padding_counted mean.padding_not_counted mean.not_divided rule.mean_for_max rule.max_for_mean
rule.min_for_max window.stride_one window.stride_is_window window.dilation_ignored padding.valid_for_same
padding.same_for_valid padding.extra_line_first padding.symmetric size.ceil_for_floor size.floor_for_ceil
conv.kernel_flipped conv.kernel_not_flipped conv.kernel_transposed conv.bias_forgotten conv.first_channel_only
conv.channels_not_summed rule.max_for_min rule.mean_for_median resize.corners_aligned
resize.corners_not_aligned resize.nearest_for_linear shuffle.channel_order relu.absolute_value relu.skipped
 dense.flatten_column_major dense.flatten_channel_major
dense.bias_forgotten softmax.not_exponentiated softmax.no_logarithm softmax.base_ten softmax.base_two
norm.statistics_of_input norm.other_cells norm.divided_by_less_one norm.root_forgotten norm.epsilon_outside
norm.scale_forgotten norm.shift_forgotten response.alpha_not_divided response.alpha_divided response.own_channel_only
response.other_side response.power_forgotten output.transposed cell.arithmetic_slip
grad.kernel_not_turned grad.overlap_overwritten grad.every_tie grad.first_of_window grad.not_divided
grad.relu_by_gradient_sign grad.stride_zeros_left_out grad.bias_not_summed grad.batch_not_summed
grad.kernel_and_input_exchanged grad.kernel_turned grad.kernel_not_transposed loss.not_averaged update.sign
"""

BY_HAND: dict[str, Any] = {  # the examples of docs/misconceptions.md, worked out on paper
    "window.stride_one": [[5, 5, 6], [4, 9, 9], [7, 9, 9]],
    "window.stride_is_window": [[5]],
    "window.dilation_ignored": [[5, 6], [7, 8]],
    "padding.valid_for_same": [[4]],
    "padding.same_for_valid": [[4, 3], [2, 1]],
    "padding.extra_line_first": [[1, 2], [3, 4]],
    "padding.symmetric": [[4, 4, 3], [4, 4, 3], [2, 2, 1]],
    "size.ceil_for_floor": [[5, 6], [7, 8]],
    "size.floor_for_ceil": [[5]],
    "max.padding_as_zero": [[-1, 0], [0, 0]],
    "mean.padding_counted": [[20 / 4, 14 / 4], [8 / 4, 6 / 4]],
    "mean.padding_not_counted": [[4, 8], [12, 6]],
    "mean.not_divided": [[16, 8]],
    "rule.mean_for_max": [[4, 2]],
    "rule.min_for_max": [[1, 0]],
    "rule.max_for_mean": [[7, 4]],
    "conv.kernel_flipped": [[-1 + 2 * 2 + 5, -2 + 2 * 3 + 6]],
    "conv.kernel_not_flipped": [[1 + 2 * 4 - 5, 2 + 2 * 5 - 6]],
    "conv.kernel_transposed": [[1 + 2 * 2 - 5, 2 + 2 * 3 - 6]],
    "conv.first_channel_only": [[[1 + 5 + 1, 2 + 6 + 1]]],
    "conv.channels_not_summed": [[[7, 9]], [[2 * 1 + 2 * 1 + 1, 2 * 0 + 2 * 0 + 1]]],
    "conv.bias_forgotten": [[1 + 2 * 4 - 5, 2 + 2 * 5 - 6]],
    "rule.max_for_min": [[7, 4]],
    "rule.mean_for_median": [[3, 4]],
    "resize.corners_aligned": [[0, 2, 4, 6]] * 2,
    "resize.corners_not_aligned": [[0, 3, 9, 12]] * 2,
    "resize.nearest_for_linear": [[0, 0, 4, 4]] * 2,
    "shuffle.channel_order": [[[1, 3], [5, 7]], [[2, 4], [6, 8]]],
    "relu.absolute_value": [[2, 3], [1, 5]],
    "relu.skipped": [[-2, 3], [1, -5]],
    "dense.flatten_column_major": [[1, 3, 2, 4]],
    "dense.flatten_channel_major": [[1, 3, 5, 7, 2, 4, 6, 8]],
    "dense.bias_forgotten": [[1 + 3, 2 + 3]],
    "softmax.not_exponentiated": [[1 / 8, 2 / 8, 5 / 8]],
    "softmax.no_logarithm": [[1 / 4] * 4],
    "softmax.base_ten": [[-0.6020599913279624] * 4],  # log10(4) of a table
    "softmax.base_two": [[-2] * 4],
    "norm.statistics_of_input": [[-1, -1], [1, 1]],  # means 3 and 5, standard deviations 2 and 3
    "norm.other_cells": [[-1, -1], [1, 1]],  # the columns' means are 3 and 7, the rows' 2 and 8
    "norm.divided_by_less_one": [[-1, 0, 1], [-1, 0, 1]],  # ((-2)² + 0² + 2²) / 2 = 4
    "norm.root_forgotten": [[-2 / 4, 2 / 4], [-3 / 9, 3 / 9]],
    "norm.epsilon_outside": [[-2 / 7, 2 / 7], [-2 / 7, 2 / 7]],  # √4 + 5, where √(4 + 5) = 3 is due
    "norm.scale_forgotten": [[-1 + 10, 1 + 20], [-1 + 10, 1 + 20]],
    "norm.shift_forgotten": [[-2, 3], [-2, 3]],
    "response.alpha_not_divided": [[[[1 / 16]], [[2 / 16]], [[0]]]],  # 1 + 3·(1 + 4)
    "response.alpha_divided": [[[[1 / 6, 2 / 6, 0]]]],  # 1 + 3·(1 + 4) / 3
    "response.own_channel_only": [[[[1 / 2]], [[2 / 5]], [[0]]]],  # 1 + 3·1 / 3, 1 + 3·4 / 3
    "response.other_side": [[[[1 / 6]], [[2 / 21]], [[4 / 17]]]],  # 1 + 1 + 4, 1 + 4 + 16, 1 + 16
    "response.power_forgotten": [[[[1 / 16]], [[2 / 16]], [[0]]]],
    "output.transposed": [[0, 1], [3, 0]],
    # of the way back: the kernel 1 0; 2 -1 laid down at every cell of the upstream gradient 1 2; 0 1, times that cell
    "grad.kernel_and_input_exchanged": [[1, 0 + 2, 0], [2, -1 + 4 + 1, -2], [0, 2, -1]],
    "grad.kernel_not_turned": [[-1, 2 - 2, 4], [0, 1 - 1, 2 + 2], [0, 0, 1]],  # -1 2; 0 1 laid down instead
    "grad.kernel_turned": [[-1 + 2 * 2 + 1, -2 + 1], [-3 + 2 * 1 + 2, -1 + 2 * 1 + 0 + 1]],
    "grad.kernel_not_transposed": [[3 * 1 + 1 * 2, 3 * 0 + 1 * -1]],
    "grad.stride_zeros_left_out": [[1, 2, 0], [2, -1 + 4 + 1, -2], [0, 2, -1]],
    "grad.every_tie": [[3, 0], [3, 0]],
    "grad.first_of_window": [[6, 0, -1, 0], [0, 0, 0, 0]],
    "grad.not_divided": [[8, 8, -4, -4], [8, 8, -4, -4]],
    "grad.relu_by_gradient_sign": [[4, 0], [2, 3]],
    "grad.overlap_overwritten": [[0], [2], [4], [0]],
    "grad.bias_not_summed": [[2, 5]],
    "loss.not_averaged": (5 - 3) ** 2 + (-2 - 1) ** 2,  # 1 2 times 1 0; 2 -1 is 5 -2
    "update.sign": [[1 + 0.5 * 3, 0 + 0.5 * 1], [2 + 0.5 * 6, -1 + 0.5 * 2]],
    "grad.batch_not_summed": [[[2 * 1], [2 * 2]], [[1 * 3], [1 * 0]]],
}


def test_the_codes_are_those_of_the_design() -> None:
    assert {one.code for one in BUILT_IN} | {SLIP} == set(DESIGN.split())
    assert len(BUILT_IN) + 1 == len(DESIGN.split())


@pytest.mark.parametrize("code", BY_HAND)
def test_what_it_gives_by_hand(code: str) -> None:
    trace = example_trace(code)
    [misconception] = [one for one in BUILT_IN if one.code == code]
    wrong = misconception.wrong(trace)
    assert wrong is not None
    assert wrong.output.shape == np.shape(BY_HAND[code])
    assert np.allclose(wrong.output, BY_HAND[code])
    verdict = sw.check(trace, BY_HAND[code])
    assert not verdict.correct
    assert verdict.diagnosis is not None
    assert any(code in way for way in (verdict.diagnosis.codes, *verdict.diagnosis.ties))
    assert verdict.diagnosis.explains == verdict.diagnosis.wrong


def test_every_code_has_an_example_worked_out() -> None:
    assert {one.code for one in BUILT_IN} == set(BY_HAND) == set(EXAMPLES) | set(gradient_exercises.EXAMPLES)


@pytest.mark.parametrize(
    ("call", "shape"),
    [
        ("MaxPool2D(3, strides=2, padding='same')", (6, 5, 2)),
        ("MaxPool2d(3, stride=2, padding=1, dilation=2, ceil_mode=True)", (2, 7, 6)),
        ("MaxPool1D(2, padding='same')", (5, 2)),
        ("AvgPool2d(3, stride=2, padding=1, ceil_mode=True)", (6, 6)),
        ("AveragePooling3D(2, padding='same')", (3, 2, 3, 1)),
        ("Conv2D(2, 3, padding='same', activation='relu')", (5, 5, 3)),
        ("Conv2d(4, 2, 3, padding=1, groups=2)", (4, 5, 5)),
        ("Conv1D(2, 3, padding='causal', dilation_rate=2)", (6, 2)),
        ("DepthwiseConv2D(2, strides=2, padding='same')", (5, 5, 2)),
        ("Conv2DTranspose(2, 3, strides=2, padding='same')", (3, 2, 2)),
        ("nn.ConvTranspose2d(2, 3, 3, stride=2, padding=1)", (2, 3, 3)),
        ("nn.AdaptiveAvgPool2d(2)", (5, 4)),
        ("GlobalMaxPooling2D()", (3, 4, 2)),
        ("Flatten()", (1, 2, 3, 2)),
        ("nn.Flatten()", (1, 2, 3, 2)),
        ("Dense(3)", (2, 4)),
        ("Softmax()", (2, 4)),
        ("LeakyReLU()", (3, 2)),
        ("nn.LogSoftmax(1)", (2, 4)),
        ("BatchNormalization()", (3, 2)),
        ("LayerNormalization()", (3, 4)),
        ("keras.layers.LayerNormalization(axis=[1, 2])", (2, 3, 2)),
        ("nn.LayerNorm([3, 2])", (2, 3, 2)),
        ("nn.GroupNorm(2, 4)", (1, 4, 2, 3)),
        ("nn.GroupNorm(1, 4)", (1, 4, 2, 3)),
        ("nn.InstanceNorm2d(3, affine=True)", (2, 3, 2, 2)),
        ("GroupNormalization(2)", (1, 2, 3, 4)),
        ("nn.LocalResponseNorm(2, alpha=1.0)", (1, 4, 2, 1)),
        ("tf.nn.lrn(x, 2)", (1, 2, 2, 4)),
        ("nn.MinPool2d(2)", (4, 4)),
        ("nn.MedianPool2d(3, 1, 1)", (4, 4)),
        ("nn.Upsample(size=(3, 5), mode='bilinear')", (2, 3)),
        ("nn.Upsample(size=(3, 5), mode='bilinear', align_corners=True)", (2, 3)),
        ("nn.PixelUnshuffle(2)", (2, 4, 2)),
    ],
)
def test_every_wrong_result_replays_and_explains_its_cells(call: str, shape: tuple[int, ...]) -> None:
    """A wrong way is a trace like any other: it verifies, and each of its cells can be asked why."""
    trace = sw.trace(call, np.random.default_rng(4).integers(-9, 9, shape))
    for wrong in (*WrongResults(trace).single, *WrongResults(trace).double):
        wrong.trace.verify()
        assert wrong.trace.steps[0].formula is not None


def test_one_in_a_chain_is_carried_through_to_the_end() -> None:
    weights = [[[[1, 0], [0, -1]], [3]], None, None]
    trace = sw.trace(["Conv2D(1, 2)", "ReLU()", "MaxPool2D(2)"], "1 2 9; 4 5 6; 7 8 -9", weights=weights)
    # by hand: windows give 1-5+3, 2-6+3, 4-8+3, 5+9+3 = -1 -1 -1 17; without the bias -4 -4 -4 14
    assert trace.output.tolist() == [[17]]
    found = {wrong.codes: wrong.trace.output.tolist() for wrong in WrongResults(trace).single}
    assert found[("conv.bias_forgotten",)] == [[14]]
    assert found[("rule.min_for_max",)] == [[0]]
    both = {wrong.codes: wrong.trace.output.tolist() for wrong in WrongResults(trace).double}
    assert both[("rule.min_for_max", "relu.skipped")] == [[-1]]


def test_layers_that_share_a_misconception_have_it_together_or_alone() -> None:
    weights = [{"kernel": [[1]], "bias": [1]}, {"kernel": [[10]], "bias": [2]}]
    trace = sw.trace(["Conv2D(1, 1)", "Conv2D(1, 1)"], "1 2; 3 5", weights=weights)
    forgotten = [w.trace.output[0, 0] for w in WrongResults(trace).single if w.codes == ("conv.bias_forgotten",)]
    assert sorted(forgotten) == [10, 12, 20]  # 1·10; 1·10 + 2; (1 + 1)·10
    verdict = sw.check(trace, "12 22; 32 52")
    assert verdict.diagnosis is not None
    assert verdict.diagnosis.text.startswith("In Conv2D(1, 1), the bias of the convolution was not added.")


PLUGIN = """
from stepwise.marking import Misconception
from stepwise.marking.changes import with_windows

doubled = Misconception("mine.window_doubled", "the window was made twice as large",
                        lambda trace: with_windows(trace, window=(4, 4)) if trace.geometry.axes else None)
"""
ASKING = """
import stepwise as sw
found = sw.check(sw.trace("MaxPool2D(2, strides=1)", "1 2 3 4 0; 5 6 7 8 0; 9 1 2 3 0; 4 5 6 7 99"), "9 99").diagnosis
print(found.codes, found.text)
"""


def installed(folder: Path, source: str, names: str) -> Path:
    """A package with an entry point, as an installer leaves it."""
    (folder / "mine.py").write_text(source)
    (folder / "mine-1.dist-info").mkdir()
    (folder / "mine-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: mine\nVersion: 1\n")
    (folder / "mine-1.dist-info" / "entry_points.txt").write_text(f"[stepwise.misconceptions]\nmine = {names}\n")
    return folder


def asked(folder: Path) -> subprocess.CompletedProcess[str]:
    program = f"import sys; sys.path.insert(0, {str(folder)!r})\n{ASKING}"
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)


def test_a_plug_in_adds_one(tmp_path: Path) -> None:
    done = asked(installed(tmp_path, PLUGIN, "mine:doubled"))
    assert done.stdout.startswith("('mine.window_doubled',) The window was made twice as large."), done.stderr


@pytest.mark.parametrize(
    ("source", "names", "told"),
    [
        ("raise RuntimeError('no licence')", "mine:x", "the plug-in mine (mine:x) cannot be loaded: no licence"),
        ("x = 3", "mine:x", "is no Misconception and no list of them"),
        (PLUGIN.replace("mine.window_doubled", "relu.skipped"), "mine:doubled", "relu.skipped, which there is already"),
    ],
)
def test_a_plug_in_that_cannot_be_used_is_named(tmp_path: Path, source: str, names: str, told: str) -> None:
    done = asked(installed(tmp_path, source, names))
    assert told in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("options", ["", ", ceil_mode=True", ", count_include_pad=False"])
@pytest.mark.parametrize("kind", ["Avg", "Max"])
def test_same_for_valid_is_what_same_gives(kind: str, options: str, stride: int) -> None:
    """Keras's own SAME, which takes the mean of data alone."""
    if kind == "Max":
        options = options.replace(", count_include_pad=False", ", dilation=1")
    x = np.arange(25.0).reshape(5, 5) ** 2 % 17
    [same] = [one for one in BUILT_IN if one.code == "padding.same_for_valid"]
    wrong = same.wrong(sw.trace(f"nn.{kind}Pool2d(2, {stride}{options})", x[np.newaxis]))
    keras = {"Avg": "AveragePooling2D", "Max": "MaxPooling2D"}[kind]
    right = sw.trace(f"{keras}(2, strides={stride}, padding='same')", x[..., np.newaxis]).output[..., 0]
    if wrong is None:
        assert sw.trace(f"nn.{kind}Pool2d(2, {stride}{options})", x[np.newaxis]).geometry.pads or stride > 2
    else:
        assert np.allclose(wrong.output[0], right)


def test_an_overhang_that_is_counted_is_named_as_that_alone() -> None:
    trace = sw.trace("nn.AvgPool2d(2, ceil_mode=True)", [[1, -2, 3], [4, 5, -6], [7, 8, 2]])
    found = sw.check(trace, "2 -0.75; 3.75 0.5").diagnosis
    assert found is not None
    assert (found.codes, found.ties) == (("mean.padding_counted",), ())
