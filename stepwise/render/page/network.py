"""What the page's script must know of a network: how its layers hang together, and how their arrays are drawn.

A layer that has a stage is known from that. Of any other, `joined` tells where each output cell's numbers come from:
a table for each input. What each number gave is told by a rule, too (see `Influence.gave`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...analysis.shared_out import followed
from ...arithmetic import Array
from ...language import _
from ...lessons.phrases import phrases
from ...lessons.summary import shape, short_call
from ...ops.broadcast import Broadcast
from ...ops.cells import Moving
from ...rules.as_data import as_data
from ...traces.trace import Trace, chain
from .operable import MOST_LINES, cells, numeric
from .views import named_along, rule_of

MOST_NUMBERS = 1_500_000
"""The most numbers of a network, weights and all, that a page carries."""
MOST_MAPS = 64
"""Of a layer, so many feature maps are drawn."""

Numbered = Callable[[Trace], int]


def too_large(trace: Trace) -> bool:
    """Whether a network has more numbers, all together, than a page can carry and still open at once."""
    return cells([trace]) > MOST_NUMBERS


def network(
    trace: Trace, number: Numbered, stages: dict[int, int], array: Callable[[Array], int]
) -> dict[str, Any] | None:
    """Everything the script must know; None where a layer's numbers are not JavaScript's."""
    layers = chain(trace)
    if not all(numeric(a) for layer in layers for a in (*layer.inputs.values(), layer.output)):
        return None
    places = {id(layer): n for n, layer in enumerate(layers)}
    source = layers[0].inputs["input"]
    described: list[dict[str, Any]] = []
    for layer in layers:
        down = {
            name: places[id(layer.parents[name])] if name in layer.parents else -1 for name in followed(layer, source)
        }
        one: dict[str, Any] = {
            "trace": number(layer),
            "noun": phrases(layer).noun(),
            "call": short_call(layer),
            "size": shape(layer.shape),
            "down": down,
            "plan": plan(layer, layer.output),
        }
        if layer.layer.operation.squashes:
            one["squashes"] = True
        one["gave"] = [
            None if rule is None else as_data(rule, layer.inputs) for rule in layer.layer.operation.gave(layer)
        ]
        view = joined(layer) if id(layer) not in stages else None
        if id(layer) in stages:
            one["stage"] = stages[id(layer)]
        elif view is not None:
            one["view"] = view
        stops = [described[n]["stops"] for n in down.values() if n >= 0 and "stops" in described[n]]
        if (id(layer) not in stages and view is None) or (id(layer) in stages and set(down) - {"input"}):
            one["stops"] = short_call(layer)  # a product of two numbers that both come from the network, and the like
        elif stops:
            one["stops"] = stops[0]
        described.append(one)
    first: dict[str, Any] = {
        "array": array(source),
        "size": shape(source.shape),
        "plan": plan(layers[0], source, given=True),
    }
    return {"source": first, "layers": described, "words": words(first["plan"]["line"])}


def joined(layer: Trace) -> dict[str, Any] | None:
    """A view of an operation without a stage: for every output cell, the cell of each input; None for other ones."""
    operation, output = layer.layer.operation, layer.output
    alone = operation.in_place and len(layer.inputs) == 1
    moved = isinstance(operation, Moving) and not operation.counts
    if not (alone or moved or isinstance(operation, Broadcast)) or output.size > MOST_LINES:
        return None
    sources: dict[str, Any] = {}
    for name, array in layer.inputs.items():
        own = np.arange(array.size).reshape(array.shape)
        if isinstance(operation, Moving):
            table = operation.numbers(layer, name) - 1
        elif isinstance(operation, Broadcast):
            table = np.broadcast_to(own, output.shape)
        else:
            table = own
        flat = table.ravel().tolist()
        sources[name] = None if flat == list(range(output.size)) else flat
    view: dict[str, Any] = {
        **rule_of(layer),
        "whole": True,
        "sources": sources,
        "output": {"shape": list(output.shape), "rows": -1, "columns": output.ndim - 1} | named_along(layer, "output"),
    }
    return view


def plan(layer: Trace, array: Array, given: bool = False) -> dict[str, Any]:
    """How an array is drawn as maps: the number of each map's first cell, and what a row, a column, an image adds."""
    numbers = np.arange(array.size).reshape(array.shape)
    spatial = _spatial(layer, array, given)
    if spatial:
        images = layer.layer.layout.images(numbers, spatial)
        if spatial == 1:  # the channels of a line are its rows
            images = images[:, np.newaxis]
    else:
        images = numbers.reshape(-1, 1, 1, array.shape[-1] if array.ndim else 1)
    maps = images[0].reshape(-1, *images.shape[-2:])
    return {
        "maps": maps[:MOST_MAPS, 0, 0].tolist() if maps.size else [],
        "more": max(0, len(maps) - MOST_MAPS),
        "rows": [maps.shape[1], step_along(maps[0], 0)] if len(maps) else [0, 0],
        "columns": [maps.shape[2], step_along(maps[0], 1)] if len(maps) else [0, 0],
        "images": [len(images), step_along(images, 0)],
        "line": not spatial,
    }


