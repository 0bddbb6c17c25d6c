"""PyTorch's functions that take their kernel along, and the methods of its tensors, as layers of a chain.

    F.conv2d(x, w, padding=1)    the kernel is given beside the call, as `kernel=` or `--kernel`
    x.view(-1, 16 * 5 * 5)       a change of shape; `torch.flatten(x, 1)`

To add a function with a kernel: a line in `WITH_KERNEL`; a method: one in `METHODS`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

from ..errors import CallError, did_you_mean, shown
from ..geometry import Sliding
from ..layers.calls import Name
from ..layers.dialect import bind
from ..layers.initializers import constant
from ..layers.kernel_given import KernelGiven, Planner, Shape
from ..layers.layer import LayerObject, Plan, Stage
from ..layers.words import whole
from ..ops import Conv, Dense, Flatten, PReLU, Reshape
from ..traces.operation import Operation
from .torch_functional import FUNCTIONS, functional_layer, padding_module
from .torch_layer import LAYOUT, TorchLayer, single
from .torch_modules import MODULES


class TorchKernelGiven(KernelGiven, TorchLayer):
    """One of PyTorch's functions that take their kernel as an argument."""


def with_kernel(name: str, arguments: tuple[Any, ...], keywords: dict[str, Any], text: str) -> LayerObject:
    """`F.conv2d(x, w, padding=1)` as a layer that waits for its kernel. Raises `CallError`."""
    function = WITH_KERNEL[name]
    bind(name, function, arguments, keywords)
    planner, biased = function(*arguments, **keywords)
    given = inspect.signature(function).bind(*arguments, **keywords).arguments
    for weight in (planner.kernel, "bias"):
        named = given.get(weight)
        if not isinstance(named, Name) and (named is not None or weight != "bias"):
            raise CallError(f"{name}: {weight}={shown(named)} must be a name, such as w, of the weights")
    bare = _bare(planner)
    names = {"slope" if planner.axes == SLOPES else "kernel": planner.kernel} | ({"bias": "bias"} if biased else {})
    plan = Plan((Stage(bare, names),), LAYOUT, {weight: constant(0.0) for weight in names.values()})
    layer = TorchKernelGiven(plan, text)
    layer.planned_by(planner)
    return layer


def _bare(planner: Planner) -> Operation:
    """What stands for the operation until the kernel is known."""
    if planner.axes == SLOPES:
        return PReLU()
    ones = (1,) * max(planner.spatial, 1)
    return Conv(Sliding(ones, ones), 1) if planner.spatial else Dense(1, out_first=True)


Built = tuple[Planner, bool]
SLOPES = ("slopes",)
"""The axes of PReLU's weight: one slope for each channel, or one for all."""


def _conv(
    spatial: int,
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: Any = 1,
) -> Built:
    split = whole("groups", groups)

    def plan(shape: Shape) -> Plan:
        filters, seen, *window = shape
        filters = max(filters, split) if seen == 1 else filters
        return MODULES[f"Conv{spatial}d"](seen * split, filters, tuple(window), stride, padding, dilation, groups)

    axes = ("out", "in", "depth", "height", "width")
    plan((split, 1, *(3,) * spatial))  # what does not fit is said at once
    return Planner("weight", spatial, (*axes[:2], *axes[5 - spatial :]), plan, False), bias is not None


def _linear(input: Any, weight: Any, bias: Any = None) -> Built:
    def plan(shape: Shape) -> Plan:
        return MODULES["Linear"](shape[-1], shape[0])

    return Planner("weight", 0, ("out", "in"), plan, False, such_as="nn.Linear(3, 2)"), bias is not None


def _prelu(input: Any, weight: Any) -> Built:
    def plan(shape: Shape) -> Plan:
        return MODULES["PReLU"](shape[0])

    return Planner("weight", 0, SLOPES, plan, False, "weight", "nn.PReLU(2)"), False


WITH_KERNEL: dict[str, Callable[..., Built]] = {
    **{f"conv{n}d": partial(_conv, n) for n in (1, 2, 3)},
    "linear": _linear,
    "prelu": _prelu,
}
"""A function, with its own signature -> what makes its planner, and whether it adds a bias."""


def _view(*shape: Any) -> Plan:
    sizes = shape[0] if len(shape) == 1 and isinstance(shape[0], tuple | list) else shape
    if tuple(sizes) == (-1,):
        return single(Flatten(0, -1))
    first, *rest = (whole("size", n, least=-1) for n in sizes) if sizes else [0]
    if first != -1 or not rest or rest.count(-1) > 1 or 0 in rest:
        raise CallError(
            f"view{tuple(sizes)}: only the number of images may be left open, as the first size: x.view(-1, 400), or "
            "x.flatten(1)"
        )
    return single(Reshape(tuple(rest), batched=True))


def _flatten(start_dim: Any = 0, end_dim: Any = -1) -> Plan:
    return MODULES["Flatten"](start_dim, end_dim)


def _pad(pad: Any, mode: Any = "constant", value: Any = None) -> Plan:
    name, arguments = padding_module(pad, mode, value)
    return MODULES[name](*arguments)


METHODS: dict[str, Callable[..., Plan]] = {"view": _view, "reshape": _view, "flatten": _flatten, "pad": _pad}
LIKE_FUNCTIONS = ("relu", "sigmoid", "tanh", "softmax", "log_softmax")
"""Methods that do what the function of this name does."""


LIKE_METHODS = {"torch": ("flatten", "reshape"), "F": ("pad",)}
"""Functions of `torch` and of `torch.nn.functional` that are told as methods are."""
OF_TORCH = ("relu", "sigmoid", "tanh", "softmax", "log_softmax", "max_pool1d", "max_pool2d", "max_pool3d", "avg_pool1d")
"""Functions of `torch` that are those of `torch.nn.functional`."""


def is_function(name: str) -> bool:
    """Whether `torch` itself has such a function here."""
    return name in LIKE_METHODS["torch"] or name in WITH_KERNEL or (name in OF_TORCH and name in FUNCTIONS)


def is_method(name: str) -> bool:
    """Whether a tensor has such a method here."""
    return (name in METHODS and name != "pad") or (name in LIKE_FUNCTIONS and name in FUNCTIONS)


def method(name: str, arguments: tuple[Any, ...], keywords: dict[str, Any], text: str) -> LayerObject:
    """`x.view(-1, 400)` as a layer. Raises `CallError`."""
    if name in METHODS:  # also F.pad, which is none
        bind(name, METHODS[name], arguments, keywords)
        layer: LayerObject = TorchLayer(METHODS[name](*arguments, **keywords), text)
    elif is_method(name):
        layer = functional_layer(name, *arguments, **keywords)
        layer.call = text
    else:
        raise CallError(f"x.{name} is not read here.{did_you_mean(name, [*METHODS, *LIKE_FUNCTIONS])}")
    layer.written = True
    return layer
