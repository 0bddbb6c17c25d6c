"""What can be told from a page's source alone: it is valid, self-contained and told to those who cannot see it."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import Element

import html5lib

from stepwise.render.page.small import unpacked

KILOBYTE = 1000
LARGEST = {"digit-conv-pool": 150 * KILOBYTE, "4321-valid": 40 * KILOBYTE, "4321-same": 40 * KILOBYTE,
           "4321-compare": 45 * KILOBYTE}  # fmt: skip  # two lessons in one


def parsed(html: str) -> Element:
    """The page as a tree; raises `html5lib.html5parser.ParseError` for anything the standard calls an error."""
    tree: Element = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)
    return tree


def words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def test_is_valid_html(page_of: Any) -> None:
    html = parsed(page_of.html)
    assert page_of.html.startswith("<!doctype html>")
    assert html.get("lang") == "en"
    assert words(next(html.iter("title"))) == " ".join(page_of.lesson.title.split())


def test_ids_are_unique(page_of: Any) -> None:
    ids = Counter(element.get("id") for element in parsed(page_of.html).iter() if element.get("id") is not None)
    assert not [name for name, count in ids.items() if count > 1]


def test_headings_go_down_one_at_a_time(page_of: Any) -> None:
    levels = [int(e.tag[1]) for e in parsed(page_of.html).iter() if re.fullmatch("h[1-6]", str(e.tag))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_table_has_a_caption_and_heads_for_every_cell(page_of: Any) -> None:
    tables = list(parsed(page_of.html).iter("table"))
    assert tables
    for table in tables:
        caption = table.find("caption")
        assert caption is not None
        assert words(caption)
        heads = list(table.iter("th"))
        assert all(head.get("scope") in ("col", "row") and words(head) for head in heads)
        widths = {len([cell for cell in row if cell.tag in ("td", "th")]) for row in table.iter("tr")}
        assert len(widths) == 1, f"rows of {widths} cells in {words(caption)}"
        assert all(row[0].tag == "th" for body in table.iter("tbody") for row in body.iter("tr"))


def test_every_formula_is_spoken(page_of: Any) -> None:
    spoken = silent = 0

    def listen(element: Element, told: bool) -> None:
        nonlocal spoken, silent
        label = element.get("aria-label")
        if str(element.tag).endswith("math") or element.get("role") == "math":
            spoken += bool(label)
            silent += not (label or told)
            told = told or bool(label)
        for child in element:
            listen(child, told)

    listen(parsed(page_of.html), told=False)
    assert spoken >= 1
    assert silent == 0


def test_every_picture_says_what_it_shows(page_of: Any) -> None:
    pictures = list(parsed(page_of.html).iter("img"))
    assert all(words_of and words_of.strip() for words_of in (picture.get("alt") for picture in pictures))
    assert all(str(picture.get("src")).startswith("data:image/png;base64,") for picture in pictures)
    if page_of.name == "digit-pool":
        assert len(pictures) >= 2


def test_asks_for_nothing_from_outside_and_its_scripts_are_its_own(page_of: Any) -> None:
    html = parsed(page_of.html)
    scripts = list(html.iter("script"))
    assert [script.get("type") for script in scripts] == ["application/json", None]
    assert not [script for script in scripts if script.get("src")]
    assert unpacked(scripts[1].text or "") is not None
    assert not list(html.iter("link"))
    assert not [e for e in html.iter() for name in e.attrib if str(name).startswith("on")]
    assert not re.search(r"url\(|@import", words(next(html.iter("style"))))


def test_is_small(page_of: Any) -> None:
    assert len(page_of.html.encode()) <= LARGEST.get(page_of.name, 150 * KILOBYTE)


def test_is_the_same_every_time(page_of: Any) -> None:
    assert page_of.lesson.html() == page_of.html
