"""Which transposed convolutions take one size to another: the other half of `fits.py`, which asks it.

Every candidate within bounds is decided by `geometry.Transposed`, as a trace would be. Keras says VALID or SAME;
PyTorch cuts the same number of lines off both sides and adds `output_padding` after; ONNX cuts any number off each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from ..errors import ShapeError
from ..geometry import PaddingDecision, Transposed

Cuts = tuple[str, tuple[int, int], int]  # a word for what comes out, lines cut before and after, lines added after


def transposed(
    given: int, wanted: int, dialect: str, counts: Sequence[range], most: int
) -> Iterator[tuple[str, PaddingDecision]]:
    """Every transposed convolution within bounds that takes `given` cells to `wanted`: its call and its decision.

    `counts` are the windows, the strides and the dilations to try, and `most` lines are cut off a side.
    """
    for window, stride, dilation in product(*counts):
        if dilation > 1 and (window == 1 or (dialect == "keras" and stride > 1)):
            continue  # a window of one cell has no gaps, and Keras takes one of the two
        for same, cut, extra in _cuts(dialect, most, stride, dilation):
            asked = Transposed((window,), (stride,), (dilation,), (cut,), same=same, extra=(extra,))
            try:
                [axis] = asked.plan((given,)).axes
            except ShapeError:
                continue
            if axis.output == wanted:
                yield WRITERS[dialect](window, stride, dilation, same, cut, extra), axis.padding


def _cuts(dialect: str, most: int, stride: int, dilation: int) -> Iterator[Cuts]:
    if dialect == "keras":
        yield "valid", (0, 0), 0
        yield "upper", (0, 0), 0
        return
    extras = range(max(stride, dilation))
    if dialect == "torch":
        yield from (("", (cut, cut), extra) for cut, extra in product(range(most + 1), extras))
        return
    yield from (("", cut, extra) for cut, extra in product(product(range(most + 1), range(most + 1)), extras))


def named(name: str, value: int, default: int = 1) -> str:
    """An argument behind others; nothing where it is what the call takes without it."""
    return f", {name}={value}" if value != default else ""


def _keras(window: int, stride: int, dilation: int, same: str, cut: tuple[int, int], extra: int) -> str:
    padding = ', padding="same"' if same == "upper" else ""
    more = named("strides", stride) + padding + named("dilation_rate", dilation)
    return f"Conv2DTranspose(1, {window}{more})"


def _torch(window: int, stride: int, dilation: int, same: str, cut: tuple[int, int], extra: int) -> str:
    more = named("stride", stride) + named("padding", cut[0], 0) + named("output_padding", extra, 0)
    return f"nn.ConvTranspose2d(1, 1, {window}{more}{named('dilation', dilation)})"


def _onnx(window: int, stride: int, dilation: int, same: str, cut: tuple[int, int], extra: int) -> str:
    parts = [f"kernel_shape=[{window}, {window}]"]
    parts += [f"strides=[{stride}, {stride}]"] if stride != 1 else []
    parts += [f"dilations=[{dilation}, {dilation}]"] if dilation != 1 else []
    parts += [f"pads=[{cut[0]}, {cut[0]}, {cut[1]}, {cut[1]}]"] if any(cut) else []
    parts += [f"output_padding=[{extra}, {extra}]"] if extra else []
    return f"ConvTranspose({', '.join(parts)})"


WRITERS = {"keras": _keras, "torch": _torch, "onnx": _onnx}
