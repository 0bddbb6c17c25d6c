"""Knobs of several channels and filters, and a window that is dragged: what the page has is what stepwise gives."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import stepwise as sw
from stepwise.document.inline import unmarked
from stepwise.lessons.order import numbered
from stepwise.lessons.said import sentence
from tests.browser.test_knobs import TURNS, working

LISTEN = "window.turned = []; addEventListener('stepwise-turned', event => turned.push(event.detail))"
TURN = """turns => {
  for (const [name, value] of turns) {
    const control = document.querySelector(`[data-knob=${name}]`);
    if (typeof value === 'boolean') control.checked = value;
    else control.value = value;
    control.dispatchEvent(new Event('input', {bubbles: true}));
  }
  return [turned.at(-1) ?? null, document.querySelector('.calls .acting code')?.textContent ?? null];
}"""
COLOURS = [
    [[(3 * row + 5 * column + 7 * channel) % 10 for channel in range(3)] for column in range(5)] for row in range(5)
]
FIRST = np.moveaxis(np.array(COLOURS), -1, 0).tolist()
CASES: list[tuple[str, Any]] = [
    ("Conv2D(2, 2)", COLOURS),
    ("Conv2D(2, 3, padding='same')", np.array(COLOURS)[..., 0].tolist()),
    ("Conv2DTranspose(2, 2, strides=2)", np.array(COLOURS)[:2, :2].tolist()),
    ("nn.Conv2d(3, 2, 3, padding=1)", FIRST),
    ("nn.MaxPool2d(2)", FIRST),
    ("MaxPool2D(2)", COLOURS),
    ("Conv(kernel_shape=[2, 2])", [FIRST]),
    ("Conv1D(2, 2)", [[1, 2], [3, 4], [5, 6], [7, 8]]),
]


@pytest.fixture
def opened(visit: Any, tmp_path: Path) -> Any:
    def page_of(call: str, data: Any, **weights: Any) -> Any:
        lesson = sw.trace(call, data, **weights).lesson(knobs="all")
        lesson.save(tmp_path / "lesson.html")
        found = visit((tmp_path / "lesson.html").as_uri())
        found.page.wait_for_selector(".stage.live .knobs")
        found.page.evaluate(LISTEN)
        return found

    return page_of


def framework(call: str) -> str:
    return "torch" if call.startswith("nn.") else "onnx" if "kernel_shape" in call else "keras"


def channels_first(array: Any, lesson: str, spatial: int) -> Any:
    """An image of the lesson's as (channels, …): arrays lie as the lesson has them, whichever call is shown."""
    if array.ndim == spatial:
        return array[np.newaxis]
    return array[0] if array.ndim == spatial + 2 else np.moveaxis(array, -1, 0) if lesson == "keras" else array


def again(told: dict[str, Any], lesson: str) -> tuple[sw.Trace, Any, Any]:
    """What stepwise gives for the call and the numbers that the page tells of, and both outputs with channels first."""
    arrays = {name: np.array(told[name]["values"]).reshape(told[name]["shape"]) for name in told if name != "call"}
    arrays = {name: a.astype(int) if np.all(a == a.round()) else a for name, a in arrays.items()}
    acting, spatial = framework(told["call"]), 1 if "1" in told["call"].split("(")[0] else 2
    image = channels_first(arrays["input"], lesson, spatial)
    image = {"keras": np.moveaxis(image, 0, -1), "torch": image, "onnx": image[np.newaxis]}[acting]
    given: dict[str, Any] = {name: arrays[name] for name in ("kernel", "bias") if name in arrays}
    if "kernel" in given and (lesson == "keras") != (acting == "keras"):
        turn = (*range(spatial, spatial + 2), *range(spatial)) if lesson == "keras" else (*range(2, spatial + 2), 0, 1)
        kernel = given["kernel"].transpose(turn)
        given["kernel"] = kernel.swapaxes(0, 1) if lesson == "keras" else kernel.swapaxes(-1, -2)
    trace = sw.trace(told["call"], image, **given)
    return trace, channels_first(arrays["output"], lesson, spatial), channels_first(trace.output, acting, spatial)


@pytest.mark.parametrize(("call", "data"), CASES, ids=[case[0] for case in CASES])
def test_what_is_turned_is_what_stepwise_gives(opened: Any, call: str, data: Any) -> None:
    given = {"kernel": np.arange(2 * 2 * 2 * 3).reshape(2, 3, 2, 2) % 5 - 2} if call.startswith("Conv(") else {}
    visit = opened(call, data, **given)
    page, dice = visit.page, random.Random(call)
    held = 0
    for name, values in TURNS.items():
        for value in [*values, dice.choice(values)]:
            told, acting = page.evaluate(TURN, [[name, value]])
            if acting is None or told is None:
                continue
            assert told["call"] == acting
            trace, made, due = again(told, framework(call))
            assert made.shape == due.shape, (acting, name, value)
            assert made == pytest.approx(due, abs=1e-9), acting
            held += 1
            if framework(acting) != framework(call) or told["input"]["shape"] != list(trace.inputs["input"].shape):
                continue
            n = dice.randrange(len(trace.steps))
            status = page.evaluate(
                """n => {
                  const slider = document.querySelector('.track input');
                  slider.value = n + 1;
                  slider.dispatchEvent(new Event('input', {bubbles: true}));
                  return document.querySelector('.stage [role=status]').textContent;
                }""",
                n,
            )
            step = numbered(trace, n + 1)
            assert status.split(". ", 1)[1] == f"{working(step)}. {unmarked(sentence(step))}", (acting, n)
    assert held > 15
    assert visit.complaints == []