def step_along(numbers: Array, axis: int) -> int:
    """How much an array's numbers grow from one row, or column, to the next."""
    along = np.moveaxis(numbers, axis, 0)
    return int(along[1].flat[0] - along[0].flat[0]) if len(along) > 1 and along[0].size else 0


def _spatial(layer: Trace, array: Array, given: bool) -> int:
    """How many axes of an array are those of a picture; 0 for rows of numbers."""
    here: Trace | None = layer
    form = layer.form
    while here is not None:
        left = here.output.ndim
        if not given and left < here.inputs["input"].ndim and array.ndim <= left:
            return 0  # flattened, here or before
        axes = len(here.geometry.axes)
        if axes:
            fits = array.ndim - axes in ((0, 1, 2) if given or form == "plain" else (1, 2))
            return axes if fits and not (array.ndim == 2 and axes == 2 and not given and form != "plain") else 0
        here = here.parents.get("input")
    if array.ndim in (3, 4):
        return 2
    return 2 if array.ndim == 2 and form == "plain" else 0


def batch_words(rows: bool) -> dict[str, str]:
    """What one of a batch is called: an image, or a row of numbers."""
    if rows:
        return {"image": _("row {n}"), "images": _("row")}
    return {"image": _("image {n}"), "images": _("image")}


def words(rows: bool) -> dict[str, str]:
    """What the script says, as templates; `rows` where the input is rows of numbers."""
    return {
        **batch_words(rows),
        "input": _("input"),
        "channel": _("channel {n}"),
        "more": _("and {n} more"),
        "diagram": _("Diagram of the network"),
        "lowest": _("lowest"),
        "highest": _("highest"),
        "signed": _("where numbers are negative:"),
        "map": _("Layer {layer}, {noun}, channel {n}: {rows} by {columns} numbers from {low} to {high}"),
        "cell": _("{layer}, place {at}: {value}. Why?"),
        "pixels": _("Input, channel {n}: {rows} by {columns} numbers. What depends on one of them?"),
        "layer": _("Layer {n}: {noun}"),
        "back": _("Back to the network"),
        "why": _("Why?"),
        "ask": _("Why is it {value}?"),
        "touch": _("What depends on it?"),
        "title": _("Why is {at} of layer {n}, {noun}, {value}?"),
        "touched": _("What depends on {at} of the input?"),
        "pixel": _(
            "It is {value}. In every layer, the cells that can depend on it keep their colours; the others are dimmed."
        ),
        "another": _("Another cell:"),
        "place": _("place {n} of the cell, 0 to {last}"),
        "part": _("{n} of {total}"),
        "shared": _(
            "A {noun} only turns a score into another form. The score, {score}, is divided among its inputs below."
        ),
        "given": _("All numbers of the input together contributed {total}; biases and other added numbers, {rest}."),
        "field": _("It can depend on {n} of the {total} numbers of the input: its receptive field, framed."),
        "from": _("What each number of the layer before contributed"),
        "others": _("{n} others"),
        "bias": _("bias"),
        "sum": _("sum"),
        "none": _("No number of the layer before contributes to it."),
        "end": _("This is a number of the input itself."),
        "stop": _("This page cannot trace contributions back through {call}."),
        "gave": _("What each cell contributed (blue lowers the number, orange raises it, by up to {most})"),
        "path": _("The path back to the input"),
        "winner": _("the winner of the maximum"),
        "close": _("Close"),
        "show": _("Show it in its layer"),
        "times": _("number times weight"),
        "hint": _(
            "Point at a map to see its numbers; click to open its layer there. Click a pixel of the input to see which "
            "cells depend on it."
        ),
        "at": _("{name} {at}: {value}"),
    }


__all__ = ["joined", "network", "plan", "step_along", "too_large"]
