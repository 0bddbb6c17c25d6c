"""What a task is to be carried out on, where that is not just what the task before it gave: a branch, or a join."""

from __future__ import annotations

from collections.abc import Sequence

from ..document.inline import Code, Text
from ..language import _, listed
from ..lessons.inline import inline
from ..lessons.takes import place_of, taken
from ..traces.trace import Trace


def inputs_by_call(layer: Trace, layers: Sequence[Trace]) -> list[Text]:
    """Its inputs by the calls that gave them; none where it takes what the one before it gave."""
    numbers = taken(layer, layers)
    if numbers == [place_of(layer, layers)]:  # of the first layer, the input
        return []
    calls = [one.layer.call for one in layers]
    found: list[Text] = []
    for number in numbers:
        if not number:
            found.append((_("the input"),))
            continue
        alike = [place for place, call in enumerate(calls, 1) if call == calls[number - 1]]
        words = _("the output of {call}") if len(alike) == 1 else _("the output of {call}, of its uses number {n}")
        found.append(inline(words, call=Code(calls[number - 1]), n=alike.index(number) + 1))
    return found


def one_by_one(texts: Sequence[Text]) -> Text:
    """Several texts as the language lists words."""
    places = {f"text{number}": one for number, one in enumerate(texts)}
    return inline(listed(f"{{{name}}}" for name in places), **places) if texts else ()
