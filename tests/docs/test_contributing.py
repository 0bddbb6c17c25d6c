"""The picture of the house is that of the house: CONTRIBUTING.md beside the tree and the import contract."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def table(title: str) -> list[list[str]]:
    """The first column of the table that is headed so: for each row, the names in it."""
    _before, found, rows = TEXT.partition(f"| {title} |")
    assert found, title
    firsts = [row.split("|")[1] for row in rows.partition("\n\n")[0].splitlines()[2:]]
    return [re.findall(r"`([^`]+)`", first) for first in firsts]


def contract() -> list[set[str]]:
    """The rooms of the import contract, a set for each line of it."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    [layers] = [rule["layers"] for rule in settings["contracts"] if rule["type"] == "layers"]
    return [set(re.findall(r"stepwise\.(\w+)", line)) for line in layers]


def test_rooms_are_those_of_the_contract_in_its_order() -> None:
    told = [{Path(name).stem for name in row} for row in table("room, in `stepwise/`")]
    assert told == contract()


def test_every_room_of_the_package_is_told() -> None:
    there = {
        path.stem for path in (ROOT / "stepwise").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert there - {"__init__", "__main__"} == set().union(*contract())


def test_every_file_named_exists() -> None:
    rooms = [ROOT / "stepwise" / name for row in table("room, in `stepwise/`") for name in row]
    folders = [ROOT / "tests" / name for row in table("folder, in `tests/`") for name in row]
    named = re.findall(r"`((?:ops|dialects|lessons|render|templates|tests)/[\w/.]*)`", TEXT)
    others = [(ROOT / name if (ROOT / name).exists() else ROOT / "stepwise" / name) for name in named]
    links = [ROOT / target for target in re.findall(r"\]\(([^):]+)\)", TEXT)]
    assert others, links
    assert [str(path) for path in (*rooms, *folders, *others, *links) if not path.exists()] == []


def test_every_folder_of_tests_is_told() -> None:
    there = {f"{path.name}/" for path in (ROOT / "tests").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert there == {name for row in table("folder, in `tests/`") for name in row}


def test_names_in_code_that_are_told_exist() -> None:
    from stepwise import dialects, ops, render
    from stepwise.ops.cells import CellOperation
    from stepwise.ops.windows import WindowOperation

    assert {"DIALECTS", "PREFIXES"} <= set(vars(dialects))
    assert "TEMPLATED" in vars(render)
    assert all({"compute", "combine", "expression"} <= set(dir(kind)) for kind in (ops.MaxPool, ops.Conv))
    assert {CellOperation.__name__, WindowOperation.__name__} <= set(re.findall(r"`(\w+Operation)`", TEXT))
