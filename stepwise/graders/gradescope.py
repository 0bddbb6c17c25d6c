"""Gradescope: `results.json`, and the zip that makes one for every student who hands something in.

    stepwise grade lesson.yaml --autograder autograder.zip

The zip is complete: the lesson, stepwise itself, `setup.sh` (run once, where the image is built) and `run_autograder`
(run for each submission). What a student sees is what the lesson's author reveals, and nobody else's marks.
Source of the format: Gradescope, “Autograder Specifications”.
"""

from __future__ import annotations

import faulthandler
import io
import json
import re
import shlex
import sys
import time
import traceback
import zipfile
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import Any

from ..errors import FileError, StepwiseError, one_line
from ..exercises.assignment import MANIFEST, Assignment, files_of, load_assignment
from ..exercises.exercise import Exercise
from ..grading.child import SECONDS
from ..grading.folders import entries, read_one
from ..grading.marker import DIGITS, checked
from ..grading.submission import Submission
from ..io.files import PathLike, read_text
from ..io.whole import write_whole
from ..language import _, speaking
from ..marking.parts import PartVerdict
from ..render.templates import templates_folder

LESSON = "lesson.yaml"
LONGEST_OUTPUT = 20_000
_OLD = (1980, 1, 1, 0, 0, 0)  # every file's time in the zip, so that the same lesson gives the same zip


def results(assignment: Assignment, submission: Submission, total: float | None = None) -> dict[str, Any]:
    """What `results.json` says of one submission; the points are scaled to `total`, where there is one.

    A test for each part, with its status. What cannot be read gets no points and is told so, never called wrong.
    """
    exercise = _exercise(assignment, submission)
    scale = 1.0 if total is None else total / exercise.points
    with speaking(exercise.language):
        try:
            if submission.problem:
                raise StepwiseError(submission.problem)
            return _report(_tests(submission, exercise, scale))
        except StepwiseError as error:
            return _unread(exercise, str(error), total)


def too_much(assignment: Assignment, submission: Submission, total: float | None = None) -> dict[str, Any]:
    """The results of an answer that ends whatever marks it."""
    exercise = _exercise(assignment, submission)
    with speaking(exercise.language):
        return _unread(exercise, _("marking it took too long, or too much memory"), total)


def _exercise(assignment: Assignment, submission: Submission) -> Exercise:
    first = next(iter(assignment.exercises.values()))
    return assignment.exercises.get(submission.variant, first)


def _unread(exercise: Exercise, why: str, total: float | None) -> dict[str, Any]:
    unread = _("Your answer could not be read: {why}.").format(why=why.rstrip("."))
    return _report([_failed(exercise.title, exercise.points if total is None else total, unread)])


def _report(tests: list[dict[str, Any]]) -> dict[str, Any]:
    return {"visibility": "visible", "stdout_visibility": "hidden", "test_output_format": "text", "tests": tests}


def _tests(submission: Submission, exercise: Exercise, scale: float) -> list[dict[str, Any]]:
    verdict = checked(submission, exercise)
    if not (verdict.usable or verdict.partly):
        raise StepwiseError(verdict.problem)
    return [_test(exercise, part, number, scale) for number, part in enumerate(verdict.parts, 1)]


def _test(exercise: Exercise, part: PartVerdict, number: int, scale: float) -> dict[str, Any]:
    parts = len(exercise.parts)
    name = part.title or (exercise.title if parts == 1 else _("Part {n}").format(n=number))
    return {
        "name": one_line(name),
        "number": f"1.{number}" if parts > 1 else "1",
        "score": round(part.earned * scale, DIGITS),
        "max_score": round(part.points * scale, DIGITS),
        "status": "passed" if part.correct else "failed",
        "output": _output(part, exercise.language),
        "visibility": "visible",
    }


def _failed(name: str, most: float, output: str) -> dict[str, Any]:
    return {"name": name, "number": "1", "score": 0, "max_score": round(most, DIGITS), "status": "failed",
            "output": output[:LONGEST_OUTPUT], "visibility": "visible"}  # fmt: skip


def _output(part: PartVerdict, language: str) -> str:
    """What the student reads: the verdict in words, and the working where the author shows it."""
    verdict, text = part.verdict, part.text
    if not verdict.usable and not verdict.blank:
        return _("This part could not be read: {why}.").format(why=verdict.problem.rstrip("."))
    if verdict.correct or not verdict.usable or verdict.marking.reveal in ("nothing", "cells"):
        return text
    return f"{text}\n\n{verdict.lesson(language=language).text()}"[:LONGEST_OUTPUT]


def crashed(trace: str) -> dict[str, Any]:
    """The results where the autograder itself failed: the student is told so, the instructor sees why."""
    return {
        "score": 0,
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [
            {"name": "Autograder", "status": "failed", "visibility": "visible", "output_format": "text",
             "output": "Your answer could not be marked, through no fault of yours; please tell your instructor."},
            {"name": "What went wrong", "status": "failed", "visibility": "hidden", "output_format": "text",
             "output": trace[-LONGEST_OUTPUT:]},
        ],
    }  # fmt: skip


# On Gradescope's machine


