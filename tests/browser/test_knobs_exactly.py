"""Knobs of exact numbers and letters: whatever is turned, the page tells what stepwise does, equal by SymPy."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
import sympy
from playwright.sync_api import Page, expect

import stepwise as sw
from stepwise.document.inline import unmarked
from stepwise.lessons.long import working
from tests.browser.accessibility import faults
from tests.browser.test_knobs import TURN, TURNS, Opened, opened
from tests.browser.test_knobs_of_channels import framework

__all__ = ["opened"]

NINE = "a b c; d e f; g h i"
HALVES = [["1/2", "1/3", -2], ["3/4", 0, "5/6"], [1, "-7/3", "0.1"]]
COLOURS = [[[f"{n + 2 * c}/3" for c in range(3)] for n in range(row, row + 3)] for row in range(3)]
SIGNS = {"a": "positive", "b": "0..9", "c": "negative"}
SPACE = {"max": "Max", "·": "*", "−": "-", "^": "**"}
CASES: list[tuple[str, Any, dict[str, Any]]] = [
    ("MaxPool2D(2, strides=1)", NINE, {}),
    ("nn.MaxPool2d(2, stride=1, padding=1)", "a 3 -1; 1/2 b b; 5 c 5", {}),
    ("MaxPool2D(2, strides=1)", "a 0 b; -1 c 12; 7/2 d 10", {"assume": SIGNS}),
    ("MaxPool2D(2, strides=1)", HALVES, {"arithmetic": "exact"}),
    ("AveragePooling2D(2, strides=1, padding='same')", "a a c; d 1 f; g 1/2 a", {}),
    ("nn.AvgPool2d(2, stride=1, padding=1)", HALVES, {"arithmetic": "exact"}),
    ("Conv2D(1, 2)", NINE, {"kernel": "p q; r s", "bias": ["t"]}),
    ("nn.Conv2d(1, 1, 2, padding=1)", NINE, {"kernel": [["1/2", -1], [0, "2/3"]], "bias": ["1/6"]}),
    ("Conv(kernel_shape=[2, 2])", HALVES, {"arithmetic": "exact", "kernel": [["1/2", -1], [0, "2/3"]]}),
    ("Conv2DTranspose(1, 2, strides=2)", "a b; c d", {"kernel": "a x; y z"}),
    ("Conv1D(1, 2)", "x0 x1 x2 x3", {"kernel": ["w0", "w1"]}),
    ("MaxPool1D(2)", "a b c 1", {}),
    ("Conv2D(2, 2)", COLOURS, {"arithmetic": "exact"}),
    ("nn.MaxPool2d(2)", [[["a", "b"], ["c", 1]], [[1, 2], ["1/2", "d"]]], {"arithmetic": "symbolic"}),
]  # fmt: skip
HEARD = "window.turned = []; addEventListener('stepwise-turned', event => turned.push(event.detail))"


def valued(text: str, letters: dict[str, Any]) -> Any:
    """What the page's own text is worth: names of letters, and signs, read by SymPy."""
    for sign, meant in SPACE.items():
        text = text.replace(sign, meant)
    return sympy.sympify(text, locals={"Max": sympy.Max, **letters}, rational=True)


def again(told: dict[str, Any], assume: Any) -> sw.Trace:
    def array(name: str) -> Any:
        """One letter or fraction a cell, as somebody types it."""
        return np.array(told[name]["values"], dtype=object).reshape(told[name]["shape"]).tolist()

    given = {name: array(name) for name in ("kernel", "bias") if name in told}
    return sw.trace(told["call"], array("input"), arithmetic="symbolic", assume=assume, **given)


def held(page: Page, turns: Any, assume: Any = "real", lesson: str = "keras") -> bool:
    """Every number of the page is stepwise's, and so is what is said; whether anything was taken."""
    page.evaluate("turned.length = 0")
    seen = page.evaluate(TURN, turns)
    told = page.evaluate("turned.at(-1) ?? null")
    if told is None or seen["call"] is None:
        return False
    if len(told["input"]["shape"]) > 2 and framework(told["call"]) != lesson:
        return True  # whose arrays lie otherwise
    due = again(told, assume)
    cells = [value for array in due.inputs.values() for value in array.flat]
    letters = {str(letter): letter for cell in cells for letter in getattr(cell, "free_symbols", ())}
    about = told["call"], turns
    assert list(due.output.shape) == told["output"]["shape"], about
    for own, found in zip(due.output.flat, told["output"]["values"]):
        assert sympy.simplify(valued(found, letters) - sympy.sympify(own)) == 0, (about, found, own)
    lines = [f"{formula}. {unmarked(text)}" for formula, text in map(working, due.steps)]
    for n, status in seen["steps"]:
        said = status.split(". ", 1)[1]
        if due.output.ndim > 2:  # windows move before filters; a lesson sums by channels, the page at once
            assert said.split(" = ")[-1] in {line.split(" = ")[-1] for line in lines}, (about, n)
        else:
            assert said == lines[n], (about, n)
    return True


@pytest.mark.parametrize(("call", "data", "given"), CASES, ids=[f"{call} {n}" for n, (call, *_) in enumerate(CASES)])
def test_what_is_turned_is_what_stepwise_gives(opened: Opened, call: str, data: Any, given: dict[str, Any]) -> None:
    page, dice = opened(call, data, **given), random.Random(call)
    page.evaluate(HEARD)
    taken = 0
    for name, values in TURNS.items():
        for value in [*values, dice.choice(values)]:
            taken += held(page, [(name, value)], given.get("assume", "real"), framework(call))
    assert taken > 8


def test_a_kernel_of_letters_or_fractions_is_written_and_presets_are_exact(opened: Opened) -> None:
    page = opened("Conv2D(1, 2)", NINE, kernel="p q; r s", bias=["t"])
    page.evaluate(HEARD)
    kernel, bias = page.locator("[data-knob=kernel]"), page.locator("[data-knob=bias]")
    expect(kernel).to_have_value("p q\nr s")
    kernel.fill("1/3 u; −0.5 a")
    bias.fill("2/7")
    assert held(page, [("stride", 1), ("stride", 2), ("stride", 1)])
    expect(page.locator(".stage [role=status]")).to_contain_text("i·a + 2/7")
    kernel.fill("1/3 2u; 1 1")
    expect(kernel).to_have_attribute("aria-invalid", "true")
    page.locator("[data-preset]").focus()
    page.locator("[data-preset]").select_option("box")
    assert held(page, [("padding", "same")])
    expect(kernel).to_have_value("1/9 1/9 1/9\n1/9 1/9 1/9\n1/9 1/9 1/9")
    # what stands for any number is turned, and not changed into one
    page.locator(".stage td[data-in='1,1']").click()
    expect(page.locator(".edit")).to_have_count(0)
    assert faults(page) == []
    page.locator(".changed-note button").click()
    expect(kernel).to_have_value("p q\nr s")
    expect(page.locator(".changed-note")).to_be_hidden()
