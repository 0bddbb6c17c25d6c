"""Knobs beside the figure: whatever is turned, the page shows what stepwise gives for the call that it then shows."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import stepwise as sw
from stepwise.document.inline import unmarked
from stepwise.errors import StepwiseError
from stepwise.lessons.said import sentence
from tests.browser.accessibility import CONTRAST, faults

Opened = Callable[..., Page]
TURN = (Path(__file__).parent / "knobs.js").read_text()
FOUR = [[4, 3, 2, 7], [2, 1, 5, 0], [6, 8, 3, 1], [0, 2, 9, 4]]
EDGES = [[1, 0, -1], [2, 0, -2], [1, 0, -1]]
CASES: list[tuple[str, Any, dict[str, Any]]] = [
    ("MaxPool2D(2, strides=1)", FOUR, {}),
    ("nn.AvgPool2d(3, stride=2, padding=1)", FOUR, {}),
    ("AveragePool(kernel_shape=[2, 2], strides=[2, 2])", FOUR, {}),
    ("nn.Conv2d(1, 1, 3, padding=1)", FOUR, {"kernel": EDGES, "bias": [1]}),
    ("Conv2DTranspose(1, 2, strides=3)", [[1, 2], [3, 4]], {"kernel": [[1, 2], [3, 4]]}),
    ("MaxPool1D(2)", [3, 1, 4, 1, 5, 9], {}),
]
TURNS: dict[str, list[Any]] = {
    "window": [1, 2, 3, 5], "stride": [1, 2, 3, 4], "padding": ["valid", "same", "1", "2"], "dilation": [1, 2, 3],
    "ceil": [True, False], "size": [1, 3, 5, 6], "operation": ["max", "mean", "convolution", "transposed"],
}  # fmt: skip


@pytest.fixture
def opened(visit: Any, tmp_path: Path) -> Opened:
    def page_of(call: str, data: Any, knobs: Any = "all", **weights: Any) -> Page:
        sw.trace(call, data, **weights).lesson(knobs=knobs).save(tmp_path / "lesson.html")
        page: Page = visit((tmp_path / "lesson.html").as_uri()).page
        page.wait_for_selector(".stage.live .knobs")
        return page

    return page_of


def plain(rows: list[list[str]]) -> list[list[float]]:
    return [[int(cell) if re.fullmatch(r"-?\d+", cell) else float(cell) for cell in row] for row in rows]


def asked_again(told: dict[str, Any]) -> sw.Trace:
    """What stepwise itself gives for the call that the page shows, over the numbers that it shows."""
    line = "1D" in told["call"].upper() or re.search(r"kernel_shape=\[\d\]", told["call"])
    rows = plain(told["input"])
    given: dict[str, Any] = {}
    if told["kernel"]:
        kernel = plain(told["kernel"])
        given["kernel"] = kernel[0] if line else kernel
        if told["bias"]:
            given["bias"] = plain([[told["bias"]]])[0]
    return sw.trace(told["call"], rows[0] if line else rows, **given)


def working(step: sw.Step) -> str:
    """A number that is only copied has no working "5 = 5"."""
    left, _, right = str(step.formula).partition(" = ")
    return right if left == right else str(step.formula)


def held(page: Page, *turns: tuple[str, Any]) -> dict[str, Any]:
    """After these turns, the page's numbers, sizes, formulas and sentences are those of stepwise."""
    told: dict[str, Any] = page.evaluate(TURN, turns)
    if told["call"] is None or len(told["input"][0]) < told["across"]:  # refused; or of a large input, a part is drawn
        return told
    again = asked_again(told)
    due, about = again.output, (told["call"], turns)
    assert told["total"] == due.size, about
    assert told["caption"].endswith("×".join(map(str, due.shape))), about
    if max(due.shape) <= 12:  # of a larger one, a part is drawn
        shown = [cell for row in plain(told["output"]) for cell in row]
        assert shown == pytest.approx(due.ravel().tolist(), abs=6e-4), about
    assert set(told["sizes"]) == {str(axis.padding.output_formula) for axis in again.geometry.axes}, about
    for n, status in told["steps"]:
        step = again.steps[n]
        assert status.split(". ", 1)[1] == f"{working(step)}. {unmarked(sentence(step))}", (about, n)
    return told


@pytest.mark.parametrize(("call", "data", "weights"), CASES, ids=[case[0] for case in CASES])
def test_what_every_knob_gives_is_what_stepwise_gives(opened: Opened, call: str, data: Any, weights: Any) -> None:
    page = opened(call, data, **weights)
    first = held(page)
    for name, values in TURNS.items():
        for value in values:
            held(page, (name, value))
        page.locator(".changed-note button").evaluate("button => button.click()")
        expect(page.locator(".changed-note")).to_be_hidden()
    assert held(page) == first


def refuses(call: str, size: int, window: int) -> bool:
    try:
        weights: dict[str, Any] = {} if "Pool" in call else {"kernel": [[1] * window] * window}
        sw.trace(call, [[1] * size] * size, **weights)
    except StepwiseError:
        return True
    return False


def test_knobs_turned_together_give_what_stepwise_gives_and_every_refusal_has_its_reason(opened: Opened) -> None:
    page, dice = opened("MaxPool2D(2, strides=1)", FOUR), random.Random(7)
    taken = refused = 0
    for _ in range(120):
        told = held(page, *((name, dice.choice(TURNS[name])) for name in dice.sample(sorted(TURNS), 3)))
        size, window = (int(page.locator(f"[data-knob={name}]").input_value()) for name in ("size", "window"))
        for row in told["rows"]:
            if row["call"] is None:
                assert re.match(r"✗ [A-Z].*\.$", row["said"])
                refused += 1
            else:
                assert not refuses(row["call"], size, window), row["call"]
                taken += 1
    assert taken > 50
    assert refused > 50


