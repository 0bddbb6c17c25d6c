"""Where windows lie, one axis at a time: sizes, padding decisions, starts and taps. There is no array in here.

Along an axis of `n` cells, a window of `k` cells spaced `d` apart spans `(k - 1)·d + 1` cells, and moves by `s`:

    VALID   output = ⌊(n - span) / s⌋ + 1                padding = 0
    SAME    output = ⌈n / s⌉                             padding = max((output - 1)·s + span - n, 0)

and an odd line of padding goes after the data (Keras, ONNX's SAME_UPPER) or before it (SAME_LOWER).
Sources: TensorFlow's "Notes on padding", ONNX's operator specification, Dumoulin & Visin, arXiv:1603.07285, §2 and §4.

Axes are independent of each other, so a geometry costs as much as its axes together, never as much as their product.
To add a padding rule: a name in `RULES`, a branch in `decide`, a sentence in `PaddingDecision.reason`, and its
definition by hand in `replay.py`, against which it is checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

from .errors import ShapeError
from .formula import Ceiling, Difference, Equality, Floor, Formula, Function, Number, Product, Quotient, Sum
from .language import _, plural

Rule: TypeAlias = Literal["valid", "same_upper", "same_lower"]
RULES: tuple[Rule, ...] = ("valid", "same_upper", "same_lower")
Side: TypeAlias = Literal["before", "after"]

_AXIS_NAMES = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}


def axis_names(count: int) -> tuple[str, ...]:
    """What the field calls the spatial axes, outermost first.

    >>> axis_names(2)
    ('height', 'width')
    """
    return _AXIS_NAMES.get(count, tuple(f"axis {i}" for i in range(count)))


@dataclass(frozen=True)
class PaddingDecision:
    """How many lines of padding one axis gets, on which side, and why.

    >>> p = decide("same_upper", size=2, window=2, stride=1)
    >>> (p.total, p.before, p.after), str(p.formula), str(p.output_formula)
    ((1, 0, 1), '(2 - 1)·1 + 2 - 2 = 1', '⌈2 / 1⌉ = 2')
    >>> print(p.reason)
    SAME asks for ⌈2 / 1⌉ = 2 outputs; their windows need (2 - 1)·1 + 2 - 2 = 1 line more than there is. 1 is odd, and \
the odd line goes after the data: 0 before, 1 after.
    """

    rule: Rule
    size: int  # cells of data along the axis
    window: int  # cells of the window
    stride: int
    dilation: int  # distance between neighbouring cells of the window; 1 = touching
    output: int  # windows along the axis
    before: int  # lines of padding at the top or left
    after: int  # lines of padding at the bottom or right

    @property
    def total(self) -> int:
        """Lines of padding on both sides together."""
        return self.before + self.after

    @property
    def span(self) -> int:
        """Cells from the window's first to its last, gaps included."""
        return (self.window - 1) * self.dilation + 1

    @cached_property
    def output_formula(self) -> Equality:
        """The number of windows, with this axis's numbers put in."""
        counted: Formula
        if self.rule == "valid":
            free = Difference(Number(self.size), Number(self.span))
            counted = Sum((Floor(Quotient(free, Number(self.stride))), Number(1)))
        else:
            counted = Ceiling(Quotient(Number(self.size), Number(self.stride)))
        return Equality(counted, Number(self.output))

    @cached_property
    def formula(self) -> Equality:
        """The total padding, with this axis's numbers put in; `max(…, 0)` is written only where it matters."""
        if self.rule == "valid":
            return Equality(Number(0), Number(0))
        moved = Product((Difference(Number(self.output), Number(1)), Number(self.stride)))
        needed = Difference(Sum((moved, Number(self.span))), Number(self.size))
        if (self.output - 1) * self.stride + self.span >= self.size:
            return Equality(needed, Number(self.total))
        return Equality(Function("max", (needed, Number(0))), Number(self.total))

    @property
    def reason(self) -> str:
        """The decision in words, in the current language."""
        if self.rule == "valid":
            return _("VALID adds no padding: every window stays inside the data.")
        asked = _("SAME asks for {output} outputs;").format(output=self.output_formula)
        if self.total == 0:
            enough = _("their windows fit without padding, as {formula}.").format(formula=self.formula)
            return f"{asked} {enough}"
        need = plural(
            "their windows need {{formula}} line more than there is.",
            "their windows need {{formula}} lines more than there are.",
            self.total,
        ).format(formula=self.formula)
        return f"{asked} {need} {self._split}"

    @property
    def _split(self) -> str:
        numbers = _("{before} before, {after} after").format(before=self.before, after=self.after)
        if self.total % 2 == 0:
            return _("That is even and is split in half: {numbers}.").format(numbers=numbers)
        if self.rule == "same_upper":
            why = _("{total} is odd, and the odd line goes after the data: {numbers}.")
        else:
            why = _("{total} is odd, and under SAME_LOWER the odd line goes before the data: {numbers}.")
        return why.format(total=self.total, numbers=numbers)


