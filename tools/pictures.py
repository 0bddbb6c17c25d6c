"""The README's pictures of a page: `make pictures`. Light and dark, the first screen, twice the pixels."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Literal

from playwright.sync_api import sync_playwright

from stepwise.lesson_file import load_lesson_file

ROOT = Path(__file__).parent.parent
WIDTH = 1100
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SCHEMES: dict[Literal["light", "dark"], str] = {"light": "valid-or-same.png", "dark": "valid-or-same-dark.png"}


def take(page: str, folder: Path) -> None:
    """Photograph a page down to the end of its first section, in both colour schemes."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for scheme, name in SCHEMES.items():
            tab = browser.new_page(viewport={"width": WIDTH, "height": 800}, device_scale_factor=2, color_scheme=scheme)
            tab.set_content(page)
            end = tab.locator("section >> nth=1").bounding_box()
            height = int(end["y"] + end["height"]) + 32 if end else 800
            tab.screenshot(path=folder / name, full_page=True, clip={"x": 0, "y": 0, "width": WIDTH, "height": height})
        browser.close()


if __name__ == "__main__":
    pictures = ROOT / "docs" / "images"
    pictures.mkdir(parents=True, exist_ok=True)
    take(load_lesson_file(ROOT / "examples" / "valid-or-same.yaml").lesson().html(), pictures)
