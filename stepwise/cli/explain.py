"""`stepwise explain`"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from ..errors import StepwiseError
from ..inputs import LONGEST_TEXT
from ..lesson_file import load_lesson_file, read_lesson
from ..lessons import Lesson, tell
from ..tracing import trace
from .options import deliver, input_option, need_input, numbers, output_options


@click.command(
    name="explain",
    epilog="""\b
Examples:
  stepwise explain "MaxPool2D(2, strides=1, padding='same')" --input "4 3; 2 1"
  stepwise explain "Conv2D(1, 2)" --input "4 3; 2 1" --kernel "1 0; 0 1" --bias 1 -o page.html
  stepwise explain "Conv2D(4, 3)" "MaxPool2D(2)" --input image.csv --to md
  stepwise explain lesson.yaml -o lesson.html
  stepwise explain - < lesson.yaml""",
)
@click.argument("requests", metavar="CALL… | LESSON.yaml… | -", nargs=-1, required=True)
@input_option(required=False)
@click.option("--kernel", metavar="NUMBERS", help='The kernel, such as "1 0; 0 1"; without it, one is drawn.')
@click.option("--bias", metavar="NUMBERS", help="The bias, one number for each filter.")
@click.option("--steps", default=None, metavar="auto|all|none", help="Which windows to tell.")
@click.option("--language", default=None, help="The language of the lesson.")
@output_options
def command(
    requests: tuple[str, ...],
    input_: str | None,
    kernel: str | None,
    bias: str | None,
    steps: str | None,
    language: str | None,
    format_: str | None,
    output: str | None,
    force: bool,
    templates: str | None,
) -> None:
    """Tell how a layer, a chain of layers or a lesson file works.

    A CALL is written as its framework writes it. Without -o, the text form is printed.
    """
    files = [request for request in requests if request == "-" or Path(request).suffix in (".yaml", ".yml")]
    if files and len(files) != len(requests):
        raise StepwiseError("give either calls or lesson files, not both at once")
    if not files:
        weights = {name: numbers(text, name) for name, text in (("kernel", kernel), ("bias", bias)) if text is not None}
        traced = trace(list(requests), numbers(need_input(input_)), **weights)
        deliver(tell(traced, language or "en", steps or "auto"), format_, output, force, templates)
        return
    if input_ or kernel or bias or language:
        raise StepwiseError("a lesson file has its own input, weights and language; leave those options out")
    for name, lesson in _lessons(files, steps):
        place = output if output is None or len(files) == 1 else _beside(output, name, format_)
        deliver(lesson, format_, place, force, templates)


def _lessons(files: list[str], steps: str | None) -> Iterator[tuple[str, Lesson]]:
    for file in files:
        if file == "-":
            text = sys.stdin.read(LONGEST_TEXT)
            yield "lesson", read_lesson(text, "standard input").lesson(steps)
        else:
            yield Path(file).stem, load_lesson_file(file).lesson(steps)


def _beside(folder: str, name: str, format_: str | None) -> str:
    """Several lessons go into a folder, each under its own name."""
    if not Path(folder).is_dir():
        raise StepwiseError(f"-o {folder} must be a folder that exists, since there are several lessons to write")
    return str(Path(folder) / f"{name}.{format_ or 'html'}")
