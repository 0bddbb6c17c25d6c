"""What the usual wrong procedures give on these very numbers: a lesson's last part, and what practice recognises.

They come from the marker's own table, so that a lesson warns of what the marker recognises, in the same words.
"""

from __future__ import annotations

from ..arithmetic import Value, plain
from ..formula import written
from ..language import _, as_sentence
from ..layout import Index, written_index
from ..marking.misconceptions import known_misconceptions
from ..marking.wrong import Alone, alone, too_many
from ..tables import lines_of
from ..traces import Trace
from .blocks import Code, Inline, Mistake, Prose, Section, Table, Text
from .terms import cells

MOST_TOLD = 6
"""Mistakes that one layer's lesson tells."""
LONGEST = 120
"""Letters of a wrong answer; expressions in letters may be longer than anybody reads."""
SMALL = 9
"""Cells of a result that is shown whole; of a larger one the first cell that goes wrong is."""
MOST_CARRIED = 50_000
"""Cells of wrong outputs that a page carries for one layer's practice."""


def common_mistakes(trace: Trace) -> Section:
    """What the usual wrong procedures give here; those that change nothing are left out."""
    found = sorted(alone(trace), key=lambda one: one.first is None)  # what the size does not give away first
    title = _("Common mistakes")
    if too_many(trace):
        told = _("This layer has too many numbers for the usual mistakes to be worked out, too.")
        return Section(title, (Prose((told,)),), spoils=True)
    if not found:
        if any(one.applies(trace) for one in known_misconceptions()):
            told = _("None of the usual mistakes changes this answer: with these numbers it is right by accident, too.")
        else:
            told = _("No usual mistake is known for this layer.")
        return Section(title, (Prose((told,)),), spoils=True)
    same: dict[Text, list[str]] = {}  # mistakes that give the same are told together
    for one in found[:MOST_TOLD]:
        given = _given(one, trace)
        if sum(len(str(part)) for part in given) <= LONGEST:
            same.setdefault(given, []).append(one.misconception.told_of(trace))
    if not same:
        told = _("What the usual mistakes give here is too long to be told.")
        return Section(title, (Prose((told,)),), spoils=True)
    head = (_("gives"), _("the mistake"))
    rows = tuple((given, (as_sentence((". " + _("Or") + " ").join(told)),)) for given, told in same.items())
    intro = _("On these very numbers the usual mistakes would give:")
    return Section(title, (Prose((intro,)), Table(title, head, rows)), spoils=True)


def recognised(trace: Trace) -> tuple[Mistake, ...]:
    """Those that practice, which asks for one cell after the other, can tell from the right answer."""
    found = [one for one in alone(trace) if one.first is not None and not one.misconception.last_only]
    room = MOST_CARRIED // trace.output.size
    told = [(one.misconception, one.trace.output) for one in found[:room]]
    return tuple(Mistake(m.code, as_sentence(m.told_of(trace)), output) for m, output in told)


def _given(one: Alone, trace: Trace) -> Text:
    wrong = one.trace.output
    told: list[Inline] = []
    if one.first is None:
        told.append(_("{size}, not {due}").format(size=cells(_drawn(one.trace)), due=cells(_drawn(trace))))
        told += [": "] if _small(one.trace) else []
    if _small(one.trace):
        return (*told, Code(_grid(one.trace)))
    if one.first is None:
        return tuple(told)
    place = written_index(one.first)
    wrong_there, due = (_number(plain(output[one.first])) for output in (wrong, trace.output))
    return (_("{wrong}, not {due}, in cell {place}").format(wrong=wrong_there, due=due, place=place),)


def _drawn(trace: Trace) -> Index:
    """The size of an output as it is drawn: of one dimension, channels by positions."""
    lines = lines_of(trace) if trace.output.ndim > 1 else None
    if lines is None:
        return trace.output.shape
    return lines.shape[3 - trace.output.ndim :]


def _small(trace: Trace) -> bool:
    return trace.output.size <= SMALL and len([n for n in trace.output.shape if n > 1]) <= 2


def _grid(trace: Trace) -> str:
    """A small output as it would be typed."""
    numbers = [_number(plain(value)) for value in trace.output.flat]
    if (lines := lines_of(trace)) is not None:  # a row for each channel, as it is drawn
        numbers = [numbers[i] for i in lines.flat]
    long = [n for n in _drawn(trace) if n > 1]
    columns = long[-1] if len(long) == 2 else len(numbers)
    return "; ".join(" ".join(numbers[i : i + columns]) for i in range(0, len(numbers), columns))


def _number(value: Value) -> str:
    return written(value)
