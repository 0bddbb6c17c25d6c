"""`stepwise compare`"""

from __future__ import annotations

import click

from ..dialects.tracing import trace
from ..lessons import compare
from ..render import Options
from .options import (
    arithmetic_options,
    check_steps,
    deliver,
    every_window,
    given_weights,
    how_to_read,
    input_option,
    need_input,
    numbers,
    output_options,
    page_options,
    seed_option,
)


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
def command(
    first: str,
    second: str,
    input_: str,
    kernel: str | None,
    bias: str | None,
    seed: int | None,
    steps: str,
    language: str,
    arithmetic: str | None,
    assume: str | None,
    format_: str | None,
    output: str | None,
    force: bool,
    templates: str | None,
    options: Options,
    assets: str | None,
) -> None:
    """Set two calls on the same input side by side, from the first decision where they part."""
    check_steps(steps)
    how = how_to_read(arithmetic, assume)
    array = numbers(need_input(input_), **how)
    a, b = (trace(call, array, **given_weights(kernel, bias, **how), **how, seed=seed) for call in (first, second))
    lesson = compare(a, b, language, detail=steps)
    deliver(lesson, format_, output, force, templates, options, assets, every_window(lesson))
