"""A gradient drawn: the upstream gradient with the cells that send something, their factors, and what they become.

Beside them stands the input of the layer, with the cell or the window that the step is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import prod

from ..arithmetic import Array, plain
from ..document.blocks import Scene
from ..document.matrix import Cell, Mark, Matrix, MatrixKind
from ..language import _
from ..nouns import size_of
from ..ops import MaxPool, MedianPool, MinPool
from ..ops.windows import WindowOperation
from ..traces.axes import plane_axes, roles
from ..traces.layout import Index
from ..traces.step import Step
from ..traces.trace import Trace
from . import drawing
from .captions import Caption, given_caption, result_caption
from .extent import extent
from .gradient_names import forward, gradient_of, letter
from .inline import labels
from .looking import is_long
from .names import cell_names, names, shown_as

Marks = Mapping[Index, frozenset[Mark]]
NONE: Marks = {}
TAPPED: frozenset[Mark] = frozenset({"window", "tapped"})


def caption(trace: Trace, name: str) -> Caption:
    """What an array of a gradient is called: by its words and its letter, as `input X 3×3`."""
    if name == "output":
        return result_caption(trace)
    if name == "input":
        return given_caption(trace)
    own = "input" if name == "x" else name
    return lambda shape: labels_of(own, shape)


def labels_of(name: str, shape: Iterable[int]) -> str:
    """`input X 3×3`, `kernel W 2×2`"""
    words = {
        "input": _("input {letter} {size}"),
        "kernel": _("kernel {letter} {size}"),
        "target": _("target {letter} {size}"),
    }
    template = words.get(name)
    return template.format(letter=letter(name), size=size_of(shape)) if template else f"{letter(name)} {size_of(shape)}"


def asked(trace: Trace) -> Scene:
    """What is asked: the layer's input and weights, the upstream gradient, and a gradient of question marks."""
    matrices = [plane_of_gradient(trace, name, (), NONE) for name in _given(trace)]
    up, result = plane_of_gradient(trace, "input", (), NONE), plane_of_gradient(trace, "output", (), NONE, hidden=True)
    return Scene((*matrices, up, result), (*([","] * len(matrices)), "→"), trace)


def _given(trace: Trace) -> list[str]:
    """What the layer was given, but for what makes no difference to its gradient: a bias."""
    wrt = gradient_of(trace).wrt
    names = [name for name in trace.inputs if name not in ("input", "bias") and trace.inputs[name].ndim > 0]
    return [] if wrt == "bias" else names


def gradient_scene(step: Step) -> Scene:
    """One step: what sends, what it is multiplied by, and the result landing among the others."""
    trace = step.trace
    operation = gradient_of(trace)
    factor = operation.weight_name
    beside: list[Matrix] = []
    if operation.wrt.startswith("input"):
        name = "x" if operation.wrt == "input" else operation.wrt
        beside = [plane_of_gradient(trace, name, step.index, on_input(step), framed=True)]
    groups: list[list[Matrix]] = []
    planes: dict[Index, list[Index]] = {}  # the tapped cells of the upstream gradient, by the plane they lie in
    taps = () if is_long(step) else step.taps
    for tap in taps:
        if isinstance(tap.source, tuple):
            planes.setdefault(_lead(trace, "input", tap.source), []).append(tap.source)
    met = {tap.source: tap.weight_index for tap in taps if tap.weight_index is not None}
    for cells in list(planes.values())[: extent().channels]:
        group = [plane_of_gradient(trace, "input", cells[0], dict.fromkeys(cells, TAPPED), framed=_slid(trace))]
        if factor and (places := [met[cell] for cell in cells if cell in met]):
            group.append(plane_of_gradient(trace, factor, places[0], dict.fromkeys(places, TAPPED), framed=True))
        groups.append(group)
    if not groups:
        groups = [[plane_of_gradient(trace, "input", (), NONE)]]
    result = plane_of_gradient(trace, "output", step.index, {step.index: frozenset({"result"})}, filled=step.index)
    matrices = [*beside, *(matrix for group in groups for matrix in group), result]
    signs = [*([","] if beside else [])]
    for number, group in enumerate(groups):
        signs += [*(["+"] if number else []), *(["*"] * (len(group) - 1))]
    signs.append("→" if len(planes) <= extent().channels else "+ … →")
    return Scene(tuple(matrices), tuple(signs), trace)


def _slid(trace: Trace) -> bool:
    """Whether the cells of the upstream gradient that send something lie in a box."""
    layer = forward(trace)
    return bool(layer.geometry.axes) and gradient_of(trace).weight_name != ""


