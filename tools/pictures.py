"""The README's and the docs' pictures of pages: `make pictures`. Real pages in a real browser, twice the pixels."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, sync_playwright

import stepwise as sw
from stepwise.io.inputs import sample_digit
from stepwise.lesson_files.reading import load_lesson_file
from tools.chromium import CHROMIUM

ROOT = Path(__file__).parent.parent
INTER = ROOT / "node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
THREE = [[1, 0, 2], [0, 3, 1], [2, 1, 0]]


@dataclass(frozen=True)
class Picture:
    """A page, what its reader does first, how wide it is, and which part of it is taken."""

    name: str
    lesson: Callable[[], sw.Lesson]
    steps: int = 1
    width: int = 1100
    part: str = ".stage"  # or, where empty, the page from its top to the end of its stage
    act: Callable[[Page], object] = lambda page: None


def same(numbers: list[list[int]] = [[4, 3], [2, 1]]) -> sw.Trace:  # noqa: B006 - nobody changes it
    """The canonical example."""
    return sw.trace("MaxPool2D(2, strides=1, padding='same')", numbers)


def digit() -> sw.Trace:
    """A handwritten digit through five filters."""
    return sw.trace("Conv2D(5, 3, strides=2, padding='same')", sample_digit(0) / 255)


def convolution() -> sw.Trace:
    """A 2×2 kernel that looks for a bright diagonal."""
    return sw.trace("Conv2D(1, 2, padding='same')", THREE, kernel=[[1, 0], [0, 1]], bias=[-1])


def practised(page: Page) -> None:
    """A slip that the page knows by name."""
    page.locator(".practice input").fill("0")
    page.locator(".practice [type=submit]").click()


def pinned(page: Page) -> None:
    """The reverse question: what used this cell?"""
    page.locator(".stage td[data-in='1,1']").click()


PICTURES = (
    Picture("valid-or-same", lambda: load_lesson_file(ROOT / "examples" / "valid-or-same.yaml").lesson(), part=""),
    Picture("stage", lambda: same().lesson()),
    Picture("stage-phone", lambda: same().lesson(), width=360),
    Picture("convolution", lambda: convolution().lesson(), steps=5),
    Picture("digit", lambda: digit().lesson(), steps=412),
    Picture("practice", lambda: same([[-4, -3], [-2, -1]]).lesson(practice=True), act=practised),
    Picture("reverse", lambda: convolution().lesson(), act=pinned),
)


def take(folder: Path) -> None:
    """Photograph every page in both colour schemes."""
    font = base64.b64encode(INTER.read_bytes()).decode()
    face = f"@font-face {{ font-family: Inter; font-weight: 100 900; src: url(data:font/woff2;base64,{font}); }}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for picture in PICTURES:
            for scheme in SCHEMES:
                size = {"width": picture.width, "height": 900}
                tab = browser.new_page(viewport=size, device_scale_factor=2, color_scheme=scheme)  # type: ignore[arg-type]
                tab.set_content(picture.lesson().html())
                tab.add_style_tag(content=face)
                tab.wait_for_selector(".stage.live")
                tab.evaluate(f"location.hash = 'step={picture.steps + 1}'")
                picture.act(tab)
                tab.evaluate("document.fonts.ready")
                tab.evaluate("scrollTo(0, 0)")
                tab.wait_for_timeout(400)  # the frame has arrived
                path = folder / f"{picture.name}{'-dark' if scheme == 'dark' else ''}.png"
                box = tab.locator(".stage").first.bounding_box()
                assert box is not None
                if picture.part:
                    around = {
                        "x": max(0, box["x"] - 16),
                        "y": box["y"] - 16,
                        "width": box["width"] + 32,
                        "height": box["height"] + 32,
                    }
                else:
                    around = {"x": 0, "y": 0, "width": picture.width, "height": box["y"] + box["height"] + 32}
                tab.screenshot(path=path, full_page=True, clip=around)  # type: ignore[arg-type]
                tab.close()
        browser.close()


if __name__ == "__main__":
    pictures = ROOT / "docs" / "images"
    pictures.mkdir(parents=True, exist_ok=True)
    take(pictures)
