"""What a class handed in: a folder with one file a student, or a table with one row a student; read one at a time.

Whatever cannot be taken becomes a `Submission` that says why, so that one bad file or row never stops the rest.
To add a kind of table: a function that yields submissions, and its endings in `TABLES`.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import stat
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from ..errors import FileError, StepwiseError, listing, one_line
from ..files import open_plain
from ..marking.filled import filled_in

MOST_BYTES = 4 * 2**20
"""The largest answer that is read: a 28×28×32 feature map with eight digits a number has a tenth of it."""
LONGEST_NAME = 200
COLUMNS = ("student", "answer", "variant")
_PART = re.compile(r"answer\.([1-9][0-9]?)")
"""The name of a column that holds what was answered to one part."""
BETWEEN = "--"
"""What stands between student and variant in a file's name: `ana--v03.txt`."""


@dataclass(frozen=True)
class Submission:
    """One answer of one student, not read yet; or the reason why there is none to read."""

    student: str
    variant: str  # the id of the student's exercise; empty where all have the same
    answer: str | bytes = ""  # as text, or what was in the file
    name: str = ""  # where it was: the file's name, or the line of the table
    problem: str = ""  # why it cannot be marked; empty where it can
    kind: str = ""  # of a file's content: the ending of its name, such as ".csv"
    of_sheet: bool = False  # whether the file is a sheet that was filled in, with answers to other exercises too

    @cached_property
    def key(self) -> str:
        """The same for the same answer of the same student, and for no other: marking goes on where it stopped."""
        digest = hashlib.blake2b(digest_size=16)
        for part in (self.student, self.variant, self.answer, self.name, self.problem, self.kind):
            data = part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
            digest.update(b"%d %d," % (isinstance(part, bytes), len(data)) + data)
        return digest.hexdigest()


@dataclass(frozen=True)
class Submissions:
    """A folder or a table, and how it is read."""

    path: Path
    variants: Collection[str] = ()  # the ids that there are

    def __iter__(self) -> Iterator[Submission]:
        return (one for one, _done in self.measured())

    def measured(self) -> Iterator[tuple[Submission, int]]:
        """Each submission, and how much of `size` has been read when it comes."""
        if os.path.isdir(self.path):
            yield from ((one, number) for number, one in enumerate(_in_folder(self.path, self.variants), 1))
            return
        with _opened(self.path) as stream:
            for one in TABLES[self.path.suffix.lower()](stream, self):
                yield one, stream.tell()

    @cached_property
    def size(self) -> int:
        """Files of a folder, bytes of a table: how far `measured` goes."""
        if os.path.isdir(self.path):
            return len(entries(self.path, self.variants))
        with _opened(self.path) as stream:
            return os.fstat(stream.fileno()).st_size


def find_submissions(path: str | os.PathLike[str], variants: Collection[str] = ()) -> Submissions:
    """A folder or table of submissions; nothing of it is read yet. Raises `FileError` where it is neither."""
    place = Path(path)
    try:
        kind = place.stat().st_mode
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FileError(f"cannot read the submissions {str(path)!r}: {reason}") from None
    suffix = place.suffix.lower()
    if not stat.S_ISDIR(kind) and suffix not in TABLES:
        hint = "; unpack it first" if suffix in (".zip", ".gz", ".tar", ".7z") else ""
        raise FileError(
            f"{path} is no class's submissions{hint}: give a folder with one file a student, or a table that ends in "
            f"{listing(TABLES)}"
        )
    return Submissions(place, variants)


