"""Traces drawn as blocks: the padded input with its window, the kernel, the output filled so far, grey maps."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Literal

from ..arithmetic import Array, Value, plain, shown
from ..geometry import AxisGeometry
from ..language import _
from ..layout import Index
from ..traces import Step, Trace
from .blocks import Cell, FeatureMap, Figure, Frame, Mark, Matrix, MatrixKind, Scene

ROOM = 8
"""Rows and columns that are drawn whole; of a larger matrix, the part around the window is."""
MARGIN = 1
"""Cells drawn around the window where a matrix is cut."""
SHOWN_CHANNELS = 3
"""Channels of a window that are drawn; the formula names them all."""

Span = tuple[int, int]  # the first position and one past the last


def question(trace: Trace, image: int = 0) -> Scene:
    """What is asked: the input, the kernel if there is one, and an output of question marks."""
    return _scene(trace, None, padded=False, image=image)


def kernel_alone(trace: Trace) -> Scene:
    """The first filter's kernel, one matrix for each channel it sees."""
    seen = range(min(len(_seen(trace, 0)), SHOWN_CHANNELS))
    return Scene(tuple(_kernel(trace, 0, number) for number in seen), ("",) * (len(seen) - 1))


def padded_input(trace: Trace) -> Scene:
    """The input with its padding."""
    return Scene((_input(trace, (0, 0), None, padded=True),), ())


def whole(trace: Trace) -> Scene:
    """The padded input and the filled output of the first channel."""
    return Scene((_input(trace, (0, 0), None, padded=True), _output(trace, (0, 0), None, filled=True)), ("→",))


def answer(trace: Trace) -> Scene:
    """Every channel of the output, filled; a large one is cut."""
    outputs = [_output(trace, (0, c), None, filled=True) for c in range(min(_channels_out(trace), SHOWN_CHANNELS))]
    return Scene(tuple(outputs), ("",) * (len(outputs) - 1))


def scene(step: Step) -> Scene:
    """One step: the window on the padded input, the kernel, and the result landing in the output."""
    return _scene(step.trace, step, padded=True)


def _scene(trace: Trace, step: Step | None, padded: bool, image: int = 0) -> Scene:
    image, channel = _place(trace, step)[:2] if step else (image, 0)
    seen = list(_seen(trace, channel))[:SHOWN_CHANNELS]
    matrices: list[Matrix] = []
    signs: list[str] = []
    for number, source in enumerate(seen):
        matrices.append(_input(trace, (image, source), step, padded))
        if "kernel" in trace.inputs:
            matrices.append(_kernel(trace, channel, number))
            signs += ["*", "+"]
        else:
            signs.append("+")
    signs[-1] = "→"
    matrices.append(_output(trace, (image, channel), step, filled=False))
    return Scene(tuple(matrices), tuple(signs))


def _spatial(trace: Trace) -> int:
    return len(trace.geometry.axes)


def _place(trace: Trace, step: Step) -> tuple[int, ...]:
    return trace.place(step.index)


def _seen(trace: Trace, channel: int) -> range:
    return trace.layer.operation.seen(channel, trace)


def _channels_out(trace: Trace) -> int:
    return trace.channels[1]


def _channel_name(trace: Trace, channel: int, array: str) -> str:
    if trace.channels[array == "output"] == 1:
        return ""
    return " · " + _("channel {n}").format(n=channel)


def _input(trace: Trace, at: tuple[int, int], step: Step | None, padded: bool) -> Matrix:
    array = trace.inputs["input"]
    axes = trace.geometry.axes
    cell = _place(trace, step)[2:] if step else None
    taps = {tap.position for tap in step.taps} if step else set()
    winner = step.winner.source if step and step.winner else None

    def draw(position: Index) -> Cell:
        marks: set[Mark] = set()
        if cell and all(p in range(*a.frame(i)) for a, i, p in zip(axes, cell, position)):
            marks.add("window")
        if position in taps:
            marks.add("tapped")
        if not all(axis.holds(p) for axis, p in zip(axes, position)):
            return Cell("padding", marks=frozenset(marks))
        index = trace.layer.layout.outer((*at, *position), array.ndim)
        if index == winner:
            marks.add("winner")
        return Cell("data", plain(array[index]), index, frozenset(marks))

    spans = [_whole(axis, padded) for axis in axes]
    windows = [a.frame(i) for a, i in zip(axes, cell)] if cell else None
    size = "×".join(str(span[1] - span[0]) for span in spans)
    if padded and trace.geometry.pads:
        caption = _("input, padded to {size}").format(size=size)
    else:
        caption = _("input {size}").format(size=size)
    return _matrix(trace, "input", caption + _channel_name(trace, at[1], "input"), spans, windows, draw)


