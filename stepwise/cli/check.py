"""`stepwise check`"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any

import click

from ..errors import StepwiseError, listing, one_line
from ..exercises.assignment import load_assignment
from ..exercises.exercise import Exercise, exercise_of
from ..language import speaking
from ..lesson_files.reading import load_lesson_file
from ..lessons.verdict import tell_parts
from ..marking.answer_files import MOST_BYTES, READERS, file_content
from ..marking.marking import REVEALS
from .given import seed_option
from .options import Destination, deliver, output_options, page_options
from .requests import seeded

_NEGATIVE = re.compile(r"-(?:[0-9.]|inf|nan)")


class _Command(click.Command):
    """A command whose answer may begin with a minus, which is no option then."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, [f" {word}" if _NEGATIVE.match(word) else word for word in args])


@click.command(
    name="check",
    cls=_Command,
    epilog="""\b
Examples:
  stepwise check lesson.yaml "4 3; 2 1"
  stepwise check lesson.yaml answer.csv --reveal cells
  stepwise check lesson.yaml "4 3; 2 _" --to md
  cat answer.txt | stepwise check lesson.yaml -
  stepwise check sheets "4 3; 2 1" --variant v07

\b
Exit status: 0 the answer is right, 1 it is wrong, 2 nothing of it can be read.""",
)
@click.argument("lesson", metavar="LESSON.yaml|DIR")
@click.argument("answer", metavar="ANSWER")
@click.option("--reveal", metavar="HOW", help=f"How much to tell: {', '.join(REVEALS)}; else as the lesson says.")
@click.option("--variant", metavar="ID", help="Of a folder of worksheets: which of its variants, such as v07.")
@seed_option
@output_options
@page_options
def command(
    lesson: str,
    answer: str,
    variant: str | None,
    reveal: Any,
    seed: int | None,
    destination: Destination,
) -> int:
    """Mark an answer to a lesson: which cells are wrong, and which misunderstanding explains them.

    The lesson may be a folder of worksheets; then --variant says which of them was answered.
    ANSWER is numbers such as "4 3; 2 1" (_ for a blank), the name of a file, or - for standard input. The answers to a
    lesson with parts: stand in one text, with a line --- between them.
    """
    exercise = _exercise(lesson, variant, seed)
    if reveal is not None and reveal not in REVEALS:
        raise StepwiseError(f"--reveal {reveal!r} is not known; it is {listing(REVEALS)}")
    reveal = reveal or exercise.marking.reveal
    with speaking(exercise.language):
        verdict = exercise.marker.check(_read(answer, exercise))
        marked, text = tell_parts(verdict, reveal, exercise.language), verdict.feedback(reveal)
    if verdict.partly:
        _echo(text)
        raise StepwiseError(f"a person has to look at the answer: {verdict.problem}")
    if not verdict.usable:
        raise StepwiseError(f"nothing of the answer can be marked: {verdict.problem}")
    if destination.format_ is not None or destination.output is not None:
        deliver(marked, destination)
    else:
        _echo(text)
    return 0 if verdict.correct else 1


def _echo(text: str) -> None:
    for line in text.splitlines():
        click.echo(one_line(line))


def _exercise(lesson: str, variant: str | None, seed: int | None) -> Exercise:
    """What is marked against. Raises `StepwiseError` where a folder has several variants and it is not told which."""
    if variant is None and not os.path.isdir(lesson):
        return exercise_of(seeded(load_lesson_file(lesson), seed), Path(lesson).stem)
    known = load_assignment(lesson).exercises
    if seed is not None:
        raise StepwiseError("--seed goes with a lesson file; the numbers of a folder's variants are in its manifest")
    if variant is None and len(known) == 1:
        return next(iter(known.values()))
    if variant is None or variant not in known:
        found = "no variant was named" if variant is None else f"there is no variant {variant!r}"
        some = ", ".join(filter(None, list(known)[:5])) or "none"
        raise StepwiseError(f"{found}; {lesson} has {some}{', …' if len(known) > 5 else ''}: name one with --variant")
    return known[variant]


def _read(answer: str, exercise: Exercise) -> list[Any]:
    """The answer as the exercise reads it: of a file, by its ending."""
    if not _is_file(answer):
        return exercise.read(_text(answer))
    content = file_content(answer)
    if content is None:
        raise StepwiseError(f"{answer} is larger than {MOST_BYTES // 2**20} MB, the most that an answer has")
    return exercise.read(content, Path(answer).suffix)


def _is_file(answer: str) -> bool:
    """Whether the words name a file: a kind that is read, and one that exists or could not be numbers."""
    return Path(answer).suffix.lower() in READERS and (os.path.exists(answer) or not any(c.isspace() for c in answer))


def _text(answer: str) -> str | bytes:
    return sys.stdin.buffer.read() if answer == "-" else answer.replace("\\n", "\n")
