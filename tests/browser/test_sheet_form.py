"""A sheet's page filled in with the keys, and what it saves, handed in."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from stepwise.worksheets.handout import make
from stepwise.worksheets.workshop import Order
from tests.command import run
from tests.sheets import SHEETS


@pytest.mark.parametrize("name", ["one question", "chain", "asked", "several exercises"])
def test_what_the_page_saves_earns_everything(name: str, browser: Browser, tmp_path: Path) -> None:
    sheet = SHEETS[name]
    for file, text in sheet.lessons.items():
        (tmp_path / file).write_text(text)
    make([tmp_path / file for file in sheet.lessons], tmp_path / "out", Order())
    page = browser.new_page(accept_downloads=True)
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto((tmp_path / "out" / "v01.html").as_uri())
    page.get_by_label("Name").fill("Ana Ruiz")
    page.get_by_label("Date").fill("today")
    tables = iter(page.locator("table:has(input)").all())
    lines = iter(page.locator("p.fillin:has(input)").all()[1:])
    for layer in sheet.layers:
        for grid in layer.grids:
            rows = next(tables).locator("tr:has(input)")
            for number, row in enumerate(grid):
                rows.nth(number).locator("input").first.focus()
                for word in row:  # with the keys alone
                    page.keyboard.type(str(word))
                    page.keyboard.press("Tab")
        for row in (*layer.before, *layer.after):
            next(lines).locator("input").first.focus()
            for word in row:
                page.keyboard.type(str(word))
                page.keyboard.press("Tab")
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save my answers").click()
    assert saving.value.suggested_filename == "Ana-Ruiz--v01.json"
    saving.value.save_as(tmp_path / "saved.json")
    (tmp_path / "saved.html").write_text(page.content())
    assert "Ana-Ruiz--v01.json" in page.get_by_role("status").inner_text()
    page.close()
    assert said == []
    for id in sheet.points:
        for file in ("saved.json", "saved.html"):
            told = run("check", str(tmp_path / "out"), str(tmp_path / file), "--variant", id)
            assert told.status == 0, told.out + told.err


def test_arrows_and_pasted_grids(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "pool.yaml").write_text(SHEETS["one question"].lessons["pool.yaml"])
    make([tmp_path / "pool.yaml"], tmp_path / "out", Order())
    page = browser.new_page()
    page.goto((tmp_path / "out" / "v01.html").as_uri())
    cells = page.locator("table input")
    cells.nth(0).focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft"):
        page.keyboard.press(key)
    page.keyboard.type("7")
    assert cells.nth(3).input_value() == "7"
    page.evaluate(
        "at => { const data = new DataTransfer(); data.setData('text', at);"
        " const told = {clipboardData: data, bubbles: true, cancelable: true};"
        " document.activeElement.dispatchEvent(new ClipboardEvent('paste', told)); }",
        "1\t2\n3\t4\n",
    )
    assert [cells.nth(n).input_value() for n in range(9)] == ["", "", "", "1", "2", "", "3", "4", ""]
    page.close()


@pytest.mark.parametrize("name", ["chain", "asked", "several exercises"])
def test_for_everyone_and_on_paper(name: str, browser: Browser, tmp_path: Path) -> None:
    sheet = SHEETS[name]
    for file, text in sheet.lessons.items():
        (tmp_path / file).write_text(text)
    make([tmp_path / file for file in sheet.lessons], tmp_path / "out", Order())
    page = browser.new_page(viewport={"width": 320, "height": 800})
    page.goto((tmp_path / "out" / "v01.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    names = page.locator("input").evaluate_all(
        "all => all.map(one => one.ariaLabel || one.labels[0].textContent.trim())"
    )
    assert all(names)
    assert len(set(names)) == len(names), "each field has a name of its own"
    page.emulate_media(media="print")
    assert not page.get_by_role("button").is_visible()
    page.close()
