"""A file that is held is waited for as long as it will be let go, and no longer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from stepwise.io import locks

HOLDER = """
import fcntl, subprocess, sys
file = open(sys.argv[1], "r+b")
fcntl.flock(file, fcntl.LOCK_EX)
wait = subprocess.Popen(["sleep", sys.argv[2]], pass_fds=[file.fileno()], stdout=subprocess.DEVNULL)
print(wait.pid, flush=True)
if sys.argv[3] == "stays":
    wait.wait()
"""


def test_what_a_run_that_is_gone_had_begun_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long it takes to end on a busy machine; a run that is there is not waited for."""
    monkeypatch.setattr(locks, "MOMENT", 0.0)
    place = tmp_path / "held"
    place.touch()
    for stays, seconds, free in (("goes", "0.5", True), ("stays", "600", False)):
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(place), seconds, stays], stdout=subprocess.PIPE, text=True
        )
        assert holder.stdout is not None
        worker = int(holder.stdout.readline())
        if stays == "goes":
            holder.wait()
        with open(place, "r+b") as again:
            assert locks.locked(again) is free
        if stays == "stays":
            os.kill(worker, signal.SIGKILL)
        holder.wait()
        holder.stdout.close()


@pytest.mark.parametrize(("refusals", "free"), [(1, True), (1000, False)])
def test_what_is_let_go_just_after_it_was_tried_is_tried_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusals: int, free: bool
) -> None:
    """A system that lists no owner of a lock that is held says no more than one that cannot be asked."""
    left = iter(range(refusals))

    def refused(_: object, __: int) -> None:
        if next(left, None) is not None:
            raise BlockingIOError

    monkeypatch.setattr(locks, "MOMENT", 0.0)
    monkeypatch.setattr("fcntl.flock", refused)
    with open(tmp_path / "held", "w+b") as file:
        assert locks.locked(file) is free
    assert (next(left, None) is None) is free  # given up long before it would have been free
