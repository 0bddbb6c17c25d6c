"""Operations without a window as pictures: their inputs, their weights and the output, whole or cell by cell."""

from __future__ import annotations

from collections.abc import Container

from ..document.blocks import Scene
from ..document.matrix import Matrix
from ..traces.axes import plane_axes, roles
from ..traces.influence import Box
from ..traces.layout import Index
from ..traces.step import Step
from ..traces.trace import Trace, data_inputs
from . import drawing
from .captions import given_names, result_caption, weight_names
from .extent import SHOWN_CHANNELS, extent
from .long import is_long
from .names import cell_names, names


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
        drawing.plane("kernel", trace.inputs[name], weight_names(trace, name), (), {}, along=roles(trace, name))
        for name in weights
    ]
    signs = [","] * (len(matrices) - 1)
    for at in shown_channels:
        output = drawing.plane(
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


def channel_axis(trace: Trace) -> int | None:
    """Which axis of an operation's input and output, of one shape, are channels of an image; None where none is."""
    shape = trace.output.shape
    if trace.inputs["input"].shape != shape or {"image": 3, "batch": 4}.get(trace.form) != len(shape):
        return None
    return len(shape) - 1 if trace.layer.layout.channels_last else len(shape) - 3


def scene(step: Step) -> Scene:
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
    result = drawing.plane(
        "output", trace.output, result_caption(trace), step.index, cell_names(trace), {step.index}, along=roles(trace)
    )
    return Scene((*given, result), (*([","] * (len(given) - 1)), "… →" if cut else "→"), trace)


def _whole_input(trace: Trace, name: str, at: Index, used: Container[Index] | None = None) -> Matrix:
    """The plane of one of the inputs that holds the cell `at`."""
    array, named = trace.inputs[name], names(trace) if name == "input" else {}
    return drawing.plane("input", array, given_names(trace, name), at, named, used, along=roles(trace, name))


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
