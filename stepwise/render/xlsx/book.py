"""The sheets written with XlsxWriter: coloured as every other picture, words never taken for formulas."""

from __future__ import annotations

import datetime
import io
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ...arithmetic import Array, Value
from ...document.blocks import FillIn, Place
from ...document.lesson import Lesson
from ...errors import LimitError, MissingExtra
from ...language import _
from ...lessons.phrases import phrases
from ...marking.filled import SHEET_NAME
from ...traces.layout import Index
from ...traces.step import Step
from ...traces.trace import Trace
from ..typst import cleaned
from .formulas import aside, cell_formula
from .places import Spot, Zone
from .sheets import GROWN, TOP, Sheet, laid_out

if TYPE_CHECKING:
    from xlsxwriter import Workbook

LONGEST_FORMULA = 8000  # characters; a spreadsheet takes 8,192
LAST_COLUMN = 16_000
COLUMN = 8
"""Characters that a column is wide."""
_GRID = {"align": "center", "valign": "vcenter", "border": 1, "border_color": "#C3C8D2", "font_name": "Calibri"}
_FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16, "quote_prefix": True},
    "call": {"font_name": "Consolas", "font_color": "#565F72", "quote_prefix": True},
    "words": {"font_color": "#565F72", "quote_prefix": True},
    "caption": {"font_size": 9, "font_color": "#565F72", "quote_prefix": True},
    "sign": {"font_size": 14, "font_color": "#565F72", "align": "center", "valign": "vcenter", "quote_prefix": True},
    "input": _GRID,
    "link": _GRID | {"font_color": "#1F56D8"},
    "kernel": _GRID | {"bg_color": "#ECEEF2"},
    "helper": _GRID | {"bg_color": "#E3EBFC"},
    "output": _GRID | {"bg_color": "#D9F1E7", "font_color": "#0B7A5B", "bold": True, "border_color": "#0B7A5B"},
    "padding": {"align": "center", "valign": "vcenter", "border": 3, "border_color": "#9AA3B4", "pattern": 14,
                "fg_color": "#B9C0CD", "bg_color": "#FFFFFF", "num_format": '"·";"·";"·";"·"'},
    "outside": {"align": "center", "valign": "vcenter", "font_color": "#565F72", "num_format": '"×";"×";"×";"×"'},
}  # fmt: skip


def written(lesson: Lesson, traces: Sequence[Trace]) -> bytes:
    """The file's bytes; the same lesson gives the same ones."""
    try:
        import xlsxwriter
    except ImportError:
        raise MissingExtra(
            "a spreadsheet needs XlsxWriter, which is not installed; install it with: pip install 'stepwise-cnn[xlsx]'"
        ) from None
    sheets = [laid_out(trace, _sheet_name(number, trace)) for number, trace in enumerate(traces, 1)]
    pages = {sheet.name: _Page(sheet) for sheet in sheets}
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties(
        {
            "title": cleaned(lesson.title),
            "comments": "",
            "created": datetime.datetime(2000, 1, 1),
        }  # no clock: same bytes
    )
    formats = {name: book.add_format(look) for name, look in _FORMATS.items()}
    by_trace = {id(sheet.trace): sheet for sheet in sheets}
    for number, sheet in enumerate(sheets, 1):
        links = _links(sheet, sheets[: number - 1], by_trace)
        title = cleaned(lesson.title) if len(sheets) == 1 else f"{cleaned(lesson.title)} · {number}/{len(sheets)}"
        places = [place for place in lesson.places if place.trace is sheet.trace]
        pages[sheet.name].write(book, formats, title, links, not lesson.unanswered, _heads(lesson), places)
    if lesson.places:
        book.define_name(SHEET_NAME, f'="{lesson.label}"')
    book.close()
    return stream.getvalue()


def _sheet_name(number: int, trace: Trace) -> str:
    """A name that a spreadsheet takes: short, and without the signs that have a meaning in references."""
    noun = phrases(trace).noun()
    return f"{number} {''.join(c for c in noun if c.isalnum() or c == ' ')}"[:31].strip()


