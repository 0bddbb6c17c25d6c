"""What stands in pasted code and is not told: it has nothing to do with what the layers give."""

from __future__ import annotations

from collections.abc import Sequence

from ..document.inline import Code, Text
from ..language import _
from ..traces.trace import Trace, chain
from .inline import inline, several

MOST_NAMED, LONGEST = 4, 60


def left_out_of(trace: Trace) -> Text:
    """A sentence; empty where nothing was left out."""
    return left_out_sentence(chain(trace)[0].layer.left_out)


def left_out_sentence(parts: Sequence[str]) -> Text:
    """The same of the parts themselves.

    >>> left_out_sentence(["print(net)"])
    ('Not told here, since it changes nothing in what the layers give: ', Code(text='print(net)'), '.')
    """
    if not parts:
        return ()
    named = several([Code(one if len(one) <= LONGEST else one[: LONGEST - 1] + "…") for one in parts[:MOST_NAMED]])
    if len(parts) > MOST_NAMED:
        message = _("Not told here, since it changes nothing in what the layers give: {parts} and {n} more.")
        return inline(message, parts=named, n=len(parts) - MOST_NAMED)
    return inline(_("Not told here, since it changes nothing in what the layers give: {parts}."), parts=named)