def on_input(step: Step) -> Marks:
    """The cell that the step is about; of pooling, the windows that it won, or lies in, with their winners."""
    layer = forward(step.trace)
    operation = layer.layer.operation
    if not isinstance(operation, MaxPool | MinPool | MedianPool):
        return {step.index: TAPPED}
    covering = windows_over(layer, step.index)
    won = [window for window in covering if any(tap.source == step.index for tap in window.winners)]
    marks: dict[Index, frozenset[Mark]] = {}
    for window in won or covering:
        for tap in window.taps:
            if isinstance(tap.source, tuple):
                marks[tap.source] = TAPPED
    for window in won or covering:
        for tap in window.winners:
            if isinstance(tap.source, tuple):
                marks[tap.source] = TAPPED | {"winner"}
    marks[step.index] = marks.get(step.index, frozenset()) | TAPPED
    return marks


def windows_over(layer: Trace, index: Index) -> list[Step]:
    """The steps of a layer with windows that cover a cell of its input."""
    operation = layer.layer.operation
    assert isinstance(operation, WindowOperation)
    image, channel, *position = layer.layer.layout.inner(index, operation.spatial)
    cells = [cell for cell, _offset in operation.met(layer, tuple(position))]
    return [layer.step(layer.index((image, channel, *cell))) for cell in sorted(cells)]


# ── planes


def _array(trace: Trace, name: str) -> Array:
    return trace.output if name == "output" else trace.inputs[name]


def along_of(trace: Trace, name: str) -> tuple[str, ...]:
    """What the axes of an array of a gradient are."""
    if name in ("input", "output", "x"):
        return roles(trace, name)
    return roles(forward(trace), name)


def _lines(trace: Trace, name: str) -> tuple[int, int]:
    return plane_axes(along_of(trace, name), _array(trace, name).ndim)


def _lead(trace: Trace, name: str, at: Index) -> Index:
    """What tells the plane of a cell from others."""
    if len(at) < 2:
        return ()
    lines = _lines(trace, name)
    return tuple(n for axis, n in enumerate(at) if axis not in lines)


def plane_of_gradient(
    trace: Trace,
    name: str,
    at: Index,
    marks: Marks,
    hidden: bool = False,
    filled: Index | None = None,
    framed: bool = False,
) -> Matrix:
    """The plane of an array that holds the cell `at`, with its marks; `filled` up to a cell, where not all is known."""
    array, along = _array(trace, name), along_of(trace, name)
    at = at or (0,) * array.ndim
    lines = _lines(trace, name)
    kind: MatrixKind = "output" if name == "output" else "input" if name == "input" else "kernel"
    named = cell_names(trace) if name == "output" else names(trace) if name == "input" else {}
    here = [_spot(index, lines) for index in marks if _on_same(index, at, lines)]
    shape = (1, 1, *array.shape)[-2:] if array.ndim < 2 else tuple(array.shape[i] for i in lines)
    box = [(min(axis), max(axis) + 1) for axis in zip(*here)]
    spans: list[tuple[int, int] | None] = [*box] or [None, None]
    (rows, row_cut), (columns, column_cut) = (drawing.cut((0, n), span) for n, span in zip(shape, spans))

    def draw(position: Index) -> Cell:
        index = drawing.on_plane(at, position, lines)
        marked = marks.get(index, frozenset())
        if hidden or (filled is not None and index > filled):
            return Cell("unknown", index=index, marks=marked)
        return Cell("data", shown_as(plain(array[index]), named, index), index, marked)

    cells = tuple(tuple(draw((r, c)) for c in range(*columns)) for r in range(*rows))
    frame = None
    if framed and here and (name != "kernel" or len(here) == prod(high - low for low, high in box)):
        [down, across] = box
        frame = drawing.framed(down, across, rows, columns)
    size, leads = drawing.plane_caption(array.shape, along)
    words = labels(caption(trace, name)(size), *(words.format(n=at[axis]) for axis, words in leads))
    return Matrix(kind, words, cells, rows[0], columns[0], row_cut or column_cut, frame)


def _spot(index: Index, lines: tuple[int, int]) -> Index:
    return (0, 0, *index)[-2:] if len(index) < 2 else (index[lines[0]], index[lines[1]])


def _on_same(index: Index, at: Index, lines: tuple[int, int]) -> bool:
    return len(index) < 2 or all(i == n for axis, (i, n) in enumerate(zip(index, at)) if axis not in lines)
