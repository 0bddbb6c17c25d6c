"""A Lesson as a file of some format. A renderer is a folder of templates, one a block, and a few lines of Python.

To add a format: a folder in `templates/`, a `Format` in a file here, and a line in `TEMPLATED`. What is not made by
templates (a spreadsheet calculates, JSON is data, CSV has the answer's numbers alone) is a function here and a line in
`_MADE`, where it tells the lesson as text, or in `_WRITTEN`, with its name in `_CALLED`. Each is loaded when it is
first asked for: a text needs no templates.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from ..errors import StepwiseError, did_you_mean, listing
from ..io.files import PathLike
from ..io.whole import check_free, write_whole
from ..language import speaking
from ..lazy import loaded
from .options import Options

if TYPE_CHECKING:
    from ..document.lesson import Lesson
    from .html import host_style as host_style
    from .html import render_html as render_html
    from .html import render_still as render_still
    from .html import write_assets as write_assets
    from .page.policy import policy as policy
    from .templates import TemplateFormat

TEMPLATED: dict[str, str] = {"html": "html.HTML", "md": "markdown.MARKDOWN", "tex": "latex.LATEX", "typ": "typst.TYPST"}
TEXTUAL: tuple[str, ...] = (*TEMPLATED, "txt", "json")
BINARY: tuple[str, ...] = ("pdf", "xlsx", "npy")
"""What no terminal can show."""
_FROM_TEMPLATES = (*TEMPLATED, "pdf")
_MADE: dict[str, str] = {"txt": "text.render_text", "json": "lesson_data.lesson_json"}
_WRITTEN: dict[str, str] = {"xlsx": "xlsx.workbook", "csv": "numbers.as_csv", "npy": "numbers.as_npy"}
_CALLED = {
    "txt": "plain text",
    "json": "JSON",
    "xlsx": "a spreadsheet",
    "csv": "a file of numbers",
    "npy": "a file of numbers",
}
FORMATS: tuple[str, ...] = (*TEXTUAL, "pdf", *_WRITTEN)

__getattr__ = loaded(
    __name__,
    {**dict.fromkeys(("host_style", "render_html", "render_still", "write_assets"), "html"), "policy": "page.policy"},
)


def _at(home: str) -> Any:
    """What stands in a module here."""
    module, _dot, name = home.partition(".")
    return getattr(importlib.import_module(f".{module}", __name__), name)


def template_format(format: str) -> TemplateFormat:
    """How a format is made from its templates. Raises `KeyError` for one that has none."""
    found: TemplateFormat = _at(TEMPLATED[format])
    return found


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
            make: Callable[[Lesson], str] = _at(_MADE[format])
            return make(lesson)
        if format == "html":
            from .html import render_html

            return render_html(lesson, templates)
        return template_format(format).render(lesson, templates, options=options, name=name)


def encode(
    lesson: Lesson, format: str, templates: PathLike | None = None, options: Options | None = None, name: str = "lesson"
) -> bytes:
    """The lesson as the bytes of a file, in any format. Raises as `render` does; `MissingExtra` where one is needed."""
    options = _checked(format, templates, options)
    if format == "pdf":
        from .pdf import pdf

        return pdf(render(lesson, "typ", templates, options, name), strange=templates is not None)
    if format in _WRITTEN:
        if lesson.chosen and (format == "xlsx" or lesson.chosen != ("answer",)):
            raise StepwiseError(
                f"{_CALLED[format]} holds the numbers of the whole lesson, not chosen parts of it "
                f"({', '.join(lesson.chosen)}); choose none, or write these parts as {listing((*TEXTUAL, 'pdf'))}"
            )
        written: Callable[[Lesson], bytes] = _at(_WRITTEN[format])
        return written(lesson)
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
        from .markdown import figure_files

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
        raise StepwiseError(
            f"{_CALLED[format]} has no templates; a templates folder goes with {listing(_FROM_TEMPLATES)}"
        )
    options = options or Options()
    options.check(format)
    return options


__all__ = [
    "BINARY",
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
    "template_format",
    "write_assets",
]
