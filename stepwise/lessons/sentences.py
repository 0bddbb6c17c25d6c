"""What is to be done, and what padding means, where that depends on the layer's parameters."""

from __future__ import annotations

from ..arithmetic import shown
from ..document.inline import Text
from ..formula import Number
from ..geometry import Side
from ..geometry.axes import axis_names
from ..language import _, listed
from ..nouns import WHERE
from ..ops import BatchNorm, Clip, Crop, Dense, Flatten, MaxUnpool, MeanPool, Pad, ReLU
from ..ops.lp_pool import LpPool
from ..traces.trace import Trace
from .inline import inline, paragraph
from .terms import apart, cells, sizes


def mean_pool(trace: Trace) -> MeanPool:
    operation = trace.layer.operation
    assert isinstance(operation, MeanPool)
    return operation


def mean_instruction(trace: Trace) -> str:
    """Where the call itself says what to divide by, it is no mean."""
    divisor = mean_pool(trace).divisor
    if divisor is not None:
        return _("add the numbers it covers, and divide by {n}").format(n=divisor)
    return _("take the mean of the numbers it covers")


def conv_instruction(trace: Trace) -> str:
    if "bias" in trace.inputs:
        return _("multiply each number by the weight that lies on it, add the products, and add the bias")
    return _("multiply each number by the weight that lies on it, and add the products")


def depthwise_instruction(trace: Trace) -> str:
    if "bias" in trace.inputs:
        return _(
            "multiply each number by the weight that lies on it, add the products within each channel, and add the bias"
        )
    return _("multiply each number by the weight that lies on it, and add the products within each channel")


def transposed_instruction(trace: Trace) -> str:
    axes = trace.geometry.axes
    copies = _(
        "multiply a copy of the kernel, {size}, by each input number, and place the copies {apart} in the output; "
        "where they overlap, add them"
    )
    if "bias" in trace.inputs:
        copies = _(
            "multiply a copy of the kernel, {size}, by each input number, and place the copies {apart} in the output; "
            "where they overlap, add them, and add the bias to every cell"
        )
    return copies.format(size=cells(axis.window for axis in axes), apart=apart(axes))


def lp_pool(trace: Trace) -> LpPool:
    operation = trace.layer.operation
    assert isinstance(operation, LpPool)
    return operation


def lp_instruction(trace: Trace) -> str:
    power = lp_pool(trace).power
    if power == 1:
        signed = lp_pool(trace).signed
        return _("add the numbers it covers") if signed else _("add the absolute values of the numbers it covers")
    if power == 2:
        return _("square the numbers it covers, add the squares, and take the square root")
    if not lp_pool(trace).signed and power % 2:
        raised = _("raise the absolute values of the numbers it covers to the power {p}, add them, and take the root")
        return raised.format(p=shown(power))
    return _("raise the numbers it covers to the power {p}, add them, and take the root").format(p=shown(power))


def unpool(trace: Trace) -> MaxUnpool:
    operation = trace.layer.operation
    assert isinstance(operation, MaxUnpool)
    return operation


def unpool_instruction(trace: Trace) -> str:
    shared, lost = unpool(trace).crowding(trace)
    if shared and lost:
        return _(
            "put every number where its index points, and 0 everywhere else; of several that are sent to one cell, the "
            "last is kept; a number sent outside the output is lost"
        )
    if shared:
        return _(
            "put every number where its index points, and 0 everywhere else; of several that are sent to one cell, the "
            "last is kept"
        )
    if lost:
        return _(
            "put every number where its index points, and 0 everywhere else; a number sent outside the output is lost"
        )
    return _("put every number where its index points, and 0 everywhere else")


def unpool_size(trace: Trace) -> Text:
    """Where the size of the output comes from; empty for any other operation."""
    operation = trace.layer.operation
    if not isinstance(operation, MaxUnpool):
        return ()
    usual = operation.usual(trace.inputs["input"].shape)
    usually = _("Along an axis of n cells it is (n − 1)·stride + window − padding: {sizes}.").format(sizes=sizes(usual))
    if usual == operation.sizes:
        return (usually,)
    asked = "output_shape" if operation.through_all else "output_size"
    return paragraph(usually, _("But {asked} asks for {sizes}.").format(asked=asked, sizes=sizes(operation.sizes)))


def pads_of(trace: Trace) -> list[tuple[int, int]]:
    operation = trace.layer.operation
    assert isinstance(operation, Pad)
    return operation.full(trace.layer.layout, trace.inputs["input"].ndim)


