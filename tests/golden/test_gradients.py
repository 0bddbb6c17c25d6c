"""The gradients that PyTorch's autograd gave, stepwise gives; and each of them explains itself."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.arithmetic import is_exact
from stepwise.errors import CallError, InputError, ShapeError
from stepwise.layers.saved import from_data
from stepwise.traces.trace import Trace
from tests.worked_out import explains, sample
from tools.conformance import read, torch_results

CASES = {case["id"]: case for case in read("torch_cases")}


def led_back(case: dict[str, Any]) -> dict[str, Trace]:
    """The gradients of a case; a convolution that pads by reflection has two stages."""
    return torch_results(case)[0].backward(case["grad_output"])


def test_every_case_has_gradients() -> None:
    assert sum(len(case["grads"]) for case in CASES.values()) > 65


@pytest.mark.parametrize("name", CASES)
def test_gradients_are_autograds(name: str) -> None:
    case = CASES[name]
    found = led_back(case)
    assert found.keys() == case["grads"].keys()
    for wrt, due in case["grads"].items():
        assert found[wrt].output == pytest.approx(np.array(due, dtype=float), rel=1e-9, abs=1e-9), wrt


@pytest.mark.parametrize("name", CASES)
def test_gradients_verify_round_trip_and_have_true_formulas(name: str) -> None:
    for gradient in led_back(CASES[name]).values():
        gradient.verify()
        again = from_data(json.loads(json.dumps(gradient.to_data(), allow_nan=False)))
        assert again.to_data() == gradient.to_data()
        for number in sample(len(gradient.steps), 6):
            step = gradient.steps[number]
            assert explains(step), f"{step.index}: {step.formula}"
        assert gradient.lesson().text().strip()


def test_a_step_gathers_the_output_cells_that_the_input_cell_fed() -> None:
    trace = sw.trace("Conv2D(1, 2)", np.arange(9).reshape(3, 3), kernel="1 2; 3 4", bias=0)
    gradient = trace.backward([[10, 20], [30, 40]])["input"]
    step = gradient.step((1, 1))
    assert [(tap.source, tap.value, tap.weight) for tap in step.taps] == [
        ((0, 0), 10, 4), ((0, 1), 20, 3), ((1, 0), 30, 2), ((1, 1), 40, 1),
    ]  # fmt: skip
    assert str(step.formula) == "10·4 + 20·3 + 30·2 + 40·1 = 200"
    assert str(trace.backward([[10, 20], [30, 40]])["bias"].step((0,)).formula) == "10 + 20 + 30 + 40 = 100"


def test_of_equal_numbers_the_first_gets_all_of_the_gradient() -> None:
    trace = sw.trace("MaxPool2D(2)", [[7, 7], [7, 7]])
    gradient = trace.backward([[5]])["input"]
    assert gradient.output.tolist() == [[5, 0], [0, 0]]
    assert gradient.step((1, 1)).taps == ()
    told = " ".join(gradient.lesson().text().split())
    assert told.count("In 1 window it is as large as the winner, but only the first of equals is the winner") == 1
    assert told.count("It is the winner of no window, so its gradient is 0.") == 3
    assert told.count("It is the winner of 1 window: the upstream gradient there is its gradient.") == 1
    assert "No output cell depends" not in told
    assert "No window covers" not in told


def test_fractions_stay_fractions() -> None:
    for call in ("Conv2D(1, 2)", "AveragePooling2D(2)", "MaxPool2D(2)", "keras.layers.ReLU()", "Dense(2)"):
        trace = sw.trace(call, "1/3 2/3; -4/3 5/7", arithmetic="exact")
        back = np.ones(trace.shape, dtype=int)
        for gradient in trace.backward(sw.trace("keras.layers.ReLU()", back / 3, arithmetic="exact")).values():
            gradient.verify()
            assert is_exact(gradient.output)


def test_what_cannot_be_led_back_is_told() -> None:
    trace = sw.trace("MaxPool2D(2)", [[4, 3], [2, 1]])
    with pytest.raises(ShapeError, match=r"the gradient has shape \(2,\), but the output \(1, 1\)"):
        trace.backward([1, 2])
    with pytest.raises(CallError, match="gradient of a gradient"):
        trace.backward([[1]])["input"].backward([[1, 0], [0, 0]])
    with pytest.raises(InputError, match="put numbers in for the letters"):
        sw.trace("MaxPool2D(2)", "a b; c d").backward([[1]])


def test_a_changed_gradient_is_found() -> None:
    gradient = sw.trace("AveragePooling2D(2)", [[4, 3], [2, 1]]).backward([[1]])["input"]
    data = json.loads(json.dumps(gradient.to_data()))
    data["output"]["data"][2] = 0.3
    with pytest.raises(sw.VerificationError, match=r"output cell \(1, 0\) is 0.3"):
        from_data(data).verify()
