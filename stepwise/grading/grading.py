"""A whole class marked: one answer at a time, in flat memory, and on from where it was stopped.

    grade("lesson.yaml", "answers/", ["report.csv", "report.html"])

The marks are written to a journal beside the first report while they come, and the reports are made from it in the
end, each moved to its place whole. A run that is stopped (or killed) leaves the journal; the next one goes on from it.
"""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import field
from itertools import chain, zip_longest
from pathlib import Path

from ..dataclass import dataclass
from ..errors import FileError
from ..exercises.assignment import Assignment, load_assignment
from ..io.files import PathLike
from ..io.whole import check_free
from .child import SECONDS
from .feedback import check_feedback, write_feedback
from .journal import Journal, was_writing
from .marks import Mark
from .repeats import Repeats
from .report import check_format, write_reports
from .submission import Submission
from .submissions import Submissions, find_submissions
from .tally import Tally
from .workers import (
    BATCH_BYTES,
    BATCH_FAR,
    BATCH_NEAR,
    Batch,
    Runner,
    in_one,
    in_processes,
    on_dask,
)

Progress = Callable[[int, int], None]
"""Called with how much of the submissions is done, and how much there is."""
LISTED = 100
"""So many unreadable answers are kept for the summary; the report has all of them."""


@dataclass
class Summary:
    """What a run did."""

    journal: Path  # where the marks are until the reports are written
    marked: int = 0  # in this run
    reused: int = 0  # found marked by a run before
    statuses: Counter[str] = field(default_factory=Counter)
    right: int = 0
    unreadable: list[str] = field(default_factory=list)  # the first of them, a sentence each
    pages: int = 0  # of feedback
    repeated: int = 0  # students of whom there is more than one answer: the last counts

    @property
    def answers(self) -> int:
        """How many there were."""
        return self.marked + self.reused

    def count(self, mark: Mark, again: bool) -> None:
        """Count one more."""
        self.reused += again
        self.marked += not again
        self.statuses[mark.status] += 1
        self.right += mark.correct is True
        if mark.status == "unreadable" and len(self.unreadable) < LISTED:
            note = mark.note if mark.note.startswith(mark.name) else f"{mark.name}: {mark.note}"
            self.unreadable.append(f"{mark.student}, {note}" if mark.student else note)


def grade(
    lesson: PathLike | Assignment,
    submissions: PathLike | Iterable[Submission],
    reports: Sequence[PathLike],
    *,
    workers: int = 1,
    scheduler: str | None = None,
    seconds: float = SECONDS,
    replace: bool = False,
    progress: Progress | None = None,
    summary: Summary | None = None,
    feedback: PathLike | None = None,
    feedback_format: str = "html",
) -> Summary:
    """Mark a class's submissions and write the reports; the suffix of each chooses what it is.

    lesson       a lesson file, or a folder with a manifest (see `assignment`)
    submissions  a folder or table (see `submissions`), or any iterable of `Submission` that gives the same each time;
                 of a student's answers to one exercise the last counts (see `repeats`)
    workers      so many processes on this machine; or `scheduler`, the address of a Dask scheduler
    seconds      the longest that one answer may take; what takes longer is listed, not waited for
    summary      one that is filled while marking, for a caller that wants to know how far a stopped run came
    feedback     a folder for a page a student, as `html`, `md` or `pdf`

    Raises `StepwiseError` for what cannot be used as a whole; never for what is in one answer.
    """
    assignment = lesson if isinstance(lesson, Assignment) else load_assignment(lesson)
    handed_in = _handed_in(submissions, assignment)
    journal_path = journal_of(reports[0])
    places = [str(Path(place).absolute()) for place in (*reports, *([feedback] if feedback is not None else []))]
    replace = replace or was_writing(journal_path, assignment.fingerprint, places)
    if feedback is not None:
        check_feedback(feedback, feedback_format, replace)
    for report in reports:
        check_format(report)
        if not replace:
            check_free(report)
    _check_places(reports, handed_in, feedback)
    if scheduler is not None:
        run, together = on_dask(assignment, scheduler, seconds), BATCH_FAR
    elif workers == 1:
        run, together = in_one(assignment, seconds), BATCH_NEAR
    else:
        run, together = in_processes(assignment, workers, seconds), BATCH_NEAR
    summary = summary or Summary(journal_path)
    tally, repeats = Tally(assignment), Repeats()
    with Journal(journal_path, assignment.fingerprint) as journal:
        with closing(_all(_measured(handed_in, progress), journal, run, together)) as marks:
            for submission, mark, again in marks:
                summary.count(mark, again)
                tally.add(submission, mark)
                repeats.add(mark)

        def final() -> Iterator[Mark]:
            return repeats.final(journal.marks)

        summary.repeated = repeats.students
        if repeats.students:  # what counts is known only now
            tally = Tally(assignment)
            for submission, mark in _again(handed_in, final()):
                tally.add(submission, mark)
        if not replace and any(Path(report).exists() for report in reports):
            journal.remove()  # another run has written them meanwhile, from its own marks
        else:
            journal.writing(places)
        write_reports(reports, final, tally, replace)
        if feedback is not None:
            summary.pages = write_feedback(feedback, feedback_format, assignment, _again(handed_in, final()))
        journal.remove()
    return summary


