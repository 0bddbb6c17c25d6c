"""Traces drawn as blocks: the padded input with its window, the kernel, the output filled so far, grey maps."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice, product
from typing import Literal

from ..arithmetic import Array, Value, holds_expressions, plain, span
from ..document.blocks import FeatureMap, Figure, Scene
from ..document.matrix import Cell, Frame, Mark, Matrix, MatrixKind
from ..formula import Symbol
from ..geometry import AxisGeometry, Geometry
from ..language import _
from ..nouns import input_noun, size_of
from ..ops import Gradient
from ..traces.axes import plane_axes, plane_words, roles
from ..traces.influence import Box
from ..traces.layout import Index
from ..traces.step import Step
from ..traces.trace import Trace, data_inputs
from .edges import Span, edged
from .extent import IN_A_TEXT, extent
from .gradient_names import own_symbol, symbol
from .inline import labels
from .long import is_long
from .names import cell_names, names, shown_as

ROOM = IN_A_TEXT.room
"""Rows and columns that are drawn whole; of a larger matrix, the part around the window is."""
WIDEST = 32
"""Rows and columns of a window that are all drawn."""
FIRST = 12
"""Of a larger one, so many are."""
MARGIN = 1
"""Cells drawn around the window where a matrix is cut."""
SHOWN_CHANNELS = IN_A_TEXT.channels
"""Channels of a window that are drawn; the formula names them all."""


def question(trace: Trace, channel: int = 0) -> Scene:
    """What is asked: the input, the kernel if there is one, and an output channel of question marks."""
    return _scene(trace, None, padded=False, asked=channel)


def questions(trace: Trace) -> list[Scene]:
    """What is asked of each filter that is drawn; an input that several see stands once, above their kernels."""
    filters = range(min(_channels_out(trace), SHOWN_CHANNELS))
    if "kernel" not in trace.inputs:
        return [question(trace, filter_) for filter_ in filters]
    scenes: list[Scene] = []
    for seen, group in groupby(filters, lambda filter_: _seen(trace, filter_)):
        if len(several := list(group)) == 1:
            scenes.append(question(trace, several[0]))
            continue
        drawn = seen[: extent().channels]
        scenes.append(_side_by_side(trace, [("", _input(trace, (0, source), None, padded=False)) for source in drawn]))
        scenes += [_filter(trace, filter_, len(drawn) < len(seen)) for filter_ in several]
    return scenes


def _filter(trace: Trace, filter_: int, cut_short: bool) -> Scene:
    """A filter's kernels, one for each channel, its bias, and the channel of the output that it is asked for."""
    drawn = range(min(len(_seen(trace, filter_)), extent().channels))
    groups = [("", _kernel(trace, filter_, number, given=True)) for number in drawn]
    more = "… " if cut_short else ""
    if extent().bias and "bias" in trace.inputs:
        groups.append((more + "+", [bias_of(trace, filter_)]))
        more = ""
    return _side_by_side(trace, [*groups, (more + "→", _output(trace, (0, filter_), None, filled=False))])


def kernel_alone(trace: Trace) -> Scene:
    """The first filter's kernel, one matrix for each channel it sees."""
    seen = range(min(len(_seen(trace, 0)), SHOWN_CHANNELS))
    return _side_by_side(trace, [("", _kernel(trace, 0, number, given=True)) for number in seen])


def turn(trace: Trace) -> Scene:
    """The kernel as it was given, and after its turn, as it will lie on the data."""
    return _side_by_side(trace, [("", _kernel(trace, 0, 0, given=True)), ("→", _kernel(trace, 0, 0))])


def padded_input(trace: Trace) -> Scene:
    """The input with its padding, every edge of it: of a large one, the middle is left out."""
    return _side_by_side(trace, [("", _input(trace, (0, 0), None, padded=True, edges=True))])


def whole(trace: Trace) -> Scene:
    """The padded input and the filled output of the first channel."""
    return _side_by_side(
        trace, [("", _input(trace, (0, 0), None, padded=True)), ("→", _output(trace, (0, 0), None, filled=True))]
    )


