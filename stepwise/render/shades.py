"""Numbers as shades: what every format that draws feature maps agrees on."""

from __future__ import annotations

import numpy as np

from ..document.blocks import FeatureMap

Colour = tuple[int, int, int]
BLUE, WHITE, ORANGE = (33, 87, 164), (250, 250, 250), (194, 80, 0)
FRAME: Colour = (232, 60, 145)
"""Of a frame in a picture: neither a grey nor one of the two above."""


def _between(a: Colour, b: Colour, part: float) -> Colour:
    red, green, blue = (round(x + (y - x) * part) for x, y in zip(a, b))
    return red, green, blue


DIVERGING: tuple[Colour, ...] = tuple(
    _between(BLUE, WHITE, i / 127.5) if i < 128 else _between(WHITE, ORANGE, (i - 127.5) / 127.5) for i in range(256)
)
"""Blue for the most negative, white for 0, orange for the most positive: told apart by colour-blind readers too."""


def levels(feature_map: FeatureMap, steps: int) -> list[list[int]]:
    """Each number as a whole level, 0 (the map's lowest) to `steps - 1`; NaN is 0.

    >>> levels(FeatureMap("", ((0.0, 0.5, 1.0),), 0.0, 1.0), 256)
    [[0, 128, 255]]
    >>> levels(FeatureMap("", ((-1e308, 0.0, 1e308),), -1e308, 1e308), 256)
    [[0, 128, 255]]
    """
    low, spread = feature_map.low / 2, feature_map.high / 2 - feature_map.low / 2  # halves: the whole may have no end
    if spread == 0:
        return [[0] * len(row) for row in feature_map.rows]

    values = np.array(feature_map.rows, dtype=float)
    with np.errstate(invalid="ignore", over="ignore"):
        parts = np.where(np.isinf(values), np.sign(values), (values / 2 - low) / spread)  # what has no end is an end
        found: list[list[int]] = np.clip(np.nan_to_num(parts) * (steps - 1) + 0.5, 0, steps - 1).astype(int).tolist()
    return found


def channels(feature_map: FeatureMap) -> list[int]:
    """A picture's bytes, pixel by pixel: of two colours three for each, red, green and blue; else its grey.

    >>> channels(FeatureMap("", ((-1.0, 1.0),), -1.0, 1.0, diverging=True))
    [33, 87, 164, 194, 80, 0]
    """
    found = [level for row in levels(feature_map, 256) for level in row]
    return [part for level in found for part in DIVERGING[level]] if feature_map.diverging else found
