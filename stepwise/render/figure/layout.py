"""Where everything of a step's figure stands. One frame holds every step of a layer, so that nothing jumps.

Window 2 of 4
input  *  kernel
+ input  *  kernel   →  output        a row for each channel, the columns even
             + bias
the formula
one sentence
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field

from ...arithmetic import true_minus
from ...dataclass import dataclass
from ...document.blocks import Scene, StepBlock
from ...document.inline import unmarked
from ...document.matrix import Cell, Frame, Matrix
from ...errors import without_controls
from ..looks import counted, in_words
from ..templates import printable
from .cells import box_look, shown, side_for, text_look
from .lines import broken, width
from .picture import Box, Hatch, Mark, Picture, Strokes, Words

EDGE = 16
GAP = 14
SIGN = 26
"""Room for a sign before a matrix."""
HEADS = 22
"""Room for positions above and beside a matrix, where it is cut."""
CAPTION = 12
LINE = 16
"""From one line of a caption to the next."""
TITLE = 13
FORMULA = 16
SENTENCE = 13
NARROWEST = 400
"""Room for words under the picture."""
CAPTION_ROOM = 120
"""A caption is broken where it is wider than its matrix, and than this."""


@dataclass(frozen=True)
class Item:
    """A matrix with the sign before it."""

    sign: str
    matrix: Matrix


@dataclass(frozen=True)
class Rows:
    """A scene taken apart: what goes in, a row for each channel, and what comes out."""

    given: tuple[tuple[Item, ...], ...]
    results: tuple[Item, ...]

    @property
    def inner(self) -> int:
        """How many rows are channels: a bias, which has one cell, comes after them."""
        return len(self.given) - (1 if len(self.given) > 1 and _is_bias(self.given[-1]) else 0)


def _is_bias(row: tuple[Item, ...]) -> bool:
    return [item.matrix.kind for item in row] == ["kernel"]


def rows_of(scene: Scene, numbers: bool) -> Rows:
    """The matrices of a scene in rows. Without numbers a kernel says nothing that the window does not."""
    given: list[list[Item]] = []
    results: list[Item] = []
    for sign, matrix in scene.signed:
        if sign == "=" and not numbers:  # what is added says nothing that the cells of the result do not
            continue
        if matrix.kind == "output":
            results.append(Item(sign, matrix))
        elif matrix.kind == "kernel" and not numbers and given:
            continue
        elif not given or sign in ("+", ","):
            given.append([Item(sign, matrix)])
        else:
            given[-1].append(Item(sign, matrix))
    return Rows(tuple(map(tuple, given)), tuple(results))


@dataclass(frozen=True)
class Place:
    """Where a matrix stands: in the middle of a room so wide and high.

    Its sign stands before the room, halfway up; or with its middle at `sign`, from `x` on and on the paper.
    """

    item: Item
    x: float
    y: float
    room: float
    high: float
    sign: tuple[float, float] | None = None


@dataclass
class Frames:
    """The measures that hold every step: learnt from each, then drawn with."""

    numbers: bool
    language: str
    narrowest: float = NARROWEST
    side: int = 40
    letters: int = 16
    columns: dict[int, float] = field(default_factory=dict)  # of what is given, and of the results from `RESULTS` on
    rows: dict[int, tuple[float, int]] = field(default_factory=dict)  # height of the matrices, lines of captions
    result_rows: tuple[float, int] = (0, 0)
    formula: int = 0
    sentence: int = 0
    leading: int = 0  # room for the sign before the second row

    def learn(self, steps: Sequence[StepBlock]) -> None:
        """Take the measures of all these."""
        scenes = [rows_of(step.scene, self.numbers) for step in steps]
        items = [item for one in scenes for row in (*one.given, one.results) for item in row]
        longest = max(
            (len(shown(cell)[0]) for item in items for row in item.matrix.rows for cell in row if self.numbers),
            default=1,
        )
        self.side, self.letters = side_for(longest) if self.numbers else (28, 0)
        for one in scenes:
            self._measure(one)
            self.result_rows = self._tallest(self.result_rows, one.results)
            for column, item in enumerate(one.results, RESULTS):
                self.columns[column] = max(self.columns.get(column, 0), self._wide(item.matrix))
        if self.numbers:
            room = self.inner_width
            self.formula = max(len(broken(_formula(step), FORMULA, room)) for step in steps)
            self.sentence = max(len(broken(_sentence(step), SENTENCE, room)) for step in steps)

    def _measure(self, one: Rows) -> None:
        """Take the measures of what goes in."""
        if one.inner > 1 and self.numbers:
            self.leading = SIGN
        for number, row in enumerate(one.given):
            self.rows[number] = self._tallest(self.rows.get(number, (0, 0)), row)
            for column, item in self._placed(one, number):
                self.columns[column] = max(self.columns.get(column, 0), self._wide(item.matrix))

    def _placed(self, one: Rows, number: int) -> Iterator[tuple[int, Item]]:
        """The items of a row with their columns; a bias stands below the kernels."""
        row = one.given[number]
        first = len(one.given[0]) - 1 if number >= one.inner else 0
        return enumerate(row, first)

    def _grid(self, matrix: Matrix) -> tuple[float, float]:
        heads = self._heads(matrix)
        return len(matrix.rows[0]) * self.side + heads, len(matrix.rows) * self.side + heads

    def _heads(self, matrix: Matrix) -> int:
        return HEADS if matrix.cut and self.numbers else 0

    def _caption(self, matrix: Matrix) -> list[str]:
        return broken(matrix.caption, CAPTION, max(CAPTION_ROOM, self._grid(matrix)[0])) if self.numbers else []

    def _wide(self, matrix: Matrix) -> float:
        return max(self._grid(matrix)[0], *(width(line, CAPTION) for line in self._caption(matrix)), 0)

    def _tallest(self, before: tuple[float, int], row: Sequence[Item]) -> tuple[float, int]:
        high = max((self._grid(item.matrix)[1] for item in row), default=0)
        lines = max((len(self._caption(item.matrix)) for item in row), default=0)
        return max(before[0], high), max(before[1], lines)

    @property
    def inner_width(self) -> float:
        """Of everything between the edges."""
        signs = sum(SIGN + GAP for column in self.columns if column not in (0,))
        wide = self.leading + sum(self.columns.values()) + signs
        return max(wide, self.narrowest) if self.numbers else wide

    @property
    def _top(self) -> float:
        return EDGE + (TITLE + 14 if self.numbers else 0)

    def _row_height(self, number: int) -> float:
        return self._height(self.rows[number])

    def _height(self, measured: tuple[float, int]) -> float:
        """Of matrices with so many lines of captions."""
        high, lines = measured
        return high + (6 + lines * LINE if lines else 0)

    @property
    def _given_height(self) -> float:
        return sum(map(self._row_height, self.rows)) + GAP * (len(self.rows) - 1)

    def draw(self, step: StepBlock) -> Picture:
        """The figure of a step."""
        marks: list[Mark] = []
        if self.numbers:
            marks.append(Words(EDGE, EDGE + TITLE, plain(step.title), TITLE, "title", "start"))
        places, content = self._places(rows_of(step.scene, self.numbers))
        slack = (self.inner_width - self._natural_width) / 2
        for place in places:
            marks += self._item(place, place.x + slack)
        y = self._top + content
        if self.numbers:
            for lines_of, size, look, reserved, space in (
                (_formula(step), FORMULA, "ink", self.formula, 14),
                (_sentence(step), SENTENCE, "soft", self.sentence, 6),
            ):
                y += space
                for number, line in enumerate(broken(lines_of, size, self.inner_width)):
                    marks.append(Words(EDGE, y + (number + 1) * 1.35 * size, line, size, look, "start"))
                y += reserved * 1.35 * size
        words = ". ".join([step.title, *map(in_words, step.scene.matrices)])
        words = f"{words}. {_formula(step)}" if self.numbers else words
        wide, tall = round(self.inner_width + 2 * EDGE), round(y + EDGE)
        return Picture(wide, tall, tuple(marks), plain(words), self.language, plain(step.title), _sentence(step))

    def _places(self, one: Rows) -> tuple[list[Place], float]:
        """Where the matrices of a step stand, and how high they are together."""
        places: list[Place] = []
        high, result_height = self.result_rows[0], self._height(self.result_rows)
        inner = sum(self._row_height(n) for n in self.rows if n < one.inner) + GAP * (one.inner - 1)
        # one row's middle is the result's middle; of several, that of all
        first_middle = self.rows[0][0] / 2 if one.inner == 1 else inner / 2
        shift = max(0.0, (high if one.inner == 1 else result_height) / 2 - first_middle)
        content = max(self._given_height + shift, shift + first_middle - high / 2 + result_height)
        y = self._top + shift
        for number in range(len(one.given)):
            for column, item in self._placed(one, number):
                places.append(Place(item, self._left(column), y, self.columns[column], self.rows[number][0]))
            y += self._row_height(number) + GAP
        middle = self._top + shift + first_middle
        y = middle - (high if one.inner == 1 else result_height) / 2
        return places + self._results(one, y), content

    def _results(self, one: Rows, y: float) -> list[Place]:
        high = self.result_rows[0]
        return [Place(item, self._left(n), y, self.columns[n], high) for n, item in enumerate(one.results, RESULTS)]

    @property
    def _natural_width(self) -> float:
        last = max(self.columns)
        return self._left(last) + self.columns[last] - EDGE

    def _left(self, column: int) -> float:
        """Where a column's matrices begin, its sign before them."""
        x = float(EDGE + self.leading)
        for other in sorted(self.columns):
            if other == column:
                break
            x += self.columns[other] + SIGN + GAP
        return x

    def _item(self, place: Place, x: float) -> Iterator[Mark]:
        """A matrix in the middle of its place, its sign before it, its caption below."""
        item, y, room, high = place.item, place.y, place.room, place.high
        matrix, heads = item.matrix, self._heads(item.matrix)
        wide, tall = self._grid(matrix)
        left, top = x + (room - wide) / 2 + heads, y + (high - tall) / 2 + heads
        if item.sign and (self.numbers or item.sign.endswith("→")):
            to_x, middle = place.sign or (-(SIGN + GAP) / 2, y + high / 2)
            yield Words(x + to_x, middle + 7, item.sign, 20 if len(item.sign) == 1 else 14, "soft")
        for r, row in enumerate(matrix.rows):
            for c, cell in enumerate(row):
                yield from self._cell(cell, matrix, left + c * self.side, top + r * self.side)
        if heads:
            for c in range(len(matrix.rows[0])):
                yield self._head(counted(matrix, c, "column"), left + (c + 0.5) * self.side, top - 7)
            for r in range(len(matrix.rows)):
                yield self._head(counted(matrix, r, "row"), left - 12, top + (r + 0.5) * self.side + 4)
        results = [(r, c) for r, row in enumerate(matrix.rows) for c, cell in enumerate(row) if "result" in cell.marks]
        if matrix.frame:
            yield self._frame(matrix.frame, left, top, "frame-result" if results else "frame")
        elif self.numbers:
            for r, c in results:
                yield self._frame(Frame(r, c, 1, 1), left, top, "frame-result")
        for number, line in enumerate(self._caption(matrix)):
            y_line = top + len(matrix.rows) * self.side + 6 + LINE * number + CAPTION
            yield Words(x + room / 2, y_line, plain(line), CAPTION, "soft")

    def _head(self, text: str, x: float, y: float) -> Words:
        return Words(x, y, text, 11, "soft")

    def _frame(self, frame: Frame, left: float, top: float, look: str) -> Box:
        side = self.side
        return Box(left + frame.left * side, top + frame.top * side, frame.width * side, frame.height * side, look)

    def _cell(self, cell: Cell, matrix: Matrix, x: float, y: float) -> Iterator[Mark]:
        side = self.side
        if cell.kind != "skipped":
            yield Box(x, y, side, side, box_look(cell, matrix.kind, self.numbers, matrix.frame is not None))
        if cell.kind == "padding":
            yield Hatch(x, y, side)
        if not self.numbers:
            return
        text, whole = shown(cell)
        if text:
            baseline = y + side / 2 + 0.36 * self.letters
            yield Words(x + side / 2, baseline, plain(text), self.letters, text_look(cell), whole=plain(whole))
            if "wrong" in cell.marks:
                yield Strokes((((x + 8, baseline + 4), (x + side - 8, baseline + 4)),), "underline")


RESULTS = 100
"""The first column of what comes out, among the columns."""


def _formula(step: StepBlock) -> str:
    return plain(true_minus(str(step.formula)))


def _sentence(step: StepBlock) -> str:
    return plain(unmarked(step.sentence))


def plain(text: str) -> str:
    """Words on one line, without what steers a printer of them."""
    return without_controls(str(printable(text)), " ")
