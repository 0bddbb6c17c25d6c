"""What is said of a single window or cell, of padding, and to check an answer by, where that depends on the numbers."""

from __future__ import annotations

from ..arithmetic import is_expression, shown
from ..language import _, plural
from ..ops import MeanPool, ReLU
from ..traces import Step, Tap, Trace
from .blocks import Inline, Strong, Text
from .letters import max_of_letters, relu_of_letters


def counted(step: Step) -> tuple[list[Tap], int]:
    data = [tap for tap in step.taps if not tap.is_padding]
    return data, len(step.taps) - len(data)


def covered(step: Step) -> str:
    """What the window covers: `two numbers and two padded cells`."""
    data, padded = counted(step)
    numbers = plural("{n} number", "{n} numbers", len(data))
    if not padded:
        return numbers
    return _("{numbers} and {padding}").format(
        numbers=numbers, padding=plural("{n} padded cell", "{n} padded cells", padded)
    )


def max_sentence(step: Step) -> Text:
    data, padded = counted(step)
    parts: list[Inline] = [_("The window covers {covered}.").format(covered=covered(step)) + " "]
    if padded:
        parts.append(_("Padding holds no value, so it cannot win.") + " ")
    best = step.winner
    if any(is_expression(tap.value) for tap in data):
        return (*parts, *max_of_letters([tap.value for tap in data], step.result))
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


def mean_sentence(step: Step) -> Text:
    _data, padded = counted(step)
    parts: list[Inline] = [_("The window covers {covered}.").format(covered=covered(step)) + " "]
    operation = mean_pool(step.trace)
    divisor = operation.counted(step.trace, step.trace.place(step.index)[2:])
    if operation.divisor is not None:
        parts.append(_("Add them up and divide by {count}, as the call asks.").format(count=divisor))
    elif not padded:
        parts.append(_("Add them up and divide by {count}.").format(count=divisor))
    elif not operation.counts_padding:
        parts.append(
            _("Padding is not counted, so the sum is divided by {data}, not by {all}.").format(
                data=divisor, all=len(step.taps)
            )
        )
    else:
        parts.append(_("Padding counts as 0, so the sum is divided by {count}.").format(count=divisor))
        if divisor < len(step.taps):
            parts.append(" " + _("Cells past the padded edge do not count."))
    return tuple(parts)


def mean_pool(trace: Trace) -> MeanPool:
    operation = trace.layer.operation
    assert isinstance(operation, MeanPool)
    return operation


def mean_check(trace: Trace) -> str:
    operation = mean_pool(trace)
    if operation.divisor is not None:
        return _("Each result times {count} is the sum of the numbers in its window.").format(count=operation.divisor)
    if operation.counts_padding and trace.geometry.pads:
        return _("Each mean lies between the smallest and the largest number of its window, padding among them as 0.")
    return _("Each mean lies between the smallest and the largest number of its window.")


def conv_sentence(step: Step) -> Text:
    _data, padded = counted(step)
    bias = "bias" in step.trace.inputs
    parts: list[Inline] = [_("The window covers {covered}.").format(covered=covered(step)) + " "]
    if bias:
        parts.append(_("Multiply each number by the weight that lies on it, add the products, then the bias."))
    else:
        parts.append(_("Multiply each number by the weight that lies on it, and add the products."))
    if padded:
        parts.append(" " + _("Padding counts as 0 and adds nothing."))
    return tuple(parts)


def conv_check(trace: Trace) -> str:
    if "bias" not in trace.inputs:
        return _("Where all the numbers in a window are the same v, the output is v times the sum of the weights.")
    return _(
        "Where all the numbers in a window are the same v, the output is v times the sum of the weights, plus the bias."
    )


def transposed_sentence(step: Step) -> Text:
    if not step.taps:
        if "bias" in step.trace.inputs:
            return (_("No kernel reaches this cell, so only the bias is here."),)
        return (_("No kernel reaches this cell, so it is 0."),)
    told = plural("{n} product lands on this cell:", "{n} products land on this cell:", len(step.taps))
    return (told + " " + _("an input number times the weight that comes to lie here."),)


