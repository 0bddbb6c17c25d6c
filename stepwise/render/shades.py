"""Numbers as shades: what every format that draws feature maps agrees on."""

from __future__ import annotations

from ..lessons.blocks import FeatureMap


def levels(feature_map: FeatureMap, steps: int) -> list[list[int]]:
    """Each number as a whole level, 0 (the map's lowest) to `steps - 1`; NaN is 0.

    >>> levels(FeatureMap("", ((0.0, 0.5, 1.0),), 0.0, 1.0), 256)
    [[0, 128, 255]]
    """
    low, spread = feature_map.low, feature_map.high - feature_map.low
    if spread == 0:
        return [[0] * len(row) for row in feature_map.rows]

    def level(value: float) -> int:
        if value != value:
            return 0
        return (
            min(steps - 1, max(0, int((value - low) / spread * (steps - 1) + 0.5)))
            if abs(value) != float("inf")
            else (steps - 1 if value > 0 else 0)
        )

    return [[level(value) for value in row] for row in feature_map.rows]
