"""Options that several commands share, and what they do with a finished lesson."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from ..errors import InputError, StepwiseError
from ..files import write_whole
from ..inputs import as_array, from_file
from ..lessons.blocks import Lesson
from ..render import FORMATS, render
from ..render.text import render_text

F = TypeVar("F", bound=Callable[..., Any])


def input_option(required: bool) -> Callable[[F], F]:
    """`--input`."""
    help = 'The numbers: rows ended by ";", such as "4 3; 2 1"; JSON for more axes; or a .csv, .json or .npy file.'
    return click.option("--input", "input_", metavar="NUMBERS", required=required, help=help)


def output_options(command: F) -> F:
    """`--to`, `-o`, `--force`, `--templates`."""
    for option in (
        click.option("--templates", metavar="DIR", help="A folder whose templates come before stepwise's own."),
        click.option("--force", is_flag=True, help="Replace the output file if it exists."),
        click.option("-o", "--output", metavar="FILE", help="Write to this file; its suffix chooses the format."),
        click.option("--to", "format_", metavar="FORMAT", help=f"The format: {', '.join(FORMATS)}."),
    ):
        command = option(command)
    return command


def numbers(text: str, name: str = "input") -> Any:
    """An array from the text of an option: numbers, or the name of a file that holds them."""
    if Path(text).suffix.lower() in (".csv", ".txt", ".json", ".npy"):
        return from_file(text, name)
    return as_array(text, name)


def deliver(lesson: Lesson, format_: str | None, output: str | None, force: bool, templates: str | None) -> None:
    """Print a lesson, or write it to its file and say so."""
    if output is None:
        if format_ in (None, "txt") and templates is None:
            click.echo(render_text(lesson, color=_colored()), nl=False)
        else:
            click.echo(render(lesson, format_ or "txt", templates), nl=False)
        return
    suffix = Path(output).suffix.lower().lstrip(".")
    if format_ is not None and suffix and suffix != format_:
        raise StepwiseError(f"--to {format_} does not go with -o {output}; leave one of them out")
    content = render(lesson, format_ or suffix, templates)
    click.echo(f"wrote {write_whole(output, content, replace=force)}", err=True)


def _colored() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def need_input(input_: str | None) -> str:
    """The `--input` that a call cannot do without."""
    if input_ is None:
        raise InputError('a call needs numbers to work on; add --input, such as --input "4 3; 2 1"')
    return input_
