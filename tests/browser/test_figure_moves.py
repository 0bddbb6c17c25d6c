"""A moving SVG, played by a browser: a step at a time, the last held; none moves on paper, or where none is wanted."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

import stepwise as sw

SEEN = """() => [...document.querySelectorAll('text')]
  .filter(t => getComputedStyle(t).visibility == 'visible' && /^Window/.test(t.textContent)).map(t => t.textContent)"""
AT = "t => document.getAnimations().forEach(a => { a.pause(); a.currentTime = t })"


def test_one_step_is_seen_at_a_time(browser: Browser, tmp_path: Path) -> None:
    lesson = sw.trace("MaxPool2D(2, strides=1, padding='same')", [[4, 3], [2, 1]]).lesson()
    (tmp_path / "moving.svg").write_text(str(lesson.figure("animated", fps=2, hold=1)), encoding="utf-8")
    for motion in ("no-preference", "reduce"):
        context = browser.new_context(reduced_motion=motion)
        page = context.new_page()
        page.goto((tmp_path / "moving.svg").as_uri())
        for time, number in ((250, 1), (750, 2), (1250, 3), (1750, 4), (2750, 4), (3250, 1), (3750, 2)):
            page.evaluate(AT, time)
            seen = f"Window {number if motion == 'no-preference' else 4} of 4"
            assert page.evaluate(SEEN) == [seen], (motion, time)
        page.emulate_media(media="print")
        assert page.evaluate(SEEN) == ["Window 4 of 4"]
        context.close()
