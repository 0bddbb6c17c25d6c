"""What a network says, in words: “the largest share, 0.96, is that of 5”, or of a class that has a name.

Shares are what a softmax along the last axis gives; of other numbers only the largest is told, and of one that a
sigmoid gives, on which side of one half it lies. To tell another kind of answer: a case in `_row`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..arithmetic import holds_expressions, plain, shown, true_minus
from ..errors import CallError
from ..language import _, listed, plural
from ..ops import Dense, Identity, MatMul, Sigmoid, Softmax
from ..ops.cells import Moving
from ..traces.trace import Trace, chain

MOST_IMAGES = 10
"""Of a batch, so many answers are told."""
MOST_ALIKE = 4
"""Of so many that are equally large the places are named."""
MOST_NUMBERS = 100_000
"""A row of more is no answer."""


def answers(trace: Trace, classes: Sequence[str] = ()) -> list[str]:
    """The answer for each image as a sentence; none where what comes out is no answer.

    Raises `CallError` where there are classes, and not as many numbers to name.
    """
    rows = _rows(trace)
    if classes and not rows:
        raise CallError(f"classes are names for a row of numbers; {trace.layer.call} gives an array of {trace.shape}")
    if not rows or not (classes or _is_network(trace)):
        return []
    kind = _kind(trace)
    due = 2 if kind == "sigmoid" and len(rows[0]) == 1 else len(rows[0])
    if classes and len(classes) != due:
        raise CallError(f"classes has {len(classes)} names, but {due} are needed: one for each number that comes out")
    sentences = [_row(row, kind, classes) for row in rows[:MOST_IMAGES]]
    if len(rows) == 1:
        return sentences
    found = [_("Image {n}: {answer}").format(n=n, answer=answer) for n, answer in enumerate(sentences)]
    if len(rows) > MOST_IMAGES:
        found.append(_("These are the first {shown} of {n} images.").format(n=len(rows), shown=MOST_IMAGES))
    return found


def _rows(trace: Trace) -> list[list[Any]]:
    """What comes out for each image, as a row of numbers; none where it is something else."""
    output = trace.output
    if holds_expressions(output) or not output.size or output.size > MOST_NUMBERS or trace.geometry.axes:
        return []
    if output.ndim == 1:
        return [output.tolist()]
    return list(output.tolist()) if output.ndim == 2 and trace.form == "batch" else []


def _is_network(trace: Trace) -> bool:
    """Whether these layers end in an answer: one that weighs everything is among them."""
    layers = chain(trace)
    return len(layers) > 1 and any(isinstance(layer.layer.operation, Dense | MatMul) for layer in layers)


def _kind(trace: Trace) -> str:
    """What the numbers are: shares of a `softmax` along the last axis, of a `sigmoid`, or any."""
    while isinstance(trace.layer.operation, Identity | Moving) and "input" in trace.parents:
        trace = trace.parents["input"]
    operation, ndim = trace.layer.operation, trace.ndim
    if type(operation) is Softmax:
        return "softmax" if {axis % ndim for axis in operation.axes} == {ndim - 1} else ""
    return "sigmoid" if isinstance(operation, Sigmoid) else ""


def _row(row: Sequence[Any], kind: str, classes: Sequence[str]) -> str:
    lacking = sum(value != value for value in row)
    if lacking:
        return plural(
            "{n} of the outputs is not a number, so none is the largest.",
            "{n} of the outputs are not numbers, so none is the largest.",
            lacking,
        )
    if len(row) == 1:
        return _alone(row[0], kind, classes)
    largest = max(row)
    alike = [i for i, value in enumerate(row) if value == largest]
    of_shares = kind == "softmax"
    if len(alike) > MOST_ALIKE:
        share = _("The largest share, {value}, is that of {n} of them alike.")
        output = _("The largest output, {value}, is that of {n} of them alike.")
        return (share if of_shares else output).format(value=_number(largest), n=len(alike))
    names = listed(_named(i, classes) for i in alike)
    share = _("The largest share, {value}, is that of {names}.")
    output = _("The largest output, {value}, is that of {names}.")
    if len(alike) > 1:
        share = _("The largest share, {value}, is that of {names} alike.")
        output = _("The largest output, {value}, is that of {names} alike.")
    return (share if of_shares else output).format(value=_number(largest), names=names)


def _alone(value: Any, kind: str, classes: Sequence[str]) -> str:
    """Of a single number: what a sigmoid gives lies on one side of one half, any other is what it is."""
    if kind != "sigmoid":
        return _("The output is {value}.").format(value=_number(value))
    if value * 2 == 1:
        return _("The output is exactly one half, so neither answer is preferred.")
    name = _named(int(value * 2 > 1), classes)
    more = _("The output, {value}, is more than one half: the answer is {name}.")
    less = _("The output, {value}, is less than one half: the answer is {name}.")
    return (more if value * 2 > 1 else less).format(value=_number(value), name=name)


def _named(place: int, classes: Sequence[str]) -> str:
    return classes[place] if classes else str(place)


def _number(value: Any) -> str:
    number = true_minus(shown(plain(value)))
    return _("almost 1") if number == "1" and value < 1 else number  # rounded, it would be all there is
