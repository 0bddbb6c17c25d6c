"""A call in words of images and signals: what it means is decided when its kernel and its input are known.

Its windows have the kernel's own size, and many such calls look along as many axes as there are. So the function of a
call gives an `OpenPlan`: how to come to a plan once the axes, the input's sizes and the kernel's are known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from typing import Any

import numpy as np

from ...arithmetic import Array
from ...dataclass import dataclass
from ...errors import CallError, ShapeError, shown
from ...io.inputs import Grids, locked
from ...layers.calls import Call, Scaled
from ...layers.initializers import DEFAULT_SEED, Initializer, whole_numbers
from ...layers.layer import LayerObject, Plan, Stage
from ...ops import Conv
from ...traces.layout import Layout
from ...traces.operation import Operation
from .constants import array_of, is_name

LAYOUT = Layout(channels_last=True, kernel_channels_last=True)
TURNED = replace(LAYOUT, kernel_turned=True)
USUAL = 3
"""The size of a kernel that nobody gave, along every axis."""
ROOMY = 8
"""The size of an input that is not known yet, along every axis."""
MOST_AXES = 3


@dataclass(frozen=True)
class Seen:
    """What a call is decided on: the input's sizes along its axes, and the kernel's own."""

    sizes: tuple[Any, ...]  # whole numbers, or letters
    kernel: tuple[int, ...]

    @property
    def ndim(self) -> int:
        """Along how many axes it looks."""
        return len(self.sizes)


@dataclass(frozen=True)
class Settled:
    """What a call comes to: its stages, how its kernel lies, and the weights that the call itself says."""

    stages: tuple[Stage, ...]
    layout: Layout = LAYOUT
    weights: Mapping[str, Array] = field(default_factory=dict)


@dataclass(frozen=True)
class OpenPlan(Plan):
    """A plan that an input and a kernel of the usual size would get, and how to come to the one for others."""

    of: Callable[[Seen], Settled] = field(kw_only=True)
    axes: int | None = None  # along how many it looks; None: along all of its input
    channels: bool = False  # whether an image may have channels, each of which is looked at alone
    kernel: Array | None = None  # where the call itself has its numbers
    line: bool = False  # whether the kernel is one line, laid along one of the axes


KERNEL: dict[str, Initializer] = {"kernel": whole_numbers(DEFAULT_SEED, channels_last=True)}


def opened(
    of: Callable[[Seen], Settled],
    *,
    axes: int | None = None,
    channels: bool = False,
    kernel: Any = None,
    name: str = "",
    line: bool = False,
) -> OpenPlan:
    """The plan of a call; `kernel` is what stands in the call for it, under the parameter's `name`, if it has one.

    Raises `CallError` for what is no name and no array.
    """
    given = None if not name or is_name(kernel) else array_of(name, kernel)
    due = 1 if line else axes
    if given is not None and (given.ndim != due if due else not 1 <= given.ndim <= MOST_AXES):
        raise CallError(f"{name} has the shape {given.shape}; it takes {due or f'1 to {MOST_AXES}'} axes")
    ndim = axes or (given.ndim if given is not None and not line else 2)
    drawn = KERNEL if name and given is None else {}
    found = of(Seen((ROOMY,) * ndim, (USUAL,) * (1 if line else ndim) if given is None else given.shape))
    return OpenPlan(
        *(found.stages, found.layout, drawn),
        in_channels=None if channels else 1,
        trainable=bool(drawn),
        any_axes=axes is None,
        of=of,
        axes=axes,
        channels=channels,
        kernel=given,
        line=line,
    )


class SignalLayer(LayerObject):
    """A function of an image or a signal, ready to be called on it; its kernel is the second array that it takes."""

    def __init__(self, plan: Plan, call: str) -> None:
        super().__init__(plan, call)
        assert isinstance(plan, OpenPlan)
        self.open = plan
        self._given: Array | None = plan.kernel  # the kernel, or what was typed for it
        self._decide((ROOMY,) * (plan.axes or (plan.kernel.ndim if plan.kernel is not None and not plan.line else 2)))

    def settle(self, shape: Sequence[Any]) -> None:
        """Decide on windows, padding and kernel for an input of this shape. Raises `ShapeError`."""
        self._decide(self._sizes(tuple(shape)))

    def _decide(self, sizes: tuple[Any, ...]) -> None:
        kernel, usual = self._kernel(len(sizes)), (USUAL,) * (1 if self.open.line else len(sizes))
        try:
            found = self.open.of(Seen(sizes, usual if kernel is None else kernel.shape))
        except (CallError, ShapeError) as error:
            raise ShapeError(f"{self.call}: {error}") from None
        self.plan = replace(self.open, stages=found.stages, layout=found.layout)
        self.weights.update({name: locked(array) for name, array in found.weights.items()})
        if kernel is not None:
            [shape] = [s.operation.own_window for s in found.stages if isinstance(s.operation, Conv)]
            self.weights["kernel"] = locked(kernel.reshape(shape))

    def _sizes(self, shape: tuple[Any, ...]) -> tuple[Any, ...]:
        axes = self.open.axes
        if axes is None and 1 <= len(shape) <= MOST_AXES:
            return shape
        if axes is not None and len(shape) - axes in (0, int(self.open.channels)):
            return shape[:axes]
        takes = {1: "a signal of one axis", 2: "an image of two axes", None: f"1 to {MOST_AXES} axes"}[axes]
        if self.open.channels:
            takes = "an image, (rows, columns) or (rows, columns, channels)"
        raise ShapeError(f"the input has shape {shape}; {self.call} takes {takes}")

    def _kernel(self, ndim: int) -> Array | None:
        """The kernel for an input of so many axes; of a signal, a row that was typed is one. Raises `ShapeError`."""
        given, due = self._given, 1 if self.open.line else ndim
        if given is None:
            return None
        array = np.array(given)
        if isinstance(given, Grids) and due == 1 and array.ndim == 2 and 1 in array.shape:
            array = array.ravel()
        if array.ndim != due:
            takes = "a line of one axis" if self.open.line else f"a kernel of {due}, as many as its input has"
            mismatch = f"the kernel has {array.ndim} axes, its shape is {array.shape}; {self.call} takes {takes}"
            raise ShapeError(mismatch).of("kernel")
        return array

    def give(self, weights: Mapping[str, Any]) -> None:
        """Set the kernel."""
        super().give(weights)
        self._given = self.weights.get("kernel", self._given)
        if self._given is not None and not isinstance(self._given, Grids):
            ndim = self._given.ndim if self.open.axes is None and not self.open.line else self.open.axes or 2
            self._decide((ROOMY,) * ndim)

    def _drawn(self, operation: Operation, missing: Mapping[str, str], array: Array) -> dict[str, Array]:
        """A kernel that nobody gave, with the axes of the image alone."""
        found = super()._drawn(operation, missing, array)
        assert isinstance(operation, Conv) or not found
        return {own: drawn.reshape(operation.own_window) for own, drawn in found.items() if isinstance(operation, Conv)}


def the_input(name: str, value: Any) -> None:
    """Raises `CallError` where what stands for the input is not a name."""
    if is_name(value):
        return
    if isinstance(value, Call | Scaled):
        raise CallError(
            f"{name}={shown(value)} is a call itself, and nothing is run; write a name such as x, and give its "
            "result as the input"
        )
    raise CallError(f"{name}={shown(value)} stands for the input; write a name such as x, and give the numbers as it")


def nowhere(name: str, value: Any) -> None:
    """Raises `CallError` where a result is to be written into an array of the user's."""
    if value is not None:
        raise CallError(f"{name}={shown(value)} is where the library would write; leave it out")
