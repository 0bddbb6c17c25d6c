"""Worker processes on this machine, which end with the process that started them, whatever ends that."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import active_children, get_context, parent_process
from threading import Thread
from typing import Any, TypeVar

from ..effort import allow_large_here, is_large_allowed

T = TypeVar("T")


class Pool:
    """Processes that have been entered and take work, and can be ended at once.

    `enter` is called once in each with `arguments`; it and all work are functions of a module, which are sent by name.
    """

    def __init__(self, count: int, enter: Callable[..., None], arguments: tuple[Any, ...]) -> None:
        self._others = set(active_children())
        # Spawned, not forked: a forked copy of a program with threads may hang.
        self._pool = ProcessPoolExecutor(count, get_context("spawn"), _start, (is_large_allowed(), enter, arguments))

    def submit(self, work: Callable[..., T], *arguments: Any) -> Future[T]:
        """The result to come. Raises `BrokenProcessPool` where a process has died."""
        with deaf_children():  # any call may start one more process
            return self._pool.submit(work, *arguments)

    def map(self, work: Callable[..., T], *arguments: Iterable[Any]) -> Iterator[T]:
        """The results in order. Raises `BrokenProcessPool` where a process dies."""
        with deaf_children():
            return self._pool.map(work, *arguments)

    def kill(self) -> None:
        """End the processes now, whatever they are at."""
        for process in set(active_children()) - self._others:
            process.kill()

    def close(self) -> None:
        """Wait for what is being worked at, and end the processes."""
        self._pool.shutdown(cancel_futures=True)


def _start(large: bool, enter: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    Thread(target=_end_with_parent, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where it is not inherited
    if large:
        allow_large_here()
    enter(*arguments)


def _end_with_parent() -> None:
    """Ends a worker whose first process was killed: nobody else would, and it would wait for work for ever."""
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


@contextmanager
def deaf_children() -> Iterator[None]:
    """What is started here does not hear Ctrl-C, which reaches the whole group: only the first process answers it.

    It is held back, not ignored, so that none is lost that comes meanwhile; children inherit that, from birth.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
