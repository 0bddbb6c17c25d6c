"""Answers marked in a process of their own, which ends where one takes too long.

Sizes are bounded before, so nothing should ever take this long; this is for what nobody thought of: a search of `re`
or a call of NumPy that does not come back, a fault that ends the process. What is lost is that one answer's mark.
"""

from __future__ import annotations

import faulthandler
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from multiprocessing import get_context
from typing import Any, BinaryIO, cast

from ..dataclass import dataclass
from ..effort import allow_large_here, is_large_allowed
from ..errors import StepwiseError
from ..exercises.assignment import Assignment
from ..language import _, speaking
from .marker import ClassMarker, refused
from .marks import Mark
from .pool import deaf_children
from .submission import Submission

SECONDS = 10.0
"""The longest that one answer may take."""
_TELL_SECONDS = 0.1  # so often marks are handed over, where a batch takes longer
_SLACK = 0.1  # the clock is set anew where so much of the time is over: setting it costs more than marking an answer
DIED = "marking it ended the process that tried, every time; look at it by hand"
_PROGRAM = "import sys; sys.path[:] = {path!r}; from stepwise.grading.child import main; main()"


class _EndedError(Exception):
    """The process ended instead of giving a mark."""

    def __init__(self, slow: bool) -> None:
        self.slow = slow  # the time was over


@dataclass(frozen=True)
class _Running:
    """A process that waits for answers."""

    send: BinaryIO
    receive: BinaryIO
    kill: Callable[[], None]  # and wait for its end


class Child:
    """A process that marks what it is sent, and is replaced where an answer ends it.

    Marking never raises for what is in an answer: one that takes longer than `seconds`, or that ends the process twice,
    gets no mark, and the reason is said.
    """

    def __init__(self, assignment: Assignment, seconds: float = SECONDS) -> None:
        self.assignment, self.seconds = assignment, seconds
        self._running: _Running | None = None
        self._killed = False

    def marks(self, batch: Sequence[Submission]) -> Iterator[list[Mark]]:
        """The marks in order, as they come."""
        rest = list(batch)
        try:
            for marks in self._marked(rest):
                rest = rest[len(marks) :]
                yield marks
        except _EndedError as ended:
            if len(rest) == len(batch) == 1 and ended.slow:
                yield [self._given_up(rest[0], slow=True)]
                return
            for one in rest:
                yield [self._alone(one)]

    def _alone(self, submission: Submission) -> Mark:
        """A mark of what came after the last one before the process ended: one of these did it."""
        try:
            return next(self._marked([submission]))[0]
        except _EndedError as ended:
            return self._given_up(submission, ended.slow)

    def _given_up(self, submission: Submission, slow: bool) -> Mark:
        if not slow:
            return refused(submission, self.assignment, DIED)
        with speaking(self.assignment.exercises[submission.variant].language):
            why = _("marking it took more than {n} seconds").format(n=f"{self.seconds:g}")
            why = _("{name}: {why}").format(name=submission.name, why=why)
        return refused(submission, self.assignment, why)

    def _marked(self, batch: Sequence[Submission]) -> Iterator[list[Mark]]:
        running = self._running = self._running or self._started()
        if self._killed:  # while it started
            self.close()
            raise StepwiseError("marking was stopped")
        last = time.monotonic()
        missing = len(batch)
        try:
            # One by one: what ends a process while it is read shall take no other answer with it.
            _send([pickle.dumps(submission, -1) for submission in batch], running.send)
            while missing:
                marks: list[Mark] = _received(running.receive)
                missing -= len(marks)
                last = time.monotonic()
                yield marks
        except _NOTHING_CAME:
            slow = time.monotonic() - last >= self.seconds
            self.close()
            if self._killed:
                raise StepwiseError("marking was stopped") from None
            raise _EndedError(slow) from None

    def _started(self) -> _Running:
        with deaf_children():
            running = _copied(self) if _can_be_copied() else _program(self)
        try:
            _received(running.receive)
        except _NOTHING_CAME:
            running.kill()
            raise StepwiseError(
                f"the process that marks answers does not start; try {sys.executable} -c 'import stepwise'"
            ) from None
        return running

    def kill(self) -> None:
        """End the process, whatever it is at; no other comes after it."""
        self._killed = True
        self.close()

    def close(self) -> None:
        """End the process; it is started again where there is more to mark."""
        running, self._running = self._running, None
        if running is not None:
            running.kill()


