"""What the page's script must know of a way back: each layer's maps, there and back, and those of its weights.

A gradient's numbers are those of its own trace, so that they change where its reader changes one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from ...arithmetic import Array
from ...document.led import Learned, Led, Returned
from ...language import _
from ...lessons.gradient_names import letter, symbol
from ...lessons.phrases import phrases
from ...lessons.summary import shape, short_call
from ...traces.axes import planes_of, roles
from ...traces.trace import Trace, data_inputs
from .network import MOST_NUMBERS, Numbered, batch_words, plan, step_along
from .operable import cells, numeric

MOST_PLANES = 16
"""Of a weight, so many planes are drawn."""
Kept = Callable[[Array], int]
Row = dict[str, Any]


def gradients_of(led: Led) -> list[Trace]:
    """Every gradient that the maps show, each once."""
    found = [one.gradient for one in led.layers if isinstance(one.gradient, Trace)]
    found += [weight.gradient for one in led.layers for weight in one.weights] + [led.gradient]
    return list({id(one): one for one in found}.values())


def too_many(led: Led) -> bool:
    """Whether there are more numbers than a page can carry and still open at once."""
    return cells([led.layers[-1].layer, *gradients_of(led)]) > MOST_NUMBERS


def way_back(
    led: Led, number: Numbered, array: Kept, stages: dict[int, int], sections: dict[int, int]
) -> dict[str, Any] | None:
    """Everything the script must know; None where numbers are not JavaScript's.

    `stages` and `sections` are the numbers of the stage and of the section that tell a gradient, by its `id`.
    """
    layers = [one.layer for one in led.layers]
    traces = [*layers, *gradients_of(led)]
    if not all(numeric(a) for one in traces for a in (*one.inputs.values(), one.output)):
        return None
    places = {id(layer): n for n, layer in enumerate(layers)}

    def kept(gradient: Array | Trace) -> Row:
        if not isinstance(gradient, Trace):
            return {"array": array(gradient)}
        found: dict[str, Any] = {"trace": number(gradient)}
        found |= {"stage": stages[id(gradient)]} if id(gradient) in stages else {}
        return found | ({"section": sections[id(gradient)]} if id(gradient) in sections else {})

    drawn = plan(layers[0], led.source, given=True)
    first: dict[str, Any] = {
        "noun": _("input"),
        "size": shape(led.source.shape),
        "there": {"name": "X", "plan": drawn, "array": array(led.source)},
        "back": {"name": symbol("input"), "plan": drawn, **kept(led.gradient)},
        "weights": [],
    }
    described = []
    for one in led.layers:
        layer = one.layer
        down = [places[id(layer.parents[name])] if name in layer.parents else -1 for name in _drawn_from(layer, led)]
        drawn = plan(layer, layer.output)
        there = {"name": "Y", "plan": drawn, "array": array(layer.output)}
        there |= {} if one.after is None else {"after": array(one.after)}
        row: dict[str, Any] = {
            "number": one.number,
            "noun": phrases(layer).noun(),
            "call": short_call(layer),
            "size": shape(layer.shape),
            "down": down,
            "there": there,
            "weights": [_weight(one, weight, kept, array) for weight in one.weights],
        }
        if one.gradient is not None:
            row["back"] = {"name": symbol("output"), "plan": drawn, **kept(one.gradient)}
        described.append(row)
    named = batch_words(first["there"]["plan"]["line"]) | words()
    return {"source": first, "layers": described, "losses": led.losses, "updated": led.updated, "words": named}


def _drawn_from(layer: Trace, led: Led) -> Iterator[str]:
    """The inputs that are drawn: what comes from a layer, or from the first input."""
    for name in data_inputs(layer):
        array = layer.inputs[name]
        if name in layer.parents or array is led.source or np.array_equal(array, led.source):
            yield name


def _weight(
    one: Returned, weight: Learned, kept: Callable[[Array | Trace], dict[str, Any]], array: Kept
) -> dict[str, Any]:
    drawn = plan_of_weight(weight.before, roles(one.layer, weight.name))
    before: Row = {"name": f"{weight.called} {letter(weight.name)}", "plan": drawn, "array": array(weight.before)}
    before |= {} if weight.after is None else {"after": array(weight.after)}
    return {"own": before, "back": {"name": weight.symbol, "plan": drawn, **kept(weight.gradient)}}


def plan_of_weight(array: Array, along: Sequence[str]) -> dict[str, Any]:
    """How a weight is drawn as maps: its planes, as `plan` has those of an output.

    >>> plan_of_weight(np.zeros((2, 2, 1, 3)), ("row", "column", "channel", "filter"))["maps"]
    [0, 1, 2]
    """
    numbers = np.arange(array.size).reshape(array.shape)
    planes = [plane for _first, plane in planes_of(tuple(along), numbers)]
    return {
        "maps": [int(plane[0, 0]) for plane in planes[:MOST_PLANES]],
        "more": max(0, len(planes) - MOST_PLANES),
        "rows": [len(planes[0]), step_along(planes[0], 0)],
        "columns": [len(planes[0][0]), step_along(planes[0], 1)],
        "images": [1, 0],
        "line": array.ndim < 2,
    }


def words() -> dict[str, str]:
    """What the script says, as templates."""
    return {
        "input": _("input"),
        "more": _("and {n} more"),
        "layer": _("Layer {n}: {noun}"),
        "diagram": _("Diagram of the backward pass"),
        "of input": _("{name} of the input, map {n}: {rows} by {columns} numbers from {low} to {high}"),
        "of layer": _("{name} of layer {layer}, {noun}, map {n}: {rows} by {columns} numbers from {low} to {high}"),
        "at input": _("{name} {at}: {value}"),
        "at layer": _("Layer {layer}, {noun}: {name} {at} is {value}"),
        "hint": _("Point at a map to see its numbers; click a gradient to open its working there."),
        "legend": _("Gradients:"),
        "back": _("Gradients of outputs:"),
        "learned": _("Gradients of weights:"),
        "colours": _("blue is below 0, white is 0, orange is above 0"),
        "one": _("One scale for all layers"),
        "far": _("{name} ±{far}"),
        "after": _("After the update"),
        "loss": _("The loss is {value}."),
        "home": _("Back to the maps"),
    }


__all__ = ["gradients_of", "plan_of_weight", "too_many", "way_back"]
