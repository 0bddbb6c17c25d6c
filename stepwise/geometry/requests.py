"""What a layer asks of its windows, before any size is known; `plan` gives the geometry over data of some size.

A request holds no data, so it can be kept, compared and tested alone.
"""

from __future__ import annotations

import math
from typing import TypeAlias

from ..dataclass import dataclass
from ..errors import CallError, LimitError, ShapeError
from .axes import AdaptiveAxis, AxisGeometry, Geometry, TransposedAxis, axis_names
from .padding import RULES, PaddingDecision, Rule, decide

Sizes: TypeAlias = tuple[int, ...]
Pads: TypeAlias = tuple[tuple[int, int], ...]

MOST_WINDOW_CELLS = 2**22
"""The most cells a window may have, and the most it may span along an axis."""


@dataclass(frozen=True)
class Sliding:
    """A window of `window` cells, `dilation` apart, moved by `stride` over padded data. One entry for each axis.

    >>> Sliding((2, 2), (1, 1), "same_upper").plan((2, 2)).output_shape
    (2, 2)
    """

    window: Sizes
    stride: Sizes
    padding: Rule = "valid"
    dilation: Sizes = ()  # empty: 1 along every axis
    pads: Pads = ()  # (before, after) along every axis, for the rule "explicit"
    ceil: bool = False  # whether a last window may hang over the end
    lenient: bool = False  # whether one that lacks less than a stride is laid down all the same (onnxruntime's pooling)

    def __post_init__(self) -> None:
        object.__setattr__(self, "dilation", self.dilation or (1,) * len(self.window))
        object.__setattr__(self, "pads", self.pads or ((0, 0),) * len(self.window))
        _check_window(self.window, self.stride, self.dilation)
        if self.padding not in RULES or len(self.pads) != len(self.window):
            raise CallError(f"padding must be one of {', '.join(RULES)}, not {self.padding!r}")

    @property
    def spatial(self) -> int:
        """Number of spatial axes."""
        return len(self.window)

    def plan(self, sizes: Sizes) -> Geometry:
        """The geometry over data of these spatial sizes. Raises `ShapeError`, naming the axis."""
        axes = []
        for i, name in enumerate(axis_names(len(sizes))):
            try:
                asked = self.window[i], self.stride[i], self.dilation[i], self.pads[i], self.ceil, self.lenient
                decided = decide(self.padding, sizes[i], *asked)
            except ShapeError as error:
                raise ShapeError(f"along the {name}, {error}") from None
            axes.append(AxisGeometry(name, decided))
        return Geometry(tuple(axes))


@dataclass(frozen=True)
class Whole:
    """One window over everything, as in global pooling."""

    spatial: int
    keep: bool = True  # whether the axes stay, with length 1

    def plan(self, sizes: Sizes) -> Geometry:
        """The geometry over data of these spatial sizes."""
        whole = (AxisGeometry(name, decide("valid", n, n, 1)) for name, n in zip(axis_names(len(sizes)), sizes))
        return Geometry(tuple(whole))


@dataclass(frozen=True)
class Adaptive:
    """As many windows as `output` says along each axis; None keeps the size of the data."""

    output: tuple[int | None, ...]

    @property
    def spatial(self) -> int:
        """Number of spatial axes."""
        return len(self.output)

    def plan(self, sizes: Sizes) -> Geometry:
        """The geometry over data of these spatial sizes."""
        axes = []
        for name, size, wanted in zip(axis_names(len(sizes)), sizes, self.output):
            output = size if wanted is None else wanted
            longest = max(-(-(i + 1) * size // output) - i * size // output for i in range(output))
            axes.append(AdaptiveAxis(name, PaddingDecision("adaptive", size, longest, 1, 1, output, 0, 0)))
        return Geometry(tuple(axes))


@dataclass(frozen=True)
class Transposed:
    """A kernel laid down at every input cell, `stride` apart, and summed; then `cut` lines are taken off each side.

        output = (n - 1)·s + span - cut before - cut after

    Where `outputs` is given (SAME and VALID in Keras), the cut after is what is left over, and may be negative: then
    lines that nothing reaches are added. Source: Dumoulin & Visin, arXiv:1603.07285, §4, relation 14.
    """

    window: Sizes
    stride: Sizes
    dilation: Sizes = ()
    cuts: Pads = ()  # (before, after) along every axis
    same: str = ""  # "" as given; "upper", "lower": output n·s; "valid": output n·s + max(span - s, 0), as in Keras
    outputs: Sizes = ()  # the output's sizes, where they are asked for outright (ONNX's output_shape)
    extra: Sizes = ()  # lines added after, as PyTorch's and Keras's output_padding

    def __post_init__(self) -> None:
        spatial = len(self.window)
        object.__setattr__(self, "dilation", self.dilation or (1,) * spatial)
        object.__setattr__(self, "cuts", self.cuts or ((0, 0),) * spatial)
        object.__setattr__(self, "extra", self.extra or (0,) * spatial)
        _check_window(self.window, self.stride, self.dilation)
        if not len(self.cuts) == len(self.extra) == len(self.outputs or self.window) == spatial:
            raise CallError(f"cuts, extra lines and outputs must be given for {spatial} axes, as the window is")

    @property
    def spatial(self) -> int:
        """Number of spatial axes."""
        return len(self.window)

    def plan(self, sizes: Sizes) -> Geometry:
        """The geometry over data of these spatial sizes."""
        axes = [self._axis(i, name, sizes[i]) for i, name in enumerate(axis_names(len(sizes)))]
        return Geometry(tuple(axes))

    def _axis(self, i: int, name: str, size: int) -> TransposedAxis:
        window, stride, dilation = self.window[i], self.stride[i], self.dilation[i]
        full = (size - 1) * stride + (window - 1) * dilation + 1
        before, after = self.cuts[i]
        after -= self.extra[i]
        if self.outputs or self.same in ("upper", "lower"):
            output = self.outputs[i] if self.outputs else size * stride
            total = full + self.extra[i] - output
            smaller, larger = max(total, 0) // 2, max(total, 0) - max(total, 0) // 2
            before = larger if self.same == "lower" else smaller
            after = full - before - output
        elif self.same == "valid":
            after = min(0, window - stride) - self.extra[i]
        output = full - before - after
        if output < 1:
            raise ShapeError(f"along the {name}, {before} and {after} lines are cut from {full}: nothing is left")
        return TransposedAxis(
            name, PaddingDecision("transposed", size, window, stride, dilation, output, before, after)
        )


Request: TypeAlias = Sliding | Whole | Adaptive | Transposed


def _check_window(window: Sizes, stride: Sizes, dilation: Sizes) -> None:
    for name, entries in (("window", window), ("stride", stride), ("dilation", dilation)):
        if len(entries) != len(window) or not all(type(n) is int and n > 0 for n in entries):
            raise CallError(f"{name} must be {len(window)} whole numbers above 0, not {entries}")
    if math.prod(window) > MOST_WINDOW_CELLS or max((n - 1) * d for n, d in zip(window, dilation)) > MOST_WINDOW_CELLS:
        raise LimitError(
            f"a window of {window} with dilation {dilation} is too large; "
            f"at most {MOST_WINDOW_CELLS:,} cells are carried out"
        )
