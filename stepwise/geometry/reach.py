"""Which cells of the first input an output cell is made from, along one axis: from the first of them to the last.

A window of `span` cells, moved by `stride`, sees what its cells see. A transposed convolution of stride s does the
reverse: s neighbours meet nearly the same cells, not all of them equally many. So what cells see repeats itself after
some cells, moved on by a fixed number of cells of the input; that is what is kept here. It is counted as if the data
went on without end, padding included, as the literature does: at an edge less of it is data.

Only adaptive windows depend on the sizes: after them, every cell is kept by itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction

from ..dataclass import dataclass
from .axes import AdaptiveAxis, AxisGeometry, TransposedAxis

Hull = tuple[int, int] | None
"""The first and the last cell; None for a cell made from none, between those that a transposed convolution reaches."""
MOST = 100_000
"""So many cells are looked at for one layer; where it would take more, nothing is told."""


@dataclass(frozen=True)
class Reach:
    """What the cells of one layer's output see of the first input, along one axis.

    `hulls` are those of the first cells, and `shift` is how far they have moved on after as many; None where there are
    no more cells than these.
    """

    hulls: tuple[Hull, ...] = ((0, 0),)
    shift: int | None = 1

    def hull(self, cell: int) -> Hull:
        """What a cell sees; None where there is no such cell."""
        if self.shift is None:
            return self.hulls[cell] if 0 <= cell < len(self.hulls) else None
        times, place = divmod(cell, len(self.hulls))
        found = self.hulls[place]
        return None if found is None else (found[0] + times * self.shift, found[1] + times * self.shift)

    @property
    def field(self) -> int:
        """How many cells of the input the one sees that sees most, from the first to the last."""
        return max((hull[1] - hull[0] + 1 for hull in self.hulls if hull), default=0)

    @property
    def alike(self) -> bool:
        """Whether all cells see equally many."""
        return len({hull and hull[1] - hull[0] for hull in self.hulls}) == 1

    @property
    def jump(self) -> Fraction | None:
        """How far apart, in cells of the input, lies what neighbours see; None where it is not always as far."""
        return None if self.shift is None else Fraction(self.shift, len(self.hulls))

    def through(self, axis: AxisGeometry) -> Reach | None:
        """After one more layer of windows; None where that would take too long to work out."""
        if isinstance(axis, AdaptiveAxis):
            return self._each(axis.output, axis.window, lambda i: range(*axis.frame(i)))
        if isinstance(axis, TransposedAxis):
            return self.spread(axis.window, axis.stride, axis.dilation, axis.padding.before, axis.output)
        return self.slid(axis.window, axis.stride, axis.dilation, axis.padding.before, axis.output)

    def slid(self, window: int, stride: int, dilation: int = 1, before: int = 0, output: int = 0) -> Reach | None:
        """After windows that slide. Of a single hull that moves on, a window's first and last cell decide.

        >>> Reach().slid(3, 2).slid(3, 1)
        Reach(hulls=((0, 6),), shift=2)
        """

        def touched(i: int) -> Iterable[int]:
            start = i * stride - before
            last = start + (window - 1) * dilation
            return (start, last) if simple else range(start, last + 1, dilation)

        simple = self.shift is not None and len(self.hulls) == 1
        if self.shift is None:
            return self._each(output, window, touched)
        period = len(self.hulls) // math.gcd(len(self.hulls), stride)
        return self._periodic(period, self.shift * stride * period // len(self.hulls), 2 if simple else window, touched)

    def spread(self, window: int, stride: int, dilation: int = 1, before: int = 0, output: int = 0) -> Reach | None:
        """After a transposed convolution: cell i meets cell j where j·stride + k·dilation - before = i.

        >>> Reach().spread(3, 2)
        Reach(hulls=((-1, 0), (0, 0)), shift=1)
        """

        def touched(i: int) -> Iterator[int]:
            for k in range(window):
                j, rest = divmod(i + before - k * dilation, stride)
                if not rest:
                    yield j

        if self.shift is None:
            return self._each(output, window, touched)
        return self._periodic(len(self.hulls) * stride, self.shift, window, touched)

    def spaced(
        self, every: int, moved: int, each: int, touched: Callable[[int], Iterable[int]], output: int = 0
    ) -> Reach | None:
        """After cells that are each made from the cells `touched`, at most `each`; `every` cells on, from cells that
        lie `moved` further. `output` is how many they are, where that is known.

        >>> Reach().slid(3, 1).spaced(2, 1, 1, lambda i: (i // 2,))
        Reach(hulls=((0, 2), (0, 2)), shift=1)
        """
        if self.shift is None:
            return self._each(output, each, touched) if output else None
        times = len(self.hulls) // math.gcd(len(self.hulls), moved)
        return self._periodic(every * times, self.shift * moved * times // len(self.hulls), each, touched)

    def one_by_one(self, output: int, each: int, touched: Callable[[int], Iterable[int]]) -> Reach | None:
        """After so many cells, of which each is made from cells of its own."""
        return self._each(output, each, touched)

    def padded(self, before: int) -> Reach:
        """After lines were put before the data, or taken away from there."""
        if self.shift is None:
            return Reach((None,) * before + self.hulls[max(-before, 0) :], None)
        return Reach(tuple(self.hull(i - before) for i in range(len(self.hulls))), self.shift)

    def joined(self, other: Reach) -> Reach | None:
        """What a cell sees that is made from one cell of each; None where the two move on unlike each other."""
        if self.jump != other.jump or (self.jump is None and len(self.hulls) != len(other.hulls)):
            return None
        count = math.lcm(len(self.hulls), len(other.hulls))
        if count > MOST:
            return None
        hulls = tuple(_union((self.hull(i), other.hull(i))) for i in range(count))
        return _shortest(hulls, None if self.jump is None else int(self.jump * count))

    def _periodic(self, period: int, shift: int, each: int, touched: Callable[[int], Iterable[int]]) -> Reach | None:
        if period * each > MOST:
            return None
        return _shortest(tuple(_union(map(self.hull, touched(i))) for i in range(period)), shift)

    def _each(self, output: int, each: int, touched: Callable[[int], Iterable[int]]) -> Reach | None:
        if output * each > MOST:
            return None
        return Reach(tuple(_union(map(self.hull, touched(i))) for i in range(output)), None)


def _union(hulls: Iterable[Hull]) -> Hull:
    there = [hull for hull in hulls if hull]
    return (min(first for first, _ in there), max(last for _, last in there)) if there else None


def _shortest(hulls: tuple[Hull, ...], shift: int | None) -> Reach:
    """The same with as few hulls as say it: those of the first cells after which all repeat themselves."""
    count = len(hulls)
    for period in range(1, count) if shift is not None else ():
        if count % period or (shift or 0) * period % count:
            continue
        found = Reach(hulls[:period], (shift or 0) * period // count)
        if all(found.hull(i) == hull for i, hull in enumerate(hulls)):
            return found
    return Reach(hulls, shift)
