"""Every message marked where it stands: each carries a character of its own, so that a text tells what it is made of.

A pattern would find "window" in nearly any text; the mark of the message "window" stands only where that was said.
"""

from __future__ import annotations

import gettext
import json
from collections.abc import Iterator
from contextlib import contextmanager

from stepwise import language
from stepwise.document.lesson import Lesson
from stepwise.render.lesson_data import lesson_data

_FIRST, _LAST = 0xE000, 0xF8FF  # characters that mean nothing by themselves
_marks: dict[str, str] = {}


def _marked(message: str) -> str:
    mark = _marks.setdefault(message, chr(_FIRST + len(_marks)))
    assert ord(mark) <= _LAST
    return mark + message


class _Marking(gettext.NullTranslations):
    def gettext(self, message: str) -> str:
        return _marked(message)

    def ngettext(self, one: str, many: str, n: int) -> str:
        return _marked(one if n == 1 else many)


@contextmanager
def marking() -> Iterator[None]:
    """Inside, every message is marked."""
    plain = language._ENGLISH
    language._ENGLISH = _Marking()
    try:
        yield
    finally:
        language._ENGLISH = plain


def messages_in(text: str) -> frozenset[str]:
    """The messages that stand in a marked text."""
    there = set(text)
    return frozenset(message for message, mark in _marks.items() if mark in there)


def unmarked(text: str) -> str:
    """The text as it is without marks."""
    return text.translate({ord(mark): None for mark in _marks.values()})


def said(lesson: Lesson) -> str:
    """All that a lesson says: its text, and what stands in other formats alone, such as captions and speech."""
    return lesson.text().replace("┃", "") + "\n" + json.dumps(lesson_data(lesson), ensure_ascii=False)
