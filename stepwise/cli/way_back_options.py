"""The options of the way back that two commands have: which loss, and which gradients alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import click

from ..ops.losses import LOSSES
from .options import among

NAMES = ("input", "kernel", "bias")


def loss_option(told: str) -> Callable[[Any], Any]:
    """`--loss`, with what is told of it."""
    return click.option("--loss", metavar="|".join(LOSSES), shell_complete=among(LOSSES), help=told)


def for_option(told: str) -> Callable[[Any], Any]:
    """`--for`, with what is told of it: the gradients that are wanted, which `names_in` reads."""
    return click.option(
        "--for", "wanted", metavar="|".join(NAMES), multiple=True, shell_complete=among(NAMES), help=told
    )


def names_in(wanted: Iterable[str]) -> tuple[str, ...]:
    """What was given as `--for`, several times or with commas.

    >>> names_in(["input, kernel", "bias"])
    ('input', 'kernel', 'bias')
    """
    return tuple(name.strip() for words in wanted for name in words.split(","))
