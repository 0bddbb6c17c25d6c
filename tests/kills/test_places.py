"""Places that cannot be written, files that vanish: one sentence, nothing half done, and the run goes on later.

Each is tried fifty times, at different moments and with different room.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.kills.works import (
    ROOT,
    SIGNALS,
    TRIALS,
    WORKS,
    Warmed,
    contents,
    ended,
    fresh,
    goes_on,
    prepared,
    whole_or_absent,
)

FOUR = ("save", "explain", "grade", "worksheet")
SOME = -(-TRIALS // len(FOUR))


@pytest.mark.parametrize("name", WORKS)
def test_a_disk_that_is_full(name: str, warmed: Warmed, others: Path, tmp_path: Path) -> None:
    """A limit on the size of files stands in for it: nothing is half written, and with more room it goes on."""
    work, first = WORKS[name], fresh(tmp_path / "whole", name, others)
    before = contents(first)
    assert warmed.run(first, *work.words)["status"] == 0
    whole, chance = contents(first), random.Random(name)
    largest = max(len(data) for file, data in whole.items() if before.get(file) != data)
    rooms = [1, 60, largest // 3, largest - 1, *(chance.randrange(largest) for _ in range(TRIALS // len(WORKS) - 3))]
    refused = 0
    for number, room in enumerate(rooms):
        folder = fresh(tmp_path / str(number), name, others)
        told = warmed.run(folder, *work.words, limits={"RLIMIT_FSIZE": room})
        assert "Traceback" not in told["err"]
        if told["status"]:
            refused += 1
            assert told["status"] == 2, told
            *written, problem = told["err"].splitlines()
            assert all(line.startswith("wrote ") for line in written)
            assert problem.startswith("stepwise: ")
            assert "cannot write" in problem, told
            assert ".unfinished/" not in problem  # a hidden folder that nobody has named
        whole_or_absent(folder, work, before, whole)
        goes_on(warmed, folder, work, whole)
    assert refused >= 3


@pytest.mark.parametrize("name", FOUR)
def test_a_folder_that_may_only_be_read(name: str, warmed: Warmed, others: Path) -> None:
    """Root may write anywhere, so then the run is nobody's. Some folders may not even be listed."""
    work = WORKS[name]
    with tempfile.TemporaryDirectory(dir=tempfile.gettempdir()) as outside:
        os.chmod(outside, 0o755)
        for trial in range(SOME):
            folder = fresh(Path(outside) / str(trial), name, others)
            if trial % 3 == 0:
                (folder / "there").chmod(0o777)  # what may be written within does not matter
            before = contents(folder)
            folder.chmod(0o555 if trial % 2 else 0o111)
            try:
                told = warmed.run(folder, *work.words, nobody=True)
            finally:
                folder.chmod(0o755)
            assert (told["status"], told["err"].count("\n")) == (2, 1), told
            assert "cannot write" in told["err"]
            assert contents(folder) == before


