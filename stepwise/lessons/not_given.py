"""What is said of a weight that nobody gave: what stands in its place, and where it comes from."""

from __future__ import annotations

import re

from ..language import _
from .blocks import Code, Text

_NUMBER = re.compile(r"-?[\d.]+")
_WHOLE = re.compile(r"whole numbers from (-?\d+) to (\d+), seed (\d+)")


def not_given(name: str, made: str) -> Text:
    """A sentence; `made` is what a trace notes in its `origins`."""
    if _NUMBER.fullmatch(made):
        told = _("No {name} was given, so {number} is taken.")
        return (told.format(name=_(name), number=made),)
    if found := _WHOLE.fullmatch(made):
        told = _("No {name} was given, so whole numbers from {low} to {high} were drawn, with seed {seed}.")
        low, high, seed = found.groups()
        return (told.format(name=_(name), low=low.replace("-", "\u2212"), high=high, seed=seed),)
    return (_("No {name} was given, so an initializer made one:").format(name=_(name)) + " ", Code(made), ".")