def _links(sheet: Sheet, before: Sequence[Sheet], by_trace: Mapping[int, Sheet]) -> dict[str, tuple[Sheet, Zone]]:
    """Which inputs come from another sheet: a layer's output, or the same numbers given to an earlier layer."""
    found: dict[str, tuple[Sheet, Zone]] = {}
    for name, array in sheet.trace.inputs.items():
        if name in sheet.trace.parents:
            parent = by_trace[id(sheet.trace.parents[name])]
            found[name] = parent, parent.output
            continue
        for other in before:
            for theirs, zone in other.zones.items():
                if theirs == name and theirs not in other.trace.parents and _same(other.trace.inputs[theirs], array):
                    found.setdefault(name, (other, zone))
    return found


def _same(a: Array, b: Array) -> bool:
    return a.shape == b.shape and a.dtype == b.dtype and bool((a == b).all())


def _plain(value: Value) -> float | int:
    """As a spreadsheet has it; a float32 by its own short writing."""
    return value if type(value) is int else float(str(value)) if "float" in type(value).__name__ else float(value)


def _heads(lesson: Lesson) -> list[str]:
    """Of a worksheet: which one it is and what it is worth, and the line for a name."""
    blocks = [block for section in lesson.sections if not section.title for block in section.blocks]
    words = [word for block in blocks if isinstance(block, FillIn) and block.long for word in block.words]
    line = "   ".join(f"{word} {'_' * 24}" for word in words)
    return [cleaned(lesson.kicker), *([line] if line else [])] if lesson.label else []


