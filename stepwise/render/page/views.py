"""What the page's script must know of a trace, beside its arrays: tables that Python worked out, never rules.

The script computes no size, no padding and no window start. Where a window's cells lie is a table for each axis; where
an index of an array points is told axis by axis; how taps become a result is the operation's own rule, as data.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from ...arithmetic import Array
from ...formula.speech import words as spoken_words
from ...formula.tree import LINE
from ...geometry import AxisGeometry
from ...language import _, plural
from ...lessons.captions import (
    given_caption,
    input_caption,
    kernel_caption,
    output_caption,
    result_caption,
    weight_caption,
)
from ...lessons.channels import note
from ...lessons.fold import RANKED, notes, ranked_notes
from ...lessons.readable import READABLE
from ...lessons.said import forms, words
from ...lessons.spelled import spelled_out
from ...lessons.terms import kind
from ...lessons.window import step_title
from ...nouns import size_of
from ...ops import Gradient
from ...rules.as_data import as_data
from ...traces.axes import roles, word
from ...traces.layout import Index, flat_index
from ...traces.trace import Trace, chain
from .gradients import beside_gradient, gradient_operable, told_cells
from .letters import lettered, spelled
from .planes import plane_of, planes_of

MOST_CELLS = 200_000
"""The most cells that a page carries of all arrays together; a lesson of more stays as it is told."""
MOST_LINES = 50_000
"""The most output cells of an operation without a window that a page can list the sources of."""
MOST_LOOKED_AT = 1_000_000
"""The most sources of all those cells together."""
MOST_SEARCHED = 2_000
"""The same where each source has to be searched for."""
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


def operable(trace: Trace) -> bool:
    """Whether a page can let its reader operate this trace: plain numbers, not too many, and a rule it knows."""
    operation = trace.layer.operation
    if not operation.operated:
        return False
    if lettered(trace):
        if not spelled_out(trace) or isinstance(operation, Gradient):
            return False
    elif not all(map(numeric, (*trace.inputs.values(), trace.output))):
        return False
    if trace.geometry.axes:
        return trace.output.ndim > 0
    if isinstance(operation, Gradient):
        return gradient_operable(trace)
    if not operation.in_lines(trace.output.ndim):
        return False
    most = MOST_SEARCHED if operation.counts else MOST_CELLS if operation.in_place else MOST_LINES
    looked_at = 1 if operation.in_place or operation.counts else trace.output.size * operation.reach(trace)
    return (
        trace.output.size <= most
        and looked_at <= MOST_LOOKED_AT
        and min(trace.inputs["input"].ndim, trace.output.ndim) > 0
    )


def cells(traces: Iterable[Trace]) -> int:
    """The cells of these traces and of every layer before them, each array counted once."""
    arrays = {
        id(array): array.size
        for trace in traces
        for layer in chain(trace)
        for array in (*layer.inputs.values(), layer.output)
    }
    return sum(arrays.values())


def numeric(array: Array) -> bool:
    """Whether every cell is a whole number or a float that JavaScript can compute with."""
    if array.dtype == object:
        return all(type(cell) is int for cell in array.flat)
    return array.dtype.kind in "iu" or array.dtype in (np.float32, np.float64)


def view(trace: Trace) -> dict[str, Any]:
    """Everything the script must know of a trace, in the current language."""
    data = _windows(trace) if trace.geometry.axes else _lines(trace)
    ruled = rule_of(trace)
    if lettered(trace):
        said = {**_words(trace, ruled["rule"]), "signs": spoken_words(), "lines": [["", "{told}"]]}
        return {**ruled, **data, **_parameters(trace), "rule": ["told"], "words": said, "spelled": spelled(trace)}
    said = {**_words(trace, ruled["rule"]), **words(trace)}
    if isinstance(trace.layer.operation, Gradient):
        data |= beside_gradient(trace, data)
        said |= told_cells(trace)
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
            name: [[plain_number(operation.figure(name, axis, i)) for i in range(axis.output)] for axis in axes]
            for name in figures
        }
    return found


def nodes(rule: Any) -> Iterator[list[Any]]:
    """Every node of a rule as data that has operands, itself among them."""
    if isinstance(rule, list):
        yield rule
        for part in rule[1:]:
            yield from nodes(part)


def plain_number(value: Any) -> int | float:
    """A number as JSON has it."""
    return int(value) if value == int(value) else float(value)


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


def named_along(trace: Trace, name: str) -> dict[str, Any]:
    """What the entries of an index are called, of an array of more than two axes; nothing where that is not known."""
    found = roles(trace, name)
    return {"along": [word(role) for role in found]} if found else {}


def _lines(trace: Trace) -> dict[str, Any]:
    """Of an operation without a window: for each output cell, its sources as a line through the input."""
    operation, shape = trace.layer.operation, trace.inputs["input"].shape
    name = getattr(operation, "weight_name", "kernel")
    first: list[int] = []
    weight_first: list[int] = []
    offsets: list[int] = []
    step = weight_step = 0
    if operation.in_place:
        return _told_lines(trace, {"count": 1, "step": 0})
    if operation.listed:
        line = _listed(trace)
        lines = _told_lines(trace, line)
        if any(0 in weights for weights in line.get("weigh", ())):
            lines["whole"] = True  # a number that is not finite reaches cells by a weight of 0, too
        return lines
    for index in np.ndindex(trace.output.shape):
        sources = list(operation.cells(trace, index))  # type: ignore[attr-defined]
        first.append(_source(sources[-1] if operation.counts and sources else None, shape, sources))
        if len(sources) > 1 and not operation.counts:
            step = flat_index(sources[1].at, shape) - first[-1]
            offsets = [flat_index(source.at, shape) - first[-1] for source in sources if source.at is not None]
        if sources and sources[0].weight_index is not None:
            weights = trace.inputs[name].shape
            weight_first.append(flat_index(sources[0].weight_index, weights))
            if len(sources) > 1:
                weight_step = flat_index(sources[1].weight_index, weights) - weight_first[-1]
    count = 1 if operation.counts else len(sources)
    line = {"count": count, "step": step}
    if offsets != [i * step for i in range(len(offsets))]:  # a block, and no line
        line["offsets"] = offsets
    if first != list(range(len(first))) or count != 1:
        line["first"] = first
    result = _told_lines(trace, line)
    if weight_first:
        weights = trace.inputs[name].shape
        line |= {"weights": weight_first, "weightStep": weight_step}
        result["weights"] = name
        if 0 < len(weights) <= 2:
            result["kernelPlan"] = plane_of(weights)
            result["captions"]["kernel"] = weight_caption("kernel", size_of(weights))
    return result


def _listed(trace: Trace) -> dict[str, Any]:
    """Of taps that lie anyhow: the sources of each output cell, and their weights, 0 among them."""
    shape = trace.inputs["input"].shape
    taps = [trace.layer.operation.listing(trace, index) for index in np.ndindex(trace.output.shape)]
    line: dict[str, Any] = {
        "count": max(map(len, taps)),
        "taps": [[flat_index(tap.source, shape) for tap in of if isinstance(tap.source, tuple)] for of in taps],
    }
    weights = trace.inputs.get(trace.layer.operation.weight_name)
    if weights is not None and any(tap.weight_index is not None for of in taps for tap in of):
        line["weighAt"] = [[flat_index(tap.weight_index or (), weights.shape) for tap in of] for of in taps]
    elif any(tap.weight is not None for of in taps for tap in of):
        line["weigh"] = [[plain_number(tap.weight) for tap in of] for of in taps]
    return line


def _told_lines(trace: Trace, line: dict[str, Any]) -> dict[str, Any]:
    given, made = (_planes(trace, name) for name in ("input", "output"))
    captions = {"input": given_caption(trace)(_drawn(given)), "output": result_caption(trace)(_drawn(made))}
    return {"line": line, "input": given, "output": made, "captions": captions}


def _planes(trace: Trace, name: str) -> dict[str, Any]:
    """An array seen plane by plane: its rows and columns, and what the entries are called that tell planes apart."""
    shape, found = (trace.output if name == "output" else trace.inputs[name]).shape, roles(trace, name)
    return planes_of(shape, found)


def _drawn(plan: dict[str, Any]) -> list[int]:
    """The size that stands in the caption: of a plane, where it is known what its axes are, else of the whole."""
    return [plan["shape"][plan[along]] for along in ("rows", "columns")] if "along" in plan else plan["shape"]


NOTHING, CONSTANT = -1, -2


def _source(last: Any, shape: tuple[int, ...], sources: list[Any]) -> int:
    """The flat index of a line's first source; `NOTHING` where there is none, `CONSTANT` where it is padding."""
    if not sources:
        return NOTHING
    source = last or sources[0]
    return CONSTANT if source.at is None else flat_index(source.at, shape)


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


__all__ = ["cells", "has_planes", "named_along", "nodes", "numeric", "operable", "rule_of", "view"]
