"""`stepwise why`"""

from __future__ import annotations

import re

import click

from ..errors import InputError, StepwiseError
from .given import Given, arithmetic_options, divide_option, given_as_one, input_option, until_option, weight_options
from .options import Destination, deliver, output_options
from .requests import traced


@click.command(
    name="why",
    epilog="""\b
Examples:
  stepwise why "Conv2D(1, 2)" "MaxPool2D(2)" --input image.csv --cell 0,1
  stepwise why examples/network.yaml --cell 1
  stepwise why examples/digit.onnx --input digit.png --divide 255 --cell 0,5
  stepwise why trace.json --touched 3,4""",
)
@click.argument("requests", metavar="CALL… | LESSON.yaml | TRACE.json | MODEL.onnx", nargs=-1, required=True)
@click.option("--cell", metavar="I,J,…", help="The number to explain: its place in the last layer's output.")
@click.option("--touched", metavar="I,J,…", help="The other way: a place in the input, and all that it had a part in.")
@input_option(required=False)
@divide_option
@weight_options
@until_option
@click.option("--language", default="en", help="The language of the answer.")
@arithmetic_options
@output_options
@given_as_one
def command(
    requests: tuple[str, ...],
    cell: str | None,
    touched: str | None,
    given: Given,
    until: str | None,
    language: str,
    destination: Destination,
) -> None:
    """Tell why a number is what it is, down through every layer to the input; or what a number of the input touched."""
    if (cell is None) == (touched is None):
        raise StepwiseError("give --cell, the number to explain, such as --cell 0,1, or --touched, one of the input")
    place = _place("--cell", cell) if cell is not None else _place("--touched", touched or "")
    trace = traced(requests, given, until)
    lesson = trace.why(place).lesson(language) if cell is not None else trace.touched(place).lesson(language)
    deliver(lesson, destination)


def _place(option: str, text: str) -> tuple[int, ...]:
    """`0,1` as an index."""
    words = re.split(r"\s*,\s*|\s+", text.strip(" ()[]"))
    if not all(re.fullmatch(r"-?\d{1,9}", word) for word in words):
        raise InputError(f"{option} {text!r} is not a place; write whole numbers with commas, such as 0,1")
    return tuple(map(int, words))
