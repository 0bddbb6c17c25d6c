"""A page a student: what was right and wrong in the answer, and why, as far as the lesson's marking reveals it.

The student's name is in the name of the file and nowhere on the page.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from ..advice import way
from ..document.blocks import Prose
from ..document.lesson import Section
from ..errors import FileError, StepwiseError, listing
from ..exercises.assignment import Assignment
from ..exercises.exercise import Exercise
from ..io.files import PathLike
from ..io.whole import write_whole
from ..language import _, speaking
from ..lessons import Lesson
from ..lessons.verdict import tell_parts
from ..render import encode
from .marker import checked
from .marks import Mark
from .on_disk import DiskNames
from .repeats import SUPERSEDED
from .submission import Submission

FORMATS = ("html", "md", "pdf")
LONGEST_NAME = 100
"""Bytes of a page's name, before what tells it from others: a disk may allow few, and a letter has up to four."""


def check_feedback(folder: PathLike, format: str, replace: bool) -> None:
    """Raises `StepwiseError` where the pages could not be written in the end."""
    if format not in FORMATS:
        raise StepwiseError(f"feedback is written as {listing(FORMATS)}, not as {format!r}")
    place = Path(folder)
    if not os.path.isdir(place.parent):
        raise _cannot(folder, f"there is no folder {str(place.parent)!r}")
    if not os.access(place if os.path.isdir(place) else place.parent, os.W_OK | os.X_OK):
        raise _cannot(folder, os.strerror(errno.EACCES))
    try:
        os.lstat(place)
        within = os.listdir(place)
    except FileNotFoundError:
        return
    except NotADirectoryError:
        raise _cannot(folder, "it is not a folder") from None
    except (OSError, ValueError) as error:  # ValueError: a null character
        raise _cannot(folder, getattr(error, "strerror", None) or str(error)) from None
    if not replace and within:
        raise FileError(
            f"{os.fspath(folder)!r} is not empty; {way('replace')} to replace the pages in it, or name another"
        )


def write_feedback(
    folder: PathLike, format: str, assignment: Assignment, marked: Iterable[tuple[Submission, Mark]]
) -> int:
    """Write a page for every answer that counts, and tell how many there are."""
    place = Path(folder)
    try:
        place.mkdir(exist_ok=True)
    except OSError as error:
        raise _cannot(folder, error.strerror or str(error)) from None
    count, names = 0, DiskNames()
    for submission, mark in marked:
        if mark.status == SUPERSEDED or not submission.student:
            continue
        exercise = assignment.exercises.get(submission.variant) or next(iter(assignment.exercises.values()))
        name = page_name(submission)
        if not names.taken_by(one_name(name), _whole(submission)):
            name = f"{name}-{_letters(_whole(submission))}"
        write_whole(place / f"{name}.{format}", encode(feedback(submission, mark, exercise), format))
        count += 1
    return count


def _cannot(folder: PathLike, reason: str) -> FileError:
    return FileError(f"cannot write feedback to {os.fspath(folder)!r}: {reason}")


def page_name(submission: Submission) -> str:
    """The name of a student's page, without its suffix; names that no file may have are told apart by a few letters.

    >>> page_name(Submission("ana", "v03")), page_name(Submission("../../etc", "")), page_name(Submission("con", ""))
    ('ana--v03', 'etc-f470a0ab', '_con-d1d8ab24')
    >>> len(page_name(Submission("학" * 100, "")).encode())
    108
    """
    whole = _whole(submission)
    safe = re.sub(r"[^\w .@+-]+|\.{2,}", "-", whole).strip(" .-").encode()[:LONGEST_NAME].decode(errors="ignore")
    if _RESERVED.fullmatch(safe.partition(".")[0].rstrip()):
        safe = f"_{safe}"
    if safe == whole:
        return safe
    return f"{safe}-{_letters(whole)}" if safe else _letters(whole)


_RESERVED = re.compile(r"con|prn|aux|nul|conin|conout|(com|lpt)[0-9¹²³]", re.IGNORECASE)
"""What names a device on Windows, whatever follows a point.

Source: Microsoft, "Naming Files, Paths, and Namespaces".
"""


def one_name(name: str) -> str:
    """What Windows and macOS take a name for: there capital letters, and ways of writing an accent, make no other name.

    >>> one_name("ANA") == one_name("ana"), one_name("e\u0301va") == one_name("\u00c9va")
    (True, True)
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _whole(submission: Submission) -> str:
    return f"{submission.student}--{submission.variant}" if submission.variant else submission.student


def _letters(whole: str) -> str:
    return hashlib.blake2b(whole.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()


def feedback(submission: Submission, mark: Mark, exercise: Exercise) -> Lesson:
    """What a student is told of an answer."""
    with speaking(exercise.language):
        if submission.problem or mark.status == "unreadable":
            noted = mark.note if mark.own_note is None else mark.own_note
            return _not_marked("" if submission.problem else noted, exercise)
        return tell_parts(checked(submission, exercise), exercise.marking.reveal, exercise.language)


def _not_marked(problem: str, exercise: Exercise) -> Lesson:
    """An answer for a person to look at: that it is so, and why. It is not tried again: it may have taken for ever."""
    sentences = [_("The program could not read this answer, so it has not been marked yet; no points were lost.")]
    sentences += [_("What could not be read: {why}.").format(why=problem)] if problem else []
    section = Section(_("Your answer"), (Prose((" ".join(sentences),)),))
    return Lesson(_("Not marked yet"), _("Marked answer"), (exercise.title,), (section,), exercise.language)
