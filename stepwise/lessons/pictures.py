"""Layers with windows drawn as blocks: the padded input with its window, the kernel, the output filled so far."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from itertools import groupby

from ..arithmetic import plain
from ..document.blocks import Scene
from ..document.matrix import Cell, Mark, Matrix
from ..geometry import AxisGeometry
from ..language import _
from ..nouns import size_of
from ..traces.axes import plane_axes, roles
from ..traces.layout import Index
from ..traces.step import Step
from ..traces.trace import Trace
from . import drawing
from .captions import input_caption, input_of, kernel_caption, output_caption, weight_caption
from .edges import Span, edged
from .extent import SHOWN_CHANNELS, extent
from .inline import labels
from .long import is_long
from .names import cell_names, names, shown_as


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


def channel_name(trace: Trace, channel: int, array: str) -> str:
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
    caption = input_caption(trace.geometry) if padded else input_of(axis.size for axis in axes)
    caption = labels(caption, _image_name(trace, at[0]), channel_name(trace, at[1], "input"))
    if edges:
        return edged(caption, spans, [(0, axis.size, axis.size + axis.padding.after) for axis in axes], draw)
    return drawing.matrices("input", caption, spans, windows, draw)


def input_plane(trace: Trace, at: tuple[int, int], window: list[Span]) -> Matrix:
    """The plane of an image and channel without padding, and a frame around a part of it; along one or two axes."""
    array, axes, named = trace.inputs["input"], trace.geometry.axes, names(trace)

    def draw(position: Index) -> Cell:
        index = trace.layer.layout.outer((*at, *position), array.ndim)
        inside = all(first <= p < last for (first, last), p in zip(window, position))
        marks: frozenset[Mark] = frozenset({"window", "tapped"} if inside else ())
        return Cell("data", shown_as(plain(array[index]), named, index), index, marks)

    words = labels(input_of(axis.size for axis in axes), _image_name(trace, at[0]), channel_name(trace, at[1], "input"))
    [matrix] = drawing.matrices("input", words, [(0, axis.size) for axis in axes], window, draw)
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
    return drawing.matrices("kernel", caption, [(0, n) for n in window], None, draw)


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
    caption = labels(output_caption(sizes), _image_name(trace, at[0]), channel_name(trace, at[1], "output"))
    return drawing.matrices("output", caption, [(0, n) for n in sizes], windows, draw)


def plane_of(trace: Trace, at: Index, caption: Callable[[str], str], draw: Callable[[Index], Cell]) -> Matrix:
    """The plane of the output that holds the cell `at`: `caption` and `draw` get its size and an index."""
    if trace.geometry.axes:
        image, channel, *cell = trace.place(at)
        sizes = trace.geometry.output_shape
        size = caption(size_of(sizes))
        words = labels(size, _image_name(trace, image), channel_name(trace, channel, "output"))
        windows = [(i, i + 1) for i in cell]
        spans = [(0, n) for n in sizes]
        return drawing.matrices("output", words, spans, windows, lambda at: draw(trace.index((image, channel, *at))))[0]
    shape, found = trace.output.shape, roles(trace)
    whole_size, leads = drawing.plane_caption(shape, found)
    rows, columns = plane_axes(found, len(shape))
    place = (0, 0, *at)[-2:] if len(shape) < 2 else (at[rows], at[columns])
    sizes = (1, 1, *shape)[-2:] if len(shape) < 2 else (shape[rows], shape[columns])
    windows, spans = [(i, i + 1) for i in place], [(0, n) for n in sizes]
    words = labels(caption(size_of(whole_size)), *(words.format(n=at[axis]) for axis, words in leads))
    return drawing.matrix(
        "output", words, spans, windows, lambda there: draw(drawing.on_plane(at, there, (rows, columns))), ()
    )


def kernels(trace: Trace, filter_: int, channel: int) -> list[Matrix]:
    """The kernel of a filter for one of the channels it sees, as it was given."""
    return _kernel(trace, filter_, channel, given=True)
