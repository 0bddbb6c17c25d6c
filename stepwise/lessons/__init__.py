"""A Trace told as a Lesson. Text is written here, once, for every format.

To add an operation: its phrases in `phrases.py`. To add a way of telling: a narrator beside `window.py`.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..algebra.matrix import has_matrix
from ..arithmetic import unlike
from ..errors import CallError, ShapeError, StepwiseError, shown
from ..language import speaking
from ..traces import Trace
from ..traces import chain as layers_of  # `chain` is a module here
from .blocks import Lesson
from .chain import tell_chain
from .choice import refuse_long
from .comparison import tell_comparison
from .staging import staged

DETAILS = ("auto", "all", "none")


def tell(
    trace: Trace,
    language: str = "en",
    detail: str = "auto",
    title: str | None = None,
    matrix: bool = False,
    practice: bool = False,
    alternatives: Sequence[Trace] = (),
    classes: Sequence[str] = (),
) -> Lesson:
    """The lesson of a trace, and of every layer before it in a chain.

    detail         `auto` tells every window when there are few, else the telling ones; `all`; or `none`
    matrix         whether every convolution and mean is told as one matrix, too
    practice       whether a page hides the outputs, for its reader to work out
    alternatives   the last layer as it might have been asked for, for the reader of a page to choose among

    classes        names for the numbers that a network gives, in their order

    Raises `CallError` for a matrix where there is none, and for other than one class for each number.
    """
    _check_detail(detail)
    refuse_long(layers_of(trace), detail)
    if matrix and not any(map(has_matrix, layers_of(trace))):
        raise CallError(f"{trace.layer.call} is not a convolution or a mean, so no matrix does what it does")
    with speaking(language):
        return staged(
            tell_chain(trace, language, detail, title, matrix, classes, answered=not practice), practice, alternatives
        )


def compare(a: Trace, b: Trace, language: str = "en", title: str | None = None, detail: str = "auto") -> Lesson:
    """Two traces over the same input side by side, from the first decision where they part.

    Raises `ShapeError` where their inputs differ, or where they do not look through windows along the same axes.

    >>> import stepwise as sw
    >>> x = [[4, 3], [2, 1]]
    >>> a, b = (sw.trace(f"MaxPool2D(2, strides=1, padding={p!r})", x) for p in ("valid", "same"))
    >>> compare(a, b).title
    'VALID or SAME?'
    """
    for trace in (a, b):
        if not isinstance(trace, Trace):
            raise CallError(f"compare takes two traces, such as those of stepwise.trace(…), not {shown(trace)}")
    _check_detail(detail)
    refuse_long((a, b), detail)
    _check_comparable(a, b)
    with speaking(language):
        return tell_comparison(a, b, language, title, detail)


def _check_detail(detail: str) -> None:
    if not isinstance(detail, str) or detail not in DETAILS:
        raise StepwiseError(f"detail={shown(detail)} is not known; it is 'auto', 'all' or 'none'")


def _check_comparable(a: Trace, b: Trace) -> None:
    for trace in (a, b):
        if not trace.geometry.axes:
            raise ShapeError(f"{trace.layer.call} has no window; only layers that look through one can be compared")
    given = [trace.inputs["input"] for trace in (a, b)]
    if given[0].shape != given[1].shape:
        raise ShapeError(
            f"only layers over the same input can be compared; these have inputs {given[0].shape} and {given[1].shape}"
        )
    if given[0] is not given[1] and unlike(*given).any():
        raise ShapeError("only layers over the same input can be compared; the numbers of these two differ")
    axes = [tuple(axis.name for axis in trace.geometry.axes) for trace in (a, b)]
    if axes[0] != axes[1]:
        raise ShapeError(
            f"{a.layer.call} looks along {' and '.join(axes[0])}, {b.layer.call} along {' and '.join(axes[1])}; "
            "only layers with the same axes can be compared"
        )


__all__ = ["DETAILS", "Lesson", "compare", "tell"]
