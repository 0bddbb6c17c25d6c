"""How quick a page is to open and to step, in milliseconds in Chromium: `python -m benchmarks.pages`."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, sync_playwright

import stepwise as sw
from stepwise.io.inputs import sample_digit
from stepwise.lesson_files.reading import load_lesson_file
from tools.chromium import CHROMIUM

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
SCROLLED = """async number => { // until a lesson that is scrolled to has gone a step
    const before = performance.now(), lesson = document.querySelectorAll('.stepwise-lesson')[number];
    lesson.scrollIntoView();
    for (;;) {
        const next = lesson.shadowRoot?.querySelector('.stage.live [data-act=next]');
        if (next) { next.click(); document.body.offsetHeight; return performance.now() - before; }
        await new Promise(requestAnimationFrame);
    }
}"""
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
FIVE = """
Five lessons
============
""" + "".join(f"""
{heading}
{"-" * len(heading)}

.. stepwise::
   :input: {numbers}

   {call}
""" for heading, call, numbers in (
    ("Maximum", "MaxPool2D(2, strides=1, padding='same')", "4 3; 2 1"),
    ("Mean", "AveragePooling2D(2)", "1 2 3 4; 5 6 7 8; 9 8 7 6; 5 4 3 2"),
    ("Convolution", "Conv2D(1, 3)", "1 0 2 -1 3; 0 2 1 1 -2; 3 -1 0 2 1; 1 1 -2 0 2; 2 0 1 3 -1"),
    ("Transposed", "Conv2DTranspose(1, 2, strides=2)", "1 2; 3 4"),
    ("Normalisation", "LayerNormalization()", "1 2 3 6"),
))  # fmt: skip
SLOWER = 4
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
        site(browser, Path(folder) / "site")
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


def site(browser: Browser, folder: Path) -> None:
    """Five lessons on one page of a site of Sphinx with furo, on a processor that is so many times slower."""
    source = folder / "source"
    source.mkdir(parents=True)
    (source / "conf.py").write_text("extensions = ['stepwise.sites.sphinx']\nhtml_theme = 'furo'\n")
    (source / "index.rst").write_text(FIVE)
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "html", str(source), str(folder / "made")]
    subprocess.run(command, check=True)
    first, later = [], []
    for _ in range(7):
        tab = browser.new_page()
        slow = tab.context.new_cdp_session(tab)
        slow.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        tab.goto((folder / "made" / "index.html").as_uri(), wait_until="commit")
        tab.wait_for_selector(".stage.live")
        first.append(float(tab.evaluate("performance.now()")))
        later += [float(tab.evaluate(SCROLLED, number)) for number in range(1, 5)]
        tab.close()
    print(f"\nfive lessons on a page of furo, {SLOWER} times slower: the first can be operated after")
    print(f"{statistics.median(first):.0f} ms (at worst {max(first):.0f} ms),")
    print(f"each other {statistics.median(later):.0f} ms after it is scrolled to (at worst {max(later):.0f} ms)")


if __name__ == "__main__":
    main()
