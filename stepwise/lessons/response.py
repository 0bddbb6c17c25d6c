"""What is said of local response normalisation: over which channels a sum runs, with the numbers of one place."""

from __future__ import annotations

from collections.abc import Iterator

from ..arithmetic import plain, shown
from ..arithmetic.exact import all_decimals
from ..arithmetic.sums import squares
from ..document.blocks import Block, Prose, Table
from ..document.inline import Math
from ..document.lesson import Section
from ..formula import Formula, Number, Power, Sum, equality, leaf
from ..language import _, plural
from ..ops import LocalResponseNorm
from ..ops.elementwise import as_floats
from ..traces.axes import cell_place
from ..traces.layout import Index
from ..traces.trace import Trace
from .inline import as_number, paragraph
from .lines import Lines, undefined
from .records import Phrases

MOST_ROWS = 12
"""Channels that get a row of their own."""
MOST_TERMS = 8
"""Squares whose sum is written out."""


def _norm(trace: Trace) -> LocalResponseNorm:
    operation = trace.layer.operation
    assert isinstance(operation, LocalResponseNorm)
    return operation


def _instruction(trace: Trace) -> str:
    """What a number is divided by, in words."""
    operation = _norm(trace)
    if operation.size == 1:
        return _(
            "square the numbers at the same place in neighbouring channels, and add the squares; divide by "
            "({k} + {alpha}·sum)^{beta}"
        ).format(k=shown(operation.k), alpha=shown(operation.alpha), beta=shown(operation.beta))
    return _(
        "square the numbers at the same place in neighbouring channels, and add the squares; divide by "
        "({k} + {alpha}·sum / {size})^{beta}"
    ).format(k=shown(operation.k), alpha=shown(operation.alpha), size=operation.size, beta=shown(operation.beta))


def _reach(operation: LocalResponseNorm) -> str:
    """Over which channels the sum runs."""
    if not (operation.before or operation.after):
        return _("The sum has one term, the square of the number itself.")
    if operation.before == operation.after:
        return plural(
            "The sum runs over the channel itself and {n} channel on each side of it.",
            "The sum runs over the channel itself and {n} channels on each side of it.",
            operation.before,
        )
    return _(
        "The sum runs over the channel itself, {before} before it and {after} after it; an even number of channels "
        "has no middle."
    ).format(before=operation.before, after=operation.after)


def response_sections(trace: Trace) -> list[Section]:
    """The sums of the first place; none of letters, exact numbers, or numbers that have no such sums."""
    if not all_decimals(trace.inputs["input"]):
        return []
    return [Section(_("Sums over channels"), tuple(_worked(trace)))]


def _worked(trace: Trace) -> Iterator[Block]:
    operation, shape = _norm(trace), trace.shape
    channels = operation.channels(shape)
    counted = plural(
        "There is {n} channel here; what lies outside adds nothing.",
        "There are {n} channels here, numbered from 0; what lies outside adds nothing.",
        channels,
    )
    yield Prose(paragraph(_reach(operation), counted, _divided(operation)))
    x = as_floats(trace.inputs["input"])
    bases = operation.bases(x)
    rows = []
    for channel in range(min(channels, MOST_ROWS)):
        at = _first_of(operation, channel, len(shape))
        near = operation.neighbours(channel, channels)
        values = [x[source.at] for source in operation.cells(trace, at) if source.at is not None]
        factor = operation.divisor(bases[at])
        rows.append(
            (
                (str(channel),),
                (str(near.start) if len(near) == 1 else _("{first} to {last}").format(first=near[0], last=near[-1]),),
                as_number(x[at]),
                (Math(_sum_of_squares(values)),),
                as_number(factor),
                as_number(trace.output[at]),
            )
        )
    head = (_("channel"), _("channels summed"), _("number"), _("sum of squares"), _("divided by"), _("result"))
    place = cell_place(trace, _first_of(operation, 0, len(shape)))
    yield Table(_("The channels at the place of cell {place}").format(place=place), head, tuple(rows))
    if channels > MOST_ROWS:
        yield Prose((_("The other {n} are worked out in the same way.").format(n=channels - MOST_ROWS),))
    if trace.output.size > channels:
        yield Prose((_("Every other place is worked out in the same way."),))


def _divided(operation: LocalResponseNorm) -> str:
    """Whether alpha is shared out among the channels, in which frameworks differ."""
    if operation.size == 1:
        return _("Alpha multiplies the sum itself; it is not divided by the number of channels.")
    return _(
        "Alpha is divided by {size}, the number of channels asked for, at the edges too, where fewer are summed."
    ).format(size=operation.size)


def _first_of(operation: LocalResponseNorm, channel: int, ndim: int) -> Index:
    """The first cell of a channel."""
    axis = None if operation.axis is None else operation.axis % ndim
    return tuple(channel if axis == i else 0 for i in range(ndim))


def _sum_of_squares(values: list[float]) -> Formula:
    """`1^2 + 3^2 + 2^2 = 14`, or the sum alone where it is long."""
    found = Number(plain(squares(values)))
    if len(values) > MOST_TERMS:
        return found
    return equality(Sum(tuple(Power(leaf(value), Number(2)) for value in values)), found)


def _check(trace: Trace) -> str:
    operation = _norm(trace)
    if operation.k >= 1 and operation.alpha >= 0 and operation.beta >= 0:
        return _("No result is farther from 0 than its own number, and none has another sign.")
    return _("A result of 0 comes from a number that is 0.")


def _lines(trace: Trace) -> Lines:
    return ("", _("The squares are those of the channels near its own, at the same place.")), *undefined()


RESPONSE: dict[str, Phrases] = {
    "response_norm": Phrases(lambda: _("Local response normalisation"), _instruction, lambda trace: (), _check, _lines),
}