def pad_instruction(trace: Trace, filling: str = "") -> str:
    """What is done to the edges; where several are compared, with what they are filled."""
    lines = [n for pair in pads_of(trace) for n in pair]
    if not any(lines):
        return _("leave the input as it is: no line is added")
    if min(lines) < 0:
        if max(lines) > 0:
            return _("add lines at some edges, and cut lines off at others")
        return _("cut lines off at the edges")
    if filling:
        return _("add lines at the edges of the input ({filling})").format(filling=filling)
    edges = [n > 0 for pair in pads_of(trace) for n in pair]
    if _one_axis(trace):
        before, after = ([bool(n) for n in side] for side in zip(*pads_of(trace)))
        if any(before) and any(after):
            return _("add cells at both ends of the input")
        return _("add cells at the start of the input") if any(before) else _("add cells at the end of the input")
    spatial = 2 * len(_padded_axes(trace))
    if sum(edges) == spatial:
        return _("add lines around the input")
    return _("add lines at some edges of the input")


def crop_instruction(trace: Trace) -> str:
    operation = trace.layer.operation
    assert isinstance(operation, Crop)
    if not any(n for pair in operation.cuts for n in pair):
        return _("leave the input as it is: no line is cut off")
    return _("cut lines off at the edges")


def _padded_axes(trace: Trace) -> tuple[str, ...]:
    """The axes that the call pads, by name; of an array whose every axis it names, the last ones, which are padded."""
    operation = trace.layer.operation
    assert isinstance(operation, Pad)
    pads = operation.pads
    if operation.all_axes:
        first = next((i for i, pair in enumerate(pads) if any(pair)), len(pads))
        pads = pads[min(first, max(0, len(pads) - 2)) :]
    return axis_names(len(pads)) if len(pads) <= 3 else ()


def _one_axis(trace: Trace) -> bool:
    return len(_padded_axes(trace)) == 1


def pad_size(trace: Trace) -> Text:
    """How many lines are added, and cut off, at each edge; empty for any other operation."""
    operation = trace.layer.operation
    if isinstance(operation, Crop):
        axes, pads = axis_names(operation.spatial), tuple((-a, -b) for a, b in operation.cuts)
    elif isinstance(operation, Pad) and (axes := _padded_axes(trace)):
        pads = operation.pads[-len(axes) :]
    else:
        return ()
    sides: tuple[Side, ...] = ("before", "after")
    edges = [(WHERE[axis, side](), n) for axis, pair in zip(axes, pads) for side, n in zip(sides, pair)]
    added = [_("{n} {where}").format(n=n, where=where) for where, n in edges if n > 0]
    cut = [_("{n} {where}").format(n=-n, where=where) for where, n in edges if n < 0]
    return paragraph(
        _("Added: {lines}.").format(lines=listed(added)) if added else "",
        _("Cut off: {lines}.").format(lines=listed(cut)) if cut else "",
    )


def norm_instruction(trace: Trace) -> str:
    operation = trace.layer.operation
    if isinstance(operation, BatchNorm) and operation.epsilon:
        done = {
            (False, False): _(
                "subtract the mean and divide by the standard deviation, as they were collected in training "
                "({epsilon} is added to the variance, so that nothing is divided by 0)"
            ),
            (True, False): _(
                "subtract the mean and divide by the standard deviation, as they were collected in training "
                "({epsilon} is added to the variance, so that nothing is divided by 0), then scale"
            ),
            (False, True): _(
                "subtract the mean and divide by the standard deviation, as they were collected in training "
                "({epsilon} is added to the variance, so that nothing is divided by 0), then shift"
            ),
            (True, True): _(
                "subtract the mean and divide by the standard deviation, as they were collected in training "
                "({epsilon} is added to the variance, so that nothing is divided by 0), then scale and shift"
            ),
        }["gamma" in trace.inputs, "beta" in trace.inputs]
        return done.format(epsilon=Number(operation.epsilon).digits)
    return {
        (False, False): _("subtract the mean and divide by the standard deviation, as they were collected in training"),
        (True, False): _(
            "subtract the mean and divide by the standard deviation, as they were collected in training, then scale"
        ),
        (False, True): _(
            "subtract the mean and divide by the standard deviation, as they were collected in training, then shift"
        ),
        (True, True): _(
            "subtract the mean and divide by the standard deviation, as they were collected in training, then scale "
            "and shift"
        ),
    }["gamma" in trace.inputs, "beta" in trace.inputs]


def clip_instruction(trace: Trace) -> str:
    operation = trace.layer.operation
    assert isinstance(operation, Clip)
    below, above = operation.low > float("-inf"), operation.high < float("inf")
    low, high = shown(operation.low), shown(operation.high)
    if below and above:
        both = _("replace numbers below {low} by {low}, and then those above {high} by {high}")
        return both.format(low=low, high=high)
    if below:
        return _("replace numbers below {low} by {low}").format(low=low)
    return _("replace numbers above {high} by {high}").format(high=high) if above else _("leave every number as it is")


def relu_of(trace: Trace) -> ReLU:
    operation = trace.layer.operation
    assert isinstance(operation, ReLU)
    return operation


