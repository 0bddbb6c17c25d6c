"""How marking is asked for in a lesson file: the keys of `marking:` and `parts:`, as plain data.

    marking: {tolerance: decdig, digits: 2, score: rows, precision_credit: 0.5, reveal: diagnosis, points: 4}
    parts:
      - {layer: 0, ask: sizes, points: 1}
      - {layer: 0, points: 2}
      - {layer: 2, points: 1, penalty: 0.5, title: After pooling}
      - {layer: 0, gradient: kernel, points: 4}     with backward:; also update: kernel, loss: before, loss: after

To add a key: a field of `Marking`, `Tolerance` or `PartRequest`; what is read here are their names.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any

from ..dataclass import dataclass
from ..errors import StepwiseError, as_yaml, did_you_mean, hint_among, listing
from ..traces.layout import Index, index_in
from ..traces.trace import Trace
from .asked import ASKS, Ask
from .marking import Marking
from .parts import Part
from .tolerance import Tolerance
from .whole_pass import WholePass

_OF_TOLERANCE = {"tolerance": "mode", "rtol": "rtol", "atol": "atol", "digits": "digits"}
LOSSES = ("before", "after")
_OF_MARKING = ("score", "weights", "precision_credit", "decimal", "reveal", "points", "round_to")


@dataclass(frozen=True)
class PartRequest:
    """One part that is asked for: what comes out of a layer, counted from 0, or what else is asked of it.

    With `gradient` it is the gradient of one of the layer's inputs, with `update` one of its weights after the update,
    and with `loss` no layer at all.
    """

    layer: int | None
    points: float = 1.0
    penalty: float | None = None
    title: str = ""
    ask: Ask = "output"
    cell: Index | None = None
    gradient: str = ""
    update: str = ""
    loss: str = ""  # before or after the update


def read_marking(data: Any, parts: bool = False) -> Marking:
    """How answers are marked, in parts or as one. Raises `StepwiseError`, naming the key that does not fit."""
    known = (*_OF_TOLERANCE, *_OF_MARKING)
    check_keys(data, known, "marking:")
    if parts and "points" in data:
        raise StepwiseError("points: in marking: is for a lesson without parts; here each of parts: has its own")
    asked = {_OF_TOLERANCE[key]: value for key, value in data.items() if key in _OF_TOLERANCE}
    if "rtol" in asked or "atol" in asked:
        asked = {"mode": "relabs"} | asked  # only there do they mean anything
    tolerance = Tolerance(**asked)
    return Marking(tolerance, **{key: value for key, value in data.items() if key in _OF_MARKING})


def read_parts(data: Any) -> tuple[PartRequest, ...]:
    """The parts asked for. Raises `StepwiseError`, naming the part."""
    if not isinstance(data, list) or not data:
        raise StepwiseError(f"found parts: {as_yaml(data)}, expected a list such as - {{layer: 0, points: 2}}")
    known = [field.name for field in dataclasses.fields(PartRequest)]
    parts = []
    for number, entry in enumerate(data, 1):
        check_keys(entry, known, f"part {number} of parts:")
        part = PartRequest(**({"layer": None} | entry))
        _check_way_back(part, number)
        if part.layer is None and not part.loss:
            raise StepwiseError(f"part {number} of parts: has no layer:, such as layer: 0 for the first")
        if not part.loss and (type(part.layer) is not int or part.layer < 0):
            raise StepwiseError(
                f"found layer: {as_yaml(part.layer)} in part {number}, expected its number, counted from 0"
            )
        if not isinstance(part.title, str):
            raise StepwiseError(
                f"found title: {as_yaml(part.title)} in part {number}, expected words (put them in quotes)"
            )
        if part.ask not in ASKS:
            hint = did_you_mean(str(part.ask), ASKS)
            raise StepwiseError(f"found ask: {as_yaml(part.ask)} in part {number}, expected {listing(ASKS)}.{hint}")
        parts.append(dataclasses.replace(part, cell=_cell(part, number)))
    return tuple(parts)


def _check_way_back(part: PartRequest, number: int) -> None:
    """Raises `StepwiseError` for a part of the way back that does not fit."""
    for key in ("gradient", "update", "loss"):
        if not isinstance(getattr(part, key), str):
            found = f"found {key}: {as_yaml(getattr(part, key))} in part {number}"
            raise StepwiseError(f"{found}, expected {'before or after' if key == 'loss' else 'a name such as kernel'}")
    asked = [key for key in ("gradient", "update", "loss") if getattr(part, key)]
    if len(asked) > 1:
        raise StepwiseError(f"found both {asked[0]}: and {asked[1]}: in part {number}, expected one of them")
    if part.loss and part.loss not in LOSSES:
        hint = did_you_mean(part.loss, LOSSES)
        raise StepwiseError(f"found loss: {as_yaml(part.loss)} in part {number}, expected {listing(LOSSES)}.{hint}")
    if part.loss and part.layer is not None:
        raise StepwiseError(f"found layer: beside loss: in part {number}; a loss belongs to no layer")
    if asked and part.ask == "padding":
        raise StepwiseError(f"found ask: padding in part {number}, which a {asked[0]} has none of")


def _cell(part: PartRequest, number: int) -> Index | None:
    """Whose formula is asked for. Raises `StepwiseError` where there is none to ask for."""
    cell: Any = part.cell
    if cell is None:
        return None
    if part.ask != "formula":
        raise StepwiseError(f"found cell: in part {number}, which goes with ask: formula only")
    if not isinstance(cell, list) or not all(type(i) is int for i in cell):
        raise StepwiseError(f"found cell: {as_yaml(cell)} in part {number}, expected an index such as [0, 1]")
    return tuple(cell)


def parts_from(requests: Iterable[PartRequest], layers: Sequence[Trace], whole: WholePass | None = None) -> list[Part]:
    """The parts, with the traces of their layers. Raises `StepwiseError` for a layer there is none of.

    `whole` is the way back, where there is one.
    """
    parts = []
    for request in requests:
        layer = _asked_for(request, layers, whole)
        cell = None if request.cell is None else index_in(request.cell, layer.output.shape, "output")
        parts.append(Part(layer, request.points, request.penalty, request.title, request.ask, cell))
    return parts


def _asked_for(request: PartRequest, layers: Sequence[Trace], whole: WholePass | None) -> Trace:
    """What a part asks for."""
    asked = next((key for key in ("gradient", "update", "loss") if getattr(request, key)), "")
    if asked and whole is None:
        raise StepwiseError(f"parts: ask for a {asked}, but the lesson has no backward:, such as backward: {{grad: …}}")
    if whole is not None and request.loss:
        return whole.loss if request.loss == "before" else whole.loss_again
    assert request.layer is not None
    if whole is not None and request.gradient:
        return whole.gradient(request.layer, request.gradient)
    if whole is not None and request.update:
        return whole.new_weight(request.layer, request.update)
    if request.layer >= len(layers):
        problem = f"parts: ask for layer {request.layer}; the layers are numbered 0 to {len(layers) - 1}"
        raise StepwiseError(problem)
    return layers[request.layer] if whole is None else whole.joined(layers[request.layer])


def check_keys(data: Any, known: Sequence[str], where: str) -> None:
    """Raises `StepwiseError` for a key that is not among the known ones; `where` is what the author calls the place."""
    if not isinstance(data, dict):
        raise StepwiseError(f"found {where} {as_yaml(data)}, expected keys such as {known[0]}: …")
    for key in data:
        if key not in known:
            raise StepwiseError(f"there is no key {key!r} in {where}{hint_among(str(key), known)}")
