"""Runs that write something: their words, what they read, and the process that carries them out by the hundred."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.unit.grading.classes import a_class, write_lesson, write_table

ROOT = Path(__file__).parents[2]
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
TRIALS = int(os.environ.get("STEPWISE_KILLS", "50"))
"""How often each way to end a run, and each place that cannot be written, is tried."""
SHEET = (
    "worksheet: {variants: {input: {integers: {low: -9, high: 9}}, alike: false, demand: {discriminating: false}}}\n"
)


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


@dataclass(frozen=True)
class Work:
    """A command that writes something, and what may lie there when it was stopped."""

    words: tuple[str, ...]
    again: tuple[str, ...] = ()  # what is added when it is run again
    kept: tuple[str, ...] = ()  # what a stopped run leaves on purpose: it is gone on from there
    cold: bool = False  # whether what it loads begins threads, which a copy of a process would wait for in vain


WORKS = {
    "save": Work(("save",)),
    "explain": Work(("explain", "lesson.yaml", "-o", "page.html"), ("--force",)),
    # Between two moments, the new page has a name beside the old one's; the next run takes that away.
    "explain over another": Work(("explain", "lesson.yaml", "-o", "old.html", "--force"), kept=(".",)),
    "explain with pictures": Work(("explain", "lesson.yaml", "-o", "page.md", "--figures", "svg"), ("--force",)),
    "figure": Work(("figure", "lesson.yaml", "--animate", "-o", "moving.svg"), ("--force",)),
    "figure in pixels": Work(("figure", "lesson.yaml", "-o", "moving.gif"), ("--force",), cold=True),
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
    write_table(folder, a_class(7), "class.csv")
    (folder / "old.html").write_text("old")
    (folder / "there").mkdir()
    return folder


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
