"""A Trace told as a Lesson. Text is written here, once, for every format.

To add an operation: its phrases in `phrases.py`. To add a way of telling: a narrator beside `window.py`.
"""

from __future__ import annotations

from ..errors import ShapeError, StepwiseError
from ..language import speaking
from ..traces import Trace
from .blocks import Lesson
from .chain import tell_chain
from .compare import tell_comparison

DETAILS = ("auto", "all", "none")


def tell(trace: Trace, language: str = "en", detail: str = "auto", title: str | None = None) -> Lesson:
    """The lesson of a trace, and of every layer before it in a chain.

    `detail`: `auto` tells every window when there are few, else the telling ones; `all`; or `none`.
    """
    if detail not in DETAILS:
        raise StepwiseError(f"detail={detail!r} is not known; it is 'auto', 'all' or 'none'")
    with speaking(language):
        return tell_chain(trace, language, detail, title)


def compare(a: Trace, b: Trace, language: str = "en", title: str | None = None) -> Lesson:
    """Two traces over the same input side by side, from the first decision where they part.

    Raises `ShapeError` where they have different numbers of spatial axes or different inputs.

    >>> import stepwise as sw
    >>> x = [[4, 3], [2, 1]]
    >>> a, b = (sw.trace(f"MaxPool2D(2, strides=1, padding={p!r})", x) for p in ("valid", "same"))
    >>> compare(a, b).title
    'VALID or SAME?'
    """
    shapes = [trace.inputs["input"].shape for trace in (a, b)]
    if shapes[0] != shapes[1] or len(a.geometry.axes) != len(b.geometry.axes):
        raise ShapeError(
            f"only traces over the same input can be compared; these have inputs {shapes[0]} and {shapes[1]}"
        )
    with speaking(language):
        return tell_comparison(a, b, language, title)


__all__ = ["DETAILS", "Lesson", "compare", "tell"]
