"""Options that several commands share, and what they do with finished lessons."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, fields
from pathlib import Path
from typing import Any, TypeVar, cast

import click
from click.shell_completion import CompletionItem

from ..dataclass import dataclass
from ..document.blocks import Steps
from ..errors import FileError, StepwiseError, listing
from ..io.whole import check_free, write_whole
from ..lessons import DETAILS, Lesson
from ..lessons.answer import MOST_NUMBERS
from ..render import BINARY, FORMATS, TEXTUAL, Options, encode, files, render
from ..render.options import FIGURES, PAPERS
from .telling import say

F = TypeVar("F", bound=Callable[..., Any])


class _File(click.ParamType):  # type: ignore[type-arg]  # click 8.1 has none
    """Any path: a shell completes it, and what is wrong with it is told by who reads or writes it."""

    name = "file"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return [CompletionItem(incomplete, type="file")]


FILE = _File()


@dataclass(frozen=True)
class Destination:
    """Where a lesson goes, and in which form: the options that say so, as they were typed."""

    format_: str | None = None
    output: str | None = None  # printed, where no file is named
    force: bool = False
    templates: str | None = None
    options: Options = field(default_factory=Options)
    assets: str | None = None


def among(words: Iterable[str]) -> Callable[..., list[str]]:
    """What a shell completes a word to; another one is refused where it is read, with a hint."""
    return lambda context, parameter, begun: [word for word in words if word.startswith(begun)]


def output_options(command: F) -> F:
    """`--to`, `-o`, `--force`, `--templates`, and what may be chosen of some formats: all are one `destination`."""
    names = [one.name for one in fields(Destination)]

    @functools.wraps(command)
    def chosen(*, paper: str, figures: str, fragment: bool, **rest: Any) -> Any:
        rest["options"] = Options(paper.lower(), figures, fragment)
        place = Destination(**{name: rest.pop(name) for name in names if name in rest})
        return command(destination=place, **rest)

    for option in (
        click.option("--fragment", is_flag=True, help="LaTeX to be put in with \\input, not a file of its own."),
        click.option(
            "--figures",
            default="text",
            metavar="|".join(FIGURES),
            help="Markdown's pictures; svg: files beside it.",
        ),
        click.option("--paper", default="a4", metavar="|".join(PAPERS), help="Of PDF, typst and LaTeX."),
        click.option(
            "--to",
            "format_",
            metavar="FORMAT",
            help=f"The format: {', '.join(FORMATS)}.",
            shell_complete=among(FORMATS),
        ),
    ):
        chosen = option(chosen)
    return cast(F, file_options(chosen))


def page_options(command: F) -> F:
    """`--assets`."""
    help = "Of pages: put script and style into this folder and link to them, for a strict Content-Security-Policy."
    return click.option("--assets", metavar="DIR", type=FILE, help=help)(command)


def file_options(command: F) -> F:
    """`-o`, `--force`, `--templates`."""
    for option in (
        click.option(
            "--templates", metavar="DIR", type=FILE, help="A folder whose templates come before stepwise's own."
        ),
        click.option("--force", is_flag=True, help="Replace the output file if it exists."),
        click.option(
            "-o", "--output", metavar="FILE", type=FILE, help="Write to this file; its suffix chooses the format."
        ),
    ):
        command = option(command)
    return command


def check_steps(steps: str) -> None:
    """Raises `StepwiseError` for a `--steps` there is none of."""
    if steps not in DETAILS:
        raise StepwiseError(f"--steps {steps!r} is not known; it is {listing(DETAILS)}")


def deliver(lesson: Lesson, to: Destination, advice: str = "") -> None:
    """Print a lesson, or write it to its file and say so; `advice` is a line for who reads it here."""
    if to.assets is not None and to.output is None:
        raise StepwiseError(
            "--assets needs -o FILE.html: a page that is printed has no place for its links to lead from"
        )
    if to.output is None:
        click.echo(_printed(lesson, to), nl=False)
        if to.format_ in (None, "txt"):
            for line in filter(None, (_where_all_numbers_are(lesson), advice)):
                click.echo(line)
    else:
        write_all({to.output: lesson}, to)


def every_window(lesson: Lesson) -> str:
    """How to be told every window, where only typical ones are told; nothing where all are."""
    steps = [
        step for part in lesson.everything for block in part.blocks if isinstance(block, Steps) for step in block.steps
    ]
    return "\nTo be told every window or cell: add --steps all." if any(step.kind for step in steps) else ""


def _where_all_numbers_are(lesson: Lesson) -> str:
    """How to come by an answer's numbers where they are too many to be printed; nothing where they are not."""
    most = max((trace.output.size for trace in lesson.traces), default=0)
    if most <= MOST_NUMBERS or lesson.unanswered:
        return ""
    return (
        f"\nAll {most:,} numbers of the answer: add -o answer.csv or -o answer.npy;\n"
        'in Python, trace.lesson().save("answer.csv"), or trace.output itself.'
    )


def _printed(lesson: Lesson, to: Destination) -> str | bytes:
    format = to.format_ or "txt"
    to.options.check(format)
    if format == "txt" and to.templates is None:
        from ..render.text import render_text

        return render_text(lesson, color=_colored())
    if to.options.figures != "text":
        raise StepwiseError("--figures svg writes files beside the page; say where with -o, such as -o README.md")
    if format in FORMATS and format not in TEXTUAL:
        if format in BINARY and sys.stdout.isatty():
            raise StepwiseError(f"{format} is not text for a terminal; write it to a file with -o")
        return encode(lesson, format, to.templates, to.options)
    return render(lesson, format, to.templates, to.options)


def write_all(lessons: Mapping[str, Lesson], to: Destination) -> None:
    """Write lessons, each to its own file; all of them are finished before the first is written."""
    # with the templates: nothing is written where a text is printed
    from ..render.html import render_html, write_assets

    pages: dict[Path, bytes] = {}
    for output, lesson in lessons.items():
        format = format_of(output, to.format_, FORMATS)
        if to.assets is not None and format != "html":
            raise StepwiseError(f"--assets goes with pages only, not with .{format}")
        if to.assets is None:
            made = files(lesson, output, to.templates, to.options, format)
        else:
            link = os.path.relpath(to.assets, os.path.dirname(output) or ".").replace(os.sep, "/")
            made = {Path(output): render_html(lesson, to.templates, assets=link).encode()}
        if not to.force:
            for path in reversed(made):  # the page before its pictures
                check_free(path)
        pages |= made
    if to.assets is not None:
        write_assets(to.assets)
    for path, page in pages.items():
        written = write_whole(path, page, replace=to.force)
        say(f"wrote {written}")


def format_of(output: str, format_: str | None, formats: Iterable[str]) -> str:
    """The format that a file's suffix names, where `--to` does not say another; `formats` are those there are."""
    suffix = Path(output).suffix.lower().lstrip(".")
    if os.path.isdir(output):
        raise FileError(f"-o {output} is a folder; name a file in it")
    if format_ is not None and suffix and suffix != format_:
        raise StepwiseError(f"--to {format_} does not go with -o {output}; leave one of them out")
    if format_ is None and not suffix:
        endings = listing(f".{known}" for known in formats)
        raise StepwiseError(f"-o {output!r} has no suffix to tell its format by; end it in {endings}, or add --to")
    return format_ or suffix


def _colored() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
