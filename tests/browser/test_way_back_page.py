"""A whole way back on its page: its maps are the gradients, cell by cell, and lead to the working of each."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import stepwise as sw
from stepwise.analysis.came_back import came_back
from stepwise.arithmetic import shown
from stepwise.lesson_files.reading import load_lesson_file
from stepwise.render.html import write_assets
from stepwise.render.shades import DIVERGING
from stepwise.traces.trace import chain
from tests.browser.accessibility import faults

HERE = Path(__file__).parent
NETWORKS = runpy.run_path(str(HERE / "networks.py"))["NETWORKS"]
STEP = load_lesson_file(HERE.parents[1] / "examples" / "training-step.yaml")
PHONE = 320
READ = (HERE / "way_back.js").read_text(encoding="utf-8")


def told(back: Any, folder: Path, **how: Any) -> str:
    """The address of the page of a way back, or of an update."""
    file = folder / "back.html"
    file.write_text(back.lesson().html(**how), "utf-8")
    return file.as_uri()


def step() -> Any:
    back = STEP.backward()
    assert STEP.way_back is not None
    return STEP.way_back.updated(back)


def opened(visit: Any, url: str, **how: Any) -> Page:
    page: Page = visit(url, **how).page
    page.wait_for_selector(".returns.live")
    return page


def number(text: str) -> float:
    return float(text.replace("−", "-"))


def colour(value: float, far: float) -> list[int]:
    """The colour of a number among those of a scale: blue below 0, orange above."""
    white, end = np.array([250, 250, 250]), np.array(DIVERGING[0] if value < 0 else DIVERGING[255])
    return list(np.round(white + (end - white) * min(1, abs(value) / (far or 1))).astype(int))


def due_maps(back: Any) -> dict[tuple[int, str], np.ndarray]:
    """Each gradient by its column in the diagram of a chain, and by its symbol."""
    came, found = came_back(back), {(0, "dL/dX"): back.input.output}
    for column, layer in enumerate(chain(back.trace), 1):
        found[column, "dL/dY"] = np.asarray(came[id(layer)])
    for column, entry in enumerate(back.gradients, 1):
        letters = {"kernel": "W", "weight": "W", "bias": "b"}
        found |= {(column, f"dL/d{letters[name]}"): one.output for name, one in entry.items() if name in letters}
    return found


def test_every_cell_of_every_map_is_its_gradient(visit: Any, tmp_path: Path) -> None:
    back = STEP.backward()
    page = opened(visit, told(back, tmp_path))
    due, seen = due_maps(back), 0
    for column, label, said, pixel in page.evaluate(READ):
        name, _, far = label.partition(" ±")
        if (column, name) not in due:
            continue
        gradient = due[column, name]
        at, value = re.search(r"\(([\d, ]+)\)(?: is|:) (\S+)$", said).groups()  # type: ignore[union-attr]
        exact = float(gradient[tuple(map(int, at.split(",")))])
        assert number(value) == pytest.approx(exact), said
        assert number(far) == pytest.approx(np.abs(gradient).max())
        if pixel is not None:
            assert np.abs(np.subtract(pixel, colour(exact, np.abs(gradient).max()))).max() <= 1, said
        seen += 1
    assert seen == sum(gradient.size for gradient in due.values()) == 16 + 9 + 9 + 4 + 4 + 2 + 4 + 8 + 2


def test_one_scale_makes_layers_comparable(visit: Any, tmp_path: Path) -> None:
    back = STEP.backward()
    page = opened(visit, told(back, tmp_path))
    page.get_by_label("One scale for all layers").check()
    expect(page.locator(".legend span").first).to_contain_text(
        "Gradients of outputs: −11 Gradients of weights: −1.51.5"
    )
    outputs = {"dL/dX", "dL/dY"}
    for column, label, said, pixel in page.evaluate(READ):
        name = label.partition(" ±")[0]
        if pixel is not None and name.startswith("dL"):
            value = number(re.search(r"(\S+)$", said)[1])  # type: ignore[index]
            assert np.abs(np.subtract(pixel, colour(value, 1 if name in outputs else 1.5))).max() <= 1, (column, said)


def test_before_and_after_an_update_are_one_figure_with_one_switch(visit: Any, tmp_path: Path) -> None:
    update = step()
    page = opened(visit, told(update, tmp_path))
    kernel = page.locator(".returns .node").nth(1).locator(".under").nth(1)

    def weights() -> list[float]:
        found = page.evaluate(READ)
        return [
            number(said.rpartition(" is ")[2]) for column, label, said, _ in found if (column, label) == (1, "kernel W")
        ]

    def scores() -> list[float]:
        return [
            number(text)
            for text in page.locator(".returns .node").last.locator(".bars").first.locator("b").all_text_contents()
        ]

    assert weights() == update.before[0]["kernel"].ravel().tolist()
    assert scores() == [3, 3]
    expect(page.locator(".legend")).to_contain_text("The loss is 0.693.")
    page.get_by_role("switch", name="After the update").check()
    assert weights() == pytest.approx(update.after[0]["kernel"].ravel().tolist())
    assert scores() == pytest.approx(update.trace.parents["input"].output.ravel().tolist(), rel=1e-3)
    expect(page.locator(".legend")).to_contain_text(f"The loss is {shown(update.loss_after)}.")
    assert kernel.locator("small").all_text_contents() == ["kernel W", "dL/dW ±1.5"]
    page.get_by_role("switch", name="After the update").uncheck()
    assert weights() == update.before[0]["kernel"].ravel().tolist()


def test_a_gradient_opens_its_working_at_the_cell_that_was_clicked(visit: Any, tmp_path: Path) -> None:
    page = opened(visit, told(STEP.backward(), tmp_path))
    tile = page.locator(".returns .node").nth(1).locator(".under").nth(1).locator(".tile").nth(1)
    box = tile.bounding_box()
    assert box
    tile.click(position={"x": box["width"] * 0.75, "y": box["height"] * 0.25})
    section = page.locator("section", has=page.locator("h2", has_text="Layer 1: Gradient of Conv2D for its kernel"))
    assert section.locator("details").first.get_attribute("open") is not None
    result = section.locator(".stage td.result").first
    assert result.get_attribute("data-out") == "0,1"
    assert number(str(result.text_content())) == -1.5
    assert page.evaluate("document.activeElement.textContent") == "↑ Back to the maps"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('.returns') !== null")


def test_the_keys_walk_along_a_row_and_down_a_layer(visit: Any, tmp_path: Path) -> None:
    page = opened(visit, told(STEP.backward(), tmp_path))

    def here() -> str:
        return str(page.evaluate("document.activeElement.ariaLabel"))

    page.locator(".returns .tile").first.focus()
    page.keyboard.press("ArrowRight")
    assert here().startswith("Y of layer 1, Convolution")
    page.keyboard.press("ArrowDown")
    assert here().startswith("dL/dY of layer 1, Convolution")
    page.keyboard.press("ArrowLeft")
    assert here().startswith("dL/dX of the input")
    page.keyboard.press("ArrowUp")
    assert here().startswith("X of the input")


def test_a_changed_upstream_gradient_reaches_the_maps(visit: Any, tmp_path: Path) -> None:
    trace = sw.trace(["MaxPool2D(2, strides=1)", "ReLU()"], [[1.0, 5, 2], [0, 3, 1], [4, 2, 0]])
    page = opened(visit, told(sw.backward(trace, [[1, 0.5], [2, 4]]), tmp_path))
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    relu = page.locator("section", has=page.locator("h2", has_text="Gradient of ReLU")).locator(".stage")
    relu.locator("table:has(caption:text('upstream')) td[data-in]").first.click()
    relu.locator(".edit input").fill("7")
    again = sw.backward(trace, [[7, 0.5], [2, 4]])
    found = page.evaluate(READ)
    shown_now = [
        number(said.rpartition(": ")[2]) for column, label, said, _ in found if column == 0 and label != "there"
    ]
    assert shown_now == again.input.output.ravel().tolist()


@pytest.mark.parametrize("name", ["digit", "branching"])
def test_networks_have_a_map_of_every_gradient_that_comes_back(name: str, visit: Any, tmp_path: Path) -> None:
    trace = NETWORKS[name]()
    target = [5] if name == "digit" else np.zeros(trace.shape)
    back = sw.backward(trace, loss="cross_entropy" if name == "digit" else "mse", target=target)
    seen = visit(told(back, tmp_path))
    page = seen.page
    page.wait_for_selector(".returns.live")
    came, symbols = (
        came_back(back),
        page.locator(".returns .node .size + .under > small:first-child").all_text_contents(),
    )
    layers = chain(trace)
    order = page.evaluate(
        "[...document.querySelectorAll('.returns .node .head small')].map(one => Number(one.textContent) - 1)"
    )
    fars = dict(zip(order, [number(one.partition("±")[2]) for one in symbols if one.startswith("dL/dY")]))
    assert sorted(fars) == list(range(len(layers)))
    for n, layer in enumerate(layers):
        assert fars[n] == pytest.approx(float(np.abs(np.asarray(came[id(layer)])).max()), rel=5e-3), n
    arrows = page.locator(".returns path.led:not(.tip)").count()
    taken = sum(len(set(map(id, layer.parents.values()))) or 1 for layer in layers)
    assert arrows == taken
    assert seen.complaints == []
    assert all(url.startswith(("file:", "data:")) for url in seen.requests)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", PHONE)])
def test_for_everyone(scheme: str, width: int, visit: Any, tmp_path: Path) -> None:
    """Axe, targets, no sideways scrolling; pictures that stand still on paper, and without script."""
    url = told(step(), tmp_path)
    seen = visit(url, width=width, color_scheme=scheme)
    page = seen.page
    page.wait_for_selector(".returns.live")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert faults(page, ".returns") == []
    small = page.evaluate(
        """[...document.querySelectorAll('.returns button, .returns input, .back')].filter(one => one.offsetWidth)
        .filter(one => one.offsetWidth < 24 || one.offsetHeight < 24).map(one => one.outerHTML.slice(0, 90))"""
    )
    assert small == []
    assert seen.complaints == []
    assert all(address.startswith(("file:", "data:")) for address in seen.requests)
    still = page.locator("section", has=page.locator("h2", has_text="as maps")).locator(".told figure")
    assert still.first.is_hidden()
    page.emulate_media(media="print")
    assert page.locator(".returns").is_hidden()
    assert still.first.is_visible()
    bare = visit(url, java_script_enabled=False).page
    pictures = bare.locator("section", has=bare.locator("h2", has_text="as maps")).locator(".told figure")
    assert pictures.first.is_visible()
    assert pictures.count() == 2 * 6 + 3 * 3  # there and back of five layers and the input; three weights, thrice


def test_it_lives_in_a_strange_page_and_with_a_script_apart(visit: Any, tmp_path: Path) -> None:
    write_assets(tmp_path / "assets")
    url = told(STEP.backward(), tmp_path, assets="assets")
    assert opened(visit, url).locator(".returns .node").count() == 6
    piece = STEP.backward().lesson().html(fragment=True)
    (tmp_path / "host.html").write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Host</title>{piece}', "utf-8"
    )
    seen = visit((tmp_path / "host.html").as_uri())
    seen.page.wait_for_function("document.querySelector('.stepwise-lesson').shadowRoot.querySelector('.returns.live')")
    assert seen.complaints == []


def test_workings_fold_to_as_many_columns_as_fit(visit: Any, tmp_path: Path) -> None:
    file = tmp_path / "step.html"
    file.write_text(STEP.lesson().html(), "utf-8")
    page = visit(file.as_uri()).page
    wider = "[...document.querySelectorAll('.workings')].filter(e => e.scrollWidth > e.clientWidth + 1).length"
    cut = "[...document.querySelectorAll('.workings .scroll')].filter(e => e.scrollWidth > e.clientWidth + 1).length"
    first = "new Set([...document.querySelector('.workings').children].map(e => e.getBoundingClientRect().top)).size"
    page.set_viewport_size({"width": 1200, "height": 800})
    assert (page.evaluate(wider), page.evaluate(cut), page.evaluate(first)) == (0, 0, 1)
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate(wider) == 0
    assert page.evaluate(first) == 2  # its two columns stand one below the other, each with its places
    assert page.locator(".workings").first.locator("tbody th").all_text_contents() == [
        f"({r},\N{NO-BREAK SPACE}{c})" for r in range(3) for c in range(3)
    ]
