"""ONNX's operators that move numbers, and those that join several inputs. To add one: a function, and a line in
`SHAPES`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..effort import MOST_CELLS
from ..errors import CallError, ShapeError, shown
from ..layers.layer import Plan
from ..layers.words import LARGEST, number, one_of, whole, yes_or_no
from ..ops import Add, Concat, Divide, Flatten, Identity, Multiply, Pad, Reshape, Subtract, Transpose
from ..ops.pad import Mode
from ..traces.operation import Operation
from ..traces.trace import Trace
from .onnx_folds import axes_of, lined_up
from .onnx_tensors import MOST_AXES

if TYPE_CHECKING:
    pass
from .onnx_node import Node, plainly, shape_of, single

PAD_MODES: dict[str, Mode] = {"constant": "constant", "reflect": "reflect", "edge": "replicate", "wrap": "circular"}


def _flatten(node: Node, axis: Any = 1) -> Plan:
    return single(Flatten(whole("axis", axis, least=-32), to_matrix=True))


def _pad(node: Node, mode: Any = "constant", pads: Any = None, value: Any = 0.0, paddings: Any = None) -> Plan:
    given = node.wholes(1, "pads")
    said = [pads or paddings or ()] if given is None else [given]
    flat = [number for one in said for number in (one if isinstance(one, list | tuple) else [one])]
    x, axes = node.array(0), node.wholes(3, "axes")
    ndim = len(flat) // 2 if x is None else x.ndim
    chosen = list(range(ndim)) if axes is None else axes_of(axes, ndim)
    if len(flat) != 2 * len(chosen):
        raise CallError(f"pads has {len(flat)} entries; {2 * len(chosen)} are needed, two for each axis")
    lines = [(0, 0)] * ndim
    for axis, before, after in zip(chosen, flat[: len(chosen)], flat[len(chosen) :]):
        lines[axis] = (whole("pads", before, -LARGEST), whole("pads", after, -LARGEST))
    constant = node.single(2, "constant_value")
    filling = number("value", value, endless=True) if constant is None else constant
    return single(Pad(tuple(lines), one_of("mode", mode, PAD_MODES), filling, all_axes=True))


def _of_two(operation: Operation) -> Callable[..., Plan]:
    """Before opset 7 the second input is repeated only where `broadcast` is 1, from `axis` on (see `as_second`)."""

    def plan(node: Node, axis: Any = None, broadcast: Any = 0) -> Plan:
        a, b = node.array(0), node.array(1)
        shapes = {x.shape for x in (a, b) if x is not None}
        if node.opset < 7 and len(shapes) > 1 and not yes_or_no("broadcast", broadcast):
            both = " and ".join(map(str, sorted(shapes)))
            raise CallError(f"inputs of shapes {both} do not go together without broadcast=1")
        return single(operation)

    return plan


def as_second(x: Any, ndim: int, axis: int) -> Any:
    """What `axis` of an operator before opset 7 makes of the second input: its first axis meets that of the first."""
    shape = np.shape(x)
    lined = lined_up(np.broadcast_to(np.zeros(()), shape), ndim, axis).shape
    if lined == shape:
        return x
    if isinstance(x, Trace):
        raise CallError(f"axis={axis} is carried out for constants; the second input comes from the network's own here")
    return np.reshape(x, lined)


def _concat(node: Node, axis: Any) -> Plan:
    return single(Concat(whole("axis", axis, least=-32)))


def _wholes(name: str, value: Any) -> list[int] | None:
    """An attribute that is a list of whole numbers, as it is given. Raises `CallError` for anything else."""
    if value is None:
        return None
    if not isinstance(value, list | tuple):
        raise CallError(f"{name}={shown(value)} must be a list of whole numbers, such as [1]")
    return [whole(name, one, least=-LARGEST) for one in value]


def _slice(node: Node, starts: Any = None, ends: Any = None, axes: Any = None) -> Plan:
    """Lines that are cut off before and after; each step is one cell."""
    shape = shape_of(node)
    first, last = (
        node.wholes(place, name) or _wholes(name, given)
        for place, name, given in ((1, "starts", starts), (2, "ends", ends))
    )
    if first is None or last is None:
        raise CallError("where it starts and ends must be given; use onnx.node")
    given = node.wholes(3, "axes") or axes
    chosen = list(range(len(first))) if given is None else axes_of(given, len(shape))
    steps = node.wholes(4, "steps") or [1] * len(first)
    if not len(first) == len(last) == len(chosen) == len(steps) or len(chosen) > len(shape):
        raise CallError(f"starts={first}, ends={last}, axes={chosen} and steps={steps} do not go together")
    if set(steps) != {1}:
        raise CallError(f"steps={steps} is not carried out; cells that follow one another are cut out here")
    lines = [(0, 0)] * len(shape)
    for axis, start, end in zip(chosen, first, last):
        kept = range(shape[axis])[start:end]
        if not kept:
            raise CallError(f"nothing of axis {axis}, which has {shape[axis]} cells, lies from {start} to {end}")
        lines[axis] = (-kept[0], kept[-1] + 1 - shape[axis])
    return single(Pad(tuple(lines), all_axes=True))


MOST_COPIES = 64
"""As many times an array is put beside itself."""


def copies(node: Node) -> tuple[int, int]:
    """Along which axis Tile repeats its input, and how many times it then stands there. Raises `CallError`."""
    shape, repeats = shape_of(node), node.wholes(1, "repeats") or []
    if len(repeats) != len(shape) or min(repeats, default=1) < 1:
        raise CallError(
            f"repeats={repeats} must have a whole number above 0 for each axis of an input of shape {shape}"
        )
    along = [axis for axis, count in enumerate(repeats) if count > 1] or [0]
    if len(along) > 1:
        raise CallError(f"repeats={repeats} is not carried out; an array is repeated along one axis at a time here")
    if not shape or repeats[along[0]] > MOST_COPIES:
        raise CallError(f"repeats={repeats} is not carried out; at most {MOST_COPIES} copies are put side by side")
    return along[0], repeats[along[0]]


def _tile(node: Node) -> Plan:
    """The input beside itself; its copies are further inputs (see `copies`)."""
    axis, count = copies(node)
    return single(Identity() if count == 1 else Concat(axis))


def _reshape(node: Node, allowzero: Any = 0, shape: Any = None) -> Plan:
    x, wanted = node.array(0), node.wholes(1, "shape")
    if wanted is None and node.opset < 5 and shape is not None:
        wanted = [whole("shape", n, least=-1) for n in shape]
    if wanted is None:
        raise CallError("the shape must be given; use onnx.node")
    if not yes_or_no("allowzero", allowzero) and x is not None:  # 0 stands for the input's own size
        wanted = [x.shape[i] if n == 0 and i < x.ndim else n for i, n in enumerate(wanted)]
    return single(Reshape(tuple(whole("shape", n, least=-1, most=MOST_CELLS) for n in wanted)))


def _squeeze(node: Node, axes: Any = None) -> Plan:
    shape, given = shape_of(node), node.wholes(1, "axes")
    chosen = given if given is not None else axes
    gone = [i for i, n in enumerate(shape) if n == 1] if chosen is None else axes_of(chosen, len(shape))
    if any(shape[axis] != 1 for axis in gone):
        raise ShapeError(f"axes {sorted(gone)} of an input of shape {shape} cannot be left out: not all have length 1")
    return single(Reshape(tuple(n for i, n in enumerate(shape) if i not in gone)))


def _unsqueeze(node: Node, axes: Any = None) -> Plan:
    shape, given = shape_of(node), node.wholes(1, "axes")
    chosen = given if given is not None else _wholes("axes", axes)
    if chosen is None:
        raise CallError("axes must be given: where an axis of length 1 is put in")
    ndim = len(shape) + len(chosen)
    if ndim > MOST_AXES:
        raise CallError(f"the result would have {ndim} axes; at most {MOST_AXES} are carried out")
    rest = iter(shape)
    new = axes_of(chosen, ndim)
    return single(Reshape(tuple(1 if axis in new else next(rest, 1) for axis in range(ndim))))


def _transpose(node: Node, perm: Any = None) -> Plan:
    order = _wholes("perm", perm) or ()
    return single(Transpose(tuple(whole("perm", axis, least=0) for axis in order)))


SHAPES: dict[str, Callable[..., Plan]] = {
    "Flatten": _flatten,
    "Pad": _pad,
    "Add": _of_two(Add()),
    "Sum": plainly(Add()),
    "Mul": _of_two(Multiply()),
    "Sub": _of_two(Subtract()),
    "Div": _of_two(Divide()),
    "Concat": _concat,
    "Slice": _slice,
    "Tile": _tile,
    "Reshape": _reshape,
    "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze,
    "Transpose": _transpose,
}
