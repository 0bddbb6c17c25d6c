"""ONNX's words: `onnx.node("MaxPool", [x], opset=22, kernel_shape=[2, 2])`, and pasted `MaxPool(kernel_shape=[2, 2])`.

Each function below has an ONNX operator's attributes and defaults as parameters (operator specification, opset 22;
where an older opset differs, `opset` is asked), and its body is the translation. To add an operator: a function, a
line in `OPERATORS`, and the engine's names of its inputs in `INPUTS`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..arithmetic import Array
from ..effort import MOST_CELLS
from ..errors import CallError, ShapeError, did_you_mean, shown
from ..geometry import Rule, Sliding, Transposed, Whole
from ..io.files import PathLike
from ..io.inputs import Grids, locked, taken
from ..layers.grids import filters_in
from ..layers.initializers import bounded
from ..layers.layer import Dialect, LayerObject, Plan, Signature, Stage, bind
from ..layers.outlines import sketched
from ..layers.words import LARGEST, number, one_of, whole, whole_each, yes_or_no
from ..ops import (
    ELU,
    Add,
    BatchNorm,
    Clip,
    Concat,
    Conv,
    ConvTranspose,
    Dense,
    Divide,
    Flatten,
    Identity,
    LpPool,
    MatMul,
    MaxPool,
    MaxUnpool,
    MeanPool,
    Multiply,
    Pad,
    ReLU,
    Reshape,
    Sigmoid,
    Softmax,
    Subtract,
    Tanh,
    Transpose,
    winners,
)
from ..ops.moves import Mode
from ..traces.layout import Layout
from ..traces.operation import Operation
from ..traces.trace import Trace
from .onnx_folds import axes_of, axis_of, lined_up, wholes
from .onnx_tensors import MOST_AXES

if TYPE_CHECKING:
    from .onnx_network import OnnxNetwork

LAYOUT = Layout(channels_last=False, kernel_channels_last=False)
NEWEST_OPSET = 22
AUTO_PAD: dict[str, Rule] = {
    "notset": "explicit",
    "valid": "valid",
    "same_upper": "same_upper",
    "same_lower": "same_lower",
}
PAD_MODES: dict[str, Mode] = {"constant": "constant", "reflect": "reflect", "edge": "replicate", "wrap": "circular"}


@dataclass(frozen=True)
class Node:
    """What a node's operator is told besides its attributes: its opset and its inputs."""

    opset: int = NEWEST_OPSET
    inputs: tuple[Array | None, ...] = ()

    def array(self, number: int) -> Array | None:
        """An input by its place, None where it is not given."""
        return self.inputs[number] if number < len(self.inputs) else None

    def wholes(self, number: int, name: str) -> list[int] | None:
        """An input that holds whole numbers rather than data: a shape, axes. Raises `CallError` for anything else."""
        array = self.array(number)
        return None if array is None else wholes(array, name)

    def single(self, number: int, name: str) -> float | None:
        """An input that holds one number. Raises `CallError` for anything else."""
        array = self.array(number)
        if array is not None and (array.size != 1 or array.dtype.kind not in "iufb"):
            raise CallError(f"{name} must be one number, not {array.dtype} of shape {array.shape}")
        return None if array is None else float(array.ravel()[0])


def _single(operation: Operation, **names: str) -> Plan:
    return Plan((Stage(operation, names),), LAYOUT)


def _window(kernel_shape: Any) -> tuple[int, ...]:
    if not isinstance(kernel_shape, tuple | list) or not 1 <= len(kernel_shape) <= 3:
        raise CallError(f"kernel_shape={shown(kernel_shape)} must be a list of 1 to 3 whole numbers, such as [2, 2]")
    return whole_each("kernel_shape", kernel_shape, len(kernel_shape))


def _pairs(pads: Any, spatial: int) -> tuple[tuple[int, int], ...]:
    """ONNX's order: all the befores, then all the afters."""
    if pads is None:
        return ((0, 0),) * spatial
    flat = whole_each("pads", pads, 2 * spatial, least=0)
    return tuple(zip(flat[:spatial], flat[spatial:]))


