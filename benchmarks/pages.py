"""How quick a page is to open and to step, in milliseconds in Chromium: `python benchmarks/pages.py`."""

from __future__ import annotations

import shutil
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, sync_playwright

import stepwise as sw
from stepwise.io.inputs import sample_digit
from stepwise.lesson_files.reading import load_lesson_file

DIGIT = Path(__file__).resolve().parents[1] / "examples" / "digit-network.yaml"
REASONS = """() => { // every score of the last layer, asked why
    const bars = [...document.querySelectorAll('.node:last-child .bar')], taken = [];
    for (const bar of bars) {
        const before = performance.now();
        bar.click();
        document.body.offsetHeight;
        taken.push(performance.now() - before);
    }
    return taken;
}"""
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
STEPS = """() => {
    const next = document.querySelector('.stage.live [data-act=next]'), taken = [];
    for (let n = 0; n < 60; n++) {
        const before = performance.now();
        next.click();
        document.body.offsetHeight; // the browser lays it out now
        taken.push(performance.now() - before);
    }
    return taken;
}"""
LESSONS: dict[str, Callable[[], sw.Trace]] = {
    "4 3 / 2 1": lambda: sw.trace("MaxPool2D(2, strides=1, padding='same')", [[4, 3], [2, 1]]),
    "28×28, five filters": lambda: sw.trace("Conv2D(5, 3, strides=2, padding='same')", sample_digit(0) / 255),
    "224×224×3": lambda: sw.trace(
        "MaxPool2D(3, strides=2, padding='same')", np.random.default_rng(0).random((224, 224, 3), dtype=np.float32)
    ),
}


def main() -> None:
    """Print the table."""
    print(f"{'lesson':<22} {'kB':>7} {'live after':>11} {'first step':>11} {'a step':>8}")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for name, make in LESSONS.items():
            file = Path(folder) / "page.html"
            make().lesson().save(file)
            tab = browser.new_page()
            tab.goto(file.as_uri())
            tab.wait_for_selector(".stage.live")
            live = tab.evaluate("performance.now()")
            taken = tab.evaluate(STEPS)
            kilobytes = file.stat().st_size / 1000
            print(f"{name:<22} {kilobytes:>7.1f} {live:>11.0f} {taken[0]:>11.1f} {statistics.median(taken):>8.1f}")
        network(browser, Path(folder) / "network.html")
        browser.close()


def network(browser: Browser, file: Path) -> None:
    """The digit network: until it can be operated, from the start of the navigation, and the answers to "why?"."""
    load_lesson_file(DIGIT).lesson().save(file)
    opened = []
    for _ in range(7):
        tab = browser.new_page()
        tab.goto(file.as_uri())
        tab.wait_for_selector(".network.live")
        opened.append(float(tab.evaluate("performance.getEntriesByName('stepwise-network')[0].startTime")))
        reasons = tab.evaluate(REASONS)
        tab.close()
    kilobytes, median = file.stat().st_size / 1000, statistics.median(opened)
    print(f"\nthe digit network: {kilobytes:.0f} kB; can be operated after {median:.0f} ms")
    print(f"(at worst {max(opened):.0f} ms); why is a score what it is: {statistics.median(reasons):.0f} ms")


if __name__ == "__main__":
    main()
