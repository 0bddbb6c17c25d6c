"""The script and the style sheet of a page, put together from the files of the concerns that it needs."""

from __future__ import annotations

from collections.abc import Callable

from .concerns import LIVE, SCRIPTS, STYLES
from .small import bare_style

Read = Callable[[str], str]  # a file of the templates, by its name


def script(read: Read, needed: set[str], look: str = "") -> str:
    """The concerns' files in one scope of their own, as they were written, with the style of what they make.

    It is a function of the key of the lesson that it belongs to.
    """
    files = "\n".join(read(f"script/{name}.js") for name in SCRIPTS if name in needed)
    quoted = look.replace("\\", r"\\").replace("'", r"\'")
    return f"(KEY => {{\n'use strict';\nconst LOOK = '{quoted}';\n{files}\n}})"


def style(read: Read, needed: set[str]) -> str:
    """The style sheets of the concerns, as they were written."""
    return "\n".join(read(f"style/{name}.css") for name in STYLES if name in needed)


def look(read: Read, scripts: set[str]) -> str:
    """The style sheets of what only lives with the script."""
    return bare_style(style(read, {name for name in LIVE if name in scripts or name == "stage"}))
