"""What a misconception is: a wrong procedure with a name, which the engine carries out. See `misconceptions.py`."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from functools import lru_cache
from weakref import WeakKeyDictionary

from ..dataclass import dataclass
from ..errors import StepwiseError
from ..traces.trace import Trace

SMALL = 256
"""Cells, input and weights among them, of a layer whose wrong results are remembered for a while."""
_APPLIES: WeakKeyDictionary[Trace, dict[Callable[[Trace], Trace | None], bool]] = WeakKeyDictionary()
"""Which changes apply to a layer: each of a chain's parts asks it of every layer before."""


@dataclass(frozen=True)
class Misconception:
    """A wrong procedure: `change` gives what it makes of a trace, or None where it does not apply.

    `text` says what was done and what is right, in one sentence without its full stop; a function, so that it is made
    in the language of the moment, or plain text.
    """

    code: str  # stable: people count them over a class
    text: Callable[[], str] | str
    change: Callable[[Trace], Trace | None]
    last_only: bool = False  # whether it concerns the answer as it is handed in, not a layer on the way there
    wording: Callable[[Trace], str | None] | None = None  # what to say instead where a layer asks for something else
    also: tuple[Callable[[Trace], Trace | None], ...] = ()  # the same misunderstanding, written down otherwise

    @property
    def ways(self) -> tuple[Misconception, ...]:
        """It, once for each way in which its result may be written down."""
        return (self, *(dataclasses.replace(self, change=change, also=()) for change in self.also))

    @property
    def sentence(self) -> str:
        """What was done, in words."""
        return self.text if isinstance(self.text, str) else self.text()

    def sentence_for(self, trace: Trace) -> str:
        """What was done in this very layer: nothing is named as right that its call does not ask for."""
        return (self.wording(trace) if self.wording is not None else None) or self.sentence

    def layers(self, chain: Sequence[Trace]) -> list[Trace]:
        """Those of a chain's layers that it applies to."""
        return [layer for layer in (chain[-1:] if self.last_only else chain) if self.applies(layer)]

    def applies(self, trace: Trace) -> bool:
        """Whether it gives anything at all on this trace, if perhaps the right result."""
        known = _APPLIES.setdefault(trace, {})
        if self.change not in known:
            known[self.change] = self.wrong(trace) is not None
        return known[self.change]

    def wrong(self, trace: Trace) -> Trace | None:
        """What comes out when one layer is carried out this way; None where it does not apply."""
        return (_remembered if _is_small(trace) else _changed)(self.change, trace)


def worded(applies: Callable[[Trace], object | None], text: Callable[[], str]) -> Callable[[Trace], str | None]:
    """A wording of its own for the layers of which `applies` says anything; none for the others."""
    return lambda trace: None if applies(trace) is None else text()


def _is_small(trace: Trace) -> bool:
    arrays = (*trace.inputs.values(), trace.output)
    return not trace.parents and sum(array.size for array in arrays) <= SMALL


def _changed(change: Callable[[Trace], Trace | None], trace: Trace) -> Trace | None:
    try:
        return change(trace)
    except StepwiseError:
        return None  # such a window does not fit, or covers no data


_remembered = lru_cache(maxsize=8192)(_changed)
"""A worksheet's variant asks thrice: whether it applies, whether its answers can be told apart, and for the key."""
