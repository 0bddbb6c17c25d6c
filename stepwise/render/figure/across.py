"""What goes in side by side, for a frame that is wider than high: a column for each channel, its kernel below it.

input     input
        +         + bias  →  output
* kernel  * kernel
the formula
one sentence
"""

from __future__ import annotations

from collections.abc import Sequence

from ...dataclass import dataclass
from ...document.blocks import StepBlock
from .layout import GAP, NARROWEST, SIGN, Frames, Item, Place, Rows

WORDS = (NARROWEST, 1.6 * NARROWEST)
"""How wide the words under a picture may be at least, where its frame has the room."""
NEAR = 0.9
"""What is so near to the largest is as good."""


@dataclass
class Across(Frames):
    """Frames with a column where others have a row; `rows` are the lines of what stands in the columns."""

    beside: tuple[float, int] = (0, 0)  # of a bias, which is a column of its own

    def _measure(self, one: Rows) -> None:
        for column, row in enumerate(one.given):
            self.columns[column] = max(self.columns.get(column, 0), *(self._wide(item.matrix) for item in row))
            if column >= one.inner:
                self.beside = self._tallest(self.beside, row)
                continue
            for line, item in enumerate(row):
                self.rows[line] = self._tallest(self.rows.get(line, (0, 0)), [item])
                if line and item.sign:  # before what stands under the first column
                    self.leading = SIGN + GAP

    def _places(self, one: Rows) -> tuple[list[Place], float]:
        content = max(self._given_height, self._height(self.beside), self._height(self.result_rows))
        middle = self._top + content / 2
        places: list[Place] = []
        for column, row in enumerate(one.given):
            x, room = self._left(column), self.columns[column]
            if column >= one.inner:
                y = middle - self.beside[0] / 2
                places += [Place(item, x, y, room, self.beside[0]) for item in row]
                continue
            y = middle - self._given_height / 2
            for line, item in enumerate(row):
                sign = self._beside(item, room, y + self.rows[line][0] / 2) if line else (-(SIGN + GAP) / 2, middle)
                places.append(Place(item, x, y, room, self.rows[line][0], sign))
                y += self._row_height(line) + GAP
        return places + self._results(one, middle - self.result_rows[0] / 2), content

    def _beside(self, item: Item, room: float, middle: float) -> tuple[float, float]:
        """A sign close to the matrix that it stands before, which may be narrower than its column."""
        return (room - self._grid(item.matrix)[0]) / 2 - (SIGN + GAP) / 2, middle


@dataclass(frozen=True)
class Room:
    """What a slide has for a figure: so many pixels of it, and how often its own size it may have at most."""

    width: float
    height: float
    most: float

    def scale(self, width: float, height: float) -> float:
        """How often its own size a figure of so many pixels has there."""
        return min(self.width / width, self.height / height, self.most)


def largest(steps: Sequence[StepBlock], numbers: bool, language: str, room: Room) -> Frames:
    """The frames in which a figure of these steps is largest; the first that come near to it, and read as ever."""
    ways = [way(numbers, language, least) for least in WORDS for way in (Frames, Across)]
    scales = []
    for frames in ways:
        frames.learn(steps)
        drawn = frames.draw(steps[0])
        scales.append(room.scale(drawn.width, drawn.height))
    return next(frames for frames, scale in zip(ways, scales) if scale >= NEAR * max(scales))
