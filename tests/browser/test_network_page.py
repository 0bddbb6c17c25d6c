"""The network page: every reason it gives is Python's, and its reader gets into any layer and back."""

from __future__ import annotations

import random
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

import stepwise as sw
from stepwise.arithmetic import shown
from stepwise.dialects import onnx as networks
from stepwise.formula import speech
from stepwise.lessons import tell
from stepwise.lessons.fold import folded
from stepwise.traces.trace import chain
from tests.browser.accessibility import faults

HERE = Path(__file__).parent
EXAMPLE = HERE.parents[1] / "examples" / "digit.onnx"
ASK = (HERE / "network.js").read_text(encoding="utf-8")
NETWORKS = runpy.run_path(str(HERE / "networks.py"))["NETWORKS"]
NUMBERS, PIXELS, NAMED = 24, 4, 8
PHONE = 320


def written(trace: sw.Trace, folder: Path) -> str:
    file = folder / "network.html"
    file.write_text(trace.lesson().html(), "utf-8")
    return file.as_uri()


def some(trace: sw.Trace, chosen: random.Random) -> list[tuple[int, tuple[int, ...]]]:
    """Numbers of every layer, the largest and others: each its layer (from 1) and its index."""
    layers = list(enumerate(chain(trace), 1))
    asked = [(n, layer.steps[layer.largest].index) for n, layer in layers]
    while len(asked) < NUMBERS:
        n, layer = chosen.choice(layers)
        asked.append((n, tuple(chosen.randrange(size) for size in layer.shape)))
    return asked


def near(a: float, b: float, size: float) -> bool:
    return (a != a and b != b) or abs(a - b) <= 2e-5 * max(size, 1e-3)


@pytest.mark.parametrize("name", NETWORKS)
def test_every_reason_is_pythons(name: str, visit: Any, tmp_path: Path) -> None:
    trace = NETWORKS[name]()
    layers = chain(trace)
    chosen = random.Random(7)
    asked = some(trace, chosen)
    source = trace.why(tuple(0 for _ in trace.shape)).source
    pixels = [tuple(chosen.randrange(size) for size in source.shape) for _ in range(PIXELS)]
    opened = visit(written(trace, tmp_path))
    page = opened.page
    page.wait_for_selector(".network.live")
    told = page.evaluate(ASK, [asked, pixels])
    numbers = {id(layer): n for n, layer in enumerate(layers, 1)}
    for (n, index), found in zip(asked, told["found"]):
        layer = layers[n - 1]
        why, where = layer.why(index), f"{name}, layer {n} {index}"
        below = {key: numbers[id(parent)] for key, parent in layer.parents.items()}
        due = [
            (f"{below.get(s.input, 0)}:{np.ravel_multi_index(s.index, layer.inputs[s.input].shape)}", float(s.amount))
            for s in why.largest(NAMED)
        ]
        assert [place for place, _ in found["shares"]] == [place for place, _ in due], where
        size = sum(abs(amount) for amount in (float(why.explained), *dict(due).values()) if amount == amount)
        assert all(near(a, b, size) for (_, a), (_, b) in zip(found["shares"], due)), where
        rest, count = why.others(NAMED)
        assert found["rest"][0] == count, where
        assert near(found["rest"][1], float(rest), size), where
        spread = float(np.nansum(np.abs(why.contributions))) + size
        assert near(found["total"], float(why.contributions.sum()), spread), where
        assert near(found["left"], float(why.rest), spread), where
        assert found["field"] == [end for span in why.field for end in span], where
    for at, counts in zip(pixels, told["touched"]):
        due_counts = [int(mask.sum()) for _, mask in trace.touched(at).layers]
        assert counts == due_counts, f"{name}, pixel {at}"
    assert opened.complaints == []
    assert all(url.startswith(("file:", "data:")) for url in opened.requests)


def test_long_products_are_told_as_python_tells_them(visit: Any, tmp_path: Path) -> None:
    """The largest first, the others as one number: of the tutorial's 245, before and after a number is changed."""
    trace = NETWORKS["tutorial"]()
    dense = chain(trace)[4]
    page = visit(written(trace, tmp_path)).page
    page.wait_for_selector(".network.live")
    stage = page.locator("[data-layer='4'] .stage")
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    for k, step in enumerate(dense.steps):
        if k:
            stage.locator("[data-act=next]").click()
        formula, note = folded(step)
        assert stage.locator(".formula-line [role=math]").get_attribute("aria-label") == speech(formula)
        assert note in str(stage.locator(".sentence").text_content())


