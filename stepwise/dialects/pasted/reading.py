"""Code that is read and not run: its text and lines, how much of it is followed, and what is found on the way."""

from __future__ import annotations

import ast
from typing import Any, TypeVar

from ...errors import CallError
from .names import Imports
from .seen import counted, flows_in
from .values import Applied, Class, Given, Unread
from .words import Words

MOST_WORK = 20_000
"""Expressions that are looked at, those of loops and functions each time."""
MOST_ENTRIES = 1_000
"""Entries of a list, with those of the lists in it."""
Entries = TypeVar("Entries", list[Any], tuple[Any, ...])


class Reading:
    """A text on its way from code to layers; what is found is kept for the end."""

    def __init__(self, words: Words, source: str) -> None:
        self.words = words
        self.source = source
        self.lines = source.encode("utf-8", "surrogatepass").split(b"\n")
        self.imports = Imports()
        self.flows: list[Applied] = []  # in the order of their making
        self.made: dict[tuple[int, tuple[int, ...]], Applied] = {}  # a layer on the same things gives the same
        self.givens: dict[str, Given] = {}
        self.left_out: list[str] = []
        self.strange: list[Unread] = []  # into which a flow goes
        self.around: dict[int, Class] = {}  # of an object one of whose methods is followed: the class that has it
        self.work = 0

    def text(self, node: ast.AST) -> str:
        """The source of a part, on one line; places are counted in bytes, and the source is cut into lines once."""
        first, last = getattr(node, "lineno", 0) - 1, (getattr(node, "end_lineno", 0) or 0) - 1
        if not 0 <= first <= last < len(self.lines):
            return "it"
        part = list(self.lines[first : last + 1])
        part[-1] = part[-1][: getattr(node, "end_col_offset", None)]
        part[0] = part[0][getattr(node, "col_offset", 0) :]
        return " ".join(b" ".join(part).decode("utf-8", "replace").split())

    def error(self, node: ast.AST, message: str) -> CallError:
        """A mistake with its line, where there are several."""
        one_line = "\n" not in self.source.strip()
        return CallError(message if one_line else f"line {getattr(node, 'lineno', 1)}: {message}")

    def worked(self, node: ast.AST) -> None:
        """Count what is looked at. Raises `CallError` where it is too much."""
        self.work += 1
        if self.work > MOST_WORK:
            raise self.error(node, f"this is more than is followed, {MOST_WORK:,} expressions with those of its loops")

    def unread(self, node: ast.expr, *parts: Any, why: str = "") -> Unread:
        """A value that is not read; where a flow goes into it, that is remembered."""
        takes = any(flows_in(part) for part in parts)
        found = Unread(self.text(node), getattr(node, "lineno", 1), why, takes)
        if takes:
            self.strange.append(found)
        return found

    def bounded(self, node: ast.AST, entries: Entries) -> Entries:
        """A list that is not too long, with those in it."""
        if counted(entries) > MOST_ENTRIES:
            raise self.error(node, f"a list has at most {MOST_ENTRIES:,} entries here")
        return entries
