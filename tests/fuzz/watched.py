"""One input tried, and all that must hold of it: a sentence at most, no harm, and nothing left behind.

A process that watches can do nothing else: what it writes is refused outside one folder, and it has so much memory.
"""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from stepwise.errors import StepwiseError, shortened
from stepwise.grading.child import Child
from stepwise.grading.marker import ClassMarker
from stepwise.grading.marks import Mark
from stepwise.grading.submission import Submission
from stepwise.render import pdf, typesetter
from tests.command import run
from tests.fuzz.kind import OUT, Command

SECONDS = 45
"""Processor time that one input may take before it is called a hang: 30 s by estimate are not refused, and machines
differ. All but a few take milliseconds."""
MEMORY = 2**30
"""Bytes that one input may need beyond what the process had before it."""
MOST_GROWN = 2**29
"""Bytes that a process may have come to hold by all its inputs; then another takes its place."""
LONGEST_SENTENCE = 2000
JUDGES = ("check", "verify", "prove", "why")
"""Commands that end with 1 where something is wrong; what is told of a record is replayed first."""
NEVER = {
    "os.system",
    "os.exec",
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
    "os.spawn",
    "subprocess.Popen",
    "pickle.find_class",
    "socket.connect",
    "socket.bind",
    "socket.sendto",
    "socket.getaddrinfo",
    "ctypes.dlopen",
    "os.putenv",
    "os.chmod",
    "os.chown",
    "os.symlink",
    "os.kill",
    "webbrowser.open",
}
"""What Python tells its auditors and no file may bring about."""
WRITES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.truncate", "shutil.rmtree"}

EXECUTING = ("collections", "dataclasses", "enum", "typing")
"""What makes classes executes text of its own."""

_done: list[str] = []  # what was done that must not be, since the present input began
_within: list[str] = []  # the folder that may be written in; empty while nobody watches


def limit() -> None:
    """Bound this process, and watch what it does. Cannot be undone."""
    threading.stack_size(2**18)  # every command that marks has a watching thread, and there are many in one process
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**28, 2**28))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(_audited)


def has() -> int:
    """Bytes of addresses that this process has."""
    with open("/proc/self/statm") as told:
        return int(told.read().split()[0]) * resource.getpagesize()


