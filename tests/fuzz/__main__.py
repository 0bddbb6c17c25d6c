"""Strike good files and requests, and draw whole ones, until something gives: `make fuzz`.

    python -m tests.fuzz [--inputs 100000] [--seed N] [--jobs 2] [--only KIND,…] [--keep DIR]

Inputs come in pieces: one piece is struck (`blows`), the next is drawn by Hypothesis (`drawn`), which makes what it
found smaller. Every input is tried in a process that is bounded and watched, and started again after an input that
ended it. What was found is told, and kept in a folder from which it can be put into `cases`. Exit status 1 where
something was found.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a process with one thread can be copied

import argparse
import base64
import json
import random
import select
import signal
import sys
import tempfile
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky

from tests.fuzz import requests, watched
from tests.fuzz.kind import POOL, Input, Kind
from tests.fuzz.kinds import kinds

ORDERS = "requests"
"""The kind whose inputs are no files but words."""
SHARE = 0.25
"""How many of the struck inputs are words."""
PIECE = 50
"""Inputs that are struck or drawn one after the other."""
GROWN = 98
"""The exit status of a process that has come to hold much, and that another takes the place of."""
BROKEN = 99
"""The exit status of a process whose own work has failed, and not that of an input."""
NOW = "now.json"
"""The file that says what is being tried, for when it ends the process."""
LEFT = "left.txt"
"""The file that says which piece the next process begins with."""


def made(every: dict[str, Kind], seed: int, number: int) -> Input:
    """The struck input of a number, the same for the same seed."""
    chance = random.Random(f"{seed}-{number}")
    names = sorted(name for name, kind in every.items() if kind.seeds)
    if ORDERS in every and (not names or chance.random() < SHARE):
        words = requests.request(chance)
        return Input(ORDERS, "words.json", requests.packed(words), tuple(words))
    kind = every[chance.choice(names)]
    data = chance.choice(kind.seeds)
    others = [seed for seed in kind.seeds if seed is not data]
    for _ in range(chance.choice((1, 1, 1, 2))):
        try:
            data = chance.choice(kind.views)(chance, data, others)
        except Exception:
            break  # a second blow, to what is no such file any more
    return Input(kind.name, kind.file, data, chance.choice(kind.commands))


class _FoundError(Exception):
    """What a drawn input brought about, so that Hypothesis looks for a smaller one."""

    def __init__(self, one: Input, problem: str) -> None:
        self.one, self.problem = one, problem


def drawn(every: dict[str, Kind], seed: int, count: int, attempt: Callable[[Input], str]) -> _FoundError | None:
    """Draws so many inputs and tries them; what the smallest is with which something was found."""
    of_each = [
        drawn.map(lambda found, kind=kind: Input(kind.name, kind.file, *found))  # type: ignore[misc]
        for kind in every.values()
        if (drawn := kind.drawn) is not None
    ]

    @hypothesis.seed(seed)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    @hypothesis.given(st.one_of(of_each))
    def each(one: Input) -> None:
        if problem := attempt(one):
            raise _FoundError(one, problem)

    try:
        each()
    except _FoundError as found:
        return found
    return None


def laid_out(every: dict[str, Kind], folder: Path) -> None:
    """What lies beside the files, a folder for each kind."""
    for kind in every.values():
        for name, data in kind.beside.items():
            (folder / kind.name / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / kind.name / name).write_bytes(data)
        (folder / kind.name / kind.file).parent.mkdir(parents=True, exist_ok=True)


_BESIDE_ORDERS = {"pool.yaml": POOL.encode(), "templates/html/prose.html.jinja": b"{{ block.text }}"}


def with_requests(every: dict[str, Kind]) -> dict[str, Kind]:
    """The kinds, and the requests that are no files."""
    return every | {ORDERS: Kind(ORDERS, "words.json", (), (), (), _BESIDE_ORDERS)}


def _noted(one: Input, at: tuple[int, int], problem: str = "") -> bytes:
    """An input, and where in the row of all inputs it was, for the process that watches."""
    data = base64.b64encode(one.data).decode()
    told = {"at": at, "kind": one.kind, "file": one.file, "command": repr(one.command), "data": data}
    return json.dumps(told | {"problem": problem[-3000:]}).encode()


class _Work:
    """What a process does that tries inputs: a piece after another."""

    def __init__(self, every: dict[str, Kind], seed: int, folder: Path, out: int) -> None:
        self.every, self.seed, self.folder, self.out = every, seed, folder, out
        self.can_draw = any(kind.drawn is not None for kind in every.values())
        self.can_strike = ORDERS in every or any(kind.seeds for kind in every.values())

    def all(self, begin: tuple[int, int], end: int) -> int:
        """The pieces up to one, from an input of the first on; the first that is left, where it has grown too large."""
        laid_out(self.every, self.folder)
        (self.folder / "temporary").mkdir(exist_ok=True)
        tempfile.tempdir = str(self.folder / "temporary")
        watched.limit()
        most = watched.has() + watched.MOST_GROWN
        for piece in range(begin[0], end):
            if watched.has() > most:
                return piece
            first = begin[1] if piece == begin[0] else 0
            if self.can_draw and (piece % 2 or not self.can_strike):
                if not first:
                    self._draw(piece)
                continue
            for number in range(first, PIECE):
                one = made(self.every, self.seed, piece * PIECE + number)
                if problem := self._try(one, (piece, number + 1)):
                    os.write(self.out, _noted(one, (piece, number + 1), problem) + b"\n")
        return end

    def _draw(self, piece: int) -> None:
        with suppress(Flaky):
            found = drawn(self.every, self.seed * 1_000_003 + piece, PIECE, lambda one: self._try(one, (piece, PIECE)))
            if found is not None:
                os.write(self.out, _noted(found.one, (piece, PIECE), found.problem) + b"\n")

    def _try(self, one: Input, after: tuple[int, int]) -> str:
        (self.folder / NOW).write_bytes(_noted(one, after))
        return watched.tried(self.folder / one.kind, one.file, one.data, one.command)


class _Worker:
    """A process that tries some pieces, and is replaced when an input ends it."""

    def __init__(self, every: dict[str, Kind], seed: int, pieces: range, folder: Path) -> None:
        self.every, self.seed, self.end, self.folder = every, seed, pieces.stop, folder
        self.found: list[dict[str, Any]] = []
        folder.mkdir(parents=True)
        self._start((pieces.start, 0))

    def _start(self, begin: tuple[int, int]) -> None:
        self.out, inside = os.pipe()
        self._held = b""
        self.process = os.fork()
        if self.process == 0:
            os.close(self.out)
            status = 1
            try:
                left = _Work(self.every, self.seed, self.folder, inside).all(begin, self.end)
                (self.folder / LEFT).write_text(str(left))
                status = 0 if left == self.end else GROWN
            except BaseException:
                print(traceback.format_exc()[:4000], file=sys.stderr, flush=True)
                status = BROKEN
            finally:
                os._exit(status)
        os.close(inside)

    def heard(self) -> bool:
        """Whether there is more to come."""
        told = os.read(self.out, 2**16)
        *lines, self._held = (self._held + told).split(b"\n")
        self.found += map(json.loads, lines)
        if told:
            return True
        os.close(self.out)
        _pid, status = os.waitpid(self.process, 0)
        if status == 0:
            return False
        if os.waitstatus_to_exitcode(status) == GROWN:
            self._start((int((self.folder / LEFT).read_text()), 0))
            return True
        if os.waitstatus_to_exitcode(status) == BROKEN:
            raise RuntimeError("the fuzzer itself has failed; see above")
        ended = f"signal {signal.Signals(os.WTERMSIG(status)).name}" if os.WIFSIGNALED(status) else f"status {status}"
        hint = f" (more than {watched.SECONDS} seconds of processor time)" if "SIGPROF" in ended else ""
        last = json.loads((self.folder / NOW).read_bytes())
        self.found.append(last | {"problem": f"it ended the process: {ended}{hint}"})
        self._start(tuple(last["at"]))
        return True


def run(every: dict[str, Kind], seed: int, inputs: int, jobs: int, tell: Callable[[dict[str, Any]], None]) -> None:
    """Tells what is found as it comes, each with its input: whoever stops a run knows what it had found."""
    with tempfile.TemporaryDirectory(prefix="stepwise-fuzz-") as name:
        pieces = -(-inputs // PIECE)
        each = -(-pieces // jobs)
        workers = {}
        for job in range(jobs):
            worker = _Worker(every, seed, range(job * each, min(pieces, (job + 1) * each)), Path(name) / str(job))
            workers[worker.out] = worker
        while workers:
            for out in select.select(list(workers), [], [])[0]:
                worker = workers.pop(out)
                more = worker.heard()
                for one in worker.found:
                    tell(one)
                worker.found.clear()
                if more:
                    workers[worker.out] = worker


class _Found:
    """What was found: the first of what is alike is told, and the first two are kept in a folder."""

    def __init__(self, keep: Path | None) -> None:
        self.keep, self.alike = keep, Counter[tuple[str, str]]()

    def told(self, one: dict[str, Any]) -> None:
        problem = one["problem"]
        where = [line for line in problem.splitlines() if "stepwise/" in line and line.lstrip().startswith("File")]
        last = (where[-1] if where else "") + problem.strip().splitlines()[-1][:160]
        self.alike[one["kind"], last] += 1
        count = self.alike[one["kind"], last]
        if self.keep and count <= 2:
            self.keep.mkdir(parents=True, exist_ok=True)
            place = "-".join(map(str, (one["kind"], *one["at"], Path(one["file"]).name)))
            (self.keep / place).write_bytes(base64.b64decode(one["data"]))
        if count == 1:
            print(f"\n{one['kind']}: {one['command'][:2000]}\n{problem}", flush=True)


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
    found = _Found(chosen.keep)
    run(every, chosen.seed, chosen.inputs, chosen.jobs, found.told)
    alike = found.alike
    for (kind, last), count in alike.most_common():
        print(f"{count:6,} × {kind}: {last}")
    count = alike.total()
    print(f"{count:,} of {chosen.inputs:,} inputs found something" if count else "nothing was found")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
