"""One submission after another, each turned into a mark; whatever is in it, a mark comes out."""

from __future__ import annotations

from contextlib import nullcontext

from ..errors import StepwiseError, one_line
from ..exercises.assignment import Assignment
from ..exercises.exercise import Exercise
from ..language import _, speaking
from ..marking.filled import filled_in
from ..marking.parts import PartsVerdict, PartVerdict
from ..marking.verdict import STATES
from .marks import LETTERS, Mark, Part
from .submission import Submission

LONGEST_NOTE = 1000
DIGITS = 5
_BY_NUMBER = bytes(ord(LETTERS[STATES[number]]) if number < len(STATES) else 0 for number in range(256))


class ClassMarker:
    """Marks the answers of a class. Never raises for what is in one."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment

    def mark(self, submission: Submission) -> Mark:
        """The mark of a submission, however long it takes: `Child` has a limit."""
        if submission.problem:
            return refused(submission, self.assignment, submission.problem)
        exercise = self.assignment.exercises[submission.variant]
        if (mark := self._anothers(submission, exercise)) is not None:
            return mark
        try:
            return marked(submission, exercise)
        except (MemoryError, RecursionError, StepwiseError) as error:
            with speaking(exercise.language):
                reason = str(error)
                if not isinstance(error, StepwiseError):
                    reason = _("it is too large or nested too deeply to be marked")
                why = _("{name}: {why}").format(name=submission.name, why=reason)
            return refused(submission, self.assignment, why)

    def _anothers(self, submission: Submission, exercise: Exercise) -> Mark | None:
        """The mark of an answer that belongs to another student's sheet; None where it is the student's own."""
        roster = self.assignment.roster
        if not roster:
            return None
        own = roster.get(submission.student)
        if own is not None and (submission.variant == own or submission.variant.startswith(f"{own}.")):
            return None
        with speaking(exercise.language):
            why = _("{name}: the roster has no student {student}").format(
                name=submission.name, student=repr(submission.student)
            )
            if own is not None:
                why = _("{name}: the sheet is {sheet}, but the roster gave {student} {own}").format(
                    name=submission.name, sheet=submission.variant, student=submission.student, own=own
                )
        return refused(submission, self.assignment, why)


def refused(submission: Submission, assignment: Assignment, why: str) -> Mark:
    """The mark of what could not be read: none, and why."""
    first = next(iter(assignment.exercises.values()))
    points = assignment.exercises.get(submission.variant, first).points
    note = one_line(why)[:LONGEST_NOTE]
    return Mark(submission.student, submission.variant, submission.name, "unreadable", None, points, None, note)


def marked(submission: Submission, exercise: Exercise) -> Mark:
    """The mark of an answer. Raises `StepwiseError` where its file cannot be read."""
    with nullcontext() if exercise.language == "en" else speaking(exercise.language):
        verdict = checked(submission, exercise)
        status = "marked" if verdict.usable else "blank" if verdict.blank else "unreadable"
        return Mark(
            student=submission.student,
            variant=submission.variant,
            name=submission.name,
            status=status,
            score=None if status == "unreadable" else round(verdict.earned, DIGITS),
            max_score=exercise.points,
            correct=None if status == "unreadable" else verdict.correct,
            note=one_line(_note(verdict))[:LONGEST_NOTE],
            parts=tuple(map(part_of, verdict.parts)) if verdict.usable or verdict.partly else (),
        )


def _note(verdict: PartsVerdict) -> str:
    """What could not be read, and of several parts how those went that could; else what is wrong."""
    return f"{verdict.problem}. {verdict.text}" if verdict.partly else verdict.remark


def checked(submission: Submission, exercise: Exercise) -> PartsVerdict:
    """The verdict on what was handed in.

    Raises `StepwiseError` for a file that should hold the answers to a whole sheet, and does not say where they are.
    """
    if submission.of_sheet and not (
        isinstance(submission.answer, bytes) and filled_in(submission.answer, submission.kind)
    ):
        problem = _("the sheet has several exercises; hand in the sheet itself, filled in, or a file for each: {name}")
        raise StepwiseError(problem.format(name=f"{submission.student}--{exercise.id}{submission.kind}"))
    return exercise.check(submission.answer, submission.kind)


def part_of(part: PartVerdict) -> Part:
    """What is kept of a verdict: the size, a letter for each cell, and the diagnosis."""
    verdict = part.verdict
    found = verdict.diagnosis if not verdict.correct else None
    cells = "" if verdict.states is None else verdict.states.astype("u1").tobytes().translate(_BY_NUMBER).decode()
    return Part(
        shape=verdict.trace.output.shape,
        cells=cells,
        given=verdict.size.given if verdict.size else None,
        codes=found.codes if found else (),
        ties=found.ties if found else (),
        explains=found.explains if found else 0,
        followed=part.followed,
        earned=round(part.earned, DIGITS),
        points=part.points,
        unread=not verdict.usable and not verdict.blank,
    )
