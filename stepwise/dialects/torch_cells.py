"""PyTorch's modules that keep the shape: activations, normalisations, dropout. To add one: a function, and a line in
`CELLS`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..errors import CallError
from ..layers.dialect import in_dimensions
from ..layers.in_training import Collects, Drops, Refused
from ..layers.initializers import constant
from ..layers.layer import Plan, Signature, Stage
from ..layers.words import number, one_of, share, whole, yes_or_no
from ..ops import (
    ELU,
    GELU,
    SELU,
    BatchNorm,
    GroupNorm,
    HardSigmoid,
    HardSwish,
    HardTanh,
    Identity,
    InstanceNorm,
    LayerNorm,
    LocalResponseNorm,
    LogSigmoid,
    LogSoftmax,
    Mish,
    PReLU,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Softsign,
    Tanh,
)
from .torch_layer import LAYOUT, single


def _relu(inplace: bool = False) -> Plan:
    return single(ReLU())


def _leaky_relu(negative_slope: Any = 0.01, inplace: bool = False) -> Plan:
    return single(ReLU(slope=number("negative_slope", negative_slope)))


def _gelu(approximate: Any = "none") -> Plan:
    return single(GELU(by_tanh=one_of("approximate", approximate, {"none": False, "tanh": True})))


def _softplus(beta: Any = 1.0, threshold: Any = 20.0) -> Plan:
    scale = number("beta", beta)
    if not scale:
        raise CallError("beta=0: PyTorch divides by beta, and there is no 1/0")
    return single(Softplus(scale, number("threshold", threshold)))


def _hardtanh(
    min_val: Any = -1.0, max_val: Any = 1.0, inplace: bool = False, min_value: Any = None, max_value: Any = None
) -> Plan:
    low = number("min_val", min_val if min_value is None else min_value)
    high = number("max_val", max_val if max_value is None else max_value)
    if low >= high:
        raise CallError(f"min_val={low:g} must be smaller than max_val={high:g}")
    return single(HardTanh(low, high))


def _prelu(num_parameters: Any = 1, init: Any = 0.25, device: None = None, dtype: None = None) -> Plan:
    stage = Stage(PReLU(whole("num_parameters", num_parameters)), {"slope": "weight"})
    return Plan((stage,), LAYOUT, {"weight": constant(number("init", init))})


def _log_softmax(dim: Any = None) -> Plan:
    if dim is None:
        raise CallError("dim must be given: the axis along which the shares add up to 1")
    return single(LogSoftmax((whole("dim", dim, least=-32),)))


def _softmax(dim: Any = None) -> Plan:
    if dim is None:
        raise CallError("dim must be given: the axis along which the shares add up to 1")
    return single(Softmax((whole("dim", dim, least=-32),)))


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
    collected = Collects(None if momentum is None else share("momentum", momentum), unbiased=True)
    stage = Stage(BatchNorm(1, number("eps", eps), spatial), names, in_training=collected)
    refused = (
        "with track_running_stats=False mean and variance are those of the batch at hand, in use too; here they are "
        "those that were collected in training"
    )
    features = whole("num_features", num_features)
    return Plan((stage,), LAYOUT, drawn, in_channels=features, refused="" if collects else refused)


def _learned(scaled: bool, shifted: bool) -> tuple[dict[str, str], dict[str, Any]]:
    """Gamma and beta by PyTorch's names, and how they begin."""
    names = {"gamma": "weight"} if scaled else {}
    names |= {"beta": "bias"} if scaled and shifted else {}
    return names, {name: constant(1.0 if name == "weight" else 0.0) for name in names.values()}


def _layer_norm(
    normalized_shape: Any,
    eps: Any = 1e-5,
    elementwise_affine: Any = True,
    bias: Any = True,
    device: None = None,
    dtype: None = None,
) -> Plan:
    given = normalized_shape if isinstance(normalized_shape, list | tuple) else (normalized_shape,)
    sizes = tuple(whole("normalized_shape", size) for size in given)
    if not sizes:
        raise CallError("normalized_shape is empty; it takes the sizes of the last axes, such as [3, 4]")
    names, drawn = _learned(yes_or_no("elementwise_affine", elementwise_affine), yes_or_no("bias", bias))
    operation = LayerNorm(number("eps", eps), tuple(range(-len(sizes), 0)), sizes)
    return Plan((Stage(operation, names),), LAYOUT, drawn)


