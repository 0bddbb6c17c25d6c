"""What stands beside what where two traces are compared: their stages, and the cells of their outputs.

Stages are paired by their operations, in order; a stage that only one of the two has stands alone. Numbers are compared
as feature maps, `(image, channel, *position)`, wherever each framework keeps its channels.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from ..arithmetic import Array, unlike
from ..dataclass import dataclass
from ..ops.windows import WindowOperation
from ..rules.tree import Own, parts
from ..traces.layout import Index, flat_index
from ..traces.operation import Operation
from ..traces.trace import Trace

MOST_STEPS = 200_000
"""Cells of an output that a page may carry, as `render/page` has it."""
Row: TypeAlias = tuple[Trace | None, Trace | None]


def unshared(a: Trace, b: Trace) -> tuple[list[Trace], list[Trace]]:
    """The stages of the two from the first on that they do not share; of longer ones that began with other numbers,
    the stages of the last call.
    """
    one, two = _stages(a), _stages(b)
    while len(one) > 1 and len(two) > 1 and one[0] is two[0]:
        one, two = one[1:], two[1:]
    if not same_input(one, two):
        return _last_call(one), _last_call(two)
    return one, two


def _stages(trace: Trace) -> list[Trace]:
    """The traces that lead to this one, in order, as far back as each has one parent only."""
    found = [trace]
    while list(found[-1].parents) == ["input"]:
        found.append(found[-1].parents["input"])
    return found[::-1]


def _last_call(line: list[Trace]) -> list[Trace]:
    return line[max(n for n, trace in enumerate(line) if n == 0 or trace.layer.stage == 0) :]


def same_input(one: Sequence[Trace], two: Sequence[Trace]) -> bool:
    """Whether both begin with the same numbers."""
    given, other = _given(one), _given(two)
    return given is other or (given.shape == other.shape and not unlike(given, other).any())


def _given(line: Sequence[Trace]) -> Array:
    """What goes in, as feature maps where a stage looks through windows before the axes are changed."""
    array = line[0].inputs["input"]
    for trace in line:
        if trace.inputs["input"].ndim != array.ndim:
            break
        if isinstance(trace.layer.operation, WindowOperation):
            return trace.layer.layout.images(array, trace.layer.operation.spatial)
    return array


def beside(one: Sequence[Trace], two: Sequence[Trace]) -> list[Row]:
    """The stages in pairs, as many alike as can be; between these, layers with windows stand beside each other, too."""
    rows: list[Row] = []
    i = j = 0
    for m, n in [*_alike(one, two), (len(one), len(two))]:
        rows += _gap(one[i:m], two[j:n])
        rows += [(one[m], two[n])] if m < len(one) else []
        i, j = m + 1, n + 1
    return rows


def rule_of(trace: Trace) -> str:
    """The operation's name; a depthwise convolution is a convolution in groups."""
    name = trace.layer.operation.name
    return "conv" if name == "depthwise_conv" else name


