"""Are two chains of layers one function? A proof cell by cell, or the smallest input found on which they differ.

First numbers are tried, since a counterexample settles it. Then both are worked out in letters and their cells compared
(`pieces.py`): for layers made of sums, products with numbers and maxima that decides it. Weights that nobody gave are
letters: those of the first side stand for any numbers, those of the second are to be found; the same call written on
both sides has the same weights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ..arithmetic import Array, is_expression, lift
from ..arithmetic.letters import near, substitute, symbols
from ..errors import InputError, LimitError
from ..traces import Trace
from .pieces import apart, form, same
from .search import counterexample
from .sides import Letters, Place, Side, Written, kernel_names, side
from .weights import solved

if TYPE_CHECKING:
    from ..lessons.blocks import Lesson

Why = Literal["equal", "found", "sizes", "differs", "no_weights", "too_large", "opaque", "weights_inside"]
MOST_CELLS = 4096
"""Cells of an input that is worked through in letters."""
WEIGHTS_TRIED = 12
"""Sets of numbers that are tried for weights that stand for any."""


@dataclass(frozen=True, eq=False)
class Proof:
    """Whether two functions are the same on inputs of one shape, and how that was settled.

    holds           True, False, or None where it could not be decided
    counterexample  an input on which they differ, or None
    weights         by name, the weights that were found, or those of the counterexample
    why             `equal` (cell by cell) or `found` (with these weights); `sizes`, `differs` or `no_weights`; or,
                    where undecided, `too_large`, `opaque` (not made of sums and maxima) or `weights_inside`
    """

    holds: bool | None
    counterexample: Array | None
    why: Why
    sides: tuple[Side, Side]
    outputs: tuple[Array, Array] | None = None  # of both sides, in letters (or the numbers on the counterexample)
    input: Array | None = None  # the letters that went in
    weights: Mapping[str, Array] = field(default_factory=dict)
    detail: str = ""

    @property
    def traces(self) -> tuple[Trace, Trace] | None:
        """Both sides carried out on the counterexample, where there is one and neither is a matrix."""
        if self.counterexample is None or self.why == "sizes" or any(one.mapped for one in self.sides):
            return None
        x = lift(self.counterexample)
        return self.sides[0].trace(x), self.sides[1].trace(_turned(x, *self.sides))

    def lesson(self, language: str = "en") -> Lesson:
        """The proof, or the counterexample, told as a worked example."""
        from ..lessons.proof import tell_proof  # a door that opens forward, named in the import check

        return tell_proof(self, language)


def equivalent(a: Written | Sequence[Written], b: Written | Sequence[Written], *, input_shape: Sequence[int]) -> Proof:
    """Whether two chains of layers are the same function on inputs of a shape.

    `a` and `b` are each a call, a dialect's layer (with its weights), a list of either, or a matrix; `input_shape` is
    in the layout of `a` (an input of `b` in another layout is turned round).

    Raises `CallError`, `InputError` or `ShapeError` for a request that makes no sense.

    >>> equivalent(["MaxPool2D(2)", "MaxPool2D(2)"], "MaxPool2D(4)", input_shape=(4, 4)).holds
    True
    >>> proof = equivalent("AveragePooling2D(2)", "Conv2D(1, 2, strides=2)", input_shape=(4, 4))
    >>> proof.holds, proof.weights["w"].ravel().tolist()
    (True, [Fraction(1, 4), Fraction(1, 4), Fraction(1, 4), Fraction(1, 4)])
    >>> proof = equivalent(["MaxPool2D(2)", "LeakyReLU(0.5)"], ["MaxPool2D(2)", "ReLU()"], input_shape=(2, 2))
    >>> proof.holds, proof.counterexample.tolist()
    (False, [[-1, -1], [-1, -1]])
    """
    shape = tuple(input_shape)
    if not shape or not all(type(n) is int and n > 0 for n in shape):
        raise InputError(f"the input shape {shape!r} must be whole numbers above 0, such as (4, 4)")
    sides = side(a), side(b)
    lettered, found = _lettered(*sides)
    return _Question(sides, lettered, found, shape).settled()


def _lettered(a: Side, b: Side) -> tuple[tuple[Side, Side], set[str]]:
    """Both sides with letters for the weights that nobody gave, and the names of those that are to be found."""
    open_a, open_b = a.open_weights(), b.open_weights()
    shared = _matched(open_a, open_b)
    alone_a, alone_b = [p for p in open_a if p not in shared], [p for p in open_b if p not in shared.values()]
    names: list[dict[Place, Letters]] = [{}, {}]
    for number, place in enumerate(open_a):
        names[0][place] = _letters(kernel_names(number))
        if place in shared:
            names[1][shared[place]] = names[0][place]
    to_find = alone_b or (alone_a if not shared else [])
    found_side = 1 if alone_b else 0
    found: set[str] = set()
    for number, place in enumerate(to_find):
        name = ("w", "v", "u")[number % 3] + ("" if number < 3 else chr(ord("a") + number // 3))
        names[found_side][place] = _letters(name)
        found.add(name)
    return (a.with_letters(names[0]), b.with_letters(names[1])), found


def _letters(name: str) -> Letters:
    return Letters(f"letters {name}", 0, _never, name)


def _never(*_: Any) -> Array:
    raise AssertionError("letters are not drawn by a rule")


def _matched(open_a: Mapping[Place, str], open_b: Mapping[Place, str]) -> dict[Place, Place]:
    """Weights of the same call written on both sides, the first with the first and so on."""
    left = dict(open_b)
    pairs = {}
    for place, call in open_a.items():
        twin = next((other for other, text in left.items() if text == call and other[1] == place[1]), None)
        if twin is not None:
            pairs[place] = twin
            del left[twin]
    return pairs


def _turned(x: Array, a: Side, b: Side) -> Array:
    """An array in the layout of `a`, as `b` lays it out."""
    if x.ndim < 3 or a.channels_last == b.channels_last or a.mapped or b.mapped:
        return x
    first = 0 if x.ndim % 2 else 1  # three axes are one image, four a batch (as `layout` counts for two spatial axes)
    return np.moveaxis(x, -1, first) if a.channels_last else np.moveaxis(x, first, -1)


class _Question:
    """One question on its way to an answer."""

    def __init__(self, sides: tuple[Side, Side], lettered: tuple[Side, Side], found: set[str], shape: tuple[int, ...]):
        self.sides = sides
        self.lettered = lettered
        self.found = found
        self.shape = shape
        self.any_weights: dict[str, list[tuple[int, Place]]] = {}  # the letters that stand for any number, and where
        for number, one in enumerate(lettered):
            for layer_number, layer in enumerate(one.layers):
                for weight, initializer in layer.plan.initializers.items():
                    if (
                        isinstance(initializer, Letters)
                        and initializer.name not in found
                        and weight not in layer.weights
                    ):
                        self.any_weights.setdefault(initializer.name, []).append((number, (layer_number, weight)))

    def settled(self) -> Proof:
        zeros = np.zeros(self.shape)
        shapes = tuple(one(self._for(number, zeros)).shape for number, one in enumerate(self.sides))
        if self._in_a(np.zeros(shapes[1])).shape != shapes[0]:
            return Proof(False, np.zeros(self.shape, dtype=np.int64), "sizes", self.sides)
        if not self.found and (proof := self._by_numbers()) is not None:
            return proof
        if int(np.prod(self.shape)) > MOST_CELLS:
            return self._undecided("too_large", f"{int(np.prod(self.shape)):,} cells")
        try:
            return self._by_letters()
        except LimitError as error:
            return self._undecided("too_large", str(error))

    def _undecided(self, why: Why, detail: str = "") -> Proof:
        return Proof(None, None, why, self.sides, detail=detail)

    def _for(self, number: int, x: Array) -> Array:
        return x if number == 0 else _turned(x, *self.sides)

    def _in_a(self, y: Array) -> Array:
        """An output of the second side in the layout of the first."""
        return _turned(y, self.sides[1], self.sides[0]) if self.sides[0].layers and self.sides[1].layers else y

    def _both(self, sides: tuple[Side, Side], x: Array) -> tuple[Array, Array]:
        return sides[0](x), self._in_a(sides[1](self._for(1, x)))

    def _by_numbers(self) -> Proof | None:
        """A counterexample, if trying finds one."""
        for attempt in range(WEIGHTS_TRIED if self.any_weights else 1):
            weights = self._numbers(attempt)
            sides = self._weighted(weights)

            def differs(x: Array, sides: tuple[Side, Side] = sides) -> bool:
                left, right = self._both(sides, x.astype(np.float64))
                with np.errstate(invalid="ignore"):
                    return bool(np.any(np.abs(left - right) > 1e-6 * (1 + np.abs(left))))

            found = counterexample(differs, self.shape, seed=attempt)
            if found is None:
                continue
            left, right = self._both(sides, lift(found))
            if any(_unlike(x, y) for x, y in zip(left.flat, right.flat)):
                return Proof(False, found, "differs", sides, (left, right), weights=weights)
        return None

    def _numbers(self, attempt: int) -> dict[str, Array]:
        """Small whole numbers for the weights that stand for any; first a plain choice, then random ones."""
        numbers: dict[str, Array] = {}
        for name, places in self.any_weights.items():
            number, (layer_number, weight) = places[0]
            initializer = self.lettered[number].layers[layer_number].plan.initializers[weight]
            assert isinstance(initializer, Letters)
            if not initializer.drawn:
                self.lettered[number](self._for(number, np.zeros(self.shape)))
            shape = initializer.drawn[name].shape
            random = np.random.default_rng([attempt, len(numbers)])
            drawn = random.integers(-2, 2, shape, endpoint=True)
            numbers[name] = lift(-np.ones(shape, dtype=np.int64) if attempt == 0 else drawn)
        return numbers

    def _weighted(self, weights: Mapping[str, Array]) -> tuple[Side, Side]:
        placed: tuple[dict[Place, Array], dict[Place, Array]] = ({}, {})
        for name, array in weights.items():
            for number, place in self.any_weights[name]:
                placed[number][place] = array
        a, b = self.sides
        return a.with_weights(_as_floats(placed[0])), b.with_weights(_as_floats(placed[1]))

    def _by_letters(self) -> Proof:
        x = symbols("x", self.shape)
        left, right = self._both(self.lettered, x)
        if self.found:
            return self._with_found(x, left, right)
        for p, q in zip(left.flat, right.flat):
            one, other = form(p), form(q)
            alike = same(one, other)
            if alike is None:
                return self._undecided("opaque" if one.opaque or other.opaque else "too_large")
            if not alike:
                return self._disproved(x, apart(one, other) or {})
        return Proof(True, None, "equal", self.sides, (left, right), x)

    def _disproved(self, x: Array, numbers: Mapping[Any, Any]) -> Proof:
        """The counterexample that linear programming gave, where trying had found none."""
        if self.any_weights:
            return self._undecided("opaque")
        found = substitute(x, {letter: numbers.get(letter, 0) for letter in x.flat})
        return Proof(False, found, "differs", self.sides, self._both(self.sides, found))

    def _with_found(self, x: Array, left: Array, right: Array) -> Proof:
        weights = {
            name: array
            for one in self.lettered
            for layer in one.layers
            for initializer in layer.plan.initializers.values()
            if isinstance(initializer, Letters)
            for name, array in initializer.drawn.items()
            if name in self.found
        }
        unknown = [letter for array in weights.values() for letter in array.flat]
        answer = solved(zip(left.flat, right.flat), unknown, set(x.flat))
        if answer == "inside":
            return self._undecided("weights_inside")
        if answer == "none":
            return Proof(False, None, "no_weights", self.sides, (left, right), x)
        assert isinstance(answer, dict)
        found = {name: substitute(array, answer) for name, array in weights.items()}
        left, right = substitute(left, answer), substitute(right, answer)
        if all(same(form(p), form(q)) is True for p, q in zip(left.flat, right.flat)):
            return Proof(True, None, "found", self.sides, (left, right), x, found)
        return self._undecided("opaque")


def _as_floats(arrays: Mapping[Place, Array]) -> dict[Place, Array]:
    return {place: array.astype(np.float64) for place, array in arrays.items()}


def _unlike(x: Any, y: Any) -> bool:
    if is_expression(x) or is_expression(y):
        return abs(near(x) - near(y)) > 1e-9
    return bool(x != y)
