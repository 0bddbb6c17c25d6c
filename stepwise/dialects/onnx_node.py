"""What ONNX's operators share: a node's opset and inputs, and how their attributes are read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..arithmetic import Array
from ..dataclass import dataclass
from ..errors import CallError, shown
from ..layers.initializers import bounded
from ..layers.layer import Plan, Stage
from ..layers.words import whole_each
from ..traces.layout import Layout
from ..traces.operation import Operation
from .onnx_folds import wholes

LAYOUT = Layout(channels_last=False, kernel_channels_last=False)
NEWEST_OPSET = 22
MOST_NUMBERS = 8
"""Numbers that such an input holds, one for each axis."""


@dataclass(frozen=True)
class Node:
    """What a node's operator is told besides its attributes: its opset and its inputs."""

    opset: int = NEWEST_OPSET
    inputs: tuple[Array | None, ...] = ()

    def array(self, number: int) -> Array | None:
        """An input by its place, None where it is not given."""
        return self.inputs[number] if number < len(self.inputs) else None

    def wholes(self, number: int, name: str) -> list[int] | None:
        """An input that holds whole numbers rather than data: a shape, axes. Raises `CallError` for anything else."""
        array = self.array(number)
        return None if array is None else wholes(array, name)

    def numbers(self, number: int, name: str) -> list[float] | None:
        """An input that holds numbers rather than data, such as scales; a single precision's as they are written.

        Raises `CallError` for anything else.
        """
        array = self.array(number)
        if array is None:
            return None
        if array.ndim != 1 or array.size > MOST_NUMBERS or array.dtype.kind not in "iuf":
            raise CallError(f"{name} must be a row of numbers, not {array.dtype} of shape {array.shape}")
        return [float(str(value)) for value in array]

    def single(self, number: int, name: str) -> float | None:
        """An input that holds one number. Raises `CallError` for anything else."""
        array = self.array(number)
        if array is not None and (array.size != 1 or array.dtype.kind not in "iufb"):
            raise CallError(f"{name} must be one number, not {array.dtype} of shape {array.shape}")
        return None if array is None else float(array.ravel()[0])


def single(operation: Operation, **names: str) -> Plan:
    return Plan((Stage(operation, names),), LAYOUT)


def plainly(operation: Operation) -> Callable[..., Plan]:
    def plan(node: Node) -> Plan:
        return single(operation)

    return plan


def weighted(operation: Operation, node: Node) -> Plan:
    names = {"kernel": "kernel"} | ({"bias": "bias"} if node.array(2) is not None else {})
    drawn = {name: bounded("RandomUniform(-1, 1)", 1.0) for name in names}
    return Plan((Stage(operation, names),), LAYOUT, drawn)


def shape_of(node: Node) -> tuple[int, ...]:
    x = node.array(0)
    if x is None:
        raise CallError("the input's shape must be known; use onnx.node")
    return x.shape


def window_of(kernel_shape: Any) -> tuple[int, ...]:
    if not isinstance(kernel_shape, tuple | list) or not 1 <= len(kernel_shape) <= 3:
        raise CallError(f"kernel_shape={shown(kernel_shape)} must be a list of 1 to 3 whole numbers, such as [2, 2]")
    return whole_each("kernel_shape", kernel_shape, len(kernel_shape))


def pairs(pads: Any, spatial: int) -> tuple[tuple[int, int], ...]:
    """ONNX's order: all the befores, then all the afters."""
    if pads is None:
        return ((0, 0),) * spatial
    flat = whole_each("pads", pads, 2 * spatial, least=0)
    return tuple(zip(flat[:spatial], flat[spatial:]))
