"""Numbers for a variant: whole numbers, decimals, fractions, edges, and crops of a real picture.

    input: {integers: {low: -9, high: 9, shape: [4, 4]}}

What is drawn is plain data, as it stands in a manifest. To add a kind: a function here and a line in `KINDS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..arithmetic import Array
from ..dataclass import dataclass
from ..errors import StepwiseError, as_yaml, did_you_mean, listing
from ..io.inputs import sample_digit
from ..nouns import size_of

LARGEST = 10**6
MOST_CELLS = 4096
"""Cells of one drawn array; nobody works out more by hand."""
MOST_PLACES = 6
MOST_AGAIN = 50
"""Crops that are tried before one without any picture in it is taken."""

Shape = tuple[int, ...]
Random = np.random.Generator
FileReader = Callable[[Any], Array]


@dataclass(frozen=True)
class Draw:
    """One way of drawing an array."""

    kind: str
    settings: Mapping[str, Any]
    picture: Array | None = None  # what crops are cut from
    sizes: tuple[tuple[int, int], ...] = ()  # the smallest and largest along each axis, where the file says

    def __call__(self, random: Random, shape: Shape) -> Any:
        """Nested lists of numbers, fractions as words such as `3/4`; `shape` is what the lesson itself has."""
        if self.sizes:
            shape = tuple(int(random.integers(low, high, endpoint=True)) for low, high in self.sizes)
        return KINDS[self.kind][0](self, random, shape)

    @property
    def varies_in_size(self) -> bool:
        """Whether one variant may have another size than the next."""
        return any(low != high for low, high in self.sizes)

    def number(self, name: str, default: int) -> int:
        """One of the settings."""
        return int(self.settings.get(name, default))


def _integers(draw: Draw, random: Random, shape: Shape) -> Any:
    return random.integers(draw.number("low", 0), draw.number("high", 9), shape, endpoint=True).tolist()


def _decimals(draw: Draw, random: Random, shape: Shape) -> Any:
    ten = 10 ** draw.number("places", 1)
    whole = random.integers(draw.number("low", 0) * ten, draw.number("high", 9) * ten, shape, endpoint=True)
    return (whole / ten).tolist()


def _fractions(draw: Draw, random: Random, shape: Shape) -> Any:
    known = draw.settings.get("denominators", [2, 3, 4])
    below = random.choice(np.array(known), shape)
    above = random.integers(draw.number("low", 0) * below, draw.number("high", 4) * below, endpoint=True)
    words = np.array([f"{a}/{b}" for a, b in zip(np.ravel(above), np.ravel(below))], dtype=object)
    return words.reshape(shape).tolist()


def _edges(draw: Draw, random: Random, shape: Shape) -> Any:
    """A dark and a bright side, parted by a straight line that lies upright, level or askew; with a little noise."""
    low, high, noise = draw.number("low", 0), draw.number("high", 9), draw.number("noise", 1)
    rows, columns = (1, 1, *shape)[-2:]
    along = [(1, 0), (0, 1), (1, 1), (1, -1)][int(random.integers(4))]
    place = np.add.outer(np.arange(rows) * along[0], np.arange(columns) * along[1])
    values = np.unique(place)
    bright = place >= values[int(random.integers(1, len(values)))] if len(values) > 1 else place > 0
    if random.integers(2):
        bright = ~bright
    drawn = np.where(bright, high, low) + random.integers(-noise, noise, place.shape, endpoint=True)
    return np.broadcast_to(np.clip(drawn, low, high), (*shape[:-2], rows, columns)).reshape(shape).tolist()


def _crop(draw: Draw, random: Random, shape: Shape) -> Any:
    picture = draw.picture
    assert picture is not None
    sizes = shape if len(shape) <= 2 else tuple(n for n in shape if n != 1) if shape.count(1) == len(shape) - 2 else ()
    if len(sizes) != 2:
        raise StepwiseError(f"crop: gives rows and columns; numbers of shape {shape} are drawn with integers:")
    height, width = sizes
    if height > picture.shape[0] or width > picture.shape[1]:
        raise StepwiseError(
            f"crop: {height}×{width} is larger than the picture, which has {size_of(picture.shape)} pixels; "
            "give smaller sizes in shape:"
        )
    cut = picture
    for _attempt in range(MOST_AGAIN):
        top = int(random.integers(picture.shape[0] - height + 1))
        left = int(random.integers(picture.shape[1] - width + 1))
        cut = picture[top : top + height, left : left + width]
        if np.ptp(cut) > 0:
            break
    by = draw.number("divide", 1)
    return (cut.astype(np.int64) // by).reshape(shape).tolist()


KINDS: dict[str, tuple[Callable[[Draw, Random, Shape], Any], tuple[str, ...]]] = {
    "integers": (_integers, ("low", "high", "shape")),
    "decimals": (_decimals, ("low", "high", "places", "shape")),
    "fractions": (_fractions, ("low", "high", "denominators", "shape")),
    "edges": (_edges, ("low", "high", "noise", "shape")),
    "crop": (_crop, ("mnist", "file", "divide", "shape")),
}


def read_draw(data: Any, where: str, read_file: FileReader) -> Draw:
    """A way of drawing from its mapping. Raises `StepwiseError`, naming what does not fit."""
    if not isinstance(data, Mapping) or len(data) != 1:
        raise StepwiseError(f"{where} takes one of {listing(KINDS)}, such as {{integers: {{low: 0, high: 9}}}}")
    [(kind, settings)] = data.items()
    if kind not in KINDS:
        raise StepwiseError(f"there is no {kind!r} in {where}; it is {listing(KINDS)}.{did_you_mean(str(kind), KINDS)}")
    settings = {} if settings is None else settings
    if not isinstance(settings, Mapping):
        raise StepwiseError(f"found {kind}: {as_yaml(settings)} in {where}, expected keys such as low: and high:")
    known = KINDS[kind][1]
    for key in settings:
        if key not in known:
            raise StepwiseError(
                f"there is no {key!r} in {kind}:; it takes {listing(known)}.{did_you_mean(str(key), known)}"
            )
    _check_numbers(kind, settings)
    picture = _picture(settings, read_file) if kind == "crop" else None
    return Draw(kind, settings, picture, _sizes(settings.get("shape")))


def _picture(settings: Mapping[str, Any], read_file: FileReader) -> Array:
    """What crops are cut from: rows and columns of whole numbers."""
    if ("mnist" in settings) == ("file" in settings):
        raise StepwiseError("crop: takes one picture, mnist: or file:, such as {mnist: 0}")
    picture = sample_digit(settings["mnist"]) if "mnist" in settings else read_file(settings["file"])
    if picture.ndim != 2:
        raise StepwiseError(f"crop: needs a grey picture of rows and columns; this has the shape {picture.shape}")
    known = picture.dtype != object and bool(np.all((picture >= -LARGEST) & (picture <= LARGEST)))
    if not known or bool(np.any(np.floor(picture) != picture)):
        raise StepwiseError(
            f"crop: needs a picture of whole numbers up to {LARGEST:,}, such as 0 to 255; "
            "multiply those of an array from 0 to 1 by 255, and round them"
        )
    return picture


def usual_draw(kind: str, low: Any, high: Any) -> Draw:
    """A way of drawing numbers between two. Raises `StepwiseError` where it cannot be."""
    _check_numbers(kind, {"low": low, "high": high})
    return Draw(kind, {"low": low, "high": high})


def _check_numbers(kind: str, settings: Mapping[str, Any]) -> None:
    for name in ("low", "high", "places", "noise", "divide"):
        value = settings.get(name, 0)
        if type(value) is not int or abs(value) > LARGEST:
            raise StepwiseError(f"found {name}: {as_yaml(value)} in {kind}:, expected a whole number up to {LARGEST:,}")
    low, high = settings.get("low", 0), settings.get("high", 4 if kind == "fractions" else 9)
    if low > high:
        raise StepwiseError(f"in {kind}:, low: {low} is above high: {high}")
    for name, least, most in (("places", 0, MOST_PLACES), ("noise", 0, LARGEST), ("divide", 1, LARGEST)):
        if not least <= settings.get(name, least) <= most:
            raise StepwiseError(
                f"found {name}: {settings[name]} in {kind}:, expected a number from {least} to {most:,}"
            )
    below = settings.get("denominators", [2])
    if not isinstance(below, list) or not below or not all(type(n) is int and 1 <= n <= 1000 for n in below):
        raise StepwiseError(
            f"found denominators: {as_yaml(below)}, expected whole numbers from 1 to 1000, such as [2, 3, 4]"
        )


def _sizes(shape: Any) -> tuple[tuple[int, int], ...]:
    if shape is None:
        return ()
    problem = (
        f"found shape: {as_yaml(shape)}, expected a size for each axis, such as [4, 4], or [[3, 5], [3, 5]] for a range"
    )
    if not isinstance(shape, Sequence) or isinstance(shape, str) or not 1 <= len(shape) <= 4:
        raise StepwiseError(problem)
    found = []
    for entry in shape:
        pair = entry if isinstance(entry, list) else [entry, entry]
        if len(pair) != 2 or not all(type(n) is int and n > 0 for n in pair) or pair[0] > pair[1]:
            raise StepwiseError(problem)
        found.append((pair[0], pair[1]))
    if np.prod([high for _low, high in found], dtype=object) > MOST_CELLS:
        raise StepwiseError(f"shape: {shape!r} has too many cells; at most {MOST_CELLS:,}")
    return tuple(found)
