"""Keras's words for training: `keras.optimizers.SGD(0.1, momentum=0.9)`, `keras.losses…`, `keras.utils…`.

To add an optimizer: its class in `networks/training/optimizers.py`; a loss: a function, and a line in `LOSSES`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ..arithmetic import Array
from ..errors import did_you_mean
from ..layers import chance
from ..layers.calls import written
from ..layers.dialect import bind
from ..layers.words import whole, yes_or_no
from ..networks.training.early_stopping import EarlyStopping
from ..networks.training.goals import KERAS as GOALS
from ..networks.training.goals import Goal
from ..networks.training.optimizers import KERAS as OPTIMIZERS


def _sparse(from_logits: Any = False, name: Any = None) -> Goal:
    return Goal("SparseCategoricalCrossentropy", "classes", yes_or_no("from_logits", from_logits), sparse=True)


def _categorical(from_logits: Any = False, name: Any = None) -> Goal:
    return Goal("CategoricalCrossentropy", "classes", yes_or_no("from_logits", from_logits), sparse=False)


def _binary(from_logits: Any = False, name: Any = None) -> Goal:
    return Goal("BinaryCrossentropy", "binary", yes_or_no("from_logits", from_logits))


def _mean_squared(name: Any = None) -> Goal:
    return GOALS["mse"]


LOSSES: dict[str, Callable[..., Goal]] = {
    "SparseCategoricalCrossentropy": _sparse,
    "CategoricalCrossentropy": _categorical,
    "BinaryCrossentropy": _binary,
    "MeanSquaredError": _mean_squared,
}


class Words:
    """A namespace of Keras: each name a function whose arguments are checked before it is called."""

    def __init__(self, title: str, words: Mapping[str, Callable[..., Any]]) -> None:
        self._title, self._words = title, dict(words)

    def __dir__(self) -> list[str]:
        return sorted(self._words)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_") or name not in self._words:
            raise AttributeError(f"{self._title} has no {name} here.{did_you_mean(name, self._words)}")
        make = self._words[name]

        def made(*arguments: Any, **keywords: Any) -> Any:
            bind(name, make, arguments, keywords)
            found = make(*arguments, **keywords)
            return replace(found, call=written(name, arguments, keywords)) if isinstance(found, Goal) else found

        return made


def set_random_seed(seed: Any) -> None:
    """Begin all chance anew: the weights that layers draw from now on, the shuffling of batches, dropout."""
    chance.begin(seed)


def to_categorical(x: Any, num_classes: Any = None) -> Array:
    """Class numbers as rows of 0 and 1.

    >>> to_categorical([2, 0]).tolist()
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    numbers = np.asarray(x, dtype=np.int64)
    count = int(numbers.max(initial=0)) + 1 if num_classes is None else whole("num_classes", num_classes)
    return np.asarray(np.eye(count, dtype=np.float64)[numbers])


optimizers = Words("keras.optimizers", OPTIMIZERS)
losses = Words("keras.losses", LOSSES)
callbacks = Words("keras.callbacks", {"EarlyStopping": EarlyStopping})
utils = Words("keras.utils", {"set_random_seed": set_random_seed, "to_categorical": to_categorical})