@pytest.mark.parametrize("count", [10, 40])
def test_a_share_of_many_is_told_alike(count: int, visit: Any, tmp_path: Path) -> None:
    x = np.random.default_rng(0).normal(0, 9, (1, count)).astype("float32")
    trace = sw.trace("Softmax()", x)
    page = visit(written(trace, tmp_path), width=700).page
    formula = page.locator(".formula-line [role=math], .formula-line math").first
    for k, step in enumerate(list(trace.steps)[:3]):
        if k:
            page.locator("[data-act=next]").click()
        due, note = folded(step)
        assert formula.get_attribute("aria-label") == speech(due)
        assert note in str(page.locator(".sentence").first.text_content())


def test_every_formula_fits_on_paper(visit: Any, tmp_path: Path) -> None:
    page = visit(written(NETWORKS["digit"](), tmp_path), width=700).page
    page.emulate_media(media="print")
    right = "() => [...document.querySelectorAll('.formula *')].map(one => one.getBoundingClientRect().right)"
    edges = page.evaluate(right)
    assert len(edges) > 100
    assert max(edges) <= 700


def test_into_a_layer_and_back(visit: Any, tmp_path: Path) -> None:
    trace = NETWORKS["digit"]()
    layers = chain(trace)
    opened = visit(written(trace, tmp_path))
    page = opened.page
    page.wait_for_selector(".network.live")
    conv = layers[3]

    # A click on a map opens its layer at that channel and place.
    tile = page.locator(".node").nth(4).locator(".tile").nth(5)
    box = tile.bounding_box()
    assert box
    tile.click(position={"x": box["width"] * 6.5 / 14, "y": box["height"] * 3.5 / 14})
    stage = page.locator("[data-layer='3'] .stage")
    assert stage.locator("td.result").get_attribute("data-out") == "0,5,3,6"
    assert stage.locator("td.result").text_content() == shown(conv.output[0, 5, 3, 6]).replace("-", "−")
    assert "layer=4" in page.url
    top = stage.bounding_box()
    assert top
    assert 0 <= top["y"] < 800

    # Its number is asked why, and a number of the input what it touched.
    stage.locator("button.ask").click()
    value = shown(conv.output[0, 5, 3, 6]).replace("-", "−")
    assert (
        page.locator(".answer h3").text_content()
        == f"Why is (image 0, channel 5, row 3, column 6) of layer 4, Convolution, {value}?"
    )
    page.locator(".gave button").first.click()
    best = conv.why((0, 5, 3, 6)).shares[0]
    assert "(image {}, channel {}, row {}, column {})".format(*best.index) in str(
        page.locator(".answer h3").text_content()
    )
    assert page.locator(".trail li").count() == 2
    while page.locator(".answer .gave button").count():
        page.locator(".gave button").first.click()
    assert "pixel=" in page.url
    pixel = conv.why((0, 5, 3, 6)).path[-1].index
    assert str(
        page.locator(".answer h3").text_content()
    ) == "What depends on (image {}, channel {}, row {}, column {}) of the input?".format(*pixel)

    # The browser's way back leads all the way to where it began, and forward again; then the visible control.
    for _ in range(12):
        if "why" not in page.url and "pixel" not in page.url:
            break
        before = page.url
        page.go_back()
        page.wait_for_url(lambda url, before=before: url != before)
    assert page.locator(".answer").is_hidden()
    assert stage.locator("td.result").get_attribute("data-out") == "0,5,3,6"
    page.locator("[data-layer='3'] .back").click()
    assert page.evaluate("document.activeElement.textContent") == "4Convolution"
    assert "layer" not in page.url.split("#")[1]
    assert stage.locator("td.result").get_attribute("data-out") == "0,5,3,6"  # nothing is lost

    # By the keys alone: from the input along the layers to the answer, and down.
    page.locator(".tile").first.focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
        if "Softmax" in page.evaluate("document.activeElement.ariaLabel"):
            break
    for _ in range(5):
        page.keyboard.press("ArrowDown")
    assert "Softmax, place (0, 5): 0.991" in page.evaluate("document.activeElement.ariaLabel")
    page.keyboard.press("Enter")
    assert page.locator(".answer h3").text_content() == "Why is (0, 5) of layer 9, Softmax, 0.991?"
    assert page.locator(".answer").get_by_text("is divided among its inputs below").count() == 1
    assert "Why is (0, 5) of layer 9" in str(page.locator(".network > [role=status]").text_content())
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")  # a map, by a key: its layer at its largest number
    first = layers[0].output[0, 0]
    at = np.unravel_index(int(first.argmax()), first.shape)
    assert page.locator("[data-layer='0'] .stage td.result").get_attribute("data-out") == f"0,0,{at[0]},{at[1]}"

    # An address opens the place meant, unfolded; one that means nothing does no harm.
    page.goto(page.url.split("#")[0] + "#layer=4&step.4=700")
    page.reload()
    page.wait_for_selector(".network.live")
    assert page.locator("[data-layer='3'] details").get_attribute("open") is not None
    assert stage.locator("td.result").is_visible()
    for address in (
        "#why=99,0",
        "#why=9,0,99",
        "#why=x_y",
        "#pixel=-1,0,0,0",
        "#pixel=0",
        "#layer=0&why=&pixel=a,b,c,d",
    ):
        page.evaluate("address => { location.hash = address }", address)
        assert page.locator(".answer").is_hidden(), address

    # A changed pixel changes the maps, the result, and the reasons.
    before = page.locator(".node").last.locator("b").all_text_contents()
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    page.locator("[data-layer='0'] [data-act=first]").click()  # from where the digit begins to its corner
    cell = page.locator("[data-layer='0'] .stage td[data-in]").first
    cell.click()
    changed = tuple(map(int, str(cell.get_attribute("data-in")).split(",")))
    page.locator("[data-layer='0'] .edit input").fill("9")
    image = layers[0].inputs["input"].copy()
    image[changed] = 9
    again = networks.load(EXAMPLE)(image)
    after = page.locator(".node").last.locator("b").all_text_contents()
    assert after != before
    assert [float(number.replace("−", "-")) for number in after] == pytest.approx(again.output[0], rel=2e-3, abs=1e-6)
    assert opened.complaints == []


