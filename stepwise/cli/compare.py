"""`stepwise compare`"""

from __future__ import annotations

import click

from ..dialects.tracing import trace_each
from ..lessons import compare
from .given import Given, arithmetic_options, given_as_one, input_option, seed_option
from .options import Destination, check_steps, deliver, every_window, output_options, page_options
from .requests import with_code


@click.command(
    name="compare",
    epilog="""\b
Example:
  stepwise compare "MaxPool2D(2, strides=1)" "MaxPool2D(2, strides=1, padding='same')" \\
      --input "4 3; 2 1" -o valid-or-same.html""",
)
@click.argument("first", metavar="CALL")
@click.argument("second", metavar="CALL")
@input_option(required=True)
@click.option("--kernel", metavar="NUMBERS", help="The kernel of both.")
@click.option("--bias", metavar="NUMBERS", help="The bias of both; without it, 0.")
@seed_option
@click.option("--steps", default="auto", metavar="auto|all|none", help="Which windows to tell.")
@click.option("--language", default="en", help="The language of the lesson.")
@arithmetic_options
@output_options
@page_options
@given_as_one
def command(
    first: str,
    second: str,
    given: Given,
    steps: str,
    language: str,
    destination: Destination,
) -> None:
    """Set two calls on the same input side by side, from the first decision where they part."""
    check_steps(steps)
    array = given.array()
    a, b = trace_each(with_code((first, second)), array, **given.asked)
    lesson = compare(a, b, language, detail=steps)
    deliver(lesson, destination, every_window(lesson))
