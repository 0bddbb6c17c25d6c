"""PyTorch's lazy modules: `nn.LazyConv2d(6, 5)` is `nn.Conv2d(…, 6, 5)` that takes its channels from what goes in.

To add one: a word in `LAZY`.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ..arithmetic import Array
from ..layers.initializers import DEFAULT_SEED, Initializer
from ..layers.layer import Plan, Signature

LAZY = ("Conv", "ConvTranspose", "Linear", "BatchNorm", "InstanceNorm")
"""The modules of which PyTorch has a lazy one, without their dimensions."""
OTHER_DEFAULTS = {"InstanceNorm": {"affine": True, "track_running_stats": True}}
"""What a lazy one is made with where nothing is said, and its own module is not."""


def lazily(modules: Mapping[str, Signature]) -> dict[str, Signature]:
    """The lazy modules beside these: the same without their first parameter."""
    found = {}
    for name, one in modules.items():
        if (kind := name.rstrip("123d")) in LAZY:
            found[f"Lazy{name}"] = _lazy(one, OTHER_DEFAULTS.get(kind, {}))
    return found


def _lazy(module: Signature, defaults: Mapping[str, Any]) -> Signature:
    first, *rest = inspect.signature(module).parameters.values()
    rest = [one.replace(default=defaults.get(one.name, one.default)) for one in rest]

    def layer(*arguments: Any, **keywords: Any) -> Plan:
        given = inspect.Signature(rest).bind(*arguments, **keywords).arguments
        keywords = {**{name: value for name, value in defaults.items() if name not in given}, **keywords}
        groups = given.get("groups", 1)
        plan = module(groups if type(groups) is int else 1, *arguments, **keywords)
        learned = first.name != "num_features"
        return replace(plan, in_channels=None, initializers=_by_shape(plan) if learned else plan.initializers)

    layer.__signature__ = inspect.Signature(rest)  # type: ignore[attr-defined]  # inspect's own protocol
    return layer


def _by_shape(plan: Plan) -> dict[str, Initializer]:
    """PyTorch's own uniform draw between ±1/√fan_in, once the weight's shape says how many numbers enter a unit."""
    entering: dict[str, int] = {}

    def draw(random: np.random.Generator, shape: tuple[int, ...], _fans: tuple[int, int]) -> Array:
        if len(shape) > 1:  # the weight, which is drawn before the bias
            entering["weight"] = math.prod(shape[1:])
        limit = 1 / math.sqrt(max(entering.get("weight", 1), 1))
        return random.uniform(-limit, limit, shape)

    return {name: Initializer("kaiming_uniform_(a=√5)", DEFAULT_SEED, draw) for name in plan.initializers}