def shown_name(name: str) -> str:
    """A student's name as one line that a terminal and a page can show."""
    clean = one_line(name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
    return clean if len(clean) <= LONGEST_NAME else clean[: LONGEST_NAME - 1] + "…"


# A folder


def _in_folder(folder: Path, variants: Collection[str]) -> Iterator[Submission]:
    sheets = sheets_of(variants)
    return (one for entry in entries(folder, variants) for one in read_each(folder, entry, variants, sheets))


def sheets_of(variants: Collection[str]) -> dict[str, list[str]]:
    """The sheets that have several exercises, and the ids of those.

    >>> sheets_of(["v01.1", "v01.2", "v02"])
    {'v01': ['v01.1', 'v01.2']}
    """
    found: dict[str, list[str]] = {}
    for id in variants:
        sheet, _point, number = id.rpartition(".")
        if sheet and number.isdecimal():
            found.setdefault(sheet, []).append(id)
    return {sheet: ids for sheet, ids in found.items() if sheet not in variants}


def read_each(
    folder: Path, entry: str, variants: Collection[str], sheets: Mapping[str, list[str]]
) -> Iterator[Submission]:
    """What one file holds: an answer; of a sheet with several exercises, one to each."""
    student, sheet = named(Path(entry), sheets) if sheets else ("", "")
    if not sheet:
        one = read_one(folder, entry, variants)
        if not one.problem or not isinstance(told := _told_inside(folder / entry, one), str):
            yield one
            return
        student, sheet = one.student, told
        if sheet in variants:
            yield replace(one, variant=sheet, answer=read_plain_file(folder / entry), problem="", kind=_kind(entry))
            return
        if sheet not in sheets:
            yield one
            return
    one = read_one(folder, entry, ())
    for id in sheets[sheet]:
        yield replace(one, student=student, variant=id, of_sheet=True)


def _told_inside(place: Path, one: Submission) -> str | None:
    """Which sheet of ours a file is whose name does not say it; None where it is none, or cannot be read."""
    if one.variant:
        return None
    try:
        found = filled_in(read_plain_file(place), place.suffix)
    except StepwiseError:
        return None
    return found.sheet if found else None


def _kind(entry: str) -> str:
    return Path(entry).suffix.lower()


def read_one(folder: Path, entry: str, variants: Collection[str]) -> Submission:
    """One file of a folder, read; or why it cannot be."""
    place = folder / entry
    shown = shown_name(entry)
    student, variant = named(Path(entry), variants)
    try:
        if variants and not variant:
            raise FileError(
                f"does not name a variant; name it as {shown_name(Path(entry).stem)}{BETWEEN}{next(iter(variants))}"
                f"{Path(entry).suffix}, or put it in a folder named after the variant"
            )
        answer = read_plain_file(place)
    except FileError as error:
        return Submission(student, variant, name=shown, problem=f"{shown} {error}")
    return Submission(student, variant, answer, shown, kind=place.suffix.lower())


def entries(folder: Path, variants: Collection[str]) -> list[str]:
    """Names of what was handed in, in an order that is the same on every machine. Hidden files are nobody's answer."""
    names: list[str] = []
    folders = {*variants, *sheets_of(variants)}
    for name in _listed(folder):
        inside = folder / name
        if name in folders and inside.is_dir() and not inside.is_symlink():
            names += (os.path.join(name, below) for below in _listed(inside))
        else:
            names.append(name)
    return names


def _listed(folder: Path) -> list[str]:
    try:
        return sorted(name for name in os.listdir(folder) if not name.startswith((".", "__MACOSX")))
    except OSError as error:
        raise FileError(f"cannot read the folder {str(folder)!r}: {error.strerror}") from None


def named(path: Path, variants: Collection[str]) -> tuple[str, str]:
    """Student and variant from a file's name: `ana.txt`, `ana--v03.txt`, `v03/ana.txt`.

    >>> named(Path("ana--v03.txt"), ["v03"]), named(Path("v03/ana.txt"), ["v03"]), named(Path("ana--v03.txt"), [])
    (('ana', 'v03'), ('ana', 'v03'), ('ana--v03', ''))
    """
    stem = path.stem
    if path.parent.name in variants:
        return shown_name(stem), path.parent.name
    student, found, variant = stem.rpartition(BETWEEN)
    if found and student and variant in variants:
        return shown_name(student), variant
    return shown_name(stem), ""


def read_plain_file(path: Path, most: int = MOST_BYTES) -> bytes:
    """The content of a file that somebody handed in. Raises `FileError`, a sentence without its subject.

    Links are not followed (they may lead anywhere), and a pipe is not waited for.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        if path.is_symlink():
            raise FileError("is a symbolic link, which is not followed; hand in the file itself")
        handle = os.open(path, flags)
    except FileError:
        raise
    except (OSError, ValueError) as error:
        raise FileError(f"cannot be read: {getattr(error, 'strerror', None) or error}") from None
    try:
        status = os.fstat(handle)
        if stat.S_ISDIR(status.st_mode):
            raise FileError("is a folder; one file a student is read")
        if not stat.S_ISREG(status.st_mode):
            raise FileError("is not a plain file")
        if status.st_size > most:
            raise FileError(f"has {status.st_size:,} bytes; an answer has at most {most:,}")
        with os.fdopen(handle, "rb", closefd=False) as stream:
            data = stream.read(most + 1)
    except OSError as error:
        raise error if isinstance(error, FileError) else FileError(f"cannot be read: {error.strerror}") from None
    finally:
        os.close(handle)
    if len(data) > most:  # it grew meanwhile
        raise FileError(f"has more than {most:,} bytes, the most that an answer has")
    return data


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


def _from_csv(stream: BinaryIO, told: Submissions) -> Iterator[Submission]:
    lines = _Lines(stream)
    try:
        head = next(lines)
    except (StopIteration, BadRowError) as error:
        raise FileError(f"{told.path}, line 1 {str(error) or 'is missing: the table is empty'}") from None
    delimiter = max(",;\t", key=head.count) if '"' not in head else ","
    try:
        names = [name.strip().casefold() for name in next(csv.reader([head], delimiter=delimiter, strict=True))]
    except csv.Error as error:
        raise FileError(f"{told.path}, line 1 cannot be read as names of columns: {error}") from None
    _need_columns(names, told)
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
                yield _row(dict(zip(names, row)), first, told.variants)
            elif row:
                hint = "; put an answer with commas in quotes" if len(row) > len(names) else ""
                cells = "1 cell" if len(row) == 1 else f"{len(row)} cells"
                yield _refused(first, f"has {cells}, the first row has {len(names)}{hint}")


def _need_columns(names: list[str], told: Submissions) -> None:
    needed: tuple[str, ...] = COLUMNS if told.variants else COLUMNS[:2]
    if any(map(_PART.fullmatch, names)) and "answer" not in names:
        needed = tuple(name for name in needed if name != "answer")
    for name in needed:
        if names.count(name) != 1:
            found = "more than one column" if name in names else "no column"
            why = ", since there are variants" if name == "variant" else ""
            raise FileError(
                f"{told.path} has {found} {name!r} in its first row ({one_line(', '.join(names))[:200]}); a table of "
                f"submissions has the columns {', '.join(needed)}{why}"
            )


def _from_jsonl(stream: BinaryIO, told: Submissions) -> Iterator[Submission]:
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
            yield _row(row, lines.number, told.variants)


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


def _opened(path: Path) -> BinaryIO:
    try:
        return open_plain(path)
    except FileError:
        raise
    except OSError as error:
        raise FileError(f"cannot read {str(path)!r}: {error.strerror}") from None
