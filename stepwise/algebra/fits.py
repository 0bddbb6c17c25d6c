"""The inverse question: which windows, strides, paddings and dilations take one size to another?

Every candidate within bounds is decided by `geometry.decide`, as a trace would be, so nothing is listed that a trace
would not give. A dialect lists only what it can say: Keras has no numbers for padding, PyTorch the same on both sides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

from ..dataclass import dataclass
from ..errors import CallError, InputError, ShapeError, listing, shown
from ..formula import Equality
from ..geometry import PaddingDecision, Rule, decide
from .fits_transposed import named, transposed

LARGEST_SIZE = 10**9
MOST_CANDIDATES = 200_000


@dataclass(frozen=True)
class Bounds:
    """How far to look: the largest window, stride, padding on one side, and dilation."""

    window: int = 5
    stride: int = 3
    padding: int = 2
    dilation: int = 1

    def __post_init__(self) -> None:
        for name in ("window", "stride", "padding", "dilation"):
            value, least = getattr(self, name), 0 if name == "padding" else 1
            if type(value) is not int or value < least:
                raise InputError(f"the bound {name}={shown(value)} must be a whole number of at least {least}")
        count = self.window * self.stride * (self.padding + 1) ** 2 * self.dilation
        if count > MOST_CANDIDATES:
            raise InputError(
                f"within these bounds there are {count:,} candidates; at most {MOST_CANDIDATES:,} are tried"
            )


@dataclass(frozen=True)
class Fit:
    """One answer: the layer as its framework writes it, and the size formula with its numbers."""

    call: str
    decision: PaddingDecision

    @property
    def formula(self) -> Equality:
        """The size of the output, with the numbers put in."""
        return self.decision.output_formula


Paddings = Callable[[int, str, int], Iterator[tuple[Rule, tuple[int, int]]]]  # from the padding bound, layer and stride
Writer = Callable[[PaddingDecision], str]


def _keras_paddings(_most: int, _layer: str, _stride: int) -> Iterator[tuple[Rule, tuple[int, int]]]:
    yield "valid", (0, 0)
    yield "same_upper", (0, 0)


def _torch_paddings(most: int, layer: str, stride: int) -> Iterator[tuple[Rule, tuple[int, int]]]:
    yield "valid", (0, 0)
    if layer == "conv" and stride == 1:
        yield "same_upper", (0, 0)  # PyTorch has it for a convolution that moves by one cell, and nowhere else
    for lines in range(1, most + 1):
        yield "explicit", (lines, lines)


def _onnx_paddings(most: int, _layer: str, _stride: int) -> Iterator[tuple[Rule, tuple[int, int]]]:
    yield "valid", (0, 0)
    yield "same_upper", (0, 0)
    yield "same_lower", (0, 0)
    for before, after in product(range(most + 1), repeat=2):
        if before or after:
            yield "explicit", (before, after)


def _keras_conv(d: PaddingDecision) -> str:
    padding = ', padding="same"' if d.rule == "same_upper" else ""
    return f"Conv2D(1, {d.window}{_keras_step(d)}{padding}{named('dilation_rate', d.dilation)})"


def _keras_pool(d: PaddingDecision) -> str:
    padding = ', padding="same"' if d.rule == "same_upper" else ""
    return f"MaxPool2D({d.window}, strides={d.stride}{padding})"


def _keras_step(d: PaddingDecision) -> str:
    return f", strides={d.stride}" if d.stride != 1 else ""


def _torch_conv(d: PaddingDecision) -> str:
    padding = ', padding="same"' if d.rule == "same_upper" else named("padding", d.before, 0)
    return f"nn.Conv2d(1, 1, {d.window}{named('stride', d.stride)}{padding}{named('dilation', d.dilation)})"


def _torch_pool(d: PaddingDecision) -> str:
    padding = named("padding", d.before, 0)
    return f"nn.MaxPool2d({d.window}, stride={d.stride}{padding}{named('dilation', d.dilation)})"


def _onnx(op: str) -> Writer:
    def write(d: PaddingDecision) -> str:
        parts = [f"kernel_shape=[{d.window}, {d.window}]"]
        parts += [f"strides=[{d.stride}, {d.stride}]"] if d.stride != 1 else []
        parts += [f"dilations=[{d.dilation}, {d.dilation}]"] if d.dilation != 1 else []
        if d.rule in ("same_upper", "same_lower"):
            parts.append(f'auto_pad="{d.rule.upper()}"')
        elif d.total:
            parts.append(f"pads=[{d.before}, {d.before}, {d.after}, {d.after}]")
        return f"{op}({', '.join(parts)})"

    return write


PADDINGS: dict[str, Paddings] = {"keras": _keras_paddings, "torch": _torch_paddings, "onnx": _onnx_paddings}
WRITERS: dict[tuple[str, str], Writer] = {
    ("keras", "conv"): _keras_conv,
    ("keras", "pool"): _keras_pool,
    ("torch", "conv"): _torch_conv,
    ("torch", "pool"): _torch_pool,
    ("onnx", "conv"): _onnx("Conv"),
    ("onnx", "pool"): _onnx("MaxPool"),
}
LAYERS = ("conv", "pool", "transposed")


def fits(
    given: int, wanted: int, dialect: str = "keras", layer: str = "conv", bounds: Bounds | None = None
) -> list[Fit]:
    """Every (window, stride, padding, dilation) within bounds that takes an axis of `given` cells to `wanted`.

    `dialect` is `keras`, `torch` or `onnx`, `layer` is `conv`, `pool` or `transposed`: in whose words the answers are
    written, and what can be said at all. Of a convolution that is to give more cells than go in, the transposed ones
    are found too. Sorted by window, then stride, dilation and padding.

    Raises `InputError` for sizes that are not whole numbers above 0, `CallError` for an unknown dialect or layer.

    >>> [fit.call for fit in fits(28, 14, layer="pool", bounds=Bounds(window=2, stride=2))]
    ['MaxPool2D(1, strides=2)', 'MaxPool2D(1, strides=2, padding="same")', 'MaxPool2D(2, strides=2)', \
'MaxPool2D(2, strides=2, padding="same")']
    >>> [fit.call for fit in fits(7, 14, bounds=Bounds(window=2, stride=2))]
    ['Conv2DTranspose(1, 1, strides=2)', 'Conv2DTranspose(1, 1, strides=2, padding="same")', \
'Conv2DTranspose(1, 2, strides=2)', 'Conv2DTranspose(1, 2, strides=2, padding="same")']
    """
    for name, size in (("from", given), ("to", wanted)):
        if type(size) is not int or not 1 <= size <= LARGEST_SIZE:
            raise InputError(f"the size {name} {size!r} must be a whole number from 1 to {LARGEST_SIZE:,}")
    if dialect not in PADDINGS:
        raise CallError(f"dialect {dialect!r} is not known; it is {listing(PADDINGS)}")
    if layer not in LAYERS:
        raise CallError(f"layer {layer!r} is not known; it is {listing(LAYERS)}")
    found: list[Fit] = []
    bounds = bounds or Bounds()
    counts = [range(1, most + 1) for most in (bounds.window, bounds.stride, bounds.dilation)]
    spread = transposed(given, wanted, dialect, counts, bounds.padding)
    if layer == "transposed" or (layer == "conv" and wanted > given):
        found += [Fit(call, decision) for call, decision in spread]
    if layer == "transposed":
        return found
    for window, stride, dilation in product(*counts):
        if dilation > 1 and not _dilates(dialect, layer, window, stride):
            continue
        for rule, pads in PADDINGS[dialect](bounds.padding, layer, stride):
            if not _takes(dialect, layer, window, dilation, pads):
                continue
            try:
                decided = decide(rule, given, window, stride, dilation, pads)
            except ShapeError:
                continue
            if decided.output == wanted:
                found.append(Fit(WRITERS[dialect, layer](decided), decided))
    return found


def _dilates(dialect: str, layer: str, window: int, stride: int) -> bool:
    """Whether a dilation can be said at all, and means anything: a window of one cell has no gaps."""
    if window == 1:
        return False
    return (layer == "conv" and stride == 1) if dialect == "keras" else True


def _takes(dialect: str, layer: str, window: int, dilation: int, pads: tuple[int, int]) -> bool:
    """Whether the framework takes so much padding: PyTorch's pooling takes half a window, none a window of padding."""
    if layer == "pool" and dialect == "torch":
        return max(pads) <= window // 2
    return layer != "pool" or max(pads) < (window - 1) * dilation + 1
