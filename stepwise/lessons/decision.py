"""What a network says, in words: “the largest share, 0.96, is that of 5”, or of a class that has a name.

Shares are what a softmax along the last axis gives; of other numbers only the largest is told, and of one that a
sigmoid gives, on which side of one half it lies. To tell another kind of answer: a case in `_row`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..arithmetic import holds_expressions, plain, shown
from ..errors import CallError
from ..language import _, plural
from ..ops import Dense, Identity, MatMul, Sigmoid, Softmax
from ..ops.cells import Moving
from ..traces import Trace, chain

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
    told = [_row(row, kind, classes) for row in rows[:MOST_IMAGES]]
    if len(rows) == 1:
        return told
    found = [_("Image {n}: {answer}").format(n=n, answer=answer) for n, answer in enumerate(told)]
    if len(rows) > MOST_IMAGES:
        found.append(_("Of {n} images these are the first {told}.").format(n=len(rows), told=MOST_IMAGES))
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
    if isinstance(operation, Softmax):
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
    if len(alike) > MOST_ALIKE:
        told = _("The largest share, {value}, is that of {n} of them alike.")
        other = _("The largest output, {value}, is that of {n} of them alike.")
        return (told if kind == "softmax" else other).format(value=_number(largest), n=len(alike))
    if len(alike) > 1:
        names = _(" and of ").join(_named(i, classes) for i in alike)
        told = _("The largest share, {value}, is that of {names} alike.")
        other = _("The largest output, {value}, is that of {names} alike.")
        return (told if kind == "softmax" else other).format(value=_number(largest), names=names)
    told, other = (
        _("The largest share, {value}, is that of {name}."),
        _("The largest output, {value}, is that of {name}."),
    )
    return (told if kind == "softmax" else other).format(value=_number(largest), name=_named(alike[0], classes))


def _alone(value: Any, kind: str, classes: Sequence[str]) -> str:
    """Of a single number: what a sigmoid gives lies on one side of one half, any other is what it is."""
    if kind != "sigmoid":
        return _("The output is {value}.").format(value=_number(value))
    if value * 2 == 1:
        return _("The output is one half: it decides for neither of the two.")
    name = _named(int(value * 2 > 1), classes)
    told = _("The output, {value}, is more than one half: the answer is {name}.")
    other = _("The output, {value}, is less than one half: the answer is {name}.")
    return (told if value * 2 > 1 else other).format(value=_number(value), name=name)


def _named(place: int, classes: Sequence[str]) -> str:
    return classes[place] if classes else str(place)


def _number(value: Any) -> str:
    told = shown(plain(value)).replace("-", "−")
    return _("almost 1") if told == "1" and value < 1 else told  # rounded, it would be all there is
