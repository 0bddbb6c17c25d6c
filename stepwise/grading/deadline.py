"""A bound on the time that one answer may take, in whatever thread it is marked.

Sizes are bounded before, so nothing should ever take this long; this is for what nobody thought of. It breaks off work
between two steps of Python only: one search of `re` or one call of NumPy, however long, runs to its end. That is why
every pattern is tried with long runs of signs (`tests/unit/test_patterns.py`).
"""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

SECONDS = 10.0
_LOOK = 0.1  # seconds between two looks
_IDLE = 1.0  # seconds without work after which nobody watches


class TooSlowError(BaseException):  # what catches every Exception must not catch this
    """Raised inside the work that has run out of time."""


class Deadline:
    """Runs work in the thread it is called from and breaks it off when its time is over.

    One watching thread serves any number of calls, so that a call costs microseconds; a signal would do in a main
    thread only, and a Dask worker marks in others. Raises `TooSlowError`.
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self._lock = threading.Lock()
        self._ends: float | None = None
        self._thread = 0
        self._fired = False
        self._watching = False

    def run(self, work: Callable[[], T]) -> T:
        """What the work gives. One call at a time."""
        with self._lock:
            self._thread, self._fired, self._ends = threading.get_ident(), False, time.monotonic() + self.seconds
            if not self._watching:
                self._watching = True
                threading.Thread(target=self._watch, daemon=True, name="stepwise deadline").start()
        try:
            return work()
        except TooSlowError:
            self._fired = False
            raise
        finally:
            with self._lock:
                self._ends = None
            for _ in range(1000 if self._fired else 0):  # it is on its way, and must not arrive in what comes next
                time.sleep(0.001)

    def _watch(self) -> None:
        idle = 0
        while True:
            time.sleep(_LOOK)
            with self._lock:
                if self._ends is None:
                    idle += 1
                    if idle * _LOOK > _IDLE:  # nothing to watch: the next call starts another
                        self._watching = False
                        return
                elif time.monotonic() > self._ends:
                    self._ends, self._fired = None, True
                    raised = ctypes.py_object(TooSlowError)
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._thread), raised)
                else:
                    idle = 0
