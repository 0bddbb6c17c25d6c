"""Exact numbers and letters on a page: every step is what stepwise tells of it, and can be operated like any other."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

import stepwise as sw
from stepwise.document.inline import unmarked
from stepwise.formula import speech, written
from stepwise.lessons.long import working
from stepwise.lessons.names import cell_names, shown_as
from stepwise.lessons.order import numbered
from stepwise.traces.trace import chain
from tests.browser.accessibility import faults
from tests.browser.test_page_tells_the_truth import LIVE, WALK, lit, together

NINE = "a b c; d e f; g h i"
HALVES = [["1/2", "1/3", -2], ["3/4", 0, "5/6"], [1, "-7/3", "0.1"]]
POSITIVE = sw.symbols("p", (2, 2), "positive")
COLOURS = [[[Fraction(n + 2 * c, 3) for c in range(3)] for n in range(row, row + 3)] for row in range(3)]
TRACES: list[tuple[Any, Any, dict[str, Any]]] = [
    ("MaxPool2D(2, strides=1, padding='same')", NINE, {}),
    ("MaxPool2D(2, strides=1)", HALVES, {"arithmetic": "exact"}),
    ("MaxPool2D(2, strides=1, padding='same')", POSITIVE, {}),
    ("AveragePooling2D(2, strides=1, padding='same')", NINE, {}),
    ("nn.AvgPool2d(2, padding=1)", HALVES, {"arithmetic": "exact"}),
    ("Conv2D(1, 2)", NINE, {"kernel": "p q; r s", "bias": ["t"]}),
    ("nn.Conv2d(1, 1, 2, padding=1, dilation=2)", HALVES, {"kernel": [["1/2", -1], [0, "2/3"]], "bias": ["1/6"]}),
    ("Conv2D(2, 2)", COLOURS, {"arithmetic": "exact"}),
    ("Conv2DTranspose(1, 2, strides=2)", "a b; c d", {"kernel": "w x; y z"}),
    ("Conv1D(1, 2)", "a b c", {"kernel": [2, -1]}),
    ("ReLU()", "a -1; b 1/3", {}),
    ("Softmax()", "1/2 1/3 1", {"arithmetic": "exact"}),
    ("Activation('sigmoid')", "1/2 0", {"arithmetic": "exact"}),
    ("Dense(2)", "a b c", {}),
    ("Flatten()", [[["a", "b"], ["c", "d"]]], {}),
    (["Conv2D(1, 2)", "ReLU()", "MaxPool2D(2)"], NINE, {}),
]


@pytest.fixture(scope="module")
def traces() -> list[sw.Trace]:
    return [sw.trace(call, data, **given) for call, data, given in TRACES]


def test_every_step_is_what_stepwise_tells(traces: list[sw.Trace], visit: Any, tmp_path: Path) -> None:
    layers = [layer for trace in traces for layer in chain(trace)]
    opened = visit(together(traces, tmp_path))
    opened.page.wait_for_function(LIVE, arg=len(layers))
    for layer, steps in zip(layers, opened.page.evaluate(WALK), strict=True):
        named = cell_names(layer)
        assert len(steps) == len(layer.steps), layer.layer.call
        for number, found in enumerate(steps, 1):
            step = numbered(layer, number)
            formula, text = working(step)
            about = layer.layer.call, step.index
            assert found["status"].split(". ", 1)[1] == f"{formula}. {unmarked(text)}", about
            assert found["spoken"] == [speech(formula)] * 2, about
            assert found["result"] == written(shown_as(step.result, named, step.index)).replace("-", "−"), about
            assert set(found["lit"]) == lit(step), about
    assert opened.complaints == []
    assert len(opened.requests) == 1


def test_hover_pins_and_keys_work_and_nothing_offers_to_change_a_letter(visit: Any, tmp_path: Path) -> None:
    lesson = sw.trace("Conv2D(1, 2)", NINE, kernel="p q; r s", bias=["t"]).lesson()
    lesson.save(tmp_path / "letters.html")
    opened = visit((tmp_path / "letters.html").as_uri())
    page = opened.page
    page.wait_for_selector(".stage.live")
    page.locator(".stage td[data-in='0,1']").hover()
    expect(page.locator(".formula-line .lit")).to_have_text("b·q")
    page.locator(".formula-line [data-term='3']").hover()
    expect(page.locator(".stage td.lit[data-in]")).to_have_text("e")
    page.locator(".stage td[data-in='1,1']").click()
    expect(page.locator(".peek")).to_contain_text("Input (1, 1) is e. It is used in 4 windows.")
    expect(page.locator(".edit")).to_have_count(0)
    expect(page.locator(".peek")).not_to_contain_text("change")
    page.keyboard.press("7")
    expect(page.locator(".changed-note")).to_be_hidden()
    page.keyboard.press("Escape")
    page.locator("[data-act=next]").click()
    expect(page.locator(".stage td.result")).to_have_text("y01")
    expect(page.locator("div.working")).to_contain_text("y01=b·p+c·q+e·r+f·s+t")
    assert page.locator(".formula-line mfrac, .formula-line mi").count() > 8
    assert faults(page) == []
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert opened.complaints == []
