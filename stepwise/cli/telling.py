"""What a command says beside its result, on standard error."""

from __future__ import annotations

import contextlib

import click

from ..errors import one_line


def say(message: str) -> None:
    """One line. Nobody listening, or no room where it goes, is no reason to end the work that it is about."""
    indent = message[: len(message) - len(message.lstrip())]
    with contextlib.suppress(OSError):
        click.echo(indent + one_line(message), err=True)
