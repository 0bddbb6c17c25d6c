"""What an author writes in a page, read as a lesson: a lesson file's YAML, the name of one, or calls with options.

    input: 4 3; 2 1                          max-pooling.yaml                    MaxPool2D(2, strides=1)
    layers: [MaxPool2D(2)]                                                       (and input= as an option)

Calls and the text of a lesson keep the lines that they have in the page, and so every mistake names the author's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..dataclass import dataclass
from ..dialects.tracing import understood
from ..errors import StepwiseError, did_you_mean, listing
from ..io.files import read_text
from ..io.numerals import LONGEST_NUMBER
from ..lesson_files.lesson_file import LessonFile
from ..lesson_files.reading import KEYS, lesson_of_calls, read_lesson
from ..lessons import DETAILS, Lesson
from ..lessons.parts import read_parts

WORDS = ("title", "language", "arithmetic", "input", "kernel", "bias", "seed", "assume", "steps", "only", "sections")
FLAGS = ("practice", "matrix")
OFF = ("false", "no")  # in hosts whose options always have a value
OPTIONS = (*WORDS, *FLAGS)
"""The options that go with calls; `steps`, the parts and the flags go with a lesson file too."""
WITH_FILE = ("steps", "only", "sections", *FLAGS)

_IS_LESSON = re.compile(rf"(?:{'|'.join(KEYS)})\s*:")
_IS_CODE = re.compile(
    r"\s*(?:>>>|In ?\[|```|(?:import|from|class|def|for|with|return|if|@)\b|[\w.,][\w., ]*=(?!=)|\w+\.add\()"
)
"""How a line of a script begins, which no call by itself does."""
_FILE = re.compile(r"\S+\.ya?ml")
_NUMBERS_FILE = re.compile(r"\S*\.[A-Za-z]\w{1,4}")


class WrittenError(StepwiseError):
    """A lesson in a page that cannot be told: the page, the line in it, and what is wrong there."""

    def __init__(self, page: str, line: int, message: str) -> None:
        super().__init__(f"{page}, line {line}: {message}")
        self.page, self.line, self.message = page, line, message


@dataclass(frozen=True)
class Place:
    """Where in which page a lesson is written, and where the files are that it may name."""

    page: str
    line: int  # of the first line of the body
    folder: Path


@dataclass(frozen=True)
class Asked:
    """A lesson, and the files that it was made from: where one of them changes, the page is to be made again."""

    lesson: Lesson
    files: tuple[Path, ...] = ()


def asked(body: str, options: Mapping[str, Any], place: Place, compared: bool = False, file: str = "") -> Asked:
    """The lesson that is written in `body`, or in the `file` that is named instead.

    `compared` sets two calls side by side. Raises `WrittenError`.
    """
    try:
        _check(options, OPTIONS)
        if not file and _FILE.fullmatch(body.strip()):
            file, body = body.strip(), ""
        if file:
            return _from_file(file, body, options, place)
        if not body.strip():
            raise StepwiseError("there is nothing here; write calls, a lesson, or the name of a lesson file")
        if not _holds_lesson(body):
            return _lesson_of(_of_calls(body, options, place, compared), options)
        text = _lesson_text(body, place)
        _check(options, WITH_FILE, "a lesson says its own")
        return _lesson_of(read_lesson(text, place.page, place.folder), options)
    except StepwiseError as error:
        raise _placed(str(error), place) from None


def _from_file(file: str, body: str, options: Mapping[str, Any], place: Place) -> Asked:
    if body.strip():
        raise StepwiseError(f"found both the file {file} and a body; leave one of them out")
    _check(options, WITH_FILE, "a lesson file says its own")
    path = place.folder / file
    found = _lesson_of(read_lesson(read_text(path), file, path.parent), options)
    return replace(found, files=(path, *found.files))


def _lesson_of(request: LessonFile, options: Mapping[str, Any]) -> Asked:
    practice, matrix = (name in options and str(options[name]).lower() not in OFF for name in FLAGS)
    request = replace(request, practice=request.practice or practice, matrix=request.matrix or matrix)
    if (steps := options.get("steps")) is not None and steps not in DETAILS:
        raise StepwiseError(f"found steps: {steps}, expected {listing(DETAILS)}")
    for name in ("only", "sections"):
        if (words := options.get(name)) is not None:
            request = replace(request, shown_parts=read_parts(words), headed=name == "sections")
    return Asked(request.lesson(steps), request.files)


def _check(options: Mapping[str, Any], known: Sequence[str], why: str = "") -> None:
    for name in options:
        if name not in known:
            reason = f"; {why}" if why else "." + did_you_mean(name, known)
            raise StepwiseError(f"there is no option {name!r} here, only {listing(known)}{reason}")


def _holds_lesson(body: str) -> bool:
    lines = (line for line in body.splitlines() if line.strip() and not line.lstrip().startswith("#"))
    return _IS_LESSON.match(next(lines, "")) is not None


def _lesson_text(body: str, place: Place) -> str:
    """The body at the lines it has in its page; `stepwise: 1` may be left out there."""
    says_so = re.search(r"^stepwise\s*:", body, re.M)
    before = "" if says_so or place.line < 2 else "stepwise: 1"
    return "\n" * max(place.line - 2, 0) + before + "\n" * (place.line > 1) + body


def _of_calls(body: str, options: Mapping[str, Any], place: Place, compared: bool) -> LessonFile:
    """The lesson that calls ask for, at the lines they have in their page; options stand on the line before them."""
    if "input" not in options:
        raise StepwiseError("a call needs numbers to work on; add the option input, such as input: 4 3; 2 1")
    words = {name: options[name] for name in ("title", "language", "arithmetic", "assume") if name in options}
    if "seed" in options:
        seed = str(options["seed"])
        words["seed"] = int(seed) if seed.isdecimal() and len(seed) <= LONGEST_NUMBER else seed
    given = options["input"]
    words["input"] = {"file": given} if _NUMBERS_FILE.fullmatch(given) else given
    calls = _calls(body, place.line - 1)
    weights = {name: options[name] for name in ("kernel", "bias") if name in options}
    if weights:
        having = [n for n, (call, _line) in enumerate(calls) if _has_weights(call)]
        if not having:
            raise StepwiseError(f"a kernel or bias was given, but {calls[0][0]} has no weights")
        if len(having) > 1 and not compared:
            raise StepwiseError(f"{len(having)} layers have weights; write a lesson with weights: for each of them")
        words["weights"] = dict.fromkeys(having, weights)
    return lesson_of_calls(calls, words, compared, place.page, place.folder, max(place.line - 2, 0))


def _calls(body: str, first: int) -> list[tuple[str, int]]:
    """The calls of a body, each on one line or on several while a bracket is open, with the line that it ends on."""
    if (code := _code(body)) is not None:
        return [(code, first)]
    calls: list[tuple[str, int]] = []
    pending = ""
    for number, line in enumerate(body.splitlines(), first):
        gap = "" if pending.endswith("(") or line.strip().startswith(")") else " "
        pending = f"{pending}{gap}{line.strip()}".strip()
        if pending and pending.count("(") <= pending.count(")"):
            calls.append((pending, number))
            pending = ""
    return [*calls, (pending, number)] if pending else calls


def _code(body: str) -> str | None:
    """A body that is a script as a whole, and not calls line by line; None where it is none."""
    open_brackets = 0
    for line in body.splitlines():
        if open_brackets <= 0 and _IS_CODE.match(line):
            return body
        open_brackets += line.count("(") - line.count(")")
    return None


def _has_weights(call: str) -> bool:
    try:
        return any(layer.plan.initializers for layer in understood(call))
    except StepwiseError:  # it will be told where its line is known
        return False


def _placed(message: str, place: Place) -> WrittenError:
    """A mistake at its line in the page, where the message knows it."""
    found = re.match(rf"{re.escape(place.page)}, line (\d+): ([\s\S]*)", message)
    if found:
        return WrittenError(place.page, int(found[1]), found[2])
    return WrittenError(place.page, place.line, message)
