"""An operation's rule, as data, says what its fast ways say: results, slopes, and what each number gave.

The fast ways are compared with frameworks elsewhere; here they are the fact that the rule's own tree is compared with.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.ops import Clip, Direction, Magnitude, MaxPool, ReLU
from stepwise.ops.broadcast import Broadcast
from stepwise.rules.derive import derivative
from stepwise.rules.expand import worth_of
from stepwise.rules.tree import Rule
from stepwise.traces.step import Step
from stepwise.traces.trace import Trace, chain
from tests.requests import OPERATIONS, request

SEEDS = range(12)
STEPS = 8


def drawn(make: Any) -> list[Step]:
    """Some steps of some requests, those with finite numbers only."""
    steps: list[Step] = []
    for seed in SEEDS:
        for trace in chain(request(seed, make).trace):
            numbers = [array for array in (*trace.inputs.values(), trace.output) if array.dtype != object]
            if all(np.isfinite(array).all() for array in numbers):
                steps += trace.steps[:: max(1, len(trace.steps) // STEPS)]
    return steps


def close(found: Any, due: Any, single: bool) -> bool:
    return bool(np.isclose(float(found), float(due), rtol=1e-5 if single else 1e-9, atol=1e-6 if single else 1e-12))


def is_single(trace: Trace) -> bool:
    return any(array.dtype == np.float32 for array in (*trace.inputs.values(), trace.output))


@pytest.mark.parametrize("make", OPERATIONS, ids=lambda make: make.__name__)
def test_the_rule_comes_to_the_result(make: Any) -> None:
    for step in drawn(make):
        operation = step.trace.layer.operation
        for rule in (operation.calculation, operation.steady or operation.calculation):
            found = worth_of(rule, step)
            assert close(found, step.result, is_single(step.trace)), f"{step.trace.layer.call} {step.formula}"


def slopes_of(step: Step) -> list[Rule]:
    """The derivative with respect to each tap."""
    rule = step.trace.layer.operation.calculation
    if isinstance(step.trace.layer.operation, Broadcast):
        alone = step.trace.layer.operation.name == "add"
        return [derivative(rule, -1 if alone else number) for number in range(len(step.taps))]
    return [derivative(rule)] * len(step.taps)


def at_a_corner(step: Step) -> bool:
    """Where there is no derivative, and a framework's convention stands for it."""
    operation = step.trace.layer.operation
    match operation:
        case ReLU():
            return step.taps[0].value in (0, operation.threshold, operation.ceiling)
        case Clip():
            return step.taps[0].value in (operation.low, operation.high) or operation.low > operation.high
        case MaxPool():
            values = [tap.value for tap in step.taps if tap.is_data]
            return operation.shared and values.count(max(values)) > 1
        case Magnitude():
            return not step.result
        case Direction():
            return not any(tap.value for tap in step.taps)
    return operation.name == "lp_pool" and (not step.result or any(not tap.value for tap in step.taps))


@pytest.mark.parametrize("make", OPERATIONS, ids=lambda make: make.__name__)
def test_the_derivative_of_the_tree_is_the_slope(make: Any) -> None:
    compared = 0
    for step in drawn(make):
        if at_a_corner(step):
            continue
        for tap, rule, due in zip(step.taps, slopes_of(step), step.trace.layer.operation.slopes(step)):
            if not tap.is_data:
                continue
            found = worth_of(rule, step, tap)
            assert close(found, due or 0, is_single(step.trace)), f"{step.trace.layer.call} {step.formula} {tap}"
            compared += 1
    assert compared > 20


@pytest.mark.parametrize(
    "call",
    [
        "LayerNormalization()", "GroupNormalization(2)", "nn.InstanceNorm1d(4, affine=True)", "nn.LayerNorm([4, 2])",
        "nn.GroupNorm(2, 4)", "Softmax()", "nn.LogSoftmax(dim=1)", "nn.LPPool1d(3, 2)",
        "nn.LocalResponseNorm(2, alpha=0.5)", "tf.nn.lrn(x, 1, alpha=0.5)",
    ],
)  # fmt: skip
def test_what_is_worked_out_first_grows_with_each_number(call: str) -> None:
    """A mean, a variance, and sums written out within sums: what a small change of each number shows."""
    random, small = np.random.default_rng(1), 1e-6
    x = random.normal(size=(1, 4, 2)) + 3
    given = [{n: random.normal(size=a.shape) for n, a in sw.trace(call, x).inputs.items() if n != "input"}]
    for step in sw.trace(call, x, weights=given).steps:
        operation = step.trace.layer.operation
        for tap in step.taps:
            assert isinstance(tap.source, tuple)  # none is padding
            ends = []
            for by in (small, -small):
                changed = x.copy()
                changed[tap.source] += by
                ends.append(sw.trace(call, changed, weights=given).output[step.index])
            due = (ends[0] - ends[1]) / (2 * small)
            for rule in (operation.calculation, operation.lettered(step)):
                assert float(worth_of(derivative(rule), step, tap)) == pytest.approx(due, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("make", OPERATIONS, ids=lambda make: make.__name__)
def test_what_each_number_gave_is_said_by_a_rule_too(make: Any) -> None:
    """A page follows a number through a network by these rules; Python has its own way."""
    compared = 0
    for step in drawn(make):
        operation = step.trace.layer.operation
        rules = operation.gave(step.trace)
        if isinstance(operation, MaxPool) and at_a_corner(step):
            continue  # a page names the first of equals
        for number, (tap, due) in enumerate(zip(step.taps, operation.secants(step))):
            rule = rules[number if len(rules) > 1 else 0]
            if not tap.is_data or not tap.value:
                continue  # of 0, nothing was given
            found = 0 if rule is None else worth_of(rule, step, tap)
            assert close(found, due or 0, is_single(step.trace)), f"{step.trace.layer.call} {step.formula} {tap}"
            compared += 1
    assert compared > 20