def _group_norm(
    num_groups: Any,
    num_channels: Any,
    eps: Any = 1e-5,
    affine: Any = True,
    device: None = None,
    dtype: None = None,
    bias: Any = True,
) -> Plan:
    groups, channels = whole("num_groups", num_groups), whole("num_channels", num_channels)
    if channels % groups:
        raise CallError(f"num_channels={channels} must be divisible by num_groups={groups}")
    names, drawn = _learned(yes_or_no("affine", affine), yes_or_no("bias", bias))
    operation = GroupNorm(number("eps", eps), groups, 1)
    return Plan((Stage(operation, names),), LAYOUT, drawn, in_channels=channels)


def _instance_norm(
    spatial: int,
    num_features: Any,
    eps: Any = 1e-5,
    momentum: Any = 0.1,
    affine: Any = False,
    track_running_stats: bool = False,
    device: None = None,
    dtype: None = None,
    bias: Any = True,
) -> Plan:
    """With statistics that were collected, it does in use what a batch normalisation does."""
    if yes_or_no("track_running_stats", track_running_stats):
        plan = _batch_norm(spatial, num_features, eps, momentum, affine, bias=bias)
        why = "an instance normalisation with track_running_stats=True is carried out in use, and not in training"
        return replace(plan, stages=(replace(plan.stages[0], in_training=Refused(why)),))
    names, drawn = _learned(yes_or_no("affine", affine), yes_or_no("bias", bias))
    operation = InstanceNorm(number("eps", eps), spatial=spatial)
    return Plan((Stage(operation, names),), LAYOUT, drawn, in_channels=whole("num_features", num_features))


def _local_response_norm(size: Any, alpha: Any = 1e-4, beta: Any = 0.75, k: Any = 1.0) -> Plan:
    """Of an even number of channels, PyTorch takes the one more before its own."""
    count = whole("size", size)
    alpha, beta, k = number("alpha", alpha), number("beta", beta), number("k", k)
    return single(LocalResponseNorm(count // 2, (count - 1) // 2, alpha, count, beta, k))


def _dropout(p: Any = 0.5, inplace: bool = False, channels: int | None = None) -> Plan:
    return Plan((Stage(Identity(), in_training=Drops(share("p", p), channels)),), LAYOUT)


CELLS: dict[str, Signature] = {
    **in_dimensions("BatchNorm{}d", _batch_norm),
    **in_dimensions("InstanceNorm{}d", _instance_norm),
    "LayerNorm": _layer_norm,
    "GroupNorm": _group_norm,
    "LocalResponseNorm": _local_response_norm,
    "ReLU": _relu,
    "ReLU6": lambda inplace=False: single(ReLU(ceiling=6.0)),
    "LeakyReLU": _leaky_relu,
    "ELU": lambda alpha=1.0, inplace=False: single(ELU(number("alpha", alpha))),
    "SELU": lambda inplace=False: single(SELU()),
    "GELU": _gelu,
    "SiLU": lambda inplace=False: single(SiLU()),
    "Mish": lambda inplace=False: single(Mish()),
    "Softplus": _softplus,
    "Softsign": lambda: single(Softsign()),
    "Sigmoid": lambda: single(Sigmoid()),
    "LogSigmoid": lambda: single(LogSigmoid()),
    "Tanh": lambda: single(Tanh()),
    "Hardtanh": _hardtanh,
    "Hardsigmoid": lambda inplace=False: single(HardSigmoid()),
    "Hardswish": lambda inplace=False: single(HardSwish()),
    "PReLU": _prelu,
    "Softmax": _softmax,
    "LogSoftmax": _log_softmax,
    **in_dimensions("Dropout{}d", lambda spatial, p=0.5, inplace=False: _dropout(p, channels=1)),
    "Dropout": lambda p=0.5, inplace=False: _dropout(p),
    "Identity": lambda *args, **kwargs: single(Identity()),
}
