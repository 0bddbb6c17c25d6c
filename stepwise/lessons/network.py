"""A whole network told: a picture of it, its layers as a table, each layer in short with its own lesson folded away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..arithmetic import Array, holds_expressions, largest_cells, plain, shown, true_minus
from ..document.blocks import Block, FeatureMap, Figure, FormulaLine, Prose, Table
from ..document.inline import Code, Strong, Text
from ..document.lesson import Section
from ..formula import near
from ..language import _
from ..ops import Pad
from ..traces.axes import cell_place
from ..traces.trace import Trace, chain
from . import pictures
from .counted import has_stages
from .facts import numbers_told
from .inline import inline, paragraph
from .long import summed_up
from .summary import shape, summary_blocks
from .takes import from_where

FEW = 3
"""So many layers are told one after the other, each in full; of more, a picture comes first."""
MOST_SHARES = 5
"""Of a last row of numbers, so many are named, the largest first."""
FINEST = 64
"""A map with more rows or columns than this is drawn from every second cell, every third …"""


def is_network(trace: Trace) -> bool:
    """Whether a chain is long enough to be told as a network; letters are told line by line."""
    layers = chain(trace)
    return len(layers) > FEW and not any(holds_expressions(layer.output) for layer in layers)


def overview(trace: Trace, answer: Sequence[str] = ()) -> list[Section]:
    """The picture of the whole, what it says, and the table."""
    layers = chain(trace)
    source = layers[0].inputs["input"]
    given = _("Input: {shape}.").format(shape=shape(source.shape))
    blocks: list[Block] = [Prose(paragraph(given, *_left_out(layers[0], source, "input")))]
    blocks += _figure(layers[0], "input")
    for number, layer in enumerate(layers, 1):
        sizes = " + ".join(shape(array.shape) for name, array in layer.inputs.items() if name in _data(layer))
        line = _("{n}. {call}: {given} → {result}.")
        if where := from_where(layer, layers):
            line = _("{n}. {call}: {given} → {result}, from {layers}.")
        call, result = Code(layer.layer.call), shape(layer.shape)
        about = inline(line, n=number, call=call, given=sizes, result=result, layers=where)
        blocks.append(Prose(paragraph(about, *_left_out(layer, layer.output, "output"))))
        blocks += _figure(layer, "output")
    last = list(_result(trace, answer))
    title = _("The stages as a table") if has_stages(layers) else _("The layers as a table")
    table = Section(title, tuple(summary_blocks(trace)), level=1)
    return [Section(_("The whole network"), (*blocks, *last), level=1, network=trace, part="network"), table]


def _data(layer: Trace) -> list[str]:
    return [name for name in layer.inputs if name in layer.parents] or ["input"]


def layer_section(heading: str, layer: Trace, lead: Text, parts: list[Section]) -> Section:
    """One layer in short: what it does, and its largest number worked out; its whole lesson is folded."""
    blocks: list[Block] = [Prose(lead)]
    step = layer.steps[layer.largest]
    formula, note = summed_up(step)
    largest = _("Its only number:")
    if layer.output.size > 1:
        largest = _("Its largest number is at {place}:").format(place=cell_place(layer, step.index))
    blocks += [Prose((largest,)), FormulaLine(formula)]
    if note:
        blocks.append(Prose(note))
    return Section(heading, tuple(blocks), level=1, folded=tuple(parts), layer=layer)


def _figure(layer: Trace, name: str) -> list[Block]:
    """The channels of the first image as pictures: grey, or in two colours where there are negative numbers."""
    array = layer.inputs["input"] if name == "input" else layer.output
    maps = list(_maps(layer, array, name))
    return [Figure(tuple(maps))] if maps else []


def _left_out(layer: Trace, array: Array, name: str) -> Iterator[str]:
    """What of an array its pictures do not show, as sentences; none where they show all of it."""
    form = _picture_of(layer, array, name)
    images = array.size // form.size if form is not None and form.size else len(array) if array.ndim == 2 else 1
    if images > 1 and name == "input":  # said once, and meant of every layer
        yield _("Of its {n} images the first is drawn, in every layer.").format(n=images)
    if form is not None and len(form) > pictures.MOST_MAPS:
        drawn = _("Of its {n} channels the first {drawn} are drawn.")
        yield drawn.format(n=len(form), drawn=pictures.MOST_MAPS)


def _maps(layer: Trace, array: Array, name: str) -> Iterator[FeatureMap]:
    planes = _planes(layer, array, name)
    values = [value for _caption, rows in planes for row in rows for value in row if value - value == 0]
    if not values:
        return
    low, high = min(values), max(values)  # one scale for all channels, so that they can be compared
    diverging = low < 0
    if diverging:
        low, high = -max(-low, high), max(-low, high)
    for caption, rows in planes:
        yield FeatureMap(caption, rows, low, high, diverging)


Rows = tuple[tuple[float, ...], ...]


def _planes(layer: Trace, array: Array, name: str) -> list[tuple[str, Rows]]:
    """Each channel of the first image as rows of numbers: of a row of numbers, that row."""
    form = _picture_of(layer, array, name)
    if form is None:
        flat = array[0] if array.ndim == 2 else array
        if flat.ndim != 1:
            return []
        return [(numbers_told(len(flat)), (_thinned(flat),))]
    channels, height, width = form.shape
    captions = [f"{height}×{width}"]
    if channels > 1:
        captions = [_("channel {n}").format(n=channel) for channel in range(channels)]
    steps = [max(1, -(-size // FINEST)) for size in (height, width)]
    return [
        (caption, tuple(tuple(map(near, row)) for row in plane[:: steps[0], :: steps[1]].tolist()))
        for caption, plane in zip(captions, form[: pictures.MOST_MAPS])
    ]


def _thinned(flat: Array) -> tuple[float, ...]:
    most = FINEST * 4
    return tuple(map(near, flat[:: max(1, -(-len(flat) // most))].tolist()))


def _picture_of(layer: Trace, array: Array, name: str) -> Array | None:
    """The first image as `(channels, height, width)`; None where the numbers are no picture."""
    ndim = array.ndim
    padded = isinstance(layer.layer.operation, Pad) and layer.form == "plain"
    if ndim == 2 and not (layer.geometry.axes or padded or (layer.form == "plain" and array.shape == layer.shape)):
        return None
    if ndim == 2 and name == "output" and layer.form != "plain":
        return None
    if ndim not in (2, 3, 4):
        return None
    if ndim == 3 and len(layer.geometry.axes) == 1:
        return None
    first: Array = layer.layer.layout.images(array, 2)[0]
    return first


def answer_blocks(sentences: Sequence[str]) -> list[Block]:
    """What a network says, image by image (see `decision.py`)."""
    return [Prose((Strong(one),)) for one in sentences]


def _result(trace: Trace, answer: Sequence[str]) -> Iterator[Block]:
    """What the network says, and of a last row of numbers the largest, each with its place."""
    yield from answer_blocks(answer)
    output = trace.output[0] if trace.ndim == 2 and len(trace.output) == 1 else trace.output
    if output.ndim != 1 or len(output) < 2:
        return
    order = largest_cells(output, MOST_SHARES)
    yield Prose(inline(_("**Output.** The largest of the {n} numbers:"), n=len(output)))
    rows: list[tuple[Text, ...]] = [((str(i),), (true_minus(shown(plain(output[i]))),)) for i in order]
    yield Table(_("The largest numbers of the output"), (_("place"), _("number")), tuple(rows))
