"""Where templates are found, and how one is rendered: Jinja, with everything escaped and nothing undefined.

HTML is escaped by Jinja itself. Where a format has an `escape` of its own, all that is printed goes through it but what
a filter has made and marked as `Source`. Braces and percent signs are theirs, so their templates write `<< value >>`,
`<% block %>` and `<# comment #>`.

Templates live at the top of the repository and are packed into the wheel. A user's own folder comes first and may hold
as little as one block; since it may come from anybody, it is `sealed`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import field
from functools import lru_cache
from pathlib import Path
from types import CodeType
from typing import Any, ClassVar

import jinja2
from jinja2.bccache import Bucket

from ..dataclass import dataclass
from ..document.blocks import Block
from ..document.lesson import Lesson
from ..errors import FileError, StepwiseError
from ..io.files import PathLike
from ..language import _, speaking
from .sealed import Folders, Sandbox, rendered
from .source import Source


def templates_folder() -> Path:
    """Stepwise's own templates: in the package once installed, beside `pyproject.toml` in a checkout."""
    package = Path(__file__).parent.parent
    beside = package.parent / "templates"
    return beside if (package.parent / "pyproject.toml").exists() else package / "templates"


@dataclass(frozen=True)
class TemplateFormat:
    """A format made by templates: its folder, and what its templates may call."""

    folder: str
    suffix: str  # of the template files, before `.jinja`
    escapes: bool  # whether everything is escaped as HTML
    filters: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    escape: Callable[[str], str] | None = None  # how everything is escaped that is not HTML

    def source(self, name: str, templates: PathLike | None = None) -> str:
        """A file of the format's folder, or of the user's own, as it stands."""
        if templates is None:
            return _shipped(templates_folder() / self.folder / name)
        environment = _environment(self.folder, self.suffix, str(templates))
        assert environment.loader is not None
        return environment.loader.get_source(environment, name)[0]

    def render(self, lesson: Lesson, templates: PathLike | None = None, whole: str = "page", **about: Any) -> str:
        """The lesson, through `whole` and one template a block. Raises `StepwiseError`, with file and line.

        `about` is what else the templates may ask for.
        """
        with speaking(lesson.language):
            return self.page(whole, templates, lesson=lesson, **about)

    def page(self, template: str, templates: PathLike | None = None, /, **context: Any) -> str:
        """What a template makes of what it is told. Raises `StepwiseError`, with file and line."""
        environment = _environment(self.folder, self.suffix, None if templates is None else str(templates))
        name = f"{template}.{self.suffix}.jinja"
        try:
            if isinstance(environment, Sandbox):
                return rendered(environment, name, context)
            return environment.get_template(name).render(**context)
        except jinja2.TemplateSyntaxError as error:
            raise StepwiseError(
                f"template {error.filename or error.name}, line {error.lineno}: {error.message}"
            ) from None
        except Exception as error:
            if templates is None and not isinstance(error, jinja2.TemplateError):
                raise  # our own templates do not fail: this is a bug, and its traceback is wanted
            raise StepwiseError(f"template {_place(error) or name}: {error}") from None


def shipped(folder: str, name: str) -> str:
    """A file of stepwise's own, as it stands."""
    return _shipped(templates_folder() / folder / name)


@lru_cache(maxsize=256)
def _shipped(path: Path) -> str:
    """A file of stepwise's own, which does not change while we run."""
    return path.read_text(encoding="utf-8")


def _place(error: BaseException) -> str:
    """The file and line of the template that was running."""
    place, traceback = "", error.__traceback__
    while traceback:
        name = traceback.tb_frame.f_code.co_filename
        if name.endswith(".jinja"):
            place = f"{name}, line {traceback.tb_lineno}"
        traceback = traceback.tb_next
    return place


FORMATS: dict[str, TemplateFormat] = {}


def register(format: TemplateFormat) -> TemplateFormat:
    """Make a format's filters known to its environment."""
    FORMATS[format.folder] = format
    return format


@lru_cache(maxsize=32)
def _environment(folder: str, suffix: str, own: str | None) -> jinja2.Environment:
    format, shipped = FORMATS[folder], templates_folder() / folder
    filters: dict[str, Callable[..., Any]] = {
        **format.filters,
        "kind": lambda piece: type(piece).__name__,
        "block": lambda block: _block_name(block, suffix),
    }
    options: dict[str, Any] = {
        "undefined": jinja2.StrictUndefined,
        "autoescape": format.escapes,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "keep_trailing_newline": False,
        "finalize": _finalizer(format.escape),
        **(_DELIMITERS if format.escape else {}),
    }
    if own is not None:
        if not os.path.isdir(own):
            raise FileError(f"the templates folder {own} is not a folder")
        loader = Folders([Path(own) / folder, Path(own), shipped])
        return Sandbox(filters, loader=loader, bytecode_cache=_Compiled(shipped), **options)
    # Stepwise's own do not change while we run: no need to look again at each block.
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(shipped), auto_reload=False, **options)  # noqa: S701 - each format escapes
    environment.filters.update(filters)
    environment.globals["_"] = _
    return environment


class _Compiled(jinja2.BytecodeCache):
    """Stepwise's own templates, compiled once for every folder of a user's, which replaces a few of them."""

    kept: ClassVar[dict[str, tuple[str, CodeType]]] = {}

    def __init__(self, shipped: Path) -> None:
        self._shipped = shipped

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        return filename or name

    def load_bytecode(self, bucket: Bucket) -> None:
        source, code = self.kept.get(bucket.key, ("", None))
        if source == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None and self._shipped in Path(bucket.key).parents:
            self.kept[bucket.key] = bucket.checksum, bucket.code


_INVISIBLE = (0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF)
"""Separators, and marks that turn the direction of all the writing that follows: none of them is a word."""
_CONTROLS = dict.fromkeys(
    (*(c for c in range(32) if c not in (9, 10)), *range(127, 160), *range(0xD800, 0xE000), *_INVISIBLE), " "
)  # the last but one are halves of characters, which no file can hold


_DELIMITERS: dict[str, Any] = {
    "block_start_string": "<%",
    "block_end_string": "%>",
    "variable_start_string": "<<",
    "variable_end_string": ">>",
    "comment_start_string": "<#",
    "comment_end_string": "#>",
}


def _finalizer(escape: Callable[[str], str] | None) -> Callable[[Any], Any]:
    if escape is None:
        return printable

    def finalize(value: Any) -> Any:
        return value if isinstance(value, Source | jinja2.Undefined) else escape(printable(str(value)))

    return finalize


def printable(value: Any) -> Any:
    """What a template prints, without what steers a terminal or turns words around: a title may be a stranger's."""
    if not isinstance(value, str) or str.replace(value, "\n", "").isprintable():  # as nearly all of a page is
        return value
    return value.translate(_CONTROLS)


def _block_name(block: Block, suffix: str) -> str:
    """The template of a block, named after its class: `StepBlock` is told by `stepblock.html.jinja`."""
    return f"{type(block).__name__.lower()}.{suffix}.jinja"
