"""Weights that nobody gave, drawn with a fixed seed: by an initializer, or small whole numbers to be worked by hand.

The distributions are the frameworks' (Keras `keras.initializers`; Glorot & Bengio 2010; He et al. 2015); the numbers
come from NumPy's generator, so they are the same in every run, and not those a framework would draw.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from ..arithmetic import Array
from ..dataclass import dataclass
from ..errors import CallError, LimitError, did_you_mean, shown
from .calls import Call, written
from .words import number

DEFAULT_SEED = 0
MOST_WEIGHTS = 2**28
SMALL = 2
"""Whole numbers of a kernel that nobody gave go from minus this to this."""

Fans = tuple[int, int]
Draw = Callable[["np.random.Generator", tuple[int, ...], Fans], Array]  # quoted: most requests draw nothing


@dataclass(frozen=True)
class Initializer:
    """How to draw a weight; `text` is the initializer as its framework writes it."""

    shown_as: ClassVar[str] = "an initializer"

    text: str
    seed: int | None  # None where nothing is drawn
    rule: Draw
    parameter: str = ""  # the layer's parameter that names it, where one does
    keeps_seed: bool = False  # whether the seed is its own, not the request's

    def draw(self, shape: tuple[int, ...], dtype: np.dtype[Any] | None, nth: int = 0) -> Array:
        """An array of this shape (spatial…, in, out), the same at every call; `nth` tells a layer's weights apart.

        Without a `dtype`, whole numbers stay whole.
        """
        if math.prod(shape) > MOST_WEIGHTS:
            raise LimitError(f"weights of shape {shape} have {math.prod(shape):,} numbers; at most {MOST_WEIGHTS:,}")
        random = np.random.default_rng((self.seed or 0, nth) if nth else self.seed or 0)
        drawn = self.rule(random, shape, _fans(shape))
        return drawn if dtype is None else drawn.astype(dtype)

    def seeded(self, seed: int) -> Initializer:
        """The same with the seed of a request, where it draws and has no seed of its own."""
        return self if self.seed is None or self.keeps_seed else replace(self, seed=seed)

    def __repr__(self) -> str:
        return self.text

    def __str__(self) -> str:
        return f"{self.text}, seed {self.seed}" if self.seed is not None else self.text


def _fans(shape: tuple[int, ...]) -> Fans:
    """Numbers that enter and leave one unit, for a shape (spatial…, in, out)."""
    if len(shape) < 2:
        return (shape[0], shape[0]) if shape else (1, 1)
    field = math.prod(shape[:-2])
    return field * shape[-2], field * shape[-1]


def _normal(mean: float, spread: float) -> Draw:
    return lambda random, shape, fans: random.normal(mean, spread, shape)


def _uniform(low: float, high: float) -> Draw:
    return lambda random, shape, fans: random.uniform(low, high, shape)


def _scaled(gain: float, fan: Callable[[Fans], float], uniform: bool) -> Draw:
    def draw(random: np.random.Generator, shape: tuple[int, ...], fans: Fans) -> Array:
        variance = gain / max(fan(fans), 1)
        if uniform:
            limit = math.sqrt(3 * variance)
            return random.uniform(-limit, limit, shape)
        return random.normal(0, math.sqrt(variance), shape)

    return draw


def _constant(value: float) -> Draw:
    return lambda random, shape, fans: np.full(shape, value)


def _average(fans: Fans) -> float:
    return sum(fans) / 2


# Each row is a Keras initializer with Keras's own parameters and defaults.
RULES: dict[str, Callable[..., Draw]] = {
    "RandomNormal": lambda mean=0.0, stddev=0.05, seed=None: _normal(
        number("mean", mean), number("stddev", stddev, least=0)
    ),
    "RandomUniform": lambda minval=-0.05, maxval=0.05, seed=None: _uniform(
        number("minval", minval), number("maxval", maxval)
    ),
    "GlorotUniform": lambda seed=None: _scaled(1, _average, uniform=True),
    "GlorotNormal": lambda seed=None: _scaled(1, _average, uniform=False),
    "HeUniform": lambda seed=None: _scaled(2, lambda fans: fans[0], uniform=True),
    "HeNormal": lambda seed=None: _scaled(2, lambda fans: fans[0], uniform=False),
    "LecunUniform": lambda seed=None: _scaled(1, lambda fans: fans[0], uniform=True),
    "LecunNormal": lambda seed=None: _scaled(1, lambda fans: fans[0], uniform=False),
    "Zeros": lambda: _constant(0.0),
    "Ones": lambda: _constant(1.0),
    "Constant": lambda value=0.0: _constant(number("value", value)),
}


def make(name: str, *arguments: Any, **keywords: Any) -> Initializer:
    """The initializer `name(*arguments, **keywords)`, as Keras spells it.

    >>> make("RandomNormal", stddev=0.01)
    RandomNormal(stddev=0.01)
    """
    if name not in RULES:
        raise CallError(f"there is no initializer {name}.{did_you_mean(name, RULES)}")
    signature = inspect.signature(RULES[name])
    try:
        bound = signature.bind(*arguments, **keywords)
    except TypeError as error:
        raise CallError(f"{name}: {error}; it takes {', '.join(signature.parameters) or 'nothing'}") from None
    seed = bound.arguments.get("seed")
    if seed is not None and (type(seed) is not int or seed < 0):
        raise CallError(f"{name}: seed={shown(seed)} is not a whole number of at least 0")
    rule = RULES[name](*arguments, **keywords)
    draws = "seed" in signature.parameters
    text = written(name, arguments, keywords)
    return Initializer(text, (seed or DEFAULT_SEED) if draws else None, rule, keeps_seed=seed is not None)


def understood(name: str, value: Any) -> Initializer:
    """An initializer given as an object, a call, or a word such as `"glorot_uniform"`, to the parameter `name`."""
    return replace(_understood(name, value), parameter=name)


def _understood(name: str, value: Any) -> Initializer:
    if isinstance(value, Initializer):
        return value
    if isinstance(value, Call):
        return make(value.name, *value.arguments, **value.keywords)
    if isinstance(value, str):
        words = {"".join(part.title() for part in _snake(rule).split("_")): rule for rule in RULES}
        camel = "".join(part.title() for part in value.split("_")) if "_" in value or value.islower() else value
        if camel in words:
            return make(words[camel])
        raise CallError(f"{name}={shown(value)} is not an initializer.{did_you_mean(camel, RULES)}")
    raise CallError(f"{name}={shown(value)} is not an initializer; give one such as 'glorot_uniform' or RandomNormal()")


def _snake(camel: str) -> str:
    return "".join("_" + c.lower() if c.isupper() else c for c in camel).lstrip("_")


class Initializers:
    """The table as a namespace: `keras.initializers.RandomNormal(stddev=0.01)`."""

    def __dir__(self) -> list[str]:
        return sorted(RULES)

    def __getattr__(self, name: str) -> Callable[..., Initializer]:
        if name not in RULES:
            raise AttributeError(f"there is no initializer {name}.{did_you_mean(name, RULES)}")
        return lambda *arguments, **keywords: make(name, *arguments, **keywords)


def bounded(text: str, limit: float) -> Initializer:
    """Uniform between -limit and limit, under the name its framework gives it."""
    return Initializer(text, DEFAULT_SEED, _uniform(-limit, limit))


def constant(value: float) -> Initializer:
    """The same number everywhere."""
    return Initializer(f"{value:g}", None, _constant(value))


NOUGHT = constant(0)
"""A bias that nobody gave, where the weights are worked by hand."""


def whole_numbers(seed: int, channels_last: bool) -> Initializer:
    """Whole numbers from -2 to 2, such as a teacher would choose; no filter is all 0.

    They are drawn filter by filter, whatever the layout: Keras's and PyTorch's kernels of one size hold the same.

    >>> whole_numbers(0, channels_last=False).draw((1, 1, 2, 2), None)[0, 0].tolist()
    [[2, 1], [0, -1]]
    """

    def draw(random: np.random.Generator, shape: tuple[int, ...], fans: Fans) -> Array:
        turned = channels_last and len(shape) > 1
        drawn = random.integers(-SMALL, SMALL, (shape[-1], shape[-2], *shape[:-2]) if turned else shape, endpoint=True)
        filters = drawn.reshape(drawn.shape[0] if drawn.ndim else 1, -1)
        filters[~filters.any(axis=1), 0] = 1
        return np.moveaxis(drawn, (0, 1), (-1, -2)) if turned else drawn

    return Initializer(f"whole numbers from {-SMALL} to {SMALL}", seed, draw)
