"""What is to be done with each step of an exercise, in a sentence: carry a layer out, work out a gradient, a loss, or
new weights. Forward layers are carried out on what came before; of a gradient it is said what it is the gradient of.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..arithmetic import shown
from ..document.inline import Code, Text
from ..language import _
from ..lessons.counted import has_stages, heading
from ..lessons.gradient_names import gradient_noun, layer_call, own_symbol, wrt_noun
from ..lessons.inline import inline
from ..lessons.phrases import phrases
from ..marking.descent import Descent
from ..ops import Gradient
from ..ops.loss import Loss
from ..ops.losses import BatchMean
from ..traces.trace import Trace, chain
from .takes import inputs_by_call, one_by_one


def is_way_back(layers: Sequence[Trace]) -> bool:
    """Whether some step is a gradient."""
    return any(isinstance(trace.layer.operation, Gradient) for trace in layers)


def noun(trace: Trace) -> str:
    """What a step is called: by its operation, or as new weights."""
    if isinstance(trace.layer.operation, Descent):
        return _("New {name}").format(name=weight_name(trace))
    return phrases(trace).noun()


def headed(layers: Sequence[Trace], number: int) -> str:
    """The heading over the working of the step of this number, from 0.

    On a way back the number in it is the layer's on the way there: a gradient, a new weight, and a layer that is
    carried out again, go by it.
    """
    trace = layers[number]
    gradient = trace.parents["input"] if isinstance(trace.layer.operation, Descent) else trace
    back = isinstance(gradient.layer.operation, Gradient)
    named = gradient_noun(trace) if back and gradient is trace else noun(trace)
    call = layer_call(gradient) if back else trace.layer.call
    alike = [n for n, one in enumerate(layers[: number + 1], 1) if one.layer.call == call]
    if back and len(alike) > 1:
        alike = [n for n in alike if layers[n - 1].inputs["input"] is gradient.inputs.get("x")]
    if is_of_loss(gradient):
        return _("Gradient of the loss") if back else named
    if not alike:
        return named
    return heading(alike[0] if is_way_back(layers) else number + 1, named, has_stages(layers))


def is_of_loss(trace: Trace) -> bool:
    """Whether it is a loss, or the gradient of one."""
    operation = trace.layer.operation
    return isinstance(operation.of if isinstance(operation, Gradient) else operation, Loss | BatchMean)


def weight_name(trace: Trace) -> str:
    """The framework's own name of the weight that is updated."""
    return wrt_noun(trace.parents["input"])


def task(layers: Sequence[Trace], number: int, worth: str = "") -> Text:
    """What is to be done with the step of this number, from 0; `worth` is what it is worth, in words."""
    trace = layers[number]
    operation = trace.layer.operation
    if isinstance(operation, Descent):
        sentence = _("Update the {name} of {call}: subtract {lr} times its gradient ({points}).")
        if not worth:
            sentence = _("Update the {name} of {call}: subtract {lr} times its gradient.")
        call = layer_call(trace.parents["input"])
        return inline(sentence, name=weight_name(trace), call=Code(call), lr=shown(operation.lr), points=worth)
    if isinstance(operation, Gradient) and is_of_loss(trace):
        sentence = _("Work out the gradient of the loss for the output of {call} ({points}).")
        if not worth:
            sentence = _("Work out the gradient of the loss for the output of {call}.")
        return inline(sentence, call=_before_loss(trace), points=worth)
    if isinstance(operation, Gradient):
        sentence = _("Work out {symbol}, the gradient of the {name} of {call} ({points}).")
        if not worth:
            sentence = _("Work out {symbol}, the gradient of the {name} of {call}.")
        names = {"symbol": own_symbol(trace), "name": wrt_noun(trace)}
        return inline(sentence, **names, call=Code(layer_call(trace)), points=worth)
    if is_of_loss(trace):
        sentence = _("Work out the loss, {call} ({points}).") if worth else _("Work out the loss, {call}.")
        return inline(sentence, call=Code(trace.layer.call), points=worth)
    again = any(name in trace.parents for name in ("kernel", "bias"))
    given = [] if again or is_way_back(chain(trace)) else inputs_by_call(trace, layers)
    sentence = _again(bool(worth)) if again else _forward(number, len(layers), bool(worth), len(given))
    return inline(sentence, call=Code(trace.layer.call), points=worth, inputs=one_by_one(given))


def _before_loss(trace: Trace) -> Code | str:
    """What a loss is worked out of: the output of the last layer, or the losses of all samples."""
    before = trace.parents.get("x")
    return Code(before.layer.call) if before is not None else _("the last layer")


def _again(worth: bool) -> str:
    again = _("With the new weights, carry out {call} again ({points}).")
    return again if worth else _("With the new weights, carry out {call} again.")


def _forward(number: int, layers: int, worth: bool, given: int) -> str:
    """What is to be done with a layer, which is the `number`-th of so many; the places are open.

    `given` is how many inputs it has that must be named, since they are not just what was worked out before.
    """
    if layers == 1:
        return _("Carry out {call} ({points}).") if worth else _("Carry out {call}.")
    if number == 0:
        return _("First carry out {call} ({points}).") if worth else _("First carry out {call}.")
    if given > 1:
        if worth:
            return _("Then carry out {call} ({points}). Its inputs are, in this order: {inputs}.")
        return _("Then carry out {call}. Its inputs are, in this order: {inputs}.")
    if given and worth:
        return _("Then, on {inputs}, carry out {call} ({points}).")
    if given:
        return _("Then, on {inputs}, carry out {call}.")
    return (
        _("Then, on that output, carry out {call} ({points}).")
        if worth
        else _("Then, on that output, carry out {call}.")
    )