class _Page:
    """One sheet being written."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet

    def write(
        self,
        book: Workbook,
        formats: Mapping[str, Any],
        title: str,
        links: Mapping[str, tuple[Sheet, Zone]],
        answered: bool,
        heads: Sequence[str],
        places: Sequence[Place],
    ) -> None:
        """Title, call, key, and the heads of a worksheet; then inputs, weights and output side by side.

        Where it is not `answered`, no right number is in the file: outputs are empty, and what follows reads them.
        """
        self.answered = answered
        sheet = self.sheet
        self.page = book.add_worksheet(sheet.name)
        self.formats = formats
        self.page.hide_gridlines(2)
        self.page.set_column(0, 0, 2)
        self.page.set_landscape()
        self.page.set_paper(9)
        self.page.fit_to_pages(1, 0)
        self._words(Spot(0, 1), title, "title")
        self._words(Spot(1, 1), cleaned(sheet.trace.layer.call), "call")
        live = _("Change a number in a white or grey cell: the green cells are formulas and change with it.")
        self._words(Spot(2, 1), live if answered else _("Write your numbers into the green cells."), "words")
        for row, words in enumerate(heads, 3):
            self._words(Spot(row, 1), words, "words")
        zones = [*sheet.zones.items(), ("output", sheet.output)]
        for number, (name, zone) in enumerate(zones):
            self._captions(zone)
            if number:
                sign = "→" if name == "output" else "∗" if name == "kernel" else ""
                first = zone.blocks[0]
                self._words(Spot(TOP + 1 + (first.height - 1) // 2, first.origin.column - 1), sign, "sign")
            if name in sheet.trace.inputs:
                self._given(name, zone, links.get(name))
        if GROWN in sheet.zones and answered:
            for step in sheet.trace.steps:
                self._formula(sheet.zones[GROWN].found[step.index], *aside(sheet, step), "helper")
        if answered:
            self._outputs()
        else:
            self._empty({cell for place in places for cell in place.blanks})
        last = max(zone.blocks[0].origin.column + zone.width for _name, zone in zones)
        bottom = max(block.origin.row + block.height for _name, zone in zones for block in zone.blocks)
        self._name(book, places, bottom + 2)
        self._check_width(last)
        self.page.set_column(1, last, COLUMN)
        # A window's formula reads a part of what lies around it, and that is no mistake.
        self.page.ignore_errors(
            {kind: f"A1:{Spot(bottom, last).name()}" for kind in ("formula_range", "formula_differs")}
        )

    def _check_width(self, last: int) -> None:
        if last > LAST_COLUMN:
            raise LimitError(
                f"{self.sheet.trace.layer.call}: its numbers take {last:,} columns; a sheet has {LAST_COLUMN:,}"
            )

    def _words(self, spot: Spot, text: str, look: str) -> None:
        if text:
            self.page.write_string(*spot, text, self.formats[look])

    def _captions(self, zone: Zone) -> None:
        for block in zone.blocks:
            self._words(Spot(block.origin.row - 1, block.origin.column), block.caption, "caption")

    def _given(self, name: str, zone: Zone, link: tuple[Sheet, Zone] | None) -> None:
        array = self.sheet.trace.inputs[name]
        own = "input" if name.startswith("input") or name in ("indices", "other") else "kernel"
        for block in zone.blocks:
            for spot, at, index in block.spots():
                look = "outside" if at in block.outside else "padding" if index is None else own
                if index is None and at in block.zeros:
                    self.page.write_number(*spot, 0, self.formats[look])
                elif index is None:
                    self._words(spot, "×" if look == "outside" else "·", look)
                elif link:
                    there = link[1].found[index]
                    found = _plain(array[index]) if self.answered or name not in self.sheet.trace.parents else 0
                    self._formula(spot, f"'{link[0].name}'!{there.name()}", found, "link")
                else:
                    self.page.write_number(*spot, _plain(array[index]), self.formats[look])

    def _empty(self, blanks: Collection[Index]) -> None:
        """The output to be written into: all of it, or these cells."""
        for step in self.sheet.trace.steps:
            spot = self.sheet.output.found[step.index]
            if blanks and step.index not in blanks:
                self.page.write_number(*spot, _plain(step.result), self.formats["input"])
            else:
                self.page.write_blank(*spot, None, self.formats["output"])

    def _name(self, book: Workbook, places: Sequence[Place], row: int) -> None:
        """A name for each run of cells that is to be written into, so that marking finds it wherever it goes.

        What is asked for besides the output has its cells below everything, from this row on.
        """
        for place in places:
            if not place.words:
                for number, block in enumerate(self.sheet.output.blocks, 1):
                    end = Spot(block.origin.row + block.height - 1, block.origin.column + block.width - 1)
                    self._named(book, place, number, block.origin, end)
                continue
            column = 2 + max(map(len, place.words)) // COLUMN
            for below, words in enumerate(place.words):
                self._words(Spot(row + below, 1), words, "words")
                self.page.write_blank(row + below, column, None, self.formats["output"])
            self._named(book, place, 1, Spot(row, column), Spot(row + len(place.words) - 1, column))
            row += len(place.words) + 1

    def _named(self, book: Workbook, place: Place, number: int, first: Spot, last: Spot) -> None:
        name = f"stepwise_{place.field.replace('.', '_')}_{number}"
        book.define_name(name, f"='{self.sheet.name}'!{first.name(True)}:{last.name(True)}")

    def _outputs(self) -> None:
        for step in self.sheet.trace.steps:
            self._output(step, cell_formula(self.sheet, step))

    def _output(self, step: Step, formula: str) -> None:
        if len(formula) > LONGEST_FORMULA:
            raise LimitError(
                f"{self.sheet.trace.layer.call}: the formula of output cell {step.index} would have {len(formula):,} "
                f"characters; a spreadsheet takes {LONGEST_FORMULA:,}"
            )
        self._formula(self.sheet.output.found[step.index], formula, _plain(step.result), "output")

    def _formula(self, spot: Spot, formula: str, value: float, look: str) -> None:
        self.page.write_formula(*spot, f"={formula}", self.formats[look], value)
