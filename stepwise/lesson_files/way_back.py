"""The keys of a lesson file that ask for a way back: `backward:`, and with it `for:` and `update:`.

    backward: {grad: 1 2; 0 -1}                    or {loss: cross_entropy, target: 3}
    for: [kernel]
    update: {lr: 0.1}

`for` and `update` may stand within `backward:`, too. The gradient and the target are numbers as
an input is: written here, a file's, or drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..errors import StepwiseError, as_yaml, did_you_mean, hint_among, listing
from ..lessons.way_back import WayBack
from ..ops.losses import LOSSES

KEYS = ("grad", "loss", "target", "for", "update")
RATES = ("lr", "momentum", "weight_decay")


def read_way_back(found: Mapping[str, Any], numbers: Callable[[Any, str], Any]) -> WayBack:
    """What these keys ask for; `numbers` reads arrays. Raises `StepwiseError` for what does not fit.

    >>> read_way_back({"backward": {"grad": 1}, "for": "kernel"}, lambda value, name: value).wanted
    ('kernel',)
    """
    asked = found["backward"]
    if not isinstance(asked, Mapping):
        raise StepwiseError(
            f"found backward: {as_yaml(asked)}, expected {{grad: 1 2; 3 4}} or {{loss: mse, target: 1 0}}"
        )
    for key in asked:
        if key not in KEYS:
            raise StepwiseError(f"there is no key {key!r} in backward:.{hint_among(str(key), KEYS)}")
    twice = [key for key in ("for", "update") if key in asked and key in found]
    if twice:
        raise StepwiseError(f"found {twice[0]}: twice, in backward: and beside it; leave one of them out")
    both = {**asked, **{key: found[key] for key in ("for", "update") if key in found}}
    if "grad" in both and "loss" in both:
        raise StepwiseError("found both grad: and loss:, expected one of them")
    if "grad" not in both and "loss" not in both:
        raise StepwiseError("found neither grad: nor loss: in backward:, expected one of them")
    if ("target" in both) != ("loss" in both):
        lacking = "target:, what should have come out" if "loss" in both else f"loss:, which is {listing(LOSSES)}"
        raise StepwiseError(f"found no {lacking}")
    return WayBack(
        grad=numbers(both["grad"], "gradient") if "grad" in both else None,
        loss=_loss(both["loss"]) if "loss" in both else None,
        target=numbers(both["target"], "target") if "target" in both else None,
        wanted=_wanted(both.get("for", [])),
        **_rates(both["update"]) if "update" in both else {},
    )


def _loss(value: Any) -> str:
    if not isinstance(value, str) or value not in LOSSES:
        hint = did_you_mean(value, LOSSES) if isinstance(value, str) else ""
        raise StepwiseError(f"found loss: {as_yaml(value)}, expected {listing(LOSSES)}.{hint}".removesuffix("."))
    return value


def _wanted(value: Any) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise StepwiseError(f"found for: {as_yaml(value)}, expected names such as [input, kernel]")
    return tuple(names)


def _rates(value: Any) -> dict[str, Any]:
    """The learning rate and its kin; a number alone is the learning rate."""
    rates = value if isinstance(value, Mapping) else {"lr": value}
    for key in rates:
        if key not in RATES:
            raise StepwiseError(f"there is no key {key!r} in update:.{hint_among(str(key), RATES)}")
    if "lr" not in rates:
        raise StepwiseError("found no lr: in update:, expected a learning rate such as lr: 0.1")
    for key, number in rates.items():
        if type(number) not in (int, float):
            raise StepwiseError(f"found {key}: {as_yaml(number)} in update:, expected a number such as 0.1")
    return dict(rates)
