"""A Lesson as a file of some format. A renderer is a folder of templates, one a block, and a few lines of Python.

To add a format: a folder in `templates/`, a `Format` in a file here, and a line in `FORMATS`.
"""

from __future__ import annotations

from pathlib import Path

from ..errors import StepwiseError, did_you_mean, listing
from ..files import PathLike, write_whole
from ..lessons.blocks import Lesson
from .html import HTML, render_html, write_assets
from .markdown import MARKDOWN
from .page.policy import policy
from .templates import TemplateFormat
from .text import render_text

TEMPLATED: dict[str, TemplateFormat] = {"html": HTML, "md": MARKDOWN}
FORMATS: tuple[str, ...] = (*TEMPLATED, "txt")


def render(lesson: Lesson, format: str, templates: PathLike | None = None) -> str:
    """The lesson in a format named by its suffix. `templates` is a folder whose files come before stepwise's own.

    Raises `StepwiseError` for a format there is none of, or a template that fails.
    """
    if format == "html":
        return render_html(lesson, templates)
    if format in TEMPLATED:
        return TEMPLATED[format].render(lesson, templates)
    if format == "txt":
        if templates is not None:
            raise StepwiseError(f"plain text has no templates; a templates folder goes with {listing(TEMPLATED)}")
        return render_text(lesson, color=False)
    raise StepwiseError(
        f"there is no format {format!r}; lessons are written as {listing(FORMATS)}.{did_you_mean(format, FORMATS)}"
    )


def save(lesson: Lesson, path: PathLike, templates: PathLike | None = None, replace: bool = True) -> Path:
    """Write the lesson in the format that the path's suffix names, whole or not at all."""
    suffix = Path(path).suffix.lower().lstrip(".")
    if not suffix:
        raise StepwiseError(f"{path} has no suffix to tell its format by; use {listing('.' + f for f in FORMATS)}")
    return write_whole(path, render(lesson, suffix, templates), replace)


__all__ = ["FORMATS", "policy", "render", "render_html", "save", "write_assets"]