def _sliding(kernel_shape: Any, strides: Any, pads: Any, dilations: Any, auto_pad: Any, ceil_mode: Any = 0) -> Sliding:
    window = _window(kernel_shape)
    spatial = len(window)
    rule = one_of("auto_pad", auto_pad, AUTO_PAD)
    pairs = _pairs(pads, spatial)
    if rule == "explicit" and not any(map(any, pairs)):
        rule = "valid"
    if rule != "explicit":
        if any(map(any, pairs)):
            raise CallError(f"pads={pads!r} cannot be given together with auto_pad={auto_pad!r}")
        pairs = ((0, 0),) * spatial
    return Sliding(
        window,
        whole_each("strides", 1 if strides is None else strides, spatial),
        rule,
        whole_each("dilations", 1 if dilations is None else dilations, spatial),
        pairs,
        yes_or_no("ceil_mode", ceil_mode),
        lenient=True,  # onnxruntime rounds toward 0 where the standard's formula rounds down
    )


def _max_pool(
    node: Node,
    kernel_shape: Any,
    strides: Any = None,
    pads: Any = None,
    dilations: Any = None,
    auto_pad: Any = "NOTSET",
    ceil_mode: Any = 0,
    storage_order: Any = 0,
) -> Plan:
    yes_or_no("storage_order", storage_order)
    return _single(MaxPool(_sliding(kernel_shape, strides, pads, dilations, auto_pad, ceil_mode)))


def _average_pool(
    node: Node,
    kernel_shape: Any,
    strides: Any = None,
    pads: Any = None,
    dilations: Any = None,
    auto_pad: Any = "NOTSET",
    ceil_mode: Any = 0,
    count_include_pad: Any = 0,
) -> Plan:
    windows = _sliding(kernel_shape, strides, pads, dilations, auto_pad, ceil_mode)
    return _single(MeanPool(windows, counts_padding=yes_or_no("count_include_pad", count_include_pad)))


def _lp_pool(
    node: Node,
    kernel_shape: Any,
    strides: Any = None,
    pads: Any = None,
    dilations: Any = None,
    auto_pad: Any = "NOTSET",
    ceil_mode: Any = 0,
    p: Any = 2,
) -> Plan:
    return _single(LpPool(_sliding(kernel_shape, strides, pads, dilations, auto_pad, ceil_mode), _power(node, p)))


def _power(node: Node, p: Any) -> float:
    """A decimal in version 1 of the operators, a whole number since."""
    return number("p", p) if node.opset < 2 else whole("p", p)


def _global(make: Callable[[Whole], Operation]) -> Callable[..., Plan]:
    def plan(node: Node) -> Plan:
        return _single(make(Whole(_spatial(node))))

    return plan


def _global_lp(node: Node, p: Any = 2) -> Plan:
    return _single(LpPool(Whole(_spatial(node)), _power(node, p)))


def _spatial(node: Node) -> int:
    array = node.array(0)
    return 2 if array is None or array.ndim < 3 else array.ndim - 2


def _kernel(node: Node, kernel_shape: Any) -> tuple[Array | None, tuple[int, ...]]:
    """The kernel, if it is given, and its window."""
    kernel = node.array(1)
    if kernel is None:
        if kernel_shape is None:
            raise CallError("kernel_shape is not given; write that of the kernel, such as kernel_shape=[2, 2]")
        return None, _window(kernel_shape)
    own = kernel.shape if kernel.ndim < 3 else kernel.shape[2:]
    if not 1 <= len(own) <= 3 or not all(own):
        raise CallError(f"the kernel has the shape {kernel.shape}; it takes filters, channels and 1 to 3 axes more")
    if kernel_shape is not None and _window(kernel_shape) != own:
        raise CallError(f"kernel_shape={kernel_shape!r} is not that of the kernel, {own}")
    return kernel, own


def _conv(
    node: Node,
    kernel_shape: Any = None,
    strides: Any = None,
    pads: Any = None,
    dilations: Any = None,
    auto_pad: Any = "NOTSET",
    group: Any = 1,
) -> Plan:
    kernel, window = _kernel(node, kernel_shape)
    filters = 1 if kernel is None or kernel.ndim < 3 else kernel.shape[0]
    windows = replace(_sliding(window, strides, pads, dilations, auto_pad), lenient=False)
    return _weighted(Conv(windows, filters, whole("group", group)), node)


