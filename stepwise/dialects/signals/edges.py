"""What lies outside the data, in each library's word for it. The same word may mean different things in two of them.

a b c d        reflect (SciPy), symm, BORDER_REFLECT        b a | a b c d | d c
               mirror (SciPy), BORDER_REFLECT_101           c b | a b c d | c b
               nearest (SciPy), BORDER_REPLICATE            a a | a b c d | d d
               wrap                                         c d | a b c d | a b
               constant, fill, BORDER_CONSTANT              v v | a b c d | v v
"""

from __future__ import annotations

from collections.abc import Sequence

from ...dataclass import dataclass
from ...geometry import Rule, Sliding
from ...layers.layer import Stage
from ...layers.words import number
from ...ops import Pad
from ...ops.pad import Mode

Pads = tuple[tuple[int, int], ...]

NDIMAGE: dict[str, Mode] = {
    "reflect": "symmetric",
    "grid-mirror": "symmetric",
    "constant": "constant",
    "grid-constant": "constant",
    "nearest": "replicate",
    "mirror": "mirror",
    "wrap": "circular",
    "grid-wrap": "circular",
}
BOUNDARIES: dict[str, Mode] = {"fill": "constant", "wrap": "circular", "symm": "symmetric"}
NUMPY: dict[str, Mode] = {
    "constant": "constant",
    "edge": "replicate",
    "reflect": "mirror",
    "symmetric": "symmetric",
    "wrap": "circular",
}
WRITTEN = {mode: word for word, mode in NUMPY.items()}


@dataclass(frozen=True)
class Edge:
    """What stands outside the data; `value` only where that is a constant, None where there is nothing at all."""

    mode: Mode = "constant"
    value: float | None = 0.0

    @property
    def is_zero(self) -> bool:
        """Whether it adds nothing to a sum."""
        return self.mode == "constant" and self.value == 0


ZERO = Edge()
NOTHING = Edge(value=None)


def edge(mode: Mode, value: object, name: str) -> Edge:
    """The edge of a mode; a constant's number has the parameter's `name` in messages."""
    return Edge(mode, number(name, value, endless=True) if mode == "constant" else 0.0)


def framed(
    window: Sequence[int], pads: Pads, outside: Edge, own: Edge, rule: Rule = "explicit"
) -> tuple[list[Stage], Sliding]:
    """The stage that adds what lies outside, where the operation cannot do it by itself; and windows one cell apart.

    `own` is what padding stands for in the operation itself; `rule` says how the call decides on these lines.
    """
    size, steps = tuple(window), (1,) * len(window)
    if not any(map(any, pads)):
        return [], Sliding(size, steps, rule if rule == "full" else "valid")
    if outside == own:
        return [], Sliding(size, steps, rule, pads=pads if rule == "explicit" else ())
    return [padding(pads, outside)], Sliding(size, steps, "valid")


def padding(pads: Pads, outside: Edge) -> Stage:
    """A stage of its own that adds lines, with its call in NumPy's words."""
    operation = Pad(pads, outside.mode, outside.value or 0.0, all_axes=outside.mode == "circular")
    widths = pads[0] if len(pads) == 1 else pads
    lines = {n for pair in pads for n in pair}
    width = repr(lines.pop()) if len(lines) == 1 else repr(widths)
    value = f", constant_values={outside.value:g}" if outside.value else ""
    return Stage(operation, call=f"np.pad(x, {width}, mode={WRITTEN[outside.mode]!r}{value})")


def side_rule(pads: Pads, sizes: Sequence[int]) -> Rule:
    """By which rule a call has come to these lines, where the output is to be as large as the input."""
    halves = [((n - 1) // 2, n // 2) for n in sizes]
    if list(pads) == halves:
        return "same_upper"
    return "same_lower" if list(pads) == [half[::-1] for half in halves] else "explicit"


__all__ = [
    "BOUNDARIES",
    "NDIMAGE",
    "NOTHING",
    "NUMPY",
    "ZERO",
    "Edge",
    "Pads",
    "edge",
    "framed",
    "padding",
    "side_rule",
]
