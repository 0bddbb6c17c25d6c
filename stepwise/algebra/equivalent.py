"""Are two chains of layers one function? A proof cell by cell, or the smallest input found on which they differ.

First numbers are tried, since a counterexample settles it. Then both are worked out in letters and their cells compared
(`pieces.py`): for layers made of sums, products with numbers and maxima that decides it. Weights that nobody gave are
letters: those of the first side stand for any numbers, those of the second are to be found; the same call written on
both sides has the same weights.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from ..effort import PROVEN, TRIED, allow
from ..errors import InputError, shown
from ..layers.initializers import Initializer
from ..layers.wiring import batch_shape, branched
from .proofs import Proof
from .question import Question
from .sides import Letters, Open, Place, Side, Written, bias_names, drawn_by_nobody, kernel_names, side, turned


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
        raise InputError(f"the input shape {shown(shape)} must be whole numbers above 0, such as (4, 4)")
    cells = math.prod(shape)
    allow(f"a proof over inputs of {cells:,} numbers", cells * PROVEN, "take a smaller input shape")
    sides = side(a), side(b)
    if any(branched(one.layers) for one in sides):  # code that joins branches counts axes with the batch's
        shape = batch_shape(next(one for one in sides if one.layers).layers, shape, always=True)
    layers = sum(len(one.layers) for one in sides)
    allow(f"a proof about {layers:,} layers", layers * TRIED, "take shorter chains")
    lettered, found = _lettered(*sides, shape)
    return Question(sides, lettered, found, shape).settled()


def _lettered(a: Side, b: Side, shape: tuple[int, ...]) -> tuple[tuple[Side, Side], set[str]]:
    """Both sides with letters for the weights that nobody gave, and the names of those that are to be found."""
    zeros = np.zeros(shape)
    open_a, open_b = a.open_weights(zeros), b.open_weights(turned(zeros, a, b))
    shared = _matched(open_a, open_b)
    alone_a, alone_b = [p for p in open_a if p not in shared], [p for p in open_b if p not in shared.values()]
    names: list[dict[Place, Initializer]] = [{}, {}]
    biases = kernels = 0
    for place in open_a:
        if place[1] == "bias":
            names[0][place] = _letters(bias_names(biases))
            biases += 1
        else:
            names[0][place] = _letters(kernel_names(kernels))
            kernels += 1
        if place in shared:
            names[1][shared[place]] = names[0][place]
    to_find = alone_b or (alone_a if not shared else [])
    found_side = 1 if alone_b else 0
    found: set[str] = set()
    number = 0
    for place in to_find:
        if place[1] == "bias":
            name, biases = bias_names(biases), biases + 1
        else:
            name = ("w", "v", "u")[number % 3] + ("" if number < 3 else chr(ord("a") + number // 3))
            number += 1
        names[found_side][place] = _letters(name)
        found.add(name)
    return (a.with_letters(names[0]), b.with_letters(names[1])), found


def _letters(name: str) -> Letters:
    return Letters(f"letters {name}", 0, drawn_by_nobody, name=name)


def _matched(open_a: Mapping[Place, Open], open_b: Mapping[Place, Open]) -> dict[Place, Place]:
    """Weights of one shape, of the same call written on both sides: the first with the first and so on.

    Only where every one has its twin are they the same weights; else those of the second side are to be found.
    """
    left = dict(open_b)
    pairs = {}
    for place, weight in open_a.items():
        twin = next((other for other, found in left.items() if found == weight and other[1] == place[1]), None)
        if twin is not None:
            pairs[place] = twin
            del left[twin]
    return pairs if len(pairs) == len(open_a) == len(open_b) else {}


__all__ = ["Proof", "equivalent"]
