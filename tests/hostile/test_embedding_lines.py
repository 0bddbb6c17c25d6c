"""The lines that put a lesson into another page, of a lesson with every string in its title, and of one with them in
its text: what is pasted is one frame, one picture, one directive, and the page that shows it has what it has anyway.
"""

from __future__ import annotations

from dataclasses import replace

import html5lib
from markdown_it import MarkdownIt

from stepwise.document.lesson import Lesson
from stepwise.document.origin import Origin
from stepwise.render.page.embedding import pastes
from tests.hostile.table import EVERY, PLACES, PLAIN, harmless, skeleton


def lesson(title: str, text: str) -> Lesson:
    return replace(PLACES["title"](title), origin=Origin("lesson", "", f"title: {text}\n"))


def test_the_page_that_shows_them_has_no_more_than_for_a_plain_word() -> None:
    expected = skeleton(lesson(PLAIN, PLAIN).html())
    for made in (lesson(" ".join(EVERY), PLAIN), lesson(PLAIN, "\n".join(EVERY))):
        page = made.html()
        harmless(page)
        assert skeleton(page) == expected


def test_what_is_pasted_is_one_frame_and_one_picture() -> None:
    for words in EVERY:
        written = {one.name: one.before + one.address + one.after for one in pastes(lesson(words, PLAIN))}
        [frame] = html5lib.parseFragment(written["iframe"], namespaceHTMLElements=False)
        assert (frame.tag, set(frame.attrib), len(frame)) == ("iframe", {"class", "src", "title", "style"}, 0)
        assert frame.attrib["src"] == "lesson.html"
        if words.strip():
            [paragraph, inline, _end] = MarkdownIt("commonmark").parse(written["markdown"])
            assert paragraph.type == "paragraph_open"
            assert [one.type for one in inline.children or []] == ["link_open", "image", "link_close"]
