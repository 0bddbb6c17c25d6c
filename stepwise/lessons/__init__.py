"""A Trace told as a Lesson. Text is written here, once, for every format.

To add an operation: its phrases in `phrases.py`. To add a way of telling: a narrator beside `window.py`.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..algebra.matrix import has_matrix
from ..document.lesson import Lesson
from ..errors import CallError, ShapeError, StepwiseError, shown
from ..language import speaking
from ..traces.trace import Trace
from ..traces.trace import chain as layers_of  # `chain` is a module here
from .beside import same_input, unshared
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

    detail         `auto` tells every window when there are few, else the typical ones; `all`; or `none`
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
    """Two traces over the same input side by side, from the first decision where they differ.

    Calls of several stages, and chains, are compared stage by stage, from the first on that they do not share. Their
    outputs are compared as feature maps, wherever each framework keeps its channels.

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
    one, two = unshared(a, b)
    refuse_long((*one, *two), detail)
    _check_comparable(one, two)
    with speaking(language):
        return tell_comparison(a, b, language, title, detail)


def _check_detail(detail: str) -> None:
    if not isinstance(detail, str) or detail not in DETAILS:
        raise StepwiseError(f"detail={shown(detail)} is not known; it is 'auto', 'all' or 'none'")


def _check_comparable(one: Sequence[Trace], two: Sequence[Trace]) -> None:
    looking = [[trace for trace in line if trace.geometry.axes] for line in (one, two)]
    for line, found in zip((one, two), looking):
        if not found:
            call = line[-1].layer.call
            raise ShapeError(f"{call} has no window; only layers that look through one can be compared")
    a, b = looking[0][0], looking[1][0]
    axes = [tuple(axis.name for axis in trace.geometry.axes) for trace in (a, b)]
    if axes[0] != axes[1]:
        raise ShapeError(
            f"{a.layer.call} looks along {' and '.join(axes[0])}, {b.layer.call} along {' and '.join(axes[1])}; "
            "only layers with the same axes can be compared"
        )
    given = [line[0].inputs["input"] for line in (one, two)]
    if not same_input(one, two):
        if given[0].shape != given[1].shape:
            difference = f"these have inputs {given[0].shape} and {given[1].shape}"
        elif [f.layer.layout.channels_last for (f, *_others) in looking] in ([True, False], [False, True]):
            difference = (
                f"of an input {given[0].shape}, one of these takes the last axis for the channels, the other not; "
                "type the channels as grids, or give both the same data_format"
            )
        else:
            difference = "the numbers of these two differ"
        raise ShapeError(f"only layers over the same input can be compared; {difference}")


__all__ = ["DETAILS", "Lesson", "compare", "tell"]
