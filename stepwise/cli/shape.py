"""`stepwise shape`"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import click

from ..algebra.receptive import Field, receptive_fields
from ..dialects import LayerObject
from ..dialects.tracing import understood
from ..document.lesson import Lesson
from ..errors import InputError, StepwiseError
from ..geometry import AxisGeometry, axis_names
from ..layers.forms import starting_form
from ..layers.outlines import outline
from ..layers.sizes import sizes
from ..layers.wiring import branched
from ..lessons.assumed import assumed
from ..lessons.shapes import tell_algebraic_sizes, tell_sizes
from ..lessons.summary import tell_summary
from .given import until_option
from .options import Destination, deliver, file_options
from .requests import check_until, is_file, onnx_network, say_left_out, with_code

LARGEST = 10**12


@click.command(
    name="shape",
    epilog="""\b
Examples:
  stepwise shape "Conv2D(8, 3, strides=2, padding='same')" "MaxPool2D(2)" --input-shape 28,28,1
  stepwise shape "Conv2D(8, 3, strides=2, padding='same')" --input-shape n,n,1 --assume "n even"
  stepwise shape examples/digit.onnx
  stepwise shape --from 28 --to 14 --dialect torch --window 5 --padding 2
  stepwise shape --from 7 --to 14 --dialect torch""",
)
@click.argument("calls", metavar="[CALL… | MODEL.onnx]", nargs=-1)
@click.option("--input-shape", metavar="N,N,…", help="The input's shape, in the layer's layout; it may have letters.")
@until_option
@click.option("--assume", multiple=True, metavar="WORDS", help='What is known of a letter, such as "n even".')
@click.option("--from", "given", type=int, metavar="SIZE", help="Backwards: the size that goes in along an axis …")
@click.option("--dialect", default="keras", help="… in whose words: keras, torch or onnx.")
@click.option("--layer", default="conv", help="… for which layer: conv, pool or transposed.")
@click.option("--window", default=5, help="… windows up to this.", show_default=True)
@click.option("--stride", default=3, help="… strides up to this.", show_default=True)
@click.option("--padding", default=2, help="… padding on a side up to this.", show_default=True)
@click.option("--dilation", default=1, help="… dilations up to this.", show_default=True)
@file_options
@click.option("--to", "to", multiple=True, metavar="SIZE|FORMAT", help="… the size that comes out; or the format.")
def command(
    calls: tuple[str, ...],
    input_shape: str | None,
    until: str | None,
    assume: tuple[str, ...],
    given: int | None,
    dialect: str,
    layer: str,
    to: tuple[str, ...],
    output: str | None,
    force: bool,
    templates: str | None,
    **bounds: Any,
) -> None:
    """Work out sizes after every layer, with the formula of each axis; or, backwards, what takes one size to another.

    No numbers are needed, and sizes may be letters. A cell's receptive field is told too.
    """
    if len(calls) == 1 and is_file(calls[0], ".onnx"):
        shape = _shape(input_shape) if input_shape else None
        numbers = [n for n in shape if isinstance(n, int)] if shape else None
        if shape and numbers != list(shape):
            raise InputError(f"--input-shape {input_shape!r} has letters; of an ONNX file the sizes are numbers")
        lesson = onnx_network(calls[0], until).summary(numbers)
        deliver(lesson, Destination(to[-1] if to else None, output, force, templates))
        return
    check_until(until, ())
    wanted = [word for word in to if re.fullmatch(r"[+-]?[0-9]+", word)]
    formats = [word for word in to if word not in wanted]
    if given is not None or wanted:
        lesson = _backwards(calls, input_shape, given, wanted, dialect, layer, bounds)
    elif not calls or input_shape is None:
        raise StepwiseError("give a call and its --input-shape, such as 28,28,1, or a size --from and one --to")
    else:
        layers = understood(with_code(calls))
        say_left_out(layers)
        lesson = _forwards(layers, _shape(input_shape), assume)
    deliver(lesson, Destination(formats[-1] if formats else None, output, force, templates))


def _backwards(
    calls: Sequence[str],
    input_shape: str | None,
    given: int | None,
    wanted: Sequence[str],
    dialect: str,
    layer: str,
    bounds: dict[str, int],
) -> Lesson:
    from ..algebra.fits import Bounds, fits
    from ..lessons.fits import tell_fits

    if given is None or len(wanted) != 1 or calls or input_shape:
        raise StepwiseError("backwards takes one size --from, one --to, and no call or shape")
    size, limits = int(wanted[0][:20]), Bounds(**bounds)
    return tell_fits(given, size, fits(given, size, dialect, layer, limits), limits, dialect)


def _forwards(layers: list[LayerObject], shape: tuple[int | str, ...], assume: Sequence[str]) -> Lesson:
    numbers = [n for n in shape if isinstance(n, int)]
    if branched(layers):
        if len(numbers) != len(shape) or assume:
            raise InputError("sizes in letters are told of a chain, and here branches come together; give numbers")
        return tell_summary(outline(layers, tuple(numbers)))
    if len(numbers) == len(shape) and not assume:
        plain = sizes(layers, tuple(numbers))
        axes = [layer.geometry.axes for layer in plain]
        padded = [[axis.padding.before for axis in per_layer] for per_layer in axes]
        stages = [(stage.operation, layer.dialect) for layer in layers for stage in layer.plan.stages]
        granted = assumed(stages, numbers, starting_form(layers, numbers))
        return tell_sizes(plain, _fields(layers, padded, axes), assumed=granted)
    from ..algebra.sizes import algebraic_sizes, read_known

    known = [read_known(words) for words in assume]
    for one in known:
        if one.name not in shape:
            raise StepwiseError(f"something is assumed of {one.name}, but it is not a letter of --input-shape")
    chain = algebraic_sizes(layers, shape, known)
    return tell_algebraic_sizes(chain, _fields(layers, [[a.before for a in one.axes] for one in chain]), known)


def _fields(
    layers: Sequence[LayerObject],
    padded: Sequence[Sequence[int | None]],
    geometry: Sequence[Sequence[AxisGeometry]] = (),
) -> dict[str, list[Field]]:
    """The receptive fields by axis; axes that see alike are told once."""
    spatial = max(map(len, padded), default=0)
    if any(len(before) not in (0, spatial) for before in padded) or any(layer.parts for layer in layers):
        return {}  # where layers are joined, they are no chain
    by_axis: dict[str, list[Field]] = {}
    for axis, name in enumerate(axis_names(spatial)):
        fields = receptive_fields(layers, [before[axis] if before else 0 for before in padded], axis, geometry)
        if fields not in by_axis.values():
            by_axis[name] = fields
    return by_axis


def _shape(text: str) -> tuple[int | str, ...]:
    words = [word.strip() for word in text.replace("×", ",").split(",")]
    if len(words) == 1:  # 28x28x1 is a shape, too; with commas an x is a letter
        words = [word.strip() for word in text.split("x")]
    sizes: list[int | str] = []
    for word in words:
        if word.isascii() and word.isdigit() and 0 < int(word[:20]) <= LARGEST:
            sizes.append(int(word))
        elif word.isascii() and word.isidentifier() and len(word) <= 16:
            sizes.append(word)
        else:
            raise InputError(
                f"--input-shape {text!r} must be whole numbers above 0, such as 28,28,1, or letters, such as n,n,1"
            )
    return tuple(sizes)
