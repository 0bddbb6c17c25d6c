"""Where every cell of an array lies on a sheet, and how runs of cells are named: `B2:C3`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import NamedTuple

from ...dataclass import dataclass
from ...traces.layout import Index


class Spot(NamedTuple):
    """A cell of a sheet, counted from 0."""

    row: int
    column: int

    def name(self, fixed: bool = False) -> str:
        """As formulas call it: `B3`, or `$B$3` where it stays when a formula is copied elsewhere."""
        lock = "$" if fixed else ""
        return f"{lock}{letters(self.column)}{lock}{self.row + 1}"


def letters(column: int) -> str:
    """A column's name.

    >>> letters(0), letters(25), letters(26), letters(16383)
    ('A', 'Z', 'AA', 'XFD')
    """
    name = ""
    while column >= 0:
        name = chr(ord("A") + column % 26) + name
        column = column // 26 - 1
    return name


@dataclass
class Block:
    """A plane of an array: its caption, and what is in it, row by row. `origin` is given when it is placed."""

    caption: str
    cells: dict[tuple[int, int], Index | None]  # (row, column) -> the array's own index, or None: padding
    zeros: set[tuple[int, int]] = field(default_factory=set)  # what counts as a 0, without being data
    outside: set[tuple[int, int]] = field(default_factory=set)  # past the padded edge, where nothing is
    origin: Spot = field(default=Spot(0, 0))

    @property
    def height(self) -> int:
        """Rows."""
        return 1 + max(row for row, _ in self.cells)

    @property
    def width(self) -> int:
        """Columns."""
        return 1 + max(column for _, column in self.cells)

    def spots(self) -> Iterator[tuple[Spot, tuple[int, int], Index | None]]:
        """Each cell: where it lies on the sheet, where in the block, and which of the array's it is."""
        for at, index in self.cells.items():
            yield Spot(self.origin.row + at[0], self.origin.column + at[1]), at, index


@dataclass
class Zone:
    """All planes of an array, one below the other. `corners` are the planes by what they show, for padding's sake."""

    name: str
    blocks: list[Block]
    by_key: Mapping[Index, Block] = field(default_factory=dict)
    found: dict[Index, Spot] = field(default_factory=dict)

    @property
    def width(self) -> int:
        """Columns of the widest plane."""
        return max(block.width for block in self.blocks)

    def place(self, top: int, left: int) -> int:
        """Give every plane its origin; the first row that is free below."""
        for block in self.blocks:
            block.origin = Spot(top + 1, left)
            self.found.update({index: spot for spot, _at, index in block.spots() if index is not None})
            top += block.height + 3
        return top


def areas(lists: Sequence[tuple[Spot, ...]]) -> Iterator[tuple[tuple[Spot, Spot], ...]]:
    """Parallel cells as parallel rectangles of equal shape, in their order; each is its first cell and its last.

    >>> a = [Spot(r, c) for r in (1, 2) for c in (1, 2)]
    >>> [[x.name() + ":" + y.name() for x, y in part] for part in areas([(spot,) for spot in a])]
    [['B2:C3']]
    """
    runs: list[tuple[tuple[Spot, ...], int]] = []  # first cells, and how many columns on
    for spots in lists:
        if runs and all(Spot(s.row, s.column + runs[-1][1]) == spot for s, spot in zip(runs[-1][0], spots)):
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((spots, 1))
    blocks: list[tuple[tuple[Spot, ...], int, int]] = []  # first cells, columns, rows
    for first, wide in runs:
        if blocks:
            before, columns, rows = blocks[-1]
            below = all(Spot(s.row + rows, s.column) == spot for s, spot in zip(before, first))
            if columns == wide and below:
                blocks[-1] = (before, columns, rows + 1)
                continue
        blocks.append((first, wide, 1))
    for first, wide, rows in blocks:
        yield tuple((spot, Spot(spot.row + rows - 1, spot.column + wide - 1)) for spot in first)


def area_name(area: tuple[Spot, Spot], fixed: bool = False) -> str:
    """`B2:C3`, or `B2` for a single cell."""
    first, last = area
    return first.name(fixed) if first == last else f"{first.name(fixed)}:{last.name(fixed)}"
