"""What the page's script must know of a trace, beside its arrays: tables that Python worked out, never rules.

The script computes no size, no padding and no window start. Where a window's cells lie is a table for each axis; where
an index of an array points is told axis by axis; how taps become a result is the operation's own rule, as data.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from ...arithmetic import Array
from ...formula.speech import words as spoken_words
from ...formula.tree import LINE
from ...geometry import AxisGeometry
from ...language import _, plural
from ...lessons.captions import (
    input_caption,
    kernel_caption,
    output_caption,
)
from ...lessons.channels import note
from ...lessons.fold import RANKED, notes, ranked_notes
from ...lessons.readable import READABLE
from ...lessons.said import forms, words
from ...lessons.terms import kind
from ...lessons.window import step_title
from ...ops import Gradient
from ...rules.as_data import as_data
from ...traces.axes import roles, word
from ...traces.layout import Index, flat_index
from ...traces.trace import Trace
from .gradients import beside_gradient, sentences_of_cells
from .letters import lettered, spelled
from .source_lines import json_number, source_lines

SPOKEN_NUMBERS = ("=", "≈", "-", "e", "∞")
SPOKEN = {
    "/": ("/", "all"),
    "max": ("and", "max"),
    "min": ("and", "min"),
    "median": ("and", "median"),
    "neg": (),
    "size": ("| |",),
    "?": (),
}
"""What a page must have words for, by the signs in its rule, where that is not the sign itself."""
LISTED = ("each max", "each min", "each median")
"""Rules whose formula is a list of numbers, which may be longer than a line of a phone."""


def view(trace: Trace) -> dict[str, Any]:
    """Everything the script must know of a trace, in the current language."""
    data = _windows(trace) if trace.geometry.axes else source_lines(trace)
    ruled = rule_of(trace)
    if lettered(trace):
        said = {**_words(trace, ruled["rule"]), "signs": spoken_words(), "lines": [["", "{told}"]]}
        return {**ruled, **data, **_parameters(trace), "rule": ["told"], "words": said, "spelled": spelled(trace)}
    said = {**_words(trace, ruled["rule"]), **words(trace)}
    if isinstance(trace.layer.operation, Gradient):
        data |= beside_gradient(trace, data)
        said |= sentences_of_cells(trace)
    most = _most_terms(trace, data)
    if most > READABLE:
        said["folded"] = notes()
        if trace.layer.operation.name in RANKED:
            said["ranked"] = ranked_notes()
    if "kernel" in trace.inputs and data.get("channels", [[0, 1]])[0][1] > 1:
        said["channels"] = note()
    if any(map(_has_long, (*trace.inputs.values(), trace.output))):
        data["wide"] = True
    if ruled["rule"][0] in LISTED and ("wide" in data or most > LINE):
        data["listed"] = True
    return {**ruled, **data, **_parameters(trace), "words": said}


def _has_long(array: Array) -> bool:
    """Whether some number of an array is longer than four digits, so that cells must be made to fit."""
    if array.dtype == object:
        return any(abs(cell) > 999 for cell in array.flat)
    return bool(array.dtype.kind == "f" and np.any(array != np.round(array))) or bool(np.any(np.abs(array) > 999))


def rule_of(trace: Trace) -> dict[str, Any]:
    """The operation's rule as data, and where the numbers are that it names: beside the taps, and along each axis."""
    operation, given = trace.layer.operation, trace.inputs.keys()
    rule = as_data(operation.on_page, given)
    found: dict[str, Any] = {"rule": rule}
    if operation.steady is not None:
        found["steady"] = as_data(operation.steady, given)
    if beside := sorted({node[1] for node in nodes(rule) if node[0] == "@"}):
        found["beside"] = {name: _repeated(operation.beside(trace, name)) for name in beside}
    if figures := sorted({node[1] for node in nodes(rule) if node[0] == "#"}):
        axes = trace.geometry.axes
        if not axes:
            most = operation.reach(trace)
            return found | {"figures": {name: [[most] * trace.shape[0]] for name in figures}}
        found["figures"] = {
            name: [[json_number(operation.figure(name, axis, i)) for i in range(axis.output)] for axis in axes]
            for name in figures
        }
    return found


