"""Misconceptions in the words of the layer where they happen; a row of `misconceptions.py` has those for all others.

Each says None where the row's own sentence holds.
"""

from __future__ import annotations

from ..arithmetic import shown
from ..dialects.signal_words import NAMES as SIGNALS
from ..language import _
from ..ops import MeanPool, Pad, ReLU
from ..ops.conv import Conv
from ..traces.trace import Trace
from . import changes
from .gradients import gradient_of
from .misconception import worded


def uncut(trace: Trace) -> str | None:
    if changes.transposed(trace) is None:
        return None
    return _("nothing was cut off, though the call asks for it")


def same_instead(trace: Trace) -> str | None:
    before = trace.parents.get("input")
    if trace.layer.stage and before is not None and isinstance(before.layer.operation, Pad):
        return _("padding was added as under SAME, beside the padding that the call asks for")
    if changes.transposed(trace) is None:
        return None
    return _("the output was cut as under SAME, though the call asks for no cut")


one_apart = worded(
    changes.transposed, lambda: _("the copies of the kernel were placed one cell apart, not a stride apart")
)
side_by_side = worded(
    changes.transposed, lambda: _("the copies of the kernel were placed side by side, not a stride apart")
)


spread = worded(
    gradient_of,
    lambda: _("the gradient was shared among all cells of each window, as of a mean; it goes to the largest alone"),
)
transposed_not_turned = worded(
    gradient_of,
    lambda: _("rows and columns of the kernel were exchanged; it is turned by half a turn instead"),
)
ungated = worded(gradient_of, lambda: _("ReLU was left out: the upstream gradient passed everywhere"))


def sides_exchanged(trace: Trace) -> str | None:
    """Where the call names both sides, no line is odd: it goes where the call says."""
    if trace.geometry.axes[0].padding.rule not in ("explicit", "causal"):
        return None
    return _("the padding before the data and the padding after it were exchanged")


def sides_alike(trace: Trace) -> str | None:
    if trace.geometry.axes[0].padding.rule not in ("explicit", "causal"):
        return None
    return _("padding was made the same on both sides, though the call asks for more on one side")


def zeros(trace: Trace) -> str | None:
    if not trace.geometry.has_outside:
        return None
    if not trace.geometry.has_padding:
        return _("cells past the edge were taken as 0 in the maximum; nothing is there")
    return _("padding, and cells past its edge, were taken as 0 in the maximum; neither can win")


def counted(trace: Trace) -> str | None:
    """Where the call counts padding, only what lies past its edge can have been counted wrongly."""
    operation = trace.layer.operation
    if not trace.geometry.has_outside or not isinstance(operation, MeanPool):
        return None
    if operation.counts_padding and trace.geometry.has_padding:
        return _("cells past the padded edge were counted in the divisor of the mean; only data and padding count here")
    if trace.geometry.has_padding:
        return _(
            "padded cells, and cells past their edge, were counted in the divisor of the mean; only data counts here"
        )
    return _("cells past the edge were counted in the divisor of the mean; they never count")


def undivided(trace: Trace) -> str | None:
    operation = trace.layer.operation
    if not isinstance(operation, MeanPool) or operation.divisor is None:
        return None
    return _("the numbers were added but not divided by {divisor}").format(divisor=operation.divisor)


def flipped(trace: Trace) -> str | None:
    if trace.layer.dialect in SIGNALS:
        return _("the kernel was flipped before it was applied; a correlation does not flip it")
    if changes.transposed(trace) is None:
        return None
    return _("the kernel was flipped before it was copied; its copies are not flipped")


def one_channel(trace: Trace) -> str | None:
    operation = trace.layer.operation
    if not isinstance(operation, Conv) or operation.groups == 1:
        return None
    return _("only the first channel of each group was used; the products of all its channels are added")


def size_of_sign(trace: Trace) -> str | None:
    """What this very ReLU does with numbers that do not pass."""
    relu = trace.layer.operation
    if not isinstance(relu, ReLU) or not (relu.slope or relu.threshold or relu.ceiling is not None):
        return None
    if relu.threshold or relu.ceiling is not None:
        return _("the numbers were taken without their signs, which is not what the call asks for")
    return _("negative numbers lost their sign; here they are multiplied by {slope}").format(slope=shown(relu.slope))


def along_a_line(trace: Trace) -> str | None:
    """Of one dimension, an output has no rows and columns; a gradient is called one."""
    if gradient_of(trace) is not None:
        return _("rows and columns of the gradient were exchanged")
    if len(trace.geometry.axes) != 1:
        return None
    return _("the channels of the output and the cells along its line were exchanged")
