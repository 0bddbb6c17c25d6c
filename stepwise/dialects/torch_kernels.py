"""PyTorch's modules with a kernel: convolutions and Linear. To add one: a function, and a line in `KERNELS`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ..errors import CallError
from ..geometry import Sliding, Transposed
from ..layers.dialect import in_dimensions
from ..layers.initializers import Initializer
from ..layers.layer import Plan, Signature, Stage
from ..layers.words import one_of, whole, whole_each, yes_or_no
from ..ops import Conv, ConvTranspose, Dense, Pad
from ..ops.pad import Mode
from .torch_layer import LAYOUT, symmetric, weights_drawn

MODES: dict[str, Mode] = {"zeros": "constant", "reflect": "reflect", "replicate": "replicate", "circular": "circular"}


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
    seen, filters, split = _channels(in_channels, out_channels, groups)
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
    return Plan((*stages, Stage(Conv(windows, filters, split), _named(drawn))), LAYOUT, drawn, in_channels=seen)


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
    return Sliding(window, stride, "explicit" if any(pads) else "valid", dilation, symmetric(pads))


def _channels(in_channels: Any, out_channels: Any, groups: Any) -> tuple[int, int, int]:
    """Channels that go in and come out, and the groups. Raises `CallError` where one is not divisible by these."""
    seen, filters = whole("in_channels", in_channels), whole("out_channels", out_channels)
    split = whole("groups", groups)
    for name, count in (("in_channels", seen), ("out_channels", filters)):
        if count % split:
            raise CallError(f"{name} must be divisible by groups; {count} is not by {split}")
    return seen, filters, split


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
    seen, filters, split = _channels(in_channels, out_channels, groups)
    window = whole_each("kernel_size", kernel_size, spatial)
    step, gaps = whole_each("stride", stride, spatial), whole_each("dilation", dilation, spatial)
    extra = whole_each("output_padding", output_padding, spatial, least=0)
    if any(e >= max(s, d) for e, s, d in zip(extra, step, gaps)):
        raise CallError(
            f"output padding must be smaller than either stride or dilation, but got output_padding={extra}"
        )
    cuts = symmetric(whole_each("padding", padding, spatial, least=0))
    operation = ConvTranspose(Transposed(window, step, gaps, cuts, extra=extra), filters, split)
    drawn = weights_drawn(filters // split * math.prod(window), yes_or_no("bias", bias))
    return Plan((Stage(operation, _named(drawn)),), LAYOUT, drawn, in_channels=seen)


def _named(drawn: Mapping[str, Initializer]) -> dict[str, str]:
    """The operation's weights by PyTorch's names."""
    return {"kernel": "weight"} | ({"bias": "bias"} if "bias" in drawn else {})


def _linear(in_features: Any, out_features: Any, bias: Any = True, device: None = None, dtype: None = None) -> Plan:
    seen = whole("in_features", in_features)
    drawn = weights_drawn(seen, yes_or_no("bias", bias))
    stage = Stage(Dense(whole("out_features", out_features), out_first=True), _named(drawn))
    return Plan((stage,), LAYOUT, drawn, in_channels=seen)


KERNELS: dict[str, Signature] = {
    **in_dimensions("Conv{}d", _conv),
    **in_dimensions("ConvTranspose{}d", _conv_transpose),
    "Linear": _linear,
}
