"""Lp pooling: the p-th root of the sum of p-th powers under the window."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import ClassVar

import numpy as np

from ..arithmetic import Array, Value, rounding, wide
from ..dataclass import dataclass
from ..errors import CallError
from ..geometry import AxisGeometry, Geometry
from ..rules.tree import Constant, Figure, Rule, X, Y, above, equal, size, total, where
from ..traces.layout import Layout
from ..traces.step import Step
from ..traces.trace import Trace
from .elementwise import as_floats
from .mean_pool import sums_along
from .windows import WindowOperation, cell_places, separably, spread_along


@dataclass(frozen=True)
class LpPool(WindowOperation):
    """p-norm over the window:  y = (sum over the window of |x|^p)^(1/p)

    PyTorch raises x itself, sign and all (`signed`), so that for odd p other than 1 and -1 a negative sum has no root
    and gives NaN; and as it works from a mean, a window that hangs over the edge in ceil mode is scaled up as if it
    were full (`scaled`).
    Sources: ONNX LpPool; PyTorch `torch.nn.functional.lp_pool2d`.
    """

    p: float = 2
    signed: bool = False
    scaled: bool = False

    name: ClassVar[str] = "lp_pool"
    rule: ClassVar[str] = "p-norm"
    rational: ClassVar[bool] = False
    padding_value: ClassVar[Value] = 0
    needs_result: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if not math.isfinite(self.p) or not (self.p > 0 or (self.signed and self.p)):
            raise CallError(
                f"p={self.p!r} must be a number {'other than' if self.signed else 'above'} 0, and not infinite"
            )

    @property
    def power(self) -> float | int:
        """p, as a whole number where it is one."""
        return int(self.p) if float(self.p).is_integer() else self.p

    def compute(self, images: Array, geometry: Geometry, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        """Powers, one pass of sums for each axis, roots."""
        floats = images if images.dtype.kind == "f" else wide(images, 1).astype(np.float64)
        with np.errstate(invalid="ignore"):  # a negative number has no real power that is not whole
            powers = (floats if self.signed else np.abs(floats)) ** self.power
        total = separably(powers, geometry, sums_along)
        if self.scaled:
            for number, axis in enumerate(geometry.axes):
                counts = np.array(axis.padded_counts).reshape(-1, *(1,) * (len(geometry.axes) - 1 - number))
                total = total * (axis.window / counts.astype(total.dtype))
        with np.errstate(invalid="ignore"):
            root: Array = total if self.power == 1 else total ** (1 / self.power)
        return root

    def combine(self, values: Array, data: Array, cells: range, trace: Trace) -> tuple[Array, Array | float]:
        taken = np.where(data, values, 0).astype(np.float64)
        if not self.signed:
            taken = np.abs(taken)
        total = np.exp2(self.power * np.log2(np.abs(taken), where=taken != 0, out=np.full(taken.shape, -np.inf)))
        if self.power % 2 == 1:
            total = np.copysign(total, taken)
        elif self.power % 2 != 0:
            total = np.where(taken < 0, np.nan, total)
        total = np.where(data, total, 0.0)  # where there is no data, nothing is raised, not 0
        scale = np.array([float(self._scale(trace, at)) for at in cell_places(trace, cells)])
        summed = total.sum(axis=-1) * scale
        spread = np.abs(total).sum(axis=-1) * scale
        with np.errstate(invalid="ignore", divide="ignore"):
            again = np.where(summed == 0, 0.0, summed if self.power == 1 else np.abs(summed) ** (1 / self.power))
            if self.power == -1:
                again = np.copysign(again, summed)
            elif self.power != 1:
                again = np.where(summed < 0, np.nan, again)
            # The root is steep near 0: a sum that is all cancellation says little about its root.
            relative = np.where(summed == 0, 0, spread / np.abs(summed))
            slack = rounding(trace.output) * (values.shape[-1] + 8) * 4 * relative * np.abs(again)
        return again, slack

    def _scale(self, trace: Trace, cell: tuple[int, ...]) -> Fraction:
        axes = trace.geometry.axes if self.scaled else ()
        shares = (Fraction(axis.window, axis.padded_counts[i]) for axis, i in zip(axes, cell))
        return math.prod(shares, start=Fraction(1))

    def slopes(self, step: Step) -> list[Value]:
        """x^(p-1) / y^(p-1), with x's sign where its size was raised; so the parts x·slope add up to y"""
        scale = float(self._scale(step.trace, step.trace.place(step.index)[2:]))
        data = [float(tap.value) if tap.is_data else 0.0 for tap in step.taps]
        result = np.asarray(float(step.result))
        with np.errstate(all="ignore"):
            slopes = self._raised(np.array(data)) * np.asarray(self._lowered(result)) * scale
        return [float(slope) if tap.is_data else None for tap, slope in zip(step.taps, slopes)]

    def _raised(self, x: Array) -> Array:
        with np.errstate(all="ignore"):
            if self.signed:
                return np.asarray(x ** (self.power - 1))
            return np.asarray(np.sign(x) * np.abs(x) ** (self.power - 1))

    def _lowered(self, y: Array) -> Array:
        """1 / y^(p-1); where the result is 0 there is no slope, and 0 stands for it, as in PyTorch."""
        with np.errstate(all="ignore"):
            return np.where(y == 0, 0, np.where(y == 0, 1, y) ** (1.0 - self.power))

    def gradient(self, trace: Trace, name: str, grad: Array) -> Array:
        images = trace.layer.layout.images(as_floats(trace.inputs[name]), self.spatial)
        raised = self._raised(images)
        if not np.isfinite(raised).all():
            return self.one_by_one(trace, grad)
        back = self.output_images(trace, grad * self._lowered(trace.output))
        if self.scaled:
            for dimension, axis in enumerate(trace.geometry.axes, 2):
                shape = [1] * back.ndim
                shape[dimension] = -1
                back = back * (axis.window / np.array(axis.padded_counts, dtype=float)).reshape(shape)
        for dimension, axis in enumerate(trace.geometry.axes, 2):
            back = spread_along(back, dimension, axis)
        return self.input_restored(trace, back * raised)

    @property
    def calculation(self) -> Rule:
        """`(|3|^2 + |4|^2)^(1 / 2)`; bars are written only around negative numbers."""
        each = X if self.signed else size(X)
        if self.power == 1:
            return Figure("scale") * total(each)
        return (Figure("scale") * total(each**self.power)) ** (Constant(1) / Constant(self.power))

    def gave(self, trace: Trace) -> Sequence[Rule | None]:
        sign = where(above(X, 0), 1, where(above(0, X), -1, 0))
        raised = X ** (self.power - 1) if self.signed else sign * size(X) ** (self.power - 1)
        return [where(equal(Y, 0), 0, raised * Y ** (1 - self.power) * Figure("scale"))]

    def figure(self, name: str, axis: AxisGeometry, i: int) -> Value:
        """Along one axis, what a window that hangs over the edge is scaled up by."""
        return Fraction(axis.window, axis.padded_counts[i]) if self.scaled else Fraction(1)