def test_each_filter_has_its_kernel_and_each_channel_its_plane(opened: Any) -> None:
    page: Page = opened("Conv2D(2, 2)", COLOURS).page
    kernel, whose = page.locator("[data-knob=kernel]"), page.locator("[data-whose]")
    expect(whose).to_have_text("filter 0, channel 0")
    page.locator(".tabs button", has_text="filter 1").click()
    page.locator(".tabs button", has_text="channel 2").click()
    expect(whose).to_have_text("filter 1, channel 2")
    kernel.fill("9 8; 7 6")
    told, _call = page.evaluate(TURN, [])
    weights = np.array(told["kernel"]["values"]).reshape(told["kernel"]["shape"])
    assert weights[:, :, 2, 1].tolist() == [[9, 8], [7, 6]]
    assert 9 not in weights[:, :, :, 0]
    page.locator("[data-knob=bias]").fill("5")
    told, _call = page.evaluate(TURN, [])
    assert told["bias"]["values"][1] == 5
    page.locator("[data-preset]").select_option("sobel")
    told, _call = page.evaluate(TURN, [])
    weights = np.array(told["kernel"]["values"]).reshape(told["kernel"]["shape"])
    assert all(weights[:, :, channel, 1].tolist() == [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]] for channel in range(3))
    expect(whose).to_have_text("filter 1, channel 2")
    page.locator(".changed-note button").click()
    expect(page.locator(".changed-note")).to_be_hidden()


def dragged(page: Page, selector: str, across: float, down: float) -> None:
    page.locator(".stage .views").scroll_into_view_if_needed()
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + across * box["width"] / 2, y + down * box["height"] / 2)
    page.mouse.move(x + across * box["width"], y + down * box["height"], steps=4)
    page.mouse.up()


def test_the_window_is_dragged_and_goes_by_keys(opened: Any) -> None:
    grid = (np.arange(36).reshape(6, 6) * 7 % 10).tolist()
    page: Page = opened("MaxPool2D(2, strides=2)", grid).page
    result = page.locator(".stage td.result")
    expect(result).to_have_attribute("data-out", "0,0")
    dragged(page, ".stage td.window[data-in]", 3.6, 2.2)  # to the nearest window, not to every cell
    expect(result).to_have_attribute("data-out", "1,2")
    assert page.locator(".stage td.pinned").count() == 0
    dragged(page, ".stage td.window[data-in]", -4.4, -2.6)  # farther than it goes
    expect(result).to_have_attribute("data-out", "0,0")
    dragged(page, ".stage td:not(.window)[data-in]", 3, 3)  # only the window moves
    expect(result).to_have_attribute("data-out", "0,0")
    page.locator(".stage td.window[data-in]").first.click()
    expect(page.locator(".stage td.pinned")).to_have_count(1)
    frame = page.locator(".stage .frame.window")
    frame.focus()
    for key, at in (
        ("ArrowDown", "1,0"),
        ("ArrowRight", "1,1"),
        ("ArrowUp", "0,1"),
        ("ArrowLeft", "0,0"),
        ("ArrowLeft", "0,0"),
    ):
        page.keyboard.press(key)
        expect(result).to_have_attribute("data-out", at)
    expect(frame).to_be_focused()


def test_a_window_over_a_digit_is_dragged_on_its_picture(opened: Any) -> None:
    from stepwise.io.inputs import sample_digit

    page: Page = opened("Conv2D(1, 3)", sample_digit(0), kernel=[[1, 0, -1]] * 3).page
    result = page.locator(".stage td.result")
    row, column = map(int, (result.get_attribute("data-out") or "").split(","))  # where something is
    page.locator(".stage .map canvas").first.scroll_into_view_if_needed()
    box = page.locator(".stage .map canvas").first.bounding_box()
    assert box is not None
    cell = box["width"] / 28
    page.mouse.move(box["x"] + (column + 1.5) * cell, box["y"] + (row + 1.5) * cell)
    page.mouse.down()
    page.mouse.move(box["x"] + (column + 9.5) * cell, box["y"] + (row + 5.5) * cell, steps=3)
    page.mouse.up()
    expect(result).to_have_attribute("data-out", f"{row + 4},{column + 8}")
