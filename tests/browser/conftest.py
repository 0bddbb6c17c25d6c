"""Lessons as pages, opened in Debian's own Chromium: one browser for each worker, nothing fetched from anywhere."""

from __future__ import annotations

import math
import runpy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, ViewportSize, expect, sync_playwright

import stepwise as sw
from stepwise.io.inputs import sample_digit
from stepwise.lessons import tell
from stepwise.traces.trace import chain
from tools.chromium import CHROMIUM

QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--no-first-run")  # fmt: skip


DESK: ViewportSize = {"width": 1280, "height": 800}
WAITS = 120_000
"""Milliseconds that a page is waited for: what is right comes at once, and on a busy machine later."""
expect.set_options(timeout=WAITS)


@dataclass(frozen=True)
class LessonPage:
    """One lesson as a file, and the traces it tells, in the order it tells them."""

    name: str
    lesson: sw.Lesson
    traces: tuple[sw.Trace, ...]
    html: str
    url: str


Told = tuple[sw.Lesson, tuple[sw.Trace, ...]]


def _alone(call: str | list[str], data: Any, title: str | None = None, **weights: Any) -> Told:
    trace = sw.trace(call, data, **weights)
    return tell(trace, title=title), tuple(chain(trace))


def _compared(first: str, second: str, data: Any) -> Told:
    a, b = sw.trace(first, data), sw.trace(second, data)
    return sw.compare(a, b), (a, b)


def _counted(*shape: int) -> list[Any]:
    """Numbers 1, 2, 3, … in this shape."""
    number = iter(range(1, math.prod(shape) + 1))

    def rows(axes: tuple[int, ...]) -> Any:
        return [rows(axes[1:]) for _ in range(axes[0])] if axes else next(number)

    filled: list[Any] = rows(shape)
    return filled