def answer(trace: Trace) -> Scene:
    """Every channel of the output, filled; a large one is cut."""
    shown_channels = range(min(_channels_out(trace), SHOWN_CHANNELS))
    return _side_by_side(trace, [("", _output(trace, (0, c), None, filled=True)) for c in shown_channels])


def carried_out(trace: Trace) -> Scene:
    """The first image and the first output channel: the padded input, the kernel, and the output, filled."""
    return _scene(trace, None, padded=True, filled=True)


def scene(step: Step) -> Scene:
    """One step: the window on the padded input, the kernel, and the result landing in the output."""
    return _scene(step.trace, step, padded=True)


def _scene(trace: Trace, step: Step | None, padded: bool, asked: int = 0, filled: bool = False) -> Scene:
    image, channel = _place(trace, step)[:2] if step else (0, asked)
    seen = _seen(trace, channel)
    groups: list[tuple[str, list[Matrix]]] = []
    for number, source in enumerate(seen[: extent().channels]):
        groups.append(("+", _input(trace, (image, source), step, padded)))
        if "kernel" in trace.inputs:
            groups.append(("*", _kernel(trace, channel, number, given=step is None)))
    if extent().bias and "bias" in trace.inputs:  # in a place of its own: it is added once, after every channel
        groups.append(("+" if len(seen) <= extent().channels else "+ … +", [bias_of(trace, channel)]))
        arrow = "→"
    else:
        arrow = "→" if len(seen) <= extent().channels else "+ … →"
    return _side_by_side(trace, [*groups, (arrow, _output(trace, (image, channel), step, filled=filled))])


def _side_by_side(trace: Trace, groups: list[tuple[str, list[Matrix]]]) -> Scene:
    """Matrices in a row; each group has its sign before its first, and the first of all has none."""
    matrices = [matrix for _sign, group in groups for matrix in group]
    signs = [sign if number == 0 else "" for sign, group in groups for number in range(len(group))]
    return Scene(tuple(matrices), tuple(signs[1:]), trace)


def _place(trace: Trace, step: Step) -> tuple[int, ...]:
    return trace.place(step.index)


def _seen(trace: Trace, channel: int) -> range:
    return trace.layer.operation.seen(channel, trace)


def _channels_out(trace: Trace) -> int:
    return trace.channels[1]


def images(trace: Trace) -> int:
    """How many images a layer with windows is given."""
    return trace.layer.layout.images_shape(trace.inputs["input"].shape, len(trace.geometry.axes))[0]


def _image_name(trace: Trace, image: int) -> str:
    return _("image {n}").format(n=image) if images(trace) > 1 else ""


def _channel_name(trace: Trace, channel: int, array: str) -> str:
    return "" if trace.channels[array == "output"] == 1 else _("channel {n}").format(n=channel)


def _input(trace: Trace, at: tuple[int, int], step: Step | None, padded: bool, edges: bool = False) -> list[Matrix]:
    array = trace.inputs["input"]
    axes = trace.geometry.axes
    named = names(trace)
    cell = _place(trace, step)[2:] if step else None
    taps = _tapped(step) if step else ()
    winner = step.winner.source if step and not is_long(step) and step.winner else None
    windows = [a.frame(i) for a, i in zip(axes, cell)] if cell else None

    def draw(position: Index) -> Cell:
        marks: set[Mark] = set()
        if windows and all(first <= p < last for (first, last), p in zip(windows, position)):
            marks.add("window")
        if position in taps:
            marks.add("tapped")
        if not all(axis.holds(p) for axis, p in zip(axes, position)):
            inside = all(axis.padded(p) for axis, p in zip(axes, position))
            return Cell("padding" if inside else "outside", marks=frozenset(marks))
        index = trace.layer.layout.outer((*at, *position), array.ndim)
        if index == winner:
            marks.add("winner")
        return Cell("data", shown_as(plain(array[index]), named, index), index, frozenset(marks))

    spans = [_whole(axis, padded) for axis in axes]
    caption = input_caption(trace.geometry) if padded else _plain_input(axes)
    caption = labels(caption, _image_name(trace, at[0]), _channel_name(trace, at[1], "input"))
    if edges:
        return edged(caption, spans, [(0, axis.size, axis.size + axis.padding.after) for axis in axes], draw)
    return planes("input", caption, spans, windows, draw)