def _weighted(operation: Operation, node: Node) -> Plan:
    names = {"kernel": "kernel"} | ({"bias": "bias"} if node.array(2) is not None else {})
    drawn = {name: bounded("RandomUniform(-1, 1)", 1.0) for name in names}
    return Plan((Stage(operation, names),), LAYOUT, drawn)


def _conv_transpose(
    node: Node,
    kernel_shape: Any = None,
    strides: Any = None,
    pads: Any = None,
    dilations: Any = None,
    auto_pad: Any = "NOTSET",
    group: Any = 1,
    output_padding: Any = None,
    output_shape: Any = None,
) -> Plan:
    kernel, window = _kernel(node, kernel_shape)
    spatial, groups = len(window), whole("group", group)
    rule = one_of("auto_pad", auto_pad, AUTO_PAD)
    outputs: tuple[int, ...] = ()
    if output_shape is not None:
        outputs = tuple(whole("output_shape", n) for n in tuple(output_shape)[-spatial:])
    # SAME_UPPER cuts the smaller half before, SAME_LOWER the larger; sizes that are given cut as SAME_LOWER does
    same = {"same_upper": "upper", "same_lower": "lower"}.get(rule, "lower" if outputs else "")
    step = whole_each("strides", 1 if strides is None else strides, spatial)
    gaps = whole_each("dilations", 1 if dilations is None else dilations, spatial)
    extra = whole_each("output_padding", 0 if output_padding is None else output_padding, spatial, least=0)
    if any(e >= max(s, d) for e, s, d in zip(extra, step, gaps)):
        raise CallError(
            f"each entry of output_padding={output_padding!r} must be less than the stride or the dilation along its "
            f"axis, which are {step} and {gaps}"
        )
    windows = Transposed(window, step, gaps, _pairs(pads, spatial), same, outputs, extra)
    filters = groups if kernel is None or kernel.ndim < 3 else kernel.shape[1] * groups
    return _weighted(ConvTranspose(windows, filters, groups), node)


def _max_unpool(node: Node, kernel_shape: Any, strides: Any = None, pads: Any = None) -> Plan:
    window = _window(kernel_shape)
    spatial = len(window)
    step = whole_each("strides", 1 if strides is None else strides, spatial)
    wanted = node.wholes(2, "output_shape") or []
    sizes = tuple(whole("output_shape", n) for n in wanted[-spatial:])
    return _single(MaxUnpool(window, step, _pairs(pads, spatial), sizes, through_all=True))


def _softmax(node: Node, axis: Any = None) -> Plan:
    if node.opset >= 13:
        return _single(Softmax((whole("axis", -1 if axis is None else axis, least=-32),)))
    # Before opset 13 the input counts as a matrix: everything from `axis` on is one row.
    x = node.array(0)
    ndim = 2 if x is None else x.ndim
    first = axis_of(whole("axis", 1 if axis is None else axis, least=-32), ndim)
    return _single(Softmax(tuple(range(first, ndim))))


def _flatten(node: Node, axis: Any = 1) -> Plan:
    return _single(Flatten(whole("axis", axis, least=-32), to_matrix=True))


def _gemm(
    node: Node,
    alpha: Any = 1.0,
    beta: Any = 1.0,
    transA: Any = 0,  # noqa: N803
    transB: Any = 0,  # noqa: N803
    broadcast: Any = 0,
) -> Plan:
    x, kernel, bias = node.array(0), node.array(1), node.array(2)
    if kernel is None or kernel.ndim != 2 or (x is not None and x.ndim != 2):
        raise CallError("Gemm needs its matrices A and B, with two axes each; use onnx.node")
    out_first = yes_or_no("transB", transB)
    if node.opset < 7 and not yes_or_no("broadcast", broadcast) and bias is not None and x is not None:
        result = (x.shape[1 if yes_or_no("transA", transA) else 0], kernel.shape[0 if out_first else 1])
        if bias.shape != result:
            raise CallError(f"C has shape {bias.shape}, and without broadcast=1 it must have {result}")
    operation = Dense(
        units=kernel.shape[0 if out_first else 1],
        out_first=out_first,
        alpha=number("alpha", alpha),
        beta=number("beta", beta),
        transposed_input=yes_or_no("transA", transA),
    )
    return _weighted(operation, node)


