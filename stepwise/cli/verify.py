"""`stepwise verify`"""

from __future__ import annotations

from pathlib import Path

import click

from ..errors import one_line
from ..io.files import read_text
from ..layers.saved import load
from ..traces.trace import chain
from .options import FILE


@click.command(
    name="verify",
    epilog="""\b
Examples:
  stepwise verify trace.json
  stepwise verify page.html""",
)
@click.argument("file", metavar="FILE", type=FILE)
def command(file: str) -> None:
    """Replay a saved trace, or the traces of a lesson page, by an independent way.

    Of a page, the numbers printed in it must be those of its traces, too. Exit status 1, and the first thing that
    differs, if it is wrong.
    """
    if Path(file).suffix.lower() in (".html", ".htm"):
        from ..render.page.check import check_page

        traces, printed = check_page(read_text(file), file)
        cells = sum(trace.output.size for trace in traces)
        outcome = (
            f"{cells:,} output cells replayed, {printed:,} printed numbers and formulas compared, every one agrees"
        )
    else:
        trace = load(file)
        trace.verify()
        outcome = f"{sum(layer.output.size for layer in chain(trace)):,} output cells replayed, every one agrees"
    click.echo(one_line(f"{file}: verified; {outcome}"))
