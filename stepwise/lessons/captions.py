"""What the pictures of arrays are called: inputs, weights, outputs and gradients, each with its size."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..geometry import Geometry
from ..language import _
from ..nouns import input_noun, size_of
from ..ops import Gradient
from ..traces.trace import Trace, data_inputs
from .gradient_names import own_symbol, symbol

Caption = Callable[[Iterable[int]], str]
"""What a picture of some shape is called."""


def input_caption(geometry: Geometry) -> str:
    """What an input is drawn with: its padding, and what lies past that where a window hangs over."""
    size = size_of(axis.size + axis.padding.total for axis in geometry.axes)
    if not geometry.has_padding:
        plain_size = size_of(axis.size for axis in geometry.axes)
        outside = _("input {size}, and the cells outside").format(size=plain_size)
        return outside if geometry.has_outside else input_of(axis.size for axis in geometry.axes)
    if geometry.has_outside:
        return _("input, padded to {size}, and the cells outside").format(size=size)
    return _("input, padded to {size}").format(size=size)


def given_names(trace: Trace, name: str = "input") -> Caption:
    """What goes in is called the input, of several by its number."""
    several = data_inputs(trace)
    if len(several) > 1:
        return lambda shape: _("input {n}: {size}").format(n=several.index(name) + 1, size=size_of(shape))
    return given_caption(trace)


def given_caption(trace: Trace) -> Caption:
    """What goes into an operation is called the input; into a gradient goes the upstream gradient."""
    return upstream_caption if isinstance(trace.layer.operation, Gradient) else input_of


def weight_names(trace: Trace, name: str) -> Caption:
    """Beside an upstream gradient stands the input of the layer itself; what is one number has no size, so as not to be
    read as its value: `mean 1`.
    """
    own = name == "x" and isinstance(trace.layer.operation, Gradient)
    if trace.inputs[name].shape == (1,):
        return lambda shape: input_noun("input" if own else name)
    return input_of if own else lambda shape: weight_caption(name, size_of(shape))


def weight_caption(name: str, size: str) -> str:
    """A weight's name and size."""
    captions = {
        "kernel": _("kernel {size}"),
        "bias": _("bias {size}"),
        "mean": _("mean {size}"),
        "variance": _("variance {size}"),
        "other": _("other {size}"),
        "indices": _("indices {size}"),
    }
    return captions[name].format(size=size) if name in captions else f"{name} {size}"


def kernel_caption(trace: Trace) -> str:
    """The caption of a kernel as it lies on the data."""
    size = size_of(trace.geometry.window)
    return (
        _("turned kernel {size}").format(size=size)
        if trace.layer.layout.kernel_turned
        else weight_caption("kernel", size)
    )


def input_of(shape: Iterable[int]) -> str:
    """The caption of a whole input."""
    return _("input {size}").format(size=size_of(shape))


def upstream_caption(shape: Iterable[int]) -> str:
    """The caption of the gradient of a layer's output."""
    return _("upstream gradient {symbol} {size}").format(symbol=symbol("output"), size=size_of(shape))


def output_caption(shape: Iterable[int]) -> str:
    """The caption of a whole output."""
    return _("output {size}").format(size=size_of(shape))


def result_caption(trace: Trace) -> Caption:
    """What comes out is called the output; of a gradient, so that it is not taken for what the layer gave."""
    if not isinstance(trace.layer.operation, Gradient):
        return output_caption
    return gradient_caption(own_symbol(trace))


def gradient_caption(symbol: str) -> Caption:
    """What a gradient is called: `gradient dL/dX 3×3`."""
    return lambda shape: _("gradient {symbol} {size}").format(symbol=symbol, size=size_of(shape))