def _batch_normalization(
    node: Node,
    epsilon: Any = 1e-5,
    momentum: Any = 0.9,
    training_mode: Any = 0,
    spatial: Any = 1,
    is_test: Any = 0,
) -> Plan:
    if training_mode or (node.opset < 7 and not is_test):
        given = "training_mode=1" if training_mode else "is_test=0"
        raise CallError(f"{given} is not carried out; batch normalisation is told at inference")
    if not yes_or_no("spatial", spatial):
        raise CallError("spatial=0 is not carried out; the statistics are those of whole channels here")
    return _single(BatchNorm(1, number("epsilon", epsilon)))


def _dropout(node: Node, ratio: Any = 0.5, seed: Any = None, is_test: Any = 1) -> Plan:
    training = node.array(2)
    if training is not None and bool(training.any()):
        raise CallError("training_mode=True is not carried out; dropout is told at inference, where it does nothing")
    return _single(Identity())


def _pad(node: Node, mode: Any = "constant", pads: Any = None, value: Any = 0.0, paddings: Any = None) -> Plan:
    given = node.wholes(1, "pads")
    said = [pads or paddings or ()] if given is None else [given]
    flat = [number for one in said for number in (one if isinstance(one, list | tuple) else [one])]
    x, axes = node.array(0), node.wholes(3, "axes")
    ndim = len(flat) // 2 if x is None else x.ndim
    chosen = list(range(ndim)) if axes is None else axes_of(axes, ndim)
    if len(flat) != 2 * len(chosen):
        raise CallError(f"pads has {len(flat)} entries; {2 * len(chosen)} are needed, two for each axis")
    pairs = [(0, 0)] * ndim
    for axis, before, after in zip(chosen, flat[: len(chosen)], flat[len(chosen) :]):
        pairs[axis] = (whole("pads", before, -LARGEST), whole("pads", after, -LARGEST))
    constant = node.single(2, "constant_value")
    filling = number("value", value, endless=True) if constant is None else constant
    return _single(Pad(tuple(pairs), one_of("mode", mode, PAD_MODES), filling, all_axes=True))


def _plainly(operation: Operation) -> Callable[..., Plan]:
    def plan(node: Node) -> Plan:
        return _single(operation)

    return plan


def _leaky_relu(node: Node, alpha: Any = 0.01) -> Plan:
    return _single(ReLU(slope=number("alpha", alpha)))


def _concat(node: Node, axis: Any) -> Plan:
    return _single(Concat(whole("axis", axis, least=-32)))


def _of_two(operation: Operation) -> Callable[..., Plan]:
    """Before opset 7 the second input is repeated only where `broadcast` is 1, from `axis` on (see `_as_second`)."""

    def plan(node: Node, axis: Any = None, broadcast: Any = 0) -> Plan:
        a, b = node.array(0), node.array(1)
        shapes = {x.shape for x in (a, b) if x is not None}
        if node.opset < 7 and len(shapes) > 1 and not yes_or_no("broadcast", broadcast):
            both = " and ".join(map(str, sorted(shapes)))
            raise CallError(f"inputs of shapes {both} do not go together without broadcast=1")
        return _single(operation)

    return plan


def _as_second(x: Any, ndim: int, axis: int) -> Any:
    """What `axis` of an operator before opset 7 makes of the second input: its first axis meets that of the first."""
    shape = np.shape(x)
    lined = lined_up(np.broadcast_to(np.zeros(()), shape), ndim, axis).shape
    if lined == shape:
        return x
    if isinstance(x, Trace):
        raise CallError(f"axis={axis} is carried out for constants; the second input comes from the network's own here")
    return np.reshape(x, lined)


def _reshape(node: Node, allowzero: Any = 0, shape: Any = None) -> Plan:
    x, wanted = node.array(0), node.wholes(1, "shape")
    if wanted is None and node.opset < 5 and shape is not None:
        wanted = [whole("shape", n, least=-1) for n in shape]
    if wanted is None:
        raise CallError("the shape must be given; use onnx.node")
    if not yes_or_no("allowzero", allowzero) and x is not None:  # 0 stands for the input's own size
        wanted = [x.shape[i] if n == 0 and i < x.ndim else n for i, n in enumerate(wanted)]
    return _single(Reshape(tuple(whole("shape", n, least=-1, most=MOST_CELLS) for n in wanted)))