APART = """() => {
    const clash = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    const text = element => {
        const range = document.createRange();
        range.selectNodeContents(element);
        return range.getBoundingClientRect();
    };
    const pairs = [...document.querySelectorAll('.back')].map(back => [back.previousElementSibling, back]);
    for (const row of document.querySelectorAll('.touched li > *')) pairs.push([row.children[0], row.children[3]]);
    for (const row of document.querySelectorAll('.touched small')) pairs.push([row.previousElementSibling, row]);
    return [pairs.length, pairs.filter(([a, b]) => clash(text(a), text(b))).map(([a]) => a.textContent)];
}"""


@pytest.mark.parametrize("width", [PHONE, 700, 1280])
def test_what_a_pixel_touched_and_the_way_back_stand_clear_of_other_words(
    width: int, visit: Any, tmp_path: Path
) -> None:
    page = visit(written(NETWORKS["digit"](), tmp_path) + "#pixel=0,0,5,21", width=width).page
    page.wait_for_selector(".network.live")
    pairs, clashing = page.evaluate(APART)
    assert pairs > 20
    assert clashing == []
    # The pixel is framed where it lies, though it is as white as its veil; another is chosen by its place.
    tile = page.locator(".tile").first
    outer, frame = tile.bounding_box(), tile.locator(".frame").bounding_box()
    assert outer
    assert frame
    middle = [frame["x"] + frame["width"] / 2 - outer["x"], frame["y"] + frame["height"] / 2 - outer["y"]]
    assert [int(at * 28 / outer["width"]) for at in middle] == [21, 5]
    assert page.locator("p.pixel").text_content() == "Another cell: (0, 0, , )"
    page.get_by_label("place 3 of the cell, 0 to 27").fill("9")
    page.get_by_label("place 3 of the cell, 0 to 27").press("Tab")
    assert (
        page.locator(".answer h3").text_content()
        == "What depends on (image 0, channel 0, row 5, column 9) of the input?"
    )


LAYERS = """() => {
    const named = one => one.caption?.textContent === 'The layers of the network';
    const table = [...document.querySelectorAll('table')].find(named);
    const heads = [...table.tHead.querySelectorAll('th')].map(one => one.textContent), box = table.parentElement;
    const told = [...table.querySelectorAll('td')].every(cell => cell.dataset.head === heads[cell.cellIndex]);
    return [box.scrollWidth <= box.clientWidth && told, getComputedStyle(table.rows[1]).display];
}"""


