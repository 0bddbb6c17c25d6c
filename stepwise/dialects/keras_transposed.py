"""Keras's transposed convolutions, and their sizes."""

from __future__ import annotations

import inspect
from typing import Any

from ..errors import CallError
from ..geometry import Transposed
from ..layers.dialect import in_dimensions
from ..layers.initializers import understood
from ..layers.layer import Plan, Signature
from ..layers.words import one_of, whole, whole_each
from ..ops import ConvTranspose
from .keras_plans import strided, weighted


def _transposed_convolution(
    spatial: int,
    filters: Any,
    kernel_size: Any,
    strides: Any = 1,
    padding: Any = "valid",
    output_padding: Any = None,
    data_format: Any = None,
    dilation_rate: Any = 1,
    activation: Any = None,
    use_bias: Any = True,
    kernel_initializer: Any = "glorot_uniform",
    bias_initializer: Any = "zeros",
    kernel_regularizer: None = None,
    bias_regularizer: None = None,
    activity_regularizer: None = None,
    kernel_constraint: None = None,
    bias_constraint: None = None,
    name: str | None = None,
    dtype: Any = None,
    trainable: bool = True,
) -> Plan:
    window = whole_each("kernel_size", kernel_size, spatial)
    stride, dilation = strided(spatial, strides, dilation_rate)
    same = one_of("padding", padding, {"valid": "valid", "same": "upper"})
    extra: tuple[int, ...] | None = None
    if output_padding is not None:
        extra = whole_each("output_padding", output_padding, spatial, least=0)
        if any(e >= s for e, s in zip(extra, stride)):
            raise CallError(f"output_padding={output_padding!r} must be smaller than strides={strides!r}")
    operation = ConvTranspose(
        keras_transposed(window, stride, dilation, same, extra), filters=whole("filters", filters)
    )
    drawn = {"kernel": understood("kernel_initializer", kernel_initializer)}
    return weighted(operation, drawn, use_bias, bias_initializer, activation, data_format)


def _transposed_convolution_3d(
    filters: Any,
    kernel_size: Any,
    strides: Any = 1,
    padding: Any = "valid",
    data_format: Any = None,
    output_padding: Any = None,
    *rest: Any,
    **named: Any,
) -> Plan:
    """As the others, but for Keras's own order: data_format comes before output_padding in three dimensions."""
    return _transposed_convolution(
        3, filters, kernel_size, strides, padding, output_padding, data_format, *rest, **named
    )


def _in_order_of_3d() -> inspect.Signature:
    _spatial, *parameters = inspect.signature(_transposed_convolution).parameters.values()
    names = [parameter.name for parameter in parameters]
    first, second = names.index("output_padding"), names.index("data_format")
    parameters[first], parameters[second] = parameters[second], parameters[first]
    return inspect.Signature(parameters)


_transposed_convolution_3d.__signature__ = _in_order_of_3d()  # type: ignore[attr-defined]  # inspect's own protocol


def keras_transposed(
    window: tuple[int, ...],
    stride: tuple[int, ...],
    dilation: tuple[int, ...],
    same: str,
    extra: tuple[int, ...] | None,
) -> Transposed:
    """Keras's sizes of a transposed convolution (`compute_conv_transpose_output_shape`), and TensorFlow's cuts.

    Without output_padding: VALID gives n·s + max(span - s, 0), SAME n·s. With it: (n - 1)·s + span + output_padding, of
    which SAME takes 2·⌊span / 2⌋ away; what is then left over, 2·⌊span / 2⌋ - output_padding lines, TensorFlow cuts off
    half before and half after, the odd one after. Raises `CallError` for sizes that TensorFlow refuses.
    """
    if extra is None:
        return Transposed(window, stride, dilation, same=same)
    if same == "valid":
        return Transposed(window, stride, dilation, extra=extra)
    cuts = []
    for k, d, more in zip(window, dilation, extra):
        span = (k - 1) * d + 1
        if span % 2 == 0 and more == 0:
            raise CallError(
                f"output_padding=0 with padding='same' does not go with a kernel that spans {span} cells, an even "
                "number: TensorFlow refuses the (n - 1)·strides cells that it gives; leave output_padding out"
            )
        left = max(2 * (span // 2) - more, 0)
        cuts.append((left // 2, 2 * (span // 2) - left // 2))
    return Transposed(window, stride, dilation, cuts=tuple(cuts), extra=extra)


TRANSPOSED: dict[str, Signature] = {
    **in_dimensions("Conv{0}DTranspose Convolution{0}DTranspose", _transposed_convolution, (1, 2)),
    **dict.fromkeys(("Conv3DTranspose", "Convolution3DTranspose"), _transposed_convolution_3d),
}
