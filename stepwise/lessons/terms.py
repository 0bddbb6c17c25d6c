"""The numbers of a layer in a few words."""

from __future__ import annotations

from typing import Literal

from ..geometry import AxisGeometry
from ..language import _
from ..traces import Trace

Kind = Literal["cells", "sliding", "whole", "adaptive", "transposed"]


def kind(trace: Trace) -> Kind:
    """How the operation looks at its input."""
    axes = trace.geometry.axes
    if not axes:
        return "cells"
    rule = axes[0].padding.rule
    if rule == "adaptive":
        return "adaptive"
    if rule == "transposed":
        return "transposed"
    alone = all(axis.output == 1 and axis.window == axis.size > 1 and axis.padding.rule == "valid" for axis in axes)
    return "whole" if alone and trace.layer.operation.name != "conv" else "sliding"


def terms(trace: Trace) -> str:
    """`2×2 window, stride 1, SAME padding`; empty for an operation without a window."""
    axes = trace.geometry.axes
    match kind(trace):
        case "cells":
            return ""
        case "whole":
            return _("the whole of {size}").format(size=sizes(axis.size for axis in axes))
        case "adaptive":
            given, wanted = sizes(axis.size for axis in axes), sizes(axis.output for axis in axes)
            return _("{given} shared out to {wanted}").format(given=given, wanted=wanted)
    parts = [_("{size} window").format(size=sizes(axis.window for axis in axes))]
    parts.append(_("stride {n}").format(n=alike([axis.stride for axis in axes])))
    dilations = [axis.dilation for axis in axes]
    if set(dilations) != {1}:
        parts.append(_("dilation {n}").format(n=alike(dilations)))
    if kind(trace) == "sliding":
        parts.append(padding_name(trace))
    return ", ".join(parts)


def padding_name(trace: Trace) -> str:
    """The padding in a few words: `SAME padding`, `padding 1`."""
    axes = trace.geometry.axes
    if axes[0].padding.rule != "explicit":
        return _("{rule} padding").format(rule=rule_name(axes[0]))
    lines = [n for axis in axes for n in (axis.padding.before, axis.padding.after)]
    return _("padding {n}").format(n=lines[0] if len(set(lines)) == 1 else "/".join(map(str, lines)))


def rule_name(axis: AxisGeometry) -> str:
    """The padding rule as it is written in a sentence."""
    names = {
        "valid": "VALID",
        "same_upper": "SAME",
        "same_lower": "SAME_LOWER",
        "causal": _("causal"),
        "explicit": _("explicit"),
    }
    return names.get(axis.padding.rule, axis.padding.rule)


def sizes(numbers: object) -> str:
    """`2×3`"""
    return "×".join(map(str, numbers))  # type: ignore[call-overload]  # any iterable of numbers


def alike(numbers: list[int]) -> str:
    """One number where all are the same, else `2×3`."""
    return str(numbers[0]) if len(set(numbers)) == 1 else sizes(numbers)
