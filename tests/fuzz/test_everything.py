"""Strangers' files and words: whatever is struck, what comes is a result or one sentence, and nothing else happens.

The same inputs in every run of `make test`; `make fuzz` tries 100,000 others. See `__main__` for how each is watched.
"""

from __future__ import annotations

import subprocess
import sys
from contextlib import chdir, suppress
from pathlib import Path
from shutil import rmtree

import pytest

from stepwise.errors import StepwiseError
from stepwise.render import pdf, typesetter
from tests.command import run
from tests.fuzz.__main__ import ORDERS, drawn, laid_out, with_requests
from tests.fuzz.kind import OUT, Command, Input, Kind
from tests.fuzz.kinds import kinds
from tests.fuzz.requests import unpacked
from tests.fuzz.watched import is_typesetter, sentence, tried

CASES = Path(__file__).parent / "cases"
ROOT = Path(__file__).parents[2]
FEW = 3


def strike(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.fuzz", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)


def test_struck_files_and_requests_are_refused_in_a_sentence_or_read() -> None:
    done = strike("--inputs", "2000", "--seed", "1", "--jobs", "1")
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert done.stdout.endswith("nothing was found\n")


@pytest.fixture(scope="module")
def every() -> dict[str, Kind]:
    return with_requests(kinds())


FOUND = sorted(path for path in CASES.glob("*/*") if path.is_file())


@pytest.mark.parametrize("case", FOUND, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_was_found_once(case: Path, every: dict[str, Kind], tmp_path: Path) -> None:
    kind = every[case.parent.name]
    laid_out({kind.name: kind}, tmp_path)
    data = case.read_bytes()
    commands = [tuple(unpacked(data))] if kind.name == ORDERS else kind.commands
    for command in commands:
        assert not tried(tmp_path / kind.name, kind.file, data, command), command


def test_every_good_file_is_read(every: dict[str, Kind], tmp_path: Path) -> None:
    """Else nobody would notice that a kind's blows hit nothing but the door. Not every file is for every command."""
    laid_out(every, tmp_path)
    for kind in every.values():
        for command in kind.commands if kind.name != "class-zip" else ():  # no class, whatever is in it
            problems = [tried(tmp_path / kind.name, kind.file, seed, command) for seed in kind.seeds]
            assert not any(problems), (kind.name, problems)
            assert any(read(tmp_path / kind.name, kind.file, seed, command) for seed in kind.seeds), (
                kind.name,
                command,
            )


def read(folder: Path, file: str, data: bytes, command: Command) -> bool:
    """Whether a file is read, and not refused."""
    rmtree(folder / OUT)
    (folder / OUT).mkdir()
    (folder / file).write_bytes(data)
    if not isinstance(command, tuple):
        with suppress(StepwiseError):
            command(folder)
            return True
        return False
    with chdir(folder):
        return run(*command).status != 2


def test_not_all_that_is_drawn_is_refused_at_the_door(every: dict[str, Kind], tmp_path: Path) -> None:
    """Of every kind, a few are carried out. Which come first hangs on what else the process has loaded: Hypothesis
    draws numbers and words that it finds there, too."""
    laid_out(every, tmp_path)
    for kind in every.values():
        carried_out = 0

        def attempt(one: Input) -> str:
            nonlocal carried_out
            (tmp_path / one.kind / OUT).mkdir(exist_ok=True)
            carried_out += carried_out < FEW and read(tmp_path / one.kind, one.file, one.data, one.command)
            return ""

        if kind.drawn is not None:
            assert drawn({kind.name: kind}, 1, 60, attempt) is None
            assert carried_out == FEW, kind.name


def test_nothing_but_our_own_typesetter_is_started() -> None:
    program, settings = sys.executable, {"HOME": typesetter.NOWHERE, "TMPDIR": typesetter.NOWHERE, "PATH": "/bin"}
    ours = [program, "-P", typesetter.__file__, "False", str(pdf.SECONDS)]
    assert is_typesetter(program, ours, None, settings)
    for place, word in ((0, "sh"), (1, "-c"), (2, __file__), (3, "x"), (4, "999999")):
        assert not is_typesetter(program, [*ours[:place], word, *ours[place + 1 :]], None, settings)
    assert not is_typesetter(program, [*ours, "more"], None, settings)
    assert not is_typesetter("sh", ours, None, settings)
    assert not is_typesetter(program, ours, None, settings | {"PYTHONPATH": "."})
    assert not is_typesetter(program, ours, None, settings | {"HOME": "/home/ana"})
    assert not is_typesetter("ls -l", "ls -l", None, None)


def test_an_input_that_needs_too_much_is_found_however_much_there_was_before(tmp_path: Path) -> None:
    """In a process of its own, which is bounded for good."""
    script = """
import sys, tempfile
from pathlib import Path
from tests.fuzz import watched
folder = Path(sys.argv[1])
watched.limit()
kept = bytearray(watched.MEMORY)  # what inputs before it have left
for size in (2**20, 2**28, watched.MEMORY + 2**28):
    print(watched.tried(folder, "a.txt", b"", lambda folder, size=size: bytearray(size)).strip().splitlines()[-1:])
"""
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.split("\n") == ["[]", "[]", "['MemoryError']", ""], done.stderr


@pytest.mark.parametrize("told", ["", "a" * 3000, "Traceback (most recent call last):", "[Errno 2] No such file"])
def test_what_is_no_sentence_is_noticed(told: str) -> None:
    assert sentence(told)
    assert not sentence("a.csv: the input is ragged: row 2 has 1 number, row 1 has 2 numbers")