# What is said from one to the other; each knows the other, and nobody else can write there

_NOTHING_CAME = (EOFError, pickle.UnpicklingError, OSError)


def _send(message: object, to: BinaryIO) -> None:
    pickle.dump(message, to, -1)
    to.flush()


def _received(source: BinaryIO) -> Any:
    return pickle.load(source)  # noqa: S301 - as said above


# Started


def _can_be_copied() -> bool:
    """Whether a copy of this process is safe: none of Python's threads is in the midst of something.

    A copy is there at once, a new process has to load NumPy and all else. (OpenBLAS ends its own threads before.)
    """
    return sys.platform == "linux" and threading.active_count() == 1


def _copied(child: Child) -> _Running:
    here, send = os.pipe()
    receive, there = os.pipe()
    context = get_context("fork")
    process = context.Process(target=_copy, args=(child.assignment, child.seconds, here, there), daemon=True)
    process.start()
    os.close(here)
    os.close(there)
    ends = os.fdopen(send, "wb"), os.fdopen(receive, "rb")

    def kill() -> None:
        process.kill()
        process.join()
        process.close()
        _closed(*ends)

    return _Running(*ends, kill)


def _copy(assignment: Assignment, seconds: float, here: int, there: int) -> None:
    for name in ("SIGTERM", "SIGHUP", "SIGALRM", "SIGPROF"):
        signal.signal(getattr(signal, name), signal.SIG_DFL)
    low, high = sorted((here, there))  # no file of the first process is held open: the journal's lock ends with it
    for start, end in ((3, low), (low + 1, high), (high + 1, os.sysconf("SC_OPEN_MAX"))):
        os.closerange(start, end)
    _serve(assignment, seconds, os.fdopen(here, "rb"), os.fdopen(there, "wb"))


def _program(child: Child) -> _Running:
    """A Python of its own, which does not run the caller's script again: that script needs no main guard."""
    process = subprocess.Popen(  # noqa: S603 - it is this Python
        [sys.executable, "-c", _PROGRAM.format(path=sys.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    ends = cast(BinaryIO, process.stdin), cast(BinaryIO, process.stdout)

    def kill() -> None:
        process.kill()
        process.wait()
        _closed(*ends)

    running = _Running(*ends, kill)
    with suppress(OSError):  # it has ended: reading from it says so
        _send((child.assignment, child.seconds, is_large_allowed()), running.send)
    return running


def _closed(*files: BinaryIO) -> None:
    for file in files:
        with suppress(OSError):  # what was not sent has no reader any more
            file.close()


# In the child


def main() -> None:
    """Mark what standard input brings, until it ends."""
    receive, send = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what is printed by mistake is no mark
    try:
        assignment, seconds, large = _received(receive)
    except _NOTHING_CAME:
        return  # the first process has ended before it said what to mark
    if large:
        allow_large_here()
    _serve(assignment, seconds, receive, send)


def _serve(assignment: Assignment, seconds: float, receive: BinaryIO, send: BinaryIO) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where it is not inherited
    marker = ClassMarker(assignment)
    with suppress(*_NOTHING_CAME), open(os.devnull, "w") as nowhere:  # then the first process has ended
        _send(None, send)
        while True:
            _mark(marker, _received(receive), seconds, send, nowhere.fileno())


def _mark(marker: ClassMarker, batch: Sequence[bytes], seconds: float, send: BinaryIO, nowhere: int) -> None:
    waiting: list[Mark] = []
    ends, sent = 0.0, time.monotonic()
    for packed in batch:
        now = time.monotonic()
        if now > ends - seconds:
            # It ends the process without asking Python, which may be in one long call.
            ends = now + seconds * (1 + _SLACK)
            faulthandler.dump_traceback_later(seconds * (1 + _SLACK), exit=True, file=nowhere)
        if waiting and now - sent > _TELL_SECONDS:
            _send(waiting, send)
            waiting, sent = [], now
        waiting.append(marker.mark(pickle.loads(packed)))  # noqa: S301 - from the process that started this one
    faulthandler.cancel_dump_traceback_later()
    _send(waiting, send)
