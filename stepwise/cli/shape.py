"""`stepwise shape`"""

from __future__ import annotations

import click

from ..errors import InputError
from ..lessons.shapes import tell_sizes
from ..shapes import sizes
from ..tracing import understood
from .options import deliver, output_options

LARGEST = 10**12


@click.command(
    name="shape",
    epilog="""\b
Example:
  stepwise shape "Conv2D(8, 3, strides=2, padding='same')" "MaxPool2D(2)" --input-shape 28,28,1""",
)
@click.argument("calls", metavar="CALL…", nargs=-1, required=True)
@click.option("--input-shape", required=True, metavar="N,N,…", help="The input's shape, in the layer's own layout.")
@output_options
def command(
    calls: tuple[str, ...],
    input_shape: str,
    format_: str | None,
    output: str | None,
    force: bool,
    templates: str | None,
) -> None:
    """Work out sizes after every layer, with the formula of each axis; no numbers are needed."""
    lesson = tell_sizes(sizes(understood(calls), _shape(input_shape)))
    deliver(lesson, format_, output, force, templates)


def _shape(text: str) -> tuple[int, ...]:
    words = [word.strip() for word in text.replace("x", ",").replace("×", ",").split(",")]
    if not all(word.isascii() and word.isdigit() and 0 < int(word[:20]) <= LARGEST for word in words):
        raise InputError(f"--input-shape {text!r} must be whole numbers above 0, such as 28,28,1")
    return tuple(map(int, words))