@contextlib.contextmanager
def _bounded() -> Iterator[None]:
    """What one input needs is bounded, whatever is remembered of those before it."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (has() + MEMORY, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def _audited(event: str, arguments: tuple[Any, ...]) -> None:
    if not _within:
        return
    if event in NEVER and not (event == "subprocess.Popen" and is_typesetter(*arguments)):
        _done.append(f"{event} {arguments!r:.200}")
    elif event == "open" and isinstance(arguments[0], str | bytes) and _writes(arguments[1], arguments[2]):
        _check(event, arguments[0])
    elif event in WRITES:
        both = event in ("os.rename", "os.link")
        for name, folder in zip(arguments[: 1 + both], arguments[-1 - both :]):
            within = isinstance(folder, int) and folder >= 0 and len(arguments) > 1
            inside = f"/proc/self/fd/{folder}/" if within else ""
            _check(event, name if isinstance(name, int) else os.path.join(inside, os.fsdecode(name)))
    elif event == "exec" and getattr(arguments[0], "co_filename", "") == "<string>" and _caller() not in EXECUTING:
        _done.append(f"exec {arguments[0]!r}")


def is_typesetter(program: Any, words: Any, _folder: Any, environment: Any) -> bool:
    """The one program that is started: typst, alone, with words and surroundings of our own (see `SECURITY.md`)."""
    ours = [sys.executable, "-P", typesetter.__file__]
    fonts, seconds = ["True", "False"], [str(pdf.SECONDS)]
    return (
        program == sys.executable
        and isinstance(words, list)
        and words[:3] == ours
        and len(words) == 5
        and words[3] in fonts
        and words[4:] == seconds
        and environment["HOME"] == environment["TMPDIR"] == typesetter.NOWHERE
        and not {name for name in environment if name.startswith(("PYTHON", "LD_"))}
    )


def _caller() -> str:
    return str(sys._getframe(2).f_globals.get("__name__"))


def _writes(mode: Any, flags: Any) -> bool:
    if isinstance(mode, str) and set(mode) & set("wax+"):
        return True
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


def _check(event: str, name: Any) -> None:
    if isinstance(name, int):
        return
    place = os.path.realpath(os.fsdecode(name))
    allowed = place.startswith((_within[0], "/proc/self/fd/", "/dev/null")) or "__pycache__" in place
    if not allowed:
        _done.append(f"{event} {place}")


def tried(folder: Path, file: str, data: bytes, command: Command) -> str:
    """What is wrong with how an input was taken; empty where nothing is."""
    place = folder / file
    shutil.rmtree(folder / OUT, ignore_errors=True)
    (folder / OUT).mkdir()
    place.write_bytes(data)
    before = _all(folder)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    _done.clear()
    _within[:] = [os.path.realpath(folder / OUT)]
    try:
        with _advice(), _bounded(), _marked_here():
            problem = _of_words(command, folder) if isinstance(command, tuple) else _of_call(command, folder)
    finally:
        _within.clear()
        signal.setitimer(signal.ITIMER_PROF, 0)
    left = _all(folder)
    if not problem and left != before:
        problem = f"it left {sorted(left ^ before)}"
    return "; ".join(([problem] if problem else []) + _done)


@contextlib.contextmanager
def _marked_here() -> Iterator[None]:
    """Answers are marked in this process, which is watched, and not in one of their own, where nobody would see."""

    def marks(self: Child, batch: Sequence[Submission]) -> Iterator[list[Mark]]:
        marker = ClassMarker(self.assignment)
        yield [marker.mark(submission) for submission in batch]

    apart = Child.marks
    Child.marks = marks  # type: ignore[method-assign]
    try:
        yield
    finally:
        Child.marks = apart  # type: ignore[method-assign]


@contextlib.contextmanager
def _advice() -> Iterator[None]:
    """Notes what Python would print of its own grammar: as errors, those warnings are taken for mistakes in a file."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", SyntaxWarning)
        yield
    _done.extend(f"Python prints: {one.message}" for one in told)


def _all(folder: Path) -> set[str]:
    """Every file; in the folder that may be written in, what is half done."""
    return {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and (path.relative_to(folder).parts[0] != OUT or path.name.startswith("."))
    }


def _of_words(words: Sequence[str], folder: Path) -> str:
    with contextlib.chdir(folder):
        try:
            done = run(*words)
        except Exception:
            return traceback.format_exc()
    if done.status not in (0, 1, 2):
        return f"it ended with {done.status}"
    if done.status == 1 and words[0] not in JUDGES:
        return "it ended with 1, but nothing was to be judged"
    if done.status == 2 and words[0] == "prove" and not done.err:
        return ""  # undecided, and the lesson says why
    if done.status == 2:
        problem = sentence(done.err.removeprefix("stepwise: "))
        told_in_part = words[0] == "check" and "a person has to look at the answer" in done.err
        if done.out and not told_in_part:  # of several parts, those that could be read are told
            return f"it printed something, too: {done.out[:200]!r}"
        written = [path.name for path in (folder / OUT).rglob("*") if path.is_file() and path.suffix != ".unfinished"]
        return problem or (f"it wrote {written}" if written else "")
    return "a traceback is printed" if "Traceback" in done.err else ""


def _of_call(call: Callable[[Path], object], folder: Path) -> str:
    try:
        call(folder)
    except StepwiseError as error:
        return sentence(shortened(str(error)))  # as the command line tells it
    except Exception:
        return traceback.format_exc()
    return ""


def sentence(told: str) -> str:
    """What is wrong with a message as the one sentence that a mistake is told in; empty where nothing is."""
    told = told.removesuffix("\n")
    if not told.strip() or len(told) > LONGEST_SENTENCE:
        return f"its message has {len(told)} characters: {told[:200]!r}"
    for words in (
        "Traceback",
        "the output cannot be written",
        "not enough memory",
        "object at 0x",
        "Errno",
        "int_max_str",
    ):
        if words in told:
            return f"its message is not about what was given: {told[:300]!r}"
    return ""
