"""The two commands of the README in a fresh clone: all is made from nothing, and the second time from what is there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("distribution")

ROOT = Path(__file__).parents[2]
STAMP = ".venv/.runtime"


OURS = ("PYTHON", "VIRTUAL_ENV", "MAKE", "MFLAGS")
STRANGER = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
"""The environment without what this checkout, or the make that runs the tests, has put into it."""


def run(*command: str, folder: Path) -> str:
    """What a program prints."""
    done = subprocess.run(command, cwd=folder, env=STRANGER, capture_output=True, text=True)
    assert done.returncode == 0, f"{command} failed:\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a clone would hold if everything here were committed: files that git knows or does not ignore."""
    folder = tmp_path_factory.mktemp("clone")
    names = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", folder=ROOT).split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():  # not one that is deleted but not committed yet
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def demo(clone: Path) -> str:
    """What `make demo` prints in the fresh clone."""
    return run("make", "demo", folder=clone)


def test_demo_tells_the_lesson_and_names_the_page(demo: str, clone: Path) -> None:
    assert "max(3, 1) = 3" in demo
    last = demo.strip().splitlines()[-1]
    page = re.fullmatch(r"Now open file://(/.+\.html)", last)
    assert page, last
    assert Path(page[1]) == clone / "build" / "demo" / "valid-or-same.html"
    assert "<h1>VALID or SAME?</h1>" in Path(page[1]).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("lesson", "numbers"),
    [
        ("valid-or-same", ["4", "3", "2", "1"]),
        ("average", ["3.25", "5.25", "2", "2"]),
        ("maximum", ["6", "8", "3", "4"]),
    ],
)
def test_demo_writes_the_examples_with_their_answers(demo: str, clone: Path, lesson: str, numbers: list[str]) -> None:
    html = (clone / "build" / "demo" / f"{lesson}.html").read_text(encoding="utf-8")
    markdown = (clone / "build" / "demo" / f"{lesson}.md").read_text(encoding="utf-8")
    assert html.startswith("<!doctype html>")
    assert markdown.startswith("# ")
    for text in (html, markdown):
        assert all(re.search(rf"(?<![\d.]){re.escape(number)}(?![\d.])", text) for number in numbers)


def test_demo_pictures_the_digit(demo: str, clone: Path) -> None:
    html = (clone / "build" / "demo" / "digit.html").read_text(encoding="utf-8")
    assert html.count("data:image/png;base64,") >= 2, "the digit, and what pooling makes of it"


def test_demo_installs_nothing_the_second_time(demo: str, clone: Path) -> None:
    before = (clone / STAMP).stat().st_mtime_ns
    assert run("make", "demo", folder=clone) == demo
    assert (clone / STAMP).stat().st_mtime_ns == before


def test_demo_leaves_nothing_that_git_would_see(demo: str, clone: Path) -> None:
    run("git", "init", "-q", folder=clone)
    seen = run("git", "status", "--porcelain", "--untracked-files=all", folder=clone).splitlines()
    assert [line for line in seen if re.search(r"\.venv|build/|\.pyc$|egg-info", line)] == []


def test_help_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    [phony] = re.findall(r"^\.PHONY: (.+)$", makefile, flags=re.M)
    told = [line.split()[1] for line in run("make", folder=ROOT).splitlines()]
    assert sorted(told) == sorted(phony.split())
    assert sorted(told) == sorted(re.findall(r"^([a-z][\w-]*):", makefile, flags=re.M)), "and there are no others"


def test_ci_runs_the_tests_from_anywhere(tmp_path: Path) -> None:
    """`.ci/run` in a tree whose `make test` only says so: it goes to the top, and hands the exit status on."""
    (tmp_path / ".ci").mkdir()
    shutil.copy2(ROOT / ".ci" / "run", tmp_path / ".ci" / "run")
    (tmp_path / "Makefile").write_text(
        "test:\n\t@echo tested in $(CURDIR)\n\ntest-tools:\n\t@echo with tools; exit 3\n"
    )
    done = subprocess.run([tmp_path / ".ci" / "run"], cwd="/", env=STRANGER, capture_output=True, text=True)
    assert done.stdout.splitlines()[:2] == [f"tested in {tmp_path}", "with tools"]
    assert done.returncode != 0
