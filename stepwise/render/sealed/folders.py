"""The files that templates are made of: of their own folder, and no other.

No `..`, no absolute name, no link that leads out, nothing that is no file, nothing hidden, and no file of another kind.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import jinja2

from ...errors import StepwiseError
from ...io.files import NotRead, lies_in, read_bytes

KINDS = (".jinja", ".css", ".js", ".typ", ".tex")
LARGEST = 1_000_000
"""Bytes of a template."""


class Folders(jinja2.BaseLoader):
    """Templates of several folders, the first of which that has one coming first."""

    def __init__(self, places: list[Path]) -> None:
        self._places = places

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """Raises `StepwiseError` for a file that is no template."""
        parts = template.split("/")
        if not all(part and not part.startswith(".") and "\\" not in part and "\0" not in part for part in parts):
            raise StepwiseError(f"a template is named by its place in the templates folder, and not as {template!r}")
        if not template.endswith(KINDS):
            raise StepwiseError(f"{template!r} is no template; their names end in {', '.join(KINDS)}")
        for place in self._places:
            path = place.joinpath(*parts)
            if os.path.exists(path):  # not where it has a name that no file can have, or lies where nobody may look
                return _read(path, place, template)
        raise jinja2.TemplateNotFound(template)


def _read(path: Path, place: Path, template: str) -> tuple[str, str, Callable[[], bool]]:
    if not lies_in(place, path):
        raise StepwiseError(f"the template {template!r} is a link that leads out of its folder")
    found = path.stat()
    try:
        text = read_bytes(path, LARGEST).decode()
    except NotRead as not_read:
        reasons = {
            "folder": "is not a file",
            "device": "is not a file",
            "large": f"has {not_read.size:,} bytes; {LARGEST:,} is the most",
        }
        why = reasons.get(not_read.why, f"cannot be read: {not_read.why}")
        raise StepwiseError(f"the template {template!r} {why}") from None
    except UnicodeDecodeError:
        raise StepwiseError(f"the template {template!r} cannot be read: it is not UTF-8") from None

    def unchanged() -> bool:
        try:
            now = path.stat()
        except OSError:
            return False
        return (now.st_mtime_ns, now.st_size) == (found.st_mtime_ns, found.st_size)

    return text.replace("\r\n", "\n"), str(path), unchanged
