"""A Trace told as a Lesson. Text is written here, once, for every format.

To add an operation: its phrases in `phrases.py`. To add a way of telling: a narrator beside `window.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..document.lesson import Lesson
from ..language import speaking
from ..lazy import loaded
from ..traces.trace import Trace
from ..traces.trace import chain as layers_of  # `chain` is a module here
from .chain import tell_chain
from .choice import DETAILS, check_detail, refuse_long
from .staging import staged

if TYPE_CHECKING:
    from .comparing import compare as compare

__getattr__ = loaded(__name__, {"compare": "comparing"})


def tell(
    trace: Trace,
    language: str = "en",
    detail: str = "auto",
    title: str | None = None,
    matrix: bool = False,
    practice: bool = False,
    alternatives: Sequence[Trace] = (),
    classes: Sequence[str] = (),
    knobs: str | Sequence[str] = (),
) -> Lesson:
    """The lesson of a trace, and of every layer before it in a chain.

    detail         `auto` tells every window when there are few, else the typical ones; `all`; or `none`
    matrix         whether every convolution and mean is told as one matrix, too
    practice       whether a page hides the outputs, for its reader to work out
    alternatives   the last layer as it might have been asked for, for the reader of a page to choose among
    classes        names for the numbers that a network gives, in their order
    knobs          what the reader of a page may turn beside the figure of a layer: `all`, or among operation, window,
                   stride, padding, dilation, ceil, size and kernel; and what they may put in, `picture` and `pad`

    Raises `CallError` for a matrix where there is none, and for other than one class for each number, and
    `StepwiseError` for knobs of a layer that has none.
    """
    check_detail(detail)
    refuse_long(layers_of(trace), detail)
    if matrix:
        from .matrices import refuse_without  # its algebra costs a short request more than its whole telling

        refuse_without(layers_of(trace))
    with speaking(language):
        lesson = tell_chain(trace, language, detail, title, matrix, classes, answered=not practice)
        return staged(lesson, practice, alternatives, knobs, classes)


__all__ = ["DETAILS", "Lesson", "compare", "tell"]