@pytest.mark.parametrize("target", ["there", "not yet"])
def test_a_folder_that_is_a_link(target: str, warmed: Warmed, others: Path, tmp_path: Path) -> None:
    """What it leads to is written, and the link stays; ended at some moment, too."""
    work, first = WORKS["worksheet"], fresh(tmp_path / "whole", "worksheet", others)
    told, chance = warmed.run(first, *work.words), random.Random(target)
    assert told["status"] == 0
    whole = contents(first / "made")
    for trial in range(TRIALS // 2):
        folder, sent = fresh(tmp_path / str(trial), "worksheet", others), SIGNALS[trial % 3]
        (folder / "made").symlink_to(target)
        if trial:
            ends = {"signal": sent, "after": told["seconds"] * chance.random()}
            ended(warmed.run(folder, *work.words, ends=ends), sent)
            there = folder / target
            for name, data in (contents(there) if there.exists() else {}).items():
                assert data == whole.get(name) or name.startswith(".worksheets.unfinished"), name
        if not trial or contents(folder / target) != whole:
            again = warmed.run(folder, *work.words)
            assert again["status"] == 0, again["err"]
        assert (folder / "made").is_symlink()
        assert contents(folder / target) == whole
        assert sorted(path.name for path in folder.iterdir() if path.name.startswith(".")) == []


@pytest.mark.parametrize("gone", ["lesson.yaml", "class.csv"])
def test_what_is_read_vanishes(gone: str, warmed: Warmed, others: Path, tmp_path: Path) -> None:
    """Before it is read, or while or after; put back, the run goes on."""
    work, chance = WORKS["grade"], random.Random(gone)
    first = fresh(tmp_path / "whole", "grade", others)
    before = contents(first)
    seconds = warmed.run(first, *work.words)["seconds"]
    whole, refused = contents(first), 0
    for trial in range(TRIALS // 2):
        folder = fresh(tmp_path / str(trial), "grade", others)
        kept = (folder / gone).read_bytes()
        if trial % 5 == 0:
            (folder / gone).unlink()
            told = warmed.run(folder, *work.words)
            assert told["status"] == 2
        else:
            ends = {"vanishes": str(folder / gone), "after": seconds * chance.random() ** 2}
            told = warmed.run(folder, *work.words, ends=ends)
        assert gone not in contents(folder)
        if told["status"]:
            refused += 1
            assert (told["status"], told["err"].count("\n")) == (2, 1), told
            assert "cannot read" in told["err"]
        whole_or_absent(folder, work, before, whole)
        (folder / gone).write_bytes(kept)
        goes_on(warmed, folder, work, whole)
    assert refused


@pytest.mark.parametrize("name", ["grade", "worksheet", "explain over another", "worksheet over others"])
def test_two_runs_at_once(name: str, warmed: Warmed, second: Warmed, others: Path, tmp_path: Path) -> None:
    """Both end well, or one is told of the other; what is there in the end is whole."""
    work = WORKS[name]
    whole_folder = fresh(tmp_path / "whole", name, others)
    assert warmed.run(whole_folder, *work.words)["status"] == 0
    whole = contents(whole_folder)
    for trial in range(SOME):
        folder = fresh(tmp_path / str(trial), name, others)
        for one in (warmed, second):
            one.ask(folder, *work.words)
        told = [one.hear() for one in (warmed, second)]
        assert 0 in [run["status"] for run in told], told
        for run in told:
            assert "Traceback" not in run["err"]
            if run["status"]:
                assert (run["status"], run["err"].count("\n")) == (2, 1)
                assert any(words in run["err"] for words in ("another run", "already")), run
        assert contents(folder) == whole


PRINTED = {
    "a text": (("explain", "lesson.yaml"), None),
    "a page": (("explain", "lesson.yaml", "-o", "page.html"), "page.html"),
    "a report": (("grade", "lesson.yaml", "class.csv", "-o", "report.csv"), "report.csv"),
    "a sheet": (("worksheet", "lesson.yaml", "--to", "md", "-o", "made"), "made/manifest.json"),
}


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_nobody_reads_what_is_printed(stream: str, warmed: Warmed, tmp_path: Path) -> None:
    """A closed pipe ends the printing, not the work: of programs of their own, and often of copies."""
    for trial in range(TRIALS // 2):
        words, made = list(PRINTED.values())[trial % len(PRINTED)]
        folder = prepared(tmp_path / str(trial))
        if trial > 1:
            told = warmed.run(folder, *words, closed={"stdout": "out", "stderr": "err"}[stream])
            status, printed = told["status"], told["out"] + told["err"]
        else:
            status, printed = _unread(folder, words, stream)
        assert status == 0, (stream, words, printed)
        assert "Traceback" not in printed
        assert "Exception ignored" not in printed
        assert made is None or (folder / made).exists()


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_what_is_left_to_print_is_no_status_of_its_own(stream: str, tmp_path: Path) -> None:
    """Python tries what a stream still holds once more as it ends, and makes its failing there the status 120."""
    for name, (words, made) in PRINTED.items():
        folder = prepared(tmp_path / name)
        assert _unread(folder, words, stream)[0] == 0
        assert made is None or (folder / made).exists()


def _unread(folder: Path, words: tuple[str, ...], stream: str) -> tuple[int, str]:
    """The status of a program one of whose streams nobody reads, and what it printed to the other."""
    read, write = os.pipe()
    os.close(read)
    how: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | {stream: write}
    command = [sys.executable, "-m", "stepwise", *words]
    done = subprocess.run(
        command, cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": ""}, check=False, **how
    )
    os.close(write)
    return done.returncode, ((done.stderr or b"") + (done.stdout or b"")).decode()
