"""A table of what was handed in, a row an answer: CSV and JSON Lines.

To add a kind of table: a function that yields submissions, and its endings in `TABLES`.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING, BinaryIO

from ..errors import FileError, one_line
from .submission import LONGEST_NAME, MOST_BYTES, Submission

if TYPE_CHECKING:
    from .submissions import Submissions


COLUMNS = ("student", "answer", "variant")
_PART = re.compile(r"answer\.([1-9][0-9]?)")
"""The name of a column that holds what was answered to one part."""


# Tables


class BadRowError(Exception):
    """A row of a table that cannot be taken: one sentence."""


class _Lines:
    """The lines of a stream as text, with a bound on each, and back to any of the lines of the present row."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._again: list[str] = []  # lines that an unclosed quote swallowed, to be read once more
        self._row: list[str] = []
        self._ahead = b""  # a line that is read already
        self.number = 0  # of the line read last, from 1

    def __iter__(self) -> _Lines:
        return self

    def begin_row(self) -> None:
        self._row = []

    def give_back_all_but_first(self) -> None:
        """What was read of the present row after its first line is read again as rows of their own."""
        back = self._row[1:]
        self._again = back + self._again
        self.number -= len(back)

    def __next__(self) -> str:
        if self._again:
            text = self._again.pop(0)
            self.number += 1
        else:
            text = self._read()
        self._row.append(text)
        return text

    def _line(self) -> bytes:
        try:
            return self._stream.readline(MOST_BYTES + 1)
        except OSError as error:  # a disk, or a network, that gave up
            raise FileError(f"cannot read the submissions: {error.strerror or error}") from None

    def skip_empty(self) -> None:
        """Go on to a line with something in it, at the speed of reading: there may be millions without."""
        while not self._again and (line := self._line()):
            if not line.isspace():
                self._ahead = line
                return
            self.number += 1

    def _read(self) -> str:
        line, self._ahead = self._ahead or self._line(), b""
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) > MOST_BYTES:
            while line and not line.endswith(b"\n"):
                line = self._line()
            raise BadRowError(f"has more than {MOST_BYTES:,} bytes, the most that a row has")
        try:
            return line.decode("utf-8-sig" if self.number == 1 else "utf-8")
        except UnicodeDecodeError:
            raise BadRowError("is not text in UTF-8; save the table as “CSV UTF-8”") from None


def _from_csv(stream: BinaryIO, submissions: Submissions) -> Iterator[Submission]:
    lines = _Lines(stream)
    try:
        head = next(lines)
    except (StopIteration, BadRowError) as error:
        raise FileError(f"{submissions.path}, line 1 {str(error) or 'is missing: the table is empty'}") from None
    delimiter = max(",;\t", key=head.count) if '"' not in head else ","
    try:
        names = [name.strip().casefold() for name in next(csv.reader([head], delimiter=delimiter, strict=True))]
    except csv.Error as error:
        raise FileError(f"{submissions.path}, line 1 cannot be read as names of columns: {error}") from None
    _need_columns(names, submissions)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        lines.begin_row()
        first = lines.number + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            lines.give_back_all_but_first()
            unclosed = "unexpected end of data" in str(error)
            yield _refused(
                first, "opens a quote that is never closed" if unclosed else f"cannot be read as CSV: {error}"
            )
        except BadRowError as error:
            lines.give_back_all_but_first()
            yield _refused(lines.number, str(error))
        else:
            if len(row) == len(names):
                yield _row(dict(zip(names, row)), first, submissions.variants)
            elif row:
                hint = "; put an answer with commas in quotes" if len(row) > len(names) else ""
                cells = "1 cell" if len(row) == 1 else f"{len(row)} cells"
                yield _refused(first, f"has {cells}, the first row has {len(names)}{hint}")


def _need_columns(names: list[str], submissions: Submissions) -> None:
    needed: tuple[str, ...] = COLUMNS if submissions.variants else COLUMNS[:2]
    if any(map(_PART.fullmatch, names)) and "answer" not in names:
        needed = tuple(name for name in needed if name != "answer")
    for name in needed:
        if names.count(name) != 1:
            found = "more than one column" if name in names else "no column"
            why = ", since there are variants" if name == "variant" else ""
            raise FileError(
                f"{submissions.path} has {found} {name!r} in its first row ({one_line(', '.join(names))[:200]}); "
                f"a table of submissions has the columns {', '.join(needed)}{why}"
            )


def _from_jsonl(stream: BinaryIO, submissions: Submissions) -> Iterator[Submission]:
    lines = _Lines(stream)
    while True:
        lines.begin_row()
        try:
            lines.skip_empty()
            text = next(lines)
            if not text.strip():  # of spaces that only Unicode knows, or nothing but the mark of its order of bytes
                continue
            row = json.loads(text)
            if not isinstance(row, dict):
                raise BadRowError('is not an object such as {"student": "ana", "answer": "4 3; 2 1"}')
        except StopIteration:
            return
        except BadRowError as error:
            yield _refused(lines.number, str(error))
        except (ValueError, RecursionError) as error:
            reason = error.msg if isinstance(error, json.JSONDecodeError) else "nested too deep or a number too long"
            yield _refused(lines.number, f"is not JSON: {reason}")
        else:
            yield _row(row, lines.number, submissions.variants)


def _row(row: Mapping[str, object], line: int, variants: Collection[str]) -> Submission:
    """A row of a table as a submission."""
    words = {}
    for name in ("student", "variant"):
        value = row.get(name, "")
        # Numbers stand for themselves: a student may be 1024.
        words[name] = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    student, variant = words["student"], words["variant"]
    if not student:
        return _refused(line, "names no student")
    if len(student) > LONGEST_NAME:
        return _refused(line, f"names a student with {len(student):,} characters; at most {LONGEST_NAME}")
    if variants and variant not in variants:
        found = f"names the variant {variant[:40]!r}, which there is not" if variant else "names no variant"
        return _refused(line, found, student)
    if "answer" not in row and not any(map(_PART.fullmatch, row)):
        return _refused(line, "has no answer", student)
    answer, place = _answer(row), (student, variant if variants else "")
    if answer is None or isinstance(answer, str):
        return Submission(*place, answer or "", f"line {line}")
    return Submission(*place, json.dumps(answer).encode(), f"line {line}", kind=".json")


def _answer(row: Mapping[str, object]) -> object:
    """What stands under `answer`, or under `answer.1`, `answer.2`, … : a column for each part."""
    parts = {int(match[1]): row[match[0]] for match in map(_PART.fullmatch, row) if match}
    if not parts or "answer" in row:
        return row.get("answer")
    entries = [parts.get(number) for number in range(1, max(parts) + 1)]
    if all(entry is None or isinstance(entry, str) for entry in entries):
        return "\n---\n".join(str(entry or "") for entry in entries)
    return {"parts": ["" if entry is None else entry for entry in entries]}


def _refused(line: int, why: str, student: str = "") -> Submission:
    return Submission(student, "", name=f"line {line}", problem=one_line(f"line {line} {why}"))


TABLES: dict[str, Callable[[BinaryIO, Submissions], Iterator[Submission]]] = {
    ".csv": _from_csv,
    ".tsv": _from_csv,
    ".jsonl": _from_jsonl,
    ".ndjson": _from_jsonl,
}
