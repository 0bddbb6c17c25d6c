"""A sheet filled in by Excel comes back however it keeps a number: here its XML is written by hand, as Excel's is."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

from stepwise.exercises.assignment import load_assignment
from stepwise.worksheets.handout import make
from stepwise.worksheets.workshop import Order
from tests.sheets import MEANS

MAIN = "xl/worksheets/sheet1.xml"
# How Excel keeps the number 3.25, or 2, in a cell: what stands behind the place, and within.
KEPT = {
    "a number": ('s="1"', "<v>3.25</v>"),
    "a number, its kind said": ('s="1" t="n"', "<v>3.25</v>"),
    "as binary gives it": ("", "<v>3.2500000000000004</v>"),
    "with an exponent": ("", "<v>3.2500000000000001E0</v>"),
    "a percentage": ('s="2"', "<v>3.25</v>"),
    "shared words": ('t="s"', "<v>0</v>"),
    "shared words with a decimal comma": ('t="s"', "<v>1</v>"),
    "rich shared words": ('t="s"', "<v>2</v>"),
    "words of its own": ('t="inlineStr"', "<is><t>3.25</t></is>"),
    "a formula": ("", "<f>13/4</f><v>3.25</v>"),
    "a shared formula": ("", '<f t="shared" si="0"/><v>3.25</v>'),
    "a formula of words": ('t="str"', "<f>TEXT(13/4,&quot;0,00&quot;)</f><v>3,25</v>"),
}
NOT_A_NUMBER = {
    "a date, which 13/4 became": ('s="3"', "<v>46125</v>"),
    "an error": ('t="e"', "<f>1/0</f><v>#DIV/0!</v>"),
}
STRINGS = (
    '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="3" uniqueCount="3">'
    '<si><t>3.25</t></si><si><t xml:space="preserve">3,25 </t></si>'
    '<si><r><rPr><b/></rPr><t>3</t></r><r><t>.25</t></r><phoneticPr fontId="1"/></si></sst>'
)
STYLES = (
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="4">'
    '<xf numFmtId="0"/><xf numFmtId="2"/><xf numFmtId="10"/><xf numFmtId="16"/></cellXfs></styleSheet>'
)


@pytest.fixture(scope="module", name="handout")
def a_handout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("excel")
    (folder / "mean.yaml").write_text(MEANS)
    make([folder / "mean.yaml"], folder / "out", Order(formats=("xlsx",)))
    return folder / "out"


def filled(handout: Path, attributes: str, within: str, to: Path) -> Path:
    """The sheet with 3.25 in the first cell of the answer as Excel would keep it, and 2 in the second."""
    with zipfile.ZipFile(handout / "v01.xlsx") as book:
        parts = {name: book.read(name).decode() for name in book.namelist()}
    place = re.search(r"stepwise_1_1_1[^>]*>[^<]*!\$([A-Z]+)\$(\d+):", parts["xl/workbook.xml"])
    assert place
    first = f"{place[1]}{place[2]}"
    second = f"{chr(ord(place[1]) + 1)}{place[2]}"
    page = re.sub(
        r'(<c [^>]*) t="s"([^>]*)><v>\d+</v>', r"\1\2>", parts[MAIN]
    )  # the sheet's own words are not looked at
    for name, cell in ((first, f'<c r="{first}" {attributes}>{within}</c>'), (second, f'<c r="{second}"><v>2</v></c>')):
        page, changed = re.subn(rf'<c r="{name}"[^>]*?(?:/>|>.*?</c>)', cell, page)
        assert changed == 1
    parts |= {MAIN: page, "xl/sharedStrings.xml": STRINGS, "xl/styles.xml": STYLES}
    with zipfile.ZipFile(to, "w") as book:
        for name, text in parts.items():
            book.writestr(name, text)
    return to


@pytest.mark.parametrize("kept", KEPT)
def test_a_number_is_read_however_excel_keeps_it(kept: str, handout: Path, tmp_path: Path) -> None:
    place = filled(handout, *KEPT[kept], tmp_path / "ana.xlsx")
    exercise = load_assignment(handout).exercises["v01"]
    told = exercise.check(place.read_bytes(), ".xlsx")
    assert told.usable, told.problem
    assert (told.earned, told.correct) == (2, True), told.text


@pytest.mark.parametrize("kept", NOT_A_NUMBER)
def test_what_is_no_number_is_not_marked_right(kept: str, handout: Path, tmp_path: Path) -> None:
    place = filled(handout, *NOT_A_NUMBER[kept], tmp_path / "ana.xlsx")
    exercise = load_assignment(handout).exercises["v01"]
    told = exercise.check(place.read_bytes(), ".xlsx")
    assert not told.correct
    [part] = told.parts
    assert part.verdict.states is None or part.verdict.count("right") == 1
