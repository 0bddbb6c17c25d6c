"""The process that carries runs out, and what they find, once for every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kills.works import WORKS, Warmed, prepared


def _warm(folder: Path) -> Iterator[Warmed]:
    made, folder = Warmed(), prepared(folder)
    for work in WORKS.values():
        if not work.cold and work.words[-2:] != ("others", "--force"):
            assert made.run(folder, *work.words, here=True)["status"] == 0
    yield made
    made.close()


@pytest.fixture(scope="session")
def warmed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warmed]:
    yield from _warm(tmp_path_factory.mktemp("warm") / "folder")


@pytest.fixture(scope="session")
def second(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warmed]:
    """Another one, for what runs at the same time."""
    yield from _warm(tmp_path_factory.mktemp("second") / "folder")


@pytest.fixture(scope="session")
def others(warmed: Warmed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Worksheets that are to be replaced: more of them than there will be."""
    folder = prepared(tmp_path_factory.mktemp("others") / "folder")
    told = warmed.run(
        folder, "worksheet", "lesson.yaml", "--variants", "4", "--seed", "9", "--to", "md", "-o", "others"
    )
    assert told["status"] == 0, told["err"]
    return folder / "others"
