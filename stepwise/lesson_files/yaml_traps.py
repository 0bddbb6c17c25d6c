"""What YAML makes of what a person meant: commas and colons that part a call, rows that it folds, tabs.

To add one: a line in `HINTS`, or a function that gives what was meant.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

HINTS = {
    r"'\\t'": "indent with spaces, not with tabs",
    "mapping values are not allowed": "a space belongs after a key's colon, and words with a colon in them in quotes",
    "cannot start any token": "put it in quotes",
    "could not find expected ':'": "a key ends in a colon, and an entry of a list begins with a hyphen and a space",
    "end of stream": "a quote or a bracket is not closed",
    r"expected ',' or '[\]}]'": "within quotes of one kind use the other, as in \"MaxPool2D(2, padding='same')\"",
    "expected <block end>": "put all of the value in one pair of brackets, or in quotes",
}
"""A part of YAML's own words, as a regular expression, and what helps."""


def hint(problem: str) -> str:
    """What helps where YAML gives up with these words; nothing where it is not known.

    >>> hint("mapping values are not allowed here")
    "; a space belongs after a key's colon, and words with a colon in them in quotes"
    """
    return next((f"; {advice}" for words, advice in HINTS.items() if re.search(words, problem)), "")


def parted_call(entries: Sequence[Any], number: int) -> str:
    """The call that YAML parted at a comma or a colon, as it was meant; nothing where this entry is none.

    >>> parted_call(["MaxPool2D(2", "strides=1)", "ReLU()"], 0)
    'MaxPool2D(2, strides=1)'
    >>> parted_call([{"MaxPool2D(2, padding": "same)"}], 0), parted_call(["ReLU()"], 0)
    ("MaxPool2D(2, padding='same')", '')
    >>> parted_call([{"MaxPool2D(2)": None}], 0), parted_call([{"MaxPool2D(2)": {"name": "pool"}}], 0)
    ('MaxPool2D(2)', '')
    """
    entry, whole = entries[number], _written(entries[number])
    if isinstance(entry, str) and whole.count("(") <= whole.count(")"):
        return ""
    if isinstance(entry, Mapping) and not any(_open(key) or value is None for key, value in entry.items()):
        return ""
    for entry in entries[number + 1 :]:
        if whole.count("(") <= whole.count(")"):
            break
        whole += f", {_written(entry)}"
    if "(" not in whole or whole.count("(") != whole.count(")"):
        return ""
    return re.sub(r"(?<!\w)(\w+): ([A-Za-z]\w*)\b", r"\1='\2'", whole).replace(": ", "=")


def _open(key: Any) -> bool:
    return str(key).count("(") > str(key).count(")")


def _written(entry: Any) -> str:
    if isinstance(entry, Mapping):
        return ", ".join(str(key) if value is None else f"{key}: {_written(value)}" for key, value in entry.items())
    return ", ".join(map(_written, entry)) if isinstance(entry, list) else str(entry)


def quoted(call: str) -> str:
    """A call in quotes, as YAML takes it whole."""
    return f'"{call}"' if '"' not in call else "'" + call.replace("'", "''") + "'"


def typed_rows(value: Any) -> Any:
    """Rows of numbers that stand in a list as words, `[4 3, 2 1]`, as the text they mean; anything else as it is.

    >>> typed_rows(["4 3", "2 1"]), typed_rows(["1/2", "3"])
    ('4 3; 2 1', ['1/2', '3'])
    """
    words = isinstance(value, list) and value and all(isinstance(row, str) for row in value)
    return "; ".join(value) if words and any(re.search(r"[\s;,]", row.strip()) for row in value) else value


def folded(text: str, start: tuple[int, int], end: int | None) -> bool:
    """Whether a plain value that begins at this line and column, before line `end`, is rows that YAML makes one of."""
    lines = text.splitlines()[start[0] : end]
    lines[:1] = [lines[0][start[1] :]] if lines else []
    rows = [row for line in lines if (row := line.partition("#")[0].strip())]
    return len(rows) > 1 and rows[0][0] not in "|>[{\"'&*!-" and not any(";" in row for row in rows)
