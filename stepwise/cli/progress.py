"""A progress bar on a terminal, and nothing anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

Progress = Callable[[int, int], None]  # told how much is done, and of how much


@contextmanager
def progress(length: int, label: str) -> Iterator[Progress | None]:
    """What is to be told of the progress while the bar is there; None where there is nobody to see it."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=length, label=label, file=sys.stderr) as bar:
        done = 0

        def tell(now: int, _all: int) -> None:
            nonlocal done
            bar.update(now - done)
            done = now

        yield tell
