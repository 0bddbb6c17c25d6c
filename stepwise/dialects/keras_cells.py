"""Keras's layers that keep the shape: activations, normalisations, dropout. To add one: a function, and a line in
`CELLS`.
"""

from __future__ import annotations

import math
from typing import Any

from ..errors import CallError, shown
from ..layers.dialect import in_dimensions
from ..layers.in_training import Collects, Drops
from ..layers.initializers import understood
from ..layers.layer import Plan, Signature, Stage
from ..layers.words import number, one_of, share, whole, yes_or_no
from ..ops import ELU, BatchNorm, GroupNorm, Identity, InstanceNorm, LayerNorm, PReLU, ReLU, Softmax
from ..traces.operation import Operation
from .keras_plans import ACTIVATIONS, layout, single


def _relu(
    max_value: Any = None, negative_slope: Any = 0.0, threshold: Any = 0.0, name: Any = None, dtype: Any = None
) -> Plan:
    ceiling = None if max_value in (None, math.inf) else number("max_value", max_value, least=0)
    slope, edge = number("negative_slope", negative_slope, least=0), number("threshold", threshold, least=0)
    return single(ReLU(slope, edge, ceiling))


def _leaky_relu(negative_slope: Any = 0.3, name: Any = None, dtype: Any = None) -> Plan:
    return single(ReLU(slope=number("negative_slope", negative_slope)))


def _prelu(
    alpha_initializer: Any = "Zeros",
    alpha_regularizer: None = None,
    alpha_constraint: None = None,
    shared_axes: Any = None,
    name: str | None = None,
    dtype: Any = None,
    trainable: bool = True,
) -> Plan:
    axes = () if shared_axes is None else shared_axes if isinstance(shared_axes, list | tuple) else (shared_axes,)
    shared = tuple(whole("shared_axes", axis) for axis in axes)
    drawn = {"alpha": understood("alpha_initializer", alpha_initializer)}
    return Plan((Stage(PReLU(shared=shared, flat=True), {"slope": "alpha"}),), layout(None), drawn)


def _softmax(axis: Any = -1, name: Any = None, dtype: Any = None) -> Plan:
    axes = tuple(axis) if isinstance(axis, list | tuple) else (axis,)
    return single(Softmax(tuple(whole("axis", a, least=-32) for a in axes)))


def _activation(activation: Any, name: Any = None, dtype: Any = None) -> Plan:
    _call, operation = one_of("activation", activation, ACTIVATIONS)
    return single(Identity() if operation is None else operation)


def _batch_normalization(
    axis: Any = -1,
    momentum: Any = 0.99,
    epsilon: Any = 1e-3,
    center: Any = True,
    scale: Any = True,
    beta_initializer: Any = "zeros",
    gamma_initializer: Any = "ones",
    moving_mean_initializer: Any = "zeros",
    moving_variance_initializer: Any = "ones",
    beta_regularizer: None = None,
    gamma_regularizer: None = None,
    beta_constraint: None = None,
    gamma_constraint: None = None,
    renorm: bool = False,
    renorm_clipping: None = None,
    renorm_momentum: float = 0.99,
    synchronized: bool = False,
    name: str | None = None,
    dtype: Any = None,
    trainable: bool = True,
) -> Plan:
    names = {"gamma": "gamma"} if yes_or_no("scale", scale) else {}
    names |= {"beta": "beta"} if yes_or_no("center", center) else {}
    names |= {"mean": "moving_mean", "variance": "moving_variance"}
    given = {
        "gamma": gamma_initializer,
        "beta": beta_initializer,
        "moving_mean": moving_mean_initializer,
        "moving_variance": moving_variance_initializer,
    }
    drawn = {name: understood(f"{name}_initializer", given[name]) for name in names.values()}
    operation = BatchNorm(whole("axis", axis, least=-32), number("epsilon", epsilon))
    collects = Collects(1 - share("momentum", momentum), unbiased=False)
    return Plan((Stage(operation, names, in_training=collects),), layout(None), drawn)


