"""PyTorch's modules: arguments, defaults, layouts, weights.

Each function below has a PyTorch module's own signature and defaults (PyTorch 2), and its body is the translation; the
first parameter is the number of spatial axes. What PyTorch refuses is refused with PyTorch's reason. To add a module: a
function, and a line in `MODULES`; if it has a functional form, a line in `FUNCTIONS` of `torch_functional.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ..arithmetic import Array
from ..errors import CallError, shown
from ..geometry import Adaptive, Rule, Sliding, Transposed
from ..layers.calls import written
from ..layers.initializers import bounded, constant
from ..layers.layer import Dialect, LayerObject, Plan, Signature, Stage, in_dimensions
from ..layers.words import LARGEST, number, one_of, share, whole, whole_each, yes_or_no
from ..ops import (
    ELU,
    Absolute,
    BatchNorm,
    Conv,
    ConvTranspose,
    Dense,
    Flatten,
    Identity,
    LpPool,
    MaxPool,
    MaxUnpool,
    MeanPool,
    Pad,
    ReLU,
    Sigmoid,
    Softmax,
    Tanh,
    winners,
)
from ..ops.moves import Mode
from ..traces.layout import Layout
from ..traces.operation import Operation
from ..traces.trace import Trace

LAYOUT = Layout(channels_last=False, kernel_channels_last=False)
MODES: dict[str, Mode] = {"zeros": "constant", "reflect": "reflect", "replicate": "replicate", "circular": "circular"}


class TorchLayer(LayerObject):
    """A module with PyTorch's attributes for weights: `m.weight = w`, `m.bias = b`.

    A pooling module with `return_indices=True` returns (Trace, indices), as in PyTorch.
    """

    dialect = "torch"
    _own = ("plan", "call", "weights", "drawn", "returns_indices", "written", "named", "seed")

    def __init__(self, plan: Plan, call: str) -> None:
        super().__init__(plan, call)
        self.returns_indices = isinstance(plan, _WithIndices)

    def __call__(self, x: Any, *others: Any, output_size: Any = None) -> Any:
        """Carry the module out on `x`; a MaxUnpool takes the indices too, and may be told its `output_size`."""
        unpool = self.plan.stages[0].operation
        if isinstance(unpool, MaxUnpool):
            if len(others) != 1:
                raise CallError(f"{self.call} takes two inputs: the maxima and their indices")
            spatial, wanted = len(unpool.window), () if output_size is None else tuple(output_size)
            if output_size is not None and len(wanted) not in (spatial, spatial + 2):
                raise CallError(
                    f"output_size={wanted} has {len(wanted)} entries; it takes {spatial}, or {spatial + 2} with batch "
                    "and channels"
                )
            wanted = wanted[-spatial:]
            sized = replace(unpool, sizes=tuple(whole("output_size", n) for n in wanted))
            other = TorchLayer(replace(self.plan, stages=(Stage(sized),)), self.call)
            return LayerObject.run(other, {"input": x, "indices": others[0]})
        trace = super().__call__(x, *others)
        return (trace, indices(trace)) if self.returns_indices else trace

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self._own:
            super().__setattr__(name, value)
        elif value is not None or name in self.plan.initializers:
            self.give({name: value})

    def __getattr__(self, name: str) -> Array | None:
        weights: dict[str, Array] = self.__dict__.get("weights", {})
        if name in weights:
            return weights[name]
        if name in ("weight", "bias"):
            return None
        raise AttributeError(f"{self.__dict__.get('call', 'this module')} has no attribute {name}")


class _WithIndices(Plan):
    """A plan whose module returns indices too."""


def indices(trace: Trace) -> Array:
    """Where each maximum came from, in the output's own shape: its number within the image and channel (PyTorch)."""
    spatial = len(trace.geometry.axes)
    return LAYOUT.restored(winners(trace), spatial, trace.inputs["input"].ndim)


def single(operation: Operation) -> Plan:
    return Plan((Stage(operation),), LAYOUT)


