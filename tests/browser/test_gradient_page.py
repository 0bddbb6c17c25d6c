"""A gradient on its page: what sends and what gets is seen from both sides, and the forward pass is one choice away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import stepwise as sw
from tests.browser.announced import formula

Opened = Callable[[sw.Trace], Page]
CONV = sw.trace("nn.Conv2d(1, 1, 2)", [[1.0, 2, 0], [3, 1, 2], [0, 4, 1]], kernel=[[1, 0], [2, -1]])
POOL = sw.trace("MaxPool2D(2, strides=1)", [[1.0, 5, 2], [0, 3, 1], [4, 2, 0]])
BACK = [[1, 0.5], [2, 4]]


@pytest.fixture
def opened(visit: Any, tmp_path: Path) -> Opened:
    def page_of(trace: sw.Trace) -> Page:
        trace.lesson().save(tmp_path / "lesson.html")
        page: Page = visit((tmp_path / "lesson.html").as_uri()).page
        page.wait_for_selector(".stage.live")
        return page

    return page_of


def grids(page: Page) -> list[str]:
    """What the grids of the first figure are called, from left to right."""
    return [str(caption) for caption in page.locator(".stage").first.locator("caption").all_text_contents()]


def cells(page: Page, caption: str) -> Any:
    """The cells of a grid by the beginning of its caption."""
    return page.locator(".stage").first.locator(f"table:has(caption:text('{caption}')) td[data-in], "
                                                f"table:has(caption:text('{caption}')) td[data-out]")  # fmt: skip


def test_an_upstream_gradient_shows_where_it_is_sent_and_a_cell_where_its_gradient_comes_from(opened: Opened) -> None:
    gradient = CONV.backward(BACK)["input"]
    page = opened(gradient)
    assert grids(page) == [
        "input X 3×3", "upstream gradient dL/dY 2×2", "kernel W 2×2", "gradient dL/dX 3×3",
    ]  # fmt: skip
    cells(page, "upstream").nth(1).hover()
    due = [",".join(map(str, step.index)) for step in gradient.steps if any(tap.source == (0, 1) for tap in step.taps)]
    for caption in ("gradient dL/dX", "input X"):
        lit = page.locator(".stage").first.locator(f"table:has(caption:text('{caption}')) td.used")
        assert [td.get_attribute("data-out") for td in lit.all()] == due
    expect(page.locator(".peek").first).to_contain_text("Upstream gradient (0, 1) is 0.5. It is sent to 4 cells.")
    cells(page, "input X").nth(4).hover()
    sent = page.locator(".stage").first.locator("table:has(caption:text('upstream')) td.window")
    assert sent.count() == 4
    cells(page, "input X").nth(4).click()
    assert formula(page) == str(gradient.steps[4].formula)


def test_a_changed_upstream_gradient_changes_what_it_is_sent_to(opened: Opened) -> None:
    page = opened(CONV.backward(BACK)["input"])
    cells(page, "upstream").nth(0).click()
    page.locator(".edit input").fill("7")
    again = CONV.backward([[7, 0.5], [2, 4]])["input"]
    page.locator("[data-act=last]").first.click()
    shown = [text.replace("−", "-") for text in cells(page, "gradient dL/dX").all_text_contents()]
    assert [float(text) for text in shown] == again.output.ravel().tolist()


def test_the_winner_of_a_window_gets_its_gradient(opened: Opened) -> None:
    page = opened(POOL.backward(BACK)["input"])
    cells(page, "gradient dL/dX").nth(1).click()
    assert formula(page) == "1 + 0.5 = 1.5"
    window = page.locator(".stage").first.locator("table:has(caption:text('input X')) td.window")
    assert window.count() == 6
    winner = page.locator(".stage").first.locator("table:has(caption:text('input X')) td.winner")
    assert winner.all_text_contents() == ["5"]


def test_forward_and_backward_are_one_figure_with_one_switch(opened: Opened) -> None:
    gradient = POOL.backward(BACK)["input"]
    page = opened(gradient)
    choice = page.locator(".alternatives select").first
    assert choice.locator("option").all_text_contents() == [gradient.layer.call, POOL.layer.call]
    choice.select_option("1")
    assert grids(page) == ["input 3×3", "output 2×2"]
    assert formula(page) == str(POOL.steps[0].formula)
    choice.select_option("0")
    assert grids(page)[1] == "upstream gradient dL/dY 2×2"


CHAIN = [("nn.Conv2d(1, 1, 2)", "weight"), ("nn.MaxPool2d(2, stride=1)", "input")]


def test_in_a_chain_both_directions_are_seen_in_every_layers_gradient(visit: Any, tmp_path: Path) -> None:
    """Of each layer: an upstream gradient shows what it is sent to, and a cell which output cells send it something."""
    x = [[1.0, 2, 0, 3], [3, 1, 2, 0], [0, 4, 1, 1], [2, 0, 5, 1]]
    back = sw.backward(sw.trace([call for call, _name in CHAIN], x, weights=[{"kernel": [[1, 0], [2, -1]]}, None]),
                       BACK)  # fmt: skip
    back.lesson().save(tmp_path / "chain.html")
    page: Page = visit((tmp_path / "chain.html").as_uri()).page
    page.wait_for_selector(".returns.live")
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    for number, (call, name) in enumerate(CHAIN):
        gradient = back.gradients[number][name]
        title = f"Layer {number + 1}: Gradient of {call.partition('(')[0].rpartition('.')[2]} for its {name}"
        section = page.locator("section", has=page.locator("h2", has_text=title))
        stage = section.locator("details .stage").first
        stage.locator("table:has(caption:text('upstream')) td[data-in]").nth(1).hover()
        sent = [",".join(map(str, s.index)) for s in gradient.steps if any(tap.source == (0, 1) for tap in s.taps)]
        lit = stage.locator("table:has(caption:text('gradient dL/d')):not(:has(caption:text('upstream'))) td.used")
        assert sent
        assert [td.get_attribute("data-out") for td in lit.all()] == sent, title
        result = stage.locator(f"table:has(caption:text('gradient dL/d')) td[data-out='{sent[-1]}']").last
        result.hover()
        due = {tap.source for tap in next(s for s in gradient.steps if ",".join(map(str, s.index)) == sent[-1]).taps}
        window = stage.locator("table:has(caption:text('upstream')) td.window")
        assert {tuple(map(int, str(td.get_attribute("data-in")).split(","))) for td in window.all()} == due, title


def test_two_ways_back_are_operated_side_by_side(visit: Any, tmp_path: Path) -> None:
    one, two = (sw.backward(sw.trace(f"{pool}(2, strides=1)", POOL.inputs["input"]), BACK)
                for pool in ("MaxPool2D", "AveragePooling2D"))  # fmt: skip
    sw.compare(one, two).save(tmp_path / "two.html")
    seen = visit((tmp_path / "two.html").as_uri())
    page: Page = seen.page
    page.wait_for_selector(".stage.live")
    stage = page.locator("section", has=page.locator("h2", has_text="the gradient for the input")).locator(".stage")
    stage.locator("[data-act=last]").click()
    for view, back in enumerate((one, two)):
        table = stage.locator(".view").nth(view).locator("table:has(caption:text('gradient dL/dX'))")
        shown = [float(text.replace("−", "-")) for text in table.locator("td").all_text_contents() if text]
        assert shown == back.input.output.ravel().tolist()
    assert seen.complaints == []
