"""A process that has loaded everything, and copies itself for each command: hundreds of runs, without their start.

    one JSON line in:   {"folder": …, "words": […], "ends": {"signal": 9, "after": 0.01}, …}
    one JSON line out:  {"status": …, "out": …, "err": …, "seconds": …, "events": …, "left": […]}

`forked` workers are copies of the run, and not begun from nothing. `closed` is a stream that nobody reads. With
`vanishes` in place of a signal, that file is taken away.

`after` is in seconds; or `event` counts what the run does to files in its folder, and the signal comes just before that
one. `left` are processes of the run that are still there some time after it has ended.
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # a process with one thread can be copied

import contextlib
import io
import json
import resource
import signal
import sys
import tempfile
import time
import traceback
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NoReturn

import stepwise.grading.grading
import stepwise.sites.preview
import stepwise.worksheets.handout
from stepwise import stopping
from stepwise.cli import main
from stepwise.grading import pool

EVENTS = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.truncate", "shutil.rmtree"}
PATIENCE = 20
"""Seconds in which the processes of a run must have ended by themselves."""


def save(folder: str) -> None:
    """`Trace.save`, which is no command."""
    stepwise.trace("MaxPool2D(2, strides=1)", [[i * j % 7 for i in range(60)] for j in range(60)]).save(
        f"{folder}/t.json"
    )


def _own(name: object, folder: str) -> bool:
    """Whether a file is one of the run's, not of Python's; a name without a folder is one within a folder held open."""
    if not isinstance(name, str | bytes | os.PathLike):
        return False
    text = os.fsdecode(name)
    return not os.path.isabs(text) or text.startswith(folder)


def run(asked: dict[str, Any]) -> None:
    """In the copy: one command, with what is to happen to it."""
    os.setsid()
    os.chdir(asked["folder"])
    for name, number in asked.get("limits", {}).items():
        resource.setrlimit(getattr(resource, name), (number, number))
    if asked.get("nobody") and os.getuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
    ends, count = asked.get("ends") or {}, 0

    def audited(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal count
        if event not in EVENTS or not _own(arguments[0], asked["folder"]):
            return
        count += 1
        if count == ends.get("event"):
            os.kill(os.getpid(), ends["signal"])
        if asked.get("counted"):
            os.pwrite(3, b"%08d" % count, 0)

    if asked.get("forked"):
        vars(pool)["get_context"] = lambda _way: get_context("fork")
    signal.signal(signal.SIGINT, signal.default_int_handler)
    del stopping._answers[1:]  # of commands that were run in the process that this is a copy of
    stopping.begin()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    sys.argv = ["stepwise", *asked["words"]]
    if asked.get("counted") or "event" in ends:
        sys.addaudithook(audited)
    if asked["words"] == ["save"]:
        try:
            save(asked["folder"])
        except stepwise.StepwiseError as error:
            sys.stderr.write(f"stepwise: {error}\n")
            sys.exit(2)
        return
    main()


def copied(asked: dict[str, Any]) -> dict[str, Any]:
    """A run of one command in a copy of this process."""
    pipes = {name: os.pipe() for name in ("out", "err")}  # not files, whose size may be limited
    with tempfile.TemporaryFile() as events:
        if asked.get("closed"):
            os.close(pipes[asked["closed"]][0])
        begun = time.monotonic()
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # until the copy can answer it
        process = os.fork()
        if process == 0:
            _be_the_copy(asked, (pipes["out"][1], pipes["err"][1], events.fileno()))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        ends = asked.get("ends") or {}
        if "after" in ends:
            time.sleep(ends["after"])
            if "vanishes" in ends:
                os.unlink(ends["vanishes"])
            else:
                os.kill(process, ends["signal"])  # it is there, or waits to be asked how it ended
        _pid, status = os.waitpid(process, 0)
        seconds = time.monotonic() - begun
        told = {"status": os.waitstatus_to_exitcode(status), "seconds": seconds, "left": _left(process)}
        for name, (read, write) in pipes.items():
            os.close(write)
            if name == asked.get("closed"):
                told[name] = ""
                continue
            os.set_blocking(read, False)
            with open(read, "rb") as stream:
                told[name] = (stream.read() or b"").decode(errors="replace")
        return told | {"events": int(os.pread(events.fileno(), 8, 0) or 0)}


def _be_the_copy(asked: dict[str, Any], streams: tuple[int, ...]) -> NoReturn:
    status = 1
    try:
        for number, stream in enumerate(streams, 1):
            os.dup2(stream, number)
        sys.stdout, sys.stderr = (open(number, "w", encoding="utf-8", closefd=False) for number in (1, 2))  # noqa: SIM115
        run(asked)
        status = 0
    except SystemExit as left:
        status = left.code if isinstance(left.code, int) else int(left.code is not None)
    except BaseException:
        os.write(2, traceback.format_exc().encode())
    finally:
        for text in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError):
                text.flush()
        os._exit(status)


def _left(session: int) -> list[int]:
    """Processes of a run that have not ended by themselves."""
    deadline = time.monotonic() + PATIENCE
    while True:
        found = [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if _session(pid) == session]
        if not found or time.monotonic() > deadline:
            return found
        time.sleep(0.01)


def _session(pid: int) -> int | None:
    try:
        state, _parent, _group, session = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:4]
    except OSError:
        return None
    return int(session) if state != "Z" else None


def serve() -> None:
    """Answer until nobody asks any more."""
    for line in sys.stdin:
        asked = json.loads(line)
        if asked.get("here"):  # what is loaded when it is first needed is loaded now
            here = os.getcwd()
            os.chdir(asked["folder"])
            sys.argv = ["stepwise", *asked["words"]]
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as err:
                try:
                    save(asked["folder"]) if asked["words"] == ["save"] else main()
                except SystemExit as left:
                    print(json.dumps({"status": left.code, "err": err.getvalue()}), flush=True, file=sys.__stdout__)
                else:
                    print(json.dumps({"status": 0, "err": ""}), flush=True, file=sys.__stdout__)
            os.chdir(here)
            continue
        print(json.dumps(copied(asked)), flush=True)


if __name__ == "__main__":
    serve()
