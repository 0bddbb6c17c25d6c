"""What the usual wrong procedures give on these very numbers: a lesson's last part, and what practice recognises.

They come from the marker's own table, so that a lesson warns of what the marker recognises, in the same words.
"""

from __future__ import annotations

from ..arithmetic import Value, holds_expressions, plain
from ..arithmetic.digits import true_minus
from ..document.blocks import Prose, Table
from ..document.inline import Code, Text
from ..document.lesson import Mistake, Section
from ..formula import written
from ..language import _, as_sentence
from ..marking.known import known_misconceptions
from ..marking.misconception import Misconception
from ..marking.wrong import Alone, alone, too_many
from ..traces.axes import cell_place
from ..traces.layout import Index
from ..traces.tables import lines_of
from ..traces.trace import Trace
from .inline import inline, paragraph
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
    made = [one for one in alone(trace) if _is_of(one.misconception, trace)]
    found = sorted(made, key=lambda one: one.first is None)  # what the size does not give away first
    title = _("Common mistakes")
    if too_many(trace):
        too_large = _("This layer has too many numbers for the common mistakes to be worked out here.")
        return Section(title, (Prose((too_large,)),), part="mistakes", spoils=True)
    if not found:
        if any(_is_of(one, trace) and one.applies(trace) for one in known_misconceptions()):
            none = _("None of the common mistakes changes this answer: with these numbers they all give the right one.")
            if lettered(trace):
                none = _("None of the common mistakes changes this answer: here they all give the right one.")
        else:
            none = _("No common mistake is known for this layer.")
        return Section(title, (Prose((none,)),), part="mistakes", spoils=True)
    same: dict[Text, list[str]] = {}  # mistakes that give the same are told together
    for one in found[:MOST_TOLD]:
        given = _given(one, trace)
        if sum(len(str(part)) for part in given) <= LONGEST:
            same.setdefault(given, []).append(one.misconception.sentence_for(trace))
    if not same:
        long = _("What the common mistakes give here is too long to be shown.")
        return Section(title, (Prose((long,)),), part="mistakes", spoils=True)
    head = (_("gives"), _("the mistake"))
    rows = tuple((given, _either(mistakes)) for given, mistakes in same.items())
    intro = _("With these numbers, the common mistakes would give:")
    if lettered(trace):
        intro = _("Here the common mistakes would give:")
    return Section(title, (Prose((intro,)), Table(title, head, rows)), part="mistakes", spoils=True)


def _is_of(misconception: Misconception, trace: Trace) -> bool:
    """Whether it belongs to a layer: where each number stays in its cell, nobody lays out the answer anew."""
    return not (misconception.last_only and trace.layer.operation.in_place)


def lettered(trace: Trace) -> bool:
    """Whether an input or a weight is in letters, so that there are no numbers to speak of."""
    return any(map(holds_expressions, trace.inputs.values()))


def _either(mistakes: list[str]) -> Text:
    first, *others = mistakes
    return paragraph(as_sentence(first), *(_("Or: {mistake}.").format(mistake=other) for other in others))


def recognised(trace: Trace) -> tuple[Mistake, ...]:
    """Those that practice, which asks for one cell after the other, can tell from the right answer."""
    found = [one for one in alone(trace) if one.first is not None and not one.misconception.last_only]
    room = MOST_CARRIED // trace.output.size
    mistakes = [(one.misconception, one.trace.output) for one in found[:room]]
    return tuple(Mistake(m.code, as_sentence(m.sentence_for(trace)), output) for m, output in mistakes)


def _given(one: Alone, trace: Trace) -> Text:
    wrong = one.trace.output
    if one.first is None:
        size, due_size = cells(_drawn(one.trace)), cells(_drawn(trace))
        if _small(one.trace):
            return inline(_("{size}, not {due}: {grid}"), size=size, due=due_size, grid=Code(_grid(one.trace)))
        return (_("{size}, not {due}").format(size=size, due=due_size),)
    if _small(one.trace):
        return (Code(_grid(one.trace)),)
    place = cell_place(trace, one.first)
    wrong_there, due = (true_minus(_number(plain(output[one.first]))) for output in (wrong, trace.output))
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
    # a space parts the cells, so that a cell of letters has none of its own
    numbers = [_number(plain(value)).replace(" ", "") for value in trace.output.flat]
    if (lines := lines_of(trace)) is not None:  # a row for each channel, as it is drawn
        numbers = [numbers[i] for i in lines.flat]
    long = [n for n in _drawn(trace) if n > 1]
    columns = long[-1] if len(long) == 2 else len(numbers)
    return "; ".join(" ".join(numbers[i : i + columns]) for i in range(0, len(numbers), columns))


def _number(value: Value) -> str:
    return written(value)
