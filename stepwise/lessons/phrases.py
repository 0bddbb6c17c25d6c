"""What is said of each operation, in one place: its names, its instruction, what padding means to it, a check.

To add an operation: a line in `PHRASES`, keyed by the operation's name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..arithmetic import shown
from ..language import _, plural
from ..traces import Step, Tap, Trace
from .blocks import Inline, Strong, Text


@dataclass(frozen=True)
class Phrases:
    """The sentences of one operation; each is made when asked for, so that it is in the current language."""

    noun: Callable[[], str]
    instruction: Callable[[], str]  # what to do in each window
    padding: Callable[[Trace], Text]  # what padded cells mean here
    sentence: Callable[[Step], Text]  # what happens in one window
    check: Callable[[Trace], str]  # something the reader can check without doing it all again


def phrases(trace: Trace) -> Phrases:
    """The phrases of a trace's operation."""
    return PHRASES[trace.layer.operation.name]


def _counted(step: Step) -> tuple[list[Tap], int]:
    data = [tap for tap in step.taps if not tap.is_padding]
    return data, len(step.taps) - len(data)


def covered(step: Step) -> str:
    """What the window covers: `two numbers and two padded cells`."""
    data, padded = _counted(step)
    numbers = plural("{n} number", "{n} numbers", len(data))
    if not padded:
        return numbers
    return _("{numbers} and {padding}").format(
        numbers=numbers, padding=plural("{n} padded cell", "{n} padded cells", padded)
    )


def _max_sentence(step: Step) -> Text:
    data, padded = _counted(step)
    parts: list[Inline] = [_("The window covers {covered}.").format(covered=covered(step)) + " "]
    if padded:
        parts.append(_("Padding holds no value, so it cannot win.") + " ")
    best = step.winner
    if best is None or best.value != best.value:
        parts.append(_("One of them is NaN (not a number), and NaN wins over everything."))
    elif len(data) > 1 and sum(tap.value == best.value for tap in data) > 1:
        count = sum(tap.value == best.value for tap in data)
        parts += [
            _("The largest, {value}, is there {count} times; the first of them counts as the winner.").format(
                value=shown(best.value), count=count
            )
        ]
    elif len(data) == 1:
        parts += [_("The only number is"), " ", Strong(shown(best.value)), "."]
    else:
        parts += [_("The largest is"), " ", Strong(shown(best.value)), "."]
    return tuple(parts)


def _mean_sentence(step: Step) -> Text:
    data, padded = _counted(step)
    parts: list[Inline] = [_("The window covers {covered}.").format(covered=covered(step)) + " "]
    if padded:
        parts.append(
            _("Padding is not counted, so the sum is divided by {data}, not by {all}.").format(
                data=len(data), all=len(step.taps)
            )
        )
    else:
        parts.append(_("Add them up and divide by {count}.").format(count=len(data)))
    return tuple(parts)


def _conv_sentence(step: Step) -> Text:
    _data, padded = _counted(step)
    bias = "bias" in step.trace.inputs
    parts: list[Inline] = [_("The window covers {covered}.").format(covered=covered(step)) + " "]
    if bias:
        parts.append(_("Multiply each number by the weight that lies on it, add the products, then the bias."))
    else:
        parts.append(_("Multiply each number by the weight that lies on it, and add the products."))
    if padded:
        parts.append(" " + _("Padding counts as 0 and adds nothing."))
    return tuple(parts)


def _conv_check(trace: Trace) -> str:
    return _(
        "Wherever the input is flat, at some value v, the output must be v times the sum of the weights, plus the bias."
    )


def _transposed_sentence(step: Step) -> Text:
    if not step.taps:
        return (_("No kernel reaches this cell, so only the bias is here, if there is one."),)
    told = plural("{n} product lands on this cell:", "{n} products land on this cell:", len(step.taps))
    return (told + " " + _("an input number times the weight that comes to lie here."),)


def _moved_sentence(step: Step) -> Text:
    if not step.taps:
        return (_("No maximum came from here, so it stays 0."),)
    if step.taps[0].is_padding:
        return (_("Outside the data: this cell is filled with the constant."),)
    return (_("This number is only moved: it comes from {index}.").format(index=step.taps[-1].source),)


def _relu_sentence(step: Step) -> Text:
    value = step.taps[0].value
    if value != value:
        return (_("NaN stays NaN."),)
    if value > 0:
        return (_("A positive number passes."),)
    return (_("A number below 0 is held back.") if value < 0 else _("0 stays 0."),)


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


def _of_cells(noun: Said, instruction: Said, check: Said, sentence: Callable[[Step], Text]) -> Phrases:
    """The phrases of an operation without a window."""
    return Phrases(noun, instruction, lambda trace: (), sentence, lambda trace: check())


def _always(sentence: Said) -> Callable[[Step], Text]:
    return lambda step: (sentence(),)


