"""`stepwise preview`"""

from __future__ import annotations

import webbrowser
from pathlib import Path

import click

from .. import stopping
from ..errors import one_line
from ..sites.callers import LOOPBACK
from ..sites.preview import server
from .options import FILE


@click.command(
    name="preview",
    epilog="""\b
Examples:
  stepwise preview lesson.yaml
  stepwise preview lesson.yaml --port 8000 --no-browser""",
)
@click.argument("file", metavar="LESSON.yaml", type=FILE)
@click.option("--port", default=0, metavar="PORT", help="The port; without it, a free one.")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
def command(file: str, port: int, no_browser: bool) -> None:
    """Show a lesson in the browser while it is written: each time it is saved, the page follows.

    A mistake is shown in the page, with its line. Only this machine is answered. Ctrl-C stops.
    """
    stopping.answer(lambda: "", 0)
    serving = server(Path(file), port)
    address = f"http://{LOOPBACK}:{serving.server_address[1]}/"
    try:
        click.echo(one_line(f"{file} is at {address} (Ctrl-C stops)"))
        if not no_browser:
            webbrowser.open(address)
        serving.serve_forever(poll_interval=0.1)
    except KeyboardInterrupt:
        click.echo()
    finally:
        serving.server_close()
