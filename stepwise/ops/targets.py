"""What a network should have given, as numbers in the shape of its output: class numbers become rows of 0 and 1.

Axes of length one may be left out; in typed numbers each grid is one channel.
"""

from __future__ import annotations

import numpy as np

from ..arithmetic import Array, holds_expressions, is_expression, plain
from ..errors import InputError, ShapeError, counted, differing
from ..io.inputs import Grids, taken
from ..traces.layout import Layout
from .cross_entropy import CrossEntropy
from .loss import Loss
from .losses import BinaryCrossEntropy

ROUNDED = 1e-4
"""By how much probabilities may miss a sum of 1: they may have been written with four digits, or be in 32 bits."""


def target_for(loss: Loss, shape: tuple[int, ...], given: object, layout: Layout) -> Array:
    """The target of a loss, for an output of this shape: numbers, or for cross-entropy class numbers.

    Raises `ShapeError` where it has another shape, `InputError` for a class that is none, what is no probability, NaN.

    >>> from ..traces.layout import Layout
    >>> target_for(CrossEntropy(), (2, 3), [2, 0], Layout(True, True)).tolist()
    [[0, 0, 1], [1, 0, 0]]
    """
    array = taken(given, "target")
    lettered = holds_expressions(array)
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        strange = array[~np.isfinite(array)].flat[0]
        raise InputError(f"the target holds {plain(strange)}; give finite numbers")
    if isinstance(loss, CrossEntropy):
        samples, classes = loss.of_samples(shape), shape[loss.axis]
        if array.shape != shape and fitted(array, samples, layout) is not None:
            if lettered:
                letter = next(value for value in array.flat if is_expression(value))
                raise InputError(
                    f"the target holds {letter}; give {_class_numbers(samples)} from 0 to {classes - 1}, or "
                    f"probabilities of shape {shape}, which may hold letters"
                )
            return _of_classes(loss, shape, np.asarray(array).reshape(samples), classes)
        target = fitted(array, shape, layout)
        if target is None:
            raise ShapeError(
                f"the target has shape {without_extra_axes(array.shape, shape)}; for an output of shape {shape} give "
                f"{_class_numbers(samples)} from 0 to {classes - 1}, or probabilities of shape {shape}"
            )
        if not lettered:
            _check_probabilities(target)
            _check_sums(loss, target)
        return target
    target = fitted(array, shape, layout)
    if target is None:
        given = without_extra_axes(array.shape, shape)
        raise ShapeError(f"the target has shape {given}, but the output {shape}: {differing(given, shape)}")
    if isinstance(loss, BinaryCrossEntropy) and not lettered:
        _check_probabilities(target)
    return target


def fitted(array: Array, shape: tuple[int, ...], layout: Layout) -> Array | None:
    """An array in this shape, where it only lacks axes of length one, or has more of them before; else None.

    >>> lay = Layout(True, True)
    >>> [fitted(np.zeros(given), (1, 3), lay) is not None for given in ((3,), (1, 1, 3), (3, 1), (1, 2))]
    [True, True, False, False]
    """
    if isinstance(array, Grids) and array.ndim == 3 and layout.channels_last and array.shape[0] > 1:
        array = np.moveaxis(array, 0, -1)
    locked = type(array) is np.ndarray and array.base is None and not array.flags.writeable
    own, rest = array if locked else np.array(array), list(array.shape)  # a plain one that nobody else changes
    while len(rest) > len(shape) and rest[0] == 1:
        rest.pop(0)
    for n in shape:
        if rest and rest[0] == n:
            rest.pop(0)
        elif n != 1:
            return None
    if rest:
        return None
    return own if own.shape == tuple(shape) else own.reshape(shape)  # itself, not a view, which would be copied


def without_extra_axes(given: tuple[int, ...], due: tuple[int, ...]) -> tuple[int, ...]:
    """A shape without those axes of length one in front that the other has not: a row that is typed is (1, 3).

    >>> without_extra_axes((1, 3), (2,)), without_extra_axes((2, 3), (2,))
    ((3,), (2, 3))
    """
    while len(given) > len(due) and given[0] == 1:
        given = given[1:]
    return given


def _class_numbers(samples: tuple[int, ...]) -> str:
    if not samples or samples == (1,):
        return "a class number"
    return f"{counted(samples[0], 'class number')}" if len(samples) == 1 else f"class numbers of shape {samples}"


def _of_classes(loss: CrossEntropy, shape: tuple[int, ...], numbers: Array, classes: int) -> Array:
    """1 at each sample's class, 0 elsewhere."""
    for number in numbers.flat:
        if int(number) != number or not 0 <= number < classes:
            raise InputError(
                f"the target {plain(number)} is no class: the output has {classes} class{'es' * (classes != 1)}, "
                f"numbered from 0 to {classes - 1}"
            )
    axis = loss.axis % len(shape)
    chosen = numbers.astype(np.int64).reshape(*shape[:axis], 1, *shape[axis + 1 :])
    target = np.zeros(shape, dtype=np.int64)
    np.put_along_axis(target, chosen, 1, axis=axis)
    return target


def _check_probabilities(target: Array) -> None:
    for number in target.flat:
        if not 0 <= number <= 1:
            raise InputError(f"the target {plain(number)} is no probability; cross-entropy takes numbers from 0 to 1")


def _check_sums(loss: CrossEntropy, target: Array) -> None:
    for whole in target.sum(axis=loss.axis, keepdims=True).flat:
        if abs(whole - 1) > ROUNDED:
            raise InputError(
                f"the target's probabilities add up to {plain(whole)}; those of one sample's classes add up to 1"
            )
