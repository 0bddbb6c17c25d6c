"""Every misconception that is known, the built-in ones and those of plug-ins, and what their codes mean.

To add one without changing this package: an entry point in the group `stepwise.misconceptions` that names a
`Misconception` or a list of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from ..errors import StepwiseError
from ..language import _
from .misconception import Misconception
from .misconceptions import BUILT_IN
from .plugins import plugins

SLIP = "cell.arithmetic_slip"
"""The one that is no procedure: a single cell gone wrong; see `slips.py`."""


@cache
def known_misconceptions() -> tuple[Misconception, ...]:
    """All that are known, those of plug-ins last. Raises `StepwiseError` for a plug-in that cannot be used."""
    known = {one.code: one for one in BUILT_IN}
    for name, value, point in plugins():
        try:
            found = point.load()
        except Exception as error:  # it is someone else's code
            raise StepwiseError(f"the plug-in {name} ({value}) cannot be loaded: {error}") from error
        rows: Iterable[Misconception] = [found] if isinstance(found, Misconception) else found
        if not isinstance(rows, list | tuple) or not all(isinstance(row, Misconception) for row in rows):
            raise StepwiseError(f"the plug-in {name} ({value}) is no Misconception and no list of them")
        for row in rows:
            if row.code in known or row.code == SLIP:
                raise StepwiseError(f"the plug-in {name} names a misconception {row.code}, which there is already")
            known[row.code] = row
    return tuple(known.values())


def meaning(code: str) -> str:
    """What a code stands for, in words."""
    if code == SLIP:
        return _("an arithmetic slip in a single cell")
    return next((one.sentence for one in known_misconceptions() if one.code == code), code)
