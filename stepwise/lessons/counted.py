"""How many layers a chain has, and in how many stages they are carried out: a call may have several (`Layer.stage`)."""

from __future__ import annotations

from collections.abc import Sequence

from ..document.inline import Code, Text
from ..language import _, plural
from ..ops import Gradient
from ..traces.trace import Trace
from .inline import inline
from .takes import in_line


def has_stages(layers: Sequence[Trace]) -> bool:
    """Whether some call among them is carried out in several stages, or a gradient is led back through several."""
    return any(layer.layer.stage for layer in layers) or is_gradient(layers)


def is_gradient(layers: Sequence[Trace]) -> bool:
    """Whether all of it is one gradient, led back through the stages of one call."""
    return len(layers) > 1 and all(isinstance(layer.layer.operation, Gradient) for layer in layers)


def calls(layers: Sequence[Trace]) -> int:
    """Of how many calls these are the stages."""
    return sum(layer.layer.stage == 0 for layer in layers)


def stages_of(trace: Trace) -> list[Trace]:
    """The stages of the call that a trace is the last of, as far as that, in their order."""
    stages = [trace]
    while stages[0].layer.stage and "input" in stages[0].parents:
        stages.insert(0, stages[0].parents["input"])
    return stages


def layer_count(n: int) -> str:
    """`3 layers`"""
    return plural("{n} layer", "{n} layers", n)


def one_after_the_other(layers: Sequence[Trace]) -> Text:
    """How many there are, where they are told one after the other."""
    n = len(layers)
    if is_gradient(layers):
        one = _("One gradient, carried back in {n} stages, through the last stage of the layer first.")
        return (one.format(n=n),)
    if not in_line(layers):
        return (_("{n} layers, whose branches come together.").format(n=n),)
    if not has_stages(layers):
        return (_("{n} layers, one after the other.").format(n=n),)
    if calls(layers) == 1 and (whole := layers[0].layer.whole):
        return inline(_("{call} is carried out in {n} stages, one after the other."), call=Code(whole), n=str(n))
    return (_("{layers} in {n} stages, one after the other.").format(layers=layer_count(calls(layers)), n=n),)


def heading(number: int, noun: str, staged: bool) -> str:
    """The heading over one of them."""
    return (_("Stage {n}: {noun}") if staged else _("Layer {n}: {noun}")).format(n=number, noun=noun)
