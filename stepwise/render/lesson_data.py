"""A lesson as JSON, for other people's programs: `docs/lesson.schema.json` is its published shape.

Every block is an object whose `block` is its class in lower case and whose other keys are its fields. To add a block
nothing is to be done here; its shape goes into the schema.
"""

from __future__ import annotations

import json
import math
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from ..arithmetic import Value
from ..document.blocks import Block, Card
from ..document.inline import Code, Emphasis, Link, Math, Strong
from ..document.lesson import Lesson, Section
from ..document.matrix import Cell
from ..formula import Formula, latex, leaf, speech, text
from ..formula.tree import Node

_LEFT_OUT = {  # what a page is operated by, and how it draws a table
    "traces", "of", "stage", "staged", "spoils", "layer", "network", "led", "unanswered", "label", "places", "field",
    "drawn", "shares", "headed", "part", "fed", "classes", "origin", "chosen",
}  # fmt: skip


def lesson_json(lesson: Lesson) -> str:
    """The lesson as JSON text."""
    return json.dumps(lesson_data(lesson), ensure_ascii=False, indent=1) + "\n"


def lesson_data(lesson: Lesson) -> dict[str, Any]:
    """The lesson as JSON-ready data."""
    return {"format": "stepwise-lesson", "version": 1, **_fields(lesson)}


def _data(value: Any) -> Any:
    match value:
        case Node():
            return _formula(value)  # type: ignore[arg-type]  # every node is one of the union
        case str():
            return "".join(
                c for c in value if not 0xD800 <= ord(c) < 0xE000
            )  # halves of characters, which no file can hold
        case Strong():
            return {"strong": _data(value.text)}
        case Emphasis():
            return {"emphasis": _data(value.text)}
        case Link():
            return {"link": _data(value.text), "address": _data(value.address)}
        case Code():
            return {"code": _data(value.text)}
        case Math():
            return {"math": _formula(value.formula)}
        case Cell():
            return _cell(value)
        case Section() | Card():
            return _fields(value)
        case tuple() | list():
            return [_data(entry) for entry in value]
        case frozenset():
            return sorted(_data(entry) for entry in value)
        case float():
            return value if value - value == 0 else None
    if is_dataclass(value) and not isinstance(value, type):
        return ({"block": type(value).__name__.lower()} if isinstance(value, Block) else {}) | _fields(value)
    return value


def _fields(record: Any) -> dict[str, Any]:
    return {field.name: _data(getattr(record, field.name)) for field in fields(record) if field.name not in _LEFT_OUT}


def _formula(formula: Formula) -> dict[str, str]:
    return {"text": text(formula), "latex": latex(formula), "speech": speech(formula)}


def _cell(cell: Cell) -> dict[str, Any]:
    """`text` is what is shown; `value` the number itself, where JSON has it."""
    data: dict[str, Any] = {"kind": cell.kind, "marks": sorted(cell.marks)}
    if cell.index is not None:
        data["index"] = list(cell.index)
    if cell.kind == "data":
        data["text"] = str(cell.value if isinstance(cell.value, Node) else leaf(cell.value))
        data["value"] = _number(cell.value)
    return data


def _number(value: Value) -> int | float | None:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int):
        return value
    if not isinstance(value, float | np.floating):
        return None
    return float(value) if math.isfinite(value) else None
