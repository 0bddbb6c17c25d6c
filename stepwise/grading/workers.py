"""Where answers are marked: in this process, in several on this machine, or on a Dask cluster.

Each way takes batches and gives their marks in the same order, with only a few batches on their way at any time; so
memory stays flat, and the report is the same byte for byte. A process that dies takes no other answer with it: its
batch is marked again, one answer at a time, and an answer that ends every process is listed as such.
To add a way: a `Runner`.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from ..errors import MissingExtra, StepwiseError
from ..exercises.assignment import Assignment
from .deadline import SECONDS
from .marker import ClassMarker, prepared, refused
from .marks import Mark
from .pool import Pool
from .submission import Submission

Batch = list[Submission]
Runner = Callable[[Iterator[Batch]], Generator[list[Mark], None, None]]

BATCH_HERE, BATCH_NEAR, BATCH_FAR = 1, 64, 256
"""Answers that are marked together: in this process, in another, over a network. A stopped run loses no more."""
BATCH_BYTES = 2**20
"""A batch ends where it has so many bytes of answers."""
LOOK_SECONDS = 2.0
"""So often a cluster is asked how many workers it has now."""
MOST_WORKERS = 256
CONNECT_SECONDS = 10
_AHEAD = 3  # batches on their way for each worker
_DIED = "marking it ended the process that tried, every time; look at it by hand"


def in_this_process(assignment: Assignment, seconds: float = SECONDS) -> Runner:
    """One answer after another, here."""
    marker = ClassMarker(assignment, seconds)

    def run(batches: Iterator[Batch]) -> Generator[list[Mark], None, None]:
        for batch in batches:
            yield [marker.mark(submission) for submission in batch]

    return run


# Processes on this machine

_marker: ClassMarker  # of a worker process


def _enter(assignment: Assignment, seconds: float) -> None:
    global _marker
    _marker = ClassMarker(assignment, seconds)


def _mark_here(batch: Batch) -> list[Mark]:
    return [_marker.mark(submission) for submission in batch]


def in_processes(assignment: Assignment, workers: int, seconds: float = SECONDS) -> Runner:
    """In so many processes on this machine. Raises `StepwiseError` for a number there cannot be."""
    if not 1 <= workers <= MOST_WORKERS:
        raise StepwiseError(f"{workers} workers are not possible; give 1 to {MOST_WORKERS}")

    def pool(count: int) -> Pool:
        return Pool(count, _enter, (assignment, seconds))

    def alone(batch: Batch) -> list[Mark]:
        """A batch whose process died, again in one of its own; an answer that ends this one too is given up."""
        marks: list[Mark] = []
        own = pool(1)
        for submission in batch:
            try:
                marks += own.submit(_mark_here, [submission]).result()
            except BrokenProcessPool:
                marks.append(refused(submission, assignment, _DIED))
                own.close()
                own = pool(1)
        own.close()
        return marks

    def run(batches: Iterator[Batch]) -> Generator[list[Mark], None, None]:
        many = pool(workers)
        try:
            waiting: deque[tuple[Batch, Any]] = deque()
            for batch in batches:
                waiting.append((batch, _sent(many, batch)))
                if len(waiting) < workers * _AHEAD:
                    continue
                done, broken = _next(waiting, alone)
                yield done
                if broken:
                    while waiting:
                        yield _next(waiting, alone)[0]
                    many.close()
                    many = pool(workers)
            while waiting:
                yield _next(waiting, alone)[0]
        except BaseException:  # stopped: nobody waits for what is still being marked
            many.kill()
            raise
        finally:
            many.close()

    return run


def _sent(pool: Pool, batch: Batch) -> Future[list[Mark]] | None:
    try:
        return pool.submit(_mark_here, batch)
    except BrokenProcessPool:  # known at once; `_next` will see to it
        return None


def _next(waiting: deque[tuple[Batch, Any]], alone: Callable[[Batch], list[Mark]]) -> tuple[list[Mark], bool]:
    """The marks of the batch that was sent first, and whether its process died."""
    batch, future = waiting.popleft()
    try:
        if future is not None:
            return future.result(), False
    except BrokenProcessPool:
        pass
    return alone(batch), True


# A Dask cluster


def _mark_there(assignment: Assignment, seconds: float, batch: Batch) -> list[Mark]:
    return [prepared(assignment, seconds).mark(submission) for submission in batch]


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
                        return [refused(batch[0], assignment, _DIED)]
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
