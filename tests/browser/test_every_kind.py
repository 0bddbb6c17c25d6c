"""Lessons of many kinds on one page: who sees, points or types finds all of each; nothing moves under the hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

import stepwise as sw
from tests.browser.accessibility import faults
from tests.browser.test_page_tells_the_truth import together

KINDS: dict[str, Callable[[], sw.Trace]] = {
    "a line": lambda: sw.trace("Conv1D(2, 3, padding='same')", np.arange(1, 9).reshape(8, 1)),
    "decimals": lambda: sw.trace("Conv2D(2, 3)", -np.arange(1, 51).reshape(5, 5, 2) / 8),
    "large and small": lambda: sw.trace("Conv2D(1, 2)", [[1e9, -1e-9], [2.5, -7e9]], kernel=[[1e-9, 1], [-1, 0.5]]),
    "groups": lambda: sw.trace("nn.Conv2d(4, 2, 2, groups=2)", np.arange(36).reshape(4, 3, 3)),
    "transposed": lambda: sw.trace("nn.ConvTranspose2d(1, 1, 2, stride=2)", [[1, 2], [3, 4]]),
    "depth": lambda: sw.trace("Conv3d(1, 1, 2)", np.arange(27).reshape(1, 3, 3, 3)),
    "two images": lambda: sw.trace("MaxPool2D(2)", np.arange(64).reshape(2, 4, 4, 2)),
    "letters": lambda: sw.trace("Conv2D(1, 2)", sw.symbols("x", (3, 3, 2)), kernel=np.ones((2, 2, 2, 1), int)),
    "a mean": lambda: sw.trace("nn.AvgPool2d(3, stride=2, padding=1)", np.arange(25).reshape(5, 5) - 12),
}
STAGES = (
    "() => [...document.querySelectorAll('.stepwise-lesson')].map(one => one.shadowRoot.querySelector('.stage.live'))"
)
LIVE = f"count => ({STAGES})().filter(Boolean).length === count"
MOVES = f"""() => ({STAGES})().map(stage => {{
    const next = stage.querySelector('[data-act=next]'), places = new Set();
    do {{
        const button = next.getBoundingClientRect(), whole = stage.getBoundingClientRect();
        places.add([Math.round(button.top - whole.top), Math.round(button.left)].join());
        next.click();
    }} while (!next.getAttribute('aria-disabled'));
    return places.size;
}})"""
FOCUSED = """() => {
    let one = document.activeElement;
    while (one.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
    return [one === document.body, parseFloat(getComputedStyle(one).outlineWidth)];
}"""
REACHABLE = """() => [...document.querySelectorAll('.stepwise-lesson')].flatMap(one =>
    [...one.shadowRoot.querySelectorAll('button, input, select, summary, a[href], [tabindex="0"]')])
    .filter(one => one.tabIndex >= 0 && one.checkVisibility({visibilityProperty: true})).length"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    return together([make() for make in KINDS.values()], tmp_path_factory.mktemp("kinds"))


@pytest.fixture
def opened(visit: Any, address: str) -> Callable[[int], Page]:
    def page_of(width: int) -> Page:
        page: Page = visit(address, width).page
        page.wait_for_function(LIVE, arg=len(KINDS))
        return page

    return page_of


@pytest.mark.parametrize("width", [360, 768, 1200])
def test_the_controls_of_every_kind_stay_where_they_are(opened: Any, width: int) -> None:
    page = opened(width)
    assert page.evaluate(MOVES) == [1] * len(KINDS)
    assert page.evaluate("document.documentElement.scrollWidth") <= width  # at the last step of each


def test_axe_finds_nothing_on_any_of_them(opened: Any) -> None:
    """By rules that depend on the kind; by all of them, and in the dark, pages are looked at elsewhere."""
    rules = ["target-size", "button-name", "label", "aria-valid-attr-value", "scrollable-region-focusable"]
    assert faults(opened(360), runOnly={"type": "rule", "values": rules}) == []


def test_keys_alone_reach_all_of_them(opened: Any) -> None:
    page = opened(1200)
    due, outlines = page.evaluate(REACHABLE), []
    while not (found := (page.keyboard.press("Tab"), page.evaluate(FOCUSED))[1])[0]:
        outlines.append(found[1])
        assert len(outlines) <= due
    assert len(outlines) == due > 100
    assert min(outlines) >= 2
