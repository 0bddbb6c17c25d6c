"""Wrong procedures with names. Each is a change to the request or to the rule, and the engine computes what it gives.

To add one: a row in `BUILT_IN`, or of the way back in `misconceptions_back.py`. Rows stand in the order in which two of
them are carried out together: what is asked of the windows, then the padding, the rule, the weights, the way back, the
output.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ..language import _
from ..ops import Dense, Identity, MaxPool, MeanPool, MinPool, ReLU, Softmax
from ..ops.conv import Conv
from ..traces.trace import Trace
from . import changes, kernel_changes, norms, order_changes, resizing, window_changes, wordings
from .gradients import backwards, later
from .misconception import Misconception
from .misconceptions_back import BACK
from .wrong_rules import AbsoluteValue, Shares


def _rule(operation: type, change: Callable[[Trace], Trace | None]) -> Callable[[Trace], Trace | None]:
    """A change that concerns one operation only."""
    return lambda trace: change(trace) if type(trace.layer.operation) is operation else None


def _either(*changes: Callable[[Trace], Trace | None]) -> Callable[[Trace], Trace | None]:
    """The first of these changes that applies: to a layer, or to its gradient."""

    def change(trace: Trace) -> Trace | None:
        return next((wrong for one in changes if (wrong := one(trace)) is not None), None)

    return change


def _and_backwards(change: Callable[[Trace], Trace | None]) -> Callable[[Trace], Trace | None]:
    """A change to a layer that makes the same of its gradient."""
    return _either(change, backwards(change))


def _bias_forgotten(operation: type, trace: Trace) -> Trace | None:
    return changes.without(trace, "bias") if isinstance(trace.layer.operation, operation) else None


BUILT_IN: tuple[Misconception, ...] = (
    Misconception(
        "window.stride_one",
        lambda: _("the window was moved by one cell at a time, not by the stride"),
        partial(window_changes.stride, of_window=False),
        wording=wordings.one_apart,
    ),
    Misconception(
        "window.stride_is_window",
        lambda: _("the window was moved by its own length, not by the stride"),
        partial(window_changes.stride, of_window=True),
        wording=wordings.side_by_side,
    ),
    Misconception(
        "window.dilation_ignored",
        lambda: _("the window's cells were taken side by side, without the gaps that the dilation asks for"),
        window_changes.undilated,
    ),
    Misconception(
        "padding.valid_for_same",
        lambda: _("no padding was added, though the call asks for some"),
        window_changes.unpadded,
        wording=wordings.uncut,
    ),
    Misconception(
        "padding.same_for_valid",
        lambda: _("padding was added as under SAME, though the call asks for none"),
        window_changes.padded,
        wording=wordings.same_instead,
    ),
    Misconception(
        "padding.extra_line_first",
        lambda: _("the extra line of padding was put before the data; it goes after"),
        window_changes.extra_line_first,
        wording=wordings.sides_exchanged,
    ),
    Misconception(
        "padding.symmetric",
        lambda: _("padding was made the same on both sides, though an odd number of lines is needed"),
        window_changes.symmetric,
        wording=wordings.sides_alike,
    ),
    Misconception(
        "size.ceil_for_floor",
        lambda: _("the size was rounded up, so a last window reaches past the end; it is rounded down"),
        window_changes.rounded_up,
    ),
    Misconception(
        "size.floor_for_ceil",
        lambda: _("the size was rounded down, so there are too few windows; it is rounded up"),
        window_changes.rounded_down,
    ),
    Misconception(
        "max.padding_as_zero",
        lambda: _("padding was taken as 0 in the maximum; it stands for −∞ and can never win"),
        _rule(MaxPool, window_changes.zeros_laid_out),
        wording=wordings.zeros,
    ),
    Misconception(
        "mean.padding_counted",
        lambda: _("padded cells were counted in the divisor of the mean; only data counts here"),
        _and_backwards(partial(window_changes.divided_by, padding_too=True)),
        wording=wordings.counted,
    ),
    Misconception(
        "mean.padding_not_counted",
        lambda: _("padded cells were left out of the divisor of the mean; here they count"),
        _and_backwards(partial(window_changes.divided_by, padding_too=False)),
    ),
    Misconception(
        "mean.not_divided",
        lambda: _("the numbers were added but not divided by their count"),
        _rule(MeanPool, lambda trace: changes.again(trace, MeanPool(trace.layer.operation.windows, divisor=1))),  # type: ignore[attr-defined]
        wording=wordings.undivided,
    ),
    Misconception(
        "rule.mean_for_max",
        lambda: _("the mean of each window was taken, not its maximum"),
        _and_backwards(_rule(MaxPool, lambda trace: changes.with_rule(trace, MeanPool))),
        wording=wordings.spread,
    ),
    Misconception(
        "rule.min_for_max",
        lambda: _("the minimum of each window was taken, not its maximum"),
        _rule(MaxPool, lambda trace: changes.with_rule(trace, MinPool)),
    ),
    Misconception(
        "rule.max_for_mean",
        lambda: _("the maximum of each window was taken, not its mean"),
        _rule(MeanPool, lambda trace: changes.with_rule(trace, MaxPool)),
    ),
    Misconception(
        "rule.max_for_min",
        lambda: _("the maximum of each window was taken, not its minimum"),
        resizing.largest_taken,
    ),
    Misconception(
        "rule.mean_for_median",
        lambda: _("the mean of each window was taken, not its median"),
        resizing.mean_taken,
    ),
    Misconception(
        "resize.corners_aligned",
        lambda: _("the corners were laid on one another; here the middles of cells are compared (align_corners=False)"),
        resizing.corners_aligned,
    ),
    Misconception(
        "resize.corners_not_aligned",
        lambda: _("the middles of cells were compared; here the corners lie on one another (align_corners=True)"),
        resizing.corners_not_aligned,
    ),
    Misconception(
        "resize.nearest_for_linear",
        lambda: _("the nearest cell was copied; here neighbours are averaged by how near they are"),
        resizing.only_copied,
    ),
    Misconception(
        "shuffle.channel_order",
        lambda: _("the cells of a block were taken from channels far apart (DCR); here they follow one another"),
        resizing.other_order,
        wording=resizing.order_sentence,
    ),
    Misconception(
        "conv.kernel_flipped",
        lambda: _("the kernel was flipped before it was applied; a network's layer does not flip it"),
        kernel_changes.flipped,
        wording=wordings.flipped,
    ),
    Misconception(
        "conv.kernel_not_flipped",
        lambda: _("the kernel was laid on the data as it stands; a convolution turns it by half a turn first"),
        kernel_changes.not_flipped,
    ),
    Misconception(
        "conv.kernel_transposed",
        lambda: _("rows and columns of the kernel were exchanged"),
        _either(kernel_changes.kernel_transposed, later("kernel_transposed")),
        wording=wordings.transposed_not_turned,
    ),
    Misconception(
        "conv.first_channel_only",
        lambda: _("only the first channel was used; the products of all channels are added"),
        kernel_changes.first_channel_only,
        wording=wordings.one_channel,
    ),
    Misconception(
        "conv.channels_not_summed",
        lambda: _("every channel got a result of its own; the products of all channels are added into one"),
        kernel_changes.channels_not_summed,
    ),
    Misconception(
        "conv.bias_forgotten",
        lambda: _("the bias of the convolution was not added"),
        partial(_bias_forgotten, Conv),
    ),
    Misconception(
        "relu.absolute_value",
        lambda: _("negative numbers lost their sign; ReLU makes them 0"),
        _rule(ReLU, lambda trace: changes.again(trace, AbsoluteValue())),
        wording=wordings.size_of_sign,
    ),
    Misconception(
        "relu.skipped",
        lambda: _("ReLU was left out: the numbers stayed as they were"),
        _either(_rule(ReLU, lambda trace: changes.again(trace, Identity())), later("ungated")),
        wording=wordings.ungated,
    ),
    Misconception(
        "dense.flatten_column_major",
        lambda: _("the numbers were flattened down the columns, not along the rows"),
        partial(order_changes.flattened, channels_first=False),
    ),
    Misconception(
        "dense.flatten_channel_major",
        lambda: _("the numbers were flattened one channel after the other; here the channel changes fastest"),
        partial(order_changes.flattened, channels_first=True),
    ),
    Misconception(
        "dense.bias_forgotten",
        lambda: _("the bias of the dense layer was not added"),
        partial(_bias_forgotten, Dense),
    ),
    Misconception(
        "softmax.not_exponentiated",
        lambda: _("the numbers were divided by their sum, without first raising e to the power of each"),
        _rule(Softmax, lambda trace: changes.again(trace, Shares(trace.layer.operation.axes))),  # type: ignore[attr-defined]
    ),
    Misconception(
        "softmax.no_logarithm",
        lambda: _("the shares themselves were given, without their logarithm"),
        norms.no_logarithm,
    ),
    Misconception(
        "softmax.base_ten",
        lambda: _("the logarithm to base 10 was taken; here it is the natural one, with base e"),
        norms.base_ten,
    ),
    Misconception(
        "softmax.base_two",
        lambda: _("the logarithm to base 2 was taken; here it is the natural one, with base e"),
        norms.base_two,
    ),
    Misconception(
        "norm.statistics_of_input",
        lambda: _("mean and variance were worked out from the input; here they are those collected in training"),
        norms.of_the_input,
    ),
    Misconception(
        "norm.other_cells",
        lambda: _("mean and variance were taken along the other axes; here they are taken along those of the call"),
        norms.other_cells,
        wording=norms.cells_sentence,
    ),
    Misconception(
        "norm.divided_by_less_one",
        lambda: _("the variance was divided by n − 1; here it is divided by n, the number of cells"),
        norms.less_one,
    ),
    Misconception(
        "norm.root_forgotten",
        lambda: _("the root was not taken: the numbers were divided by the variance, not by the standard deviation"),
        norms.no_root,
    ),
    Misconception(
        "norm.epsilon_outside",
        lambda: _("epsilon was added to the root; it is added to the variance, before the root is taken"),
        norms.epsilon_outside,
    ),
    Misconception(
        "norm.scale_forgotten",
        lambda: _("the normalised numbers were not multiplied by gamma"),
        norms.not_scaled,
        wording=norms.scale_sentence,
    ),
    Misconception(
        "norm.shift_forgotten",
        lambda: _("beta was not added to the normalised numbers"),
        norms.not_shifted,
        wording=norms.shift_sentence,
    ),
    Misconception(
        "response.alpha_not_divided",
        lambda: _("alpha was not divided by the number of channels asked for"),
        norms.alpha_not_divided,
    ),
    Misconception(
        "response.alpha_divided",
        lambda: _(
            "alpha was divided by the number of channels, as PyTorch does it; TensorFlow multiplies the sum by it"
        ),
        norms.alpha_divided,
    ),
    Misconception(
        "response.own_channel_only",
        lambda: _("only the square of the number itself was taken; those of neighbouring channels are added"),
        norms.own_channel_only,
    ),
    Misconception(
        "response.other_side",
        lambda: _("of an even number of channels, the one more was taken on the other side"),
        norms.other_side,
    ),
    Misconception(
        "response.power_forgotten",
        lambda: _("the sum was not raised to the power beta before the division"),
        norms.power_forgotten,
    ),
    *BACK,
    Misconception(
        "output.transposed",
        lambda: _("rows and columns of the output were exchanged"),
        order_changes.output_transposed,
        last_only=True,
        wording=wordings.along_a_line,
    ),
)
