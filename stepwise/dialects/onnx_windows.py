"""ONNX's operators that look through a window, and those with a kernel. To add one: a function, and a line in
`WINDOWS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ..arithmetic import Array
from ..errors import CallError
from ..geometry import Rule, Sliding, Transposed, Whole
from ..layers.layer import Plan, Stage
from ..layers.words import number, one_of, whole, whole_each, yes_or_no
from ..ops import Conv, ConvTranspose, Dense, Identity, LpPool, MatMul, MaxPool, MaxUnpool, MeanPool
from ..traces.operation import Operation
from .onnx_folds import axes_of
from .onnx_node import LAYOUT, Node, pairs, plainly, shape_of, single, weighted, window_of

AUTO_PAD: dict[str, Rule] = {
    "notset": "explicit",
    "valid": "valid",
    "same_upper": "same_upper",
    "same_lower": "same_lower",
}


def _sliding(kernel_shape: Any, strides: Any, pads: Any, dilations: Any, auto_pad: Any, ceil_mode: Any = 0) -> Sliding:
    window = window_of(kernel_shape)
    spatial = len(window)
    rule = one_of("auto_pad", auto_pad, AUTO_PAD)
    given = pairs(pads, spatial)
    if rule == "explicit" and not any(map(any, given)):
        rule = "valid"
    if rule != "explicit":
        if any(map(any, given)):
            raise CallError(f"pads={pads!r} cannot be given together with auto_pad={auto_pad!r}")
        given = ((0, 0),) * spatial
    return Sliding(
        window,
        whole_each("strides", 1 if strides is None else strides, spatial),
        rule,
        whole_each("dilations", 1 if dilations is None else dilations, spatial),
        given,
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
    return single(MaxPool(_sliding(kernel_shape, strides, pads, dilations, auto_pad, ceil_mode)))


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
    return single(MeanPool(windows, counts_padding=yes_or_no("count_include_pad", count_include_pad)))


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
    return single(LpPool(_sliding(kernel_shape, strides, pads, dilations, auto_pad, ceil_mode), _power(node, p)))


def _power(node: Node, p: Any) -> float:
    """A decimal in version 1 of the operators, a whole number since."""
    return number("p", p) if node.opset < 2 else whole("p", p)


def _global(make: Callable[[Whole], Operation]) -> Callable[..., Plan]:
    def plan(node: Node) -> Plan:
        return single(make(Whole(_spatial(node))))

    return plan


def _global_lp(node: Node, p: Any = 2) -> Plan:
    return single(LpPool(Whole(_spatial(node)), _power(node, p)))


def _spatial(node: Node) -> int:
    array = node.array(0)
    return 2 if array is None or array.ndim < 3 else array.ndim - 2


def _reduce_mean(node: Node, axes: Any = None, keepdims: Any = 1, noop_with_empty_axes: Any = 0) -> Plan:
    ndim, given = len(shape_of(node)), node.wholes(1, "axes")
    chosen = given if given is not None else axes
    if not chosen and yes_or_no("noop_with_empty_axes", noop_with_empty_axes):
        return single(Identity())
    over = sorted(axes_of(chosen, ndim)) if chosen else list(range(ndim))
    if ndim < 3:
        raise CallError(f"axes={over} is not carried out; a mean is taken here over spatial axes, and there are none")
    mean = MeanPool(Whole(ndim - 2, yes_or_no("keepdims", keepdims)))
    if over == list(range(1, ndim - 1)):  # what comes from TensorFlow has its channels last
        return Plan((Stage(mean),), replace(LAYOUT, channels_last=True))
    if over != list(range(2, ndim)):
        raise CallError(
            f"axes={over} is not carried out; a mean is taken here over all spatial axes, {_axes(range(2, ndim))}, or, "
            f"where the channels are last, {_axes(range(1, ndim - 1))}"
        )
    return single(mean)


def _axes(axes: range) -> str:
    return str(axes[0]) if len(axes) == 1 else f"{axes[0]} to {axes[-1]}"


def _kernel(node: Node, kernel_shape: Any) -> tuple[Array | None, tuple[int, ...]]:
    """The kernel, if it is given, and its window."""
    kernel = node.array(1)
    if kernel is None:
        if kernel_shape is None:
            raise CallError("kernel_shape is not given; write that of the kernel, such as kernel_shape=[2, 2]")
        return None, window_of(kernel_shape)
    own = kernel.shape if kernel.ndim < 3 else kernel.shape[2:]
    if not 1 <= len(own) <= 3 or not all(own):
        raise CallError(f"the kernel has the shape {kernel.shape}; it takes filters, channels and 1 to 3 axes more")
    if kernel_shape is not None and window_of(kernel_shape) != own:
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
    return weighted(Conv(windows, filters, whole("group", group)), node)


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
    windows = Transposed(window, step, gaps, pairs(pads, spatial), same, outputs, extra)
    filters = groups if kernel is None or kernel.ndim < 3 else kernel.shape[1] * groups
    return weighted(ConvTranspose(windows, filters, groups), node)


def _max_unpool(node: Node, kernel_shape: Any, strides: Any = None, pads: Any = None) -> Plan:
    window = window_of(kernel_shape)
    spatial = len(window)
    step = whole_each("strides", 1 if strides is None else strides, spatial)
    wanted = node.wholes(2, "output_shape") or []
    sizes = tuple(whole("output_shape", n) for n in wanted[-spatial:])
    return single(MaxUnpool(window, step, pairs(pads, spatial), sizes, through_all=True))


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
    return weighted(operation, node)


WINDOWS: dict[str, Callable[..., Plan]] = {
    "MaxPool": _max_pool,
    "AveragePool": _average_pool,
    "LpPool": _lp_pool,
    "GlobalMaxPool": _global(MaxPool),
    "GlobalAveragePool": _global(MeanPool),
    "GlobalLpPool": _global_lp,
    "Conv": _conv,
    "ConvTranspose": _conv_transpose,
    "MaxUnpool": _max_unpool,
    "Gemm": _gemm,
    "MatMul": plainly(MatMul()),
    "ReduceMean": _reduce_mean,
}
