"""A teacher's instructions, written in Markdown, as blocks that every format can set.

Headings, paragraphs, lists and fenced code; within a line *emphasis*, **strong** words, `code`, [links](https://…) and
`\\` before a sign that shall stand as it is. All else is words, printed as they stand: HTML and LaTeX among them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..document.blocks import Block, Prose
from ..document.inline import Code, Emphasis, Inline, Link, Strong, Text, unmarked

_HEADING = re.compile(r" {0,3}#{1,6} +(?P<words>.+?)(?: +#+)? *$")
_ITEM = re.compile(r"(?P<indent> *)(?:[-*+]|(?P<number>\d{1,9}[.)])) +(?P<words>\S.*)$")
_FENCE = re.compile(r" {0,3}(?P<fence>`{3,}+|~{3,}+)[^`]*$")
_ADDRESS = r"(?:https?://|mailto:)[^\s<>()]+(?:\([^\s<>()]*\)[^\s<>()]*)*"
_INLINE = re.compile(
    r"\\(?P<sign>[!-/:-@\[-`{-~])"
    r"|(?:(?<!`)|(?<=\\`))(?P<ticks>`++)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)"
    r"|\*\*(?=\S)(?P<strong>[^*]+?)(?<=\S)\*\*"
    r"|(?<![\w*])\*(?=[^\s*])(?P<emphasis>[^*]+?)(?<=\S)\*(?![\w*])"  # 2*3 and 4*5 are products
    r"|(?<!\w)__(?=\S)(?P<strong_>[^_]+?)(?<=\S)__(?!\w)"
    r"|(?<!\w)_(?=[^\s_])(?P<emphasis_>[^_]+?)(?<=\S)_(?!\w)"
    rf"|\[(?P<words>[^\[\]]+)\]\((?P<address>{_ADDRESS})\)"
    rf"|<(?P<bare>{_ADDRESS})>"
)


def instructions(text: str) -> list[Block]:
    """The blocks of a text in Markdown, in order.

    >>> instructions("Show *all* your **working**.")[0].text
    ('Show ', Emphasis(text='all'), ' your ', Strong(text='working'), '.')
    """
    return [Prose(words) for words in _paragraphs(text) if words]


def _paragraphs(text: str) -> Iterator[Text]:
    gathered: list[str] = []
    fence = ""
    for line in [*text.expandtabs(4).splitlines(), ""]:
        if fence:
            ends = line.strip().startswith(fence) and not line.strip().strip(fence[0])
            fence = "" if ends else fence
            yield (Code(line),) if line.strip() and not ends else ()
            continue
        opened, heading, item = _FENCE.match(line), _HEADING.match(line), _ITEM.match(line)
        if opened or heading or item or not line.strip():
            yield inlines(" ".join(gathered))
            gathered = []
        if opened:
            fence = opened["fence"]
        elif heading:
            yield (Strong(_plain(heading["words"])),)
        elif item:
            deep = "\u00a0\u00a0" * (len(item["indent"]) // 2)
            gathered = [f"{deep}{item['number'] or '•'} {item['words'].strip()}"]
        elif line.strip():
            gathered.append(line.strip())


def inlines(text: str) -> Text:
    """The pieces of one line."""
    found: list[Inline] = []
    words = ""
    at = 0
    for match in _INLINE.finditer(text):
        words += text[at : match.start()]
        at = match.end()
        if match["sign"]:
            words += match["sign"]
            continue
        found += [words] if words else []
        words = ""
        found.append(_piece(match))
    words += text[at:]
    return (*found, words) if words else tuple(found)


def _piece(match: re.Match[str]) -> Inline:
    if match["code"]:
        return Code(match["code"].strip() or match["code"])
    if strong := match["strong"] or match["strong_"]:
        return Strong(_plain(strong))
    if emphasis := match["emphasis"] or match["emphasis_"]:
        return Emphasis(_plain(emphasis))
    address = match["address"] or match["bare"]
    return Link(_plain(match["words"] or address), address)


def _plain(text: str) -> str:
    """Words within words, without signs of their own."""
    return unmarked(inlines(text))
