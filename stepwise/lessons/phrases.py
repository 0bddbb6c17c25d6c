"""What is said of each operation, in one place: its names, its instruction, what padding means to it, a check.

To add an operation: a line in `PHRASES`, keyed by the operation's name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..language import _
from ..traces import Trace
from .blocks import Strong, Text


@dataclass(frozen=True)
class Phrases:
    """The sentences of one operation; each is made when asked for, so that it is in the current language."""

    noun: Callable[[], str]
    instruction: Callable[[], str]  # what to do in each window
    padding: Callable[[Trace], Text]  # what padded cells mean here
    check: Callable[[Trace], str]  # something the reader can check without doing it all again


def phrases(trace: Trace) -> Phrases:
    """The phrases of a trace's operation."""
    return PHRASES[trace.layer.operation.name]


def _conv_check(trace: Trace) -> str:
    return _(
        "Wherever the input is flat, at some value v, the output must be v times the sum of the weights, plus the bias."
    )


def _mean_padding(trace: Trace) -> Text:
    if not getattr(trace.layer.operation, "counts_padding", False):
        return (
            _("Padding is not data. Here it is "),
            Strong(_("not counted")),
            _(" in a mean: at the edge you divide by the number of data cells, not by the size of the window."),
        )
    return (
        _("Padding is not data, but here it is "),
        Strong(_("counted")),
        _(" in a mean, as 0: at the edge you still divide by all cells of the window that lie on data or padding."),
    )


def _zero_padding(trace: Trace) -> Text:
    return (_("Padding is not data. In a sum it "), Strong(_("counts as 0")), _(" and adds nothing."))


Said = Callable[[], str]


def _of_cells(noun: Said, instruction: Said, check: Said) -> Phrases:
    """The phrases of an operation without a window."""
    return Phrases(noun, instruction, lambda trace: (), lambda trace: check())


PHRASES: dict[str, Phrases] = {
    "max_pool": Phrases(
        noun=lambda: _("Max pooling"),
        instruction=lambda: _("keep the largest number it covers"),
        padding=lambda trace: (
            _("Padding is not data. In a maximum it stands for −∞, never for 0, so it "),
            Strong(_("can never win")),
            _(", not even where every number is negative."),
        ),
        check=lambda trace: _("Every number of the output stands somewhere in the input, inside its own window."),
    ),
    "mean_pool": Phrases(
        noun=lambda: _("Average pooling"),
        instruction=lambda: _("take the mean of the numbers it covers"),
        padding=_mean_padding,
        check=lambda trace: _("Each mean lies between the smallest and the largest number of its window."),
    ),
    "lp_pool": Phrases(
        noun=lambda: _("Lp pooling"),
        instruction=lambda: _("raise the numbers it covers to a power, add them, and take the root"),
        padding=_zero_padding,
        check=lambda trace: _("No result is smaller than the largest number, signs aside, of its window."),
    ),
    "conv": Phrases(
        noun=lambda: _("Convolution"),
        instruction=lambda: _("multiply each number by the weight lying on it, and add the products up"),
        padding=_zero_padding,
        check=_conv_check,
    ),
    "depthwise_conv": Phrases(
        noun=lambda: _("Depthwise convolution"),
        instruction=lambda: _("multiply each number by the weight lying on it and add up, one channel at a time"),
        padding=_zero_padding,
        check=_conv_check,
    ),
    "conv_transpose": Phrases(
        noun=lambda: _("Transposed convolution"),
        instruction=lambda: _("scaled by the number there; where kernels overlap, add"),
        padding=_zero_padding,
        check=lambda trace: _("Spreading and gathering give the same sums, in another order."),
    ),
    "max_unpool": _of_cells(
        lambda: _("Max-unpooling"),
        lambda: _("put every maximum back where it was found, and 0 everywhere else"),
        lambda: _("The output has no other numbers than the input's, and zeros."),
    ),
    "pad": _of_cells(
        lambda: _("Padding"),
        lambda: _("set the input into a larger frame"),
        lambda: _("The input stands unchanged inside the output."),
    ),
    "relu": _of_cells(
        lambda: _("ReLU"),
        lambda: _("let positive numbers pass, and hold back those below 0"),
        lambda: _("Where the input is above 0, output and input agree."),
    ),
    "sigmoid": _of_cells(
        lambda: _("Sigmoid"),
        lambda: _("squeeze every number between 0 and 1"),
        lambda: _("0 becomes one half, and a number and its opposite add up to 1."),
    ),
    "tanh": _of_cells(
        lambda: _("Tanh"),
        lambda: _("squeeze every number between −1 and 1"),
        lambda: _("0 stays 0, and opposite numbers give opposite results."),
    ),
    "identity": _of_cells(
        lambda: _("Nothing to do"),
        lambda: _("leave every number as it is; dropout, for one, works only in training"),
        lambda: _("Output and input are the same."),
    ),
    "softmax": _of_cells(
        lambda: _("Softmax"),
        lambda: _("raise e to every number, and take each one's share of the sum"),
        lambda: _("The shares add up to 1."),
    ),
    "flatten": _of_cells(
        lambda: _("Flatten"),
        lambda: _("write the numbers in one row, in reading order, the last axis running fastest"),
        lambda: _("No number is lost and none changed: count them."),
    ),
    "dense": _of_cells(
        lambda: _("Dense layer"),
        lambda: _("multiply every input by its weight, add the products, then the bias"),
        lambda: _("With all inputs 0, only the bias would be left."),
    ),
    "matmul": _of_cells(
        lambda: _("Matrix product"),
        lambda: _("multiply rows by columns, and add the products"),
        lambda: _("Every output cell is the dot product of a row and a column."),
    ),
    "batch_norm": _of_cells(
        lambda: _("Batch normalisation"),
        lambda: _("take the mean away, divide by the spread, scale and shift, with numbers collected in training"),
        lambda: _("An input equal to its channel's mean gives exactly beta."),
    ),
    "add": _of_cells(
        lambda: _("Addition"),
        lambda: _("add the inputs cell by cell"),
        lambda: _("Adding in the other order gives the same."),
    ),
}
