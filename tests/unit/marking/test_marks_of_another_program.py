"""Marks agree with those of a program that shares no code with stepwise; `make marks` does the same with many more."""

from __future__ import annotations

import re

from tools.marks import PAGE, measured


def test_marks_agree_what_cannot_be_read_is_told_and_mistakes_are_named() -> None:
    counts = measured(500, seed=8)
    assert counts.alike == counts.answers, counts.first
    assert counts.unread_shown == counts.unread > 50
    assert counts.named >= 0.99 * counts.mistaken > 50, counts.first


def test_the_documentation_has_what_was_measured() -> None:
    page = PAGE.read_text()
    assert "| marked as the other program marks them | 10,000 (100.00%) |" in page
    told, of = re.search(r"shown as such \| ([\d,]+) of ([\d,]+) \|", page).groups()  # type: ignore[union-attr]
    assert told == of


def test_the_documentation_says_that_memory_stays_flat() -> None:
    page = PAGE.read_text()
    tenth, end = (float(re.search(rf"{when} \| ([\d.]+) MB \|", page)[1]) for when in ("tenth of them", "the end"))  # type: ignore[index]
    assert end - tenth < 5, "eight bytes an answer would be 7.2 MB more for the 900,000 between"
