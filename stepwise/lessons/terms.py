"""The numbers of a layer in a few words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from ..dialects.signal_words import NAMES as SIGNALS
from ..geometry import AxisGeometry, Side, Whole
from ..language import _, listed, plural
from ..nouns import WHERE, axis_noun, size_of
from ..traces.trace import Trace

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
    asked = getattr(trace.layer.operation, "windows", None)
    return "whole" if isinstance(asked, Whole) else "sliding"


def terms(trace: Trace) -> str:
    """`2×2 window, stride 1, SAME padding`; empty for an operation that works cell by cell."""
    return ", ".join(parts(trace))


def parts(trace: Trace) -> list[str]:
    """The same, one by one."""
    axes = trace.geometry.axes
    match kind(trace):
        case "cells":
            return []
        case "whole":
            return [_("the whole of {size}").format(size=cells(axis.size for axis in axes))]
        case "adaptive":
            given, wanted = sizes(axis.size for axis in axes), sizes(axis.output for axis in axes)
            return [_("{given} divided into {wanted} windows").format(given=given, wanted=wanted)]
    found = [kernel_name(axes) if kind(trace) == "transposed" else window_name(axes)]
    found.append(_("stride {n}").format(n=alike([axis.stride for axis in axes])))
    dilations = [axis.dilation for axis in axes]
    if set(dilations) != {1}:
        found.append(_("dilation {n}").format(n=alike(dilations)))
    if kind(trace) == "sliding":
        found.append(padding_name(trace))
    return found


def window_name(axes: tuple[AxisGeometry, ...]) -> str:
    """`2×3 window`, or along a single axis `window of 3 cells`."""
    if len(axes) == 1:
        return plural("window of {n} cell", "window of {n} cells", axes[0].window)
    return _("{size} window").format(size=sizes(axis.window for axis in axes))


def kernel_name(axes: tuple[AxisGeometry, ...]) -> str:
    """`2×3 kernel`, or along a single axis `kernel of 3 cells`: a transposed convolution has no window."""
    if len(axes) == 1:
        return plural("kernel of {n} cell", "kernel of {n} cells", axes[0].window)
    return _("{size} kernel").format(size=sizes(axis.window for axis in axes))


def padding_name(trace: Trace) -> str:
    """The padding in a few words: `SAME padding`, `padding 1`."""
    axes = trace.geometry.axes
    if axes[0].padding.rule != "explicit":
        return _("{rule} padding").format(rule=rule_word(trace))
    pads = [(axis.name, axis.padding.before, axis.padding.after) for axis in axes]
    sizes_of = {n for _name, *pair in pads for n in pair}
    if len(sizes_of) == 1:
        return _("padding {n}").format(n=sizes_of.pop())
    if all(before == after for _name, before, after in pads):
        along = _("{n} along the {axis}")
        edges = [along.format(n=n, axis=axis_noun(name)) for name, n, _after in pads]
    else:
        sides: tuple[Side, Side] = ("before", "after")
        where = [(n, WHERE[name, side]()) for name, *pair in pads for side, n in zip(sides, pair) if n]
        edges = [_("{n} {where}").format(n=n, where=place) for n, place in where]
    return _("padding {edges}").format(edges=listed(edges))


def rule_word(trace: Trace) -> str:
    """The rule in the words of its owner: only ONNX has names of its own for where an odd line goes."""
    name = rule_name(trace.geometry.axes[0])
    if name == "SAME" and trace.layer.dialect == "onnx":
        return "SAME_UPPER"
    return "SAME" if trace.layer.dialect in SIGNALS and name == "SAME_LOWER" else name


def rule_name(axis: AxisGeometry) -> str:
    """The padding rule as it is written in a sentence."""
    names = {
        "valid": "VALID",
        "same_upper": "SAME",
        "same_lower": "SAME_LOWER",
        "full": "FULL",
        "causal": _("causal"),
        "explicit": _("explicit"),
    }
    return names.get(axis.padding.rule, axis.padding.rule)


def sizes(numbers: Iterable[object]) -> str:
    """`2×3`"""
    return size_of(numbers)


def cells(numbers: Iterable[int]) -> str:
    """`2×3`, or along a single axis `3 cells`."""
    each = list(numbers)
    return plural("{n} cell", "{n} cells", each[0]) if len(each) == 1 else sizes(each)


BY = "\u00a0×\u00a0"


def by(shape: Iterable[object]) -> str:
    """`2 × 3`, as a sentence says it."""
    return BY.join(map(str, shape)) or _("a single number")


def alike(values: Sequence[object]) -> str:
    """One of them where all are the same, else `2×3`."""
    return str(values[0]) if len(set(values)) == 1 else sizes(values)


def apart(axes: tuple[AxisGeometry, ...]) -> str:
    """`2 cells apart`"""
    strides = [axis.stride for axis in axes]
    if len(set(strides)) == 1:
        return plural("{n} cell apart", "{n} cells apart", strides[0])
    return listed(
        plural("{n} cell apart along the {axis}", "{n} cells apart along the {axis}", a.stride, axis=axis_noun(a.name))
        for a in axes
    )


def pace(axes: tuple[AxisGeometry, ...]) -> str:
    """`2 cells at a time`"""
    strides = [axis.stride for axis in axes]
    if len(set(strides)) == 1:
        return plural("{n} cell at a time", "{n} cells at a time", strides[0])
    return listed(
        plural(
            "{n} cell at a time along the {axis}",
            "{n} cells at a time along the {axis}",
            axis.stride,
            axis=axis_noun(axis.name),
        )
        for axis in axes
    )
