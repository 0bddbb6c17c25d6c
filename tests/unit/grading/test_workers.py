"""Several processes and a Dask cluster give the report of one process, byte for byte, even where workers die."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stepwise.errors import StepwiseError
from stepwise.exercises.assignment import Assignment, load_assignment
from stepwise.grading.grading import grade
from stepwise.grading.marker import ClassMarker, refused
from stepwise.grading.submission import Submission
from stepwise.grading.workers import in_processes, on_dask
from tests.command import HANGS, run
from tests.unit.grading.classes import a_class, write_lesson, write_table

COUNT = 900
KINDS = ("csv", "jsonl", "html", "parquet")


@pytest.fixture
def assignment(tmp_path: Path) -> Assignment:
    return load_assignment(write_lesson(tmp_path))


def handed_in(count: int = COUNT) -> Iterator[Submission]:
    for number, (student, answer) in enumerate(a_class(count)):
        yield Submission(student, "", answer, f"line {number + 2}")


def reports(folder: Path, name: str, assignment: Assignment, submissions: Any, **how: Any) -> list[bytes]:
    places = [folder / f"{name}.{kind}" for kind in KINDS]
    grade(assignment, submissions, places, **how)
    return [place.read_bytes() for place in places]


def test_processes_give_the_same_report(tmp_path: Path, assignment: Assignment) -> None:
    alone = reports(tmp_path, "alone", assignment, handed_in())
    assert reports(tmp_path, "together", assignment, handed_in(), workers=2) == alone


class Deadly:
    """What is put in place of an answer so that unpickling it ends the process, as running out of memory would."""

    def __init__(self, ended: Path | None = None) -> None:
        self.ended = ended

    def __reduce__(self) -> Any:
        return _end, (str(self.ended) if self.ended else "",)

    def __len__(self) -> int:
        return 1


def _end(once: str) -> Any:
    """End this process; where a file is named, only if it is not there yet."""
    if not once or not os.path.exists(once):
        if once:
            Path(once).touch()
        os._exit(9)
    return "-1"


def deadly(at: int, ended: Path | None, count: int) -> Iterator[list[Submission]]:
    """Batches of ten, one answer of which ends the process that takes it."""
    all_ = list(handed_in(count))
    answer: Any = Deadly(ended)
    all_[at] = Submission("dora", "", answer, "line 0")
    yield from (all_[i : i + 10] for i in range(0, count, 10))


def test_a_process_that_dies_loses_nothing(tmp_path: Path, assignment: Assignment) -> None:
    """Once, and the answer is marked in the end; every time, and only that answer is given up, with a reason."""
    marker = ClassMarker(assignment)
    due = [marker.mark(one) for one in handed_in(60)]
    for ended in (tmp_path / "ended", None):
        told = [mark for marks in in_processes(assignment, 2)(deadly(23, ended, 60)) for mark in marks]
        assert told[:23] + told[24:] == due[:23] + due[24:]
        assert told[23].student == "dora"
        assert told[23].status == ("marked" if ended else "unreadable")
    assert "ended the process" in told[23].note


def test_so_many_workers_there_cannot_be(assignment: Assignment) -> None:
    for count in (0, -1, 10**6):
        with pytest.raises(StepwiseError, match="1 to 256"):
            in_processes(assignment, count)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A real scheduler with two worker processes and their nannies, on this machine alone."""
    from distributed import LocalCluster

    with LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        dashboard_address="127.0.0.1:0",
        host="127.0.0.1",
        silence_logs=50,
    ) as made:
        yield made


def test_a_cluster_gives_the_same_report_even_when_a_worker_dies(
    tmp_path: Path, assignment: Assignment, cluster: Any
) -> None:
    alone = reports(tmp_path, "alone", assignment, handed_in())
    assert reports(tmp_path, "far", assignment, handed_in(), scheduler=cluster.scheduler_address) == alone
    pids = {name: worker.pid for name, worker in cluster.workers.items()}
    killed: list[int] = []

    def killing() -> Iterator[Submission]:
        for number, one in enumerate(handed_in()):
            if number == 600:  # some batches are on their way now
                killed.append(next(iter(pids.values())))
                os.kill(killed[0], signal.SIGKILL)
            yield one

    assert reports(tmp_path, "killed", assignment, killing(), scheduler=cluster.scheduler_address) == alone
    assert killed
    deadline = time.monotonic() + HANGS
    while killed[0] in {worker.pid for worker in cluster.workers.values()} and time.monotonic() < deadline:
        time.sleep(0.1)
    assert killed[0] not in {worker.pid for worker in cluster.workers.values()}, "it was a worker, and it died"


def test_the_command_marks_on_a_cluster(tmp_path: Path, cluster: Any) -> None:
    lesson, table = write_lesson(tmp_path), write_table(tmp_path, a_class(20))
    for name, options in (("a", ()), ("b", ("--scheduler", cluster.scheduler_address))):
        ran = run("grade", str(lesson), str(table), "-o", str(tmp_path / f"{name}.csv"), *options)
        assert ran.status == 0, ran.err
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_where_no_scheduler_answers_it_is_said(
    tmp_path: Path, assignment: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stepwise.grading.workers.CONNECT_SECONDS", 1)
    for address in ("tcp://127.0.0.1:9", "nonsense://x"):
        with pytest.raises(StepwiseError, match="no Dask scheduler answers"):
            list(on_dask(assignment, address)(iter([[next(handed_in())]])))


def test_what_cannot_be_marked_keeps_its_place(assignment: Assignment) -> None:
    mark = refused(Submission("ana", "", "4", "line 2"), assignment, "no\nreason")
    assert (mark.student, mark.score, mark.max_score, mark.correct, mark.note) == ("ana", None, 1, None, "no reason")
