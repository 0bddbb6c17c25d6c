"""How wide words are, about, and how they are broken into lines: the fonts are known to the reader's machine alone."""

from __future__ import annotations

import re
import unicodedata

_NARROW = frozenset("iljftrI.,:;'|!()[] ·")
_NUMBER = re.compile(r"\s[0-9]")
_WIDE = frozenset("mwMWΣ∑→≈+=−<>×")


def width(text: str, size: float) -> float:
    """The room that words need on a line, rather too much than too little."""
    return size * sum(map(_em, text))


def _em(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    if character in _NARROW:
        return 0.37
    return 0.86 if character in _WIDE else 0.74 if character.isupper() else 0.64 if character.isdigit() else 0.61


def broken(text: str, size: float, room: float) -> list[str]:
    """Words in as many lines as they need, broken at spaces, and within a word only where it is longer than a line.

    A number stays with the word that it belongs to.

    >>> broken("max(4, 3) = 4", 10, 65), broken("kernel 2×2 · channel 0", 10, 110)
    (['max(4, 3) =', '4'], ['kernel 2×2 ·', 'channel 0'])
    """
    lines: list[str] = [""]
    for word in _with_numbers(_pieces(text), size, room):
        if width((lines[-1] + word).strip(), size) <= room:
            lines[-1] += word
            continue
        lines.append("")
        for character in word.lstrip():
            if lines[-1] and width(lines[-1] + character, size) > room:
                lines.append("")
            lines[-1] += character
    return [line.strip() for line in lines if line.strip()]


def _with_numbers(pieces: list[str], size: float, room: float) -> list[str]:
    """Words with the number that comes after them, where both have room on a line: `channel 0`, `padded to 3×3`."""
    found: list[str] = []
    for piece in pieces:
        if found and _NUMBER.match(piece) and found[-1][-1].isalpha() and width(found[-1] + piece, size) <= room:
            found[-1] += piece
        else:
            found.append(piece)
    return found


def _pieces(text: str) -> list[str]:
    """Words with the space before them; scripts without spaces may be broken anywhere."""
    found, space = [], ""
    for part in re.findall(r"\s+|[\u2e80-\u9fff\uf900-\ufaff]|[^\s\u2e80-\u9fff\uf900-\ufaff]+", text):
        if part.isspace():
            space = part
        else:
            found.append(space + part)
            space = ""
    return found
