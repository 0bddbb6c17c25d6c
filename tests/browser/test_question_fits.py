"""The question of a convolution over channels: each input once, a row for each filter, nothing to scroll for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser

import stepwise as sw

ROWS = """() => [...document.querySelectorAll('.scene')].map(scene => ({
    inputs: [...scene.querySelectorAll('[data-in="0,0,0"], [data-in="0,0,1"], [data-in="0,0,2"]')].length,
    middles: [...scene.querySelectorAll(':scope > .signed')].map(one => {
        const box = one.getBoundingClientRect(); return Math.round((box.top + box.bottom) / 2); }),
    scrolled: [...scene.querySelectorAll(':scope > .signed')].some(one => one.scrollWidth > one.clientWidth + 1),
    type: parseFloat(getComputedStyle(scene.querySelector('td[data-in], td[data-weight], td[data-out]')).fontSize),
}))"""


@pytest.mark.parametrize("width", [1200, 360])
def test_the_question_fits(browser: Browser, tmp_path: Path, width: int) -> None:
    rng = np.random.default_rng(3)
    data, kernel = (rng.integers(-60, 60, shape) / 10 for shape in ((8, 8, 3), (5, 5, 3, 4)))
    sw.trace("Conv2D(4, 5)", data, kernel=kernel, bias=[0.1, -0.2, 0.3, 0]).lesson().save(str(tmp_path / "x.html"))
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(f"file://{tmp_path / 'x.html'}")
    rows: list[dict[str, Any]] = page.evaluate(ROWS)
    assert [row["inputs"] for row in rows[:4]] == [3, 0, 0, 0]
    for row in rows[:4]:
        assert not row["scrolled"]
        assert row["type"] >= 11
        if width == 1200:
            assert max(row["middles"]) - min(row["middles"]) <= 2, "one row"
    page.close()
