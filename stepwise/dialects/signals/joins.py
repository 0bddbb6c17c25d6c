"""Two filters of one image, joined: `np.hypot(cv2.Sobel(img, cv2.CV_64F, 1, 0), cv2.Sobel(img, cv2.CV_64F, 0, 1))`.

What is joined are calls of filters that bring their kernels along; both are carried out on the same input.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ...errors import CallError, ShapeError, shown
from ...io.inputs import locked, taken
from ...layers.calls import Call
from ...layers.dialect import bind
from ...layers.grids import arranged
from ...layers.layer import LayerObject, Plan, Stage
from ...layers.words import yes_or_no
from ...ops import Direction, Magnitude
from ...traces.operation import Layer, Operation
from ...traces.recording import record
from ...traces.trace import Trace, chain
from .layer import LAYOUT

DEGREES = ("degrees", "rad2deg")


def _phase(angleInDegrees: Any = False) -> Operation:
    return Direction(run_first=True, full=True, degrees=yes_or_no("angleInDegrees", angleInDegrees))


JOINS: dict[tuple[str, str], Callable[..., Operation]] = {
    ("numpy", "hypot"): lambda: Magnitude(),
    ("cv2", "magnitude"): lambda: Magnitude(),
    ("numpy", "arctan2"): lambda: Direction(),
    ("cv2", "phase"): _phase,
}
"""Which functions join two filters, by their library, with what they take beside these."""


class JoinLayer(LayerObject):
    """A function of two filters' outputs; it is called on the image itself."""

    def __init__(self, operation: Operation, parts: Sequence[LayerObject], call: str, dialect: str) -> None:
        super().__init__(Plan((Stage(operation),), LAYOUT, any_axes=True), call)
        self.dialect = dialect
        self.parts = tuple(parts)
        self._made = 1 + sum(part.made for part in parts)

    def settle(self, shape: Sequence[Any]) -> None:
        """Decide on the windows of both."""
        for part in self.parts:
            part.settle(shape)

    @property
    def made(self) -> int:
        """Those of both filters, padding that they share once, and their join."""
        return self._made

    def run(self, inputs: Mapping[str, Any]) -> Trace:
        """Carry both filters out on the input, and join what they give; padding that both add is added once."""
        given = arranged(inputs["input"], [self.parts[0].plan])
        image = given if isinstance(given, Trace) else locked(taken(given))
        made = self._shared([part.run({"input": image}) for part in self.parts])
        if made[0].shape != made[1].shape:
            raise ShapeError(
                f"{self.call}: its two filters give {made[0].shape} and {made[1].shape}; they must be alike"
            )
        names = ("input", "input_1")
        before = chain(image) if isinstance(image, Trace) else []
        self._made = 1 + len({id(trace) for each in made for trace in chain(each)}) - len(before)
        layer = Layer(self.plan.stages[0].operation, LAYOUT, self.dialect, self.call)
        return record(layer, {n: t.output for n, t in zip(names, made)}, dict(zip(names, made)))

    def _shared(self, made: list[Trace]) -> list[Trace]:
        """The two, of which the second looks at what the first one padded, where it is the same."""
        one, other = (trace.parents.get("input") for trace in made)
        if one is None or other is None or one.layer.operation != other.layer.operation or one.layer.stage:
            return made
        if other.layer.stage or not np.array_equal(one.inputs["input"], other.inputs["input"]):
            return made
        second = made[1]
        again = record(second.layer, {**second.inputs, "input": one.output}, {"input": one}, second.origins)
        return [made[0], again]


def join(library: str, call: Call, understood: Callable[[Call], LayerObject]) -> JoinLayer:
    """The layer of a call that joins two filters. Raises `CallError` where it does not name them."""
    if call.name in DEGREES:
        return _in_degrees(call, understood)
    make, parts = JOINS[library, call.name], list(call.arguments[:2])
    rest, keywords = call.arguments[2:], dict(call.keywords)
    if library == "cv2" and rest[:1] == (None,):  # where the result would be written
        rest = rest[1:]
    if library != "cv2" and (rest or keywords):
        raise CallError(f"{shown(call)}: {call.name} takes two filters here, and nothing beside them")
    bind(call.name, make, tuple(rest), keywords)
    if len(parts) != 2 or not all(isinstance(part, Call) for part in parts):
        raise CallError(
            f"{shown(call)} joins two filters of one image; write their calls in it, such as "
            "np.hypot(cv2.Sobel(img, cv2.CV_64F, 1, 0), cv2.Sobel(img, cv2.CV_64F, 0, 1))"
        )
    layers = [understood(part) for part in parts]
    for layer in layers:
        if layer.plan.initializers or isinstance(layer, JoinLayer):
            raise CallError(
                f"{layer} cannot be joined here; it takes a filter that brings its kernel along, as Sobel does"
            )
    return JoinLayer(make(*rest, **keywords), layers, call.text, library)


def _in_degrees(call: Call, understood: Callable[[Call], LayerObject]) -> JoinLayer:
    """`np.degrees(np.arctan2(…, …))`"""
    inner = call.arguments[0] if len(call.arguments) == 1 and not call.keywords else None
    if not isinstance(inner, Call) or inner.name != "arctan2":
        raise CallError(f"{shown(call)} is read around an angle, such as np.degrees(np.arctan2(…, …))")
    layer = understood(inner)
    assert isinstance(layer, JoinLayer)
    return JoinLayer(Direction(degrees=True), layer.parts, call.text, layer.dialect)
