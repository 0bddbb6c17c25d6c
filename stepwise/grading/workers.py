"""Where answers are marked: in one process beside this one, in several, or on a Dask cluster.

Each way takes batches and gives their marks in the same order, with only a few batches on their way at any time; so
memory stays flat, and the report is the same byte for byte. A process that dies takes no other answer with it: what it
had not marked is marked again, one answer at a time, and an answer that ends every process is listed as such.
To add a way: a `Runner`.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from queue import SimpleQueue
from threading import local
from typing import Any

from ..errors import MissingExtra, StepwiseError
from ..exercises.assignment import Assignment
from .child import DIED, SECONDS, Child
from .marker import refused
from .marks import Mark
from .submission import Submission

Batch = list[Submission]
Runner = Callable[[Iterator[Batch]], Generator[list[Mark], None, None]]

BATCH_NEAR, BATCH_FAR = 64, 256
"""Answers that are sent together: to a process on this machine, over a network. A stopped run loses no more."""
BATCH_BYTES = 2**20
"""A batch ends where it has so many bytes of answers."""
LOOK_SECONDS = 2.0
"""So often a cluster is asked how many workers it has now."""
MOST_WORKERS = 256
CONNECT_SECONDS = 10
_AHEAD = 3  # batches on their way for each worker


def in_one(assignment: Assignment, seconds: float = SECONDS) -> Runner:
    """One answer after another, in one process beside this one."""

    def run(batches: Iterator[Batch]) -> Generator[list[Mark], None, None]:
        with closing(Child(assignment, seconds)) as child:
            for batch in batches:
                yield from child.marks(batch)

    return run


def in_processes(assignment: Assignment, workers: int, seconds: float = SECONDS) -> Runner:
    """In so many processes on this machine. Raises `StepwiseError` for a number there cannot be."""
    if not 1 <= workers <= MOST_WORKERS:
        raise StepwiseError(f"{workers} workers are not possible; give 1 to {MOST_WORKERS}")

    def run(batches: Iterator[Batch]) -> Generator[list[Mark], None, None]:
        free: SimpleQueue[Child] = SimpleQueue()
        children = [Child(assignment, seconds) for _ in range(workers)]
        for child in children:
            free.put(child)

        def mark(batch: Batch) -> list[Mark]:
            child = free.get()
            try:
                return [mark for marks in child.marks(batch) for mark in marks]
            finally:
                free.put(child)

        threads = ThreadPoolExecutor(workers)
        try:
            waiting: deque[Future[list[Mark]]] = deque()
            for batch in batches:
                waiting.append(threads.submit(mark, batch))
                if len(waiting) >= workers * _AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:  # stopped, nobody waits for what is still being marked
            for child in children:
                child.kill()
            threads.shutdown(cancel_futures=True)

    return run


# A Dask cluster


_children = local()  # each thread of a worker has its own


def _mark_there(assignment: Assignment, seconds: float, batch: Batch) -> list[Mark]:
    child: Child | None = getattr(_children, "child", None)
    if child is None or (child.assignment.fingerprint, child.seconds) != (assignment.fingerprint, seconds):
        if child is not None:
            child.close()
        child = _children.child = Child(assignment, seconds)
    return [mark for marks in child.marks(batch) for mark in marks]


def on_dask(assignment: Assignment, address: str, seconds: float = SECONDS) -> Runner:
    """On the workers of a Dask scheduler, such as `tcp://10.0.0.1:8786`; stepwise must be installed on them.

    Raises `MissingExtra` where Dask is not installed, `StepwiseError` where no scheduler answers.
    """
    try:
        from distributed import Client, KilledWorker
    except ImportError:
        raise MissingExtra(
            'a Dask scheduler needs Dask, which is not installed; run pip install "stepwise-cnn[dask]"'
        ) from None

    def run(batches: Iterator[Batch]) -> Generator[list[Mark], None, None]:
        try:
            client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)  # type: ignore[no-untyped-call]
        except (OSError, ValueError, TimeoutError) as error:
            raise StepwiseError(
                f"no Dask scheduler answers at {address!r}; give its address, such as tcp://127.0.0.1:8786"
            ) from error
        with client:
            # A task, not scattered data: what a task gave is made again when the worker that held it dies.
            held = client.submit(_same, assignment, pure=False)
            count, threads, looked = 0, 1, -LOOK_SECONDS

            def sent(batch: Batch) -> Any:
                nonlocal count
                count += 1
                return client.submit(_mark_there, held, seconds, batch, key=f"{held.key}-{count}", pure=False)

            def result(batch: Batch, future: Any) -> list[Mark]:
                try:
                    marks: list[Mark] = future.result()
                except KilledWorker:
                    if len(batch) == 1:
                        return [refused(batch[0], assignment, DIED)]
                    return [mark for one in batch for mark in result([one], sent([one]))]
                except ImportError as error:
                    raise StepwiseError(
                        f"the workers of {address} cannot mark: {error}; install stepwise there"
                    ) from None
                return marks

            waiting: deque[tuple[Batch, Any]] = deque()
            for batch in batches:
                waiting.append((batch, sent(batch)))
                if time.monotonic() - looked > LOOK_SECONDS:
                    threads, looked = _threads(client), time.monotonic()
                while len(waiting) >= threads * _AHEAD:
                    yield result(*waiting.popleft())
            while waiting:
                yield result(*waiting.popleft())

    return run


def _same(assignment: Assignment) -> Assignment:
    return assignment


def _threads(client: Any) -> int:
    """How much the cluster does at once, now: workers come and go."""
    return max(1, int(sum(client.nthreads().values())))
