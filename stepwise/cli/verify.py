"""`stepwise verify`"""

from __future__ import annotations

import click

from ..errors import one_line
from ..saved import load
from ..traces import chain


@click.command(
    name="verify",
    epilog="""\b
Example:
  stepwise verify trace.json""",
)
@click.argument("file", metavar="FILE")
def command(file: str) -> None:
    """Replay a saved trace by an independent way. Exit status 1, and the first thing that differs, if it is wrong."""
    trace = load(file)
    trace.verify()
    cells = sum(layer.output.size for layer in chain(trace))
    click.echo(one_line(f"{file}: verified; {cells:,} output cells replayed, every one agrees"))
