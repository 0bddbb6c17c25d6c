"""A Lesson as a file of some format. A renderer is a folder of templates, one a block, and a few lines of Python.

To add a format: a folder in `templates/`, a `Format` in a file here, and a line in `TEMPLATED`. What is not made by
templates (a spreadsheet calculates, JSON is data) is a function here and a line in `_MADE`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePath

from ..errors import StepwiseError, did_you_mean, listing
from ..files import PathLike, check_free, write_whole
from ..language import speaking
from ..lessons.blocks import Lesson
from .html import HTML, host_style, render_html, render_still, write_assets
from .latex import LATEX
from .lesson_data import lesson_json
from .markdown import MARKDOWN, figure_files
from .options import Options
from .page.policy import policy
from .pdf import pdf
from .templates import TemplateFormat
from .text import render_text
from .typst import TYPST
from .xlsx import workbook

TEMPLATED: dict[str, TemplateFormat] = {"html": HTML, "md": MARKDOWN, "tex": LATEX, "typ": TYPST}
TEXTUAL: tuple[str, ...] = (*TEMPLATED, "txt", "json")
FORMATS: tuple[str, ...] = (*TEXTUAL, "pdf", "xlsx")
_FROM_TEMPLATES = (*TEMPLATED, "pdf")
_MADE: dict[str, Callable[[Lesson], str]] = {"txt": lambda lesson: render_text(lesson), "json": lesson_json}


def render(
    lesson: Lesson, format: str, templates: PathLike | None = None, options: Options | None = None, name: str = "lesson"
) -> str:
    """The lesson in a textual format named by its suffix.

    `templates` is a folder whose files come before stepwise's own; `name` begins the names of figures beside it.
    Raises `StepwiseError` for a format there is none of, or a template that fails.
    """
    options = _checked(format, templates, options)
    if format not in TEXTUAL:
        raise StepwiseError(f"{format} is not text; write it to a file with save")
    with speaking(lesson.language):
        if format in _MADE:
            return _MADE[format](lesson)
        if format == "html":
            return render_html(lesson, templates)
        return TEMPLATED[format].render(lesson, templates, options=options, name=name)


def encode(
    lesson: Lesson, format: str, templates: PathLike | None = None, options: Options | None = None, name: str = "lesson"
) -> bytes:
    """The lesson as the bytes of a file, in any format. Raises as `render` does; `MissingExtra` where one is needed."""
    options = _checked(format, templates, options)
    match format:
        case "pdf":
            return pdf(render(lesson, "typ", templates, options, name))
        case "xlsx":
            return workbook(lesson)
    return render(lesson, format, templates, options, name).encode()


def files(
    lesson: Lesson, path: PathLike, templates: PathLike | None = None, options: Options | None = None, format: str = ""
) -> dict[Path, bytes]:
    """Every file that writing the lesson to `path` takes, the page itself last: Markdown may have figures beside it."""
    target = Path(path)
    format = format or _suffix(target)
    options = _checked(format, templates, options)
    beside: dict[Path, bytes] = {}
    if options.figures == "svg":
        with speaking(lesson.language):
            beside = {target.with_name(name): data for name, data in figure_files(lesson, target.stem).items()}
    return {**beside, target: encode(lesson, format, templates, options, target.stem)}


def save(
    lesson: Lesson,
    path: PathLike,
    templates: PathLike | None = None,
    replace: bool = True,
    options: Options | None = None,
) -> Path:
    """Write the lesson in the format that the path's suffix names, whole or not at all."""
    written, made = Path(path), files(lesson, path, templates, options)
    if not replace:
        for target in made:
            check_free(target)
    for target, data in made.items():
        written = write_whole(target, data, replace)
    return written


def _suffix(path: PurePath) -> str:
    suffix = path.suffix.lower().lstrip(".")
    if not suffix:
        raise StepwiseError(f"{path} has no suffix to tell its format by; use {listing('.' + f for f in FORMATS)}")
    return suffix


def _checked(format: str, templates: PathLike | None, options: Options | None) -> Options:
    """The options, where this format is one and can have them."""
    if format not in FORMATS:
        raise StepwiseError(
            f"there is no format {format!r}; lessons are written as {listing(FORMATS)}.{did_you_mean(format, FORMATS)}"
        )
    if templates is not None and format not in _FROM_TEMPLATES:
        what = {"txt": "plain text", "json": "JSON", "xlsx": "a spreadsheet"}[format]
        raise StepwiseError(f"{what} has no templates; a templates folder goes with {listing(_FROM_TEMPLATES)}")
    options = options or Options()
    options.check(format)
    return options


__all__ = [
    "FORMATS",
    "TEXTUAL",
    "Options",
    "encode",
    "files",
    "host_style",
    "policy",
    "render",
    "render_html",
    "render_still",
    "save",
    "write_assets",
]
