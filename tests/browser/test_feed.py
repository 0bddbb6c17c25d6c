"""The reader's own input on a page, drawn or taken from a picture: what comes of it is what stepwise makes of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

import stepwise as sw
from stepwise.dialects import onnx
from stepwise.io.inputs import sample_digit
from tests.browser.accessibility import CONTRAST, faults

EXAMPLE = Path(__file__).parents[2] / "examples" / "digit.onnx"
FOUR = [[4, 3, 2, 7], [2, 1, 5, 0], [6, 8, 3, 1], [0, 2, 9, 4]]
LISTEN = "window.fed = []; addEventListener('stepwise-fed', event => fed.push(event.detail))"
MEASURED = """() => {
    window.measured = [];
    const own = getComputedStyle;
    window.getComputedStyle = element => {
        if (element.closest('details:not([open])')) measured.push(element.className);
        return own(element);
    };
}"""
DIGITS: dict[str, list[list[tuple[float, float]]]] = {
    "1": [[(0.5, 0.15), (0.5, 0.85)]],
    "7": [[(0.25, 0.2), (0.75, 0.2), (0.45, 0.85)]],
    "0": [[(0.5, 0.15), (0.72, 0.3), (0.72, 0.7), (0.5, 0.85), (0.28, 0.7), (0.28, 0.3), (0.5, 0.15)]],
    "4": [[(0.35, 0.15), (0.3, 0.5), (0.75, 0.5)], [(0.65, 0.15), (0.65, 0.85)]],
}

Opened = Callable[[sw.Lesson], Any]


@pytest.fixture
def opened(visit: Any, tmp_path: Path) -> Opened:
    def page_of(lesson: sw.Lesson) -> Any:
        lesson.save(tmp_path / "lesson.html")
        found = visit((tmp_path / "lesson.html").as_uri())
        found.page.wait_for_selector(".feed")
        found.page.evaluate(LISTEN)
        return found

    return page_of


def draw(page: Page, strokes: list[list[tuple[float, float]]]) -> None:
    pad = page.locator(".feed canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    for stroke in strokes:
        points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
        page.mouse.move(*points[0])
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*point, steps=3)
        page.mouse.up()
    settled(page)


def settled(page: Page) -> None:
    """What was drawn last has come out."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def fed(page: Page) -> tuple[np.ndarray, np.ndarray]:
    page.wait_for_function("fed.length > 0")
    told = page.evaluate("fed.at(-1)")
    return np.array(told["input"]), np.array(told["output"])


def test_a_digit_that_is_drawn_is_read_by_the_whole_network(opened: Opened) -> None:
    network = onnx.load(EXAMPLE)
    visit = opened(
        network(sample_digit(0) / 255).lesson(knobs=["pad", "picture"], classes=[f"a {n}" for n in range(10)])
    )
    page = visit.page
    before = page.locator(".node .bar b").all_inner_texts()
    page.evaluate(MEASURED)
    for name, strokes in DIGITS.items():
        page.locator(".feed button").first.click()
        draw(page, strokes)
        given, made = fed(page)
        due = network(given.astype(np.float32).reshape(1, 1, 28, 28)).output.ravel()
        assert made == pytest.approx(due, abs=1e-6), name
        assert 0 < given.mean() < 0.3
        assert given.max() == 1
        expect(page.locator(".feed output")).to_have_text(
            f"The largest: a {due.argmax()}, with {sw.arithmetic.shown(due.max())}"
        )
    assert due.argmax() == 4
    # no number that comes out, 8.68769e-19 among them, makes the diagram wider than it was
    assert max(map(len, page.locator(".node .bar b").all_inner_texts())) <= 9
    assert page.locator(".diagram").evaluate("one => one.scrollWidth - one.clientWidth") <= 1
    assert page.evaluate("measured") == [], "a layer that is folded away is not laid out at each stroke"
    # a layer that is opened then shows what was drawn; the lesson's own digit comes back
    page.locator("details.folded summary").first.click()
    shown = (
        page.locator(".stage")
        .first.locator("td[data-in]")
        .evaluate_all("all => all.map(td => td.dataset.in + '=' + td.textContent)")
    )
    numbers = given.astype(np.float32).reshape(1, 1, 28, 28)
    for cell in shown:
        at, text = cell.split("=")
        assert text == sw.arithmetic.shown(numbers[tuple(map(int, at.split(",")))]).replace("-", "−"), at
    # folded, drawn over and unfolded again, it shows what was drawn last
    fold = page.locator("details.folded summary").first
    fold.click()
    draw(page, [[(0.1, 0.1), (0.9, 0.1)]])
    fold.click()
    given, _made = fed(page)
    cell = page.locator(".stage").first.locator("td[data-in]").first
    at = tuple(map(int, str(cell.get_attribute("data-in")).split(",")))
    expect(cell).to_have_text(sw.arithmetic.shown(given.astype(np.float32).reshape(1, 1, 28, 28)[at]))
    page.locator(".feed .beside > button").last.click()
    assert page.locator(".node .bar b").all_inner_texts() == before
    assert visit.complaints == []
    assert len(visit.requests) == 1


