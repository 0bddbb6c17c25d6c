"""What people write around a grid, and between its rows, besides its cells: taken away where nothing else can be read.

Output (2x2): 4 3; 2 1      > 4 3      First row: 4 3      Exercise 3      "4","3"      <p>4 3</p>      [4 3][2 1]

What is left is only marked where it is of the size that is due: a number that was taken for a heading, or a heading
that was taken for a number, would change that. To add one: a line in `_without_signs`, or in `_without_headings`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from .prose import is_name
from .words import is_blank, number

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,9})(?:\s[^<>]{0,200})?/?>")
_ENDING = frozenset(("p", "div", "br", "li", "ul", "ol", "pre", "h1", "h2", "h3", "section"))
_WITHIN = frozenset(("b", "i", "u", "em", "strong", "span", "font", "mark"))
_TABLE = re.compile(r"<(?:t[drh]|table|mt[dr])\b", re.IGNORECASE)
_QUOTING = re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE)
_RULED = re.compile(r"^[ \t]*(?:[=+-]{3,}(?:[ \t]+|$))+$", re.MULTILINE)
_IN_QUOTES = re.compile(r"([\"'])([^\"'\n]{0,60})\1")
_DECLARED = re.compile(
    r"(?:[A-Za-z_][\w<>]{0,20}[ ]?(?:\[[^\[\]\n]{0,10}\]){0,4}[ ]+){0,3}"  # int, const, double[][]
    r"[A-Za-z_]\w{0,40}(?:\[[^\[\]\n]{0,10}\]){0,4}[ ]*=[ ]*(?=[\[{(])"
)
_GLUED = re.compile(r"\][ \t]*(?:,[ \t]*)?\[")
_AND = re.compile(r"(?<=\d),?[ \t]+(?:and|und|et|y)[ \t]+(?=[-+.\d])")
_REMARK = re.compile(r"(?<![ \t])[ \t]+\((?=[^()\n]*[^\W\d_]{2})[^()\n]*\)")
_SIZED = re.compile(r"^[^\d:=\n]*(?:shape|size|dimensions?)[ \t]*[:=][^\n]*$", re.MULTILINE | re.IGNORECASE)
_LABEL = re.compile(r"(?=[^:=\n]*[^\W\d_])[^:=\n]{1,80}[:=][ \t]*(?=\S|$)")
_NUMBERED = re.compile(r"[ \t]*(?:[Qq]\.?[ ]?)?\(?(\d{1,2})(?:[.):]|\.\))(?:[ \t]+|$)")
_SIGNPOST = re.compile(r"[ \t]*(?:=>|->|⇒|→|∴)[ \t]*")
_WORD = re.compile(r"[^\W\d_]{2,}")
_UNITS = re.compile(
    r"\b(?:px|pixels?|cm|mm|km|ms|kg|mV|Hz|kHz|dB|units?|pts?|points?|nan|inf|infinity|null|none|max|min)\b",
    re.IGNORECASE,
)
_CALLED = re.compile(r"\b(?:answers?|outputs?|results?|solution)\b|^\W*y\W*$", re.IGNORECASE)
LONGEST = 20_000
"""Characters of a text in which anything is looked for; what people write around an answer is short."""


def loosened(text: str) -> Iterator[str]:
    """The text without what may stand around its cells, in every way that changes it, the likeliest first."""
    if len(text) > LONGEST or _TABLE.search(text):
        return
    known = {text.strip()}
    for lines in _without_headings(_without_signs(text).split("\n")):
        found = "\n".join(lines).strip()
        if found and found not in known:
            known.add(found)
            yield found


def is_list(text: str) -> bool:
    """Whether every line begins with its number: `1. 4 3`, `2. 2 1`."""
    lines = [line for line in text.split("\n") if line.strip()]
    numbers = [match[1] for line in lines if (match := _NUMBERED.match(line))]
    counts = [[str(i) for i in range(first, len(lines) + first)] for first in (0, 1)]
    return len(lines) > 1 and numbers in counts


def _without_signs(text: str) -> str:
    """Without quotes, tags, rules and remarks; lists that stand side by side on lines of their own."""
    text = unescape(_TAG.sub(_of_tag, text)) if _TAG.search(text) or "&nbsp;" in text else text
    text = _RULED.sub("", _QUOTING.sub("", text.replace("\u00a0", " "))).strip()
    text = _IN_QUOTES.sub(r"\2", text)
    text = _behind(_DECLARED, text)
    text = _AND.sub(", ", _REMARK.sub("", text))
    if text.startswith("[") and not re.search(r"\[\s*\[", text):
        text = _GLUED.sub("]\n[", text)
    return _SIZED.sub("", text).strip()


def _behind(pattern: re.Pattern[str], text: str) -> str:
    """What follows the pattern where the text begins with it; else all of it."""
    match = pattern.match(text)
    return text[match.end() :] if match else text


def _of_tag(tag: re.Match[str]) -> str:
    name = tag[2].lower()
    return ("\n" if tag[1] or name == "br" else "") if name in _ENDING else "" if name in _WITHIN else " "


def _without_headings(lines: list[str]) -> Iterator[list[str]]:
    """The lines without numbers and names before them, and without those that are headings or sentences."""
    filled = [line for line in lines if line.strip()]
    if is_list("\n".join(filled)):
        lines = [_behind(_NUMBERED, line) for line in lines]
    elif _NUMBERED.match(lines[0]) and not any(map(_NUMBERED.match, filled[1:])):
        lines = [_behind(_NUMBERED, lines[0]), *lines[1:]]
    if all(line.lstrip().startswith("- [") for line in filled[1:]) and len(filled) > 2:
        lines = [re.sub(r"^\s*- (?=\[)", "", line) for line in lines]
    lines = [_behind(_SIGNPOST, line) for line in lines]
    labels = [match[0] if (match := _LABEL.match(line)) and is_name(match[0]) else "" for line in lines]
    behind = [line[len(label) :] for line, label in zip(lines, labels)]
    grids = [place for place, rest in enumerate(behind) if labels[place] and ";" in rest]
    called = [place for place in grids if _CALLED.search(labels[place])]
    if len(grids) > 1:  # a grid on each of several lines: channels, or only one of them is the answer
        if len(called) == 1:
            yield [behind[called[0]]]
        elif len({re.sub(r"\d", "", labels[place]) for place in grids}) > 1 or not called:
            yield [part for place in grids for part in ("", behind[place])]
    kept = ["" if _is_sentence(rest) else rest for rest in behind]  # what parts two grids leaves an empty line
    width = max((len(_numbers(line)) for line in kept), default=0)
    if all(len(_numbers(line)) < max(2, width) for line in behind if _is_sentence(line)):  # else one may be a row
        yield kept


def _is_sentence(line: str) -> bool:
    """Whether a line has words that are no units, and is no row of cells."""
    words = _UNITS.sub(" ", line)
    return bool(_WORD.search(words)) and not re.search(r"[\\\[\]{}]", line)


def _numbers(line: str) -> list[str]:
    return [word for word in re.split(r"[\s,;|]+", line) if number(word) is not None or (word and is_blank(word))]


__all__ = ["is_list", "loosened"]