def _squeeze(node: Node, axes: Any = None) -> Plan:
    shape, given = _shape(node), node.wholes(1, "axes")
    chosen = given if given is not None else axes
    gone = [i for i, n in enumerate(shape) if n == 1] if chosen is None else axes_of(chosen, len(shape))
    if any(shape[axis] != 1 for axis in gone):
        raise ShapeError(f"axes {sorted(gone)} of an input of shape {shape} cannot be left out: not all have length 1")
    return _single(Reshape(tuple(n for i, n in enumerate(shape) if i not in gone)))


def _unsqueeze(node: Node, axes: Any = None) -> Plan:
    shape, given = _shape(node), node.wholes(1, "axes")
    chosen = given if given is not None else axes
    if chosen is None:
        raise CallError("axes must be given: where an axis of length 1 is put in")
    ndim = len(shape) + len(chosen)
    if ndim > MOST_AXES:
        raise CallError(f"the result would have {ndim} axes; at most {MOST_AXES} are carried out")
    rest = iter(shape)
    new = axes_of(chosen, ndim)
    return _single(Reshape(tuple(1 if axis in new else next(rest, 1) for axis in range(ndim))))


def _shape(node: Node) -> tuple[int, ...]:
    x = node.array(0)
    if x is None:
        raise CallError("the input's shape must be known; use onnx.node")
    return x.shape


def _transpose(node: Node, perm: Any = None) -> Plan:
    return _single(Transpose(() if perm is None else tuple(whole("perm", axis, least=0) for axis in perm)))


def _clip(node: Node, min: Any = None, max: Any = None) -> Plan:
    low, high = (
        node.single(place, name) if given is None else number(name, given, endless=True)
        for place, name, given in ((1, "min", min), (2, "max", max))
    )
    x = node.array(0)
    if node.opset >= 6 and x is not None and x.size and x.dtype.kind == "f":
        most = float(np.finfo(x.dtype).max)  # an end left out is the type's own, which infinities lie beyond
        low = -most if low is None and np.fmin.reduce(x, axis=None) == -np.inf else low
        high = most if high is None and np.fmax.reduce(x, axis=None) == np.inf else high
    return _single(Clip(float("-inf") if low is None else low, float("inf") if high is None else high))


def _reduce_mean(node: Node, axes: Any = None, keepdims: Any = 1, noop_with_empty_axes: Any = 0) -> Plan:
    ndim, given = len(_shape(node)), node.wholes(1, "axes")
    chosen = given if given is not None else axes
    if not chosen and yes_or_no("noop_with_empty_axes", noop_with_empty_axes):
        return _single(Identity())
    over = sorted(axes_of(chosen, ndim)) if chosen else list(range(ndim))
    if ndim < 3 or over != list(range(2, ndim)):
        raise CallError(
            f"axes={over} is not carried out; a mean is taken here over all spatial axes, 2 to {ndim - 1}"
            if ndim > 2
            else f"axes={over} is not carried out; a mean is taken here over spatial axes, and there are none"
        )
    return _single(MeanPool(Whole(ndim - 2, yes_or_no("keepdims", keepdims))))


OPERATORS: dict[str, Callable[..., Plan]] = {
    "MaxPool": _max_pool,
    "AveragePool": _average_pool,
    "LpPool": _lp_pool,
    "GlobalMaxPool": _global(MaxPool),
    "GlobalAveragePool": _global(MeanPool),
    "GlobalLpPool": _global_lp,
    "Conv": _conv,
    "ConvTranspose": _conv_transpose,
    "MaxUnpool": _max_unpool,
    "Relu": _plainly(ReLU()),
    "LeakyRelu": _leaky_relu,
    "Elu": lambda node, alpha=1.0: _single(ELU(number("alpha", alpha))),
    "Sigmoid": _plainly(Sigmoid()),
    "Tanh": _plainly(Tanh()),
    "Identity": _plainly(Identity()),
    "Softmax": _softmax,
    "Flatten": _flatten,
    "Gemm": _gemm,
    "MatMul": _plainly(MatMul()),
    "BatchNormalization": _batch_normalization,
    "Dropout": _dropout,
    "Pad": _pad,
    "Add": _of_two(Add()),
    "Sum": _plainly(Add()),
    "Mul": _of_two(Multiply()),
    "Sub": _of_two(Subtract()),
    "Div": _of_two(Divide()),
    "Concat": _concat,
    "Reshape": _reshape,
    "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze,
    "Transpose": _transpose,
    "Clip": _clip,
    "ReduceMean": _reduce_mean,
}

