"""`python -m stepwise` is `stepwise`, the program."""

from __future__ import annotations

from . import stopping


def program() -> None:
    """The command line as a program of its own."""
    stopping.begin()  # before anything that takes time to load
    from .cli import main

    main()


if __name__ == "__main__":
    program()
