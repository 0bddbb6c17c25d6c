"""Sizes as algebra: what every layer of a chain gives for an input of n cells, as a formula in n.

What is assumed of n (`n even`, `n divisible by 4`) is used by putting 2·m or 4·m in its place: then what is rounded is
whole. Source of the relations: Dumoulin & Visin, arXiv:1603.07285, §2 and §4; TensorFlow's "Notes on padding".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

import sympy

from ..arithmetic import Value, lowered
from ..arithmetic.letters import raised
from ..dataclass import dataclass
from ..dialects import LayerObject
from ..errors import InputError, LimitError, ShapeError
from ..formula import Ceiling, Difference, Equality, Floor, Formula, Number, Product, Quotient, Sum, leaf
from ..geometry import Adaptive, Sliding, Transposed, Whole, axis_names
from ..layers.sizes import walked
from ..ops import Pad
from ..ops.windows import WindowOperation
from ..traces.layout import Layout
from ..traces.operation import Operation

LARGE = 10**6
"""What a letter stands for where it only matters that an input is large enough."""

Size = Any  # a whole number, or a SymPy expression that stands for one
Shape = tuple[Size, ...]

_ASSUMED = re.compile(r"([A-Za-z]\w*)\s+(?:(even|odd)|divisible\s+by\s+(\d{1,6}))")


@dataclass(frozen=True)
class Known:
    """What is known of a size: `name` leaves `remainder` when divided by `modulus`."""

    name: str
    modulus: int
    remainder: int

    def __str__(self) -> str:
        if self.modulus == 2:
            return f"{self.name} {'odd' if self.remainder else 'even'}"
        return f"{self.name} divisible by {self.modulus}"


def read_known(text: str) -> Known:
    """An assumption about a size, from text. Raises `InputError`.

    >>> read_known("n even"), read_known("n divisible by 4")
    (Known(name='n', modulus=2, remainder=0), Known(name='n', modulus=4, remainder=0))
    """
    found = _ASSUMED.fullmatch(text.strip())
    if not found or (found[3] and not int(found[3])):
        raise InputError(f"{text[:60]!r} says nothing about a size here; write n even, n odd or n divisible by 4")
    name, parity, modulus = found.groups()
    return Known(name, int(modulus) if modulus else 2, 1 if parity == "odd" else 0)


def size_letter(name: str) -> Size:
    """A letter that stands for a size: a whole number above 0."""
    return sympy.Symbol(name, integer=True, positive=True)


@dataclass(frozen=True)
class AxisSize:
    """The size along one axis: how it is worked out, and what it comes to."""

    axis: str
    working: Formula  # ⌊(n - 2) / 2⌋ + 1 = ⌊n / 2⌋, and = n / 2 where that is known
    size: Size
    before: int | None = 0  # lines of padding before the data; None where they depend on a size that is not known


@dataclass(frozen=True)
class LayerSizes:
    """One layer of a chain: what goes in, every axis of its windows, what comes out."""

    call: str
    given: Shape
    axes: tuple[AxisSize, ...]  # none for an operation without a window
    output: Shape
    stage: int = 0  # of its call, from 0


def algebraic_sizes(
    layers: Sequence[LayerObject], shape: Sequence[int | str], assume: Sequence[Known] = ()
) -> list[LayerSizes]:
    """The sizes after every layer, for a shape of whole numbers and letters.

    Raises `ShapeError` where a layer does not fit, `LimitError` where it cannot be told in letters.

    >>> from ..dialects.tracing import understood
    >>> [pool] = algebraic_sizes(understood("MaxPool2D(2)"), ("n", "n", 1), [read_known("n even")])
    >>> str(pool.axes[0].working)
    '⌊(n - 2) / 2⌋ + 1 = ⌊n / 2⌋ = n / 2'
    """
    known = {one.name: one for one in assume}
    current: Shape = tuple(size_letter(n) if isinstance(n, str) else n for n in shape)
    return [LayerSizes(*stage) for stage in walked(layers, current, partial(_sized, known))]


def _sized(
    known: Mapping[str, Known], operation: Operation, layout: Layout, shape: Shape
) -> tuple[tuple[AxisSize, ...], Shape]:
    if isinstance(operation, Pad):
        operation.outline(layout, tuple(n if isinstance(n, int) else LARGE for n in shape))
        padded = zip(shape, operation.full(layout, len(shape)))
        return (), tuple(settled(n + before + after, known) for n, (before, after) in padded)
    if not isinstance(operation, WindowOperation):
        _geometry, output = operation.outline(layout, shape)
        return (), tuple(settled(n, known) for n in output)
    images = layout.images_shape(shape, operation.spatial)
    axes = tuple(
        _axis_size(operation.windows, i, name, images[2 + i], known)
        for i, name in enumerate(axis_names(operation.spatial))
    )
    outer = images[0], operation.channels(images[1])
    return axes, operation.restored_shape(layout, outer, tuple(axis.size for axis in axes), len(shape))


def _axis_size(request: Any, i: int, name: str, size: Size, known: Mapping[str, Known]) -> AxisSize:
    match request:
        case Whole():
            return AxisSize(name, Number(1), 1)
        case Adaptive():
            wanted = request.output[i]
            return AxisSize(name, leaf(_value(size if wanted is None else wanted)), size if wanted is None else wanted)
        case Transposed():
            working, result = _transposed(request, i, size)
        case Sliding():
            working, result = _sliding(request, i, size)
        case _:
            raise LimitError("this layer's size cannot be told in letters")
    plain, best = simplified(result), settled(result, known)
    if isinstance(best, int) and best < 1:
        raise ShapeError(f"along the {name}, {_too_large(request, i)} does not fit into {size}; take a smaller window")
    final = leaf(_value(best))
    right: Formula = final if best == plain else Equality(leaf(_value(plain)), final)
    whole = Equality(working, right) if str(working) != str(right) else working
    if isinstance(right, Equality) and str(working) == str(right.left):
        whole = right
    return AxisSize(name, whole, best, _before(request, i, size, known))


def _too_large(request: Sliding | Transposed, i: int) -> str:
    span = (request.window[i] - 1) * request.dilation[i] + 1
    padded = sum(request.cuts[i] if isinstance(request, Transposed) else request.pads[i])
    return f"a window that spans {span}" + (f" with {padded} of padding" if padded else "")


def _before(request: Sliding | Transposed, i: int, size: Size, known: Mapping[str, Known]) -> int | None:
    if isinstance(request, Transposed):
        return None
    span, stride = (request.window[i] - 1) * request.dilation[i] + 1, request.stride[i]
    match request.padding:
        case "explicit":
            return request.pads[i][0]
        case "causal" | "full":
            return span - 1
        case "same_upper" | "same_lower":
            n = raised(size)
            short = sympy.Max(0, (sympy.ceiling(n / stride) - 1) * stride + span - n)
            total = span - 1 if stride == 1 else settled(short, known)
            if not isinstance(total, int):
                return None
            return total // 2 if request.padding == "same_upper" else total - total // 2
    return 0


def _value(size: Size) -> Value:
    return Fraction(size) if isinstance(size, int) else lowered(size)


def _sliding(request: Sliding, i: int, size: Size) -> tuple[Formula, Size]:
    n = leaf(_value(size))
    stride, span = request.stride[i], (request.window[i] - 1) * request.dilation[i] + 1
    if request.padding in ("same_upper", "same_lower"):
        return Ceiling(Quotient(n, Number(stride))), rounded_up(raised(size), stride)
    added = {"causal": span - 1, "full": 2 * (span - 1)}.get(request.padding, sum(request.pads[i]))
    padded = Sum((n, Number(added))) if added else n
    moves = Quotient(Difference(padded, Number(span)), Number(stride))
    free = raised(size) + added - span
    if request.ceil:
        before, after = request.pads[i]
        if stride + after > span:  # then every window counts that begins before the data end, and no other
            begins = Sum((n, Number(before))) if before else n
            return Ceiling(Quotient(begins, Number(stride))), rounded_up(raised(size) + before, stride)
        return Sum((Ceiling(moves), Number(1))), rounded_up(free, stride) + 1
    return Sum((Floor(moves), Number(1))), rounded_down(free, stride) + 1


def _transposed(request: Transposed, i: int, size: Size) -> tuple[Formula, Size]:
    n, letter = raised(size), leaf(_value(size))
    stride, span = request.stride[i], (request.window[i] - 1) * request.dilation[i] + 1
    extra = request.extra[i]
    if request.outputs:
        return Number(request.outputs[i]), sympy.Integer(request.outputs[i])
    if request.same in ("upper", "lower"):
        return Product((letter, Number(stride))), n * stride + extra
    spread: tuple[Formula, ...] = (Product((Difference(letter, Number(1)), Number(stride))), Number(span))
    cut = sum(request.cuts[i])
    if request.same == "valid":
        extra += max(0, stride - span)
    total: Formula = Sum((*spread, Number(extra))) if extra else Sum(spread)
    return (Difference(total, Number(cut)) if cut else total), (n - 1) * stride + span + extra - cut


def rounded_down(size: Size, by: int) -> Size:
    """⌊size / by⌋, where a size that is itself rounded is not rounded twice."""
    inner, rest = _taken_out(size, sympy.floor, sympy.ceiling)
    return sympy.floor(sympy.expand((inner + rest) / by))


def rounded_up(size: Size, by: int) -> Size:
    """⌈size / by⌉, where a size that is itself rounded is not rounded twice."""
    inner, rest = _taken_out(size, sympy.ceiling, sympy.floor)
    return sympy.ceiling(sympy.expand((inner + rest) / by))


def _taken_out(size: Size, rounding: Any, other: Any) -> tuple[Size, Size]:
    """A sum in which one term is rounded, as what is rounded and the rest.

    ⌊(⌊x⌋ + a) / m⌋ = ⌊(x + a) / m⌋ for whole a and m, likewise for ⌈⌉; and ⌈p / q⌉ = ⌊(p + q - 1) / q⌋ turns one kind
    into the other. Source: Graham, Knuth & Patashnik, Concrete Mathematics, (3.11) and exercise 3.12.
    """
    size = raised(size)
    for term in sympy.Add.make_args(size):
        if isinstance(term, rounding) and (size - term).is_integer:
            return term.args[0], size - term
        if isinstance(term, other) and (size - term).is_integer:
            below = _denominator(term.args[0])
            less = sympy.Rational(below - 1, below)
            return term.args[0] + (less if other is sympy.ceiling else -less), size - term
    return sympy.Integer(0), size


def _denominator(expression: Size) -> int:
    """The least whole number that makes a fraction of whole letters whole."""
    parts = [term.as_coeff_Mul()[0] for term in sympy.Add.make_args(expression)]
    return int(sympy.ilcm(*(part.q for part in parts), 1))


def simplified(size: Size) -> Size:
    """A size as short as it can be said without knowing more; a whole number as Python's own."""
    size = raised(size)
    if size.is_Integer:
        return int(size)
    constant, rest = size.as_coeff_Add()
    if isinstance(rest, sympy.floor | sympy.ceiling) and constant and rest.args[0].as_coeff_Add()[0]:
        return type(rest)(rest.args[0] + constant)  # ⌊(n - 3) / 4⌋ + 1 is said as ⌊(n + 1) / 4⌋
    return size


def settled(size: Size, known: Mapping[str, Known]) -> Size:
    """A size under what is known of its letters."""
    expression = raised(size)
    back = {}
    for letter in expression.free_symbols:
        if letter.name in known:
            one = known[letter.name]
            whole = sympy.Symbol(f"_{letter.name}", integer=True, nonnegative=True)
            expression = expression.subs(letter, one.modulus * whole + one.remainder)
            back[whole] = (letter - one.remainder) / one.modulus
    return simplified(sympy.expand(expression.subs(back)) if back else expression)
