"""The overview of a class as a page: valid, accessible, at home on a phone and in the dark, and nothing asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stepwise.grading.grading import grade
from tests.browser.accessibility import CONTRAST, SHAPES, faults
from tests.browser.test_in_chromium import PHONE
from tests.browser.test_markup import parsed, words
from tests.unit.grading.classes import LESSON, a_class, write_lesson, write_manifest, write_table

VARIANTS = {f"v{number}": f"{number} 3; 2 {number}" for number in range(5)}
WIDE = "stepwise: 1\ntitle: A digit, by hand\ninput: {mnist: 0}\nlayers: [MaxPool2D(2)]\n"
LARGE = "stepwise: 1\ninput: {random: {shape: [12, 12, 3]}}\nlayers: [ReLU()]\n"


@pytest.fixture(scope="module", params=["class", "variants", "wide", "large", "nobody", "all right"])
def overview(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Overviews of classes that have little in common."""
    folder = tmp_path_factory.mktemp("overview")
    rows: list[tuple[str, ...]] = list(a_class(70))
    lesson = write_lesson(folder)
    match request.param:
        case "variants":
            lesson = write_manifest(folder / "w", VARIANTS)
            rows = [(student, "4 3; 2 4", f"v{i % 5}") for i, (student, _answer) in enumerate(a_class(40))]
        case "wide":
            lesson = write_lesson(folder, WIDE)
            rows = [(f"s{i}", "; ".join([" ".join(["0"] * 14)] * 14)) for i in range(5)]
        case "large":
            lesson = write_lesson(folder, LARGE)
            rows = [("ana", str([[[1, 2, 3]] * 12] * 12))]
        case "nobody":
            rows = []
        case "all right":
            lesson = write_lesson(folder, LESSON.replace('padding="same"', 'padding="valid"'))
            rows = [("ana", "-1 -1; -1 -1")]
    page = folder / "overview.html"
    grade(lesson, write_table(folder, rows), [page])
    return page


def test_is_valid_and_every_table_is_told(overview: Path) -> None:
    tree = parsed(overview.read_text(encoding="utf-8"))
    assert tree.get("lang") == "en"
    for table in tree.iter("table"):
        caption = table.find("caption")
        assert caption is not None
        assert words(caption)
        assert all(head.get("scope") in ("col", "row") and words(head) for head in table.iter("th"))


def test_axe_finds_nothing(overview: Path, visit: Any) -> None:
    opened = visit(overview.as_uri(), color_scheme="light")
    assert faults(opened.page) == []
    opened.page.emulate_media(color_scheme="dark")
    assert faults(opened.page, **CONTRAST) == []
    opened.page.set_viewport_size({"width": PHONE, "height": 800})
    assert faults(opened.page, **SHAPES) == []
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= PHONE
    assert opened.requests == [overview.as_uri()]
    assert opened.complaints == []


def test_bars_are_as_long_as_their_counts(overview: Path, visit: Any) -> None:
    page = visit(overview.as_uri()).page
    for table in page.locator("table.bars").all():
        counts = [int(text) for text in table.locator(".count").all_inner_texts()]
        widths = [box.evaluate("bar => bar.getBoundingClientRect().width") for box in table.locator(".bar").all()]
        assert widths == pytest.approx([max(widths) * count / max(1, *counts) for count in counts], abs=0.5)
