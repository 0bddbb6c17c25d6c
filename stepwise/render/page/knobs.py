"""What a page must know so that its reader can turn knobs: where they stand, the views of what they turn to, and words.

The page plans sizes, padding and windows itself (`script/knobs-plan.js`, held to stepwise's geometry by a test); rules
and sentences are the operations' own, as they are of any other trace.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...arithmetic import is_exact
from ...dialects.tracing import trace as traced
from ...formula.speech import words as spoken_words
from ...language import _
from ...lessons.captions import output_caption, weight_caption
from ...lessons.fold import notes
from ...lessons.knobs import OF_KERNELS, turned
from ...nouns import axis_noun
from ...traces.axes import word
from ...traces.trace import Trace
from .exactly import letters
from .views import plane_names, view

LARGEST = {"window": 5, "stride": 4, "dilation": 3, "size": 10}
"""How far each knob goes, where the lesson does not stand further already."""
LINES = 3
"""Lines of padding a side that can be chosen."""
MODELS = {
    "max": "nn.MaxPool{n}d(3, stride=2, padding=1, ceil_mode=True)",
    "mean": "nn.AvgPool{n}d(3, stride=2, padding=1, ceil_mode=True, count_include_pad=False)",
    "counted": "nn.AvgPool{n}d(3, stride=2, padding=1, ceil_mode=True)",
    "convolution": "nn.Conv{n}d(1, 1, 2)",
    "transposed": "nn.ConvTranspose{n}d(1, 1, 2)",
}
"""Calls in whose views everything can be said that may come: padding, cells outside, a bias."""


def knobs(trace: Trace, names: Sequence[str]) -> dict[str, Any]:
    """The knobs of a stage, as its script reads them."""
    at = turned(trace)
    kinds = MODELS if "operation" in names else _kinds(at["operation"])
    size = "{size}"
    lettered = any(map(is_exact, trace.inputs.values()))
    return {
        **({"letters": letters(trace)} if lettered else {}),
        "names": list(names),
        "dialect": trace.layer.dialect,
        "turned": at,
        "views": {name: _model(name, len(at["window"]), lettered) for name in kinds},
        "biased": "bias" in trace.inputs or "kernel" not in trace.inputs,
        "lying": _lying(trace, at),
        "planes": _planes(at),
        "axes": [axis_noun(axis.name) for axis in trace.geometry.axes],
        "captions": {
            "plain": _("input {size}"),
            "padded": _("input, padded to {size}"),
            "outside": _("input {size}, and the cells outside"),
            "both": _("input, padded to {size}, and the cells outside"),
            "output": output_caption([size]),  # type: ignore[list-item]  # filled in by the page
            "kernel": weight_caption("kernel", size),
        },
        "refusals": _refusals(),
    }


def _kinds(operation: str) -> list[str]:
    """The views that one operation may have: a mean divides in two ways."""
    return ["mean", "counted"] if operation == "mean" else [operation]


def _model(name: str, axes: int, lettered: bool) -> dict[str, Any]:
    """The view of a model call, without what the knobs turn."""
    data = np.arange(4**axes).reshape((4,) * axes)
    weights: dict[str, Any] = {"kernel": np.ones((2,) * axes, int), "bias": [1]} if name in OF_KERNELS else {}
    found = view(traced(MODELS[name].format(n=axes), data, **weights))
    if lettered:  # whose formulas are written out
        found["words"]["lines"].append(["letters", "{letters}"])
        found["words"]["signs"] = spoken_words()
    else:
        found["words"]["folded"] = notes()  # of several channels, a window may have many terms
    return {key: value for key, value in found.items() if key not in ("axes", "figures", "kernel")}


def _planes(at: dict[str, Any]) -> dict[str, str] | None:
    """What planes are called, where there are several."""
    return plane_names() if max(at["channels"], at["filters"]) > 1 else None


def _lying(trace: Trace, at: dict[str, Any]) -> dict[str, Any]:
    """How the lesson's arrays lie: what each axis is, 0 image (of a kernel, filter), 1 channel, the rest space."""
    space, last = [2 + axis for axis in range(len(at["window"]))], trace.layer.layout.channels_last
    plain = trace.inputs["input"].ndim == len(space)
    image = [0] if trace.inputs["input"].ndim == len(space) + 2 else []
    given = space if plain else [*image, *space, 1] if last else [*image, 1, *space]
    made = given if not plain or at["filters"] == 1 else [*space, 1] if last else [1, *space]
    flat = max(at["channels"], at["filters"]) == 1
    return {
        "input": given,
        "made": made,
        "kernel": space if flat else [*space, 1, 0] if last else [0, 1, *space],
        "spread": space if flat else [*space, 0, 1] if last else [1, 0, *space],
        "along": {
            role: word(name) for role, name in enumerate(("image", "channel", *(["row"] * (len(space) - 1)), "column"))
        },
    }


def _refusals() -> dict[str, str]:
    """Why a framework does not take what is turned."""
    return {
        "keras ceil": _("Keras has no ceil mode."),
        "keras padding": _("Keras takes only padding VALID or SAME here."),
        "keras dilation": _("Keras's pooling has no dilation."),
        "keras both": _("Keras takes a stride or a dilation above 1, not both."),
        "torch same": _("PyTorch takes no padding SAME here, only a number."),
        "torch same stride": _("PyTorch takes padding SAME only with stride 1."),
        "torch dilation": _("PyTorch's average pooling has no dilation."),
        "torch half": _("PyTorch pads at most half the window: {most} for a window of {window}."),
        "no ceil": _("A convolution has no ceil mode."),
        "too large": _("A window that spans {span} does not fit into {size}."),
        "nothing left": _("The padding cuts off all there is: nothing is left."),
        "empty": _("A window would cover no data at all, only padding."),
    }


def controls(trace: Trace, names: Sequence[str]) -> tuple[tuple[Any, ...], ...]:
    """The controls, as their template lists them: its kind, its name, its words, where it stands, and what it offers.

    It is made of words and numbers alone, which a stranger's template may see.
    """
    at = turned(trace)
    labels = {"window": _("Window"), "stride": _("Stride"), "dilation": _("Dilation"), "size": _("Input size")}
    operations = {
        "max": _("Max pooling"),
        "mean": _("Average pooling"),
        "convolution": _("Convolution"),
        "transposed": _("Transposed convolution"),
    }
    presets = {
        "identity": _("identity"),
        "edge": _("edges"),
        "sobel": _("Sobel"),
        "sharpen": _("sharpen"),
        "box": _("box blur"),
        "gaussian": _("Gaussian blur"),
    }
    lines = range(1, 1 + max(LINES, at["padding"] if isinstance(at["padding"], int) else 0))
    padding = {"valid": _("VALID: none"), "same": "SAME"}
    padding |= {str(n): _("{n} on every side").format(n=n) for n in lines}
    found: list[tuple[Any, ...]] = [
        ("choice", "operation", _("Operation"), at["operation"], tuple(operations.items())),
        *(("range", name, labels[name], max(at[name]), max(most, *at[name])) for name, most in LARGEST.items()),
        ("choice", "padding", _("Padding"), str(at["padding"]), tuple(padding.items())),
        ("check", "ceil", _("Ceil mode: a last window may hang over"), at["ceil"], ()),
        ("kernel", "kernel", _("Kernel"), 3 if len(at["window"]) > 1 else 1, tuple(presets.items())),
    ]
    return tuple(control for control in found if control[1] in names)
