"""Keras's pooling layers. To add one: a function, and a line in `POOLS`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..geometry import Adaptive, Sliding, Whole
from ..layers.dialect import in_dimensions
from ..layers.layer import Plan, Signature
from ..layers.words import one_of, whole_each, yes_or_no
from ..ops import MaxPool, MeanPool
from ..traces.operation import Operation
from .keras_plans import PADDING, single


def _max_pooling(
    spatial: int,
    pool_size: Any = 2,
    strides: Any = None,
    padding: Any = "valid",
    data_format: Any = None,
    name: str | None = None,
    dtype: Any = None,
    trainable: bool = True,
) -> Plan:
    return single(MaxPool(_pool_windows(spatial, pool_size, strides, padding)), data_format)


def _average_pooling(
    spatial: int,
    pool_size: Any,
    strides: Any = None,
    padding: Any = "valid",
    data_format: Any = None,
    name: str | None = None,
    dtype: Any = None,
    trainable: bool = True,
) -> Plan:
    return single(MeanPool(_pool_windows(spatial, pool_size, strides, padding)), data_format)


def _pool_windows(spatial: int, pool_size: Any, strides: Any, padding: Any) -> Sliding:
    window = whole_each("pool_size", pool_size, spatial)
    stride = window if strides is None else whole_each("strides", strides, spatial)
    return Sliding(window, stride, one_of("padding", padding, PADDING))


def _adaptive(make: Callable[[Adaptive], Operation]) -> Callable[..., Plan]:
    def plan(
        spatial: int,
        output_size: Any,
        data_format: Any = None,
        name: str | None = None,
        dtype: Any = None,
        trainable: bool = True,
    ) -> Plan:
        return single(make(Adaptive(whole_each("output_size", output_size, spatial))), data_format)

    return plan


def _global_max(
    spatial: int,
    data_format: Any = None,
    keepdims: Any = False,
    name: Any = None,
    dtype: Any = None,
    trainable: bool = True,
) -> Plan:
    return single(MaxPool(Whole(spatial, yes_or_no("keepdims", keepdims)), shared=True), data_format)


def _global_average(
    spatial: int,
    data_format: Any = None,
    keepdims: Any = False,
    name: Any = None,
    dtype: Any = None,
    trainable: bool = True,
) -> Plan:
    return single(MeanPool(Whole(spatial, yes_or_no("keepdims", keepdims))), data_format)


POOLS: dict[str, Signature] = {
    **in_dimensions("MaxPooling{0}D MaxPool{0}D", _max_pooling),
    **in_dimensions("AveragePooling{0}D AvgPool{0}D", _average_pooling),
    **in_dimensions("AdaptiveMaxPooling{0}D", _adaptive(MaxPool)),
    **in_dimensions("AdaptiveAveragePooling{0}D", _adaptive(MeanPool)),
    **in_dimensions("GlobalMaxPooling{0}D GlobalMaxPool{0}D", _global_max),
    **in_dimensions("GlobalAveragePooling{0}D GlobalAvgPool{0}D", _global_average),
}
