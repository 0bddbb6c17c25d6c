"""`stepwise check`"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any

import click

from ..errors import StepwiseError, listing, one_line
from ..lesson_file import load_lesson_file
from ..lessons import Lesson
from ..lessons.verdict import tell_parts
from ..marking.answer_files import READERS, read_answer_file, read_parts_file
from ..marking.answers import read_answer
from ..marking.followthrough import PartsMarker, PartsVerdict
from ..marking.parted import taken_apart
from ..marking.verdict import REVEALS, Marker, Verdict
from ..render import Options
from .options import deliver, output_options, page_options, seed_option
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

\b
Exit status: 0 the answer is right, 1 it is wrong, 2 nothing of it can be read.""",
)
@click.argument("lesson", metavar="LESSON.yaml")
@click.argument("answer", metavar="ANSWER")
@click.option("--reveal", metavar="HOW", help=f"How much to tell: {', '.join(REVEALS)}; else as the lesson says.")
@seed_option
@output_options
@page_options
def command(
    lesson: str,
    answer: str,
    reveal: Any,
    seed: int | None,
    format_: str | None,
    output: str | None,
    force: bool,
    templates: str | None,
    options: Options,
    assets: str | None,
) -> int:
    """Mark an answer to a lesson: which cells are wrong, and which misunderstanding explains them.

    ANSWER is numbers such as "4 3; 2 1" (_ for a blank), the name of a file, or - for standard input. The answers to a
    lesson with parts: stand in one text, with a line --- between them.
    """
    asked = seeded(load_lesson_file(lesson), seed)
    if reveal is not None and reveal not in REVEALS:
        raise StepwiseError(f"--reveal {reveal!r} is not known; it is {listing(REVEALS)}")
    marker, decimal = asked.marker(), asked.marking.decimal
    reveal = reveal or asked.marking.reveal
    verdict: PartsVerdict | Verdict
    if isinstance(marker, PartsMarker):
        parts = marker.parts
        given = (
            read_parts_file(answer, decimal, parts) if _is_file(answer) else taken_apart(_text(answer), parts, decimal)
        )
        verdict = marker.check(given)
        lessons = [part.verdict.lesson(reveal, asked.language) for part in verdict.parts]
    else:
        assert isinstance(marker, Marker)
        one = read_answer_file(answer, decimal) if _is_file(answer) else read_answer(_text(answer), decimal)
        verdict = marker.check(one)
        lessons = [verdict.lesson(reveal, asked.language)]
    if not verdict.usable:
        raise StepwiseError(_unusable(verdict))
    if format_ is not None or output is not None:
        deliver(_together(lessons, verdict), format_, output, force, templates, options, assets)
    else:
        for line in verdict.told(reveal).splitlines():
            click.echo(one_line(line))
    return 0 if verdict.correct else 1


def _is_file(answer: str) -> bool:
    """Whether the words name a file: a kind that is read, and one that exists or could not be numbers."""
    return Path(answer).suffix.lower() in READERS and (os.path.exists(answer) or not any(c.isspace() for c in answer))


def _text(answer: str) -> str | bytes:
    return sys.stdin.buffer.read() if answer == "-" else answer.replace("\\n", "\n")


def _unusable(verdict: Verdict | PartsVerdict) -> str:
    return f"nothing of the answer can be marked: {verdict.problem}"


def _together(lessons: list[Lesson], verdict: Verdict | PartsVerdict) -> Lesson:
    return tell_parts(verdict, lessons) if isinstance(verdict, PartsVerdict) else lessons[0]
