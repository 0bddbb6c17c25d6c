"""Numbers that a command is given beside its calls: options that several commands share, and the record they fill."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import fields
from typing import Any, TypeVar, cast

import click

from ..dataclass import dataclass
from ..errors import FileError, InputError, StepwiseError
from ..exports import export_for
from ..io.inputs import LARGEST_DIVISOR, as_array, from_file
from ..io.numerals import ARITHMETIC, read_assumptions
from .options import FILE

F = TypeVar("F", bound=Callable[..., Any])

FILE_NAME = re.compile(r"\S*\.[A-Za-z]\w{1,4}")
"""What is taken for the name of a file where numbers could stand, so that `picture.png` is told what can be read."""


@dataclass(frozen=True)
class Given:
    """The options with numbers, as they were typed; None for those that were not given."""

    input_: str | None = None
    divide: float | None = None
    kernel: str | None = None
    bias: str | None = None
    seed: int | None = None
    arithmetic: str | None = None
    assume: str | None = None

    @property
    def how(self) -> dict[str, Any]:
        """`--arithmetic` and `--assume` as `trace` takes them."""
        return {
            "arithmetic": self.arithmetic,
            "assume": "real" if self.assume is None else read_assumptions(self.assume),
        }

    @property
    def weights(self) -> dict[str, Any]:
        """`--kernel` and `--bias`, those that were given; a bias is one row, however it is written."""
        given = {}
        if self.kernel is not None:
            given["kernel"] = numbers(self.kernel, "kernel", **self.how)
        if self.bias is not None:
            given["bias"] = numbers(self.bias, "bias", **self.how).ravel()
        return given

    @property
    def asked(self) -> dict[str, Any]:
        """All of it but the input, as `trace` takes it."""
        return {**self.weights, **self.how, "seed": self.seed}

    def array(self) -> Any:
        """What goes in: a picture's numbers go to 255, and most networks were trained on numbers up to 1."""
        how = self.how
        if self.input_ is None:
            raise InputError('a call needs numbers to work on; add --input, such as --input "4 3; 2 1"')
        array, divide = numbers(self.input_, **how), self.divide
        if divide is None:
            return array
        if not 0 < abs(divide) <= LARGEST_DIVISOR:
            raise StepwiseError(f"--divide {divide:g} must be a number other than 0, such as 255")
        return array / (int(divide) if divide == int(divide) else divide)  # by a whole number fractions stay exact


def given_as_one(command: F) -> F:
    """The options here that a command has, gathered into its parameter `given`."""
    names = [one.name for one in fields(Given)]

    @functools.wraps(command)
    def gathered(**rest: Any) -> Any:
        given = Given(**{name: rest.pop(name) for name in names if name in rest})
        return command(given=given, **rest)

    return cast(F, gathered)


def input_option(required: bool) -> Callable[[F], F]:
    """`--input`."""
    help = (
        'The numbers: rows ended by ";", such as "4 3; 2 1", and channels by ";;" or an empty line; JSON; '
        "or a file: .csv, .json, .npy, .png."
    )
    return click.option("--input", "input_", metavar="NUMBERS", type=FILE, required=required, help=help)


def divide_option(command: F) -> F:
    """`--divide`."""
    help = "What every number of the input is divided by, such as 255 for a picture."
    return click.option("--divide", metavar="NUMBER", type=float, help=help)(command)


def seed_option(command: F) -> F:
    """`--seed`."""
    help = "What weights that are not given are drawn with: another number, other weights."
    return click.option("--seed", metavar="N", type=click.IntRange(min=0), help=help)(command)


def weight_options(command: F) -> F:
    """`--kernel`, `--bias`, `--seed`."""
    for option in (
        seed_option,
        click.option("--bias", metavar="NUMBERS", help="The bias, one number for each filter; without it, 0."),
        click.option("--kernel", metavar="NUMBERS", help='The kernel, such as "1 0; 0 1"; without it, one is drawn.'),
    ):
        command = option(command)
    return command


def until_option(command: F) -> F:
    """`--until`."""
    return click.option("--until", metavar="NAME", help="Of an ONNX file: stop at the value of this name.")(command)


def arithmetic_options(command: F) -> F:
    """`--arithmetic`, `--assume`."""
    known = (
        'What letters stand for: positive, nonnegative, real, a range 0..255, or one for each: "a=positive, b=0..9".'
    )
    for option in (
        click.option("--assume", metavar="WORD", help=known),
        click.option("--arithmetic", metavar="KIND", help=f"{', '.join(ARITHMETIC)}; letters and fractions choose it."),
    ):
        command = option(command)
    return command


def numbers(text: str, name: str = "input", **how: Any) -> Any:
    """An array from the text of an option: numbers, or the name of a file that holds them."""
    if refusal := export_for(
        text, "give {onnx} in place of the call; numbers are read from .csv, .json, .npy and .png"
    ):
        raise FileError(refusal)
    return from_file(text, name, **how) if FILE_NAME.fullmatch(text) else as_array(text, name, **how)
