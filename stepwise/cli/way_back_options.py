"""The options of the way back: which loss, which gradients alone, and the rates of an update."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

import click

from ..ops.losses import LOSSES
from .options import among

NAMES = ("input", "kernel", "bias")


def loss_option(explanation: str) -> Callable[[Any], Any]:
    """`--loss`, with what is told of it."""
    return click.option("--loss", metavar="|".join(LOSSES), shell_complete=among(LOSSES), help=explanation)


def for_option(explanation: str) -> Callable[[Any], Any]:
    """`--for`, with what is told of it: the gradients that are wanted, which `names_in` reads."""
    return click.option(
        "--for", "wanted", metavar="|".join(NAMES), multiple=True, shell_complete=among(NAMES), help=explanation
    )


class _Rate(click.ParamType):  # type: ignore[type-arg]  # click 8.1 has none
    """A number, which may be written as a fraction."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """`1/10` as 0.1; what is no number is refused."""
        try:
            return float(Fraction(value)) if "/" in str(value) else float(value)
        except (ValueError, ZeroDivisionError, OverflowError):
            self.fail(f"{value!r} is not a number such as 0.1", param, ctx)


RATE = _Rate()


def names_in(wanted: Iterable[str]) -> tuple[str, ...]:
    """What was given as `--for`, several times or with commas.

    >>> names_in(["input, kernel", "bias"])
    ('input', 'kernel', 'bias')
    """
    return tuple(name.strip() for words in wanted for name in words.split(","))
