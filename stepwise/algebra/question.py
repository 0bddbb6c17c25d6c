"""One question of whether two functions are the same, on its way to an answer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ..arithmetic import Array, is_expression, lift
from ..arithmetic.decimals import near
from ..arithmetic.letters import substitute, symbols
from ..effort import LETTERED, Effort, allow, allow_cells
from ..errors import LimitError
from ..traces.trace import chain
from .pieces import apart, form, same
from .proofs import Proof, Why
from .search import TRIES, counterexample
from .sides import Letters, Place, Side, turned
from .weights import solved, tried_on_inputs

MOST_CELLS = 4096
"""Cells of an input that is worked through in letters."""
WEIGHTS_TRIED = 12
"""Sets of numbers that are tried for weights that stand for any."""
TRIES_WITH_WEIGHTS = 25
"""Random inputs that are tried with each of them."""
CELLS_TRIED = 12
"""Output cells of which equations are made."""


class Question:
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
        """The answer."""
        return replace(self._settled(), free=tuple(self.any_weights), sought=tuple(sorted(self.found)))

    def _settled(self) -> Proof:
        allow_cells("an input of this shape", math.prod(self.shape))
        zeros = np.zeros(self.shape)
        left, right = self._both(self.sides, zeros)
        if left.shape != right.shape:
            return Proof(False, np.zeros(self.shape, dtype=np.int64), "sizes", self.sides, (left, right))
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
        return x if number == 0 else turned(x, *self.sides)

    def _in_a(self, y: Array) -> Array:
        """An output of the second side in the layout of the first."""
        return turned(y, self.sides[1], self.sides[0]) if self.sides[0].layers and self.sides[1].layers else y

    def _both(self, sides: tuple[Side, Side], x: Array) -> tuple[Array, Array]:
        return sides[0](x), self._in_a(sides[1](self._for(1, x)))

    def _by_numbers(self) -> Proof | None:
        """A counterexample, if trying finds one."""
        letters = sorted(self.sides[0].letters() | self.sides[1].letters())
        many = bool(self.any_weights or letters)
        for attempt in range(WEIGHTS_TRIED if many else 1):
            weights = self._numbers(attempt)
            random = np.random.default_rng([attempt, len(weights)])
            put_in = {letter: int(random.integers(-2, 3)) for letter in letters}
            a, b = self._weighted(weights)
            sides = a.with_numbers(put_in), b.with_numbers(put_in)
            weights |= {letter: lift(np.array([number])) for letter, number in put_in.items()}

            def differs(x: Array, sides: tuple[Side, Side] = sides) -> bool:
                left, right = self._both(sides, x.astype(np.float64))
                with np.errstate(invalid="ignore"):
                    return bool(np.any(np.abs(left - right) > 1e-6 * (1 + np.abs(left))))

            tries = TRIES_WITH_WEIGHTS if many else TRIES
            found = counterexample(differs, self.shape, attempt, tries)
            if found is None:
                continue
            left, right = self._both(sides, lift(found))
            if any(_unlike(x, y) for x, y in zip(left.flat, right.flat)):
                return Proof(
                    False, found, "differs", sides, (left, right), weights=weights, missing=tuple(self.any_weights)
                )
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
            if weight == "bias":
                drawn[drawn == 0] = 3  # a bias of 0 is none
            numbers[name] = lift(-np.ones(shape, dtype=np.int64) if attempt == 0 else drawn)
        return numbers

    def _weighted(self, weights: Mapping[str, Array]) -> tuple[Side, Side]:
        placed: tuple[dict[Place, Array], dict[Place, Array]] = ({}, {})
        for name, array in weights.items():
            for number, place in self.any_weights[name]:
                placed[number][place] = array
        a, b = self.sides
        return a.with_weights(_as_floats(placed[0])), b.with_weights(_as_floats(placed[1]))

    def _given(self) -> list[tuple[Side, Array]]:
        zeros = np.zeros(self.shape)
        return list(zip(self.sides, (zeros, self._for(1, zeros))))

    def _by_letters(self) -> Proof:
        effort = sum((_letters_of(one, zeros) for one, zeros in self._given()), start=Effort())
        allow("a proof in letters", effort, "take a smaller input shape")
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
        left, right = self._both(self.sides, found)
        if np.array_equal(left, right):  # the solver found nothing
            return self._undecided("too_large")
        return Proof(False, found, "differs", self.sides, (left, right))

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
        if not isinstance(answer, dict) and (proof := self._with_the_same(x, left, right, weights)) is not None:
            return proof
        if answer == "inside":
            return self._undecided("weights_inside")
        if answer == "none":
            return self._tried_on_inputs(x, left, right, weights)
        assert isinstance(answer, dict)
        return self._checked(x, left, right, weights, answer)

    def _checked(
        self, x: Array, left: Array, right: Array, weights: Mapping[str, Array], answer: Mapping[Any, Any]
    ) -> Proof:
        """The proof with these weights, if they make the two the same."""
        found = {name: substitute(array, answer) for name, array in weights.items()}
        left, right = substitute(left, answer), substitute(right, answer)
        if all(same(form(p), form(q)) is True for p, q in zip(left.flat, right.flat)):
            return Proof(True, None, "found", self.sides, (left, right), x, found)
        return self._undecided("not_found")

    def _with_the_same(self, x: Array, left: Array, right: Array, weights: Mapping[str, Array]) -> Proof | None:
        """The proof with the first side's own weights, in their order, and 0 for a bias that has no twin."""
        spare = [(place[0][1][1], self._drawn(name)) for name, place in self.any_weights.items()]
        answer: dict[Any, Any] = {}
        for name, wanted in weights.items():
            kind = self._kind(name)
            twin = next((n for n, (k, array) in enumerate(spare) if k == kind and array.shape == wanted.shape), None)
            if twin is None and kind != "bias":
                return None
            values = [0] * wanted.size if twin is None else list(spare.pop(twin)[1].flat)
            answer |= dict(zip(wanted.flat, values))
        proof = self._checked(x, left, right, weights, answer)
        return replace(proof, detail="same") if proof.holds else None

    def _kind(self, name: str) -> str:
        """Which weight of its layer stands under a name: a kernel or a bias."""
        return next(
            weight
            for one in self.lettered
            for layer in one.layers
            for weight, initializer in layer.plan.initializers.items()
            if isinstance(initializer, Letters) and initializer.name == name
        )

    def _drawn(self, name: str) -> Array:
        """The letters of a weight that stands for any."""
        number, (layer_number, weight) = self.any_weights[name][0]
        initializer = self.lettered[number].layers[layer_number].plan.initializers[weight]
        assert isinstance(initializer, Letters)
        return initializer.drawn[name]

    def _tried_on_inputs(self, x: Array, left: Array, right: Array, weights: Mapping[str, Array]) -> Proof:
        """No weights, if there are inputs on which none agree; weights that stand for any are numbers then."""
        numbers = self._numbers(1)
        letters = {letter: number for name in numbers for letter, number in self._named(name, numbers[name])}
        cells = list(zip(substitute(left, letters).flat, substitute(right, letters).flat))[:CELLS_TRIED]
        found = tried_on_inputs(cells, [letter for array in weights.values() for letter in array.flat], set(x.flat))
        if isinstance(found, list):
            tried, zero = tuple(found), self._zero(left, right, weights, set(x.flat))
            return Proof(False, None, "no_weights", self.sides, (left, right), x, numbers, equations=tried, zero=zero)
        return self._undecided("not_found") if numbers else self._checked(x, left, right, weights, found)

    def _zero(self, left: Array, right: Array, weights: Mapping[str, Array], inputs: set[Any]) -> tuple[str, ...]:
        """The biases that stand for any number with which there would be weights, were they 0."""
        biases = [name for name, places in self.any_weights.items() if places[0][1][1] == "bias"]
        zeros = {letter: 0 for name in biases for letter in self._drawn(name).flat}
        if not zeros:
            return ()
        cells = zip(substitute(left, zeros).flat, substitute(right, zeros).flat)
        answer = solved(cells, [letter for array in weights.values() for letter in array.flat], inputs)
        return tuple(biases) if isinstance(answer, dict) else ()

    def _named(self, name: str, numbers: Array) -> list[tuple[Any, Any]]:
        """The letters of a weight that stands for any, each with its number."""
        return list(zip(self._drawn(name).flat, numbers.flat))


def _letters_of(one: Side, zeros: Array) -> Effort:
    """How much work the letters are that meet in the output cells of a side."""
    if one.mapped:
        return one.mapped.array.size * LETTERED
    last = one.trace(zeros)
    met = math.prod(layer.layer.operation.reach(layer) for layer in chain(last))
    return last.output.size * min(met, zeros.size) * LETTERED


def _as_floats(arrays: Mapping[Place, Array]) -> dict[Place, Array]:
    return {place: array.astype(np.float64) for place, array in arrays.items()}


def _unlike(x: Any, y: Any) -> bool:
    if is_expression(x) or is_expression(y):
        return abs(near(x) - near(y)) > 1e-9
    return bool(x != y)