def nodes(rule: Any) -> Iterator[list[Any]]:
    """Every node of a rule as data that has operands, itself among them."""
    if isinstance(rule, list):
        yield rule
        for part in rule[1:]:
            yield from nodes(part)


def _repeated(numbers: Array) -> int | list[int]:
    """The axis of the output along which numbers go up one by one, or, of others, all of them."""
    moving = [axis for axis, (step, size) in enumerate(zip(numbers.strides, numbers.shape)) if step and size > 1]
    if len(moving) == 1 and numbers.strides[moving[0]] == numbers.itemsize:
        return moving[0]
    return numbers.ravel().tolist() if moving else -1


def _most_terms(trace: Trace, data: dict[str, Any]) -> int:
    """How many terms a formula may have."""
    taps = data["line"]["count"] if "line" in data else math.prod(trace.geometry.window) * data["channels"][0][1]
    return int(taps) + ("bias" in trace.inputs)


def spoken(rule: Any) -> list[str]:
    """The signs that a page must have words for, beside those of every number and equality."""
    signs = {node[0].removeprefix("each ") for node in nodes(rule)}
    found = {word for sign in signs for word in SPOKEN.get(sign, (sign,))}
    return sorted(found | ({"(", ")"} if signs - {"max"} else set()))


def _words(trace: Trace, rule: Any) -> dict[str, Any]:
    window = bool(trace.geometry.axes)
    signs = spoken_words()
    words = {
        "title": step_title(trace),
        "signs": {sign: signs[sign] for sign in (*SPOKEN_NUMBERS, *spoken(rule)) if sign in signs},
        "used": forms(_windows_used if window and kind(trace) != "transposed" else _cells_used),
        "peek": " ".join((_("Input {at} is {value}."), "{used}")),
    }
    if isinstance(trace.layer.operation, Gradient):
        words |= {"used": forms(_cells_sent_to), "peek": " ".join((_("Upstream gradient {at} is {value}."), "{used}"))}
    if trace.layer.operation.weight_name == "x":
        words["weight"] = _("Input {at} is {value}.")
    elif {"kernel", "other"} & trace.inputs.keys():
        words["weight"] = _("Weight {at} is {value}.")
    return words


def _windows_used(n: int) -> str:
    return plural("It is used in {n} window.", "It is used in {n} windows.", n)


def _cells_sent_to(n: int) -> str:
    return plural("It is sent to {n} cell.", "It is sent to {n} cells.", n)


def _cells_used(n: int) -> str:
    return plural("It is used in {n} output cell.", "It is used in {n} output cells.", n)


def _windows(trace: Trace) -> dict[str, Any]:
    operation, layout, axes = trace.layer.operation, trace.layer.layout, trace.geometry.axes
    given, spatial = trace.inputs["input"], len(axes)
    made = trace.channels[1]
    seen = [operation.seen(channel, trace) for channel in range(made)]
    result: dict[str, Any] = {
        "axes": [_axis(axis) for axis in axes],
        "input": _array(given.shape, lambda at: layout.inner(at, spatial), spatial) | named_along(trace, "input"),
        "output": _array(trace.output.shape, trace.place, spatial) | named_along(trace, "output"),
        "channels": [[channels.start, len(channels)] for channels in seen],
        "captions": {
            "input": input_caption(trace.geometry),
            "output": output_caption(trace.geometry.output_shape),
        },
    }
    if has_planes(result):
        result["names"] = plane_names()
    if "kernel" in trace.inputs:
        kernel = trace.inputs["kernel"]

        def flat(inner: Index) -> int:
            return flat_index(operation.kernel_index(layout, inner, kernel), kernel.shape)

        def along(axis: int) -> int:
            """Which of the kernel's own axes a spatial axis is."""
            zero, one = (operation.kernel_index(layout, (0, 0, *at), kernel) for at in (none, ones[axis]))
            return next(i for i, (a, b) in enumerate(zip(zero, one)) if a != b)

        none = (0,) * spatial
        ones = [tuple(int(i == axis) for i in range(spatial)) for axis in range(spatial)]
        first = flat((0, 0, *none))
        result["kernel"] = {
            "first": [flat((channel, 0, *none)) for channel in range(made)],
            "channel": flat((0, 1, *none)) - first if len(seen[0]) > 1 else 0,
            "place": [flat((0, 0, *one)) - first if n > 1 else 0 for one, n in zip(ones, trace.geometry.window)],
        }
        rows = along(spatial - 2) if spatial > 1 else -1
        result["kernelPlan"] = {"shape": list(kernel.shape), "rows": rows, "columns": along(spatial - 1)}
        result["captions"]["kernel"] = kernel_caption(trace)
        if layout.kernel_turned:
            result["kernelPlan"]["turned"] = True
        if "bias" in trace.inputs:
            result["captions"]["bias"] = _("bias")
    return result


