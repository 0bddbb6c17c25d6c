"""A whole sentence with named places, filled with code, formulas, emphasis or words: a message is never cut in pieces.

A translator moves places and marked words about as the language wants.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from string import Formatter

from ..document.inline import Inline, Math, Strong, Text
from ..formula import leaf

_MARKED = re.compile(r"\*\*(.+?)\*\*")


def as_number(value: float) -> Text:
    """A decimal, as formulas have it."""
    return (Math(leaf(float(value))),)


def inline(message: str, **places: Inline | Text | int) -> Text:
    """The message with its places filled; words between `**` matter more than those around them.

    >>> from ..document.inline import Code
    >>> inline("Carry out {call} on **this** input ({shape}).", call=Code("ReLU()"), shape="2×2")
    ('Carry out ', Code(text='ReLU()'), ' on ', Strong(text='this'), ' input (2×2).')
    """
    pieces: list[Inline] = []
    for first, part in enumerate(_MARKED.split(message)):
        if first % 2:
            pieces.append(Strong(part.format(**places)))
            continue
        for words, name, _spec, _conversion in Formatter().parse(part):
            _add(pieces, words)
            if name is not None:
                place = places[name]
                for piece in place if isinstance(place, tuple) else (place,):
                    _add(pieces, str(piece) if isinstance(piece, int) else piece)
    return tuple(pieces)


def _add(pieces: list[Inline], piece: Inline) -> None:
    """Words next to words become one piece, so that a text is the same however its message was cut."""
    if isinstance(piece, str) and pieces and isinstance(pieces[-1], str):
        pieces[-1] += piece
    elif piece != "":
        pieces.append(piece)


def paragraph(*sentences: str | Text) -> Text:
    """Whole sentences, one after the other; empty ones are left out.

    >>> paragraph("One.", "", ("Two.",))
    ('One. Two.',)
    """
    pieces: list[Inline] = []
    for sentence in filter(None, sentences):
        if pieces:
            _add(pieces, " ")
        for piece in (sentence,) if isinstance(sentence, str) else sentence:
            _add(pieces, piece)
    return tuple(pieces)


def labels(*captions: str) -> str:
    """Labels that stand beside each other; empty ones are left out.

    >>> labels("output 2×2", "", "channel 0")
    'output 2×2 · channel 0'
    """
    return " · ".join(filter(None, captions))


def several(texts: Iterable[Inline | Text]) -> Text:
    """Texts in a row, with commas between them."""
    pieces: list[Inline] = []
    for text in texts:
        if pieces:
            _add(pieces, ", ")
        for piece in text if isinstance(text, tuple) else (text,):
            _add(pieces, piece)
    return tuple(pieces)
