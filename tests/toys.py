"""Operations that no framework has, each said once: as an operation file says it, and with a record of its words.

What they come to is worked out here in plain Python, so that a test can ask every format whether it agrees.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytest

from stepwise.arithmetic import Array, Value, rounding
from stepwise.dialects import keras
from stepwise.geometry import AxisGeometry, Geometry, Sliding
from stepwise.layers.layer import Plan, Stage
from stepwise.lessons.lines import Lines
from stepwise.lessons.phrases import PHRASES
from stepwise.lessons.records import Phrases
from stepwise.ops import OPERATIONS
from stepwise.ops.elementwise import Elementwise, as_floats
from stepwise.ops.windows import WindowOperation
from stepwise.rules.tree import Figure, Rule, X, above, sqrt, total
from stepwise.traces.layout import Layout
from stepwise.traces.trace import Trace


@dataclass(frozen=True)
class Softsign(Elementwise):
    """y = x / (1 + |x|)"""

    name: ClassVar[str] = "softsign"
    rule: ClassVar[str] = "softsign"
    calculation: ClassVar[Rule] = X / (1 + abs(X))

    def function(self, x: Array) -> Array:
        """The numbers between -1 and 1."""
        return np.asarray(as_floats(x) / (1 + np.abs(as_floats(x))))


@dataclass(frozen=True)
class RootMeanSquare(WindowOperation):
    """y = sqrt((sum over the window of x²) / (how many data cells it covers))"""

    name: ClassVar[str] = "root_mean_square"
    rule: ClassVar[str] = "root mean square"
    calculation: ClassVar[Rule] = sqrt(total(X**2) / Figure("count"))
    padding_value: ClassVar[Value] = 0
    rational: ClassVar[bool] = False

    def figure(self, name: str, axis: AxisGeometry, i: int) -> Value:
        """Data cells along an axis."""
        return sum(axis.holds(p) for p in axis.positions(i) if p is not None)

    def compute(self, images: Array, geometry: Geometry, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        """Window by window."""
        result = np.zeros((*images.shape[:2], *geometry.output_shape))
        for cell in np.ndindex(geometry.output_shape):
            held = [[p for p in a.positions(i) if a.holds(p)] for a, i in zip(geometry.axes, cell)]
            seen = images[(slice(None), slice(None), *np.ix_(*held))]
            result[(..., *cell)] = np.sqrt((seen.astype(float) ** 2).mean(axis=tuple(range(2, images.ndim))))
        return result

    def combine(self, values: Array, data: Array, cells: range, trace: Trace) -> tuple[Array, Array | float]:
        """By the length of the vector."""
        taken = np.where(data, values, 0).astype(float)
        again = np.linalg.norm(taken, axis=-1) / np.sqrt(data.sum(axis=-1))
        return again, again * rounding(trace.output) * 64


def softsign_lines(trace: Trace) -> Lines:
    """One sentence for each side."""
    return (
        (above(X, 0), "A positive number stays positive, below 1.", 1),
        (above(0, X), "A negative number stays negative, above -1.", 1),
    )


RECORDS = {
    "softsign": Phrases(
        noun=lambda: "Softsign",
        instruction=lambda trace: "divide every number by 1 more than its size",
        padding=lambda trace: (),
        check=lambda trace: "Every result lies between -1 and 1.",
        lines=softsign_lines,
    ),
    "root_mean_square": Phrases(
        noun=lambda: "Root mean square",
        instruction=lambda trace: "take the root of the mean of the squares",
        padding=lambda trace: ("Padding is left out.",),
        check=lambda trace: "No result is negative.",
        lines=lambda trace: (("", "The window covers {covered}."), ("", "Divided by {many}.")),
        numbers=lambda trace: {"many": Figure("count")},
    ),
}


LAYOUT = Layout(channels_last=True, kernel_channels_last=True)


def _softsign() -> Plan:
    return Plan((Stage(Softsign()),), LAYOUT)


def _root_mean_square(pool_size: Any = 2) -> Plan:
    return Plan(
        (Stage(RootMeanSquare(Sliding((pool_size,) * 2, (1, 1), "same_upper"))),),
        Layout(channels_last=True, kernel_channels_last=True),
    )


@contextmanager
def registered() -> Iterator[None]:
    """While it lasts, Keras has layers `Softsign` and `RootMeanSquare`."""
    with pytest.MonkeyPatch.context() as patch:
        for operation in (Softsign, RootMeanSquare):
            patch.setitem(OPERATIONS, operation.name, operation)
            patch.setitem(PHRASES, operation.name, RECORDS[operation.name])
        signatures = keras.layers._signatures
        patch.setitem(signatures, "Softsign", _softsign)
        patch.setitem(signatures, "RootMeanSquare", _root_mean_square)
        yield


def by_hand(call: str, x: list[list[float]]) -> list[list[float]]:
    """What a toy gives, in plain Python."""
    if call == "Softsign()":
        return [[n / (1 + abs(n)) for n in row] for row in x]
    windows = [[[n for r in x[i : i + 2] for n in r[j : j + 2]] for j in range(len(x[0]))] for i in range(len(x))]
    return [[math.sqrt(sum(n * n for n in seen) / len(seen)) for seen in row] for row in windows]