def input_plane(trace: Trace, at: tuple[int, int], window: list[Span]) -> Matrix:
    """The plane of an image and channel without padding, and a frame around a part of it; along one or two axes."""
    array, axes, named = trace.inputs["input"], trace.geometry.axes, names(trace)

    def draw(position: Index) -> Cell:
        index = trace.layer.layout.outer((*at, *position), array.ndim)
        inside = all(first <= p < last for (first, last), p in zip(window, position))
        marks: frozenset[Mark] = frozenset({"window", "tapped"} if inside else ())
        return Cell("data", shown_as(plain(array[index]), named, index), index, marks)

    words = labels(_plain_input(axes), _image_name(trace, at[0]), _channel_name(trace, at[1], "input"))
    [matrix] = planes("input", words, [(0, axis.size) for axis in axes], window, draw)
    return matrix


class _Positions:
    """The positions that a long window touches, without a list of them."""

    def __init__(self, axes: Sequence[AxisGeometry], cell: Index) -> None:
        self.lines = [(*axis.frame(i), axis.dilation) for axis, i in zip(axes, cell)]

    def __contains__(self, position: object) -> bool:
        assert isinstance(position, tuple)
        return all(p in range(*line) for p, line in zip(position, self.lines))


def _tapped(step: Step) -> Container[Index]:
    if is_long(step):
        return _Positions(step.trace.geometry.axes, _place(step.trace, step)[2:])
    return {tap.position for tap in step.taps}


def input_caption(geometry: Geometry) -> str:
    """What an input is drawn with: its padding, and what lies past that where a window hangs over."""
    size = size_of(axis.size + axis.padding.total for axis in geometry.axes)
    if not geometry.has_padding:
        plain_size = size_of(axis.size for axis in geometry.axes)
        outside = _("input {size}, and the cells outside").format(size=plain_size)
        return outside if geometry.has_outside else _plain_input(geometry.axes)
    if geometry.has_outside:
        return _("input, padded to {size}, and the cells outside").format(size=size)
    return _("input, padded to {size}").format(size=size)


def _plain_input(axes: tuple[AxisGeometry, ...]) -> str:
    return input_of(axis.size for axis in axes)


def _whole(axis: AxisGeometry, padded: bool) -> Span:
    return axis.drawn if padded else (0, axis.size)


def _kernel(trace: Trace, filter_: int, channel: int, given: bool = False) -> list[Matrix]:
    """As it lies on the data; or as it was `given`, where it is turned first."""
    array = trace.inputs["kernel"]
    window = trace.geometry.window
    back = given and trace.layer.layout.kernel_turned

    def draw(position: Index) -> Cell:
        position = tuple(n - 1 - p for n, p in zip(window, position)) if back else position
        index = trace.layer.operation.kernel_index(trace.layer.layout, (filter_, channel, *position), array)
        return Cell("data", plain(array[index]), index)

    caption = labels(
        weight_caption("kernel", size_of(window)) if back else kernel_caption(trace),
        _("filter {n}").format(n=filter_) if _channels_out(trace) > 1 else "",
        # the input's channel that it lies on: of a group, not the first
        _("channel {n}").format(n=_seen(trace, filter_)[channel]) if trace.channels[0] > 1 else "",
    )
    return planes("kernel", caption, [(0, n) for n in window], None, draw)


def bias_of(trace: Trace, filter_: int) -> Matrix:
    """The bias of a filter, as one cell."""
    return Matrix("kernel", _("bias"), ((Cell("data", plain(trace.inputs["bias"][filter_]), (filter_,)),),))


