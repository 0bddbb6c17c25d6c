"""What Ctrl-C does to the program: it ends at once, wherever it is, in one line.

An exception, as Python would raise, may come while something else is imported, closed or told, and so be lost or end in
a traceback. Nothing needs to be closed: what is not finished has no name (see `files`), and worker processes end by
themselves when this one has. Who uses stepwise from Python has Python's own `KeyboardInterrupt`.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import suppress

STOPPED = 130
"""The exit status that a shell tells of a program which Ctrl-C ended."""

unfinished: set[str] = set()
"""Files that are being written under a name, where there are none without."""
_answers: list[tuple[Callable[[], str], int]] = [(lambda: "stopped; no file was left half written", STOPPED)]


def answer(message: Callable[[], str], status: int = STOPPED) -> None:
    """What Ctrl-C is answered from now on; nothing where what is told is empty."""
    _answers.append((message, status))


def begin() -> None:
    """From now on Ctrl-C ends this process, unless it was started to ignore it."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _stop)


def _stop(_number: int, _frame: object) -> None:
    for name in tuple(unfinished):
        with suppress(OSError):
            os.unlink(name)
    say, status = _answers[-1]
    message = say()
    with suppress(OSError):
        os.write(2 if message else 1, f"\nstepwise: {message}\n".encode(errors="replace") if message else b"\n")
    os._exit(status)
