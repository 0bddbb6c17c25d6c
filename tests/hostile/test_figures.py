"""The same strings in figures: SVG, slides and TikZ keep the structure of a plain word, files of pixels have none."""

from __future__ import annotations

import io
import struct
import zipfile
from xml.etree import ElementTree

import pypdf
import pytest

from stepwise.errors import StepwiseError
from stepwise.render import encode
from stepwise.render.figure import figure
from stepwise.render.figure.layout import plain
from stepwise.render.figure.picture import Picture
from stepwise.render.figure.powerpoint import deck
from stepwise.render.png import SIGNATURE
from tests.hostile.table import EVERY, PLACES, PLAIN, harmless, one_sentence, skeleton, tex, words_of_sheet

STRUCTURE = {"svg": skeleton, "reveal": skeleton, "tex": tex}


@pytest.mark.parametrize("format", STRUCTURE)
def test_words_change_what_is_read_and_nothing_else(format: str) -> None:
    step = "animated" if format == "tex" else 1  # slides have a title
    drawn = str(figure(PLACES["title"](PLAIN), step, format))
    assert PLAIN in drawn
    for words in EVERY:
        try:
            written = str(figure(PLACES["title"](words), step, format))
        except StepwiseError as error:
            one_sentence(error)
            continue
        harmless(written)
        found, expected = STRUCTURE[format](written), STRUCTURE[format](drawn)
        if isinstance(found, set):
            assert not found - expected, words  # type: ignore[operator]
        else:
            assert found == expected or not words.strip(), words


def test_slides_of_powerpoint_with_every_string_have_the_same_parts() -> None:
    """All in one file: as a slide's title, as what is read out of it, in the notes and in the file's own title."""

    def parts(words: list[str]) -> dict[str, list[str]]:
        file = deck([Picture(9, 9, (), text, title=text, said=text) for text in words], "light", words[0])
        harmless(words_of_sheet(file))
        archive = zipfile.ZipFile(io.BytesIO(file))
        names = [name for name in archive.namelist() if name.endswith((".xml", ".rels"))]
        trees = {name: ElementTree.fromstring(archive.read(name)) for name in names}
        assert not [one for tree in trees.values() for one in tree.iter() if one.get("TargetMode") == "External"]
        return {name: [one.tag for one in tree.iter()] for name, tree in trees.items()}

    words = [text for text in map(plain, EVERY) if text.strip()]
    longest = words.index("x" * 3000)
    ordered = [words[longest], *words[:longest], *words[longest + 1 :]]
    assert parts(ordered) == parts([PLAIN] * len(words))


CHUNKS = {b"IHDR", b"PLTE", b"tRNS", b"pHYs", b"acTL", b"fcTL", b"fdAT", b"IDAT", b"IEND"}
"""What a picture is made of; none of them is text."""


@pytest.mark.parametrize("words", ["x" * 3000, "a\x00b\x01\x1f \u202ecod.exe", "(/JS x)>>\\) \u2028<b>"], ids=len)
def test_a_file_of_pixels_says_nothing_of_itself_and_one_of_pages_only_words(words: str) -> None:
    lesson = PLACES["title"](words)
    picture, moving = figure(lesson, 1, "png"), figure(lesson, "animated", "apng")
    assert isinstance(picture, bytes)
    assert isinstance(moving, bytes)
    assert chunks(picture) | chunks(moving) <= CHUNKS
    page = encode(lesson, "pdf")
    reader = pypdf.PdfReader(io.BytesIO(page))
    assert reader.metadata is not None
    assert words[0] in str(reader.metadata.title)
    for told in reader.metadata.values():
        harmless(str(told))
    assert not set(reader.root_object) & {"/OpenAction", "/AA", "/Names", "/AcroForm"}, "nothing is done by itself"


def chunks(png: bytes) -> set[bytes]:
    """The kinds of the chunks of a PNG."""
    found, at = set(), len(SIGNATURE)
    while at < len(png):
        found.add(png[at + 4 : at + 8])
        at += 12 + int(struct.unpack(">I", png[at : at + 4])[0])
    return found
