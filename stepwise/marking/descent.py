"""One step of gradient descent as a trace, so that new weights are marked, explained and followed as an output is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

import numpy as np

from ..analysis.update import stepped
from ..arithmetic import Array, Value, as_its_own
from ..dataclass import dataclass
from ..errors import ShapeError, differing
from ..ops.cells import CellOperation, Shape, Source, slack
from ..rules.tree import Constant, Rule, W, X, total
from ..traces.layout import Index, Layout
from ..traces.operation import Layer
from ..traces.recording import record
from ..traces.step import Step
from ..traces.trace import Trace


@dataclass(frozen=True)
class Descent(CellOperation):
    """y[i] = w[i] - lr·(g[i] + decay·w[i]), with g the input"""

    lr: float
    decay: float = 0

    name: ClassVar[str] = "descent"
    rule: ClassVar[str] = "difference"
    weight_name: ClassVar[str] = "before"
    in_place: ClassVar[bool] = True
    operated: ClassVar[bool] = False

    @property
    def calculation(self) -> Rule:
        """`2 - 0.1·3`"""
        return total(W - Constant(self.lr) * (X + Constant(self.decay) * W if self.decay else X))

    def result_shape(self, layout: Layout, shapes: Mapping[str, Shape]) -> Shape:
        """That of the weights. Raises `ShapeError` where the gradient has another."""
        if shapes["input"] != shapes["before"]:
            given, due = shapes["input"], shapes["before"]
            raise ShapeError(f"the gradient has shape {given}, but the weights {due}: {differing(given, due)}")
        return shapes["before"]

    def fast(self, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        """One step, all weights at once."""
        return stepped(inputs["before"], inputs["input"], self.lr, self.decay)[1]

    def again(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Array, Array | float]:
        """Number by number."""
        result = np.empty_like(self.fast(layout, inputs))
        for index in np.ndindex(result.shape):
            weight, change = inputs["before"][index], inputs["input"][index]
            result[index] = weight * (1 - as_its_own(result, self.lr * self.decay)) - change * as_its_own(
                result, self.lr
            )
        return result, np.asarray(slack(result, np.abs(result) + np.abs(inputs["before"]).max(initial=0))) * 4

    def cells(self, trace: Trace, index: Index) -> Iterable[Source]:
        """The gradient of this very weight."""
        return [Source(index, weight_index=index)]

    def slopes(self, step: Step) -> list[Value]:
        return [-self.lr for _tap in step.taps]


def descended(weight: Array, gradient: Trace, lr: float, decay: float, name: str) -> Trace:
    """The trace of weights after a step against their gradient."""
    own = gradient.layer
    layer = Layer(Descent(lr, decay), own.layout, own.dialect, f"{name} - {lr:g}·gradient", trainable=False)
    return record(layer, {"input": gradient.output, "before": weight}, {"input": gradient})