def decide(rule: Rule, size: int, window: int, stride: int, dilation: int = 1) -> PaddingDecision:
    """The padding that a rule gives one axis.

    Raises `ShapeError` where not one window fits.

    >>> decide("same_lower", size=4, window=3, stride=2).before
    1
    """
    span = (window - 1) * dilation + 1
    if rule == "valid":
        if span > size:
            raise ShapeError(_too_large(size, window, span))
        return PaddingDecision(rule, size, window, stride, dilation, (size - span) // stride + 1, 0, 0)
    output = -(-size // stride)
    total = max((output - 1) * stride + span - size, 0)
    smaller, larger = total // 2, total - total // 2
    before, after = (smaller, larger) if rule == "same_upper" else (larger, smaller)
    return PaddingDecision(rule, size, window, stride, dilation, output, before, after)


def _too_large(size: int, window: int, span: int) -> str:
    spread = f" (dilated to span {span})" if span != window else ""
    return (
        f"a window of {window}{spread} does not fit into {size} under VALID; "
        f"take a window that spans at most {size}, or padding SAME"
    )


@dataclass(frozen=True)
class AxisGeometry:
    """Every window along one axis.

    Positions count from the first cell of data: padding before it is negative, padding after it starts at `size`.

    >>> axis = AxisGeometry("width", decide("same_upper", size=2, window=2, stride=1))
    >>> axis.output, axis.start(1), axis.positions(1), axis.sides(1)
    (2, 1, (1, 2), ('after',))
    """

    name: str
    padding: PaddingDecision

    @property
    def size(self) -> int:
        """Cells of data."""
        return self.padding.size

    @property
    def window(self) -> int:
        """Cells of the window."""
        return self.padding.window

    @property
    def stride(self) -> int:
        """Cells from one window's start to the next."""
        return self.padding.stride

    @property
    def dilation(self) -> int:
        """Cells from one cell of the window to the next."""
        return self.padding.dilation

    @property
    def span(self) -> int:
        """Cells from the window's first to its last, gaps included."""
        return self.padding.span

    @property
    def output(self) -> int:
        """Number of windows."""
        return self.padding.output

    @property
    def padded(self) -> int:
        """Cells of data and padding together."""
        return self.size + self.padding.total

    def start(self, index: int) -> int:
        """The position of a window's first cell."""
        return index * self.stride - self.padding.before

    def positions(self, index: int) -> tuple[int, ...]:
        """The positions of a window's cells."""
        start = self.start(index)
        return tuple(range(start, start + self.span, self.dilation))

    def holds(self, position: int) -> bool:
        """Whether there is data at a position, not padding."""
        return 0 <= position < self.size

    def sides(self, index: int) -> tuple[Side, ...]:
        """On which sides a window touches padding."""
        positions = self.positions(index)
        sides: list[Side] = []
        if positions[0] < 0:
            sides.append("before")
        if positions[-1] >= self.size:
            sides.append("after")
        return tuple(sides)

    def reached(self, offset: int) -> tuple[slice, slice]:
        """For one cell of the window: which windows find data under it, and where. (`out[a]` pairs with `x[b]`.)

        >>> AxisGeometry("width", decide("same_upper", 2, 2, 1)).reached(1)
        (slice(0, 1, 1), slice(1, 2, 1))
        """
        shift = offset * self.dilation - self.padding.before
        first = max(0, -(shift // self.stride))  # the first window with i·stride + shift >= 0
        last = min(self.output - 1, (self.size - 1 - shift) // self.stride)
        if last < first:
            return slice(0, 0, 1), slice(0, 0, 1)
        start = first * self.stride + shift
        return slice(first, last + 1, 1), slice(start, last * self.stride + shift + 1, self.stride)

    @cached_property
    def counts(self) -> tuple[int, ...]:
        """How many cells of data each window covers."""
        return tuple(sum(map(self.holds, self.positions(i))) for i in range(self.output))

    @cached_property
    def uncovered(self) -> tuple[int, ...]:
        """Positions of data that no window touches, because a stride does not divide or skips over them."""
        touched = {p for i in range(self.output) for p in self.positions(i)}
        return tuple(p for p in range(self.size) if p not in touched)


@dataclass(frozen=True)
class Geometry:
    """Every window of an operation: one `AxisGeometry` for each spatial axis, outermost first.

    >>> plan("same_upper", sizes=(2, 2), window=(2, 2), stride=(1, 1)).output_shape
    (2, 2)
    """

    axes: tuple[AxisGeometry, ...]

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Cells of data along each spatial axis."""
        return tuple(axis.size for axis in self.axes)

    @property
    def output_shape(self) -> tuple[int, ...]:
        """Windows along each spatial axis."""
        return tuple(axis.output for axis in self.axes)

    @property
    def window(self) -> tuple[int, ...]:
        """Cells of the window along each spatial axis."""
        return tuple(axis.window for axis in self.axes)

    @property
    def pads(self) -> bool:
        """Whether there is any padding at all."""
        return any(axis.padding.total for axis in self.axes)


def plan(
    rule: Rule,
    sizes: tuple[int, ...],
    window: tuple[int, ...],
    stride: tuple[int, ...],
    dilation: tuple[int, ...] | None = None,
) -> Geometry:
    """The geometry of windows over data of the given spatial sizes.

    Raises `ShapeError`, naming the axis, where the window does not fit.

    >>> [axis.padding.total for axis in plan("same_upper", (28, 28), (3, 3), (2, 2)).axes]
    [1, 1]
    """
    names = axis_names(len(sizes))
    axes = []
    for i, name in enumerate(names):
        try:
            decision = decide(rule, sizes[i], window[i], stride[i], dilation[i] if dilation else 1)
        except ShapeError as error:
            raise ShapeError(f"along the {name}, {error}") from None
        axes.append(AxisGeometry(name, decision))
    return Geometry(tuple(axes))