def _pads(padding: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    return tuple((p, p) for p in padding)


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
    return Sliding(window, step, rule, gaps, _pads(pads), yes_or_no("ceil_mode", ceil_mode))


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
    return (_WithIndices if yes_or_no("return_indices", return_indices) else Plan)((stage,), LAYOUT)


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
    return (_WithIndices if yes_or_no("return_indices", return_indices) else Plan)((stage,), LAYOUT)


def _adaptive_avg(spatial: int, output_size: Any) -> Plan:
    return single(MeanPool(_output_size(output_size, spatial)))


def _max_unpool(spatial: int, kernel_size: Any, stride: Any = None, padding: Any = 0) -> Plan:
    window = whole_each("kernel_size", kernel_size, spatial)
    step = window if stride is None else whole_each("stride", stride, spatial)
    return single(MaxUnpool(window, step, _pads(whole_each("padding", padding, spatial, least=0))))


def _conv(
    spatial: int,
    in_channels: Any,
    out_channels: Any,
    kernel_size: Any,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: Any = 1,
    bias: Any = True,
    padding_mode: Any = "zeros",
    device: None = None,
    dtype: None = None,
) -> Plan:
    seen, filters, split = (
        whole("in_channels", in_channels),
        whole("out_channels", out_channels),
        whole("groups", groups),
    )
    _check_groups(seen, filters, split)
    window = whole_each("kernel_size", kernel_size, spatial)
    step, gaps = whole_each("stride", stride, spatial), whole_each("dilation", dilation, spatial)
    mode = one_of("padding_mode", padding_mode, MODES)
    windows = conv_windows(window, step, padding, gaps)
    stages: tuple[Stage, ...] = ()
    if mode != "constant":
        decided = windows.pads
        if windows.padding == "same_upper":
            spans = [(k - 1) * d for k, d in zip(window, gaps)]
            decided = tuple((span // 2, span - span // 2) for span in spans)
        words = {"reflect": "Reflection", "replicate": "Replication", "circular": "Circular"}
        flat = tuple(n for pair in reversed(decided) for n in pair)
        stages = (Stage(Pad(decided, mode), call=f"{words[mode]}Pad{spatial}d({flat})"),)
        windows = Sliding(window, step, "valid", gaps)
    drawn = weights_drawn(seen // split * math.prod(window), yes_or_no("bias", bias))
    names = {"kernel": "weight"} | ({"bias": "bias"} if "bias" in drawn else {})
    return Plan((*stages, Stage(Conv(windows, filters, split), names)), LAYOUT, drawn, in_channels=seen)


def conv_windows(window: tuple[int, ...], stride: tuple[int, ...], padding: Any, dilation: tuple[int, ...]) -> Sliding:
    """The windows of a convolution; `padding` is numbers, 'valid' or 'same'."""
    if isinstance(padding, str):
        rule = one_of("padding", padding, {"valid": "valid", "same": "same_upper"})
        if rule == "same_upper" and max(stride) > 1:
            raise CallError(
                "padding='same' is not supported for strided convolutions; PyTorch takes it with stride=1 only"
            )
        return Sliding(window, stride, "same_upper" if rule == "same_upper" else "valid", dilation)
    pads = whole_each("padding", padding, len(window), least=0)
    return Sliding(window, stride, "explicit" if any(pads) else "valid", dilation, _pads(pads))


def _check_groups(seen: int, filters: int, groups: int) -> None:
    if seen % groups:
        raise CallError(f"in_channels must be divisible by groups; {seen} is not by {groups}")
    if filters % groups:
        raise CallError(f"out_channels must be divisible by groups; {filters} is not by {groups}")


def weights_drawn(fan_in: int, bias: bool) -> dict[str, Any]:
    """PyTorch's own initialisation of weight and bias: uniform between ±1/√fan_in (`kaiming_uniform_` with a = √5)."""
    drawn = bounded("kaiming_uniform_(a=√5)", 1 / math.sqrt(max(fan_in, 1)))
    return {"weight": drawn, "bias": drawn} if bias else {"weight": drawn}


def _conv_transpose(
    spatial: int,
    in_channels: Any,
    out_channels: Any,
    kernel_size: Any,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: Any = 1,
    bias: Any = True,
    dilation: Any = 1,
    padding_mode: Any = "zeros",
    device: None = None,
    dtype: None = None,
) -> Plan:
    if padding_mode != "zeros":
        raise CallError('Only "zeros" padding mode is supported for a transposed convolution')
    seen, filters, split = (
        whole("in_channels", in_channels),
        whole("out_channels", out_channels),
        whole("groups", groups),
    )
    _check_groups(seen, filters, split)
    window = whole_each("kernel_size", kernel_size, spatial)
    step, gaps = whole_each("stride", stride, spatial), whole_each("dilation", dilation, spatial)
    extra = whole_each("output_padding", output_padding, spatial, least=0)
    if any(e >= max(s, d) for e, s, d in zip(extra, step, gaps)):
        raise CallError(
            f"output padding must be smaller than either stride or dilation, but got output_padding={extra}"
        )
    cuts = _pads(whole_each("padding", padding, spatial, least=0))
    operation = ConvTranspose(Transposed(window, step, gaps, cuts, extra=extra), filters, split)
    drawn = weights_drawn(filters // split * math.prod(window), yes_or_no("bias", bias))
    names = {"kernel": "weight"} | ({"bias": "bias"} if "bias" in drawn else {})
    return Plan((Stage(operation, names),), LAYOUT, drawn, in_channels=seen)


def _pad_numbers(padding: Any, spatial: int) -> tuple[tuple[int, int], ...]:
    """PyTorch's order, last axis first: (left, right, top, bottom, …)."""
    flat = whole_each("padding", padding, 2 * spatial, least=-LARGEST)
    return tuple((flat[2 * i], flat[2 * i + 1]) for i in reversed(range(spatial)))


def _padding(mode: Mode) -> Callable[..., Plan]:
    def plan(spatial: int, padding: Any) -> Plan:
        return single(Pad(_pad_numbers(padding, spatial), mode))

    return plan


def _constant_padding(spatial: int, padding: Any, value: Any) -> Plan:
    return single(Pad(_pad_numbers(padding, spatial), "constant", number("value", value, endless=True)))


def _relu(inplace: bool = False) -> Plan:
    return single(ReLU())


def _leaky_relu(negative_slope: Any = 0.01, inplace: bool = False) -> Plan:
    return single(ReLU(slope=number("negative_slope", negative_slope)))


def _softmax(dim: Any = None) -> Plan:
    if dim is None:
        raise CallError("dim must be given: the axis along which the shares add up to 1")
    return single(Softmax((whole("dim", dim, least=-32),)))


def _flatten(start_dim: Any = 1, end_dim: Any = -1) -> Plan:
    first, last = whole("start_dim", start_dim, least=-32), whole("end_dim", end_dim, least=-32)
    if first > last and (first < 0) == (last < 0):
        raise CallError(f"start_dim cannot come after end_dim, but got start_dim={first} and end_dim={last}")
    return single(Flatten(first, last))


def _linear(in_features: Any, out_features: Any, bias: Any = True, device: None = None, dtype: None = None) -> Plan:
    seen = whole("in_features", in_features)
    drawn = weights_drawn(seen, yes_or_no("bias", bias))
    names = {"kernel": "weight"} | ({"bias": "bias"} if "bias" in drawn else {})
    stage = Stage(Dense(whole("out_features", out_features), out_first=True), names)
    return Plan((stage,), LAYOUT, drawn, in_channels=seen)


def _batch_norm(
    spatial: int,
    num_features: Any,
    eps: Any = 1e-5,
    momentum: Any = 0.1,
    affine: Any = True,
    track_running_stats: bool = True,
    device: None = None,
    dtype: None = None,
    bias: Any = True,
) -> Plan:
    names = {"gamma": "weight"} if yes_or_no("affine", affine) else {}
    names |= {"beta": "bias"} if names and yes_or_no("bias", bias) else {}
    collects = yes_or_no("track_running_stats", track_running_stats)
    names |= {"mean": "running_mean", "variance": "running_var"} if collects else {}
    values = {"weight": 1.0, "bias": 0.0, "running_mean": 0.0, "running_var": 1.0}
    drawn = {name: constant(values[name]) for name in names.values()}
    stage = Stage(BatchNorm(1, number("eps", eps), spatial), names)
    refused = (
        "with track_running_stats=False mean and variance are those of the batch at hand, in use too; here they are "
        "those that were collected in training"
    )
    features = whole("num_features", num_features)
    return Plan((stage,), LAYOUT, drawn, in_channels=features, refused="" if collects else refused)


def _dropout(p: Any = 0.5, inplace: bool = False) -> Plan:
    share("p", p)
    return single(Identity())


MODULES: dict[str, Signature] = {
    **in_dimensions("MaxPool{}d", _max_pool),
    "AvgPool1d": _avg_pool_1d,
    **in_dimensions("AvgPool{}d", _avg_pool, (2, 3)),
    **in_dimensions("LPPool{}d", _lp_pool),
    **in_dimensions("AdaptiveMaxPool{}d", _adaptive_max),
    **in_dimensions("AdaptiveAvgPool{}d", _adaptive_avg),
    **in_dimensions("MaxUnpool{}d", _max_unpool),
    **in_dimensions("Conv{}d", _conv),
    **in_dimensions("ConvTranspose{}d", _conv_transpose),
    **in_dimensions("ZeroPad{}d", _padding("constant")),
    **in_dimensions("ReflectionPad{}d", _padding("reflect")),
    **in_dimensions("ReplicationPad{}d", _padding("replicate")),
    **in_dimensions("CircularPad{}d", _padding("circular")),
    **in_dimensions("ConstantPad{}d", _constant_padding),
    **in_dimensions("BatchNorm{}d", _batch_norm),
    "ReLU": _relu,
    "ReLU6": lambda inplace=False: single(ReLU(ceiling=6.0)),
    "LeakyReLU": _leaky_relu,
    "ELU": lambda alpha=1.0, inplace=False: single(ELU(number("alpha", alpha))),
    "Sigmoid": lambda: single(Sigmoid()),
    "Tanh": lambda: single(Tanh()),
    "Softmax": _softmax,
    "Flatten": _flatten,
    "Linear": _linear,
    **in_dimensions("Dropout{}d", lambda spatial, p=0.5, inplace=False: _dropout(p)),
    "Dropout": _dropout,
    "Identity": lambda *args, **kwargs: single(Identity()),
}

layers = Dialect("torch.nn", TorchLayer, MODULES)
