"""Every window along one axis, and the axes together.

Positions count from the first cell of data: padding before it is negative, padding after it starts at `size`.
"""

from __future__ import annotations

from functools import cached_property, partial

from ..dataclass import dataclass
from .padding import PaddingDecision, Side

_AXIS_NAMES = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}


def axis_names(count: int) -> tuple[str, ...]:
    """What the field calls the spatial axes, outermost first.

    >>> axis_names(2)
    ('height', 'width')
    """
    return _AXIS_NAMES.get(count, tuple(f"axis {i}" for i in range(count)))


@dataclass(frozen=True)
class AxisGeometry:
    """Windows that slide: window i starts at i·stride - before.

    >>> from .padding import decide
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
    def drawn(self) -> tuple[int, int]:
        """The first position that a picture shows, and one past the last: padding and overhang included."""
        return -self.padding.before, self.size + self.padding.after + self.padding.overhang

    def start(self, index: int) -> int:
        """The position of a window's first cell."""
        return index * self.stride - self.padding.before

    def frame(self, index: int) -> tuple[int, int]:
        """The first position of a window, and one past its last."""
        return self.start(index), self.start(index) + self.span

    def positions(self, index: int) -> tuple[int | None, ...]:
        """The positions of a window's cells; None where a cell of the kernel meets nothing (see `TransposedAxis`)."""
        start = self.start(index)
        return tuple(range(start, start + self.span, self.dilation))

    def holds(self, position: int | None) -> bool:
        """Whether there is data at a position, not padding."""
        return position is not None and 0 <= position < self.size

    def padded(self, position: int | None) -> bool:
        """Whether a position lies within the padded edge: there is data or padding, and not nothing."""
        return position is not None and -self.padding.before <= position < self.size + self.padding.after

    def sides(self, index: int) -> tuple[Side, ...]:
        """On which sides a window reaches past the data."""
        first, last = self.frame(index)
        sides: list[Side] = []
        if first < 0:
            sides.append("before")
        if last > self.size:
            sides.append("after")
        return tuple(sides)

    def padded_sides(self, index: int) -> tuple[Side, ...]:
        """On which sides a window touches padding; what it touches past the padded edge is none."""
        start = self.start(index)
        cell = max(0, -(-(self.size - start) // self.dilation))  # the first that lies past the data
        before: tuple[Side, ...] = ("before",) if start < 0 else ()
        touches = cell < self.window and self.padded(start + cell * self.dilation)
        after: tuple[Side, ...] = ("after",) if touches else ()
        return before + after

    def beyond(self, position: int | None) -> bool:
        """Whether a position lies past the padded edge, where nothing is."""
        return position is not None and not self.padded(position)

    def hangs_over(self, index: int) -> bool:
        """Whether a window reaches past the padded edge."""
        return self.beyond(self.frame(index)[1] - 1)

    def reached(self, offset: int) -> tuple[slice, slice]:
        """For one cell of the window: which windows find data under it, and where. (`out[a]` pairs with `x[b]`.)

        >>> from .padding import decide
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
    def reaches(self) -> tuple[tuple[slice, slice], ...]:
        """What `reached` says of each cell of the window."""
        return tuple(map(self.reached, range(self.window)))

    def met(self, position: int) -> list[tuple[int, int]]:
        """The windows that touch a position, each with the cell of the window that lies there.

        >>> from .padding import decide
        >>> AxisGeometry("width", decide("same_upper", 3, 2, 1)).met(1)
        [(0, 1), (1, 0)]
        """
        shifts = [(position + self.padding.before - k * self.dilation, k) for k in reversed(range(self.window))]
        met = [(shift // self.stride, k) for shift, k in shifts if shift % self.stride == 0]
        return [(window, k) for window, k in met if 0 <= window < self.output]

    def held(self, index: int) -> tuple[range, int, int]:
        """The positions under a window that hold data; which of its cells is the first of them; and its cells in all.

        >>> from .padding import decide
        >>> AxisGeometry("width", decide("same_upper", size=4, window=3, stride=1)).held(0)
        (range(0, 2), 1, 3)
        """
        start = self.start(index)
        first = max(0, -(start // self.dilation))
        last = min(self.window, (self.size - 1 - start) // self.dilation + 1)
        line = range(start + first * self.dilation, start + max(first, last) * self.dilation, self.dilation)
        return line, first, self.window

    @cached_property
    def counts(self) -> tuple[int, ...]:
        """How many cells of data each window covers."""
        return self._counted(0, self.size)

    @cached_property
    def padded_counts(self) -> tuple[int, ...]:
        """How many cells of data or padding each window covers; what hangs over the padded edge is not counted."""
        return self._counted(-self.padding.before, self.size + self.padding.after)

    def _counted(self, first: int, last: int) -> tuple[int, ...]:
        """How many of each window's cells lie from one position up to another: all, of the windows in between."""
        inside = self.within(first, last)
        count = partial(self._count, first=first, last=last)
        full = (self.window,) * len(inside)
        return (*map(count, range(inside.start)), *full, *map(count, range(inside.stop, self.output)))

    def _count(self, i: int, first: int, last: int) -> int:
        """How many of a window's cells lie there: those from one number on up to another."""
        start = self.start(i)
        low, high = -((start - first) // self.dilation), (last - 1 - start) // self.dilation + 1
        return max(0, min(self.window, high) - max(0, low))

    def within(self, first: int, last: int) -> range:
        """The windows that lie whole between two positions.

        >>> from .padding import decide
        >>> AxisGeometry("width", decide("same_upper", size=4, window=2, stride=1)).within(0, 4)
        range(0, 3)
        """
        start = min(self.output, max(0, -(-(first + self.padding.before) // self.stride)))
        stop = (last - self.span + self.padding.before) // self.stride + 1
        return range(start, min(self.output, max(start, stop)))

    @cached_property
    def empty(self) -> int | None:
        """The first window that covers no data at all, only padding; None where there is none."""
        inside = self.within(0, self.size)
        near = (*range(inside.start), *range(inside.stop, self.output))
        return next((i for i in near if not any(map(self.holds, self.positions(i)))), None)

    @cached_property
    def gaps(self) -> tuple[range, ...]:
        """Positions of data that no window touches, because a stride does not divide or skips over them.

        Cells that lie a stride apart meet the same cells of their windows, so each range steps by the stride.

        >>> from .padding import decide
        >>> AxisGeometry("width", decide("valid", size=8, window=2, stride=3)).gaps
        (range(2, 6, 3),)
        """
        met: dict[int, list[int]] = {}  # where windows' cells lie within a stride -> at which strides the first does
        for k in range(self.window):
            met.setdefault(k * self.dilation % self.stride, []).append(k * self.dilation // self.stride)
        gaps = []
        for place in range(min(self.stride, self.padding.before + self.size)):
            free = 0  # the first stride whose cell no window has been found to touch
            last = -(-(self.padding.before + self.size - place) // self.stride)
            for first in met.get(place, []):
                gaps.append((place, free, min(first, last)))
                free = max(free, first + self.output)
            gaps.append((place, free, last))
        found = []
        for place, first, end in gaps:
            first = max(first, -(-(self.padding.before - place) // self.stride))  # no cell of the padding
            if first < end:
                start = place - self.padding.before
                found.append(range(start + first * self.stride, start + (end - 1) * self.stride + 1, self.stride))
        return tuple(found)

    @property
    def uncovered(self) -> tuple[int, ...]:
        """The same, one by one."""
        return tuple(sorted(p for gap in self.gaps for p in gap))


@dataclass(frozen=True)
class AdaptiveAxis(AxisGeometry):
    """Windows that share out `n` cells among `m` outputs: window i covers ⌊i·n/m⌋ up to, not including, ⌈(i+1)·n/m⌉.

    They may overlap and differ in length by one; `window` is the longest. Source: PyTorch's `AdaptiveAveragePooling`.
    """

    def start(self, index: int) -> int:
        """The position of a window's first cell."""
        return index * self.size // self.output

    def frame(self, index: int) -> tuple[int, int]:
        """The first position of a window, and one past its last."""
        return self.start(index), -(-(index + 1) * self.size // self.output)

    def positions(self, index: int) -> tuple[int | None, ...]:
        """The positions of a window's cells."""
        return tuple(range(*self.frame(index)))

    def _counted(self, first: int, last: int) -> tuple[int, ...]:
        return tuple(end - start for start, end in map(self.frame, range(self.output)))

    def held(self, index: int) -> tuple[range, int, int]:
        """All of its positions."""
        line = range(*self.frame(index))
        return line, 0, len(line)

    @property
    def empty(self) -> None:
        """None: every window has its share."""

    @property
    def gaps(self) -> tuple[range, ...]:
        """None: all the data is shared out."""
        return ()

    def met(self, position: int) -> list[tuple[int, int]]:
        """The windows that touch a position, each with the cell of the window that lies there."""
        first, last = position * self.output // self.size, -(-(position + 1) * self.output // self.size)
        near = range(max(first - 1, 0), min(last + 1, self.output))
        return [(i, position - self.start(i)) for i in near if position in range(*self.frame(i))]


@dataclass(frozen=True)
class TransposedAxis(AxisGeometry):
    """Windows of a transposed convolution, seen from the output: output i meets input j where j·s + k·d - before = i.

    `positions(i)[k]` is that j, None where the kernel's cell k falls between two inputs. Seen from the input, cell j is
    spread over outputs j·s - before … + (k - 1)·d.
    """

    def start(self, index: int) -> int:
        """The lowest input position that an output cell meets, or would."""
        met = [p for p in self.positions(index) if p is not None]
        return min(met, default=0)

    def frame(self, index: int) -> tuple[int, int]:
        """The inputs an output cell meets: the first, and one past the last."""
        met = [p for p in self.positions(index) if self.holds(p) and p is not None]
        return (min(met), max(met) + 1) if met else (0, 0)

    def _count(self, i: int, first: int, last: int) -> int:
        return sum(p is not None and first <= p < last for p in self.positions(i))

    def within(self, first: int, last: int) -> range:
        """None: what an output meets lies apart."""
        return range(0)

    @property
    def gaps(self) -> tuple[range, ...]:
        """Input cells that are spread over nothing, since all of that is cut off."""
        return tuple(range(p, p + 1) for p in range(self.size) if not self.met(p))

    @property
    def drawn(self) -> tuple[int, int]:
        """All the data there is: nothing is padded."""
        return 0, self.size

    def positions(self, index: int) -> tuple[int | None, ...]:
        """For each cell of the kernel, the input position it meets, or None."""
        shifts = [index + self.padding.before - k * self.dilation for k in range(self.window)]
        return tuple(shift // self.stride if shift % self.stride == 0 else None for shift in shifts)

    def met(self, position: int) -> list[tuple[int, int]]:
        """The outputs that an input cell is spread over, each with the cell of the kernel that lies there."""
        outputs = [(position * self.stride + k * self.dilation - self.padding.before, k) for k in range(self.window)]
        return [(output, k) for output, k in outputs if 0 <= output < self.output]

    def sides(self, index: int) -> tuple[Side, ...]:
        """None: nothing is padded."""
        return ()

    def padded_sides(self, index: int) -> tuple[Side, ...]:
        """None."""
        return ()

    def beyond(self, position: int | None) -> bool:
        """None does: a kernel's cell that finds no input finds nothing, and is not told."""
        return False

    def reached(self, offset: int) -> tuple[slice, slice]:
        """For one cell of the kernel: which outputs it writes to (stepping by the stride), and from which inputs."""
        shift = offset * self.dilation - self.padding.before  # input j writes to output j·stride + shift
        first = max(0, -(shift // self.stride))
        last = min(self.size - 1, (self.output - 1 - shift) // self.stride)
        if last < first:
            return slice(0, 0, 1), slice(0, 0, 1)
        return slice(first * self.stride + shift, last * self.stride + shift + 1, self.stride), slice(
            first, last + 1, 1
        )


def axis_for(name: str, padding: PaddingDecision) -> AxisGeometry:
    """The kind of axis that a decision's rule belongs to."""
    kinds = {"adaptive": AdaptiveAxis, "transposed": TransposedAxis}
    return kinds.get(padding.rule, AxisGeometry)(name, padding)


@dataclass(frozen=True)
class Geometry:
    """Every window of an operation: one axis for each spatial axis, outermost first; none where no window slides."""

    axes: tuple[AxisGeometry, ...] = ()

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
        """Whether any window reaches outside the data."""
        return any(axis.drawn != (0, axis.size) for axis in self.axes)

    @property
    def has_padding(self) -> bool:
        """Whether there is any padding around the data."""
        return self.pads and any(axis.padding.total for axis in self.axes)

    @property
    def has_outside(self) -> bool:
        """Whether a window reaches past the padded edge, where nothing is."""
        return any(axis.padding.overhang for axis in self.axes)
