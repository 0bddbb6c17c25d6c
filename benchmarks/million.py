"""A class of a million: how many answers a second, and whether memory stays flat.

    python -m benchmarks.million                 a million rows, one core
    python -m benchmarks.million --rows 100000 --workers 2

Every row is a 3×3 answer of its own, and three of four have mistakes: a misconception, a slip, or numbers at random.
Peak memory is that of the marking process, told as the class goes by.
"""

from __future__ import annotations

import argparse
import csv
import multiprocessing
import os
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import stepwise as sw
from stepwise.grading.grading import grade

CALL = "MaxPool2D(2, strides=1, padding='same')"
INPUT = [[-40, -33, -12], [-25, -18, -71], [-95, -52, -64]]
LESSON = f'stepwise: 1\ntitle: A class of a million\ninput: {INPUT}\nlayers: ["{CALL}"]\n'
TOLD = 10
"""So many times memory is told."""


def answers(count: int) -> Iterator[str]:
    """So many answers, always the same ones."""
    chance = random.Random(8)
    due = sw.trace(CALL, INPUT).output.ravel().tolist()
    zeroed = [-18, -12, 0, -18, -18, 0, 0, 0, 0]
    for number in range(count):
        cells = list(zeroed if number % 4 == 1 else due)
        for _ in range((0, 0, 1, 9)[number % 4]):
            cells[chance.randrange(9)] = chance.randint(-99, 0)
        yield "; ".join(" ".join(map(str, cells[start : start + 3])) for start in (0, 3, 6))


def write(path: Path, count: int) -> None:
    """A table of so many rows."""
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["student", "answer"])
        writer.writerows((f"student {number}", text) for number, text in enumerate(answers(count)))


def peak_megabytes() -> float:
    """The most memory that one process has had so far: this one, or one that marks."""
    peaks = [resource.getrusage(whose).ru_maxrss for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    for marking in multiprocessing.active_children():
        status = Path(f"/proc/{marking.pid}/status")
        if status.exists():
            peaks += [int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
    return max(peaks) / 1024


def worked_seconds() -> float:
    """The processor time so far of this process and of those that it started and that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


@dataclass(frozen=True)
class Marked:
    """What marking a class took."""

    rows: int
    seconds: float
    work: float  # seconds of processor time, of all processes
    after_a_tenth: float  # MB of peak memory
    at_the_end: float
    report: float  # MB


def marked(rows: int, workers: int = 1, tell: Callable[[str], None] = lambda line: None) -> Marked:
    """Write a class, mark it with `grade`, and tell its peak memory as it goes by."""
    peaks: list[float] = []

    def progress(done: int, whole: int) -> None:
        while done * TOLD // whole > len(peaks):
            peaks.append(peak_megabytes())
            tell(f"{len(peaks) * 100 // TOLD:4} % done, peak memory {peaks[-1]:.1f} MB")

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "lesson.yaml").write_text(LESSON)
        write(folder / "answers.csv", rows)
        begun, worked = time.perf_counter(), worked_seconds()
        reports = [folder / "report.csv", folder / "overview.html"]
        grade(folder / "lesson.yaml", folder / "answers.csv", reports, workers=workers, progress=progress)
        took, work = time.perf_counter() - begun, worked_seconds() - worked
        size = (folder / "report.csv").stat().st_size / 1e6
    return Marked(rows, took, work, peaks[0], peak_megabytes(), size)


def main() -> None:
    """Mark, and tell."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.million", description="A class of a million.")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=1)
    asked = parser.parse_args()
    told = marked(asked.rows, asked.workers, lambda line: print(line, flush=True))
    rate = f"{told.rows / told.seconds:,.0f} answers a second"
    if asked.workers == 1:
        rate += f", {told.rows / told.work:,.0f} for each second of processor time"
    print(f"{told.rows:,} answers in {told.seconds:.0f} s: {rate}; report of {told.report:.0f} MB")
    print(f"peak memory {told.at_the_end:.1f} MB")


if __name__ == "__main__":
    main()
