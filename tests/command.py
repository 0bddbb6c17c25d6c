"""The command line, run in this process for speed or as a program of its own."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from stepwise.cli import main

HANGS = 900
"""Seconds after which something is taken to hang: so many that a slow or busy machine is not."""


@dataclass(frozen=True)
class Ran:
    """What a command did: its exit status and what it printed."""

    status: int
    out: str
    err: str


def run(*arguments: str, given: str | bytes = b"") -> Ran:
    """`stepwise ARGUMENTS…` in this process, with `given` as standard input. Only `SystemExit` is caught."""
    raw = given.encode() if isinstance(given, str) else given
    streams = {name: io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for name in ("out", "err")}
    status: int | str | None = None
    with (
        mock.patch.object(sys, "argv", ["stepwise", *arguments]),
        mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8")),
        contextlib.redirect_stdout(streams["out"]),
        contextlib.redirect_stderr(streams["err"]),
    ):
        try:
            main()
        except SystemExit as left:
            status = left.code
    printed = {name: stream.buffer.getvalue().decode(errors="replace") for name, stream in streams.items()}
    assert isinstance(status, int), "a command always says how it ended"
    return Ran(status, printed["out"], printed["err"])


def program(*arguments: str | bytes, folder: Path, given: str = "", environment: dict[str, str] | None = None) -> Ran:
    """`python -m stepwise ARGUMENTS…` as a program of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "stepwise", *arguments],
        input=given.encode(),
        capture_output=True,
        cwd=folder,
        env={**os.environ, **(environment or {})},
        check=False,
        timeout=HANGS,
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
