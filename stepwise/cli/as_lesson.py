"""What a command was asked for, written down as a lesson: for pages of other systems, which take no command."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ..dataclass import dataclass
from .given import FILE_NAME, Given
from .requests import is_file


@dataclass(frozen=True)
class Shown:
    """The options of what is told, as they were typed."""

    steps: str | None = None
    matrix: bool = False
    only: str | None = None
    sections: str | None = None
    knobs: str | None = None
    classes: str | None = None
    language: str | None = None


def as_lesson(calls: Sequence[str], given: Given, shown: Shown) -> str:
    """The lesson in YAML; nothing where calls and numbers are not all there is to it.

    >>> print(as_lesson(["MaxPool2D(2)"], Given(input_="4 3; 2 1"), Shown(steps="all")))
    stepwise: 1
    input: "4 3; 2 1"
    layers:
      - "MaxPool2D(2)"
    show: {"steps": "all"}
    """
    files = (given.kernel, given.bias)  # a lesson's weights are numbers, or one file for all of them
    if given.input_ in (None, "-") or given.divide is not None or any(map(_is_file_name, files)):
        return ""
    if any(call == "-" or is_file(call) or is_file(call, ".py") for call in calls):
        return ""
    weights = {name: text for name, text in (("kernel", given.kernel), ("bias", given.bias)) if text is not None}
    show: dict[str, Any] = {
        "steps": shown.steps,
        "matrix": shown.matrix or None,
        "only": shown.only,
        "knobs": shown.knobs,
    }
    keys = {
        "input": {"file": given.input_} if _is_file_name(given.input_) else given.input_,
        "weights": weights or None,
        "seed": given.seed,
        "arithmetic": given.arithmetic,
        "assume": given.assume,
        "language": shown.language,
        "classes": [name.strip() for name in shown.classes.split(",")] if shown.classes else None,
        "sections": shown.sections,
        "show": {name: value for name, value in show.items() if value is not None} or None,
    }
    lines = [f"{key}: {_written(value)}" for key, value in keys.items() if value is not None]
    lines = ["stepwise: 1", lines[0], "layers:", *(f"  - {_written(call)}" for call in calls), *lines[1:]]
    return "\n".join(lines)


def _is_file_name(text: str | None) -> bool:
    return text is not None and FILE_NAME.fullmatch(text) is not None


def _written(value: Any) -> str:
    """JSON, which YAML reads as it is meant, whatever signs are in it."""
    return json.dumps(value, ensure_ascii=False)
