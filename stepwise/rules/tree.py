"""An operation's rule as data: how the taps of an output cell become its result, written as one writes it on paper.

    1 / (1 + exp(-X))                       a sigmoid: of the tap in hand
    total(X * W) + Beside("bias")           a convolution: of every tap and its weight, and a number that lies beside
    where(at_most(X, 0), slope * X, X)      a leaky ReLU

An operation builds one such expression, and everybody reads it: the formula that is shown (`formula_of`), whole arrays
(`over`), slopes (`derivative`), the page (`told`), the spreadsheet.

To add a kind of node: a dataclass here, and a case in each of those readers; the type checker names what is missing.
To add a function of numbers: a name in `Sign`, and what it is in the same places.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias

from ..arithmetic import Value
from ..dataclass import dataclass

Sign: TypeAlias = Literal[
    "+", "-", "·", "/", "^", "neg", "| |", "size", "max", "min", "exp", "ln", "tanh", "erf", "sqrt", "atan2"
]  # fmt: skip
"""What is done with numbers. `neg` is the opposite; `size` is `| |` that is written around negative numbers only."""
Comparison: TypeAlias = Literal[">", "≤", "=", "≠"]
"""What NaN is compared with does not hold, but `≠`, by which it is told: it is unlike itself."""


class Node:
    """What every rule can do: be calculated with, as numbers are."""

    def __add__(self, other: Operand) -> Rule:
        return _joined("+", self, other)

    def __radd__(self, other: Operand) -> Rule:
        return _joined("+", other, self)

    def __sub__(self, other: Operand) -> Rule:
        return Apply("-", (_rule(self), _rule(other)))

    def __rsub__(self, other: Operand) -> Rule:
        return Apply("-", (_rule(other), _rule(self)))

    def __mul__(self, other: Operand) -> Rule:
        return _joined("·", self, other)

    def __rmul__(self, other: Operand) -> Rule:
        return _joined("·", other, self)

    def __truediv__(self, other: Operand) -> Rule:
        return Apply("/", (_rule(self), _rule(other)))

    def __rtruediv__(self, other: Operand) -> Rule:
        return Apply("/", (_rule(other), _rule(self)))

    def __pow__(self, other: Operand) -> Rule:
        return Apply("^", (_rule(self), _rule(other)))

    def __neg__(self) -> Rule:
        return Apply("neg", (_rule(self),))

    def __abs__(self) -> Rule:
        return Apply("| |", (_rule(self),))


@dataclass(frozen=True)
class Constant(Node):
    """A number that is the same in every cell."""

    value: Value


@dataclass(frozen=True)
class Tap(Node):
    """The value of a tap: inside a fold that of the tap in hand, else of the numbered one; 0 where there is none."""

    number: int = -1


@dataclass(frozen=True)
class Weight(Node):
    """The weight of the tap in hand."""


@dataclass(frozen=True)
class Beside(Node):
    """A number of another input that this output cell is made with: its bias, its channel's mean.

    See `Operation.beside`. Where that input is not given, `otherwise` stands for it; a sum leaves out what is None.
    """

    name: str
    otherwise: Value = None


@dataclass(frozen=True)
class Figure(Node):
    """A number that follows from where the window lies: how many cells it covers (see `Operation.figure`).

    It is the product of one for each axis. As a factor it is not written where it is 1.
    """

    name: str


@dataclass(frozen=True)
class Apply(Node):
    """What a sign makes of its operands."""

    sign: Sign
    parts: tuple[Rule, ...]


@dataclass(frozen=True)
class Fold(Node):
    """The sum, the largest, the smallest or the median of what `body` is for each tap.

    Taps are data here, and padding only under a weight that is not finite.
    """

    sign: Literal["+", "max", "min", "median"]
    body: Rule


@dataclass(frozen=True)
class Own(Node):
    """What `body` is for the tap that lies where the output cell lies."""

    body: Rule


@dataclass(frozen=True)
class Known(Node):
    """What is worked out first: only the number that it comes to is shown."""

    inner: Rule


@dataclass(frozen=True)
class Aside(Node):
    """What is worked out for each cell of the input and used by several output cells; a sheet has cells for it."""

    inner: Rule


@dataclass(frozen=True)
class Holds:
    """Whether two numbers compare so."""

    sign: Comparison
    left: Rule
    right: Rule

    @property
    def of_taps(self) -> bool:
        """Whether it is taps that decide it, or what they came to."""
        return any(isinstance(part, Tap | Result) for side in (self.left, self.right) for part in parts(side))


@dataclass(frozen=True)
class Where(Node):
    """`then` where the condition holds, else `otherwise`; only that one is shown."""

    condition: Holds
    then: Rule
    otherwise: Rule


@dataclass(frozen=True)
class Result(Node):
    """What the output cell holds."""


@dataclass(frozen=True)
class IsOwn(Node):
    """1 for the tap that lies where the output cell lies, 0 for every other."""


@dataclass(frozen=True)
class Wins(Node):
    """1 for the tap that decided a maximum, 0 for every other; of two that decided together, one half for each."""


Rule: TypeAlias = (
    Constant | Tap | Weight | Beside | Figure | Apply | Fold | Own | Known | Aside | Where | Result | IsOwn | Wins
)
Operand: TypeAlias = Node | int | float

X = Tap()
W = Weight()
Y = Result()


def _rule(given: Operand) -> Rule:
    return given if isinstance(given, Node) else Constant(given)  # type: ignore[return-value]  # every node is in the union


def _joined(sign: Literal["+", "·"], left: Operand, right: Operand) -> Rule:
    """Of three terms or more, one sum; of factors, one product."""
    first = _rule(left)
    parts = first.parts if isinstance(first, Apply) and first.sign == sign else (first,)
    return Apply(sign, (*parts, _rule(right)))


def total(body: Rule) -> Rule:
    """The sum over the taps."""
    return Fold("+", body)


def largest(body: Rule) -> Rule:
    """The largest over the taps; of several NaN or equal ones it is the operation's `winner` that counts."""
    return Fold("max", body)


