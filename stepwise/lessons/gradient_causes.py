"""Why cells of two gradients differ: another number of output cells, others, other factors, other upstream gradients.

Every cell is a sum over the output cells that it contributed to, so it is one of these four; the first that holds is
told.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..arithmetic import Value, is_expression
from ..document.blocks import Block, Prose
from ..language import _, plural
from ..traces.axes import cell_place
from ..traces.step import Step
from .inline import paragraph
from .parting import Parting

Steps = list[tuple[Step, Step]]


def cause_of(one: Step, two: Step) -> str:
    """`overlap`, `geometry`, `factors` or `upstream`."""
    taps = [{tap.source: tap for tap in step.taps} for step in (one, two)]
    if len(one.taps) != len(two.taps):
        return "overlap"
    if taps[0].keys() != taps[1].keys():
        return "geometry"
    if any(not _same(taps[0][at].weight, taps[1][at].weight) for at in taps[0]):
        return "factors"
    return "upstream"


def causes(steps: Steps, names: tuple[str, str], partings: list[Parting]) -> Iterator[Block]:
    """A sentence for each cause that there is, with the first cell of it, and what decided it."""
    found: dict[str, Steps] = {}
    for one, two in steps:
        found.setdefault(cause_of(one, two), []).append((one, two))
    sentences = {"overlap": _overlap, "geometry": _geometry, "factors": _factors, "upstream": _upstream}
    for cause, cells in found.items():
        yield Prose(paragraph(*sentences[cause](cells, names)))
    if partings and found.keys() & {"overlap", "geometry", "factors"}:
        decided = _("What decides it in the forward pass is the {decision}.")
        yield Prose((decided.format(decision=partings[0].named),), tone="note")


def _overlap(cells: Steps, names: tuple[str, str]) -> Iterator[str]:
    yield plural(
        "{n} cell differs by overlap: it contributes to another number of output cells.",
        "{n} cells differ by overlap: they contribute to another number of output cells.",
        len(cells),
    )
    one, two = cells[0]
    example = _("For example, {place} contributes to {m} in {a} and to {n} in {b}.")
    place = cell_place(one.trace, one.index)
    yield example.format(place=place, m=len(one.taps), a=names[0], n=len(two.taps), b=names[1])


def _geometry(cells: Steps, names: tuple[str, str]) -> Iterator[str]:
    yield plural(
        "{n} cell differs by geometry: it contributes to as many output cells, but to others.",
        "{n} cells differ by geometry: they contribute to as many output cells, but to others.",
        len(cells),
    )


def _factors(cells: Steps, names: tuple[str, str]) -> Iterator[str]:
    yield plural(
        "{n} cell differs by its factors: the upstream gradients are multiplied by other derivatives.",
        "{n} cells differ by their factors: the upstream gradients are multiplied by other derivatives.",
        len(cells),
    )


def _upstream(cells: Steps, names: tuple[str, str]) -> Iterator[str]:
    yield plural(
        "{n} cell differs because other upstream gradients come back to the same output cells.",
        "{n} cells differ because other upstream gradients come back to the same output cells.",
        len(cells),
    )


def _same(x: Value, y: Value) -> bool:
    if is_expression(x) or is_expression(y):
        return bool(x == y)
    return bool(x == y or abs(x - y) <= 1e-9 * max(1.0, abs(x)))