def handed_in(folder: Path, assignment: Assignment) -> Submission:
    """The one answer in a student's folder: its only file, or the one called `answer`. No other is opened."""
    found = entries(folder, assignment.variants)
    if len(found) > 1:
        found = [name for name in found if re.match(r"answer\b", Path(name).name)] or found
    if len(found) == 1:
        return read_one(folder, found[0], assignment.variants)
    with speaking(next(iter(assignment.exercises.values())).language):
        problem = _("no file was handed in, and one is needed, such as {name}")
        if found:
            problem = _("{n} files were handed in, and one is needed, such as {name}")
        return Submission("", "", problem=problem.format(n=len(found), name="answer.txt"))


def total_points(metadata: Path) -> float | None:
    """What the assignment is worth on Gradescope, as its `submission_metadata.json` says."""
    try:
        total = float(json.loads(read_text(metadata))["assignment"]["total_points"])
    except (OSError, ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None
    return total if 0 < total < float("inf") else None


def main(arguments: list[str]) -> None:
    """`python -m stepwise.graders.gradescope EXERCISE SUBMISSION METADATA RESULTS`: mark, whatever happens."""
    exercise, submission, metadata, out = map(Path, arguments)
    begun = time.monotonic()
    try:
        assignment = load_assignment(exercise if (exercise / MANIFEST).exists() else exercise / LESSON)
        answer, total = handed_in(submission, assignment), total_points(metadata)
        _write(out, too_much(assignment, answer, total))  # what stands where this process is ended
        faulthandler.dump_traceback_later(SECONDS, exit=True)
        report = results(assignment, answer, total)
    except Exception:
        report = crashed(traceback.format_exc())
    finally:
        faulthandler.cancel_dump_traceback_later()
    report["execution_time"] = round(time.monotonic() - begun, 3)
    _write(out, report)


def _write(out: Path, report: Mapping[str, Any]) -> None:
    write_whole(out, json.dumps(report, indent=1))


# The zip


def write_autograder(lesson: PathLike, out: PathLike) -> Path:
    """Write the autograder of a lesson file or of a folder with a manifest. Raises `StepwiseError`."""
    if Path(out).suffix.lower() != ".zip":
        raise StepwiseError(f"the autograder {str(out)!r} must end in .zip")
    load_assignment(lesson)  # what cannot be marked is told now, not by the first student
    return write_whole(out, autograder(lesson))


def autograder(lesson: PathLike) -> bytes:
    """The zip's bytes; the same for the same lesson and version."""
    content: dict[str, bytes] = {"setup.sh": _SETUP.encode(), "run_autograder": _run().encode()}
    content["requirements.txt"] = "".join(f"{line}\n" for line in _requirements()).encode()
    files = files_of(lesson)
    alone = MANIFEST not in files
    for number, (name, data) in enumerate(files.items()):
        content[f"exercise/{LESSON if alone and number == 0 else name}"] = data
    content |= _package()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(content.items()):
            entry = zipfile.ZipInfo(name, _OLD)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100755 if name in ("setup.sh", "run_autograder") else 0o100644) << 16
            archive.writestr(entry, data)
    return packed.getvalue()


def _package() -> Mapping[str, bytes]:
    """stepwise itself, as a wheel holds it."""
    package = Path(__file__).parent.parent
    held = {}
    for top, under in ((package, "stepwise"), (templates_folder(), "stepwise/templates")):
        for path in sorted(top.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                held[f"{under}/{path.relative_to(top).as_posix()}"] = path.read_bytes()
    return held


def _requirements() -> list[str]:
    try:
        asked = requires("stepwise-cnn") or []
    except PackageNotFoundError:
        raise FileError("stepwise is not installed as a package here, so what it needs is not known") from None
    return [line for line in asked if "extra ==" not in line]


_SETUP = """\
#!/usr/bin/env bash
# Makes the environment in which answers are marked. Run once, when the autograder's image is built.
set -euo pipefail
root=${AUTOGRADER_ROOT:-/autograder}

usable() {
  command -v "$1" >/dev/null && "$1" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

python=
for name in python3.13 python3.12 python3.11 python3; do
  if usable "$name"; then python=$name; break; fi
done
if [ -z "$python" ]; then
  apt-get update
  for name in python3.13 python3.12 python3.11; do
    if apt-get install -y "$name" "$name-venv" && usable "$name"; then python=$name; break; fi
  done
fi
if [ -z "$python" ]; then
  echo "stepwise needs Python 3.11 or newer; choose a newer base image" >&2
  exit 1
fi
"$python" -m venv "$root/stepwise-env"
"$root/stepwise-env/bin/python" -m pip install --quiet --disable-pip-version-check -r "$root/source/requirements.txt"
"""


def _run() -> str:
    fallback = shlex.quote(
        json.dumps(crashed("the autograder did not start, or it was stopped; see setup.sh's output"))
    )
    return f"""\
#!/usr/bin/env bash
# Marks one submission. Run for every student; it reads the files handed in and runs none of them.
root=${{AUTOGRADER_ROOT:-/autograder}}
mkdir -p "$root/results"
printf '%s' {fallback} > "$root/results/results.json"  # what stands if nothing better comes
cd "$root" || exit
PYTHONPATH="$root/source" "$root/stepwise-env/bin/python" -P -m stepwise.graders.gradescope \\
  "$root/source/exercise" "$root/submission" "$root/submission_metadata.json" "$root/results/results.json"
"""


if __name__ == "__main__":
    main(sys.argv[1:])
