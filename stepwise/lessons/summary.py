"""A network as a table: what comes out of every layer, and how large it is."""

from __future__ import annotations

from collections.abc import Sequence

from ..analysis.counts import Count, Seen, fields, multiply_adds, parameters, totals
from ..document.blocks import Block, Prose, Table
from ..document.inline import Code, Math, Text
from ..document.lesson import Lesson, Section
from ..formula import Equality, Number
from ..language import _, plural, speaking
from ..nouns import size_of
from ..traces.trace import Trace, chain
from .counted import calls, has_stages, layer_count
from .inline import inline
from .takes import from_where
from .terms import sizes


def tell_summary(trace: Trace, language: str = "en") -> Lesson:
    """The table as a document of its own."""
    with speaking(language):
        layers = chain(trace)
        ends = {"given": shape(layers[0].inputs["input"].shape), "result": shape(trace.shape)}
        lead = plural(
            "{n} layer, from {given} to {result}.", "{n} layers, from {given} to {result}.", len(layers), **ends
        )
        if has_stages(layers):
            lead = _("{layers} in {n} stages, from {given} to {result}.")
            lead = lead.format(layers=layer_count(calls(layers)), n=len(layers), **ends)
        blocks = tuple(summary_blocks(trace))
        return Lesson(_("Summary"), _("Network"), (lead,), (Section(_("Layer by layer"), blocks),), language)


def summary_blocks(trace: Trace) -> list[Block]:
    """The table, and what its columns count."""
    layers, seen = chain(trace), fields(trace)
    rows = [_row(number, layer, seen[id(layer)], layers) for number, layer in enumerate(layers, 1)]
    kept, meetings = totals(layers), sum(multiply_adds(layer).number for layer in layers)
    rows.append(((_("total"),), ("",), (f"{kept.all:,}",), (f"{meetings:,}",), ("",)))
    first = _("stage") if has_stages(layers) else _("layer")
    head = (first, _("output"), _("parameters"), _("multiply-adds"), _("receptive field"))
    counted = _("Total params: {all}. Trainable params: {trainable}. Non-trainable params: {fixed}.").format(
        all=f"{kept.all:,}", trainable=f"{kept.trainable:,}", fixed=f"{kept.fixed:,}"
    )
    columns = _(
        "Parameters are the numbers that a layer keeps: those that are trained, and those that are not, such as the "
        "mean and the variance that batch normalisation collects. Multiply-adds count how often a number is multiplied "
        "by a weight. The receptive field is the part of the input that one cell is computed from."
    )
    return [
        Table(_("The layers of the network"), head, tuple(rows), drawn="stacked"),
        Prose((counted,)),
        Prose((columns,)),
    ]


def _row(number: int, layer: Trace, seen: Seen, layers: Sequence[Trace]) -> tuple[Text, ...]:
    name: Text = (f"{number}. ", Code(short_call(layer)))
    if where := from_where(layer, layers):  # the exception is told: a branch, or a join
        name = inline(_("{n}. {call} of {layers}"), n=number, call=Code(short_call(layer)), layers=where)
    madds = multiply_adds(layer)
    return (
        name,
        (shape(layer.shape),),
        _counted(parameters(layer)),
        (f"{madds.number:,}",) if madds.number else ("–",),
        (_sees(seen),),
    )


def _sees(seen: Seen) -> str:
    if seen.field is None:
        return "–" if seen.untold else _("all")
    field = sizes(seen.field)
    return field if seen.alike else _("at most {field}").format(field=field)


def _counted(count: Count) -> Text:
    return ("–",) if count.formula is None else (Math(Equality(count.formula, Number(count.number))),)


def short_call(layer: Trace) -> str:
    """The layer's name without its parameters: `Conv2D`."""
    return layer.layer.call.partition("(")[0].rpartition(".")[2]


def shape(numbers: tuple[int, ...]) -> str:
    """`28 × 28 × 1`"""
    return size_of(numbers) if numbers else _("a single number")
