"""How a figure is taken: medians of one run, caches warm for everybody, and the most memory held at once."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

Work = Callable[[], object]


class Row(NamedTuple):
    """One line of the table."""

    work: str
    against: str  # what the figure is a multiple of, or its unit
    figure: float
    most: float | None = None  # what is to be reached; None where the figure is only told


def median_times(works: Mapping[str, Work], rounds: int) -> dict[str, float]:
    """The median seconds of processor time of each, taken in turn, so that a busy moment falls on all alike.

    What waits for the processor, while other programs have it, is not counted; all of these works run on one thread.
    Before each is timed it is run once, so that nobody pays for the caches that the one before has filled.
    """
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            work()
            start = time.process_time()
            work()
            times[name].append(time.process_time() - start)
    return {name: statistics.median(taken) for name, taken in times.items()}


def median_processor_times(commands: Mapping[str, Sequence[str]], rounds: int) -> dict[str, float]:
    """The median seconds that Python spends on the processor for each command, in programs of their own, in turn."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds + 1):  # the first time, Python may compile
        for name, command in commands.items():
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([sys.executable, *command], check=True, capture_output=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            times[name].append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return {name: statistics.median(taken[1:]) for name, taken in times.items()}


def peak_bytes(work: Work) -> int:
    """The most memory that NumPy and Python held at once, above what was held before."""
    work()  # what is made once and kept is not counted
    tracemalloc.start()
    work()
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak
