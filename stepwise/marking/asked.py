"""What may be asked of a layer: its output, how large that is, where the padding goes, how one cell is worked out.

    output   the numbers themselves
    sizes    the output's size along each spatial axis: 2 2
    padding  the lines of padding before and after the data, axis by axis: 0 1 0 1
    formula  the working of one cell: max(4, 3, 2, 1) = 4

Each is told as a trace whose output is what is due, so that sizes and padding are marked, explained and followed as an
output is. To add one: a line in `ASKS`, and a case in `asked` and in `read_asked`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from ..traces.layout import Index
from ..traces.trace import Trace

if TYPE_CHECKING:
    from .answers import Answer
    from .forms import Decimal

Ask = Literal["output", "sizes", "padding", "formula"]
ASKS: tuple[Ask, ...] = get_args(Ask)

_TIMES = re.compile(r"(?<=\d)[ ]*(?:[×x*]|by)[ ]*(?=\d)", re.IGNORECASE)
_SIDES = {
    ("above", "top", "before the first row"): 0,
    ("below", "bottom"): 1,
    ("left",): 2,
    ("right",): 3,
}


def asked(trace: Trace, ask: Ask, cell: Index | None = None) -> Trace:
    """A trace whose output is what is asked for; of `formula`, one number: the result of that cell (or the first).

    >>> import stepwise as sw
    >>> t = sw.trace("MaxPool2D(2, strides=1, padding='same')", [[4, 3], [2, 1]])
    >>> asked(t, "sizes").output.tolist(), asked(t, "padding").output.tolist()
    ([2, 2], [0, 1, 0, 1])
    """
    axes = trace.geometry.axes
    match ask:
        case "sizes":
            found: Any = [axis.output for axis in axes] or [n for n in trace.output.shape if n != 1] or [1]
        case "padding":
            found = [lines for axis in axes for lines in (axis.padding.before, axis.padding.after)]
        case "formula":
            return replace(trace, output=np.asarray([trace.output[cell or (0,) * trace.output.ndim]]))
        case "output":
            return trace
    return replace(trace, output=np.array(found or [0], dtype=np.int64))


def read_asked(answer: Any, ask: Ask, trace: Trace, cell: Index | None, decimal: Decimal) -> Answer:
    """An answer to what was asked, as numbers; `trace` is the layer's own."""
    if isinstance(answer, bytes):
        answer = answer.decode("utf-8-sig", errors="replace")
    from .answers import Answer, read_answer  # a lesson asks what is due, and reads no answer

    if ask == "output" or isinstance(answer, Answer):
        return read_answer(answer, decimal)
    if ask == "formula":
        return _working(answer, trace, cell)
    if isinstance(answer, str):
        answer = _by_side(answer) or _TIMES.sub(" ", answer)
    read = read_answer(answer, decimal)
    if read.numbers and len(read.shape) > 1:
        read = read.reordered((len(read.numbers),))
    return replace(read, others=())


def _by_side(text: str) -> str:
    """`top 0, bottom 1, left 0, right 1` as the four numbers in their order; nothing of anything else."""
    found: dict[int, str] = {}
    for names, place in _SIDES.items():
        for name in names:
            if match := re.search(
                rf"\b{name}\b[ ]*[:=]?[ ]*(\d+)|(\d+)[ ]*(?:rows?|columns?)?[ ]*(?:at the )?\b{name}\b", text.lower()
            ):
                found[place] = match[1] or match[2]
    return " ".join(found[place] for place in range(4)) if len(found) == 4 else ""


def _working(answer: Any, trace: Trace, cell: Index | None) -> Answer:
    """The result that a working gives where it is that of the cell; a number that is not due where it is another."""
    from .answers import Answer, read_answer
    from .workings import same_working

    text = answer if isinstance(answer, str) else str(answer)
    if not text.strip():
        return read_answer("")
    step = trace.step(cell or (0,) * trace.output.ndim)
    same = same_working(text, str(step.formula))
    if same.problem:
        return Answer(problem=same.problem)
    number = float(step.result) if same.same else same.value if same.value != float(step.result) else float("nan")
    return Answer((1,), (number,), (text.strip()[:400],))
