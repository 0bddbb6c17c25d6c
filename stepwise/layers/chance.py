"""Where chance comes from while a network is trained: one stream of random numbers, so that one seed gives one result.

Weights that nobody gave are drawn with a fixed seed of their own (see `initializers`), the same in every run; after
`begin` each layer that is made draws with another one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .initializers import DEFAULT_SEED
from .words import whole


class _Chance:
    begun = False
    stream: np.random.Generator | None = None  # made when it is first needed: most requests draw nothing


_chance = _Chance()


def begin(seed: Any) -> None:
    """Begin the stream anew; layers that are made from now on draw their weights with seeds from it, too.

    Raises `CallError` for what is no whole number from 0 to 2³².
    """
    seed = whole("seed", seed, least=0, most=2**32)
    _chance.begun = True
    _chance.stream = np.random.default_rng(seed)


def stream() -> np.random.Generator:
    """The stream that batches are shuffled, and numbers dropped, with."""
    _chance.stream = _chance.stream or np.random.default_rng(DEFAULT_SEED)
    return _chance.stream


def own_seed() -> int:
    """The seed of a layer that is made now."""
    return int(stream().integers(2**31)) if _chance.begun else DEFAULT_SEED