def _whole(axis: AxisGeometry, padded: bool) -> Span:
    return axis.drawn if padded else (0, axis.size)


def _kernel(trace: Trace, filter_: int, channel: int) -> Matrix:
    array = trace.inputs["kernel"]
    window = trace.geometry.window

    def draw(position: Index) -> Cell:
        index = trace.layer.operation.kernel_index(trace.layer.layout, (filter_, channel, *position), array)
        return Cell("data", plain(array[index]), index)

    many = _channels_out(trace) > 1
    caption = _("kernel {size}").format(size="×".join(map(str, window)))
    if many:
        caption += " · " + _("filter {n}").format(n=filter_)
    if "bias" in trace.inputs:
        caption += ", " + _("bias {value}").format(value=shown(trace.inputs["bias"][filter_]).replace("-", "−"))
    return _matrix(trace, "kernel", caption, [(0, n) for n in window], None, draw)


def _output(trace: Trace, at: tuple[int, int], step: Step | None, filled: bool) -> Matrix:
    output = trace.output
    here = _place(trace, step)[2:] if step else None

    def draw(position: Index) -> Cell:
        index = trace.index((*at, *position))
        marks: frozenset[Mark] = frozenset({"result"} if position == here else ())
        known = filled or (here is not None and position <= here)
        return Cell("data" if known else "unknown", plain(output[index]) if known else None, index, marks)

    sizes = trace.geometry.output_shape
    windows = [(i, i + 1) for i in here] if here else None
    caption = _("output {size}").format(size="×".join(map(str, sizes))) + _channel_name(trace, at[1], "output")
    return _matrix(trace, "output", caption, [(0, n) for n in sizes], windows, draw)


def _matrix(
    trace: Trace,
    kind: MatrixKind,
    caption: str,
    spans: list[Span],
    windows: list[Span] | None,
    draw: Callable[[Index], Cell],
) -> Matrix:
    """The last two axes as rows and columns (a single axis is a row); earlier ones stay at the window's first place."""
    lead = tuple(w[0] for w in windows[:-2]) if windows else (0,) * (len(spans) - 2)
    rows, row_cut = _cut(spans[-2], windows[-2] if windows else None) if len(spans) > 1 else ((0, 1), False)
    columns, column_cut = _cut(spans[-1], windows[-1] if windows else None)
    cells = tuple(tuple(draw((*lead, r, c) if len(spans) > 1 else (c,)) for c in range(*columns)) for r in range(*rows))
    frame = None
    if windows and kind == "input":
        top, bottom = windows[-2] if len(spans) > 1 else (0, 1)
        left, right = windows[-1]
        frame = Frame(top - rows[0], left - columns[0], bottom - top, right - left)
    return Matrix(kind, caption, cells, rows[0], columns[0], row_cut or column_cut, frame, trace)


