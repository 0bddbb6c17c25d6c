"""Options crossed pairwise: few rows, in which any two values of any two options meet wherever they may.

rows({"padding": ["valid", "same"], "stride": [1, 2], "bias": [True, False]})  4 rows instead of 8
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Row = dict[str, Any]
TRIES = 40
"""Ways to complete a pair that are tried, of which the one that covers most other pairs is taken."""


def rows(options: Mapping[str, Sequence[Any]], fits: Callable[[Row], bool] = lambda row: True) -> list[Row]:
    """Rows that cover every pair of values that some row that `fits` can hold. The same options give the same rows.

    >>> len(rows({"padding": ["valid", "same"], "stride": [1, 2], "bias": [True, False]}))
    4
    """
    chance = random.Random(0)  # noqa: S311 - no secret, only rows to try
    names = list(options)
    places = {name: range(len(options[name])) for name in names}
    left = {((a, i), (b, j)) for a, b in itertools.combinations(names, 2) for i in places[a] for j in places[b]}
    waiting = sorted(left)
    chance.shuffle(waiting)
    found: list[Row] = []
    for pair in waiting:
        if pair not in left:
            continue
        best: dict[str, int] = {}
        for _try in range(TRIES):
            chosen = {name: chance.choice(places[name]) for name in names} | dict(pair)
            if fits(_row(options, chosen)) and (not best or _new(chosen, left) > _new(best, left)):
                best = chosen
        if best:
            left.difference_update(_pairs(best))
            found.append(_row(options, best))
    return found or _alone(options, fits)


def _alone(options: Mapping[str, Sequence[Any]], fits: Callable[[Row], bool]) -> list[Row]:
    """Where there are no pairs, each value."""
    every = (dict(zip(options, values)) for values in itertools.product(*options.values()))
    return [row for row in every if fits(row)]


def _row(options: Mapping[str, Sequence[Any]], chosen: Mapping[str, int]) -> Row:
    return {name: options[name][chosen[name]] for name in options}


def _pairs(chosen: Mapping[str, int]) -> Iterator[tuple[tuple[str, int], tuple[str, int]]]:
    return itertools.combinations(chosen.items(), 2)


def _new(chosen: Mapping[str, int], left: set[Any]) -> int:
    return sum(pair in left for pair in _pairs(chosen))
