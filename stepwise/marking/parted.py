"""An answer to several questions taken apart: lines `---` between them, a list of them, or a line with each one's name.

size: 2 2
padding: 0 1 0 1
output:
4 5
7 0
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .answers import LONGEST, MOST_PARTS, PARTING, listed_parts
from .forms import Decimal
from .forms.code import loaded

if TYPE_CHECKING:
    from .parts import Part

_LABEL = re.compile(
    r"[ \t]*(?:[-*#>]{1,8}[ \t]*)?(?:\(?\w{1,2}[.)][ \t]+)?\*{0,3}([^\W\d_][^:=\n]{0,79}?)"
    r"[ \t]{0,8}\*{0,3}(?:[ \t]{0,8}[:=]\*{0,3}(.*)|)\*{0,3}"
)
_WORDS = {
    "output": ("output", "answer", "result"),
    "sizes": ("size", "sizes", "output size", "shape", "output shape"),
    "padding": ("padding", "pads"),
    "formula": ("formula", "working"),
}


def taken_apart(data: Any, parts: Sequence[Part], decimal: Decimal = "auto") -> list[Any]:
    """What was answered to each part, as it was written; fewer entries where the last ones are missing.

    Text with neither lines nor names is the answer to the first.
    """
    if isinstance(data, bytes):
        data = data.decode("utf-8-sig", errors="replace")
    if isinstance(data, list | tuple) and len(data) == 1 < len(parts) and isinstance(data[0], str):
        [data] = data  # a text is what it says, in a list, too
    if isinstance(data, str):
        data = data[: LONGEST + 1]
        if PARTING.search(data):
            data = PARTING.split(data)
        else:
            data = _by_key(data, parts) or _by_name(data, parts) or listed_parts(data, decimal) or [data]
    if isinstance(data, dict):
        data = _under(data, parts) or [data]
    return list(data[:MOST_PARTS]) if isinstance(data, list | tuple) else [data]


def _by_key(text: str, parts: Sequence[Part]) -> list[Any]:
    """What stands under the name of each part in an object of JSON; nothing where it is none."""
    if not text.lstrip().startswith("{"):
        return []
    try:
        found = loaded(text)
    except (ValueError, RecursionError):
        return []
    return _under(found, parts) if isinstance(found, dict) else []


def _under(found: dict[Any, Any], parts: Sequence[Part]) -> list[Any]:
    """The values whose keys name parts; nothing where another key is among them."""
    places: dict[int, Any] = {}
    for key, value in found.items():
        place = _named(str(key), parts, places)
        if place is None:
            return []
        places[place] = value
    return [places.get(number, "") for number in range(len(parts))] if places else []


def _by_name(text: str, parts: Sequence[Part]) -> list[str]:
    """What stands behind the name of each part; nothing where not two are named."""
    found: dict[int, list[str]] = {}
    at: int | None = None
    for line in text.splitlines():
        match = _LABEL.fullmatch(line)
        named = _named(match[1], parts, found) if match else None
        if match and named is not None:
            at = named
            found[at] = [match[2] or ""]
        elif at is None and line.strip():
            return []
        elif at is not None:
            found[at].append(line)
    if len(found) < min(2, len(parts)):
        return []
    return ["\n".join(found.get(number, [])).strip() for number in range(len(parts))]


def _named(label: str, parts: Sequence[Part], taken: Sequence[int] | dict[int, Any]) -> int | None:
    """The first part of this name that has no answer yet."""
    label = label.casefold().strip()
    for number, part in enumerate(parts):
        names = {part.title.casefold(), f"part {number + 1}", f"answer {number + 1}", *_WORDS[part.ask]}
        if number not in taken and label in names:
            return number
    return None
