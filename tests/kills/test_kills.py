"""Whatever ends a run, at whatever moment: every file is whole or absent, nothing else stays, and it can be run again.

Runs are ended just before each thing they do to a file, by each signal; and at random moments of their own length.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.unit.classroom.classes import a_class, write_lesson, write_table

ROOT = Path(__file__).parents[2]
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
TRIALS = int(os.environ.get("STEPWISE_KILLS", "50"))
SHEET = "worksheet: {variants: {input: {integers: {low: -9, high: 9}}}}\n"


class Warmed:
    """The process of `warmed`, asked from here."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.kills.warmed"]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )

    def ask(self, folder: Path, *words: str, **how: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"folder": str(folder), "words": words, **how}) + "\n")
        self.process.stdin.flush()

    def hear(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        told: dict[str, Any] = json.loads(self.process.stdout.readline())
        return told

    def close(self) -> None:
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            stream.close()
        self.process.wait(20)

    def run(self, folder: Path, *words: str, **how: Any) -> dict[str, Any]:
        self.ask(folder, *words, **how)
        return self.hear()


@pytest.fixture(scope="module")
def warmed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warmed]:
    made, folder = Warmed(), prepared(tmp_path_factory.mktemp("warm") / "folder")
    for work in WORKS.values():
        if work.words[-2:] != ("others", "--force"):
            assert made.run(folder, *work.words, here=True)["status"] == 0
    yield made
    made.close()


@dataclass(frozen=True)
class Work:
    """A command that writes something, and what may lie there when it was stopped."""

    words: tuple[str, ...]
    again: tuple[str, ...] = ()  # what is added when it is run again
    kept: tuple[str, ...] = ()  # what a stopped run leaves on purpose: it is gone on from there


WORKS = {
    "save": Work(("save",)),
    "explain": Work(("explain", "lesson.yaml", "-o", "page.html"), ("--force",)),
    # Between two moments, the new page has a name beside the old one's; the next run takes that away.
    "explain over another": Work(("explain", "lesson.yaml", "-o", "old.html", "--force"), kept=(".",)),
    "explain with pictures": Work(("explain", "lesson.yaml", "-o", "page.md", "--figures", "svg"), ("--force",)),
    "grade": Work(
        ("grade", "lesson.yaml", "class.csv", "-o", "report.csv", "-o", "report.html", "-o", "report.jsonl"),
        kept=("report.csv.unfinished",),
    ),
    "worksheet": Work(
        ("worksheet", "lesson.yaml", "--variants", "2", "--to", "md", "-o", "made"), kept=(".made.unfinished",)
    ),
    "worksheet into a folder": Work(
        ("worksheet", "lesson.yaml", "--variants", "2", "--to", "md", "-o", "there"),
        kept=("there/.worksheets.unfinished",),
    ),
    "worksheet over others": Work(
        ("worksheet", "lesson.yaml", "--variants", "2", "--to", "md", "-o", "others", "--force"),
        kept=("others/.worksheets.unfinished",),
    ),
}


def prepared(folder: Path) -> Path:
    """A folder with what all of them read."""
    folder.mkdir(parents=True)
    path = write_lesson(folder)
    path.write_text(path.read_text() + SHEET)
    write_table(folder, a_class(15), "class.csv")
    (folder / "old.html").write_text("old")
    (folder / "there").mkdir()
    return folder


