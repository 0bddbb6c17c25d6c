"""Fractions of a page that is printed: browsers set one within another smaller than can be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import stepwise as sw

LEAST = 9 * 96 / 72
SIZES = """() => [...document.querySelectorAll('.step mfrac mn')]
    .filter(one => one.getClientRects().length && !one.closest('msup > :last-child'))
    .map(one => parseFloat(getComputedStyle(one).fontSize))"""
WIDER = "() => [...document.querySelectorAll('.step *')].map(one => one.getBoundingClientRect().right)"
A4 = 794


def test_numbers_of_fractions_are_as_large_as_others(visit: Any, tmp_path: Path) -> None:
    for number, trace in enumerate((
        sw.trace("AveragePooling2D(2)", [["1/2", "-1/3"], ["13/4", "2/7"]]),
        sw.trace("LayerNormalization()", [[1, 2, 3, 6]]),
    )):  # fmt: skip
        file = tmp_path / f"{number}.html"
        file.write_text(trace.lesson().html(), "utf-8")
        page = visit(file.as_uri(), width=A4).page
        page.emulate_media(media="print")
        sizes = page.evaluate(SIZES)
        assert len(sizes) > 4
        assert min(sizes) >= LEAST
        assert max(page.evaluate(WIDER)) <= A4