FOUR = [[4, 3], [2, 1]]
TABLE = [[1, 1, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [1, 2, 3, 4]]
DIGIT = sample_digit(0) / 255
MEXICAN_HAT = [[0, 0, -1, 0, 0], [0, -1, -2, -1, 0], [-1, -2, 16, -2, -1], [0, -1, -2, -1, 0], [0, 0, -1, 0, 0]]
SCRIPT = "<script>alert(1)</script>"

LESSONS: dict[str, Callable[[], Told]] = {
    "4321-valid": lambda: _alone("MaxPool2D((2, 2), strides=1, padding='VALID')", FOUR),
    "4321-same": lambda: _alone("MaxPool2D((2, 2), strides=1, padding='SAME')", FOUR),
    "4321-compare": lambda: _compared("MaxPool2D(2, strides=1)", "MaxPool2D(2, strides=1, padding='same')", FOUR),
    "mean": lambda: _alone("AveragePooling2D(2)", TABLE),
    "kernel-5x5-stride-2-same-bias": lambda: _alone(
        "Conv2D(1, 5, strides=2, padding='same')", _counted(6, 6), kernel=MEXICAN_HAT, bias=[0.5]
    ),
    "channels": lambda: _alone("Conv2D(2, 2)", _counted(3, 3, 3)),
    "dilated": lambda: _alone("Conv2D(1, 2, dilation_rate=2, padding='same')", _counted(3, 3), kernel=FOUR),
    "rectangular": lambda: _alone("Conv2D(1, (1, 3), strides=(2, 1))", TABLE, kernel=[[1, 0, -1]]),
    "digit-pool": lambda: _alone("MaxPool2D(2)", DIGIT),
    "digit-conv-pool": lambda: _alone(["Conv2D(5, 3, strides=2, padding='SAME')", "MaxPool2D(2)"], DIGIT),
    "not-finite": lambda: _alone("MaxPool2D(2, strides=1)", [[math.nan, 1, 2], [3, math.inf, -math.inf], [0, -1, 5]]),
    "negative": lambda: _alone("MaxPool2D(2, strides=1, padding='same')", [[-4, -3], [-2, -1]]),
    "large-numbers": lambda: _alone("AveragePooling2D(2)", [[10**12, 7 * 10**15], [123456789, 2**53 + 1]]),
    "long-title": lambda: _alone("MaxPool2D(2)", TABLE, title="Pooling" + " as it is done in Pneumonoultra" * 8),
    "hostile-title": lambda: _alone("MaxPool2D(2)", TABLE, title=SCRIPT),
    "single-cell": lambda: _alone("MaxPool2D(1)", [[7]]),
    "torch": lambda: _compared("nn.MaxPool2d(3, stride=2, padding=1)", "MaxPool2D(3, 2, 'same')", _counted(4, 4)),
}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, as the machine has it; a machine without one is an error, never a skipped test."""
    assert CHROMIUM, "there is no Chromium here; `make test` installs it, or run tools/browser.sh"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session", params=LESSONS)
def page_of(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> LessonPage:
    """Each lesson, written to disk."""
    lesson, traces = LESSONS[request.param]()
    file: Path = tmp_path_factory.mktemp("pages") / f"{request.param}.html"
    lesson.save(file)
    return LessonPage(request.param, lesson, traces, file.read_text(encoding="utf-8"), file.as_uri())


@dataclass
class Visit:
    """An open page, and what it did while it opened and after."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


def visited(browser: Browser, url: str, width: int = 1280, **options: Any) -> Visit:
    """A page opened in a tab of its own."""
    context = browser.new_context(viewport={"width": width, "height": 800}, **options)
    context.set_default_timeout(WAITS)
    visit = Visit(context.new_page())

    def told(dialog: Dialog) -> None:
        visit.complaints.append(dialog.message)
        dialog.dismiss()

    visit.page.on("request", lambda request: visit.requests.append(request.url))
    visit.page.on("console", lambda message: visit.complaints.append(message.text))
    visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    visit.page.on("dialog", told)
    visit.page.goto(url)
    return visit


@dataclass
class Kept:
    """Pages of one lesson that the tests before have opened and left as they were."""

    browser: Browser
    url: str = ""
    visits: dict[bool, Visit] = field(default_factory=dict)

    def page(self, url: str, scripts: bool) -> Page:
        if url != self.url:
            self.close()
            self.url = url
        if scripts not in self.visits:
            self.visits[scripts] = visited(self.browser, url, java_script_enabled=scripts)
            if scripts:
                self.visits[scripts].page.wait_for_selector(".stage.live")
        return self.visits[scripts].page

    def close(self) -> None:
        for visit in self.visits.values():
            visit.page.context.close()
        self.visits.clear()


@pytest.fixture(scope="session")
def kept(browser: Browser) -> Iterator[Kept]:
    pages = Kept(browser)
    yield pages
    pages.close()


@pytest.fixture
def still(page_of: LessonPage, kept: Kept) -> Iterator[Page]:
    """The lesson's page with its script begun, for tests that only look: opening it takes longer than most looks do.

    They may change how wide it is, what it is shown on and where the focus is, which is put back after them.
    """
    page = kept.page(page_of.url, scripts=True)
    yield page
    if not page.is_closed():
        page.emulate_media(media="null", color_scheme="null")
        page.set_viewport_size(DESK)
        page.evaluate("document.activeElement.blur()")


@pytest.fixture
def bare(page_of: LessonPage, kept: Kept) -> Page:
    """The same without scripts."""
    return kept.page(page_of.url, scripts=False)


@pytest.fixture(scope="session")
def varied() -> dict[str, Callable[[], sw.Trace]]:
    """Traces of every kind that a page can operate; see `varied.py`."""
    found: dict[str, Callable[[], sw.Trace]] = runpy.run_path(str(Path(__file__).parent / "varied.py"))["TRACES"]
    return found


Open = Callable[..., Visit]


@pytest.fixture
def visit(browser: Browser) -> Iterator[Open]:
    """Opens a page in a tab of its own: `visit(url, width=320, color_scheme="dark")`."""
    contexts: list[BrowserContext] = []

    def opened(url: str, width: int = 1280, **options: Any) -> Visit:
        seen = visited(browser, url, width, **options)
        contexts.append(seen.page.context)
        return seen

    yield opened
    for context in contexts:
        context.close()