def _output(trace: Trace, at: tuple[int, int], step: Step | None, filled: bool) -> list[Matrix]:
    output = trace.output
    named = cell_names(trace)
    here = _place(trace, step)[2:] if step else None

    def draw(position: Index) -> Cell:
        index = trace.index((*at, *position))
        marks: frozenset[Mark] = frozenset({"result"} if position == here else ())
        known = filled or (here is not None and position <= here)
        value = shown_as(plain(output[index]), named, index) if known else None
        return Cell("data" if known else "unknown", value, index, marks)

    sizes = trace.geometry.output_shape
    windows = [(i, i + 1) for i in here] if here else None
    caption = labels(output_caption(sizes), _image_name(trace, at[0]), _channel_name(trace, at[1], "output"))
    return planes("output", caption, [(0, n) for n in sizes], windows, draw)


def planes(
    kind: MatrixKind, caption: str, spans: list[Span], windows: list[Span] | None, draw: Callable[[Index], Cell]
) -> list[Matrix]:
    """The last two axes as rows and columns (a single axis is a row), once for each depth that the window covers."""
    depths = [range(*span) for span in (windows or spans)[:-2]]
    if not depths:
        return [_matrix(kind, caption, spans, windows, draw, ())]
    return [
        _matrix(kind, labels(caption, _("depth {n}").format(n=lead[0])), spans, windows, draw, lead)
        for lead in islice(product(*depths), extent().depths)
    ]


def _matrix(
    kind: MatrixKind,
    caption: str,
    spans: list[Span],
    windows: list[Span] | None,
    draw: Callable[[Index], Cell],
    lead: Index,
) -> Matrix:
    rows, row_cut = cut(spans[-2], windows[-2] if windows else None) if len(spans) > 1 else ((0, 1), False)
    columns, column_cut = cut(spans[-1], windows[-1] if windows else None)
    cells = tuple(tuple(draw((*lead, r, c) if len(spans) > 1 else (c,)) for c in range(*columns)) for r in range(*rows))
    frame = None
    if windows and kind == "input" and all(first < last for first, last in windows):  # some cells come of no input
        top, bottom = windows[-2] if len(spans) > 1 else (0, 1)
        left, right = windows[-1]
        bottom, right = min(bottom, rows[1]), min(right, columns[1])  # of a large window, as much as is drawn
        frame = Frame(top - rows[0], left - columns[0], bottom - top, right - left)
    return Matrix(kind, caption, cells, rows[0], columns[0], row_cut or column_cut, frame)