PHRASES: dict[str, Phrases] = {
    "max_pool": Phrases(
        noun=lambda: _("Max pooling"),
        instruction=lambda: _("keep the largest number it covers"),
        padding=lambda trace: (
            _("Padding is not data. In a maximum it stands for −∞, never for 0, so it "),
            Strong(_("can never win")),
            _(", not even where every number is negative."),
        ),
        sentence=_max_sentence,
        check=lambda trace: _("Every number of the output stands somewhere in the input, inside its own window."),
    ),
    "mean_pool": Phrases(
        noun=lambda: _("Average pooling"),
        instruction=lambda: _("take the mean of the numbers it covers"),
        padding=_mean_padding,
        sentence=_mean_sentence,
        check=lambda trace: _("Each mean lies between the smallest and the largest number of its window."),
    ),
    "lp_pool": Phrases(
        noun=lambda: _("Lp pooling"),
        instruction=lambda: _("raise the numbers it covers to a power, add them, and take the root"),
        padding=_zero_padding,
        sentence=lambda step: (_("The window covers {covered}.").format(covered=covered(step)),),
        check=lambda trace: _("No result is smaller than the largest number, signs aside, of its window."),
    ),
    "conv": Phrases(
        noun=lambda: _("Convolution"),
        instruction=lambda: _("multiply each number by the weight lying on it, and add the products up"),
        padding=_zero_padding,
        sentence=_conv_sentence,
        check=_conv_check,
    ),
    "depthwise_conv": Phrases(
        noun=lambda: _("Depthwise convolution"),
        instruction=lambda: _("multiply each number by the weight lying on it and add up, one channel at a time"),
        padding=_zero_padding,
        sentence=_conv_sentence,
        check=_conv_check,
    ),
    "conv_transpose": Phrases(
        noun=lambda: _("Transposed convolution"),
        instruction=lambda: _("scaled by the number there; where kernels overlap, add"),
        padding=_zero_padding,
        sentence=_transposed_sentence,
        check=lambda trace: _("Spreading and gathering give the same sums, in another order."),
    ),
    "max_unpool": _of_cells(
        lambda: _("Max-unpooling"),
        lambda: _("put every maximum back where it was found, and 0 everywhere else"),
        lambda: _("The output has no other numbers than the input's, and zeros."),
        _moved_sentence,
    ),
    "pad": _of_cells(
        lambda: _("Padding"),
        lambda: _("set the input into a larger frame"),
        lambda: _("The input stands unchanged inside the output."),
        _moved_sentence,
    ),
    "relu": _of_cells(
        lambda: _("ReLU"),
        lambda: _("let positive numbers pass, and hold back those below 0"),
        lambda: _("Where the input is above 0, output and input agree."),
        _relu_sentence,
    ),
    "sigmoid": _of_cells(
        lambda: _("Sigmoid"),
        lambda: _("squeeze every number between 0 and 1"),
        lambda: _("0 becomes one half, and a number and its opposite add up to 1."),
        _always(lambda: _("The further above 0 the number is, the closer to 1; the further below, the closer to 0.")),
    ),
    "tanh": _of_cells(
        lambda: _("Tanh"),
        lambda: _("squeeze every number between −1 and 1"),
        lambda: _("0 stays 0, and opposite numbers give opposite results."),
        _always(lambda: _("The hyperbolic tangent keeps the sign and squeezes the size.")),
    ),
    "identity": _of_cells(
        lambda: _("Nothing to do"),
        lambda: _("leave every number as it is; dropout, for one, works only in training"),
        lambda: _("Output and input are the same."),
        _always(lambda: _("While a network is used, nothing is dropped and nothing scaled.")),
    ),
    "softmax": _of_cells(
        lambda: _("Softmax"),
        lambda: _("raise e to every number, and take each one's share of the sum"),
        lambda: _("The shares add up to 1."),
        _always(lambda: _("Taking the largest number away first scales above and below alike, so it changes nothing.")),
    ),
    "flatten": _of_cells(
        lambda: _("Flatten"),
        lambda: _("write the numbers in one row, in reading order, the last axis running fastest"),
        lambda: _("No number is lost and none changed: count them."),
        _moved_sentence,
    ),
    "dense": _of_cells(
        lambda: _("Dense layer"),
        lambda: _("multiply every input by its weight, add the products, then the bias"),
        lambda: _("With all inputs 0, only the bias would be left."),
        _always(lambda: _("One weight for every input: the dot product of the input and this output's weights.")),
    ),
    "matmul": _of_cells(
        lambda: _("Matrix product"),
        lambda: _("multiply rows by columns, and add the products"),
        lambda: _("Every output cell is the dot product of a row and a column."),
        _always(lambda: _("A row of the first times a column of the second.")),
    ),
    "batch_norm": _of_cells(
        lambda: _("Batch normalisation"),
        lambda: _("take the mean away, divide by the spread, scale and shift, with numbers collected in training"),
        lambda: _("An input equal to its channel's mean gives exactly beta."),
        _always(lambda: _("Mean, variance, scale and shift are those of this cell's channel.")),
    ),
    "add": _of_cells(
        lambda: _("Addition"),
        lambda: _("add the inputs cell by cell"),
        lambda: _("Adding in the other order gives the same."),
        _always(lambda: _("The cells at the same place are added.")),
    ),
}
