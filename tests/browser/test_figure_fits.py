"""The figure fits: on a desk and on a phone, with channels, decimals, depth; what is measured is what a reader sees."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

import stepwise as sw
from stepwise.io.inputs import sample_digit
from stepwise.lesson_files.reading import load_lesson_file

EXAMPLES = Path(__file__).parents[2] / "examples"
DESK, PHONE = {"width": 1200, "height": 900}, {"width": 360, "height": 740}
LONG = -123456.789


def _drawn(*shape: int) -> Any:
    return np.round(np.random.default_rng(3).normal(0, 2, shape), 2)


CASES: dict[str, Callable[[], sw.Trace]] = {
    "channels": lambda: sw.trace(
        "Conv2D(4, 5)", _drawn(8, 8, 3), kernel=_drawn(5, 5, 3, 4) / 2, bias=[1.77, -0.2, 0, 0.25]
    ),
    "whole": lambda: sw.trace("Conv2D(2, 2)", np.arange(-16, 16).reshape(4, 4, 2)),
    "long": lambda: sw.trace("Conv2D(1, 2)", [[4.0, 3, 1], [2, LONG, 0], [1, 5, 6]], kernel=[[1, 0], [0, 1.5]], bias=1),
    "long-max": lambda: sw.trace("MaxPool2D(2, strides=1)", [[4.0, 3, 1], [2, LONG, 0], [1, 5, -LONG]]),
    "line": lambda: sw.trace("Conv1D(2, 3, padding='same')", np.arange(1, 9).reshape(8, 1)),
    "padded": lambda: sw.trace("Conv2d(1, 1, 3, padding=1, stride=2)", np.arange(25).reshape(1, 5, 5)),
    "transposed": lambda: sw.trace("ConvTranspose2d(1, 1, 3, stride=2)", [[1, 2], [3, 4]], bias=1),
    "depthwise": lambda: sw.trace("DepthwiseConv2D(2)", np.arange(48).reshape(4, 4, 3)),
    "depth": lambda: sw.trace("Conv3d(1, 1, 2)", np.arange(48).reshape(1, 3, 4, 4)),
    "pooling": lambda: sw.trace("MaxPool2D(2, strides=1, padding='same')", [[4, 3], [2, 1]]),
    "digit": lambda: sw.trace("Conv2D(2, 3)", sample_digit(0) / 255, kernel=_drawn(3, 3, 1, 2)),
}

BIAS, KERNEL, OUTPUT, INPUT = range(4)
MEASURES = """() => {
    const box = one => { const b = one.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]; };
    const stage = document.querySelector('.stage.live'), scene = stage.querySelector('.scene');
    const pen = document.createElement('canvas').getContext('2d'), range = document.createRange();
    return {
        scene: box(scene), controls: box(stage.querySelector('.controls')), view: box(stage.querySelector('.view')),
        frames: [...scene.querySelectorAll('.frame.window:not([hidden])')].map(box),
        grids: [...scene.querySelectorAll('.matrix')].map(table => ({
            kind: ['.bias', '.kernel', ':has([data-out])', '*'].findIndex(one => table.matches(one)),
            box: box(table.tBodies[0]), clip: box(table.closest('.scroll') ?? table),
            cells: [...table.querySelectorAll('tbody td')].map(td => {
                range.selectNodeContents(td);
                const look = getComputedStyle(td), badge = getComputedStyle(td, '::before');
                pen.font = `${badge.fontWeight} ${badge.fontSize} ${badge.fontFamily}`;
                const weight = td.dataset.w;
                return {
                    box: box(td), text: td.textContent, ink: box(range), size: parseFloat(look.fontSize),
                    small: parseFloat(badge.fontSize), wide: pen.measureText(weight ?? '').width,
                    title: td.title, weight,
                };
            }),
        })),
    };
}"""


@pytest.fixture
def shown(visit: Any, tmp_path: Path) -> Callable[..., Page]:
    def page_of(name: str, screen: dict[str, int] = DESK, address: str = "", **options: Any) -> Page:
        file = tmp_path / f"{name}.html"
        if not file.exists():
            CASES[name]().lesson().save(file)
        page: Page = visit(file.as_uri() + address, **options).page
        page.set_viewport_size(screen)  # type: ignore[arg-type]
        page.wait_for_selector(".stage.live")
        page.wait_for_timeout(100)
        return page

    return page_of


def middle(box: list[float]) -> float:
    return (box[1] + box[3]) / 2


def cells_fit(grid: dict[str, Any]) -> None:
    """Squares of one size; every number inside its own, and above the weight that lies in it."""
    sides = [
        side for cell in grid["cells"] for side in (cell["box"][2] - cell["box"][0], cell["box"][3] - cell["box"][1])
    ]
    assert max(sides) - min(sides) <= 1.1, (grid["kind"], max(sides), min(sides))
    for cell in grid["cells"]:
        left, _top, right, bottom = cell["box"]
        assert cell["ink"][0] >= left - 0.6, cell
        assert cell["ink"][2] <= right + 0.6, cell
        assert cell["size"] >= 9.7, cell
        if cell["weight"]:
            assert cell["small"] >= 9, cell
            assert cell["wide"] <= right - left, cell
            # a digit is about 0.73 of its size high, in the middle of its line
            assert middle(cell["ink"]) + 0.365 * cell["size"] <= bottom - 2 - 0.8 * cell["small"], cell


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["desk", "phone"])
def test_every_number_fits_into_its_square(shown: Any, name: str, screen: dict[str, int]) -> None:
    page = shown(name, screen)
    found = page.evaluate(MEASURES)
    for grid in found["grids"]:
        if name != "pooling":  # which has room, and cells of its own
            cells_fit(grid)
        assert grid["clip"][0] - 0.6 <= grid["box"][0], (name, grid["kind"], "is cut off")
        assert grid["box"][2] <= grid["clip"][2] + 0.6, (name, grid["kind"], "is cut off")
        assert found["scene"][0] - 1 <= grid["box"][0]
        assert grid["box"][2] <= found["scene"][2] + 1
    sides = [grid["cells"][0]["box"][2] - grid["cells"][0]["box"][0] for grid in found["grids"]]
    assert max(sides) - min(sides) <= 1.1, sides  # the kernel's too: it is as large as the window it lies on


@pytest.mark.parametrize("name", CASES)
def test_on_a_desk_all_stands_in_one_row(shown: Any, name: str) -> None:
    found = shown(name).evaluate(MEASURES)
    if name != "digit":  # whose map stands above the numbers
        middles = [middle(grid["box"]) for grid in found["grids"]]
        assert max(middles) - min(middles) <= 2, (name, middles)  # input and output at one height
    assert found["controls"][3] - found["scene"][1] <= DESK["height"], "figure and controls are on one screen"
    kernels = [grid for grid in found["grids"] if grid["kind"] == KERNEL]
    if name in ("channels", "whole", "long", "padded"):
        left, top, right, bottom = found["frames"][0]
        wide, high = (kernels[0]["box"][i + 2] - kernels[0]["box"][i] for i in (0, 1))
        assert abs(right - left - wide) <= 8
        assert abs(bottom - top - high) <= 8


@pytest.mark.parametrize("name", CASES)
def test_on_a_phone_figure_and_controls_share_the_screen(shown: Any, name: str) -> None:
    page = shown(name, PHONE)
    page.evaluate(
        "window.scrollTo(0, document.querySelector('.stage .scene').getBoundingClientRect().top + scrollY - 4)"
    )
    found = page.evaluate(MEASURES)
    assert found["controls"][1] >= found["scene"][3] - 1, "the controls lie on the figure"
    assert found["controls"][3] <= PHONE["height"], "the controls are below the screen"
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("name", ["channels", "whole", "padded", "depth", "pooling", "transposed"])
@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["desk", "phone"])
def test_the_controls_stay_where_they_are(shown: Any, name: str, screen: dict[str, int]) -> None:
    page = shown(name, screen)
    places = page.evaluate(
        """() => {
            const stage = document.querySelector('.stage.live'), found = [];
            const next = stage.querySelector('[data-act=next]');
            do {
                const {top, left} = next.getBoundingClientRect();
                found.push([Math.round(top - stage.getBoundingClientRect().top), Math.round(left)].join());
                if (next.getAttribute('aria-disabled')) break;
                next.click();
            } while (true);
            return found;
        }"""
    )
    assert len(places) > 3
    assert len(set(places)) == 1, set(places)


CUT_OFF = """() => [...document.querySelectorAll('.scroll, .signed, .working, .formula, .formula-line')]
    .filter(one => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1)
    .map(one => [one.className, one.textContent.slice(0, 80)])"""
TINY = """() => [...document.querySelectorAll('.cut th')].filter(one => one.checkVisibility())
    .map(one => parseFloat(getComputedStyle(one).fontSize)).filter(size => size < 9)"""
NARROW: dict[str, Callable[[], sw.Trace]] = {
    "a fraction": lambda: sw.trace("nn.AvgPool2d(3, stride=1)", np.arange(20, -5, -1).reshape(5, 5) - 15),
    "a list": lambda: sw.trace("MaxPool1D(3, strides=2, padding='same')", _drawn(12)),
    "eight columns": lambda: sw.trace("MaxPool2D(2)", _drawn(8, 8, 3)),
    "formulas in a table": lambda: sw.trace("MaxPool2D(3, strides=2, padding='same')", np.arange(100).reshape(10, 10)),
}


@pytest.mark.parametrize("name", NARROW)
def test_on_a_phone_nothing_is_cut_off(visit: Any, tmp_path: Path, name: str) -> None:
    NARROW[name]().lesson().save(tmp_path / "page.html")
    page = visit((tmp_path / "page.html").as_uri(), 360).page
    page.wait_for_selector(".stage.live")
    page.locator(".stage [data-act=last]").click()
    assert page.evaluate(CUT_OFF) == []
    assert page.evaluate(TINY) == []


def test_no_picture_glares_on_a_dark_page(shown: Any) -> None:
    page = shown("digit", color_scheme="dark")
    grey, signed = (
        page.locator(one).first.evaluate("one => getComputedStyle(one).filter")
        for one in (".maps img:not(.diverging)", ".maps .diverging")
    )
    assert grey == "brightness(0.8)"
    assert signed == "invert(0.9) hue-rotate(180deg)"  # 0, nearly white on paper, is nearly black here


def test_a_long_number_does_not_widen_its_column(shown: Any) -> None:
    for name in ("long", "long-max"):
        found = shown(name).evaluate(MEASURES)
        [cell] = [cell for cell in found["grids"][0]["cells"] if cell["title"] == "−123456.789"]
        told = float(cell["text"].replace("−", "-"))
        assert cell["text"] != cell["title"]
        assert abs(told - LONG) <= 0.01 * abs(LONG)  # rounded, and not cut off


def test_what_is_rounded_is_whole_where_it_is_pointed_at(shown: Any) -> None:
    page = shown("long")
    page.locator(".stage td[data-in='1,1']").hover()
    assert "−123456.789" in str(page.locator(".peek").text_content())


def test_the_window_moves_before_the_filter_changes(shown: Any) -> None:
    trace = CASES["whole"]()
    page = shown("whole")
    seen = []
    for number in range(len(trace.steps)):
        if number:
            page.locator(".stage [data-act=next]").click()
        seen.append(tuple(map(int, str(page.locator(".stage td.result").get_attribute("data-out")).split(","))))
    assert seen == [(row, column, filter_) for filter_ in range(2) for row in range(3) for column in range(3)]
    # and so do the steps that are told, and the figures that stand alone
    told = [
        step.index
        for section in trace.lesson(detail="all").everything
        for block in section.blocks
        for step in getattr(block, "steps", ())
    ]
    assert told == seen


def test_a_digit_begins_where_something_is(shown: Any) -> None:
    page = shown("digit")
    assert set(page.locator(".stage td.window[data-in]").all_text_contents()) != {"0"}
    assert "step" not in page.url
    page = shown("digit", address="#step=1")
    assert page.locator(".stage td.result").get_attribute("data-out") == "0,0,0"


PIXELS = """() => [...document.querySelectorAll('.stage .map canvas')].map(canvas => {
    const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return Array.from({length: data.length / 4}, (_, i) => [...data.slice(4 * i, 4 * i + 4)]);
})"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_maps_have_one_colouring_and_do_not_glare(shown: Any, scheme: str) -> None:
    trace = CASES["digit"]()
    page = shown("digit", color_scheme=scheme)
    page.locator(".stage [data-act=last]").click()
    page.locator(".tabs button", has_text="filter 0").click()
    given, made = page.evaluate(PIXELS)
    most = float(np.abs(trace.output).max())
    for (red, green, blue, _), value in zip(made, trace.output[:, :, 0].ravel()):
        if abs(value) > 0.25 * most:
            assert (blue > red) == (value < 0), (value, red, green, blue)  # blue below 0, orange above
    assert all(red == green == blue for red, green, blue, _ in given)  # no number of a digit is below 0
    brightest = max(max(pixel[:3]) for pixel in given)
    assert brightest == 255 if scheme == "light" else 150 < brightest < 215
    legends = page.locator(".stage .legend").all_text_contents()
    assert len(legends) == 2
    assert legends[0] == "input 28×2801"
    ends = legends[1].removeprefix("output 26×26").replace("−", "-")
    assert ends.startswith("-")
    assert float(ends.split("-")[1][: len(ends) // 2]) == pytest.approx(most, rel=1e-2)


def test_a_window_through_depth_shows_all_its_depths(shown: Any) -> None:
    page = shown("depth")
    found = page.evaluate(MEASURES)
    assert [grid["kind"] for grid in found["grids"]] == [INPUT, KERNEL, INPUT, KERNEL, BIAS, OUTPUT]
    trace = CASES["depth"]()
    tapped = {",".join(map(str, tap.source)) for tap in trace.step((0, 0, 0, 0)).taps if isinstance(tap.source, tuple)}
    windows = page.locator(".stage td.window[data-in]")
    assert {windows.nth(i).get_attribute("data-in") for i in range(windows.count())} == tapped


def test_what_is_pinned_is_not_mixed_with_what_is_pointed_at(shown: Any) -> None:
    page = shown("whole")
    cells = page.locator(".stage [data-in]")
    cells.nth(0).click()
    said = page.locator(".peek span").text_content()
    used = page.locator(".stage td.used").count()
    cells.nth(5).hover()
    assert page.locator(".peek span").text_content() == said
    assert page.locator(".stage td.used").count() == used
    cells.nth(5).click()
    assert page.locator(".peek span").text_content() != said


def test_a_label_names_no_place_that_was_not_filled(shown: Any) -> None:
    for name in ("whole", "depth", "depthwise"):
        page = shown(name)
        labels = page.evaluate("[...document.querySelectorAll('.stage [aria-label]')].map(one => one.ariaLabel)")
        assert not [label for label in labels if "{" in label]


def test_a_sum_over_channels_is_told_a_channel_at_a_time(shown: Any) -> None:
    trace = CASES["whole"]()
    step = trace.step((0, 0, 0))
    channels = [[tap for tap in step.taps if isinstance(tap.source, tuple) and tap.source[2] == n] for n in range(2)]
    sums = [sum(int(tap.value) * int(tap.weight) for tap in taps) for taps in channels]
    assert sum(sums) + int(trace.inputs["bias"][0]) == int(step.result)
    page = shown("whole")
    written = str(page.locator(".stage .formula-line").text_content()).replace("\u200b", "").replace("−", "-")
    groups = [
        "+".join("·".join(f"({int(n)})" if n < 0 else str(int(n)) for n in (tap.value, tap.weight)) for tap in taps)
        for taps in channels
    ]
    bias = int(trace.inputs["bias"][0])
    assert written.split("=")[0] == "+".join([*(f"({group})" for group in groups), str(bias)])
    signs = [str(sums[0]), *(f"({n})" if n < 0 else str(n) for n in (sums[1], int(trace.inputs["bias"][0])))]
    assert written.split("=")[1:] == ["+".join(signs), str(int(step.result))]


def test_a_saved_picture_keeps_words_weights_and_hatching(shown: Any) -> None:
    page = shown("padded")
    with page.expect_download() as download:
        page.locator("[data-save=svg]").click()
    picture = Path(download.value.path()).read_text(encoding="utf-8")
    assert picture.count('fill="url(#h)"') == page.locator(".stage td[data-pad]").count()
    assert "color(" not in picture  # which few programs read
    assert page.locator(".stage td[data-w]").first.get_attribute("data-w") in picture
    outside = page.evaluate(
        """picture => {
            const holder = document.body.appendChild(document.createElement('div'));
            holder.innerHTML = picture;
            const svg = holder.firstElementChild, edge = svg.getBoundingClientRect();
            const texts = [...svg.querySelectorAll('text')].map(one => one.getBoundingClientRect());
            const out = ({left, right, bottom}) => left < edge.left || right > edge.right || bottom > edge.bottom;
            return texts.filter(out).length;
        }""",
        picture,
    )
    assert outside == 0


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> str:
    file: Path = tmp_path_factory.mktemp("network") / "network.html"
    load_lesson_file(EXAMPLES / "digit-network.yaml").lesson().save(file)
    return file.as_uri()


def test_a_network_shows_its_end_or_that_it_goes_on(visit: Any, network: str) -> None:
    page = visit(network, width=1200).page
    page.wait_for_selector(".network.live")
    page.wait_for_timeout(200)
    diagram = page.locator(".diagram")
    last = page.locator(".node").last.bounding_box()
    assert last is not None
    assert last["x"] + last["width"] <= 1200
    assert diagram.evaluate("one => one.scrollWidth - one.clientWidth") <= 1
    assert diagram.evaluate("one => getComputedStyle(one).getPropertyValue('--after')") == "0px"
    assert page.locator(".network .legend").count() == 2

    page.set_viewport_size({"width": 700, "height": 900})
    page.wait_for_timeout(200)
    assert diagram.evaluate("one => one.scrollWidth - one.clientWidth") > 100
    assert diagram.evaluate("one => getComputedStyle(one).getPropertyValue('--after')") == "3em"
    diagram.focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    assert diagram.evaluate("one => one.scrollLeft") > 0  # by the keyboard
    assert diagram.evaluate("one => getComputedStyle(one).getPropertyValue('--before')") == "3em"
