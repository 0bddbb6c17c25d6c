"""`stepwise grade`"""

from __future__ import annotations

from pathlib import Path

import click

from .. import stopping
from ..errors import StepwiseError, one_line
from ..exercises.assignment import load_assignment
from ..graders.gradescope import write_autograder
from ..grading.child import SECONDS
from ..grading.feedback import FORMATS
from ..grading.grading import Summary, grade, journal_of
from ..grading.submissions import find_submissions
from ..io.whole import check_free
from .progress import progress
from .telling import say

SHOWN = 5
"""So many unreadable answers are named; all of them are in the report."""


@click.command(
    name="grade",
    epilog="""\b
Examples:
  stepwise grade lesson.yaml answers/ -o report.csv
  stepwise grade lesson.yaml answers.csv -o report.csv -o overview.html
  stepwise grade worksheet/ answers.jsonl -o report.jsonl --workers 4
  stepwise grade worksheet/ answers.csv -o report.parquet --scheduler tcp://10.0.0.1:8786
  stepwise grade lesson.yaml answers/ -o report.csv --feedback pages --feedback-to pdf
  stepwise grade lesson.yaml --autograder autograder.zip

\b
Answers:
  a folder: one file a student (ana.txt, ben.csv, …; with variants ana--v03.txt or v03/ana.txt)
  a table:  .csv with the columns student, answer (such as "4 3; 2 1") and variant where there are
            variants; or .jsonl with the same names""",
)
@click.argument("lesson", metavar="LESSON.yaml|DIR")
@click.argument("submissions", metavar="SUBMISSIONS", required=False)
@click.option(
    "-o",
    "--output",
    "reports",
    metavar="FILE",
    multiple=True,
    help="A report: .csv, .jsonl, .parquet; .html, .pdf, .md and others: the overview. May be given more than once.",
)
@click.option("--workers", type=int, default=1, metavar="N", help="Mark in so many processes on this machine.")
@click.option("--scheduler", metavar="ADDRESS", help="Mark on a Dask cluster, such as tcp://10.0.0.1:8786.")
@click.option("--seconds", type=float, default=SECONDS, metavar="S", help="The longest that one answer may take.")
@click.option("--autograder", metavar="OUT.zip", help="Write an autograder for Gradescope instead of marking here.")
@click.option("--feedback", metavar="DIR", help="A folder for a page a student: what the lesson lets them know.")
@click.option("--feedback-to", default="html", metavar="|".join(FORMATS), help="What those pages are.")
@click.option("--force", is_flag=True, help="Replace the reports and pages if they exist.")
def command(
    lesson: str,
    submissions: str | None,
    reports: tuple[str, ...],
    workers: int,
    scheduler: str | None,
    seconds: float,
    autograder: str | None,
    feedback: str | None,
    feedback_to: str,
    force: bool,
) -> None:
    """Mark a whole class: where each answer is wrong, and why.

    A run that is stopped goes on where it was when the same command is given again. Answers that cannot be read stop
    nothing: they are listed, with the reason, and get no mark.
    """
    if autograder is not None:
        if submissions is not None or reports:
            raise StepwiseError("--autograder writes a zip for Gradescope; leave SUBMISSIONS and -o out")
        if not force:
            check_free(autograder)
        say(f"wrote {write_autograder(lesson, autograder)}")
        return
    if submissions is None:
        raise StepwiseError("there is nothing to mark; name a folder or table of submissions after the lesson")
    if not reports:
        raise StepwiseError("there is no place for the marks; add -o report.csv")
    if scheduler is not None and workers != 1:
        raise StepwiseError("give either --workers or --scheduler, not both at once")
    if not 0 < seconds < float("inf"):
        raise StepwiseError(f"--seconds {seconds:g} must be above 0")
    assignment = load_assignment(lesson)
    handed_in = find_submissions(submissions, assignment.variants)
    summary = Summary(journal_of(reports[0]))
    stopping.answer(lambda: _stopped(summary))
    with progress(handed_in.size, "marking") as tell:
        grade(
            assignment,
            handed_in,
            reports,
            workers=workers,
            scheduler=scheduler,
            seconds=seconds,
            replace=force,
            progress=tell,
            summary=summary,
            feedback=feedback,
            feedback_format=feedback_to,
        )
    _tell(summary, reports)
    if feedback is not None:
        say(f"wrote {summary.pages:,} pages of feedback into {feedback}")


def _stopped(summary: Summary) -> str:
    return one_line(
        f"stopped after {_answers(summary.answers)}; {summary.journal} keeps their marks: give the same command again "
        "to go on, or remove that file to begin anew"
    )


def _tell(summary: Summary, reports: tuple[str, ...]) -> None:
    before = f" ({summary.reused:,} of them by a run before)" if summary.reused else ""
    click.echo(
        f"marked {_answers(summary.answers)}{before}: {summary.right:,} right, "
        f"{summary.statuses['marked'] - summary.right:,} with mistakes, {summary.statuses['blank']:,} blank, "
        f"{summary.statuses['unreadable']:,} unreadable",
        err=True,
    )
    if summary.repeated:
        say(f"  more than one answer of {_students(summary.repeated)}: the last of each counts")
    for sentence in summary.unreadable[:SHOWN]:
        say(f"  unreadable: {sentence}")
    more = summary.statuses["unreadable"] - SHOWN
    if more > 0:
        say(f"  and {more:,} more; the report has all of them")
    for report in reports:
        say(f"wrote {Path(report)}")


def _students(count: int) -> str:
    return "1 student" if count == 1 else f"{count:,} students"


def _answers(count: int) -> str:
    return "1 answer" if count == 1 else f"{count:,} answers"
