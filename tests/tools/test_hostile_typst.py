"""The hostile strings set by typst itself: every page is set, and nothing beside it is read or written."""

from __future__ import annotations

from pathlib import Path

import pytest
import typst

from tests.hostile.table import PLACES, lay_secrets, to_compile

EACH = 8
"""Every so many of the sources are compiled by one test."""


@pytest.mark.parametrize("part", range(EACH))
def test_typst_sets_words_and_reads_nothing(part: int, tmp_path: Path) -> None:
    """The sources may read all that lies beside them, as on a person's own machine, and do not."""
    before = lay_secrets(tmp_path)
    found = [
        lesson.typst() for number, (_words, _place, lesson) in enumerate(to_compile("typ")) if number % EACH == part
    ]
    assert len(found) > len(PLACES)
    for source in found:
        (tmp_path / "page.typ").write_text(source, encoding="utf-8")
        typst.compile(
            str(tmp_path / "page.typ"),
            root=str(tmp_path),
            package_path=str(tmp_path / "none"),
            output=None,
            ignore_system_fonts=True,
        )
    assert {path.name for path in tmp_path.iterdir()} == before | {"page.typ"}