def moved_sentence(step: Step) -> Text:
    if not step.taps:
        return (_("No maximum came from here, so it stays 0."),)
    if step.taps[0].is_padding:
        return (_("Outside the data: this cell is filled with the constant."),)
    return (_("This number is only moved: it comes from {index}.").format(index=step.taps[-1].source),)


def relu_of(trace: Trace) -> ReLU:
    operation = trace.layer.operation
    assert isinstance(operation, ReLU)
    return operation


def relu_instruction(trace: Trace) -> str:
    relu = relu_of(trace)
    passing = _("positive numbers") if not relu.threshold else _("numbers above {n}").format(n=shown(relu.threshold))
    below = _("those below 0") if not relu.threshold else _("the others")
    if relu.slope:
        told = _("let {passing} pass, and scale {below} by {slope}").format(
            passing=passing, below=below, slope=shown(relu.slope)
        )
    else:
        told = _("let {passing} pass, and hold back {below}").format(passing=passing, below=below)
    return told if relu.ceiling is None else told + _("; cut off at {n}").format(n=shown(relu.ceiling))


def relu_sentence(step: Step) -> Text:
    relu, value = relu_of(step.trace), step.taps[0].value
    if is_expression(value):
        return relu_of_letters(step)
    if value != value:
        return (_("NaN stays NaN."),)
    if relu.ceiling is not None and value > relu.threshold and value > relu.ceiling:
        return (_("A number above {n} is cut off there.").format(n=shown(relu.ceiling)),)
    if value > relu.threshold:
        return (_("A positive number passes.") if value > 0 else _("A number above the threshold passes."),)
    if relu.slope:
        if relu.threshold:
            return (_("What lacks to the threshold is scaled by {slope}.").format(slope=shown(relu.slope)),)
        return (
            _("A number below 0 is scaled by {slope}.").format(slope=shown(relu.slope)) if value else _("0 stays 0."),
        )
    if relu.threshold:
        return (_("A number that is not above {n} is held back.").format(n=shown(relu.threshold)),)
    return (_("A number below 0 is held back.") if value < 0 else _("0 stays 0."),)


def relu_check(trace: Trace) -> str:
    relu = relu_of(trace)
    if relu.ceiling is None:
        return _("Where the input is above {n}, output and input agree.").format(n=shown(relu.threshold))
    return _("Where the input is above {n}, and not above {most}, output and input agree.").format(
        n=shown(relu.threshold), most=shown(relu.ceiling)
    )


def dense_instruction(trace: Trace) -> str:
    if "bias" in trace.inputs:
        return _("multiply every input by its weight, add the products, then the bias")
    return _("multiply every input by its weight, and add the products")


def dense_check(trace: Trace) -> str:
    if "bias" in trace.inputs:
        return _("With all inputs 0, only the bias would be left.")
    return _("With all inputs 0, every output would be 0.")


def mean_padding(trace: Trace) -> Text:
    operation = mean_pool(trace)
    if operation.divisor is not None:
        return (_("Padding is not data. In the sum it counts as 0; the call itself says what to divide by."),)
    if not operation.counts_padding:
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


def zero_padding(trace: Trace) -> Text:
    return (_("Padding is not data. In a sum it "), Strong(_("counts as 0")), _(" and adds nothing."))


def gradient_sentence(step: Step) -> Text:
    if not step.taps:
        return (_("This cell fed no output cell, so nothing comes back."),)
    told = plural("It fed {n} output cell.", "It fed {n} output cells.", len(step.taps))
    if all(tap.weight == 1 for tap in step.taps):
        return (told + " " + _("What came back there is added up."),)
    return (told + " " + _("What came back there, times how much that cell grows with this one, is added up."),)
