"""Options that several commands share, and what they do with finished lessons."""

from __future__ import annotations

import functools
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

import click
from click.shell_completion import CompletionItem

from ..document.blocks import Steps
from ..errors import FileError, InputError, StepwiseError, listing
from ..exports import export_for
from ..io.files import check_free, write_whole
from ..io.inputs import as_array, from_file
from ..io.numerals import ARITHMETIC, read_assumptions
from ..lessons import DETAILS, Lesson
from ..lessons.answer import MOST_NUMBERS
from ..render import BINARY, FORMATS, TEXTUAL, Options, encode, files, render
from ..render.options import FIGURES, PAPERS
from .telling import say

F = TypeVar("F", bound=Callable[..., Any])

_FILE_NAME = re.compile(r"\S*\.[A-Za-z]\w{1,4}")
"""What is taken for the name of a file where numbers could stand, so that `picture.png` is told what can be read."""


class _File(click.ParamType):  # type: ignore[type-arg]  # click 8.1 has none
    """Any path: a shell completes it, and what is wrong with it is told by who reads or writes it."""

    name = "file"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """See `click.ParamType`."""
        return [CompletionItem(incomplete, type="file")]


FILE = _File()


def among(words: Iterable[str]) -> Callable[..., list[str]]:
    """What a shell completes a word to; another one is refused where it is read, with a hint."""
    return lambda context, parameter, begun: [word for word in words if word.startswith(begun)]


def input_option(required: bool) -> Callable[[F], F]:
    """`--input`."""
    help = (
        'The numbers: rows ended by ";", such as "4 3; 2 1", and channels by ";;" or an empty line; JSON; '
        "or a file: .csv, .json, .npy, .png."
    )
    return click.option("--input", "input_", metavar="NUMBERS", type=FILE, required=required, help=help)


def divide_option(command: F) -> F:
    """`--divide`."""
    help = "What every number of the input is divided by, such as 255 for a picture."
    return click.option("--divide", metavar="NUMBER", type=float, help=help)(command)


def seed_option(command: F) -> F:
    """`--seed`."""
    help = "What weights that are not given are drawn with: another number, other weights."
    return click.option("--seed", metavar="N", type=click.IntRange(min=0), help=help)(command)


def arithmetic_options(command: F) -> F:
    """`--arithmetic`, `--assume`."""
    known = (
        'What letters stand for: positive, nonnegative, real, a range 0..255, or one for each: "a=positive, b=0..9".'
    )
    for option in (
        click.option("--assume", metavar="WORD", help=known),
        click.option("--arithmetic", metavar="KIND", help=f"{', '.join(ARITHMETIC)}; letters and fractions choose it."),
    ):
        command = option(command)
    return command


def how_to_read(arithmetic: str | None, assume: str | None) -> dict[str, Any]:
    """`--arithmetic` and `--assume` as `trace` takes them."""
    return {"arithmetic": arithmetic, "assume": "real" if assume is None else read_assumptions(assume)}


def output_options(command: F) -> F:
    """`--to`, `-o`, `--force`, `--templates`, and what may be chosen of some formats, given on as `options`."""

    @functools.wraps(command)
    def chosen(*, paper: str, figures: str, fragment: bool, **rest: Any) -> Any:
        return command(options=Options(paper.lower(), figures, fragment), **rest)

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


def numbers(text: str, name: str = "input", **how: Any) -> Any:
    """An array from the text of an option: numbers, or the name of a file that holds them."""
    if told := export_for(text, "give {onnx} in place of the call; numbers are read from .csv, .json, .npy and .png"):
        raise FileError(told)
    return from_file(text, name, **how) if _FILE_NAME.fullmatch(text) else as_array(text, name, **how)


def given_weights(kernel: str | None, bias: str | None, **how: Any) -> dict[str, Any]:
    """`--kernel` and `--bias`, those that were given; a bias is one row, however it is written."""
    given = {}
    if kernel is not None:
        given["kernel"] = numbers(kernel, "kernel", **how)
    if bias is not None:
        given["bias"] = numbers(bias, "bias", **how).ravel()
    return given


def deliver(
    lesson: Lesson,
    format_: str | None,
    output: str | None,
    force: bool,
    templates: str | None,
    options: Options | None = None,
    assets: str | None = None,
    advice: str = "",
) -> None:
    """Print a lesson, or write it to its file and say so; `advice` is a line for who reads it here."""
    if assets is not None and output is None:
        raise StepwiseError(
            "--assets needs -o FILE.html: a page that is printed has no place for its links to lead from"
        )
    if output is None:
        click.echo(_printed(lesson, format_ or "txt", templates, options or Options()), nl=False)
        if format_ in (None, "txt"):
            for line in filter(None, (_where_all_numbers_are(lesson), advice)):
                click.echo(line)
    else:
        write_all({output: lesson}, format_, force, templates, options, assets)


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


def _printed(lesson: Lesson, format_: str, templates: str | None, options: Options) -> str | bytes:
    options.check(format_)
    if format_ == "txt" and templates is None:
        from ..render.text import render_text

        return render_text(lesson, color=_colored())
    if options.figures != "text":
        raise StepwiseError("--figures svg writes files beside the page; say where with -o, such as -o README.md")
    if format_ in FORMATS and format_ not in TEXTUAL:
        if format_ in BINARY and sys.stdout.isatty():
            raise StepwiseError(f"{format_} is not text for a terminal; write it to a file with -o")
        return encode(lesson, format_, templates, options)
    return render(lesson, format_, templates, options)


def write_all(
    lessons: Mapping[str, Lesson],
    format_: str | None,
    force: bool,
    templates: str | None,
    options: Options | None = None,
    assets: str | None = None,
) -> None:
    """Write lessons, each to its own file; all of them are finished before the first is written."""
    # with the templates: nothing is written where a text is printed
    from ..render.html import render_html, write_assets

    pages: dict[Path, bytes] = {}
    for output, lesson in lessons.items():
        format = _format(output, format_)
        if assets is not None and format != "html":
            raise StepwiseError(f"--assets goes with pages only, not with .{format}")
        if assets is None:
            made = files(lesson, output, templates, options, format)
        else:
            link = os.path.relpath(assets, os.path.dirname(output) or ".").replace(os.sep, "/")
            made = {Path(output): render_html(lesson, templates, assets=link).encode()}
        if not force:
            for path in reversed(made):  # the page before its pictures
                check_free(path)
        pages |= made
    if assets is not None:
        write_assets(assets)
    for path, page in pages.items():
        written = write_whole(path, page, replace=force)
        say(f"wrote {written}")


def _format(output: str, format_: str | None) -> str:
    """The format that a file's suffix names, where `--to` does not say another."""
    suffix = Path(output).suffix.lower().lstrip(".")
    if os.path.isdir(output):
        raise FileError(f"-o {output} is a folder; name a file in it")
    if format_ is not None and suffix and suffix != format_:
        raise StepwiseError(f"--to {format_} does not go with -o {output}; leave one of them out")
    if format_ is None and not suffix:
        endings = listing(f".{known}" for known in FORMATS)
        raise StepwiseError(f"-o {output!r} has no suffix to tell its format by; end it in {endings}, or add --to")
    return format_ or suffix


def _colored() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def need_input(input_: str | None) -> str:
    """The `--input` that a call cannot do without."""
    if input_ is None:
        raise InputError('a call needs numbers to work on; add --input, such as --input "4 3; 2 1"')
    return input_