def smallest(body: Rule) -> Rule:
    """The smallest over the taps."""
    return Fold("min", body)


def middle(body: Rule) -> Rule:
    """The median over the taps: the one in the middle, or the mean of two."""
    return Fold("median", body)


def larger(a: Operand, b: Operand) -> Rule:
    """The larger of two."""
    return Apply("max", (_rule(a), _rule(b)))


def smaller(a: Operand, b: Operand) -> Rule:
    """The smaller of two."""
    return Apply("min", (_rule(a), _rule(b)))


def exp(inner: Rule) -> Rule:
    """e to the power."""
    return Apply("exp", (inner,))


def tanh(inner: Rule) -> Rule:
    """The hyperbolic tangent."""
    return Apply("tanh", (inner,))


def ln(inner: Rule) -> Rule:
    """The natural logarithm."""
    return Apply("ln", (inner,))


def erf(inner: Rule) -> Rule:
    """The error function."""
    return Apply("erf", (inner,))


def sqrt(inner: Rule) -> Rule:
    """The square root."""
    return Apply("sqrt", (inner,))


def atan2(rise: Rule, run: Rule) -> Rule:
    """The angle of an arrow, from -π to π; 0 where there is none."""
    return Apply("atan2", (rise, run))


def size(inner: Rule) -> Rule:
    """The number without its sign, with bars only where there is one."""
    return Apply("size", (inner,))


def where(condition: Holds, then: Operand, otherwise: Operand) -> Rule:
    """One or the other."""
    return Where(condition, _rule(then), _rule(otherwise))


def above(left: Operand, right: Operand) -> Holds:
    """left > right"""
    return Holds(">", _rule(left), _rule(right))


def at_most(left: Operand, right: Operand) -> Holds:
    """left ≤ right"""
    return Holds("≤", _rule(left), _rule(right))


def equal(left: Operand, right: Operand) -> Holds:
    """left = right"""
    return Holds("=", _rule(left), _rule(right))


def unlike(left: Operand, right: Operand) -> Holds:
    """left ≠ right"""
    return Holds("≠", _rule(left), _rule(right))


def missing(inner: Rule) -> Holds:
    """Whether it is NaN: unlike itself."""
    return Holds("≠", inner, inner)


def parts(rule: Rule) -> Iterator[Rule]:
    """The rule and every part of it; a condition's sides among them."""
    yield rule
    match rule:
        case Apply(parts=inner):
            pass
        case Fold(body=only) | Own(body=only) | Known(inner=only) | Aside(inner=only):
            inner = (only,)
        case Where(condition=condition):
            inner = (condition.left, condition.right, rule.then, rule.otherwise)
        case _:
            inner = ()
    for part in inner:
        yield from parts(part)


def asides(rule: Rule) -> set[Rule]:
    """What a rule works out aside."""
    return {part.inner for part in parts(rule) if isinstance(part, Aside)}
