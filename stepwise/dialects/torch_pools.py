"""PyTorch's pooling modules. To add one: a function, and a line in `POOLS`."""

from __future__ import annotations

import math
from typing import Any

from ..errors import CallError, shown
from ..geometry import Adaptive, Rule, Sliding
from ..layers.calls import written
from ..layers.dialect import in_dimensions
from ..layers.layer import Plan, Signature, Stage
from ..layers.words import LARGEST, number, whole, whole_each, yes_or_no
from ..ops import Absolute, LpPool, MaxPool, MaxUnpool, MeanPool, MedianPool, MinPool
from .torch_layer import LAYOUT, WithIndices, single, symmetric


def _pool_windows(spatial: int, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: Any) -> Sliding:
    window = whole_each("kernel_size", kernel_size, spatial)
    step = window if stride is None else whole_each("stride", stride, spatial)
    pads = whole_each("padding", padding, spatial, least=0)
    gaps = whole_each("dilation", dilation, spatial)
    for pad, k, d in zip(pads, window, gaps):
        if pad > k // 2:  # PyTorch lets the gaps of a dilated window count at first, but not in the end
            half = (
                "at most half of effective kernel size"
                if pad > ((k - 1) * d + 1) // 2
                else "at most half of kernel size"
            )
            raise CallError(
                f"padding={padding!r} is more than half the window; PyTorch says: pad should be {half}, but got "
                f"pad={pad}, kernel_size={k} and dilation={d}"
            )
    rule: Rule = "explicit" if any(pads) else "valid"
    return Sliding(window, step, rule, gaps, symmetric(pads), yes_or_no("ceil_mode", ceil_mode))


def _max_pool(
    spatial: int,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    return_indices: Any = False,
    ceil_mode: Any = False,
) -> Plan:
    windows = _pool_windows(spatial, kernel_size, stride, padding, dilation, ceil_mode)
    stage = Stage(MaxPool(windows, last_nan=True))
    return (WithIndices if yes_or_no("return_indices", return_indices) else Plan)((stage,), LAYOUT)


def _min_pool(
    spatial: int, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: Any = False
) -> Plan:
    """No module of PyTorch's: what courses call `-F.max_pool2d(-x, 2)`."""
    return single(MinPool(_pool_windows(spatial, kernel_size, stride, padding, dilation, ceil_mode)))


def _median_pool(
    spatial: int, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: Any = False
) -> Plan:
    """No module of PyTorch's either."""
    return single(MedianPool(_pool_windows(spatial, kernel_size, stride, padding, dilation, ceil_mode)))


def _avg_pool(
    spatial: int,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: Any = False,
    count_include_pad: Any = True,
    divisor_override: Any = None,
) -> Plan:
    divisor = None if divisor_override is None else whole("divisor_override", divisor_override, least=-LARGEST)
    if divisor == 0:
        raise CallError("divisor_override=0: divisor must be not zero")
    windows = _pool_windows(spatial, kernel_size, stride, padding, 1, ceil_mode)
    stage = Stage(MeanPool(windows, yes_or_no("count_include_pad", count_include_pad), divisor))
    return Plan((stage,), LAYOUT, least=windows.window if spatial == 3 else ())


def _avg_pool_1d(
    kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: Any = False, count_include_pad: Any = True
) -> Plan:
    return _avg_pool(1, kernel_size, stride, padding, ceil_mode, count_include_pad)


def _lp_pool(spatial: int, norm_type: Any, kernel_size: Any, stride: Any = None, ceil_mode: Any = False) -> Plan:
    windows = _pool_windows(spatial, kernel_size, stride, 0, 1, ceil_mode)
    norm = number("norm_type", norm_type, endless=True)
    if math.isinf(norm):
        asked = {} if stride is None else {"stride": stride}
        asked |= {"ceil_mode": True} if windows.ceil else {}
        largest = written(f"MaxPool{spatial}d", (kernel_size,), asked)
        return Plan(_of_sizes(MaxPool(windows, last_nan=True), largest, smallest=norm < 0), LAYOUT)
    if not norm:
        raise CallError("norm_type=0: PyTorch takes the root 1/norm_type, and there is no 1/0")
    stage = Stage(LpPool(windows, norm, signed=True, scaled=windows.ceil))
    return Plan((stage,), LAYOUT, least=windows.window if spatial == 3 else ())  # it is made of an AvgPool3d


def _of_sizes(pool: MaxPool, call: str, smallest: bool) -> tuple[Stage, ...]:
    """The norm of ∞ is the largest absolute value, that of -∞ the smallest: the largest of -|x|, without its sign."""
    if smallest:
        return (
            Stage(Absolute(negative=True), call="-abs(x)"),
            Stage(pool, call=call),
            Stage(Absolute(), call="abs(x)"),
        )
    return Stage(Absolute(), call="abs(x)"), Stage(pool, call=call)


def _output_size(value: Any, spatial: int) -> Adaptive:
    entries = tuple(value) if isinstance(value, tuple | list) else (value,) * spatial
    if len(entries) != spatial:
        raise CallError(f"output_size={shown(value)} has {len(entries)} entries; give {spatial}, or one number for all")
    return Adaptive(tuple(None if entry is None else whole("output_size", entry) for entry in entries))


def _adaptive_max(spatial: int, output_size: Any, return_indices: Any = False) -> Plan:
    stage = Stage(MaxPool(_output_size(output_size, spatial), last_nan=True))
    return (WithIndices if yes_or_no("return_indices", return_indices) else Plan)((stage,), LAYOUT)


def _adaptive_avg(spatial: int, output_size: Any) -> Plan:
    return single(MeanPool(_output_size(output_size, spatial)))


def _max_unpool(spatial: int, kernel_size: Any, stride: Any = None, padding: Any = 0) -> Plan:
    window = whole_each("kernel_size", kernel_size, spatial)
    step = window if stride is None else whole_each("stride", stride, spatial)
    return single(MaxUnpool(window, step, symmetric(whole_each("padding", padding, spatial, least=0))))


OWN = {f"{name}{n}d" for name in ("MinPool", "MedianPool") for n in (1, 2, 3)}
"""What courses name, and PyTorch does not have."""
POOLS: dict[str, Signature] = {
    **in_dimensions("MaxPool{}d", _max_pool),
    "AvgPool1d": _avg_pool_1d,
    **in_dimensions("AvgPool{}d", _avg_pool, (2, 3)),
    **in_dimensions("MinPool{}d", _min_pool),
    **in_dimensions("MedianPool{}d", _median_pool),
    **in_dimensions("LPPool{}d", _lp_pool),
    **in_dimensions("MaxUnpool{}d", _max_unpool),
    **in_dimensions("AdaptiveMaxPool{}d", _adaptive_max),
    **in_dimensions("AdaptiveAvgPool{}d", _adaptive_avg),
}
