"""What an ONNX graph works out of shapes and constants alone: at once, on plain arrays, leaving no trace.

Each function checks what it takes, says how many numbers it would give, and only then makes them: `Budget` bounds what
one graph may make so. To add an operator: a function, and a line in `FOLDED`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..arithmetic import Array
from ..dataclass import dataclass
from ..effort import MOST_CELLS
from ..errors import CallError, counted, shown
from .onnx_tensors import DTYPES, MOST_AXES, dtype_of

SPARE = 2**22
"""So many numbers a graph may make of its constants, and eight times as many as it has itself."""


class Budget:
    """How many numbers a graph may still make of its constants."""

    def __init__(self, constants: Mapping[str, Array]) -> None:
        self.most = SPARE + 8 * sum(array.size for array in constants.values())
        self.left = self.most

    def spend(self, cells: int) -> None:
        """Take so many away. Raises `CallError` where there are not as many left."""
        if cells > MOST_CELLS:
            raise CallError(f"it would give {cells:,} numbers; at most {MOST_CELLS:,} are worked out")
        self.left -= cells
        if self.left < 0:
            raise CallError(f"what is made of the constants up to here has more than {self.most:,} numbers")


@dataclass(frozen=True)
class Fold:
    """One node: what it takes, its attributes, and what is left to be spent."""

    given: Sequence[Array | None]
    attributes: Mapping[str, Any]
    opset: int
    budget: Budget

    def array(self, number: int = 0) -> Array:
        """An input that cannot be left out. Raises `CallError`."""
        found = self.optional(number)
        if found is None:
            raise CallError(f"its input {number} is missing")
        if found.dtype == object:  # whole numbers that no type holds, made by an operator before it
            raise CallError(f"its input {number} has whole numbers that are too large")
        return found

    def optional(self, number: int) -> Array | None:
        """An input, None where it is left out."""
        return self.given[number] if number < len(self.given) else None

    def wholes(self, number: int, name: str) -> list[int] | None:
        """Whole numbers from an input, or, as older opsets have it, from an attribute; None where neither is there."""
        array = self.optional(number)
        if array is None:
            found = self.attributes.get(name)
            return None if found is None else list(found)
        return wholes(array, name)

    def spend(self, cells: int) -> None:
        """So many cells more. Raises what `Budget.spend` raises, where they are too many."""
        self.budget.spend(cells)


def wholes(array: Array, name: str) -> list[int]:
    """The whole numbers of an array that stands for a shape or for axes. Raises `CallError` for any other."""
    if array.dtype.kind not in "iu" or array.ndim > 1 or array.size > 2 * MOST_AXES:
        raise CallError(f"{name} must be a short row of whole numbers, not {array.dtype} of shape {array.shape}")
    return [int(n) for n in array.ravel()]


def axis_of(axis: int, ndim: int) -> int:
    """An axis counted from the first. Raises `CallError` for one there is none of."""
    if not -ndim <= axis < ndim:
        raise CallError(f"there is no axis {axis} in an array with {counted(ndim, 'axis')}")
    return axis % ndim


def axes_of(axes: Sequence[int], ndim: int) -> list[int]:
    """Axes counted from the first, each named once. Raises `CallError`."""
    if not isinstance(axes, list | tuple | np.ndarray):
        raise CallError(f"axes={shown(axes)} must be a list of axes, such as [1]")
    found = [axis_of(axis, ndim) for axis in axes]
    if len(set(found)) != len(found):
        raise CallError(f"axes={list(axes)} names an axis twice")
    return found


def _constant(fold: Fold) -> Array:
    kinds = {"value_float": np.float32, "value_floats": np.float32, "value_int": np.int64, "value_ints": np.int64}
    if len(fold.attributes) != 1:
        raise CallError(f"it must have one value, and has {len(fold.attributes)}")
    [(name, value)] = fold.attributes.items()
    if name == "value":
        return np.asarray(value)
    if name not in kinds:
        raise CallError("it holds words, or an array of another kind, where numbers belong")
    return np.asarray(value, dtype=kinds[name])


def _shape(fold: Fold) -> Array:
    chosen = slice(fold.attributes.get("start"), fold.attributes.get("end"))
    return np.array(fold.array().shape[chosen], dtype=np.int64)


def _size(fold: Fold) -> Array:
    return np.array(fold.array().size, dtype=np.int64)


def _filled(fold: Fold) -> Array:
    value = fold.attributes.get("value", np.zeros(1, dtype=np.float32))
    shape = wholes(fold.array(), "its shape")
    if value.size != 1:
        raise CallError(f"it fills an array with one number, and has {value.size}")
    if len(shape) > MOST_AXES or any(not 0 <= n <= 10**6 for n in shape) or math.prod(shape) > 10**7:
        raise CallError(f"an array of shape {shape} is asked for, larger than any shape needs")
    fold.spend(math.prod(shape))
    return np.full(shape, value.ravel()[0])


def _cast(fold: Fold) -> Array:
    to = fold.attributes["to"]
    if isinstance(to, str):  # in opset 1, its name
        names = {DTYPES[kind][0]: kind for kind in DTYPES} | {"float": 1, "double": 11}
        to = names.get(to.lower(), 0)
    dtype = dtype_of(to)
    if dtype is None:
        raise CallError(f"to={fold.attributes['to']!r} is no type of numbers that is worked out here")
    fold.spend(fold.array().size)
    return fold.array().astype(dtype)


def _gather(fold: Fold) -> Array:
    data, chosen = fold.array(), fold.array(1)
    axis = axis_of(fold.attributes.get("axis", 0), data.ndim)
    if chosen.dtype.kind not in "iu":
        raise CallError(f"its indices must be whole numbers, not {chosen.dtype}")
    size = data.shape[axis]
    if chosen.size and not -size <= int(chosen.min()) <= int(chosen.max()) < size:
        raise CallError(f"its indices reach beyond axis {axis}, which has {size} cells")
    fold.spend(data.size // max(1, size) * chosen.size)
    return np.take(data, chosen.astype(np.int64), axis=axis)


def _slice(fold: Fold) -> Array:
    x = fold.array()
    starts, ends = fold.wholes(1, "starts"), fold.wholes(2, "ends")
    if starts is None or ends is None:
        raise CallError("where it starts and ends is missing")
    given = fold.wholes(3, "axes")
    axes = axes_of(list(range(len(starts))) if given is None else given, x.ndim)
    steps = fold.wholes(4, "steps") or [1] * len(starts)
    if not len(starts) == len(ends) == len(axes) == len(steps) or 0 in steps:
        raise CallError(f"starts={starts}, ends={ends}, axes={axes} and steps={steps} do not go together")
    chosen = [slice(None)] * x.ndim
    for start, end, axis, step in zip(starts, ends, axes, steps):
        beyond = end < -x.shape[axis] if step < 0 else False  # as far as the first, and that one too
        chosen[axis] = slice(start, None if beyond else end, step)
    fold.spend(math.prod(len(range(*one.indices(n))) for one, n in zip(chosen, x.shape)))
    return x[tuple(chosen)]


def _squeeze(fold: Fold) -> Array:
    x, given = fold.array(), fold.wholes(1, "axes")
    axes = [i for i, n in enumerate(x.shape) if n == 1] if given is None else axes_of(given, x.ndim)
    if any(x.shape[axis] != 1 for axis in axes):
        raise CallError(f"axes {axes} of an array of shape {x.shape} cannot be left out: not all have length 1")
    fold.spend(x.size)
    return np.squeeze(x, tuple(axes))


def _unsqueeze(fold: Fold) -> Array:
    x, given = fold.array(), fold.wholes(1, "axes") or []
    if x.ndim + len(given) > MOST_AXES:
        raise CallError(f"it would have {x.ndim + len(given)} axes; at most {MOST_AXES} are worked out")
    fold.spend(x.size)
    return np.expand_dims(x, tuple(axes_of(given, x.ndim + len(given))))


def _concat(fold: Fold) -> Array:
    arrays = [fold.array(number) for number in range(len(fold.given))]
    first = arrays[0]
    if not first.ndim:
        raise CallError("single numbers have no axis to be put side by side along")
    axis = axis_of(fold.attributes.get("axis", 1), first.ndim)
    others = {(*array.shape[:axis], *array.shape[axis + 1 :]) for array in arrays}
    if len(others) > 1 or any(array.ndim != first.ndim for array in arrays):
        raise CallError(f"arrays of shapes {', '.join(str(a.shape) for a in arrays[:4])} cannot be put side by side")
    fold.spend(sum(array.size for array in arrays))
    return np.concatenate(arrays, axis=axis)


def _reshape(fold: Fold) -> Array:
    x, wanted = fold.array(), fold.wholes(1, "shape")
    if wanted is None:
        raise CallError("the shape is missing")
    if not fold.attributes.get("allowzero"):
        wanted = [x.shape[i] if n == 0 and i < x.ndim else n for i, n in enumerate(wanted)]
    known = math.prod(n for n in wanted if n != -1)
    if wanted.count(-1) > 1 or min(wanted, default=0) < -1 or len(wanted) > MOST_AXES:
        raise CallError(f"{wanted} is no shape")
    if known != x.size and not (-1 in wanted and known and x.size % known == 0):
        raise CallError(f"an array of shape {x.shape} cannot be given the shape {wanted}")
    fold.spend(x.size)
    return x.reshape(wanted)


def _transpose(fold: Fold) -> Array:
    x = fold.array()
    order = fold.attributes.get("perm", list(range(x.ndim))[::-1])
    if sorted(order) != list(range(x.ndim)):
        raise CallError(f"perm={order} does not name each of {x.ndim} axes once")
    fold.spend(x.size)
    return x.transpose(order)


def _identity(fold: Fold) -> Array:
    return fold.array()


def _of_two(of: Callable[[Array, Array], Any]) -> Callable[[Fold], Array]:
    def folded(fold: Fold) -> Array:
        a, b = fold.array(), fold.array(1)
        if a.shape != b.shape and fold.attributes.get("broadcast") and "axis" in fold.attributes:  # before opset 7
            b = lined_up(b, a.ndim, fold.attributes["axis"])
        for n, m in zip(a.shape[::-1], b.shape[::-1]):
            if n != m and 1 not in (n, m):
                raise CallError(f"arrays of shapes {a.shape} and {b.shape} do not go together")
        fold.spend(math.prod(np.broadcast_shapes(a.shape, b.shape)))
        if a.dtype.kind == "b" or b.dtype.kind == "b":
            raise CallError("it takes numbers, not what is true or false")
        return np.asarray(of(a, b))

    return folded


def lined_up(b: Array, ndim: int, axis: int) -> Array:
    """The smaller array of an operator before opset 7, whose first axis meets axis `axis` of the larger."""
    first = axis_of(axis, max(ndim, 1))
    if first + b.ndim > ndim:
        raise CallError(
            f"an array of shape {b.shape} does not fit from axis {axis} on of one of {counted(ndim, 'axis')}"
        )
    return b.reshape((*b.shape, *(1,) * (ndim - first - b.ndim)))


def _quotient(a: Array, b: Array) -> Array:
    """Of whole numbers towards 0, as the standard has it."""
    if np.result_type(a, b).kind == "f":
        return np.asarray(a / b)
    if not np.all(b):
        raise CallError("a whole number is divided by 0")
    exact = a // b
    return np.asarray(exact + ((exact < 0) & (exact * b != a)))


FOLDED: dict[str, Callable[[Fold], Array]] = {
    "Constant": _constant,
    "Shape": _shape,
    "Size": _size,
    "ConstantOfShape": _filled,
    "Cast": _cast,
    "Gather": _gather,
    "Slice": _slice,
    "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze,
    "Concat": _concat,
    "Reshape": _reshape,
    "Transpose": _transpose,
    "Identity": _identity,
    "Add": _of_two(np.add),
    "Sub": _of_two(np.subtract),
    "Mul": _of_two(np.multiply),
    "Div": _of_two(_quotient),
}

ALWAYS = ("Constant", "Shape", "Size")
"""What is worked out at once whatever goes in: only the shape of it counts."""
