"""What is said of each operation, in one place: its names, its instruction, what padding means to it, a check.

To add an operation: a line in `PHRASES`, keyed by the operation's name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..arithmetic import shown
from ..language import _, plural
from ..trace import Step, Tap, Trace
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
        padding=lambda trace: (
            _("Padding is not data. In Keras it is "),
            Strong(_("not counted")),
            _(" in a mean: at the edge you divide by the number of data cells, not by the size of the window."),
        ),
        sentence=_mean_sentence,
        check=lambda trace: _("Each mean lies between the smallest and the largest number of its window."),
    ),
    "conv": Phrases(
        noun=lambda: _("Convolution"),
        instruction=lambda: _("multiply each number by the weight lying on it, and add the products up"),
        padding=lambda trace: (
            _("Padding is not data. In a sum of products it "),
            Strong(_("counts as 0")),
            _(" and adds nothing."),
        ),
        sentence=_conv_sentence,
        check=_conv_check,
    ),
}
