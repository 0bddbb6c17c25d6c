"""Numbers that stand in a call of image and signal words: arrays such as `np.ones((3, 3)) / 9`, and names such as
`cv2.BORDER_REFLECT`. They are read as what they are; nothing is run.

To add a way to make an array: a line in `MAKERS`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ...arithmetic import Array
from ...errors import CallError, did_you_mean, listing, shown
from ...io.inputs import as_array
from ...layers.calls import Call, Name, Scaled
from ...layers.words import number, one_of, whole
from .gaussians import opencv_weights

MOST_CELLS = 10_000
"""Cells of an array that a call may make."""


def is_name(value: Any) -> bool:
    """Whether a value is a plain name, which stands for an array that is given elsewhere."""
    return isinstance(value, Name) and "." not in value.name


def array_of(name: str, value: Any) -> Array:
    """The numbers of an array that stands in a call: a list, or what makes one. Raises `CallError`.

    >>> array_of("kernel", [[0, 1], [1, -2]]).tolist()
    [[0, 1], [1, -2]]
    """
    match value:
        case Scaled(made=made, factor=factor, divided=divided):
            array = array_of(name, made)
            return np.asarray(array / factor if divided else array * factor)
        case Call() if value.name in MAKERS:
            return MAKERS[value.name](name, value)
        case Call():
            raise CallError(
                f"{name}={shown(value)} is a call, and nothing is run; write the numbers, or one of "
                f"{listing(f'np.{maker}(…)' for maker in ('array', 'ones', 'zeros', 'full', 'eye', 'outer'))}"
            )
        case list() | tuple() | np.ndarray():
            return as_array(list(value) if isinstance(value, tuple) else value, name)
        case int() | float() if not isinstance(value, bool):
            return np.asarray(value)
    raise CallError(f"{name}={shown(value)} is not an array; write a name, a list of numbers, or np.ones((3, 3))")


def full_window(name: str, value: Any, axes: int | None = None, noun: str = "one") -> tuple[int, ...]:
    """The size of a window of ones, with so many axes. Raises `CallError` for one that leaves cells out."""
    cells = array_of(name, value)
    if axes not in (None, cells.ndim) or not np.all(cells):
        raise CallError(f"{name}={shown(value)} leaves cells of its window out; only a full {noun} is carried out")
    return cells.shape


def _arguments(name: str, call: Call, parameters: str) -> dict[str, Any]:
    """The arguments of a call that makes an array, by name. Raises `CallError` for one that it does not take."""
    known = parameters.split()
    if len(call.arguments) > len(known):
        raise CallError(f"{name}={shown(call)} has {len(call.arguments)} arguments; it takes {listing(known)}")
    given = {**dict(zip(known, call.arguments)), **call.keywords}
    for one in given:
        if one not in known:
            raise CallError(f"{name}={shown(call)}: there is no parameter {one}; it takes {listing(known)}")
    return given


def _shape(name: str, value: Any) -> tuple[int, ...]:
    entries = value if isinstance(value, tuple | list) else (value,)
    shape = tuple(whole(f"the shape of {name}", n) for n in entries)
    if len(shape) > 3 or math.prod(shape) > MOST_CELLS:
        raise CallError(f"{name} of shape {shape} is too large; up to 3 axes and {MOST_CELLS:,} cells are made here")
    return shape


def _filled(value: float) -> Callable[[str, Call], Array]:
    def make(name: str, call: Call) -> Array:
        given = _arguments(name, call, "shape dtype")
        return _typed(np.full(_shape(name, given.get("shape")), value), given.get("dtype"))

    return make


def _full(name: str, call: Call) -> Array:
    given = _arguments(name, call, "shape fill_value dtype")
    return np.full(_shape(name, given.get("shape")), number("fill_value", given.get("fill_value")))


def _eye(name: str, call: Call) -> Array:
    given = _arguments(name, call, "N M dtype")
    [rows, columns] = _shape(name, (given.get("N"), given.get("M", given.get("N"))))
    return np.eye(rows, columns)


def _listed(name: str, call: Call) -> Array:
    given = _arguments(name, call, "object dtype")
    return _typed(array_of(name, given.get("object")), given.get("dtype"))


def _outer(name: str, call: Call) -> Array:
    given = _arguments(name, call, "a b")
    return np.outer(array_of(name, given.get("a")), array_of(name, given.get("b")))


def _element(name: str, call: Call) -> Array:
    """`cv2.getStructuringElement(cv2.MORPH_RECT, (3, 3))`: the size is (width, height)."""
    given = _arguments(name, call, "shape ksize anchor")
    if constant("shape", given.get("shape"), {"MORPH_RECT": 0}) != 0:
        raise CallError(f"{name}={shown(call)}: only the full rectangle, cv2.MORPH_RECT, is carried out")
    return np.ones(_shape(name, given.get("ksize"))[::-1], dtype=np.int64)


def _gaussian(name: str, call: Call) -> Array:
    """`cv2.getGaussianKernel(5, 1.0)`: a column."""
    given = _arguments(name, call, "ksize sigma ktype")
    return opencv_weights(whole("ksize", given.get("ksize")), number("sigma", given.get("sigma")))[:, np.newaxis]


MAKERS: dict[str, Callable[[str, Call], Array]] = {
    "array": _listed,
    "asarray": _listed,
    "float32": _listed,
    "float64": _listed,
    "ones": _filled(1.0),
    "zeros": _filled(0.0),
    "full": _full,
    "eye": _eye,
    "identity": _eye,
    "outer": _outer,
    "getStructuringElement": _element,
    "getGaussianKernel": _gaussian,
}

DTYPES = {
    "float16", "float32", "float64", "float", "single", "double",
    "int", "int8", "int16", "int32", "int64", "uint8", "uint16",
}  # fmt: skip


def _typed(array: Array, dtype: Any) -> Array:
    """Whole numbers where a type of whole numbers is asked for; all decimals are carried out in double precision."""
    word = dtype.name.rpartition(".")[2] if isinstance(dtype, Name) else dtype
    if word is not None and word not in DTYPES:
        raise CallError(f"dtype={shown(dtype)} is not a type that is known here.{did_you_mean(str(word), DTYPES)}")
    return array.astype(np.int64) if word is not None and "int" in word else array


def constant(name: str, value: Any, known: Mapping[str, int]) -> int:
    """A constant by its name, with or without what stands before it, or as the number that it is. Raises `CallError`.

    >>> constant("ddepth", Name("cv2.CV_64F"), {"CV_64F": 6}), constant("ddepth", 6, {"CV_64F": 6})
    (6, 6)
    """
    if isinstance(value, Name):
        return one_of(name, value.name.rpartition(".")[2].lower(), {word.lower(): n for word, n in known.items()})
    if isinstance(value, int) and not isinstance(value, bool) and value in known.values():
        return value
    raise CallError(f"{name}={shown(value)} is not known; it is {listing(f'cv2.{word}' for word in known)}")
