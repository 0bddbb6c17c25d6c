"""What a layer of a network takes, where that is not just what the layer before it gave: a branch, or a join."""

from __future__ import annotations

from collections.abc import Sequence

from ..arithmetic import unlike
from ..language import _, listed
from ..traces.trace import Trace, data_inputs


def taken(layer: Trace, layers: Sequence[Trace]) -> list[int]:
    """The numbers of the layers whose outputs it takes, in the order of its inputs; 0 is the network's own input."""
    numbers = {id(one): number for number, one in enumerate(layers, 1)}
    given = layers[0].inputs["input"]
    found = []
    for name in data_inputs(layer):
        parent, array = layer.parents.get(name), layer.inputs[name]
        if parent is not None:
            found.append(numbers[id(parent)])
        elif array is given or (array.shape == given.shape and not unlike(array, given).any()):
            found.append(0)  # what else stands there is a constant
    return found


def from_where(layer: Trace, layers: Sequence[Trace]) -> str:
    """`1 and 4`, `the input and 2`: the layers by their numbers; empty where it takes what the one before it gave."""
    numbers = taken(layer, layers)
    if numbers == [place_of(layer, layers)]:
        return ""
    return listed(_("the input") if not number else str(number) for number in numbers)


def takes(layer: Trace, layers: Sequence[Trace], staged: bool) -> str:
    """The same as a sentence; empty where it takes what the one before it gave."""
    numbers = taken(layer, layers)
    if numbers == [place_of(layer, layers)] or not numbers:
        return ""
    output = _("the output of stage {n}") if staged else _("the output of layer {n}")
    things = [output.format(n=number) if number else _("the input of the network") for number in numbers]
    if len(things) > 1:
        return _("Its inputs are, in this order: {inputs}.").format(inputs=listed(things))
    return _("It takes {input}.").format(input=things[0])


def in_line(layers: Sequence[Trace]) -> bool:
    """Whether each takes just what the one before it gave."""
    return all(taken(layer, layers) == [place] for place, layer in enumerate(layers))


def place_of(layer: Trace, layers: Sequence[Trace]) -> int:
    """Where among the layers it stands, from 0."""
    return next(place for place, one in enumerate(layers) if one is layer)