def _again(submissions: Iterable[Submission], marks: Iterable[Mark]) -> Iterator[tuple[Submission, Mark]]:
    """The submissions read once more beside their marks. Raises `FileError` where they are not the same any more."""
    for submission, mark in zip_longest(submissions, marks):
        if submission is None or mark is None or (submission.student, submission.name) != (mark.student, mark.name):
            raise FileError("the submissions were changed while they were marked; give the same command again")
        yield submission, mark


def _check_places(
    reports: Sequence[PathLike], handed_in: Iterable[Submission], feedback: PathLike | None = None
) -> None:
    """Raises `FileError` for reports that could not be written in the end, or that would lie among the answers."""
    answers = Path(os.path.realpath(handed_in.path)) if isinstance(handed_in, Submissions) else None
    taken: set[Path] = set()
    own = None if feedback is None else Path(os.path.realpath(feedback))
    if own is not None and answers in (own, *own.parents):
        raise FileError(f"the feedback {str(feedback)!r} would lie among the answers and be marked; put it elsewhere")
    for report in reports:
        try:
            place = Path(os.path.realpath(report))
        except ValueError as error:  # a null character
            raise FileError(f"cannot write {os.fspath(report)!r}: {error}") from None
        if place in taken:
            raise FileError(f"the report {str(report)!r} is named twice; give each a name of its own")
        if place == answers:
            raise FileError(f"the report {str(report)!r} is what was handed in; name another file")
        if answers in place.parents:
            raise FileError(f"the report {str(report)!r} would lie among the answers and be marked; put it elsewhere")
        if os.path.isdir(place) or not os.path.isdir(place.parent):
            reason = "it is a folder" if os.path.isdir(place) else "there is no such folder"
            raise FileError(f"cannot write {str(report)!r}: {reason}")
        taken.add(place)


def journal_of(report: PathLike) -> Path:
    """Where the marks of an unfinished run are kept: beside its report. Raises `FileError` where that has no name."""
    place = Path(report)
    if not place.name:
        raise FileError(f"the report {os.fspath(report)!r} has no name; name a file, such as report.csv")
    return place.with_name(f"{place.name}.unfinished")


def _handed_in(submissions: PathLike | Iterable[Submission], assignment: Assignment) -> Iterable[Submission]:
    if isinstance(submissions, str | os.PathLike):
        return find_submissions(submissions, assignment.variants)
    return submissions


def _measured(submissions: Iterable[Submission], progress: Progress | None) -> Iterator[Submission]:
    if progress is None or not isinstance(submissions, Submissions):
        yield from submissions
        return
    for submission, done in submissions.measured():
        yield submission
        progress(done, submissions.size)


def _all(
    submissions: Iterator[Submission], journal: Journal, run: Runner, together: int
) -> Generator[tuple[Submission, Mark, bool], None, None]:
    """Every submission with its mark, in order, and whether it had been marked before."""
    taken: deque[Submission] = deque()

    def keys() -> Iterator[str]:
        for submission in submissions:
            taken.append(submission)
            yield submission.key

    for mark in journal.reused(keys()):
        yield taken.popleft(), mark, True
    journal.begin()
    sent: deque[Submission] = deque()

    def batches() -> Iterator[Batch]:
        batch: Batch = []
        room = BATCH_BYTES
        try:
            for submission in chain(list(taken), submissions):
                batch.append(submission)
                sent.append(submission)
                room -= len(submission.answer)
                if len(batch) == together or room <= 0:
                    yield batch
                    batch, room = [], BATCH_BYTES
        except Exception:  # of the submissions: what came before is marked
            yield batch
            raise
        if batch:
            yield batch

    with closing(run(batches())) as all_marks:  # a run that is stopped ends its workers now, not some time later
        for marks in all_marks:
            received = [(sent.popleft(), mark) for mark in marks]
            for submission, mark in received:
                journal.write(submission.key, mark)
            journal.flush()
            for submission, mark in received:
                yield submission, mark, False
    if sent:
        raise FileError("the workers gave fewer marks than there were answers")