def _alike(one: Sequence[Trace], two: Sequence[Trace]) -> list[tuple[int, int]]:
    """The longest row of pairs with the same rule, in order."""
    same = [[rule_of(a) == rule_of(b) for b in two] for a in one]
    longest = [[0] * (len(two) + 1) for _i in range(len(one) + 1)]  # from here on
    for i in reversed(range(len(one))):
        for j in reversed(range(len(two))):
            longest[i][j] = 1 + longest[i + 1][j + 1] if same[i][j] else max(longest[i + 1][j], longest[i][j + 1])
    pairs, i, j = [], 0, 0
    while i < len(one) and j < len(two):
        if same[i][j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif longest[i + 1][j] >= longest[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs


def _gap(one: Sequence[Trace], two: Sequence[Trace]) -> Iterator[Row]:
    """Stages of which none has its like on the other side."""
    windows = [[n for n, trace in enumerate(line) if trace.geometry.axes] for line in (one, two)]
    i = j = 0
    for m, n in zip(*windows):
        yield from ((trace, None) for trace in one[i:m])
        yield from ((None, trace) for trace in two[j:n])
        yield one[m], two[n]
        i, j = m + 1, n + 1
    yield from ((trace, None) for trace in one[i:])
    yield from ((None, trace) for trace in two[j:])


@dataclass(frozen=True)
class Cells:
    """An output to be compared cell by cell: as feature maps where windows made it, else as it stands."""

    array: Array
    window: Trace | None  # the layer whose windows the feature maps come from

    def own(self, place: Index) -> Index:
        """A cell's index in the output itself."""
        return place if self.window is None else self.window.index(place)


def cells_of_both(one: Sequence[Trace], two: Sequence[Trace]) -> tuple[Cells, Cells]:
    """The outputs of the last stages, both as feature maps or both as they stand."""
    windows = [_window_before(line) for line in (one, two)]
    if all(window is not None for window in windows):
        found = [
            Cells(_maps(window, line[-1].output), window)
            for window, line in zip(windows, (one, two))
            if window is not None
        ]
        if found[0].array.ndim == found[1].array.ndim:
            return found[0], found[1]
    return Cells(one[-1].output, None), Cells(two[-1].output, None)


def _window_before(line: Sequence[Trace]) -> Trace | None:
    """The layer with windows whose feature maps the last stage has changed in their numbers only."""
    for trace in reversed(line):
        if isinstance(trace.layer.operation, WindowOperation):
            return trace
        if not keeps_places(trace.layer.operation) or trace.output.shape != trace.inputs["input"].shape:
            return None
    return None


def keeps_places(operation: Operation) -> bool:
    """Whether every number is made from the one in its own place, and perhaps from others beside it."""
    return operation.in_place or any(isinstance(part, Own) for part in parts(operation.calculation))


def _maps(window: Trace, output: Array) -> Array:
    operation = window.layer.operation
    assert isinstance(operation, WindowOperation)
    return operation.output_images(window, output)


def counted_otherwise(a: Trace, b: Trace, left: Cells, right: Cells) -> bool:
    """Whether the owners of two outputs give the same cell of a feature map other indices."""
    if left.window is None or right.window is None:
        return False
    if a.output.ndim != b.output.ndim:
        return True
    spatial = len(left.window.geometry.axes)
    return a.output.ndim > spatial and a.layer.layout.channels_last != b.layer.layout.channels_last


def steps_beside(a: Trace, b: Trace) -> tuple[tuple[int, int], ...]:
    """The output cells of two traces in pairs, by their numbers in row-major order, -1 where one of them has none.

    Empty where cells of the same index stand beside each other: that is found out where it is needed; and where there
    are more than a page lets anybody step through.
    """
    if max(a.output.size, b.output.size) > MOST_STEPS:
        return ()
    left, right = cells_of_both((a,), (b,))
    if not counted_otherwise(a, b, left, right):
        return ()
    found: dict[Index, list[int]] = {}
    for n, cells in enumerate((left, right)):
        shape = (a, b)[n].output.shape
        for place in itertools.product(*map(range, cells.array.shape)):
            found.setdefault(place, [-1, -1])[n] = flat_index(cells.own(place), shape)
    return tuple((x, y) for _place, (x, y) in sorted(found.items()))


def roles(trace: Trace, axes: Iterable[int]) -> list[str]:
    """What lies along these axes of a stage without windows, wherever its framework keeps its channels."""
    along = laid_out(trace)
    return sorted(along[axis] for axis in axes)


def laid_out(trace: Trace) -> list[str]:
    """What lies along each axis of what goes into a stage: `C` for channels, numbers for the other axes in order."""
    ndim = trace.inputs["input"].ndim
    window = _window_before(_stages(trace)[:-1])
    channel = None
    if window is not None and window.output.ndim == ndim > len(window.geometry.axes):
        channel = ndim - 1 if window.layer.layout.channels_last else ndim - 1 - len(window.geometry.axes)
    others = [axis for axis in range(ndim) if axis != channel]
    return ["C" if axis == channel else str(others.index(axis)) for axis in range(ndim)]
