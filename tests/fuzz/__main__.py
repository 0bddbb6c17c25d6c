"""Strike good files and requests until something gives: `make fuzz`.

    python -m tests.fuzz [--inputs 100000] [--seed N] [--jobs 2] [--only KIND,…] [--keep DIR]

Every input is tried in a process that is bounded and watched, and started again after an input that ended it. What was
found is told, and kept in a folder from which it can be put into `cases`. Exit status 1 where something was found.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a process with one thread can be copied

import argparse
import json
import random
import select
import signal
import sys
import tempfile
import warnings
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz import requests, watched
from tests.fuzz.kinds import POOL, Kind, kinds

ORDERS = "requests"
"""The kind whose inputs are no files but words."""
SHARE = 0.25
"""How many of the inputs are words."""


@dataclass(frozen=True)
class Input:
    """One struck file or request, the same for the same seed and number."""

    kind: str
    file: str
    data: bytes
    command: object


def made(every: dict[str, Kind], seed: int, number: int) -> Input:
    """The input of a number."""
    chance = random.Random(f"{seed}-{number}")
    names = sorted(name for name in every if name != ORDERS)
    if ORDERS in every and (not names or chance.random() < SHARE):
        words = requests.request(chance)
        return Input(ORDERS, "words.json", requests.packed(words), tuple(words))
    kind = every[names[number % len(names)]]
    data = chance.choice(kind.seeds)
    others = [seed for seed in kind.seeds if seed is not data]
    for _ in range(chance.choice((1, 1, 1, 2))):
        try:
            data = chance.choice(kind.views)(chance, data, others)
        except Exception:
            break  # a second blow, to what is no such file any more
    return Input(kind.name, kind.file, data, chance.choice(kind.commands))


def laid_out(every: dict[str, Kind], folder: Path) -> None:
    """What lies beside the files, a folder for each kind."""
    for kind in every.values():
        for name, data in kind.beside.items():
            (folder / kind.name / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / kind.name / name).write_bytes(data)
        (folder / kind.name / kind.file).parent.mkdir(parents=True, exist_ok=True)


def with_requests(every: dict[str, Kind]) -> dict[str, Kind]:
    """The kinds, and the requests that are no files."""
    return every | {ORDERS: Kind(ORDERS, "words.json", (), (), (), {"pool.yaml": POOL.encode()})}


def _work(every: dict[str, Kind], seed: int, numbers: range, folder: Path, out: int) -> None:
    """Try the inputs of these numbers one after another, and say before each which it is."""
    laid_out(every, folder)
    (folder / "temporary").mkdir()
    tempfile.tempdir = str(folder / "temporary")
    watched.limit()
    for number in numbers:
        os.write(out, f'{{"begun": {number}}}\n'.encode())
        one = made(every, seed, number)
        problem = watched.tried(folder / one.kind, one.file, one.data, one.command)  # type: ignore[arg-type]
        if problem:
            os.write(out, json.dumps({"number": number, "problem": problem[-3000:]}).encode() + b"\n")


class _Worker:
    """A process that tries some numbers, and is replaced when an input ends it."""

    def __init__(self, every: dict[str, Kind], seed: int, numbers: range, folder: Path) -> None:
        self.every, self.seed, self.numbers, self.folder = every, seed, numbers, folder
        self.at, self.found, self._held = numbers.start - 1, {}, b""  # type: ignore[var-annotated]
        self._start(numbers)

    def _start(self, numbers: range) -> None:
        self.out, inside = os.pipe()
        self.process = os.fork()
        if self.process == 0:
            os.close(self.out)
            status = 1
            try:
                _work(self.every, self.seed, numbers, self.folder, inside)
                status = 0
            finally:
                os._exit(status)
        os.close(inside)

    def heard(self) -> bool:
        """Whether there is more to come."""
        told = os.read(self.out, 2**16)
        *lines, self._held = (self._held + told).split(b"\n")
        for line in lines:
            record = json.loads(line)
            if "begun" in record:
                self.at = record["begun"]
            else:
                self.found[record["number"]] = record["problem"]
        if told:
            return True
        os.close(self.out)
        _pid, status = os.waitpid(self.process, 0)
        if status == 0:
            return False
        ended = f"signal {signal.Signals(os.WTERMSIG(status)).name}" if os.WIFSIGNALED(status) else f"status {status}"
        hint = f" (more than {watched.SECONDS} seconds of processor time)" if "SIGPROF" in ended else ""
        self.found[self.at] = f"it ended the process: {ended}{hint}"
        if self.at + 1 >= self.numbers.stop:
            return False
        self._start(range(self.at + 1, self.numbers.stop))
        return True


def run(every: dict[str, Kind], seed: int, inputs: int, jobs: int) -> dict[int, str]:
    """What was found, by the input's number."""
    found: dict[int, str] = {}
    with tempfile.TemporaryDirectory(prefix="stepwise-fuzz-") as name:
        each = -(-inputs // jobs)
        workers = {}
        for job in range(jobs):
            worker = _Worker(every, seed, range(job * each, min(inputs, (job + 1) * each)), Path(name) / str(job))
            workers[worker.out] = worker
        while workers:
            for out in select.select(list(workers), [], [])[0]:
                worker = workers.pop(out)
                if worker.heard():
                    workers[worker.out] = worker
                else:
                    found |= worker.found
    return found


def main(arguments: list[str]) -> int:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="")
    parser.add_argument("--keep", type=Path)
    chosen = parser.parse_args(arguments)
    if os.environ.get("MALLOC_ARENA_MAX") != "1":  # each thread would be given 64 MB of addresses, which are counted
        os.environ["MALLOC_ARENA_MAX"] = "1"
        os.execv(sys.executable, [sys.executable, "-m", "tests.fuzz", *arguments])
    warnings.simplefilter("error")
    every = with_requests(kinds())
    if chosen.only:
        every = {name: every[name] for name in chosen.only.split(",")}
    print(f"{chosen.inputs:,} inputs with --seed {chosen.seed}", flush=True)
    found = run(every, chosen.seed, chosen.inputs, chosen.jobs)
    alike: Counter[tuple[str, str]] = Counter()
    for number, problem in sorted(found.items()):
        one = made(every, chosen.seed, number)
        where = [line for line in problem.splitlines() if "stepwise/" in line and line.lstrip().startswith("File")]
        last = (where[-1] if where else "") + problem.strip().splitlines()[-1][:160]
        alike[one.kind, last] += 1
        if chosen.keep and alike[one.kind, last] <= 2:
            chosen.keep.mkdir(parents=True, exist_ok=True)
            (chosen.keep / f"{one.kind}-{number}-{Path(one.file).name}").write_bytes(one.data)
        if alike[one.kind, last] == 1:
            print(f"\n#{number} {one.kind}: {one.command}\n{problem}", flush=True)
    for (kind, last), count in alike.most_common():
        print(f"{count:6,} × {kind}: {last}")
    print(f"{len(found):,} of {chosen.inputs:,} inputs found something" if found else "nothing was found")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
