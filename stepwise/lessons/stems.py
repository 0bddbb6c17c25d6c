"""A signal drawn as every signals course draws it: stems, and below them the kernel at some of its places.

It is a table, whose columns are the places; a page draws its numbers as stems, other formats print them.
"""

from __future__ import annotations

from ..arithmetic import holds_expressions, plain, shown, true_minus
from ..document.blocks import Table
from ..document.inline import Text
from ..document.lesson import Section
from ..language import _
from ..ops import Conv
from ..traces.trace import Trace
from .turning import is_of_signals, is_turned

LONGEST = 24
"""Places of a line that is drawn."""
MOST_WINDOWS = 4
"""Places of the kernel that are drawn: the first, the last, and some between."""


def stem_sections(trace: Trace) -> list[Section]:
    """A part that shows the signal, with what is added at its ends, and the kernel sliding along; none of an image."""
    axes = trace.geometry.axes
    if not is_of_signals(trace) or not isinstance(trace.layer.operation, Conv) or len(axes) != 1:
        return []
    [axis] = axes
    before, after = axis.padding.before, axis.padding.after
    places = range(-before, axis.size + after)
    line, kernel = trace.inputs["input"], trace.inputs["kernel"]
    if len(places) > LONGEST or line.ndim != 1 or any(map(holds_expressions, (line, kernel))):
        return []
    weights = [float(tap.weight) for tap in trace.step((0,)).taps if tap.weight is not None]
    rows: list[tuple[str, list[float | None], str]] = []
    rows.append((_("signal"), [float(plain(line[p])) if axis.holds(p) else 0.0 for p in places], ""))
    for window in _chosen(axis.output):
        laid = dict(zip(axis.positions(window), weights))
        name = _("turned kernel, window {n}") if is_turned(trace) else _("kernel, window {n}")
        result = true_minus(shown(plain(trace.output[(window,)])))
        rows.append((name.format(n=window + 1), [laid.get(p) for p in places], result))
    head = (_("place"), *(true_minus(str(p)) for p in places), _("sum of products"))
    body: list[tuple[Text, ...]] = [
        ((name,), *((_number(n),) for n in numbers), (result,)) for name, numbers, result in rows
    ]
    shares = tuple((*_shares(numbers), 0.0) for _name, numbers, _result in rows)
    caption = _("The signal, and the kernel at some of its places")
    drawn = Table(caption, head, tuple(body), drawn="stems", shares=shares)
    return [Section(_("The kernel slides along the signal"), (drawn,))]


def _number(value: float | None) -> str:
    return "" if value is None else true_minus(shown(value))


def _shares(numbers: list[float | None]) -> list[float]:
    """How long each stem is, of the longest; below 0 it points down."""
    longest = max((abs(n) for n in numbers if n is not None and n - n == 0), default=0.0) or 1.0
    return [0.0 if n is None or n - n != 0 else round(n / longest, 3) for n in numbers]


def _chosen(windows: int) -> list[int]:
    """The first window, the last, and some evenly between."""
    count = min(windows, MOST_WINDOWS)
    return sorted({round(i * (windows - 1) / max(1, count - 1)) for i in range(count)})