# What the engine calls a node's inputs, in ONNX's order; empty for those that are parameters, not data.
INPUTS: dict[str, tuple[str, ...]] = {
    "Conv": ("input", "kernel", "bias"),
    "ConvTranspose": ("input", "kernel", "bias"),
    "Gemm": ("input", "kernel", "bias"),
    "MatMul": ("input", "other"),
    "MaxUnpool": ("input", "indices", ""),
    "BatchNormalization": ("input", "gamma", "beta", "mean", "variance"),
    "Add": ("input", "input_1"),
    "Mul": ("input", "input_1"),
    "Sub": ("input", "input_1"),
    "Div": ("input", "input_1"),
    "Reshape": ("input", ""),
    "Squeeze": ("input", ""),
    "Unsqueeze": ("input", ""),
    "Clip": ("input", "", ""),
    "ReduceMean": ("input", ""),
    "Pad": ("input", "", "", ""),
    "Dropout": ("input", "", ""),
}

OF_TWO = ("Add", "Mul", "Sub", "Div")
"""Operators that before opset 7 could say which axis of the first input the second begins at."""
ANY_NUMBER = ("Concat", "Sum")
"""Operators that take as many inputs as there are."""

# How many of them cannot be left out, where it is more than the first.
NEEDED: dict[str, int] = {
    "Conv": 2,
    "ConvTranspose": 2,
    "Gemm": 2,
    "MatMul": 2,
    "MaxUnpool": 2,
    "Reshape": 2,
    "BatchNormalization": 5,
    "Add": 2,
    "Mul": 2,
    "Sub": 2,
    "Div": 2,
}


def _inputs(count: int) -> str:
    return "1 input" if count == 1 else f"{count} inputs"


class OnnxLayer(LayerObject):
    """An operator pasted as a call; what depends on its kernel is settled when the kernel is known."""

    dialect = "onnx"
    written = True  # ONNX has no initializers that could be its own

    def _stage(self, stage: Stage, inputs: Any, number: int) -> Trace:
        kernel = self.weights.get("kernel")
        operation = stage.operation
        if isinstance(operation, Conv) and isinstance(kernel, Grids):
            x = inputs["input"]
            channels = self.plan.layout.channels(np.shape(x.output if isinstance(x, Trace) else x), operation.spatial)
            stage = replace(stage, operation=replace(operation, filters=filters_in(operation, kernel, channels)))
        elif isinstance(operation, Conv) and kernel is not None and kernel.ndim > 2:
            filters = kernel.shape[1] * operation.groups if isinstance(operation, ConvTranspose) else kernel.shape[0]
            stage = replace(stage, operation=replace(operation, filters=filters))
        return super()._stage(stage, inputs, number)

    def give(self, weights: Any) -> None:
        """A bias may always be given."""
        if (
            "bias" in weights
            and isinstance(self.plan.stages[0].operation, Conv)
            and "bias" not in self.plan.initializers
        ):
            names = {"kernel": "kernel", "bias": "bias"}
            drawn = {**self.plan.initializers, "bias": self.plan.initializers["kernel"]}
            self.plan = replace(self.plan, stages=(replace(self.plan.stages[0], weights=names),), initializers=drawn)
        super().give(weights)


def _signature(function: Callable[..., Plan]) -> Signature:
    def layer(*arguments: Any, **attributes: Any) -> Plan:
        return function(Node(), *arguments, **attributes)

    _node, *rest = inspect.signature(function).parameters.values()
    layer.__signature__ = inspect.Signature(rest)  # type: ignore[attr-defined]  # inspect's own protocol
    return layer


layers = Dialect("onnx", OnnxLayer, {name: _signature(function) for name, function in OPERATORS.items()})


