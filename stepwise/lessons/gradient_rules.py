"""The chain rule in one line for each layer, and why that line is so.

To add an operation: a function of its gradient's trace that gives the line and its reasons, named in `_RULES`.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from ..arithmetic import shown
from ..document.blocks import Block, Prose
from ..document.inline import Code
from ..geometry import AxisGeometry
from ..language import _, listed
from ..ops import (
    BatchNorm,
    Conv,
    ConvTranspose,
    Dense,
    MaxPool,
    MeanPool,
    MedianPool,
    MinPool,
    Pad,
    ReLU,
    Sigmoid,
    Softmax,
    Tanh,
)
from ..ops.cells import Moving
from ..ops.elementwise import Elementwise
from ..ops.loss import Loss
from ..ops.losses import BatchMean
from ..ops.normalize import Normalization
from ..traces.trace import Trace
from .gradient_losses import loss_line
from .gradient_names import forward, gradient_of, own_symbol, symbol, wrt_noun
from .inline import inline, paragraph
from .looking import looked_at

HERE = {1: "i", 2: "i, j", 3: "h, i, j"}
THERE = {1: "o", 2: "o, p", 3: "n, o, p"}
PLACE = {1: "k", 2: "k, l", 3: "m, k, l"}
"""How cells of the input, of the output and of the kernel are counted, by how many axes there are."""
UP = symbol("output")
SEARCHED = 200
"""Cells that are looked at."""

Line = tuple[str, list[str]]
"""The chain rule of one layer, and what is said of it."""


def chain_rule(trace: Trace) -> list[Block]:
    """What is wanted, the rule in one line, and its reasons."""
    line, reasons = _line(trace)
    wanted = _(
        "L is the loss. The upstream gradient {up} holds, for each output cell, how fast L grows with it; {wanted} "
        "holds the same for each cell of the {name}."
    ).format(up=UP, wanted=own_symbol(trace), name=wrt_noun(trace))
    rule = _(
        "By the chain rule, a cell gets the upstream gradient of every output cell that it contributes to, each "
        "multiplied by the derivative of that output cell with respect to it; all of these are added."
    )
    return [Prose(paragraph(wanted, rule)), Prose(inline(_("Here: {rule}"), rule=Code(line))), *_prose(reasons)]


def _prose(reasons: list[str]) -> list[Block]:
    return [Prose(paragraph(*reasons))] if any(reasons) else []


def _line(trace: Trace) -> Line:
    operation = gradient_of(trace)
    for kind, rule in _RULES:
        if isinstance(operation.of, kind):
            return rule(trace)
    return _anything(trace)


def _anything(trace: Trace) -> Line:
    of = own_symbol(trace).removeprefix("dL/d")
    return f"{own_symbol(trace)}[i] = Σ {UP}[o]·dY[o]/d{of}[i]", []


# ── convolutions


def places_of(trace: Trace) -> str:
    """How the places in input, output and kernel go together, axis by axis: `i = 2·o + k − 1`."""
    layer = forward(trace)
    axes, across = layer.geometry.axes, isinstance(layer.layer.operation, ConvTranspose)
    lines = zip(axes, *(letters[len(axes)].split(", ") for letters in (HERE, THERE, PLACE)))
    return listed(_place(axis, *((o, i, k) if across else (i, o, k))) for axis, i, o, k in lines)


def _place(axis: AxisGeometry, made: str, moved: str, offset: str) -> str:
    """`made = stride·moved + dilation·offset − padding`"""
    step = "" if axis.stride == 1 else f"{axis.stride}·"
    apart = "" if axis.dilation == 1 else f"{axis.dilation}·"
    before = axis.padding.before
    shift = f" {'−' if before > 0 else '+'} {abs(before)}" if before else ""
    return f"{made} = {step}{moved} + {apart}{offset}{shift}"


def _conv(trace: Trace) -> Line:
    layer, wrt = forward(trace), gradient_of(trace).wrt
    axes = len(layer.geometry.axes)
    here, there, place = HERE[axes], THERE[axes], PLACE[axes]
    images = layer.layer.layout.images_shape(layer.inputs["input"].shape, axes)[0]
    batch = _("The sum goes over all {n} images, too.").format(n=images) if images > 1 else ""
    if wrt == "bias":
        added = _(
            "The bias is added to every output cell of its filter, so each derivative is 1, and the upstream gradients "
            "of the filter are added."
        )
        return f"dL/db = Σ {UP}[{there}]", [added, batch]
    turned = ""
    if layer.layer.layout.kernel_turned:
        turned = _("W is the kernel as it lies on the data, turned by half a turn.")
    words = {"there": there, "here": here, "place": place, "where": places_of(trace)}
    if wrt == "kernel":
        used = _(
            "A weight is used in every window, so the sum goes over all output cells [{there}]. In each it is "
            "multiplied by the number that it lies on, X[{here}] with {where}: that number is the derivative."
        )
        if isinstance(layer.layer.operation, ConvTranspose):
            used = _(
                "A weight is used for every input cell, so the sum goes over all X[{here}]. Each product with one "
                "lands in Y[{there}] with {where}: the derivative is the input number."
            )
        padded = _("Padding is 0 and adds nothing.") if layer.geometry.has_padding else ""
        padded = "" if isinstance(layer.layer.operation, ConvTranspose) else padded
        return f"dL/dW[{place}] = Σ {UP}[{there}]·X[{here}]", [used.format(**words), turned, padded, batch]
    sums = _(
        "In the output cell Y[{there}], X[{here}] is multiplied by the weight W[{place}], where {where}: that weight "
        "is the derivative. The sum goes over all output cells that X[{here}] contributes to."
    )
    filters = _("Every filter adds its part, with its own kernel.") if len(_filters(trace)) > 1 else ""
    return f"dL/dX[{here}] = Σ {UP}[{there}]·W[{place}]", [sums.format(**words), turned, filters]


def _filters(trace: Trace) -> range:
    """The filters that the first channel of the input goes into."""
    layer = forward(trace)
    operation = layer.layer.operation
    assert isinstance(operation, Conv)
    return operation.fed_channels(layer, 0)


# ── pooling


def _pool(trace: Trace) -> Line:
    """A maximum, a minimum or a median: it changes only with the number that decides it."""
    layer = forward(trace)
    operation, axes = layer.layer.operation, len(layer.geometry.axes)
    here, there = HERE[axes], THERE[axes]
    if isinstance(operation, MedianPool):
        middle = _(
            "The median of a window changes only with the number in its middle, or with the two numbers there, half as "
            "fast with each. For every other number the derivative is 0."
        )
        return f"dL/dX[{here}] = Σ {UP}[{there}]·dY[{there}]/dX[{here}]", [middle]
    if isinstance(operation, MaxPool) and operation.shared:
        equal = _(
            "The maximum changes only with the largest number. Where several are equally large, each gets an equal "
            "share, as in TensorFlow's reduce_max."
        )
        return f"dL/dX[{here}] = {UP} / n", [_("n is the number of cells that hold the maximum."), equal]
    winner = _(
        "A window's result is its winner, so it changes only with that number: there the derivative is 1, for every "
        "other number of the window it is 0. Each upstream gradient goes back to the winner of its window."
    )
    overlap = _("Windows overlap here: a number that wins several of them gets the sum.") if overlapping(layer) else ""
    won = _("The sum goes over the windows that X[{here}] wins.").format(here=here)
    return f"dL/dX[{here}] = Σ {UP}[{there}]", [won, winner, overlap]


def overlapping(layer: Trace) -> bool:
    """Whether some cell lies in more than one window."""
    return any(len(axis.met(position)) > 1 for axis in layer.geometry.axes for position in range(axis.size))


def _mean(trace: Trace) -> Line:
    layer = forward(trace)
    mean = layer.layer.operation
    assert isinstance(mean, MeanPool)
    axes = len(layer.geometry.axes)
    here, there = HERE[axes], THERE[axes]
    divisors = {mean.counted(layer, layer.place(step.index)[2:]) for step in islice(layer.steps, SEARCHED)}
    spread = _(
        "A window's result is the sum of its numbers divided by their count, so its derivative is 1 divided by that "
        "count for each of them: every number of the window gets the upstream gradient divided by the same divisor."
    )
    if len(divisors) > 1 or layer.output.size > SEARCHED:
        return f"dL/dX[{here}] = Σ {UP}[{there}] / n[{there}]", [
            spread,
            _("n[{there}] is the divisor of the window at [{there}].").format(there=there),
        ]
    overlap = _("A number in several windows gets the sum of these parts.") if overlapping(layer) else ""
    return f"dL/dX[{here}] = Σ {UP}[{there}] / {min(divisors)}", [spread, overlap]


# ── one cell to one cell


def _relu(trace: Trace) -> Line:
    relu = gradient_of(trace).of
    assert isinstance(relu, ReLU)
    bound, slope = shown(relu.threshold), shown(relu.slope)
    if relu.ceiling is not None:
        return _elementwise(trace)
    if relu.slope:
        leaky = _(
            "The derivative is 1 where X is above {bound}, and {slope} elsewhere. X decides, not the sign of the "
            "upstream gradient."
        )
        return f"dL/dX = {UP}·(1 or {slope})", [leaky.format(bound=bound, slope=slope)]
    gate = _(
        "The derivative is 1 where X is above {bound}, and 0 elsewhere: the layer is a gate. Where it is open, the "
        "upstream gradient goes through unchanged; where it is closed, nothing does. X decides, not the sign of the "
        "upstream gradient."
    )
    return f"dL/dX = {UP}·[X > {bound}]", [
        gate.format(bound=bound),
        _("[X > {bound}] is 1 where that is true, and 0 where it is not.").format(bound=bound),
    ]


def _elementwise(trace: Trace) -> Line:
    alone = _("Each output cell comes from one input cell alone, so there is nothing to add up.")
    operation = gradient_of(trace).of
    if isinstance(operation, Sigmoid):
        return f"dL/dX = {UP}·Y·(1 − Y)", [alone, _("The derivative of the sigmoid is Y·(1 − Y).")]
    if isinstance(operation, Tanh):
        return f"dL/dX = {UP}·(1 − Y·Y)", [alone, _("The derivative of tanh is 1 − Y·Y.")]
    return f"dL/dX = {UP}·dY/dX", [alone]


def _moved(trace: Trace) -> Line:
    operation = gradient_of(trace).of
    moved = _(
        "The numbers are only moved, so each derivative is 1: every upstream gradient is moved back to the cell that "
        "its number came from."
    )
    folded = padding = several = ""
    if any(len(step.taps) > 1 for step in looked_at(trace)):
        several = _("A number that stands in several output cells gets the sum of theirs.")
    if isinstance(operation, Pad):
        if operation.mode == "constant":
            padding = _("What comes to the padding itself goes nowhere: it is not part of the input.")
        else:
            folded = _(
                "The cells around the data are copies of input cells, so their upstream gradients are folded back onto "
                "those cells, and added."
            )
    return f"dL/dX = {UP}", [moved, several if not folded else "", folded, padding]


# ── dense layers, softmax, normalisation


def _dense(trace: Trace) -> Line:
    layer, wrt = forward(trace), gradient_of(trace).wrt
    dense = layer.layer.operation
    assert isinstance(dense, Dense)
    rows = layer.output.size // dense.units
    factor = "" if dense.alpha == 1 else f"{shown(dense.alpha)}·"
    weight = "W[u, i]" if dense.out_first else "W[i, u]"
    if wrt == "input":
        reason = _("Every unit u multiplies X[i] by its own weight {weight}: the sum goes over all units.")
        return f"dL/dX[i] = Σ {factor}{UP}[u]·{weight}", [reason.format(weight=weight)]
    if wrt == "bias":
        beta = "" if dense.beta == 1 else f"{shown(dense.beta)}·"
        once = _("The bias is added to its unit once, so it gets the unit's upstream gradient.")
        many = _(
            "The bias is added to its unit in each of the {n} rows, so the upstream gradients of the rows are added."
        )
        return (
            (f"dL/db[u] = {beta}{UP}[u]", [once])
            if rows == 1
            else (f"dL/db[u] = Σ {beta}{UP}[n, u]", [many.format(n=rows)])
        )
    if rows == 1:
        once = _("The weight {weight} is used once, and multiplied by X[i]: that number is the derivative.")
        return f"dL/d{weight} = {factor}{UP}[u]·X[i]", [once.format(weight=weight)]
    many = _(
        "The weight {weight} is used once in each of the {n} rows, and multiplied by X[n, i] there: the sum goes over "
        "all rows."
    )
    return f"dL/d{weight} = Σ {factor}{UP}[n, u]·X[n, i]", [many.format(weight=weight, n=rows)]


def _softmax(trace: Trace) -> Line:
    every = _(
        "Every share depends on every number: dY[j]/dX[i] is Y[i]·(1 − Y[i]) where j is i, and −Y[i]·Y[j] elsewhere. "
        "Put into the sum, Y[i] can be taken out of it."
    )
    zero = _("All of these gradients together are 0: raising every number by the same changes no share.")
    return f"dL/dX[i] = Y[i]·({UP}[i] − Σ {UP}[j]·Y[j])", [every, zero]


def _batch_norm(trace: Trace) -> Line:
    wrt, layer = gradient_of(trace).wrt, forward(trace)
    fixed = _("Mean and variance are fixed, so the layer only multiplies and adds, channel by channel.")
    if wrt == "beta":
        return f"dL/dβ = Σ {UP}", [fixed, _("Beta is added to every cell of its channel.")]
    root = "√(variance + epsilon)"
    if wrt == "gamma":
        scaled = _("Gamma multiplies the normalised number of every cell of its channel: that is the derivative.")
        return f"dL/dγ = Σ {UP}·(X − mean)/{root}", [fixed, scaled]
    gamma = "γ" if "gamma" in layer.inputs else "1"
    return f"dL/dX = {UP}·{gamma}/{root}", [fixed]


def _normalised(trace: Trace) -> Line:
    """Mean and variance are of the input itself, so that a number changes every result that it is normalised with."""
    wrt, layer = gradient_of(trace).wrt, forward(trace)
    normal = _("Z is the normalised number (X − mean)/s, and s the standard deviation √(variance + epsilon).")
    if wrt == "beta":
        return f"dL/dβ = Σ {UP}", [_("Beta is added to every cell that it belongs to.")]
    if wrt == "gamma":
        return f"dL/dγ = Σ {UP}·Z", [
            _("Gamma multiplies the normalised number of every cell that it belongs to."),
            normal,
        ]
    scaled = _("G is the upstream gradient times gamma.") if "gamma" in layer.inputs else ""
    up = "G" if scaled else UP
    all_of_them = _(
        "X changes its own result, and through mean and variance the results of all cells it is normalised with: what "
        "comes of these two is subtracted. The means go over the same cells as those of the layer."
    )
    return f"dL/dX = ({up} − mean({up}) − Z·mean({up}·Z))/s", [scaled, normal, all_of_them]


_RULES: tuple[tuple[type | tuple[type, ...], Callable[[Trace], Line]], ...] = (
    (Conv, _conv),
    ((MaxPool, MinPool, MedianPool), _pool),
    (MeanPool, _mean),
    (ReLU, _relu),
    (Elementwise, _elementwise),
    (Moving, _moved),
    (Dense, _dense),
    (Softmax, _softmax),
    (BatchNorm, _batch_norm),
    (Normalization, _normalised),
    ((Loss, BatchMean), loss_line),
)
