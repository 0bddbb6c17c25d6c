"""What is said of each operation, in one place: its names, its instruction, what padding means to it, a check.

To add an operation: a line in `PHRASES`, keyed by the operation's name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..language import _
from ..traces import Trace
from .blocks import Prose, Strong, Text
from .nan import of_frameworks
from .sentences import (
    conv_check,
    dense_check,
    dense_instruction,
    flatten_instruction,
    mean_check,
    mean_padding,
    relu_check,
    relu_instruction,
    zero_padding,
)


@dataclass(frozen=True)
class Phrases:
    """The sentences of one operation; each is made when asked for, so that it is in the current language."""

    noun: Callable[[], str]
    instruction: Callable[[Trace], str]  # what to do in each window
    padding: Callable[[Trace], Text]  # what padded cells mean here
    check: Callable[[Trace], str]  # something the reader can check without doing it all again


def phrases(trace: Trace) -> Phrases:
    """The phrases of a trace's operation."""
    return PHRASES[trace.layer.operation.name]


Said = Callable[[], str]


def _of_cells(noun: Said, instruction: Said, check: Said) -> Phrases:
    """The phrases of an operation without a window."""
    return Phrases(noun, lambda trace: instruction(), lambda trace: (), lambda trace: check())


PHRASES: dict[str, Phrases] = {
    "max_pool": Phrases(
        noun=lambda: _("Max pooling"),
        instruction=lambda trace: _("keep the largest number it covers"),
        padding=lambda trace: (
            _("Padding is not data. In a maximum it stands for −∞, never for 0, so it "),
            Strong(_("can never win")),
            _(", not even where every number is negative."),
        ),
        check=lambda trace: _("Every number of the output stands somewhere in the input, inside its own window."),
    ),
    "mean_pool": Phrases(
        noun=lambda: _("Average pooling"),
        instruction=lambda trace: _("take the mean of the numbers it covers"),
        padding=mean_padding,
        check=mean_check,
    ),
    "lp_pool": Phrases(
        noun=lambda: _("Lp pooling"),
        instruction=lambda trace: _("raise the numbers it covers to a power, add them, and take the root"),
        padding=zero_padding,
        check=lambda trace: _("No result is smaller than the largest number, signs aside, of its window."),
    ),
    "conv": Phrases(
        noun=lambda: _("Convolution"),
        instruction=lambda trace: _("multiply each number by the weight lying on it, and add the products up"),
        padding=zero_padding,
        check=conv_check,
    ),
    "depthwise_conv": Phrases(
        noun=lambda: _("Depthwise convolution"),
        instruction=lambda trace: _("multiply each number by the weight lying on it and add up, one channel at a time"),
        padding=zero_padding,
        check=conv_check,
    ),
    "conv_transpose": Phrases(
        noun=lambda: _("Transposed convolution"),
        instruction=lambda trace: _("scaled by the number there; where kernels overlap, add"),
        padding=zero_padding,
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
    "relu": Phrases(
        noun=lambda: _("ReLU"),
        instruction=relu_instruction,
        padding=lambda trace: (),
        check=relu_check,
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
    "absolute": _of_cells(
        lambda: _("Absolute value"),
        lambda: _("take every number's distance from 0"),
        lambda: _("Opposite numbers give the same result."),
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
    "flatten": Phrases(
        noun=lambda: _("Flatten"),
        instruction=flatten_instruction,
        padding=lambda trace: (),
        check=lambda trace: _("No number is lost and none changed: count them."),
    ),
    "dense": Phrases(
        noun=lambda: _("Dense layer"),
        instruction=dense_instruction,
        padding=lambda trace: (),
        check=dense_check,
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
    "multiply": _of_cells(
        lambda: _("Multiplication"),
        lambda: _("multiply the inputs cell by cell"),
        lambda: _("Multiplying in the other order gives the same."),
    ),
    "subtract": _of_cells(
        lambda: _("Subtraction"),
        lambda: _("take the second input away from the first, cell by cell"),
        lambda: _("Adding the second input again gives the first."),
    ),
    "divide": _of_cells(
        lambda: _("Division"),
        lambda: _("divide the first input by the second, cell by cell"),
        lambda: _("Multiplying by the second input again gives the first."),
    ),
    "concat": _of_cells(
        lambda: _("Concatenation"),
        lambda: _("put the inputs side by side"),
        lambda: _("No number is lost and none changed: count them."),
    ),
    "reshape": _of_cells(
        lambda: _("Reshape"),
        lambda: _("keep the numbers in reading order, and cut them into another shape"),
        lambda: _("No number is lost and none changed: count them."),
    ),
    "transpose": _of_cells(
        lambda: _("Transpose"),
        lambda: _("put the axes in another order"),
        lambda: _("No number is lost and none changed: count them."),
    ),
    "clip": _of_cells(
        lambda: _("Clip"),
        lambda: _("cut every number off below and above"),
        lambda: _("What lies between the bounds is unchanged."),
    ),
    "gradient": Phrases(
        noun=lambda: _("Gradient"),
        instruction=lambda trace: _("gather, for every cell, the gradients of the output cells that it fed"),
        padding=lambda trace: (),
        check=lambda trace: _("A cell that fed no output cell has the gradient 0."),
    ),
}


def check_it(trace: Trace) -> Prose:
    """What the answer can be checked by."""
    elsewhere = of_frameworks(trace)
    return Prose((Strong(_("Check it.")), " " + _rule_of(trace), " " + elsewhere if elsewhere else ""))


def _rule_of(trace: Trace) -> str:
    """The operation's own; it does not hold for NaN."""
    if (trace.output != trace.output).any():  # NaN alone is unlike itself
        return _("NaN is what comes of a NaN in the window, of ∞ - ∞, or of 0·∞; every other result is a number.")
    return phrases(trace).check(trace)
