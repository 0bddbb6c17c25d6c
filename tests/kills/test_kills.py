"""Whatever ends a run, at whatever moment: every file is whole or absent, nothing else stays, and it can be run again.

Runs are ended just before each thing they do to a file, by each signal; and at random moments of their own length.
"""

from __future__ import annotations

import random
import signal
from pathlib import Path

import pytest

from tests.kills.works import SIGNALS, TRIALS, WORKS, Warmed, contents, ended, fresh, goes_on, prepared, whole_or_absent

SPAWNED = 3
"""Of the runs with workers, so many whose workers are new programs."""


@pytest.mark.parametrize("name", WORKS)
def test_a_run_can_be_ended_at_whatever_it_does_to_files(
    name: str, warmed: Warmed, others: Path, tmp_path: Path
) -> None:
    work, first = WORKS[name], fresh(tmp_path / "whole", name, others)
    before = contents(first)
    told = warmed.run(first, *work.words, counted=True)
    assert told["status"] == 0, told["err"]
    whole, events = contents(first), told["events"]
    assert 2 <= events < 200
    for event in range(1, events + 1):
        sent = SIGNALS[event % 3] if event % 2 else signal.SIGKILL
        folder = fresh(tmp_path / str(event), name, others)
        told = warmed.run(folder, *work.words, ends={"signal": sent, "event": event})
        assert ended(told, sent), told
        whole_or_absent(folder, work, before, whole)
        goes_on(warmed, folder, work, whole)


@pytest.mark.parametrize("name", ["save", "explain", "figure", "figure in pixels", "grade", "worksheet"])
def test_a_run_can_be_ended_at_any_moment(name: str, warmed: Warmed, others: Path, tmp_path: Path) -> None:
    work, chance = WORKS[name], random.Random(name)
    first = fresh(tmp_path / "whole", name, others)
    before = contents(first)
    length = warmed.run(first, *work.words)["seconds"]
    whole, stopped = contents(first), 0
    for trial in range(TRIALS):
        folder, sent = fresh(tmp_path / str(trial), name, others), SIGNALS[trial % 3]
        told = warmed.run(folder, *work.words, ends={"signal": sent, "after": length * chance.random()})
        if ended(told, sent):
            stopped += 1
        else:
            length *= 0.8  # the machine has become faster
        whole_or_absent(folder, work, before, whole)
        goes_on(warmed, folder, work, whole)
        length = max(length, 0.001)
    assert stopped > TRIALS // 4


@pytest.mark.parametrize("name", ["grade", "worksheet"])
def test_worker_processes_end_with_the_run(name: str, warmed: Warmed, others: Path, tmp_path: Path) -> None:
    """Most workers are copies of the run, which are there at once; some are begun from nothing, as they always are."""
    work, chance = WORKS[name], random.Random(f"workers {name}")
    first = fresh(tmp_path / "whole", name, others)
    before, seconds = contents(first), {}
    for forked in (True, False):
        folder = fresh(tmp_path / f"forked {forked}", name, others)
        told = warmed.run(folder, *work.words, "--workers", "2", forked=forked)
        assert (told["status"], told["left"]) == (0, []), told
        seconds[forked], whole = told["seconds"], contents(folder)
    stopped = 0
    for trial in range(TRIALS):
        folder, sent, forked = fresh(tmp_path / str(trial), name, others), SIGNALS[trial % 3], trial >= SPAWNED
        ends = {"signal": sent, "after": seconds[forked] * chance.random()}
        stopped += ended(warmed.run(folder, *work.words, "--workers", "2", forked=forked, ends=ends), sent)
        whole_or_absent(folder, work, before, whole)
        goes_on(warmed, folder, work, whole)
    assert stopped > TRIALS // 4


def test_preview_leaves_nothing(warmed: Warmed, tmp_path: Path) -> None:
    """It writes nothing, so nothing can be half written; it ends at any moment, without a traceback."""
    chance = random.Random(1)
    folder = prepared(tmp_path / "folder")
    before = contents(folder)
    for trial in range(TRIALS):
        sent = SIGNALS[trial % 3]
        told = warmed.run(
            folder, "preview", "lesson.yaml", "--no-browser", ends={"signal": sent, "after": 0.12 * chance.random()}
        )
        assert told["status"] in ((0, 130) if sent == signal.SIGINT else (-sent,)), told
        assert told["err"] in ("", "\nstepwise: stopped; no file was left half written\n"), told
        assert not told["left"]
        assert contents(folder) == before
