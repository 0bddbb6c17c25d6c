"""What a refusal advises is said in the words of the door: no option of the command line stands in the library."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from stepwise.advice import IN_PYTHON, advising, way
from stepwise.cli import COMMANDS, group
from stepwise.cli.advice import IN_OPTIONS
from stepwise.errors import FileError
from stepwise.io.whole import write_whole
from tests.command import run

PACKAGE = Path(__file__).parents[2] / "stepwise"
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
OTHERS = {
    "exports.py",  # commands of other programs
    "sites/jupyter.py",  # a cell magic has options of its own
    "graders/gradescope.py",  # a script that installs
}


def options() -> set[str]:
    """Every option that some command has."""
    context = click.Context(group)
    commands = [group.get_command(context, name) for name in COMMANDS]
    return {word for one in commands if one is not None for option in one.params for word in option.opts}


def messages(path: Path) -> Iterator[str]:
    """The texts in a module that are no documentation."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value


def test_the_library_names_no_option() -> None:
    named = {
        (str(path.relative_to(PACKAGE)), word)
        for path in sorted(PACKAGE.rglob("*.py"))
        if "cli" not in path.parts and str(path.relative_to(PACKAGE)) not in OTHERS
        for text in messages(path)
        for word in OPTION.findall(text)
        if word in options()
    }
    assert named == set()


def test_every_way_has_its_option() -> None:
    assert set(IN_OPTIONS) == set(IN_PYTHON)
    for told in IN_OPTIONS.values():
        named = OPTION.findall(told)
        assert named
        assert set(named) <= options()
    assert not any(OPTION.search(told) for told in IN_PYTHON.values())


def test_each_door_has_its_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_whole("page.md", "")
    call = ("explain", "MaxPool2D(1)", "--input", "4", "-o", "page.md")
    assert "page.md exists already; add --force to replace it" in run(*call).err
    with pytest.raises(FileError, match=r"page\.md exists already; pass replace=True to replace it"):
        write_whole("page.md", "", replace=False)  # what the command says ends with it
    with advising({"replace": "anything"}):
        assert way("replace") == "anything"