def relu_instruction(trace: Trace) -> str:
    relu = relu_of(trace)
    numbers = {"threshold": shown(relu.threshold), "slope": shown(relu.slope), "most": shown(relu.ceiling or 0)}
    sign = "−" if relu.threshold > 0 else "+"
    numbers["less"] = f"x {sign} {shown(abs(relu.threshold))}"
    return _relu_with_a_ceiling(relu, numbers) if relu.ceiling is not None else _relu(relu, numbers)


def _relu(relu: ReLU, numbers: dict[str, str]) -> str:
    if relu.threshold and relu.slope:
        return _("keep numbers above {threshold}, and replace every other number x by {slope}·({less})").format(
            **numbers
        )
    if relu.threshold:
        return _("keep numbers above {threshold}, and replace the others by 0").format(**numbers)
    if relu.slope:
        return _("keep positive numbers, and multiply those below 0 by {slope}").format(**numbers)
    return _("keep positive numbers, and replace those below 0 by 0")


def _relu_with_a_ceiling(relu: ReLU, numbers: dict[str, str]) -> str:
    if relu.threshold and relu.slope:
        rule = _(
            "keep numbers above {threshold}, and replace every other number x by {slope}·({less}); replace numbers "
            "above {most} by {most}"
        )
    elif relu.threshold:
        rule = _("keep numbers above {threshold}, and replace the others by 0; replace numbers above {most} by {most}")
    elif relu.slope:
        rule = _("keep positive numbers, and multiply those below 0 by {slope}; replace numbers above {most} by {most}")
    else:
        rule = _("keep positive numbers, and replace those below 0 by 0; replace numbers above {most} by {most}")
    return rule.format(**numbers)


def dense_of(trace: Trace) -> Dense:
    operation = trace.layer.operation
    assert isinstance(operation, Dense)
    return operation


def dense_instruction(trace: Trace) -> str:
    """ONNX's Gemm has factors, alpha and beta."""
    dense, biased = dense_of(trace), "bias" in trace.inputs
    numbers = {"alpha": shown(dense.alpha), "beta": shown(dense.beta)}
    if dense.alpha != 1 and not biased:
        return _("multiply every input by its weight and by {alpha}, and add the products").format(**numbers)
    if dense.alpha != 1 and dense.beta != 1:
        both = _("multiply every input by its weight and by {alpha}, add the products, and add {beta} times the bias")
        return both.format(**numbers)
    if dense.alpha != 1:
        return _("multiply every input by its weight and by {alpha}, add the products, and add the bias").format(
            **numbers
        )
    if dense.beta != 1 and biased:
        return _("multiply every input by its weight, add the products, and add {beta} times the bias").format(
            **numbers
        )
    if "bias" in trace.inputs:
        return _("multiply every input by its weight, add the products, and add the bias")
    return _("multiply every input by its weight, and add the products")


def channels_moved(trace: Trace) -> bool:
    """Whether Keras moves the channels to the end before it writes the numbers in a row."""
    operation = trace.layer.operation
    return isinstance(operation, Flatten) and operation.channels_to_end and trace.inputs["input"].ndim > 2


def is_dropout(trace: Trace) -> bool:
    """Whether a layer that changes nothing is one that does in training."""
    return "Dropout" in trace.layer.call.partition("(")[0]


def identity_instruction(trace: Trace) -> str:
    if is_dropout(trace):
        return _("leave every number as it is: dropout works only in training")
    return _("leave every number as it is")


def flatten_instruction(trace: Trace) -> str:
    """Of a bare array of three axes it is a guess that the first counts images, so the reader is told."""
    given, rows = trace.inputs["input"].shape, trace.shape[0] if trace.ndim == 2 else 1
    if channels_moved(trace):
        if rows > 1 and rows == given[0]:
            moved = _(
                "move the channels to the end, and write the numbers of each image in one row, in reading order, the "
                "channels changing fastest; the first axis counts the images, {n} here"
            )
            return moved.format(n=rows)
        return _(
            "move the channels to the end, and write the numbers in one row, in reading order, the channels changing "
            "fastest"
        )
    if rows > 1 and rows == given[0]:
        images = _(
            "write the numbers of each image in one row, in reading order, the last axis changing fastest; the first "
            "axis counts the images, {n} here"
        )
        return images.format(n=rows)
    return _("write the numbers in one row, in reading order, the last axis changing fastest")


def mean_padding(trace: Trace) -> Text:
    operation = mean_pool(trace)
    if operation.divisor is not None:
        return (_("Padding is not data. In the sum it counts as 0; the call itself says what to divide by."),)
    if not operation.counts_padding:
        return inline(
            _(
                "Padding is not data. In this mean it is **not counted**: at the edge, the sum is divided by the "
                "number of data cells, not by the size of the window."
            )
        )
    return inline(
        _(
            "Padding is not data, but in this mean it is **counted**, as 0: at the edge, the sum is still divided by "
            "the number of all cells of the window that are data or padding."
        )
    )


def zero_padding(trace: Trace) -> Text:
    return inline(_("Padding is not data. In a sum it **counts as 0** and adds nothing."))
