"""A language that nobody speaks: every message longer, in brackets, and its words the other way round.

What stands outside of brackets was never translated; two pairs in one sentence mean that it was glued.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from string import Formatter
from unittest import mock

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from stepwise import language
from tools import i18n

NAME = "xx"
"""What it is called where it stands beside English, compiled from the catalogue as any other language."""
OPEN, CLOSE = "⟦", "⟧"


def turned(message: str) -> str:
    """`⟦ẹxtra {call} out Carry⟧`: the places stay, the order does not."""
    words: list[str] = []
    for literal, name, spec, conversion in Formatter().parse(message):
        words += [word.replace("{", "{{").replace("}", "}}") for word in literal.split()]
        if name is not None:
            words.append("{" + name + (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "") + "}")
    marked = "**" in message  # emphasis is moved about with its words
    longer = "~~~~~~~~ " * (len(message) // 32) + "~" * (len(message) // 4 % 8)  # in words that a line can end between
    return OPEN + " ".join(words if marked else reversed(words)) + longer + CLOSE


class Pseudo(gettext.NullTranslations):
    """The catalogue of it."""

    def gettext(self, message: str) -> str:
        return turned(message)

    def ngettext(self, one: str, many: str, n: int) -> str:
        return turned(one if n == 1 else many)


@contextmanager
def speaking_pseudo() -> Iterator[None]:
    """Inside, English is that language, and whoever asks for English gets it."""
    plain = language._ENGLISH
    language._ENGLISH = Pseudo()
    try:
        yield
    finally:
        language._ENGLISH = plain


def _install(folder: Path) -> None:
    """Put it where languages are looked for: what is not extracted for translators is not in it."""
    catalogue = Catalog(charset="utf-8")
    for message in i18n.catalogue():
        if isinstance(message.id, str):
            catalogue.add(message.id, turned(message.id) if message.id else "")
        else:
            catalogue.add(message.id, tuple(map(turned, message.id)))
    place = folder / NAME / "LC_MESSAGES" / "stepwise.mo"
    place.parent.mkdir(parents=True)
    with place.open("wb") as stream:
        write_mo(stream, catalogue)


@contextmanager
def installed(folder: Path) -> Iterator[None]:
    """Inside, languages are looked for in a folder that has it."""
    _install(folder)
    with mock.patch.object(language, "FOLDER", folder):
        yield


def outside(text: str) -> tuple[str, int]:
    """What stands outside of all brackets, each pair replaced by `⟦⟧`; and how many outermost pairs there are."""
    depth, spans, kept = 0, 0, []
    for sign in text:
        if sign == OPEN:
            if not depth:
                spans += 1
                kept.append(OPEN + CLOSE)
            depth += 1
        elif sign == CLOSE:
            depth -= 1
        elif not depth:
            kept.append(sign)
    assert depth == 0, text
    return "".join(kept), spans


def bare(text: str) -> list[str]:
    """Words of two letters or more outside of all brackets."""
    return re.findall(r"[A-Za-z]{2,}", outside(text)[0])
