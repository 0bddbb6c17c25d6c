"""PyTorch's modules that keep the shape: activations, normalisations, dropout. To add one: a function, and a line in
`CELLS`.
"""

from __future__ import annotations

from typing import Any

from ..errors import CallError
from ..layers.initializers import constant
from ..layers.layer import Plan, Signature, Stage, in_dimensions
from ..layers.words import number, share, whole, yes_or_no
from ..ops import ELU, BatchNorm, Identity, ReLU, Sigmoid, Softmax, Tanh
from .torch_layer import LAYOUT, single


def _relu(inplace: bool = False) -> Plan:
    return single(ReLU())


def _leaky_relu(negative_slope: Any = 0.01, inplace: bool = False) -> Plan:
    return single(ReLU(slope=number("negative_slope", negative_slope)))


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


CELLS: dict[str, Signature] = {
    **in_dimensions("BatchNorm{}d", _batch_norm),
    "ReLU": _relu,
    "ReLU6": lambda inplace=False: single(ReLU(ceiling=6.0)),
    "LeakyReLU": _leaky_relu,
    "ELU": lambda alpha=1.0, inplace=False: single(ELU(number("alpha", alpha))),
    "Sigmoid": lambda: single(Sigmoid()),
    "Tanh": lambda: single(Tanh()),
    "Softmax": _softmax,
    **in_dimensions("Dropout{}d", lambda spatial, p=0.5, inplace=False: _dropout(p)),
    "Dropout": _dropout,
    "Identity": lambda *args, **kwargs: single(Identity()),
}
