"""How cells depend on one another, for every operation: held against what small changes of its input show.

Slopes, gradients, boxes and masks are worked out by each operation in its own way. Here every one of them is held
against what can be seen from outside: the input is changed by a little, and the operation is carried out again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from stepwise.ops import Gradient, Loss
from stepwise.ops.resize import Linear
from stepwise.traces.recording import record
from stepwise.traces.trace import Trace, chain
from tests.unit.ops.test_every_operation import ROWS

Array = np.ndarray[Any, Any]
SMALL = 1e-6


def takes_shares(loss: Loss) -> bool:
    """Whether its input is probabilities, between 0 and 1."""
    return getattr(loss, "of", "") == "shares" or not getattr(loss, "scores", True)


def smooth(trace: Trace) -> Trace:
    """The same layer over numbers that are far from every tie and corner, and none of them 0."""
    random = np.random.default_rng(0)
    inputs = {}
    loss = trace.layer.operation if isinstance(trace.layer.operation, Loss) else None
    for name, array in trace.inputs.items():
        if name in trace.layer.operation.counts or (loss and name == "target"):
            inputs[name] = array.copy()
        elif loss and takes_shares(loss):
            inputs[name] = (random.permutation(array.size).reshape(array.shape) + 1.0) / (array.size + 2)
        elif name in ("variance", "input_1") and trace.layer.operation.name != "concat":
            inputs[name] = random.uniform(1, 2, array.shape)
        else:
            numbers = random.permutation(array.size).reshape(array.shape) + 0.5
            inputs[name] = (numbers - array.size // 2) * (4.0 / array.size)
    return record(trace.layer, inputs)


def changed(trace: Trace, name: str, index: tuple[int, ...], by: float) -> Array:
    """The output with one cell of an input changed."""
    inputs = {other: array.copy() for other, array in trace.inputs.items()}
    inputs[name][index] += by
    return record(trace.layer, inputs).output


def in_32_bits(trace: Trace) -> bool:
    """Whether it is resized as TensorFlow does, which does not hold a small change."""
    return isinstance(trace.layer.operation, Linear) and bool(trace.layer.operation.rounded)


def grows(trace: Trace, name: str) -> Array:
    """How much each output cell grows with each cell of an input: `(*input, *output)`, by central differences."""
    shape, by = trace.inputs[name].shape, 1.0 if in_32_bits(trace) else SMALL  # a line has one slope
    found = np.empty((*shape, *trace.shape))
    for index in np.ndindex(shape):
        found[index] = (changed(trace, name, index, by) - changed(trace, name, index, -by)) / (2 * by)
    return found


def layers(make: Callable[[int], Trace], n: int) -> list[Trace]:
    """The layers of a row, each over smooth numbers; gradients have none of their own."""
    made = [smooth(layer) for layer in chain(make(n)) if not isinstance(layer.layer.operation, Gradient)]
    return [layer for layer in made if layer.layer.operation.name != "max_unpool"]  # its landing is not its to change


@pytest.mark.parametrize(("make", "n"), ROWS)
def test_gradients_are_what_small_changes_show(make: Callable[[int], Trace], n: int) -> None:
    for trace in layers(make, min(n, 2)):
        back = np.random.default_rng(1).uniform(-1, 1, trace.shape)
        ours = {trace.layer.named(name): name for name in trace.inputs}
        for its_name, gradient in trace.backward(back).items():
            name = ours[its_name]
            jacobian = grows(trace, name)
            due = (jacobian * back).reshape(*trace.inputs[name].shape, -1).sum(axis=-1)
            assert gradient.output == pytest.approx(due, abs=1e-6), name
            gradient.verify()


@pytest.mark.parametrize(("make", "n"), ROWS)
def test_what_a_cell_touches_and_looks_at_is_what_small_changes_show(make: Callable[[int], Trace], n: int) -> None:
    for trace in layers(make, min(n, 2)):
        operation = trace.layer.operation
        for name in [name for name in trace.inputs if name == "input" or name.startswith("input_")]:
            array = trace.inputs[name]
            reached = {index: np.zeros(trace.shape, dtype=bool) for index in np.ndindex(array.shape)}
            for output in np.ndindex(trace.shape):
                for tap in trace.step(output).taps:
                    if tap.input == name and isinstance(tap.source, tuple):
                        reached[tap.source][output] = True
            for index in list(np.ndindex(array.shape))[::3]:
                mask = np.zeros(array.shape, dtype=bool)
                mask[index] = True
                assert np.array_equal(operation.touches(trace, name, mask), reached[index]), (name, index)
            for output in list(np.ndindex(trace.shape))[::3]:
                box = operation.looks_at(trace, name, tuple((i, i + 1) for i in output))
                seen = [index for index in reached if reached[index][output]]
                assert all(low <= i < high for index in seen for i, (low, high) in zip(index, box))
                hull = [(min(axis), max(axis) + 1) for axis in zip(*seen)]
                assert not seen or list(box) == hull, (name, output)


@pytest.mark.parametrize(("make", "n"), ROWS)
def test_shares_add_up_to_what_is_not_bias(make: Callable[[int], Trace], n: int) -> None:
    """Carried out again on zeros, only biases are left; what is more than that, the shares make up."""
    for trace in layers(make, n):
        operation = trace.layer.operation
        if operation.name.endswith(("_norm", "softmax")) or operation.name in ("divide", "multiply", "matmul", "pad"):
            continue  # not homogeneous, or with two factors: told in tests of their own
        empty = {name: array * (not name.startswith("input")) for name, array in trace.inputs.items()}
        if operation.name in ("lp_pool", "max_pool", "mean_pool", "relu", "clip", "flatten", "gradient"):
            empty["input"] = empty["input"] * 0.0
        bias = record(trace.layer, empty).output
        if isinstance(operation, Loss):
            bias = np.zeros(trace.shape)  # a loss is the sum of what its numbers add, and nothing else
        if operation.name == "direction":
            bias = trace.output  # of twice the rise and the run an angle is the same: what both give adds up to 0
        for number in range(0, trace.output.size, max(1, trace.output.size // 7)):
            index = trace.steps[number].index
            told = sum(float((one.values * one.factors).sum()) for one in operation.shares(trace, index))
            clipped = operation.name in ("clip", "hardtanh", "hard_sigmoid") or (
                operation.name == "relu" and getattr(operation, "ceiling", None)
            )
            if clipped and told == 0:
                continue  # held at a bound, it no longer depends on the number
            near = 1e-6 if in_32_bits(trace) else 1e-9
            assert told == pytest.approx(trace.output[index] - bias[index], abs=near), index