def _cut(span: Span, window: Span | None) -> tuple[Span, bool]:
    first, last = span
    if last - first <= ROOM:
        return span, False
    if window is None:
        return (first, first + ROOM), True
    # Always show a few cells, so that a small window on a large map still has surroundings.
    margin = max(MARGIN, (5 - (window[1] - window[0])) // 2)
    return (max(first, window[0] - margin), min(last, window[1] + margin)), True


def is_large(trace: Trace) -> bool:
    """Whether the input is better seen as a grey picture than as numbers."""
    return len(trace.geometry.axes) == 2 and max(trace.geometry.input_shape) > ROOM


def feature_maps(trace: Trace, *names: Literal["input", "output"]) -> Figure:
    """The first image's channels as grey pictures, of the input, the output or both."""
    return Figure(tuple(_map(trace, name, c) for name in names for c in range(_shown(trace, name))))


MOST_MAPS = 8
MOST_MAP_CELLS = 64 * 64


def _shown(trace: Trace, name: str) -> int:
    return min(trace.channels[name == "output"], MOST_MAPS)


def _map(trace: Trace, name: str, channel: int) -> FeatureMap:
    array = trace.inputs["input"] if name == "input" else trace.output
    sizes = trace.geometry.input_shape if name == "input" else trace.geometry.output_shape
    ndim = array.ndim

    def index(row: int, column: int) -> Index:
        place = (0, channel, row, column)
        return trace.layer.layout.outer(place, ndim) if name == "input" else trace.index(place)

    rows = tuple(tuple(float(array[index(r, c)]) for c in range(sizes[1])) for r in range(sizes[0]))
    finite = [v for row in rows for v in row if v - v == 0]
    low, high = (min(finite), max(finite)) if finite else (0.0, 0.0)
    height, width = sizes
    words = {"input": _("input {size}"), "output": _("output {size}")}[name].format(size=f"{height}×{width}")
    return FeatureMap(words + _channel_name(trace, channel, name), rows, low, high)


def cells_of(array: Array, most: int) -> Iterator[tuple[Index, Value]]:
    """The first cells of an array with their indices, in row-major order."""
    for number, value in zip(range(most), array.flat):
        index: list[int] = []
        for size in reversed(array.shape):
            index.insert(0, number % size)
            number //= size
        yield tuple(index), plain(value)


def arrays(trace: Trace, answered: bool) -> Scene:
    """An operation without a window: its inputs, and its output, empty or filled."""
    matrices = [_plane(trace, "input", trace.inputs["input"], _("input"), ())]
    weights = [name for name in trace.inputs if name != "input" and 0 < trace.inputs[name].ndim <= 2]
    matrices += [_plane(trace, "kernel", trace.inputs[name], _(name), ()) for name in weights]
    output = _plane(trace, "output", trace.output, _("output"), (), hidden=not answered)
    return Scene((*matrices, output), (*(",",) * (len(matrices) - 1), "→"))


def cell_scene(step: Step) -> Scene:
    """One cell: where it comes from, and where it lands."""
    trace = step.trace
    used = [tap.source for tap in step.taps if tap.input == "input" and isinstance(tap.source, tuple)]
    place = used[0] if used else ()
    given = _plane(trace, "input", trace.inputs["input"], _("input"), place, set(used))
    return Scene((given, _plane(trace, "output", trace.output, _("output"), step.index, {step.index})), ("→",))


def _plane(
    trace: Trace,
    kind: MatrixKind,
    array: Array,
    name: str,
    at: Index,
    marked: Collection[Index] = (),
    hidden: bool = False,
) -> Matrix:
    """The plane of an array that holds the cell `at`: its last two axes."""
    at = at or (0,) * array.ndim
    shape = (1, 1, *array.shape)[-2:]

    def draw(position: Index) -> Cell:
        found = (*at[:-2], *position)[-array.ndim :] if array.ndim else ()
        marks: frozenset[Mark] = frozenset()
        if found in marked:
            marks = frozenset({"result"} if kind == "output" else {"window", "tapped"})
        if hidden or (kind == "output" and marked and found > at):
            return Cell("unknown", index=found, marks=marks)
        return Cell("data", plain(array[found]), found, marks)

    here = (0, 0, *at)[-2:]
    rows, row_cut = _cut((0, shape[0]), (here[0], here[0] + 1) if marked else None)
    columns, column_cut = _cut((0, shape[1]), (here[1], here[1] + 1) if marked else None)
    cells = tuple(tuple(draw((r, c)) for c in range(*columns)) for r in range(*rows))
    caption = name + " " + ("×".join(map(str, array.shape)) or "1")
    return Matrix(kind, caption, cells, rows[0], columns[0], row_cut or column_cut, of=trace)