@pytest.fixture(scope="module")
def others(warmed: Warmed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Worksheets that are to be replaced: more of them than there will be."""
    folder = prepared(tmp_path_factory.mktemp("others") / "folder")
    told = warmed.run(
        folder, "worksheet", "lesson.yaml", "--variants", "4", "--seed", "9", "--to", "md", "-o", "others"
    )
    assert told["status"] == 0, told["err"]
    return folder / "others"


def fresh(folder: Path, name: str, others: Path) -> Path:
    """A folder for one run."""
    made = prepared(folder)
    if name == "worksheet over others":
        (made / "others").mkdir()
        for path in others.iterdir():
            (made / "others" / path.name).write_bytes(path.read_bytes())
    return made


def contents(folder: Path) -> dict[str, bytes]:
    """Every file, and of every folder that there is one."""
    return {str(p.relative_to(folder)): p.read_bytes() if p.is_file() else b"" for p in folder.rglob("*")}


def whole_or_absent(folder: Path, work: Work, before: dict[str, bytes], whole: dict[str, bytes]) -> None:
    for name, data in contents(folder).items():
        if not name.startswith(work.kept or ("\0",)):
            assert data in (before.get(name), whole.get(name)), f"{name} is neither as it was nor as it should be"


def goes_on(warmed: Warmed, folder: Path, work: Work, whole: dict[str, bytes]) -> None:
    if contents(folder) != whole or work.again:
        told = warmed.run(folder, *work.words, *work.again)
        assert told["status"] == 0 or "holds worksheets already" in told["err"], told["err"]
    assert contents(folder) == whole


def ended(told: dict[str, Any], sent: int) -> bool:
    """Whether the signal has ended the run, as it should have; what had finished before is no matter here."""
    assert "Traceback" not in told["err"], told["err"]
    assert not told["left"]
    assert told["status"] in (0, -sent, 130 if sent == signal.SIGINT else -sent), told
    return bool(told["status"] != 0)


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


@pytest.mark.parametrize("name", ["save", "explain", "grade", "worksheet"])
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


@pytest.mark.parametrize("sent", SIGNALS)
def test_worker_processes_end_with_the_run(sent: int, warmed: Warmed, others: Path, tmp_path: Path) -> None:
    for name in ("grade", "worksheet"):
        work, chance = WORKS[name], random.Random(f"{name}{sent}")
        first = fresh(tmp_path / name / "whole", name, others)
        before = contents(first)
        told = warmed.run(first, *work.words, "--workers", "2")
        assert (told["status"], told["left"]) == (0, []), told
        whole = contents(first)
        for trial in range(1 + TRIALS // 50):
            folder = fresh(tmp_path / name / str(trial), name, others)
            after = told["seconds"] * (0.1 + 0.8 * chance.random())
            ended(warmed.run(folder, *work.words, "--workers", "2", ends={"signal": sent, "after": after}), sent)
            whole_or_absent(folder, work, before, whole)
            goes_on(warmed, folder, work, whole)


# Places that cannot be written, and what is there already


@pytest.mark.parametrize("name", WORKS)
def test_a_disk_that_is_full(name: str, warmed: Warmed, others: Path, tmp_path: Path) -> None:
    """A limit on the size of files stands in for it: nothing is half written, and with more room it goes on."""
    work, first = WORKS[name], fresh(tmp_path / "whole", name, others)
    before = contents(first)
    assert warmed.run(first, *work.words)["status"] == 0
    whole = contents(first)
    largest = max(len(data) for file, data in whole.items() if before.get(file) != data)
    refused = 0
    for number, room in enumerate((1, 60, largest // 3, largest - 1)):
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
        whole_or_absent(folder, work, before, whole)
        goes_on(warmed, folder, work, whole)
    assert refused >= 3


@pytest.mark.parametrize("name", ["save", "explain", "grade", "worksheet"])
def test_a_folder_that_may_only_be_read(name: str, warmed: Warmed, others: Path) -> None:
    """Root may write anywhere, so then the run is nobody's."""
    work = WORKS[name]
    with tempfile.TemporaryDirectory(dir="/tmp") as outside:
        os.chmod(outside, 0o755)
        folder = fresh(Path(outside) / "folder", name, others)
        before = contents(folder)
        folder.chmod(0o555)
        try:
            told = warmed.run(folder, *work.words, nobody=True)
            assert (told["status"], told["err"].count("\n")) == (2, 1), told
            assert "cannot write" in told["err"]
            assert contents(folder) == before
        finally:
            folder.chmod(0o755)


def test_a_folder_that_is_a_link(warmed: Warmed, others: Path, tmp_path: Path) -> None:
    work, first = WORKS["worksheet"], fresh(tmp_path / "whole", "worksheet", others)
    assert warmed.run(first, *work.words)["status"] == 0
    for number, target in enumerate(("there", "not yet")):
        folder = fresh(tmp_path / str(number), "worksheet", others)
        (folder / "made").symlink_to(target)
        assert warmed.run(folder, *work.words)["status"] == 0
        assert (folder / "made").is_symlink()
        assert contents(folder / target) == contents(first / "made")
        assert sorted(path.name for path in folder.iterdir() if path.name.startswith(".")) == []


@pytest.mark.parametrize("gone", ["lesson.yaml", "class.csv"])
def test_what_is_read_has_vanished(gone: str, warmed: Warmed, others: Path, tmp_path: Path) -> None:
    work = WORKS["grade"]
    first = fresh(tmp_path / "whole", "grade", others)
    events = warmed.run(first, *work.words, counted=True)["events"]
    folder = fresh(tmp_path / "gone", "grade", others)
    (folder / gone).unlink()
    told = warmed.run(folder, *work.words)
    assert (told["status"], told["err"].count("\n")) == (2, 1), told
    assert "cannot read" in told["err"]
    assert gone not in contents(folder)
    assert events > 3


@pytest.mark.parametrize("name", ["grade", "worksheet", "explain over another", "worksheet over others"])
def test_two_runs_at_once(name: str, others: Path, tmp_path: Path) -> None:
    """Both end well, or one is told of the other; what is there in the end is whole."""
    work = WORKS[name]
    first, second = Warmed(), Warmed()
    for one in (first, second):
        assert one.run(prepared(tmp_path / f"warm {id(one)}"), *WORKS["grade"].words, here=True)["status"] == 0
    whole_folder = fresh(tmp_path / "whole", name, others)
    assert first.run(whole_folder, *work.words)["status"] == 0
    whole = contents(whole_folder)
    try:
        for trial in range(8):
            folder = fresh(tmp_path / str(trial), name, others)
            for one in (first, second):
                one.ask(folder, *work.words)
            told = [one.hear() for one in (first, second)]
            assert 0 in [run["status"] for run in told], told
            for run in told:
                assert "Traceback" not in run["err"]
                if run["status"]:
                    assert (run["status"], run["err"].count("\n")) == (2, 1)
                    assert any(words in run["err"] for words in ("another run", "already")), run
            assert contents(folder) == whole
    finally:
        for one in (first, second):
            one.close()


def test_nobody_reads_what_is_printed(tmp_path: Path) -> None:
    """A closed pipe ends the printing, not the work."""
    folder = prepared(tmp_path / "folder")
    for stream in ("stdout", "stderr"):
        for words, made in (
            (("explain", "lesson.yaml"), None),
            (("explain", "lesson.yaml", "-o", f"{stream}.html"), f"{stream}.html"),
            (("grade", "lesson.yaml", "class.csv", "-o", f"{stream}.csv"), f"{stream}.csv"),
            (("worksheet", "lesson.yaml", "--to", "md", "-o", stream), f"{stream}/manifest.json"),
        ):
            read, write = os.pipe()
            os.close(read)
            how: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | {stream: write}
            done = subprocess.run(
                [sys.executable, "-m", "stepwise", *words],
                cwd=folder,
                env=os.environ | {"PYTHONPATH": str(ROOT)},
                check=False,
                **how,
            )
            os.close(write)
            assert done.returncode == 0, (stream, words)
            assert b"Traceback" not in (done.stderr or b"") + (done.stdout or b"")
            assert b"Exception ignored" not in (done.stderr or b"")
            assert made is None or (folder / made).exists()


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


def test_a_cluster_goes_on_without_the_run(warmed: Warmed, others: Path, tmp_path: Path) -> None:
    """What a killed run has asked of a Dask cluster is forgotten there, and the next run is served."""
    from distributed import Client, LocalCluster

    work, chance = WORKS["grade"], random.Random(3)
    whole_folder = fresh(tmp_path / "whole", "grade", others)
    before = contents(whole_folder)
    assert warmed.run(whole_folder, *work.words)["status"] == 0
    whole = contents(whole_folder)
    with LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=1, threads_per_worker=1, dashboard_address="127.0.0.1:0", host="127.0.0.1", silence_logs=50
    ) as cluster:
        there = (*work.words, "--scheduler", cluster.scheduler_address)
        seconds = warmed.run(fresh(tmp_path / "first", "grade", others), *there)["seconds"]
        for trial in range(6 * max(1, TRIALS // 50)):
            folder, sent = fresh(tmp_path / str(trial), "grade", others), SIGNALS[trial % 3]
            ended(warmed.run(folder, *there, ends={"signal": sent, "after": seconds * chance.random()}), sent)
            whole_or_absent(folder, work, before, whole)
            if contents(folder) != whole:
                told = warmed.run(folder, *there)
                assert told["status"] == 0, told["err"]
            assert contents(folder) == whole
        with Client(cluster) as client:  # type: ignore[no-untyped-call]
            deadline = time.monotonic() + 20
            while client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)) > 1:
                assert time.monotonic() < deadline, "what was asked for is still there"
                time.sleep(0.05)
