"""`stepwise prove`"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from ..algebra.equivalent import equivalent
from ..algebra.matrix import matrix
from ..algebra.sides import side
from ..arithmetic.letters import symbols
from ..dialects import LayerObject
from ..dialects.tracing import trace
from ..errors import InputError, StepwiseError
from ..layers.sizes import sizes
from .given import Given, given_as_one
from .options import Destination, deliver, output_options
from .requests import with_code


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
@click.option("--kernel", metavar="NUMBERS", help="The kernel of both, where a side has one layer with weights.")
@click.option("--bias", metavar="NUMBERS", help="The bias of both; without it, 0 beside a kernel.")
@click.option("--language", default="en", help="The language of the lesson.")
@output_options
@given_as_one
def command(
    first: str,
    second: str,
    input_shape: str,
    transposed: bool,
    given: Given,
    language: str,
    destination: Destination,
) -> int:
    """Prove that two chains of layers are one function, or find an input on which they differ.

    Weights that nobody gave stand for any numbers, or, where only one side has them, are found. Exit status 0: they are
    the same; 1: they are not; 2: it could not be decided, or weights are missing that decide it.
    """
    shape = _shape(input_shape)
    first, second = with_code((first, second))
    a: Any = first
    b: Any = _transposed(first, second, shape) if transposed else second
    if weights := given.weights:
        if transposed:
            raise StepwiseError("--kernel and --bias do not go with --transposed, whose weights are letters")
        a, b = with_weights(first, second, weights)
    proof = equivalent(a, b, input_shape=shape)
    missing = "\nGive your own weights with --kernel and --bias." if proof.missing and not transposed else ""
    deliver(proof.lesson(language), destination, missing)
    return 2 if proof.missing else {True: 0, False: 1, None: 2}[proof.holds]


def with_weights(first: str, second: str, given: Mapping[str, Any]) -> list[list[LayerObject]]:
    """Both sides with these weights for their layers that have any."""
    sides = [list(side(text).layers) for text in (first, second)]
    if not any(layer.plan.initializers for layers in sides for layer in layers):
        raise StepwiseError("a kernel or bias was given, but neither side has weights")
    for text, layers in zip((first, second), sides):
        having = [layer for layer in layers if layer.plan.initializers]
        if len(having) > 1:
            raise StepwiseError(
                f"{text} has {len(having)} layers with weights; give them in Python, to stepwise.equivalent, as layers "
                "that have them"
            )
        for layer in having:
            layer.give(given)
    return sides


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