def cut(span: Span, window: Span | None) -> tuple[Span, bool]:
    first, last = span
    room = extent().room
    if last - first <= room:
        return span, False
    if window is None:
        return (first, first + room), True
    if window[1] - window[0] > WIDEST:
        return (max(first, window[0] - MARGIN), window[0] + FIRST), True
    # Always show a few cells, so that a small window on a large map still has surroundings.
    margin = max(MARGIN, (5 - (window[1] - window[0])) // 2)
    return (max(first, window[0] - margin), min(last, window[1] + margin)), True


def is_large(trace: Trace) -> bool:
    """Whether the input is better seen as a grey picture than as numbers."""
    if any(map(holds_expressions, (trace.inputs["input"], trace.output))):
        return False
    return len(trace.geometry.axes) == 2 and max(trace.geometry.input_shape) > ROOM


def feature_maps(trace: Trace, *names: Literal["input", "output"]) -> Figure:
    """The first image's channels as grey pictures, of the input, the output or both."""
    drawn = [(name, channel) for name in names for channel in range(_shown(trace, name))]
    finest = FINEST if len(drawn) <= FEW_MAPS else FINEST // 2
    return Figure(tuple(_map(trace, name, channel, finest) for name, channel in drawn))


MOST_MAPS = 8
FINEST = 128
"""A map with more rows or columns than this is drawn from every second cell, every third …"""
FEW_MAPS = 4
"""Of more maps side by side, each has half as many rows and columns."""


def _shown(trace: Trace, name: str) -> int:
    return min(trace.channels[name == "output"], MOST_MAPS)


def _map(trace: Trace, name: str, channel: int, finest: int) -> FeatureMap:
    array, sizes = (
        (trace.inputs["input"], trace.geometry.input_shape)
        if name == "input"
        else (trace.output, trace.geometry.output_shape)
    )
    height, width = sizes

    def index(row: int, column: int) -> Index:
        place = (0, channel, row, column)
        return trace.layer.layout.outer(place, array.ndim) if name == "input" else trace.index(place)

    step = -(-max(sizes) // finest)
    rows = tuple(tuple(float(array[index(r, c)]) for c in range(0, width, step)) for r in range(0, height, step))
    low, high = span(array) or (0.0, 0.0)  # one scale and one colouring for all channels, as wherever maps are drawn
    diverging = low < 0
    low, high = (-max(-low, high), max(-low, high)) if diverging else (low, high)
    caption = {"input": input_of, "output": output_caption}[name](sizes)
    thinned = _("1 row and 1 column in {n} drawn").format(n=step) if step > 1 else ""
    return FeatureMap(labels(caption, _channel_name(trace, channel, name), thinned), rows, low, high, diverging)


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
    alike, shown_channels = channel_axis(trace), list[Index]([()])
    if alike is not None:
        many = range(min(trace.output.shape[alike], SHOWN_CHANNELS))
        shown_channels = [tuple(n if i == alike else 0 for i in range(trace.output.ndim)) for n in many]
    alike_inputs = {name: trace.inputs[name].shape == trace.inputs["input"].shape for name in data_inputs(trace)}
    matrices = [
        _whole_input(trace, name, at)
        for name, same in alike_inputs.items()
        for at in (shown_channels if same else [()])
    ]
    weights = [name for name in trace.inputs if name not in data_inputs(trace) and trace.inputs[name].ndim > 0]
    matrices += [
        plane("kernel", trace.inputs[name], _weight(trace, name), (), {}, along=roles(trace, name)) for name in weights
    ]
    signs = [","] * (len(matrices) - 1)
    for at in shown_channels:
        output = plane(
            "output",
            trace.output,
            result_caption(trace),
            at,
            cell_names(trace),
            hidden=not answered,
            along=roles(trace),
        )
        matrices.append(output)
        signs.append("→" if at == shown_channels[0] else ",")
    return Scene(tuple(matrices), tuple(signs), trace)


def _whole_input(trace: Trace, name: str, at: Index, used: Container[Index] | None = None) -> Matrix:
    """The plane of one of the inputs that holds the cell `at`."""
    array, named = trace.inputs[name], names(trace) if name == "input" else {}
    return plane("input", array, _given(trace, name), at, named, used, along=roles(trace, name))


def channel_axis(trace: Trace) -> int | None:
    """Which axis of an operation's input and output, of one shape, are channels of an image; None where none is."""
    shape = trace.output.shape
    if trace.inputs["input"].shape != shape or {"image": 3, "batch": 4}.get(trace.form) != len(shape):
        return None
    return len(shape) - 1 if trace.layer.layout.channels_last else len(shape) - 3


Caption = Callable[[Iterable[int]], str]
"""What a picture of some shape is called."""


def _given(trace: Trace, name: str = "input") -> Caption:
    """What goes in is called the input, of several by its number."""
    several = data_inputs(trace)
    if len(several) > 1:
        return lambda shape: _("input {n}: {size}").format(n=several.index(name) + 1, size=size_of(shape))
    return given_caption(trace)


def given_caption(trace: Trace) -> Caption:
    """What goes into an operation is called the input; into a gradient goes the upstream gradient."""
    return upstream_caption if isinstance(trace.layer.operation, Gradient) else input_of


def _weight(trace: Trace, name: str) -> Caption:
    """Beside an upstream gradient stands the input of the layer itself; what is one number has no size, so as not to be
    read as its value: `mean 1`.
    """
    own = name == "x" and isinstance(trace.layer.operation, Gradient)
    if trace.inputs[name].shape == (1,):
        return lambda shape: input_noun("input" if own else name)
    return input_of if own else lambda shape: weight_caption(name, size_of(shape))


def weight_caption(name: str, size: str) -> str:
    """A weight's name and size."""
    captions = {
        "kernel": _("kernel {size}"),
        "bias": _("bias {size}"),
        "mean": _("mean {size}"),
        "variance": _("variance {size}"),
        "other": _("other {size}"),
        "indices": _("indices {size}"),
    }
    return captions[name].format(size=size) if name in captions else f"{name} {size}"


def kernel_caption(trace: Trace) -> str:
    """The caption of a kernel as it lies on the data."""
    size = size_of(trace.geometry.window)
    return (
        _("turned kernel {size}").format(size=size)
        if trace.layer.layout.kernel_turned
        else weight_caption("kernel", size)
    )


def input_of(shape: Iterable[int]) -> str:
    """The caption of a whole input."""
    return _("input {size}").format(size=size_of(shape))


def upstream_caption(shape: Iterable[int]) -> str:
    """The caption of the gradient of a layer's output."""
    return _("upstream gradient {symbol} {size}").format(symbol=symbol("output"), size=size_of(shape))


def output_caption(shape: Iterable[int]) -> str:
    """The caption of a whole output."""
    return _("output {size}").format(size=size_of(shape))


def result_caption(trace: Trace) -> Caption:
    """What comes out is called the output; of a gradient, so that it is not taken for what the layer gave."""
    if not isinstance(trace.layer.operation, Gradient):
        return output_caption
    return gradient_caption(own_symbol(trace))


def gradient_caption(symbol: str) -> Caption:
    """What a gradient is called: `gradient dL/dX 3×3`."""
    return lambda shape: _("gradient {symbol} {size}").format(symbol=symbol, size=size_of(shape))


def cell_scene(step: Step) -> Scene:
    """One cell: where it comes from, and where it lands."""
    trace = step.trace
    given, cut = [], False
    for name in data_inputs(trace):
        place, used = _used(step, name)
        if name == "input" or used:
            places = _one_of_each_plane(step, name) or [place]
            given += [_whole_input(trace, name, at, used) for at in places[: extent().depths]]
            cut = cut or len(places) > extent().depths
    if len(given) > 1 and not _used(step)[1]:
        del given[0]  # a join: this cell comes from another input
    result = plane(
        "output", trace.output, result_caption(trace), step.index, cell_names(trace), {step.index}, along=roles(trace)
    )
    return Scene((*given, result), (*([","] * (len(given) - 1)), "… →" if cut else "→"), trace)


def _one_of_each_plane(step: Step, name: str) -> list[Index]:
    """A tap of each plane that a cell is made from; none where the taps are too many to look at."""
    if is_long(step):
        return []
    array = step.trace.inputs[name]
    drawn = plane_axes(roles(step.trace, name), array.ndim) if array.ndim > 1 else (0,)
    found: dict[Index, Index] = {}
    for tap in step.taps:
        if tap.input == name and isinstance(tap.source, tuple):
            lead = tuple(i for axis, i in enumerate(tap.source) if axis not in drawn)
            found.setdefault(lead, tap.source)
    return list(found.values())


class _Box:
    """The cells of a box, without a list of them."""

    def __init__(self, box: Box) -> None:
        self.box = box

    def __contains__(self, index: object) -> bool:
        assert isinstance(index, tuple)
        return all(low <= i < high for i, (low, high) in zip(index, self.box))


def _used(step: Step, name: str = "input") -> tuple[Index, Container[Index]]:
    """The first cell of an input that a cell is made from, and all of them."""
    if is_long(step) and name == "input":
        box = step.trace.layer.operation.looks_at(step.trace, "input", tuple((i, i + 1) for i in step.index))
        return tuple(low for low, _high in box), _Box(box)
    used = [tap.source for tap in step.taps if tap.input == name and isinstance(tap.source, tuple)]
    return used[0] if used else (), set(used)


def plane_of(trace: Trace, at: Index, caption: Callable[[str], str], draw: Callable[[Index], Cell]) -> Matrix:
    """The plane of the output that holds the cell `at`: `caption` and `draw` get its size and an index."""
    if trace.geometry.axes:
        image, channel, *cell = trace.place(at)
        sizes = trace.geometry.output_shape
        size = caption(size_of(sizes))
        words = labels(size, _image_name(trace, image), _channel_name(trace, channel, "output"))
        windows = [(i, i + 1) for i in cell]
        spans = [(0, n) for n in sizes]
        return planes("output", words, spans, windows, lambda at: draw(trace.index((image, channel, *at))))[0]
    shape, found = trace.output.shape, roles(trace)
    whole_size, leads = plane_caption(shape, found)
    rows, columns = plane_axes(found, len(shape))
    place = (0, 0, *at)[-2:] if len(shape) < 2 else (at[rows], at[columns])
    sizes = (1, 1, *shape)[-2:] if len(shape) < 2 else (shape[rows], shape[columns])
    windows, spans = [(i, i + 1) for i in place], [(0, n) for n in sizes]
    words = labels(caption(size_of(whole_size)), *(words.format(n=at[axis]) for axis, words in leads))
    return _matrix("output", words, spans, windows, lambda there: draw(on_plane(at, there, (rows, columns))), ())


def plane_caption(shape: Index, along: tuple[str, ...]) -> tuple[Index, list[tuple[int, str]]]:
    """The size that stands in a plane's caption, and the axes that tell it apart: those of size 1 need no word."""
    if not along:
        return shape, plane_words(along, shape)
    return tuple(shape[axis] for axis in plane_axes(along, len(shape))), plane_words(along, shape)


def on_plane(at: Index, position: Index, plane: tuple[int, int]) -> Index:
    """The index of a cell on the plane of an array that goes through the cell `at`."""
    if len(at) < 2:
        return position[2 - len(at) :]
    beside = dict(zip(plane, position))
    return tuple(beside.get(axis, n) for axis, n in enumerate(at))


def plane(
    kind: MatrixKind,
    array: Array,
    called: Caption,
    at: Index,
    named: Mapping[Index, Symbol],
    marked: Container[Index] | None = None,
    hidden: bool = False,
    along: tuple[str, ...] = (),
) -> Matrix:
    """The plane of an array that holds the cell `at`: its rows and columns, where it is known which axes these are
    (`along`: see `traces.axes.roles`), else its last two axes.
    """
    at = at or (0,) * array.ndim
    lines = plane_axes(along, array.ndim)
    here = (0, 0, *at)[-2:] if array.ndim < 2 else tuple(at[i] for i in lines)
    shape = (1, 1, *array.shape)[-2:] if array.ndim < 2 else tuple(array.shape[i] for i in lines)

    def draw(position: Index) -> Cell:
        found = on_plane(at, position, lines)
        marks: frozenset[Mark] = frozenset()
        if marked is not None and found in marked:
            marks = frozenset({"result"} if kind == "output" else {"window", "tapped"})
        if hidden or (kind == "output" and marked is not None and found > at):
            return Cell("unknown", index=found, marks=marks)
        return Cell("data", shown_as(plain(array[found]), named, found), found, marks)

    rows, row_cut = cut((0, shape[0]), (here[0], here[0] + 1) if marked else None)
    columns, column_cut = cut((0, shape[1]), (here[1], here[1] + 1) if marked else None)
    cells = tuple(tuple(draw((r, c)) for c in range(*columns)) for r in range(*rows))
    size, leads = plane_caption(array.shape, along)
    caption = labels(called(size), *(words.format(n=at[axis]) for axis, words in leads))
    return Matrix(kind, caption, cells, rows[0], columns[0], row_cut or column_cut)


def kernels(trace: Trace, filter_: int, channel: int) -> list[Matrix]:
    """The kernel of a filter for one of the channels it sees, as it was given."""
    return _kernel(trace, filter_, channel, given=True)
