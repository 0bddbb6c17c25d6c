"""A page read back: its traces are replayed, and every number printed in it must be theirs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import field
from html.parser import HTMLParser

from ...arithmetic import Array, shown, true_minus
from ...dataclass import dataclass
from ...errors import FileError, VerificationError
from ...formula import mathml
from ...lessons.long import summed_up
from ...lessons.order import numbered
from ...traces.trace import Trace, data_inputs
from .operable import numeric
from .record import read_back

VOID = {"meta", "link", "img", "input", "br", "hr"}
_WHOLE = re.compile(r"-?[0-9]{1,18}")  # no place in any array is longer
PLACES = {"data-in": "input", "data-out": "output", "data-weight": "kernel"}


@dataclass
class Printed:
    """A number as the page prints it: in which array of which trace, where, and what stands there."""

    trace: int
    array: str
    index: tuple[int, ...]
    text: str


@dataclass
class Working:
    """A step as the page tells it: of which trace, which output cell, and the text of its formula."""

    trace: int
    number: int
    text: str


@dataclass
class _Reader(HTMLParser):
    """Picks the record, the cells and the workings out of a page, wherever they stand in it."""

    record: str = ""
    cells: list[Printed] = field(default_factory=list)
    workings: list[Working] = field(default_factory=list)
    _trace: int | None = None
    _step: int | None = None
    _working: bool = False  # whether we are where a step's formula stands
    _within: str = ""  # "record", "cell" or "math"
    _depth: int = 0  # elements open since the outermost formula began

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if self._within == "math":
            self._depth += tag not in VOID
            return
        self._within = ""
        if tag == "script":
            self._within = "record" if given.get("class") == "stepwise-record" else ""
        elif tag == "div" and "data-trace" in given:
            self._trace = _whole(given["data-trace"])
        elif tag == "div" and given.get("class") == "scene":
            self._trace = None
        elif tag == "li" and given.get("class") == "step":
            self._step = _whole(given.get("value", ""))
        elif tag == "td" and self._trace is not None:
            for name, array in PLACES.items():
                if name in given:
                    index = tuple(int(n) for n in given[name].split(",") if _WHOLE.fullmatch(n))
                    self.cells.append(Printed(self._trace, array, index, ""))
                    self._within = "cell"
        elif tag == "p":
            self._working = given.get("class") == "working"
        elif (tag == "math" or given.get("role") == "math") and self._working and self._trace is not None:
            if self._step is not None:
                self.workings.append(Working(self._trace, self._step, ""))
                self._within, self._depth = "math", 1
            self._step = None

    def handle_endtag(self, tag: str) -> None:
        if self._within == "math":
            self._depth -= 1
            if self._depth == 0:
                self._within = ""
            return
        self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within == "record":
            self.record += data
        elif self._within == "cell":
            self.cells[-1].text += data
        elif self._within == "math":
            self.workings[-1].text += data


def _whole(text: str) -> int | None:
    return int(text) if _WHOLE.fullmatch(text) else None


def check_page(html: str, name: str) -> tuple[list[Trace], int]:
    """The traces that a page carries, verified, and how many printed numbers and formulas were found to be theirs.

    Raises `FileError` for a page that carries none, `VerificationError` where one is wrong or a number is not theirs.
    """
    reader = _Reader()
    reader.feed(html)
    if not reader.record:
        raise FileError(f"{name} carries no trace: it is no lesson page of stepwise, or its record was taken out")
    try:
        record = json.loads(reader.record)
    except (ValueError, RecursionError):  # also integers of thousands of digits
        raise FileError(f"{name}: the record of its traces is not JSON") from None
    traces = read_back(record, name)
    for trace in traces:
        trace.verify()
    for wrong in (*_wrong_cells(reader.cells, traces), *_wrong_workings(reader.workings, traces)):
        raise VerificationError(f"{name}: {wrong}")
    return traces, len(reader.cells) + len(reader.workings)


def _wrong_cells(cells: list[Printed], traces: list[Trace]) -> Iterator[str]:
    for cell in cells:
        text = cell.text.strip()
        if cell.array == "output" and text == "?":
            continue
        if not all(map(numeric, _arrays(cell, traces))):
            continue  # of letters, a picture may show names; their formulas are compared
        due = {true_minus(shown(array[cell.index])) for array in _arrays(cell, traces)}
        if not due:
            yield f"it prints {text} as {cell.array} {cell.index}, a cell that its trace does not have"
        elif text not in due:
            yield f"it prints {text} as {cell.array} {cell.index}, but its trace has {' or '.join(due)} there"


def _arrays(cell: Printed, traces: list[Trace]) -> Iterator[Array]:
    """The arrays that a printed cell may be of: a picture of weights, or of several inputs, does not say of which."""
    if cell.trace >= len(traces):
        return
    trace = traces[cell.trace]
    data = data_inputs(trace)
    arrays = {"input": [trace.inputs[name] for name in data], "output": [trace.output]}
    weights = [array for name, array in trace.inputs.items() if name not in data]
    for array in arrays.get(cell.array, weights):
        if len(cell.index) == array.ndim and all(0 <= i < n for i, n in zip(cell.index, array.shape)):
            yield array


def _wrong_workings(workings: list[Working], traces: list[Trace]) -> Iterator[str]:
    for working in workings:
        total = len(traces[working.trace].steps) if working.trace < len(traces) else 0
        if not 1 <= working.number <= total:
            yield f"it tells a step {working.number}, which its trace does not have"
            continue
        due = _text_of(mathml(summed_up(numbered(traces[working.trace], working.number))[0], True))
        if "".join(working.text.split()) != due:
            yield f"the formula of step {working.number} reads {''.join(working.text.split())}, but should read {due}"


def _text_of(markup: str) -> str:
    reader = _Text()
    reader.feed(markup)
    return "".join("".join(reader.pieces).split())


class _Text(HTMLParser):
    """The words of some markup."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)