def plane_names() -> dict[str, str]:
    """What images, channels, filters and depths are called, and what channels add up to."""
    return {
        "images": _("images"),
        "channels": _("channels"),
        "filters": _("filters"),
        "image": _("image {n}"),
        "channel": _("channel {n}"),
        "filter": _("filter {n}"),
        "depth": _("depth {n}"),
        "bias": _("bias"),
        "sum": _("sum"),
    }


def has_planes(view: dict[str, Any]) -> bool:
    """Whether there is a choice of channel, filter, image or depth to look at."""
    several = len(view["channels"]) > 1 or view["channels"][0][1] > 1 or len(view["axes"]) > 2
    return several or any(role == 0 and n > 1 for role, n in zip(view["input"]["roles"], view["input"]["shape"]))


def _axis(axis: AxisGeometry) -> dict[str, Any]:
    return {
        "size": axis.size,
        "drawn": list(axis.drawn),
        "at": [list(axis.positions(i)) for i in range(axis.output)],
        **({"edge": axis.size + axis.padding.after} if axis.padding.overhang else {}),
    }


def _array(shape: tuple[int, ...], place: Any, spatial: int) -> dict[str, Any]:
    """What each axis of an array stands for: 0 the image, 1 the channel, 2 and on a spatial axis."""
    roles = []
    for axis in range(len(shape)):
        found = place(tuple(int(i == axis) for i in range(len(shape))))
        roles.append(next(slot for slot, index in enumerate(found) if index))
    rows = roles.index(spatial) if spatial > 1 and spatial in roles else -1
    return {"shape": list(shape), "roles": roles, "rows": rows, "columns": _at(roles, spatial + 1)}


def _at(roles: list[int], role: int) -> int:
    return roles.index(role) if role in roles else -1


def _parameters(trace: Trace) -> dict[str, Any]:
    """What the script must know to find the taps of an operation, and what it says of where they come from."""
    operation: Any = trace.layer.operation
    match operation.name:
        case "conv_transpose":
            return {"bare": True}  # only data is told
        case "pad":
            full = operation.full(trace.layer.layout, trace.inputs["input"].ndim)
            constant = operation.value if math.isfinite(operation.value) else f"{operation.value}inity"
            mode = {} if operation.mode == "constant" else {"mode": operation.mode, "before": [a for a, _b in full]}
            return {"constant": constant, **mode}
        case "unfold":
            return {"constant": 0}
        case "max_unpool":
            sent = [len(list(operation.cells(trace, index))) for index in np.ndindex(trace.shape)]
            _place, grid = operation.counted_place(trace, (0,) * trace.ndim)
            return {"grid": list(grid), **({"sent": sent} if max(sent) > 1 else {})}
    return {}


def named_along(trace: Trace, name: str) -> dict[str, Any]:
    """What the entries of an index are called, of an array of more than two axes; nothing where that is not known."""
    found = roles(trace, name)
    return {"along": [word(role) for role in found]} if found else {}
