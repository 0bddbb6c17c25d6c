"""PyTorch's functions, `F.max_pool2d(x, 2)`, and those that take their weights along."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..errors import CallError, ShapeError, counted, did_you_mean, shown
from ..io.inputs import as_array
from ..layers.layer import LayerObject
from ..layers.words import one_of, whole
from ..traces.trace import Trace
from .torch_modules import MODULES, layers

# A functional form -> its module, and the functional's own parameters after the input and the tensors, in order.
FUNCTIONS: dict[str, tuple[str, str]] = {
    **{
        f"max_pool{n}d": (f"MaxPool{n}d", "kernel_size stride padding dilation ceil_mode return_indices")
        for n in (1, 2, 3)
    },
    "avg_pool1d": ("AvgPool1d", "kernel_size stride padding ceil_mode count_include_pad"),
    **{
        f"avg_pool{n}d": (f"AvgPool{n}d", "kernel_size stride padding ceil_mode count_include_pad divisor_override")
        for n in (2, 3)
    },
    **{f"lp_pool{n}d": (f"LPPool{n}d", "norm_type kernel_size stride ceil_mode") for n in (1, 2, 3)},
    **{f"adaptive_max_pool{n}d": (f"AdaptiveMaxPool{n}d", "output_size return_indices") for n in (1, 2, 3)},
    **{f"adaptive_avg_pool{n}d": (f"AdaptiveAvgPool{n}d", "output_size") for n in (1, 2, 3)},
    "relu": ("ReLU", "inplace"),
    "leaky_relu": ("LeakyReLU", "negative_slope inplace"),
    "elu": ("ELU", "alpha inplace"),
    "relu6": ("ReLU6", "inplace"),
    "selu": ("SELU", "inplace"),
    "gelu": ("GELU", "approximate"),
    "silu": ("SiLU", "inplace"),
    "mish": ("Mish", "inplace"),
    "softplus": ("Softplus", "beta threshold"),
    "softsign": ("Softsign", ""),
    "sigmoid": ("Sigmoid", ""),
    "logsigmoid": ("LogSigmoid", ""),
    "tanh": ("Tanh", ""),
    "hardtanh": ("Hardtanh", "min_val max_val inplace"),
    "hardsigmoid": ("Hardsigmoid", "inplace"),
    "hardswish": ("Hardswish", "inplace"),
    "softmax": ("Softmax", "dim"),
    "log_softmax": ("LogSoftmax", "dim"),
    "local_response_norm": ("LocalResponseNorm", "size alpha beta k"),
    "interpolate": ("Upsample", "size scale_factor mode align_corners recompute_scale_factor antialias"),
    "upsample": ("Upsample", "size scale_factor mode align_corners"),
    "pixel_shuffle": ("PixelShuffle", "upscale_factor"),
    "pixel_unshuffle": ("PixelUnshuffle", "downscale_factor"),
    "channel_shuffle": ("ChannelShuffle", "groups"),
    "unfold": ("Unfold", "kernel_size dilation padding stride"),
    "fold": ("Fold", "output_size kernel_size dilation padding stride"),
    "dropout": ("Dropout", "p training inplace"),
}


class Functional:
    """`torch.nn.functional`: the same operations, called at once."""

    def __dir__(self) -> list[str]:
        from .torch_losses import FUNCTIONS as LOSSES_AT_ONCE

        return sorted([*FUNCTIONS, *_WITH_TENSORS, *LOSSES_AT_ONCE])

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name in _WITH_TENSORS:
            return _WITH_TENSORS[name]
        if name not in FUNCTIONS:
            from .torch_losses import FUNCTIONS as LOSSES_AT_ONCE  # which brings training along
            from .torch_losses import loss_at_once

            if name in LOSSES_AT_ONCE:
                return loss_at_once(name)
            raise AttributeError(f"torch.nn.functional has no {name} here.{did_you_mean(name, dir(self))}")
        return lambda input, *arguments, **keywords: functional_layer(name, *arguments, **keywords)(input)


def functional_layer(name: str, /, *arguments: Any, **keywords: Any) -> LayerObject:
    """The module that does what a functional call without its input does. Raises `CallError`."""
    module, order = FUNCTIONS[name]
    names = order.split()
    if len(arguments) > len(names):
        raise CallError(f"{name}: {len(arguments)} arguments were given after the input; it takes {', '.join(names)}")
    given = {**dict(zip(names, arguments)), **keywords}
    if name == "dropout" and given.pop("training", False):  # left out, it is told as it is in use
        raise CallError("dropout: training=True is not carried out; dropout is told in use, where it does nothing")
    if name == "interpolate" and given.pop("antialias", False):
        raise CallError(
            "interpolate: antialias=True is not carried out here; every cell is made from those nearest to it"
        )
    return layers.layer(module, **given)


def _conv_at_once(spatial: int) -> Callable[..., Trace]:
    def conv(
        input: Any,
        weight: Any,
        bias: Any = None,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: Any = 1,
    ) -> Trace:
        kernel = as_array(weight, "weight")
        if kernel.ndim == spatial:
            kernel = kernel[np.newaxis, np.newaxis]
        if kernel.ndim != spatial + 2:
            raise ShapeError(f"the weight has {counted(kernel.ndim, 'axis')}; it takes {spatial + 2}: (out, in, …)")
        seen = kernel.shape[1] * whole("groups", groups)
        module = layers.layer(
            f"Conv{spatial}d",
            seen,
            kernel.shape[0],
            kernel.shape[2:],
            stride,
            padding,
            dilation,
            groups,
            bias is not None,
        )
        module.give({"weight": kernel, **({} if bias is None else {"bias": bias})})
        return module(input)

    return conv


def _conv_transpose_at_once(spatial: int) -> Callable[..., Trace]:
    def conv_transpose(
        input: Any,
        weight: Any,
        bias: Any = None,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: Any = 1,
        dilation: Any = 1,
    ) -> Trace:
        kernel = as_array(weight, "weight")
        if kernel.ndim != spatial + 2:
            raise ShapeError(f"the weight has {counted(kernel.ndim, 'axis')}; it takes {spatial + 2}: (in, out, …)")
        filters = kernel.shape[1] * whole("groups", groups)
        sizes = kernel.shape[2:]
        module = layers.layer(
            f"ConvTranspose{spatial}d",
            *(kernel.shape[0], filters, sizes, stride, padding, output_padding, groups, bias is not None, dilation),
        )
        module.give({"weight": kernel, **({} if bias is None else {"bias": bias})})
        return module(input)

    return conv_transpose


def _unpool_at_once(spatial: int) -> Callable[..., Trace]:
    def max_unpool(
        input: Any, indices: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
    ) -> Trace:
        module = layers.layer(f"MaxUnpool{spatial}d", kernel_size, stride, padding)
        result: Trace = module(input, indices, output_size=output_size)  # type: ignore[call-arg]
        return result

    return max_unpool


def _linear_at_once(input: Any, weight: Any, bias: Any = None) -> Trace:
    kernel = as_array(weight, "weight")
    module = layers.layer("Linear", kernel.shape[-1], kernel.shape[0], bias is not None)
    module.give({"weight": kernel, **({} if bias is None else {"bias": bias})})
    return module(input)


def _prelu_at_once(input: Any, weight: Any) -> Trace:
    slopes = as_array(weight, "weight").ravel()
    module = layers.layer("PReLU", slopes.size)
    module.give({"weight": slopes})
    return module(input)


def padding_module(pad: Any, mode: Any, value: Any) -> tuple[str, tuple[Any, ...]]:
    """The module that does what `F.pad` does, and what it is made with. Raises `CallError`."""
    entries = pad if isinstance(pad, tuple | list) else (pad,)
    name = f"{one_of('mode', mode, PADDINGS)}{len(entries) // 2}d"
    if len(entries) % 2 or name not in MODULES:
        raise CallError(f"pad={shown(pad)} must have 2, 4 or 6 entries")
    extra = (0 if value is None else value,) if mode == "constant" else ()
    return name, (tuple(entries), *extra)


PADDINGS = {
    "constant": "ConstantPad", "reflect": "ReflectionPad", "replicate": "ReplicationPad", "circular": "CircularPad"
}  # fmt: skip


def _pad_at_once(input: Any, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Trace:
    name, arguments = padding_module(tuple(pad), mode, value)
    return layers.layer(name, *arguments)(input)


_WITH_TENSORS: dict[str, Callable[..., Any]] = {
    **{f"conv{n}d": _conv_at_once(n) for n in (1, 2, 3)},
    **{f"conv_transpose{n}d": _conv_transpose_at_once(n) for n in (1, 2, 3)},
    **{f"max_unpool{n}d": _unpool_at_once(n) for n in (1, 2, 3)},
    "linear": _linear_at_once,
    "prelu": _prelu_at_once,
    "pad": _pad_at_once,
}

functional = Functional()
