"""What training tells while it goes on: a bar on a terminal, and a line for each epoch."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import click

from ...language import _

Tell = Callable[[Mapping[str, float]], None]
"""Told after each step what has been measured in this epoch so far."""


def line(measures: Mapping[str, float]) -> str:
    """Measures as a line.

    >>> line({"loss": 0.25, "accuracy": 1.0})
    'loss: 0.2500 - accuracy: 1.0000'
    """
    return " - ".join(f"{name}: {value:{'.4f' if value < 1e4 else '.4g'}}" for name, value in measures.items())


@contextmanager
def epoch_bar(number: int, epochs: int, steps: int, verbose: int) -> Iterator[Tell]:
    """A bar for the steps of an epoch, where somebody sees it."""
    if verbose != 1 or not sys.stderr.isatty():
        yield lambda measures: None
        return
    label = _("Epoch {number}/{epochs}").format(number=number, epochs=epochs)
    with click.progressbar(length=steps, label=label, file=sys.stderr, item_show_func=lambda now: now, width=24) as bar:
        yield lambda measures: bar.update(1, line(measures))


def tell_epoch(number: int, epochs: int, measures: Mapping[str, float], verbose: int) -> None:
    """A line for an epoch that is done."""
    if verbose:
        message = _("Epoch {number}/{epochs} - {measures}")
        click.echo(message.format(number=number, epochs=epochs, measures=line(measures)))


def tell(sentence: str) -> None:
    """A sentence on the standard error."""
    click.echo(sentence, err=True)


class Warnings:
    """The warnings of one training, of each kind one."""

    def __init__(self) -> None:
        self._kinds: set[str] = set()

    def warn(self, kind: str, sentence: str | None, calls: int = 3) -> None:
        """Say it once, as of the line that many calls ago; nothing where there is nothing to say."""
        if sentence and kind not in self._kinds:
            self._kinds.add(kind)
            warnings.warn(sentence, stacklevel=calls + 1)
