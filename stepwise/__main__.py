"""`python -m stepwise` is `stepwise`, the program."""

from __future__ import annotations

import gc

from . import stopping

OBJECTS = 100_000
"""So many new ones, and Python looks for objects that only name each other. It would after 700, and so look through all
that is loaded again and again, in a short run that has none."""


def program() -> None:
    """The command line as a program of its own."""
    stopping.begin()  # before anything that takes time to load
    gc.set_threshold(OBJECTS)
    from .cli import main

    main()


if __name__ == "__main__":
    program()