def _layer_normalization(
    axis: Any = -1,
    epsilon: Any = 1e-3,
    center: Any = True,
    scale: Any = True,
    beta_initializer: Any = "zeros",
    gamma_initializer: Any = "ones",
    beta_regularizer: None = None,
    gamma_regularizer: None = None,
    beta_constraint: None = None,
    gamma_constraint: None = None,
    name: str | None = None,
    dtype: Any = None,
    trainable: bool = True,
) -> Plan:
    axes = tuple(axis) if isinstance(axis, list | tuple) else (axis,)
    operation = LayerNorm(number("epsilon", epsilon), tuple(whole("axis", a, least=-32) for a in axes))
    return _normalized(operation, scale, center, gamma_initializer, beta_initializer)


def _group_normalization(
    groups: Any = 32,
    axis: Any = -1,
    epsilon: Any = 1e-3,
    center: Any = True,
    scale: Any = True,
    beta_initializer: Any = "zeros",
    gamma_initializer: Any = "ones",
    beta_regularizer: None = None,
    gamma_regularizer: None = None,
    beta_constraint: None = None,
    gamma_constraint: None = None,
    name: str | None = None,
    dtype: Any = None,
    trainable: bool = True,
) -> Plan:
    count, along = whole("groups", groups, least=-1), whole("axis", axis, least=-32)
    if not count:
        raise CallError("groups=0: the channels form one group or more; -1 makes each of them a group")
    epsilon = number("epsilon", epsilon)
    operation: Operation = InstanceNorm(epsilon, axis=along) if count == -1 else GroupNorm(epsilon, count, along)
    return _normalized(operation, scale, center, gamma_initializer, beta_initializer)


def _normalized(operation: Operation, scale: Any, center: Any, gamma: Any, beta: Any) -> Plan:
    """A layer with a gamma and a beta, as far as they are asked for."""
    drawn = {"gamma": understood("gamma_initializer", gamma)} if yes_or_no("scale", scale) else {}
    drawn |= {"beta": understood("beta_initializer", beta)} if yes_or_no("center", center) else {}
    return Plan((Stage(operation, {weight: weight for weight in drawn}),), layout(None), drawn)


def _dropout(rate: Any, noise_shape: Any = None, seed: Any = None, name: Any = None, dtype: Any = None) -> Plan:
    if noise_shape is not None and not isinstance(noise_shape, list | tuple):
        raise CallError(f"noise_shape={shown(noise_shape)} takes a size for each axis, such as (None, 1, 1, 5)")
    noise = None if noise_shape is None else tuple(None if n is None else whole("noise_shape", n) for n in noise_shape)
    return _dropping(Drops(share("rate", rate), None, _seed(seed), noise))


def _spatial_dropout(rate: Any, data_format: Any = None, seed: Any = None, name: Any = None, dtype: Any = None) -> Plan:
    return _dropping(Drops(share("rate", rate), -1 if layout(data_format).channels_last else 1, _seed(seed)))


def _dropping(drops: Drops) -> Plan:
    return Plan((Stage(Identity(), in_training=drops),), layout(None))


def _seed(given: Any) -> int | None:
    return None if given is None else whole("seed", given, least=0, most=2**32)


CELLS: dict[str, Signature] = {
    "SpatialDropout1D": lambda rate, seed=None, name=None, dtype=None: _spatial_dropout(rate, None, seed),
    **in_dimensions(
        "SpatialDropout{0}D",
        lambda spatial, rate, data_format=None, seed=None, name=None, dtype=None: _spatial_dropout(
            rate, data_format, seed
        ),
        (2, 3),
    ),
    "Identity": lambda name=None, dtype=None: single(Identity()),
    "ReLU": _relu,
    "LeakyReLU": _leaky_relu,
    "ELU": lambda alpha=1.0, name=None, dtype=None: single(ELU(number("alpha", alpha))),
    "PReLU": _prelu,
    "Softmax": _softmax,
    "Activation": _activation,
    "BatchNormalization": _batch_normalization,
    "LayerNormalization": _layer_normalization,
    "GroupNormalization": _group_normalization,
    "Dropout": _dropout,
}
