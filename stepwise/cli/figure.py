"""`stepwise figure`"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ..errors import StepwiseError, listing
from ..io.whole import check_free, write_whole
from ..lessons import Lesson, tell
from ..lessons.figures import WAYS
from ..render.figure import FORMATS, FigureOptions, figure
from ..render.figure.options import THEMES, check_format
from .given import Given, arithmetic_options, divide_option, given_as_one, input_option, until_option, weight_options
from .options import FILE, among, format_of
from .requests import is_file, seeded, traced
from .telling import say

NUMBERS = ("on", "off")


@click.command(
    name="figure",
    epilog="""\b
Examples:
  stepwise figure "MaxPool2D(2, strides=1, padding='same')" --input "4 3; 2 1" --step 2 -o max.svg
  stepwise figure "Conv2D(1, 2)" --input "4 3 1; 2 1 0; 1 5 2" --kernel "1 0; 0 1" -o conv.gif
  stepwise figure "Conv2D(1, 2)" --input "4 3 1; 2 1 0; 1 5 2" --all --size 900 -o sheet.png
  stepwise figure "nn.Conv2d(1, 1, 3, stride=2, padding=1)" --input image.csv --animate -o conv.svg
  stepwise figure "nn.ConvTranspose2d(1, 1, 3)" --input "1 2; 3 4" --numbers off --theme dark -o spread.apng
  stepwise figure lesson.yaml --animate -o slides.tex
  stepwise figure lesson.yaml -o slides.pptx
  stepwise figure lesson.yaml --fragment -o slide.html""",
)
@click.argument("requests", metavar="CALL… | LESSON.yaml | MODEL.onnx | CODE.py", type=FILE, nargs=-1, required=True)
@input_option(required=False)
@divide_option
@weight_options
@click.option("--step", type=int, metavar="N", help="Which step, from 1.")
@click.option("--all", "every", is_flag=True, help="Every step, on one sheet.")
@click.option("--animate", is_flag=True, help="Every step, one after the other: moving, or as pages and overlays.")
@click.option("--layer", type=int, metavar="N", help="Which layer, from 1; without it, the last that has a window.")
@click.option(
    "--way",
    default="",
    metavar="|".join(WAYS),
    shell_complete=among(WAYS),
    help="Of a transposed convolution: its input cells spread, or its output cells gathered.",
)
@click.option("--numbers", default="on", metavar="on|off", shell_complete=among(NUMBERS), help="off: cells in colours.")
@click.option(
    "--theme", default="auto", metavar="|".join(THEMES), shell_complete=among(THEMES), help="auto: as the reader's is."
)
@click.option("--size", type=int, metavar="PIXELS", help="How wide it is.")
@click.option("--scale", type=float, metavar="FACTOR", help="The same as a factor: 2 is twice as wide.")
@click.option("--fps", default=1.0, metavar="N", show_default=True, help="Of what moves: steps in a second.")
@click.option("--hold", default=2.0, metavar="SECONDS", show_default=True, help="… how much longer the last stands.")
@click.option("--transparent", is_flag=True, help="Without paper.")
@click.option("--outlines", is_flag=True, help="Of .svg: letters as outlines, which need no font.")
@click.option("--fragment", is_flag=True, help="Of .tex: to be put in with \\input; of .html: into a deck.")
@until_option
@click.option("--language", default=None, help="The language of its words.")
@arithmetic_options
@click.option("-o", "--output", metavar="FILE", type=FILE, help="Write to this file; its suffix chooses the format.")
@click.option("--force", is_flag=True, help="Replace the output file if it exists.")
@click.option(
    "--to", "format_", metavar="FORMAT", shell_complete=among(FORMATS), help=f"The format: {', '.join(FORMATS)}."
)
@given_as_one
def command(
    requests: tuple[str, ...],
    given: Given,
    step: int | None,
    every: bool,
    animate: bool,
    layer: int | None,
    way: str,
    numbers: str,
    until: str | None,
    language: str | None,
    output: str | None,
    force: bool,
    format_: str | None,
    theme: str,
    size: int | None,
    scale: float | None,
    fps: float,
    hold: float,
    transparent: bool,
    outlines: bool,
    fragment: bool,
) -> None:
    """Draw a step as a picture of its own, all of them on one sheet, or all of them moving.

    .gif and .apng move by themselves; .html (for reveal.js) and .pptx are slides. Without -o, SVG is printed.
    """
    if (step is not None) + every + animate > 1:
        raise StepwiseError("--step, --all and --animate each choose what is drawn; give one of them")
    if numbers not in NUMBERS:
        raise StepwiseError(f"--numbers {numbers!r} is not known; it is {listing(NUMBERS)}")
    look = FigureOptions(numbers == "on", theme, size, scale, fps, hold, transparent, outlines, fragment, way)
    format = format_ or "svg" if output is None else _format(output, format_)
    wanted: int | str | None = "all" if every else "animated" if animate else step
    check_format(format, wanted)
    if output is not None and not force:
        check_free(output)
    made = figure(_lesson(requests, given, until, language), wanted, format, layer, look)
    if output is None:
        if isinstance(made, bytes) and sys.stdout.isatty():
            raise StepwiseError(f"{format} is not text for a terminal; write it to a file with -o")
        click.echo(made, nl=False)
        return
    say(f"wrote {write_whole(output, made, replace=force)}")


def _format(output: str, format_: str | None) -> str:
    """The format of a file, by its suffix: a page of slides is for reveal.js."""
    if Path(output).suffix.lower() == ".html" and format_ in (None, "reveal"):
        return "reveal"
    return format_of(output, format_, [known if known != "reveal" else "html" for known in FORMATS])


def _lesson(requests: tuple[str, ...], given: Given, until: str | None, language: str | None) -> Lesson:
    """The lesson whose steps are drawn; nothing of it is told."""
    if len(requests) == 1 and is_file(requests[0], ".yaml", ".yml"):
        if given == Given(seed=given.seed) and language is None and until is None:
            from ..lesson_files.reading import load_lesson_file  # with YAML, which calls have no use for

            return seeded(load_lesson_file(requests[0]), given.seed).lesson("none")
        raise StepwiseError(
            "a lesson file has its own input, weights, language and arithmetic; leave those options out"
        )
    return tell(traced(requests, given, until), language or "en", "none")
