"""The same strings in the title of a figure: SVG, slides and TikZ keep the structure of a plain word."""

from __future__ import annotations

import pytest

from stepwise.errors import StepwiseError
from stepwise.render.figure import figure
from tests.hostile.table import PLACES, PLAIN, READING, WORDS, harmless, one_sentence, skeleton, tex

STRUCTURE = {"svg": skeleton, "reveal": skeleton, "tex": tex}


@pytest.mark.parametrize("format", STRUCTURE)
def test_words_change_what_is_read_and_nothing_else(format: str) -> None:
    drawn = str(figure(PLACES["title"](PLAIN), 1, format))
    assert PLAIN in drawn
    for words in [*WORDS, *READING]:
        try:
            written = str(figure(PLACES["title"](words), 1, format))
        except StepwiseError as error:
            one_sentence(error)
            continue
        harmless(written)
        found, expected = STRUCTURE[format](written), STRUCTURE[format](drawn)
        if isinstance(found, set):
            assert not found - expected, words  # type: ignore[operator]
        else:
            assert found == expected or not words.strip(), words
