"""Every string in every place in every format: it changes what is read, and nothing else."""

from __future__ import annotations

from functools import cache

import pytest

from stepwise.errors import StepwiseError
from tests.hostile.table import FORMATS, PLACES, PLAIN, SIGNS, WORDS, harmless, one_sentence, shown_in


@cache
def plain(place: str, format: str, words: str = PLAIN) -> object:
    made = FORMATS[format]
    return made.structure(made.written(PLACES[place](words)))


@pytest.mark.parametrize(
    ("words", "place"),
    [(words, place) for place in PLACES for words in WORDS if shown_in(words, place)],
    ids=lambda words: ascii(words[:40]),
)
def test_words_change_what_is_read_and_nothing_else(words: str, place: str) -> None:
    try:
        lesson = PLACES[place](words)
    except StepwiseError as error:
        one_sentence(error)
        return
    for name in shown_in(words, place):
        format = FORMATS[name]
        try:
            written = format.written(lesson)
        except StepwiseError as error:
            one_sentence(error)
            continue
        harmless(format.text(written))
        if words.strip() and words.isprintable():
            found, expected = format.structure(written), plain(place, name)
            if place == "answer" and found != expected:  # signs leave an answer to a person, who reads them
                expected = plain(place, name, SIGNS)
            if isinstance(found, set):  # fewer, where a long word is set in another way
                assert not found - expected, (name, place)  # type: ignore[operator]
            else:
                assert found == expected, (name, place)
        else:
            format.structure(written)


@pytest.mark.parametrize("place", PLACES)
def test_a_plain_word_goes_everywhere(place: str) -> None:
    """Else what is compared with it above would be nothing."""
    lesson, told = PLACES[place](PLAIN), set()
    for name, format in FORMATS.items():
        if name == "xlsx" and place == "every block":
            continue  # it carries out no layer
        written = format.written(lesson)
        told |= {name} if PLAIN in (written if isinstance(written, str) else format.text(written)) else set()
    assert "html" in told
    assert told >= {"md", "tex", "typ", "txt"} or place in ("alternatives", "parts", "ONNX names"), told