@pytest.mark.parametrize("name", ["digit", "branching"])
def test_for_everyone(name: str, visit: Any, tmp_path: Path) -> None:
    """With every answer open: targets, no sideways scrolling; in a strange page, on paper, and without script."""
    trace = NETWORKS[name]()
    url = written(trace, tmp_path)
    where = ",".join("0" for _ in trace.shape)
    pixel = ",".join("0" for _ in chain(trace)[0].inputs["input"].shape)
    for width, scheme, address in (
        (1280, "light", f"#why={len(chain(trace))},{where}"),
        (1280, "dark", f"#pixel={pixel}"),
        (PHONE, "light", f"#pixel={pixel}"),
        (PHONE, "dark", f"#why={len(chain(trace))},{where}"),
    ):
        opened = visit(url + address, width=width, color_scheme=scheme)
        page = opened.page
        page.wait_for_selector(".network.live .answer:not([hidden])")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(LAYERS) == [True, "grid" if width == PHONE else "table-row"]
        small = page.evaluate(
            """[...document.querySelectorAll('.network button, .back, .ask')].filter(one => one.offsetWidth)
            .filter(one => one.offsetWidth < 24 || one.offsetHeight < 24).map(one => one.outerHTML.slice(0, 90))"""
        )
        assert small == []
        assert opened.complaints == []
    page.emulate_media(media="print")
    assert page.locator(".network").is_hidden()
    assert page.locator(".told figure").first.is_visible()
    bare = visit(url, java_script_enabled=False).page
    assert bare.locator(".network").is_hidden()
    assert bare.locator(".told figure").first.is_visible()


def test_axe_finds_nothing(visit: Any, tmp_path: Path) -> None:
    """Of a large page it takes ten seconds: all is looked at on a small one, and of a digit's what is not on that."""
    page = visit(written(NETWORKS["digit"](), tmp_path) + "#pixel=0,0,0,0", color_scheme="dark").page
    page.wait_for_selector(".network.live .answer:not([hidden])")
    assert faults(page, ".network") == []
    small = NETWORKS["branching"](size=4)
    page = visit(written(small, tmp_path) + f"#why={len(chain(small))},0,0", color_scheme="light").page
    page.wait_for_selector(".network.live .answer:not([hidden])")
    assert faults(page, "main") == []
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": PHONE, "height": 800})
    assert faults(page, ".network") == []


def test_two_networks_in_a_strange_page(visit: Any, tmp_path: Path) -> None:
    pieces = [NETWORKS[name]().lesson().html(fragment=True) for name in ("tutorial", "awkward")]
    style = "<style>* { color: red !important; display: inline; font-size: 40px } button { all: revert }</style>"
    file = tmp_path / "host.html"
    file.write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Host</title>{style}{"".join(pieces)}', "utf-8"
    )
    opened = visit(file.as_uri())
    page = opened.page
    page.wait_for_function(
        "[...document.querySelectorAll('.stepwise-lesson')].every(one => one.shadowRoot.querySelector('.network.live'))"
    )
    second = page.locator(".stepwise-lesson").nth(1)
    second.locator(".bar").first.click()
    assert "why.2=" in page.url
    assert "why=" not in page.url
    assert second.locator(".answer h3").is_visible()
    assert page.locator(".stepwise-lesson").first.locator(".answer").is_hidden()
    assert second.locator(".answer h3").evaluate("one => getComputedStyle(one).color") != "rgb(255, 0, 0)"
    assert opened.complaints == []
    assert all(url.startswith(("file:", "data:")) for url in opened.requests)


def test_a_network_too_large_to_carry_says_so(tmp_path: Path) -> None:
    image = np.zeros((1, 3, 224, 224), dtype="float32")
    calls = ["nn.Conv2d(3, 16, 3)", "nn.ReLU()", "nn.MaxPool2d(2)", "nn.ReLU()"]
    html = sw.trace(calls, image).lesson().html()
    assert "This network has more numbers than a page can hold" in html
    assert "stepwise-record" not in html


HOSTILE = "</script><img src=x onerror=alert(1)>{{ 7*7 }}'\"`${alert(2)}"


def test_names_from_files_are_text(visit: Any, tmp_path: Path) -> None:
    model = onnx.load(EXAMPLE)
    renamed: dict[str, str] = {}
    for node in model.graph.node:
        node.name = HOSTILE
        for names in (node.input, node.output):
            for i, name in enumerate(names):
                names[i] = renamed.setdefault(name, HOSTILE + str(len(renamed)))
    for value in (*model.graph.initializer, *model.graph.input, *model.graph.output):
        value.name = renamed[value.name]
    onnx.save(model, tmp_path / "hostile.onnx")
    image = NETWORKS["digit"]().why((0, 0)).source
    trace = networks.load(tmp_path / "hostile.onnx")(image)
    lesson = tell(trace, title=HOSTILE)
    file = tmp_path / "hostile.html"
    file.write_text(lesson.html(), "utf-8")
    opened = visit(file.as_uri() + "#why=9,0,5")
    opened.page.wait_for_selector(".network.live")
    assert opened.page.locator("h1").text_content() == HOSTILE
    assert opened.complaints == []
