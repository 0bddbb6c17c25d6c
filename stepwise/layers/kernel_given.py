"""Layers whose kernel says what they are: `F.conv2d(x, w)` has no number of filters and no window of its own.

Such a function takes its kernel as an argument, so its plan is made when the kernel is known. To add one: a `Planner`
in its dialect.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ..advice import way
from ..arithmetic import Array
from ..dataclass import dataclass
from ..errors import CallError, ShapeError
from ..io.inputs import Grids
from ..ops import Conv
from ..ops.conv import DepthwiseConv
from ..traces.operation import Operation
from ..traces.trace import Trace
from .grids import filters_in, units_in
from .layer import LayerObject, Plan, Stage

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Planner:
    """What a function is for a kernel of a shape."""

    kernel: str  # what the function calls its kernel
    spatial: int  # axes of a window, 0 for a matrix
    axes: tuple[str, ...]  # of its kernel, by name
    plan: Callable[[Shape], Plan]
    window_first: bool  # whether the window's axes come first, as in TensorFlow
    noun: str = "kernel"
    such_as: str = "nn.Conv2d(1, 1, 3)"  # a layer that says itself how large its weights are


class KernelGiven(LayerObject):
    """A function that takes its kernel as an argument, ready to be called once it has it."""

    planner: Planner

    def planned_by(self, planner: Planner) -> None:
        """What makes the plan; until the kernel is known there is one that only says which weights there are."""
        self.__dict__["planner"] = planner
        self.written = True

    def give(self, weights: Mapping[str, Any]) -> None:
        """Take the weights; a kernel settles what is done."""
        super().give({self.planner.kernel if name == "kernel" else name: value for name, value in weights.items()})
        kernel = self.weights.get(self.planner.kernel)
        if kernel is not None:
            bare = self.plan
            made = self.planner.plan(self._shape(kernel))
            stage = replace(made.stages[0], weights=bare.stages[0].weights)
            expected = None if isinstance(kernel, Grids) and self.planner.spatial else made.in_channels
            self.plan = replace(made, stages=(stage,), initializers=bare.initializers, in_channels=expected)

    def _shape(self, kernel: Array) -> Shape:
        """The kernel's own shape; of one that was typed the window, and one filter over one channel."""
        spatial, axes = self.planner.spatial, self.planner.axes
        if isinstance(kernel, Grids) and spatial:
            window = tuple(np.shape(units_in(spatial, kernel))[1:])
        elif kernel.ndim == spatial:
            window = kernel.shape
        elif kernel.ndim == len(axes):
            return kernel.shape
        else:
            raise ShapeError(
                f"{self.call}: the {self.planner.kernel} has shape {kernel.shape}; it takes {len(axes)} axes, "
                f"({', '.join(axes)})"
            ).of(self.planner.kernel)
        return (*window, 1, 1) if self.planner.window_first else (1, 1, *window)

    def fitted(self, operation: Operation, shape: Shape, form: str) -> Operation:
        """Raises `CallError` where nobody has given the kernel."""
        if self.planner.kernel not in self.weights:
            raise CallError(
                f"{self.call} takes its {self.planner.noun} as an argument; {way('kernel')}, or write a layer that "
                f"says how large it is, such as {self.planner.such_as}"
            )
        return super().fitted(operation, shape, form)

    def _stage(self, stage: Stage, inputs: Mapping[str, Any], number: int) -> Trace:
        kernel = self.weights.get(self.planner.kernel)
        if isinstance(kernel, Grids) and isinstance(stage.operation, Conv):
            x = inputs["input"]
            shape = np.shape(x.output if isinstance(x, Trace) else x)
            channels = self.plan.layout.channels(shape, stage.operation.spatial)
            typed = len(units_in(stage.operation.spatial, kernel))
            if isinstance(stage.operation, DepthwiseConv):
                one: Conv = replace(stage.operation, multiplier=max(1, typed // channels))
            else:
                one = replace(stage.operation, filters=filters_in(stage.operation, kernel, channels))
            stage = replace(stage, operation=one)
        return super()._stage(stage, inputs, number)