def node(op: str, inputs: Sequence[Any], opset: int = NEWEST_OPSET, **attributes: Any) -> list[Any]:
    """Carry one ONNX node out: a list with a Trace or array for each of its outputs.

    `inputs` are in ONNX's order, None where an optional one is left out; each is an array or a Trace. `attributes` are
    the node's own. MaxPool gives its indices as a second output, Dropout its mask.

    Raises `CallError` for an unknown operator or attribute, `ShapeError` where inputs do not fit.

    >>> [y] = node("Relu", [[[-1, 2]]])
    >>> y.output.tolist()
    [[0, 2]]
    """
    trace = carry_out(op, inputs, opset, attributes)
    if op == "MaxPool":
        return [trace, indices(trace, int(attributes.get("storage_order", 0)))]
    return [trace, np.ones(trace.shape, dtype=bool)] if op == "Dropout" else [trace]


def carry_out(op: str, inputs: Sequence[Any], opset: int, attributes: Mapping[str, Any]) -> Trace:
    """The first output of a node; see `node`."""
    kept = [None if x is None else x if isinstance(x, Trace) else locked(taken(x, "input")) for x in inputs]
    layer, given = _prepared(op, kept, opset, attributes)
    return layer.run(given)


def sketch(op: str, inputs: Sequence[Any], opset: int, attributes: Mapping[str, Any]) -> Trace:
    """The same without any numbers: a trace that has shapes and geometry only. Of inputs only those are looked at that
    stand for a shape, for axes, or for an end.
    """
    layer, given = _prepared(op, inputs, opset, attributes)
    return sketched(layer, given)


def _prepared(
    op: str, inputs: Sequence[Any], opset: int, attributes: Mapping[str, Any]
) -> tuple[OnnxLayer, dict[str, Any]]:
    """A node as a layer, and what goes into it by the engine's names."""
    if op not in OPERATORS:
        raise CallError(f"there is no operator {op} here.{did_you_mean(op, OPERATORS)}")
    arrays = tuple(x.output if isinstance(x, Trace) else x for x in inputs)
    names = INPUTS.get(op, ("input",))
    if op in ANY_NUMBER:
        names = ("input", *(f"input_{i}" for i in range(1, len(inputs))))
    if len(arrays) > len(names):
        raise CallError(f"{op} takes {_inputs(len(names))}, but has {len(arrays)}")
    needed = len(names) if op in ANY_NUMBER else NEEDED.get(op, 1)
    if op == "Reshape" and opset < 5:  # the shape was an attribute
        needed = 1
    if len(arrays) < needed or any(array is None for array in arrays[:needed]):
        has = sum(array is not None for array in arrays[:needed])
        raise CallError(f"{op} needs {_inputs(needed)}, but has {has}")
    if op == "Concat" and opset < 4:
        attributes = {"axis": 1, **attributes}
    bind(op, _signature(OPERATORS[op]), (), attributes)
    try:
        plan = OPERATORS[op](Node(whole("opset", opset), arrays), **attributes)
    except (CallError, ShapeError) as error:
        raise type(error)(f"{op}: {error}") from None
    given = {name: x for name, x in zip(names, inputs) if name and x is not None}
    parted = op in OF_TWO and arrays[0].shape != arrays[1].shape
    if parted and attributes.get("broadcast") and "axis" in attributes:
        given["input_1"] = _as_second(given["input_1"], np.ndim(arrays[0]), whole("axis", attributes["axis"], -32))
    plan = replace(plan, stages=(replace(plan.stages[0], weights={}),), initializers={})
    parameters = ", ".join(f"{key}={value!r}" for key, value in attributes.items())
    return OnnxLayer(plan, f"{op}({parameters})"), given


def indices(trace: Trace, storage_order: int = 0) -> Array:
    """Where each maximum came from, counted through the whole input tensor; by columns where `storage_order` is 1."""
    found = winners(trace)
    images = LAYOUT.images_shape(trace.inputs["input"].shape, found.ndim - 2)
    sizes = images[2:]
    if storage_order:
        found = np.ravel_multi_index(np.unravel_index(found, sizes)[::-1], sizes[::-1])
    planes = np.arange(images[0] * images[1]).reshape(images[0], images[1], *(1,) * len(sizes))
    everywhere = found + planes * int(np.prod(sizes))
    return LAYOUT.restored(everywhere.astype(np.int64), len(sizes), trace.inputs["input"].ndim)


def load(path: PathLike) -> OnnxNetwork:
    """The network of an ONNX file, ready to be called; see `onnx_network.load`."""
    from .onnx_network import load as load_network  # it is built on the operators above

    return load_network(path)
