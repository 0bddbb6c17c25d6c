"""A whole network told: a picture of it, its layers as a table, each layer in short with its own lesson folded away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..arithmetic import holds_expressions, largest_cells, plain, shown, true_minus
from ..document.blocks import Block, FormulaLine, Prose, Table
from ..document.inline import Code, Strong, Text
from ..document.lesson import Section
from ..language import _
from ..traces.axes import cell_place
from ..traces.trace import Trace, chain
from .counted import has_stages
from .inline import inline, paragraph
from .long import summed_up
from .maps import figure_of, left_out
from .summary import shape, summary_blocks
from .takes import from_where

FEW = 3
"""So many layers are told one after the other, each in full; of more, a picture comes first."""
MOST_SHARES = 5
"""Of a last row of numbers, so many are named, the largest first."""


def is_network(trace: Trace) -> bool:
    """Whether a chain is long enough to be told as a network; letters are told line by line."""
    layers = chain(trace)
    return len(layers) > FEW and not any(holds_expressions(layer.output) for layer in layers)


def overview(trace: Trace, answer: Sequence[str] = ()) -> list[Section]:
    """The picture of the whole, what it says, and the table."""
    layers = chain(trace)
    source = layers[0].inputs["input"]
    given = _("Input: {shape}.").format(shape=shape(source.shape))
    blocks: list[Block] = [Prose(paragraph(given, *left_out(layers[0], source, "input")))]
    blocks += figure_of(layers[0], "input")
    for number, layer in enumerate(layers, 1):
        sizes = " + ".join(shape(array.shape) for name, array in layer.inputs.items() if name in _data(layer))
        line = _("{n}. {call}: {given} → {result}.")
        if where := from_where(layer, layers):
            line = _("{n}. {call}: {given} → {result}, from {layers}.")
        call, result = Code(layer.layer.call), shape(layer.shape)
        about = inline(line, n=number, call=call, given=sizes, result=result, layers=where)
        blocks.append(Prose(paragraph(about, *left_out(layer, layer.output, "output"))))
        blocks += figure_of(layer, "output")
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