def test_a_kernel_is_written_preset_and_drawn_and_what_is_none_changes_nothing(opened: Opened) -> None:
    page = opened("nn.Conv2d(1, 1, 3, padding=1)", FOUR, kernel=EDGES, bias=[1])
    kernel = page.locator("[data-knob=kernel]")
    kernel.fill("1 0; 0 -1")
    told = held(page)
    assert told["kernel"] == [["1", "0"], ["0", "-1"]]
    assert told["call"] == "nn.Conv2d(1, 1, 2, padding=1)"
    kernel.fill("1 0; 0")
    expect(kernel).to_have_attribute("aria-invalid", "true")
    assert held(page)["kernel"] == [["1", "0"], ["0", "-1"]]
    corners = {"identity": "0", "edge": "-1", "sobel": "-1", "sharpen": "0", "box": "0.111", "gaussian": "0.0625"}
    for name, corner in corners.items():
        page.locator("[data-preset]").select_option(name)
        told = page.evaluate(TURN, [])
        assert len(told["kernel"]) == 3
        assert told["kernel"][0][0] == corner
    page.locator("[data-knob=bias]").fill("")
    assert "bias=False" in page.evaluate(TURN, [])["call"]
    before = page.evaluate(TURN, [])["input"]
    page.locator("[data-draw]").click()
    told = held(page)
    assert told["input"] != before
    # what is drawn can be changed by hand, and goes on from there
    page.locator("[data-act=first]").click()
    page.locator(".stage td[data-in='0,0']").click()
    page.locator(".edit input").fill("77")
    assert held(page, ("stride", 2))["input"][0][0] == "77"


def test_an_author_says_which_knobs_there_are_and_the_keyboard_reaches_them(opened: Opened) -> None:
    page = opened("MaxPool2D(2, strides=1)", FOUR, knobs=["padding", "window", "stride"])
    names = page.locator("[data-knob]").evaluate_all("all => all.map(one => one.dataset.knob)")
    assert sorted(names) == ["padding", "stride", "window"]
    page.locator("[data-knob=window]").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".calls .acting code")).to_have_text("MaxPool2D(3, strides=1)")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".calls .acting code")).to_have_text("MaxPool2D(3, strides=2)")
    page.keyboard.press("Tab")
    page.keyboard.press("s")
    expect(page.locator(".calls .acting code")).to_have_text('MaxPool2D(3, strides=2, padding="same")')


@pytest.mark.parametrize("width", [320, 768, 1200])
def test_knobs_fit_and_stay_where_they_are(opened: Opened, width: int) -> None:
    page = opened("nn.Conv2d(1, 1, 3, padding=1)", FOUR, kernel=EDGES)
    page.set_viewport_size({"width": width, "height": 800})
    page.evaluate(TURN, [("size", 6)])
    where = [place(page, name) for name in ("window", "padding", "kernel")]
    for turns in ([("stride", 3)], [("window", 1)], [("padding", "valid")], [("operation", "max")]):
        page.evaluate(TURN, turns)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert width < 1000 or [place(page, name) for name in ("window", "padding", "kernel")] == where


CLASHING = """() => {
    const walker = document.createTreeWalker(document.querySelector('.stage'), NodeFilter.SHOW_TEXT), words = [];
    const range = document.createRange();
    for (let node; (node = walker.nextNode());) {
        if (!node.data.trim() || node.parentElement.closest('math, .sr, th, option')) continue;
        range.selectNodeContents(node);
        for (const box of range.getClientRects()) if (box.width > 1 && box.height > 1) words.push([node.data, box]);
    }
    const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
        && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3;
    const after = ([one, a], i) => words.slice(i + 1).filter(([, b]) => meet(a, b)).map(([two]) => [one, two]);
    const pairs = words.flatMap(after);
    const cut = [...document.querySelectorAll('.stage :is(button, select, input, textarea)')]
        .filter(one => one.offsetWidth && one.scrollWidth > one.clientWidth + 1).map(one => one.outerHTML.slice(0, 80));
    return [words.length, pairs, cut];
}"""


@pytest.mark.parametrize("width", [360, 1200])
def test_nothing_lies_on_another_thing_where_the_input_grows_and_letters_are_twice_as_large(
    opened: Opened, width: int
) -> None:
    page = opened("nn.Conv2d(1, 1, 3)", FOUR, kernel=EDGES)
    page.set_viewport_size({"width": width, "height": 800})
    for letters in ("100%", "200%"):
        page.add_style_tag(content=f"html {{ font-size: {letters} !important }}")
        page.evaluate(TURN, [("size", 10), ("window", 5)])
        many, clashing, cut = page.evaluate(CLASHING)
        assert many > 100 + 25 + 36
        assert (clashing, cut) == ([], [])
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def place(page: Page, name: str) -> Any:
    return page.locator(f"[data-knob={name}]").bounding_box()


def test_axe_finds_nothing_beside_the_figure_and_in_the_calls(opened: Opened) -> None:
    page = opened("nn.Conv2d(1, 1, 3, padding=1)", FOUR, kernel=EDGES)
    page.evaluate(TURN, [("ceil", True), ("operation", "max")])
    assert faults(page) == []
    page.emulate_media(color_scheme="dark")
    assert faults(page, **CONTRAST) == []
