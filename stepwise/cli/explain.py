"""`stepwise explain`"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click

from ..document.origin import Origin
from ..errors import FileError, StepwiseError
from ..lessons import Lesson, tell
from ..lessons.parts import CHOICES, in_parts, read_parts
from .as_lesson import Shown, as_lesson
from .given import Given, arithmetic_options, divide_option, given_as_one, input_option, until_option, weight_options
from .options import (
    FILE,
    Destination,
    among,
    check_steps,
    deliver,
    every_window,
    output_options,
    page_options,
    write_all,
)
from .requests import is_file, seeded, traced


@click.command(
    name="explain",
    epilog="""\b
Examples:
  stepwise explain "MaxPool2D(2, strides=1, padding='same')" --input "4 3; 2 1"
  stepwise explain "Conv2D(1, 2)" --input "4 3; 2 1" --kernel "1 0; 0 1" --bias 1 -o page.html
  stepwise explain "Conv2D(4, 3)" "MaxPool2D(2)" --input image.csv --to md
  stepwise explain "MaxPool2D(2)" --input "a b; c 0" --assume positive
  stepwise explain "Conv2D(1, 2)" --input "a b c; d e f" --kernel "1 2; 3 4" --matrix
  stepwise explain lesson.yaml -o lesson.html
  stepwise explain lesson.yaml --only figure -o figure.html
  stepwise explain examples/digit.onnx --input digit.png --divide 255 -o network.html
  stepwise explain - < lesson.yaml
  stepwise explain network.py --input image.csv""",
)
@click.argument(
    "requests", metavar="CALL… | LESSON.yaml… | MODEL.onnx | CODE.py | -", type=FILE, nargs=-1, required=True
)
@input_option(required=False)
@divide_option
@weight_options
@click.option("--steps", default=None, metavar="auto|all|none", help="Which windows to tell.")
@click.option("--matrix", is_flag=True, help="Tell every convolution as one matrix, too.")
@click.option(
    "--only",
    metavar="PART,…",
    shell_complete=among(CHOICES),
    help=f"Only these parts, without title: {', '.join(CHOICES)}.",
)
@click.option("--sections", metavar="PART,…", shell_complete=among(CHOICES), help="Only these, in this order.")
@click.option("--knobs", metavar="all|NAME,…", help="On a page: what its reader may turn, such as window,padding.")
@click.option("--embed", is_flag=True, help="On a page: the lines that put it into another, each to be copied.")
@click.option("--language", default=None, help="The language of the lesson.")
@click.option("--classes", metavar="NAME,…", help='Names for the numbers that a network gives, such as "cat, dog".')
@until_option
@arithmetic_options
@output_options
@page_options
@given_as_one
def command(
    requests: tuple[str, ...],
    given: Given,
    steps: str | None,
    matrix: bool,
    only: str | None,
    sections: str | None,
    knobs: str | None,
    embed: bool,
    language: str | None,
    classes: str | None,
    until: str | None,
    destination: Destination,
) -> None:
    """Tell how a layer, a chain of layers or a lesson file works.

    A CALL is written as its framework writes it, and may be a part of a script. Without -o, the text form is printed.
    """
    if steps is not None:
        check_steps(steps)
    if only is not None and sections is not None:
        raise StepwiseError("--only and --sections both choose parts; give one of them")
    chosen = only if only is not None else sections
    parts = () if chosen is None else read_parts(chosen)

    def arranged(lesson: Lesson) -> Lesson:
        if lesson.origin is not None and destination.output is not None and not os.path.isdir(destination.output):
            lesson = replace(lesson, origin=replace(lesson.origin, name=Path(destination.output).stem))
        return in_parts(lesson, parts, headed=only is None) if parts else lesson

    standard = _standard_input() if "-" in requests else ""
    if "-" in requests and given.input_ is not None and _is_code(standard):
        requests = tuple(standard if request == "-" else request for request in requests)
    files = [request for request in requests if request == "-" or Path(request).suffix in (".yaml", ".yml")]
    if files and len(files) != len(requests):
        raise StepwiseError("give either calls or lesson files, not both at once")
    if not files:
        if any(is_file(request, ".json") for request in requests):
            raise StepwiseError("a saved trace is verified, or asked why; give calls, a lesson or an ONNX file here")
        asked = traced(requests, given, until)
        names = [name.strip() for name in classes.split(",")] if classes else []
        lesson = tell(asked, language or "en", steps or "auto", matrix=matrix, classes=names, knobs=knobs or ())
        if embed:
            shown = Shown(steps, matrix, only, sections, knobs, classes, language)
            lesson = replace(lesson, origin=Origin(text=as_lesson(requests, given, shown)))
        lesson = arranged(lesson)
        deliver(lesson, destination, every_window(lesson))
        return
    if replace(given, seed=None) != Given() or language is not None or until is not None:
        raise StepwiseError(
            "a lesson file has its own input, weights, language and arithmetic; leave those options out"
        )
    if classes is not None:
        raise StepwiseError("a lesson file names its classes itself; write classes: [cat, dog] in it")
    if matrix:
        raise StepwiseError("a lesson file says itself whether matrices are told; write show: {matrix: true} in it")
    if knobs is not None:
        raise StepwiseError("a lesson file says itself what may be turned; write show: {knobs: all} in it")
    if embed:
        raise StepwiseError("a lesson file says itself whether it is embedded; write show: {embed: true} in it")
    lessons = [(name, arranged(lesson)) for name, lesson in _lessons(files, standard, steps, given.seed)]
    if destination.output is None or len(files) == 1:
        for _name, lesson in lessons:
            deliver(lesson, destination, every_window(lesson))
    else:
        write_all(_placed(destination.output, lessons, destination.format_ or "html"), destination)


def _lessons(files: list[str], standard: str, steps: str | None, seed: int | None) -> Iterator[tuple[str, Lesson]]:
    from ..lesson_files.reading import load_lesson_file, read_lesson  # with YAML, which calls have no use for

    if files.count("-") > 1:
        raise StepwiseError("standard input can be read only once; give - once")
    for file in files:
        if file == "-":
            yield "lesson", seeded(read_lesson(standard, "standard input"), seed).lesson(steps)
        else:
            yield Path(file).stem, seeded(load_lesson_file(file), seed).lesson(steps)


def _is_code(text: str) -> bool:
    """Whether standard input is a script, and no lesson file."""
    return "(" in text and re.search(r"^(stepwise|title|input|layers|compare|network)\s*:", text, re.MULTILINE) is None


def _standard_input() -> str:
    from ..lesson_files.values import LONGEST

    try:
        return sys.stdin.buffer.read(4 * LONGEST + 4).decode("utf-8-sig")  # a character has at most 4 bytes
    except UnicodeDecodeError as error:
        raise FileError(f"standard input is not text in UTF-8 (byte {error.start})") from None


def _placed(folder: str, lessons: list[tuple[str, Lesson]], suffix: str) -> dict[str, Lesson]:
    """Several lessons go into a folder, each under its own name."""
    if not os.path.isdir(folder):
        raise StepwiseError(f"-o {folder} must be a folder that exists, since there are several lessons to write")
    placed: dict[str, Lesson] = {}
    for name, lesson in lessons:
        place = str(Path(folder) / f"{name}.{suffix}")
        if place in placed:
            raise StepwiseError(f"two lessons would both be written to {place}; rename one of their files")
        placed[place] = lesson
    return placed
