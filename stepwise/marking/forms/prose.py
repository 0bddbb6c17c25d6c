"""The words around an answer: what stands before, behind and around the grid, and is no part of it.

My answer is: 4 3; 2 1      Y = [[4, 3], [2, 1]]      ```4 3```      "4 3; 2 1"      >>> y
"""

from __future__ import annotations

import re

from .words import is_blank, number

_FENCE = re.compile(r"^[ \t]*(?:```|~~~)[^\n\d]*$", re.MULTILINE)
_PROMPT = re.compile(r"^[ \t]*(?:>>>|\.\.\.|In ?\[\d*\]:|Out ?\[\d*\][:=]|julia>|>>)[ \t]*", re.MULTILINE)
_NAME = re.compile(r"[^\W\d_][^=:\n\[{(]{0,80}(?:\[[^\]\n]{0,20}\])?[ \t]{0,8}(?::=|[:=≈])[ \t]*(?=\S|\n)")
_LABELLED = re.compile(r"[ \t]*[^\W\d_]{1,40}[ \t]{0,8}\d{0,4}[ \t]{0,8}[:=][ \t]*(.*)")
_WORDS = re.compile(r"(?:(?:[^\W\d_]{2,40}|I)[ \t]+){1,12}(?=[-+.0-9])")
_PRINT = re.compile(r"print\((.*)\)[ \t]*;?", re.DOTALL)
_BULLET = re.compile(r"^[ \t]*(?:[*•][ \t]+|\(?[a-z]\)[ \t]*)(?=[-+.0-9_])", re.MULTILINE)
_FULL_STOP = re.compile(r"((?:\d[./]\d+)|(?<=\s)[_?])\.$")  # behind a number that has its own point
_PAIRS = ('""', "''", "“”", "‘’", "„“", "``", "$$")


def bare(text: str) -> str:
    """The text without what is around the answer."""
    text = _BULLET.sub("", _PROMPT.sub("", _FENCE.sub("", text))).strip()
    for _time in range(3):  # a name in quotes, quotes behind a name: each a few times, not without end
        before = text
        text = _without_quotes(text)
        text = printed[1].strip() if (printed := _PRINT.fullmatch(text)) else text
        text = _without_lines(text)
        text = _without_name(text)
        text = _FULL_STOP.sub(r"\1", text)
        if text == before:
            break
    return text


def _without_quotes(text: str) -> str:
    text = text.strip()
    for pair in _PAIRS:
        left, right = pair[0], pair[1]
        inner = text[1:-1]
        if len(text) > 1 and text[0] == left and text[-1] == right and left not in inner and right not in inner:
            return inner.strip()
    return text


def _without_name(text: str) -> str:
    """Without `Y =` or `My answer is:`, and without `row 1:` before each row."""
    lines = [line for line in text.split("\n") if line.strip()]
    labelled = [match[1] for match in map(_LABELLED.fullmatch, lines) if match]
    if len(lines) == len(labelled) > 1 and not any(";" in row for row in labelled):  # else each may be a grid
        return "\n".join(labelled)
    if (words := _WORDS.match(text)) and not any(
        is_blank(word) or number(word) is not None for word in words[0].split()
    ):
        return text[words.end() :]
    match = _NAME.match(text)
    if match and is_name(match[0]) and re.search(r"[0-9_∞?]", text[match.end() :]):
        return text[match.end() :].strip()
    return text


def is_name(label: str) -> bool:
    """Whether a label may be a name: `Answer to question 1:`, but not `4 3 and`, nor `a11 4, a12 =`.

    >>> is_name("Answer to question 1:"), is_name("R1 4.5 3 R2:"), is_name("a11 4, a12 =")
    (True, False, False)
    """
    digits = any(c.isdigit() for c in label)
    words = re.split(r"[\s:=]+", label)
    return sum(number(word) is not None for word in words) < 2 and not (digits and re.search(r"[,;&|]", label))


def _without_lines(text: str) -> str:
    """Without lines of words alone before and after; all of it where there is nothing else."""
    lines = text.split("\n")
    kept = [i for i, line in enumerate(lines) if not _is_prose(line)]
    return "\n".join(lines[kept[0] : kept[-1] + 1]).strip() if kept else text


def _is_prose(line: str) -> bool:
    """Whether a line has words but nothing that could be a cell; an empty line is neither."""
    words = re.split(r"[\s,;|&]+", line.strip())
    letters = any(sum(map(str.isalpha, word)) > 1 for word in words)
    if not line.strip():
        return True
    cells = any(number(word) is not None or (is_blank(word) and word) for word in words)
    return letters and not cells and not any(c.isdigit() for c in line) and not re.search(r"[\[\]{}()\\<>]", line)
