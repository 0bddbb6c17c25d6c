"""A folder of what was handed in: whose each file is, and of which sheet."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from ..errors import FileError, StepwiseError
from ..io.files import NotRead, read_bytes
from ..marking.filled import filled_in
from .submission import MOST_BYTES, Submission, shown_name

BETWEEN = "--"
"""What stands between student and variant in a file's name: `ana--v03.txt`."""


# A folder


def in_folder(folder: Path, variants: Collection[str]) -> Iterator[Submission]:
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
        if not one.problem or not isinstance(inside := _sheet_inside(folder / entry, one), str):
            yield one
            return
        student, sheet = one.student, inside
        if sheet in variants:
            yield replace(one, variant=sheet, answer=read_plain_file(folder / entry), problem="", kind=_kind(entry))
            return
        if sheet not in sheets:
            yield one
            return
    one = read_one(folder, entry, ())
    for id in sheets[sheet]:
        yield replace(one, student=student, variant=id, of_sheet=True)


def _sheet_inside(place: Path, one: Submission) -> str | None:
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
    try:
        return read_bytes(path, most, links=False)
    except NotRead as not_read:
        reasons = {
            "link": "is a symbolic link, which is not followed; hand in the file itself",
            "folder": "is a folder; one file a student is read",
            "device": "is not a plain file",
            "large": f"has {not_read.size:,} bytes; an answer has at most {most:,}",
        }
        raise FileError(reasons.get(not_read.why, f"cannot be read: {not_read.why}")) from None
