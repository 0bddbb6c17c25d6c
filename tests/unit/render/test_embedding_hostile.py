"""A file's name in the lines that put a lesson into another page: it ends no fence and begins no directive."""

from __future__ import annotations

from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

import stepwise as sw
from stepwise.document.origin import Origin
from stepwise.render.page.embedding import pastes

LESSON = sw.trace("MaxPool2D(2)", [[4, 3], [2, 1]]).lesson()
NAMES = ["a\n\n.. raw:: html\n\n   <script>.yaml", "`a` ``b``.yaml", "a\n```\n<script>.yaml", "a\r<b>.yaml", "f.yaml"]


@pytest.mark.parametrize("text", ["", "x: 1\n```\n.. raw:: html"])
@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_name_stays_in_its_line(name: str, text: str) -> None:
    told = {one.name: one.before + one.address + one.after
            for one in pastes(replace(LESSON, origin=Origin("n", name, text)))}  # fmt: skip
    assert ("sphinx" in told) == bool(text or name == "f.yaml")
    for system in {"myst", "mkdocs"} & set(told):
        assert [token.type for token in MarkdownIt().parse(told[system])] == ["fence"]
    for line in told.get("sphinx", "").splitlines()[1:]:
        assert not line.strip() or line.startswith("   ")


def test_a_name_that_is_no_text_is_written_by_its_bytes() -> None:
    told = pastes(replace(LESSON, origin=Origin("caf\udce9")))
    assert told[0].address == "caf%E9.html"
    assert "(<caf%E9.svg>)" in told[-1].before