@pytest.mark.parametrize("n", range(6))
def test_the_samples_own_digits_come_out_as_stepwise_has_them(opened: Opened, tmp_path: Path, n: int) -> None:
    """As pictures of their own size, so that every pixel is known."""
    network, digit = onnx.load(EXAMPLE), sample_digit(n)
    page = opened(network(sample_digit(0) / 255).lesson(knobs=["picture"])).page
    Image.fromarray(digit.astype(np.uint8)).save(tmp_path / "digit.png")
    page.locator(".feed [type=file]").set_input_files(tmp_path / "digit.png")
    given, made = fed(page)
    assert given.reshape(28, 28) == pytest.approx(digit / 255, abs=1e-6)
    assert made == pytest.approx(network(digit / 255).output.ravel(), abs=1e-6)


COLOURS = (np.arange(4 * 4 * 3).reshape(4, 4, 3) * 5 % 256).astype(np.uint8)


@pytest.mark.parametrize(
    ("call", "shape", "arrange"),
    [
        ("Conv2D(2, 3, padding='same')", (4, 4, 3), lambda x: x),
        ("nn.Conv2d(3, 2, 3)", (3, 4, 4), lambda x: np.moveaxis(x, -1, 0)),
        ("nn.MaxPool2d(2)", (1, 3, 4, 4), lambda x: np.moveaxis(x, -1, 0)[np.newaxis]),
        ("ReLU()", (4, 4), None),
        (["MaxPool2D(2, strides=1)", "AveragePooling2D(2)"], (4, 4), None),
    ],
)
def test_a_picture_goes_in_with_its_colours_or_as_greys(
    opened: Opened, tmp_path: Path, call: Any, shape: Any, arrange: Any
) -> None:
    lesson = sw.trace(call, np.linspace(0, 1, int(np.prod(shape))).reshape(shape)).lesson(knobs="picture")
    visit = opened(lesson)
    page = visit.page
    # a picture that is wider is cropped around its middle
    Image.fromarray(np.pad(COLOURS, ((0, 0), (3, 3), (0, 0)), constant_values=255)).save(tmp_path / "wide.png")
    page.locator(".feed [type=file]").set_input_files(tmp_path / "wide.png")
    given, made = fed(page)
    greys = COLOURS @ [0.299, 0.587, 0.114]
    due = (arrange(COLOURS) if arrange else greys) / 255
    assert given == pytest.approx(due.ravel(), abs=1e-6)
    weights = [layer.inputs[name] for layer in lesson.traces for name in layer.inputs if name != "input"]
    given_too: dict[str, Any] = {} if not weights else {"kernel": weights[0], "bias": weights[1]}
    assert made == pytest.approx(sw.trace(call, due.reshape(shape), **given_too).output.ravel(), abs=1e-6)
    page.locator(".feed .turn input").check()
    settled(page)
    assert fed(page)[0] == pytest.approx(1 - due.ravel(), abs=1e-6)
    expect(page.locator(".changed-note").first).to_be_visible()
    assert visit.complaints == []


def test_what_is_no_picture_is_told_in_a_sentence(opened: Opened, tmp_path: Path) -> None:
    page = opened(sw.trace("MaxPool2D(2)", FOUR).lesson(knobs="picture")).page
    (tmp_path / "notes.png").write_text("no picture")
    page.locator(".feed [type=file]").set_input_files(tmp_path / "notes.png")
    expect(page.locator(".feed output")).to_have_text(
        "notes.png is no picture that this browser can read; take a PNG or a JPEG file."
    )
    (tmp_path / "large.png").write_bytes(bytes(20_000_001))
    page.locator(".feed [type=file]").set_input_files(tmp_path / "large.png")
    expect(page.locator(".feed output")).to_have_text("large.png is too large; pictures of up to 20 MB are read.")
    assert page.evaluate("fed.length") == 0


def test_the_pad_beside_knobs_goes_by_keys_and_fits(opened: Opened) -> None:
    visit = opened(sw.trace("MaxPool2D(2, strides=1)", FOUR).lesson(knobs=["all", "pad", "picture"]))
    page = visit.page
    page.locator(".feed canvas").focus()
    for key in ("ArrowRight", "Space", "ArrowDown", "Enter", "Shift+ArrowLeft"):
        page.keyboard.press(key)
    settled(page)
    assert fed(page)[0].reshape(4, 4).tolist() == [[0, 9, 0, 0], [9, 9, 0, 0], [0] * 4, [0] * 4]
    assert fed(page)[1].reshape(3, 3).tolist() == [[9, 9, 0], [9, 9, 0], [0, 0, 0]]
    expect(page.locator(".stage td[data-in='1,0']")).to_have_text("9")
    size = page.locator("[data-knob=size]")
    size.evaluate("range => { range.value = 6; range.dispatchEvent(new Event('input', {bubbles: true})); }")
    page.locator(".feed canvas").focus()
    page.keyboard.press("Enter")
    settled(page)
    given, made = fed(page)
    assert given.size == 36
    assert made == pytest.approx(sw.trace("MaxPool2D(2, strides=1)", given.reshape(6, 6)).output.ravel())
    for width in (320, 768, 1200):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert faults(page) == []
    page.emulate_media(color_scheme="dark")
    assert faults(page, **CONTRAST) == []
    assert visit.complaints == []
