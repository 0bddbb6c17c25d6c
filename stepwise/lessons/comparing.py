"""Two traces that may be compared, or one sentence that says why they may not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..document.lesson import Lesson
from ..errors import CallError, shown
from ..language import speaking
from ..traces.trace import Trace
from .beside import unshared
from .choice import check_detail, refuse_long
from .comparable import check_comparable
from .compared_gradients import are_gradients, tell_compared_gradients
from .comparison import tell_comparison

if TYPE_CHECKING:
    from ..analysis.backpropagation import Backward


def compare(
    a: Trace | Backward,
    b: Trace | Backward,
    language: str = "en",
    title: str | None = None,
    detail: str = "auto",
    wanted: Sequence[str] = (),
) -> Lesson:
    """Two traces over the same input side by side, from the first decision where they differ.

    Calls of several stages, and chains, are compared stage by stage, from the first on that they do not share. Their
    outputs are compared as feature maps, wherever each framework keeps its channels. Two gradients are compared cell by
    cell, where the same upstream gradient was led back to both. Two whole backward passes, of `stepwise.backward`, are
    compared there and back: which gradients differ, and whether by overlap, geometry, factors or what comes back;
    `wanted` names those that are told.

    Raises `CallError` where it was not, `ShapeError` where their inputs differ, or where they do not look through
    windows along the same axes.

    >>> import stepwise as sw
    >>> x = [[4, 3], [2, 1]]
    >>> a, b = (sw.trace(f"MaxPool2D(2, strides=1, padding={p!r})", x) for p in ("valid", "same"))
    >>> compare(a, b).title
    'VALID or SAME?'
    """
    check_detail(detail)
    if not isinstance(a, Trace) or not isinstance(b, Trace):
        return _of_passes(a, b, language, title, detail, wanted)
    if are_gradients(a, b):
        with speaking(language):
            return tell_compared_gradients(a, b, language, title)
    one, two = unshared(a, b)
    refuse_long((*one, *two), detail)
    check_comparable(one, two)
    with speaking(language):
        return tell_comparison(a, b, language, title, detail)


def _of_passes(a: object, b: object, language: str, title: str | None, detail: str, wanted: Sequence[str]) -> Lesson:
    """The lesson of two backward passes. Raises `CallError` for anything else."""
    from ..analysis.backpropagation import Backward  # the way back costs the way there nothing
    from .compared_passes import tell_compared_passes

    if isinstance(a, Backward) and isinstance(b, Backward):
        with speaking(language):
            return tell_compared_passes(a, b, language, title, detail, wanted)
    wrong = b if isinstance(a, Trace | Backward) and not isinstance(b, Trace | Backward) else a
    if isinstance(wrong, Trace | Backward):
        raise CallError("compare takes two traces, or two backward passes, not one of each")
    raise CallError(f"compare takes two traces, such as those of stepwise.trace(…), not {shown(wrong)}")
