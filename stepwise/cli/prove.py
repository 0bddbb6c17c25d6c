"""`stepwise prove`"""

from __future__ import annotations

from typing import Any

import click

from ..algebra.equivalent import equivalent
from ..algebra.matrix import matrix
from ..algebra.sides import side
from ..arithmetic.letters import symbols
from ..errors import InputError, StepwiseError
from ..render import Options
from ..shapes import sizes
from ..tracing import trace
from .options import deliver, output_options


@click.command(
    name="prove",
    epilog="""\b
Examples:
  stepwise prove "MaxPool2D(2), MaxPool2D(2)" "MaxPool2D(4)" --input-shape 8,8
  stepwise prove "AveragePooling2D(2)" "Conv2D(1, 2, strides=2)" --input-shape 4,4
  stepwise prove "ReLU(), AveragePooling2D(2)" "AveragePooling2D(2), ReLU()" --input-shape 4,4 -o proof.html
  stepwise prove "Conv2DTranspose(1, 2)" "Conv2D(1, 2)" --transposed --input-shape 2,2""",
)
@click.argument("first", metavar="CALL[,CALL…]")
@click.argument("second", metavar="CALL[,CALL…]")
@click.option("--input-shape", required=True, metavar="N,N,…", help="The shape of what goes into the first.")
@click.option(
    "--transposed", is_flag=True, help="Take the second as its matrix, transposed: does the first undo sizes?"
)
@click.option("--language", default="en", help="The language of the lesson.")
@output_options
def command(
    first: str,
    second: str,
    input_shape: str,
    transposed: bool,
    language: str,
    format_: str | None,
    output: str | None,
    force: bool,
    templates: str | None,
    options: Options,
) -> int:
    """Prove that two chains of layers are one function, or find an input on which they differ.

    Weights that nobody gave stand for any numbers, or, where only one side has them, are found. Exit status 0: they are
    the same; 1: they are not; 2: it could not be decided.
    """
    shape = _shape(input_shape)
    proof = equivalent(first, _transposed(first, second, shape) if transposed else second, input_shape=shape)
    deliver(proof.lesson(language), format_, output, force, templates, options)
    return {True: 0, False: 1, None: 2}[proof.holds]


def _transposed(first: str, second: str, shape: tuple[int, ...]) -> Any:
    """The matrix of the second over inputs of the size that the first gives, transposed; its weights are letters."""
    layers = list(side(second).layers)
    if len(layers) != 1:
        raise StepwiseError("--transposed takes a single layer as the second")
    given = sizes(side(first).layers, shape)[-1].output
    lettered = _with_letter_kernel(layers[0], given)
    return matrix(lettered).transposed


def _with_letter_kernel(layer: Any, shape: tuple[int, ...]) -> Any:
    traced = trace(layer, symbols("y", shape))
    kernel = traced.inputs.get("kernel")
    if kernel is None or "kernel" not in traced.origins:
        return traced
    return trace(layer, symbols("y", shape), kernel=symbols("k", kernel.shape))


def _shape(text: str) -> tuple[int, ...]:
    words = [word.strip() for word in text.replace("×", ",").replace("x", ",").split(",")]
    if not all(word.isascii() and word.isdigit() and 0 < int(word[:9]) <= 10**6 for word in words):
        raise InputError(f"--input-shape {text!r} must be whole numbers above 0, such as 4,4,1")
    return tuple(map(int, words))
