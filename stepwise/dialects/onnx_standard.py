"""What the standard says of an operator at an opset: its attributes, the kind of each, and what they default to.

The tables are the package onnx's own (`onnx.defs`). A node that does not keep to them is refused in one sentence,
before anything is built from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from ..errors import counted, listing

if TYPE_CHECKING:
    from onnx.defs import OpSchema

KINDS = {
    "FLOAT": "a number",
    "INT": "a whole number",
    "STRING": "a word",
    "TENSOR": "an array",
    "FLOATS": "a list of numbers",
    "INTS": "a list of whole numbers",
}
"""The kinds of attributes that operators here take; the rest are graphs, sparse arrays, lists of words."""

WINDOWS = ("Conv", "ConvTranspose", "MaxPool", "AveragePool", "LpPool", "MaxUnpool")
"""Operators of which the standard says in words what strides, dilations and pads are where they are left out."""
UNWRITTEN = {"strides": 1, "dilations": 1, "pads": 0, "output_padding": 0}
"""What they then are, along every axis."""


@cache
def schema(op: str, opset: int) -> OpSchema | None:
    """The standard's record of an operator; None for one that it does not have at this opset."""
    from onnx import defs

    try:
        return defs.get_schema(op, max_inclusive_version=opset)
    except defs.SchemaError:
        return None


@cache
def defaults(op: str, opset: int) -> Mapping[str, Any]:
    """What the operator's attributes are where they are left out, as far as its record says."""
    from onnx import helper

    known = schema(op, opset)
    found: dict[str, Any] = {}
    for name, attribute in known.attributes.items() if known else ():
        if attribute.default_value.type:
            value = helper.get_attribute_value(attribute.default_value)
            found[name] = value.decode() if isinstance(value, bytes) else value
    return found


def fault(op: str, opset: int, kinds: Mapping[str, str], given: int, gives: int) -> str:
    """Where a node does not keep to the standard's record, as a sentence; empty where it does.

    `kinds` are its attributes with the kind of each, as the file says it; `given` and `gives` are how many inputs it
    takes and outputs it has. An operator that the standard does not have is told when it is carried out.
    """
    known = schema(op, opset)
    if known is None:
        return ""
    if not known.min_input <= given <= known.max_input:
        return f"it takes {_between(known.min_input, known.max_input)} inputs in opset {opset}, not {given}"
    if gives > known.max_output:
        return f"it gives at most {counted(known.max_output, 'output')} in opset {opset}, not {gives}"
    for name, kind in kinds.items():
        if name not in known.attributes:
            has = f"it takes {', '.join(sorted(known.attributes))}" if known.attributes else "it takes none"
            return f"it has no attribute {name!r} in opset {opset}; {has}"
        due = str(known.attributes[name].type).rpartition(".")[2]
        if kind != due:
            return f"its attribute {name!r} must be {KINDS.get(due, 'of another kind')}"
    missing = [name for name, one in known.attributes.items() if one.required and name not in kinds]
    if missing and missing != ["consumed_inputs"]:  # a hint about memory, which says nothing
        return f"its attribute {listing(missing)} is missing"
    return ""


def telling(op: str, opset: int, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """A node's attributes without those that say nothing, so that the call of a layer can be read.

    One says nothing where it is what this very operator takes it for when it is left out.
    """
    if not opset:
        return dict(attributes)
    own = defaults(op, opset)
    return {
        name: value
        for name, value in attributes.items()
        if name != "consumed_inputs" and not (name in own and own[name] == value) and not _unwritten(op, name, value)
    }


def _unwritten(op: str, name: str, value: Any) -> bool:
    if op not in WINDOWS or name not in UNWRITTEN or not isinstance(value, list):
        return False
    return bool(value) and set(value) == {UNWRITTEN[name]}


def _between(least: int, most: int) -> str:
    if least == most:
        return str(least)
    return f"{least} to {most}" if most < 2**31 - 1 else f"at least {least}"
