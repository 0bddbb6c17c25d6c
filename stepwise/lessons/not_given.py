"""What is said of a weight that nobody gave: what stands in its place, and where it comes from."""

from __future__ import annotations

import re

from ..document.inline import Code, Text
from ..language import _
from ..nouns import input_noun
from .inline import inline

_NUMBER = re.compile(r"-?[\d.]+")
_WHOLE = re.compile(r"whole numbers from (-?\d+) to (\d+), seed (\d+)")


def not_given(name: str, made: str) -> Text:
    """A sentence; `made` is what a trace notes in its `origins`."""
    name = input_noun(name)
    if _NUMBER.fullmatch(made):
        return (_("No {name} was given, so {number} is used.").format(name=name, number=made),)
    if found := _WHOLE.fullmatch(made):
        drawn = _("No {name} was given, so whole numbers from {low} to {high} were drawn, with seed {seed}.")
        low, high, seed = found.groups()
        return (drawn.format(name=name, low=low.replace("-", "\u2212"), high=high, seed=seed),)
    return inline(
        _("No {name} was given, so an initializer made one: {initializer}."), name=name, initializer=Code(made)
    )
