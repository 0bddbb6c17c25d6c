"""What is said of each operation, in one place: its names, its instruction, what padding means to it, a check.

To add an operation: a line in `PHRASES`, keyed by the operation's name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..formula import cause
from ..language import _
from ..traces import Step, Trace
from .blocks import Prose, Strong, Text
from .checks import (
    bounded_check,
    clip_check,
    conv_check,
    divide_check,
    gradient_check,
    lp_check,
    mean_check,
    norm_check,
    pad_check,
    relu_check,
    softmax_check,
    unpool_check,
)
from .gradients import has_no_slope
from .nan import of_frameworks
from .sentences import (
    clip_instruction,
    conv_instruction,
    dense_instruction,
    depthwise_instruction,
    enumerated,
    flatten_instruction,
    lp_instruction,
    mean_padding,
    norm_instruction,
    pad_instruction,
    relu_instruction,
    transposed_instruction,
    unpool_instruction,
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
        instruction=lp_instruction,
        padding=zero_padding,
        check=lp_check,
    ),
    "conv": Phrases(
        noun=lambda: _("Convolution"),
        instruction=conv_instruction,
        padding=zero_padding,
        check=conv_check,
    ),
    "depthwise_conv": Phrases(
        noun=lambda: _("Depthwise convolution"),
        instruction=depthwise_instruction,
        padding=zero_padding,
        check=conv_check,
    ),
    "conv_transpose": Phrases(
        noun=lambda: _("Transposed convolution"),
        instruction=transposed_instruction,
        padding=zero_padding,
        check=lambda trace: _("Spreading and gathering give the same sums, in another order."),
    ),
    "max_unpool": Phrases(
        noun=lambda: _("Max-unpooling"),
        instruction=unpool_instruction,
        padding=lambda trace: (),
        check=unpool_check,
    ),
    "pad": Phrases(
        noun=lambda: _("Padding"),
        instruction=pad_instruction,
        padding=lambda trace: (),
        check=pad_check,
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
        lambda: _("Every result lies from 0 to 1, and a larger number never gives a smaller one."),
    ),
    "tanh": _of_cells(
        lambda: _("Tanh"),
        lambda: _("squeeze every number between −1 and 1"),
        lambda: _("Every result lies from −1 to 1, and has the sign of its number."),
    ),
    "absolute": _of_cells(
        lambda: _("Absolute value"),
        lambda: _("take every number's distance from 0"),
        lambda: _("No result is below 0."),
    ),
    "identity": _of_cells(
        lambda: _("Nothing to do"),
        lambda: _("leave every number as it is; dropout, for one, works only in training"),
        lambda: _("Output and input are the same."),
    ),
    "softmax": Phrases(
        noun=lambda: _("Softmax"),
        instruction=lambda trace: _("raise e to every number, and take each one's share of the sum"),
        padding=lambda trace: (),
        check=softmax_check,
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
        check=bounded_check,
    ),
    "matmul": _of_cells(
        lambda: _("Matrix product"),
        lambda: _("multiply rows by columns, and add the products"),
        lambda: _("Every output cell is the dot product of a row and a column."),
    ),
    "batch_norm": Phrases(
        noun=lambda: _("Batch normalisation"),
        instruction=norm_instruction,
        padding=lambda trace: (),
        check=norm_check,
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
        lambda: _("subtract the second input from the first, cell by cell"),
        lambda: _("Adding the second input again gives the first, where both are finite."),
    ),
    "divide": Phrases(
        noun=lambda: _("Division"),
        instruction=lambda trace: _("divide the first input by the second, cell by cell"),
        padding=lambda trace: (),
        check=divide_check,
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
    "clip": Phrases(
        noun=lambda: _("Clip"),
        instruction=clip_instruction,
        padding=lambda trace: (),
        check=clip_check,
    ),
    "gradient": Phrases(
        noun=lambda: _("Gradient"),
        instruction=lambda trace: _("for every cell, add up what comes back from the output cells that it went into"),
        padding=lambda trace: (),
        check=gradient_check,
    ),
}


def check_it(trace: Trace) -> Prose:
    """What the answer can be checked by."""
    elsewhere = of_frameworks(trace)
    return Prose((Strong(_("Check it.")), " " + _rule_of(trace), " " + elsewhere if elsewhere else ""))


def _rule_of(trace: Trace) -> str:
    """The operation's own; where there is NaN, it does not hold, and it is told what made NaN."""
    missing = trace.missing
    if not missing:
        return phrases(trace).check(trace)
    causes = list(dict.fromkeys(filter(None, map(_cause, map(trace.step, missing)))))
    if not causes:
        return _("Where a result is NaN (not a number), nothing can be checked.")
    return _("NaN (not a number) comes here of {causes}.").format(causes=enumerated([CAUSES[one]() for one in causes]))


def _cause(step: Step) -> str:
    found = cause(step.formula)
    return "slope" if found == "NaN" and has_no_slope(step) else found or ""


CAUSES: dict[str, Said] = {
    "NaN": lambda: _("a NaN that goes in"),
    "∞ - ∞": lambda: _("∞ − ∞"),
    "0·∞": lambda: _("0·∞"),
    "0/0": lambda: _("0 / 0"),
    "∞/∞": lambda: _("∞ / ∞"),
    "slope": lambda: _("an output cell that has no slope there"),
    "root": lambda: _("the root of a negative number"),
}
