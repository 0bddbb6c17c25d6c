"""A large input is told by what is shown of it: the work does not grow with the input, nor does what comes of it.

Work is counted, not timed: the calls that Python makes, and the bytes that it and NumPy hold at once. The inputs that
are compared are both too large to be shown whole.
"""

from __future__ import annotations

import cProfile
import tracemalloc
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

import stepwise as sw
from stepwise.analysis.backpropagation import planned_loss
from stepwise.arithmetic import count_differing, differing
from stepwise.errors import LimitError, StepwiseError
from stepwise.formula import value
from stepwise.lessons.answer import numbers_of
from stepwise.lessons.compared_passes import refuse_long_passes
from stepwise.lessons.long import working
from stepwise.render import encode
from stepwise.traces.recording import record
from stepwise.traces.trace import chain
from tests.command import run

SMALLER, LARGER = 512, 1024
ROOM = 1.5
"""How much more there may be for four times the cells: sizes have more digits, and other windows are chosen."""
BYTES = 6
"""The most that is held at once, in bytes of the input."""


class Work(NamedTuple):
    """What a piece of work took, and what came of it."""

    calls: int
    result: Any
    bytes: int = 0


def worked(work: Callable[[], Any]) -> Work:
    """The work carried out and its calls counted."""
    profile = cProfile.Profile()
    profile.enable()
    result = work()
    profile.disable()
    return Work(sum(entry.callcount for entry in profile.getstats()), result)


def weighed(work: Callable[[], Any]) -> Work:
    """The same, and what it holds at once: Python takes twice as long where that is watched."""
    tracemalloc.start()
    done = worked(work)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return done._replace(bytes=most)


def numbers(*shape: int) -> Any:
    """Whole numbers, some of them negative."""
    return np.random.default_rng(0).integers(-50, 200, shape)


CASES: dict[str, Callable[[int], sw.Trace]] = {
    "max": lambda n: sw.trace("MaxPool2D(2)", numbers(n, n)),
    "max, padded": lambda n: sw.trace("nn.MaxPool2d(3, stride=2, padding=1)", numbers(1, n, n)),
    "mean of bytes": lambda n: sw.trace("AveragePooling2D(3, strides=2)", numbers(n, n).astype("uint8")),
    "convolution": lambda n: sw.trace("Conv2D(2, 3)", numbers(n, n, 1).astype("float32")),
    "transposed": lambda n: sw.trace("Conv2DTranspose(1, 3, strides=2)", numbers(n, n)),
    "padding": lambda n: sw.trace("ZeroPadding2D(1)", numbers(n, n, 1)),
    "relu": lambda n: sw.trace("ReLU()", numbers(n, n)),
    "softmax": lambda n: sw.trace("Softmax()", numbers(n * n // 8, 8)),
    "flatten": lambda n: sw.trace("Flatten()", numbers(n, n, 1)),
    "dense": lambda n: sw.trace("Dense(2)", numbers(n * n // 8, 8)),
    "normalised": lambda n: sw.trace("BatchNormalization()", numbers(n, n, 1)),
    "a line": lambda n: sw.trace("MaxPooling1D(3, strides=2, padding='same')", numbers(n * n, 1)),
    "a volume": lambda n: sw.trace("MaxPooling3D(2)", numbers(max(4, n // 8), max(4, n // 8), 64, 1)),
    "channels": lambda n: sw.trace("MaxPool2D(2)", numbers(8, 8, max(1, n * n // 64))),
    "a chain": lambda n: sw.trace(["Conv2D(1, 3)", "ReLU()", "MaxPool2D(2)"], numbers(n, n)),
    "a network": lambda n: sw.trace(
        ["Conv2D(1, 3)", "ReLU()", "MaxPool2D(2)", "ReLU()", "MaxPool2D(2)"], numbers(n, n, 1)
    ),
}


@pytest.mark.parametrize("case", list(CASES))
def test_telling_does_not_grow_with_the_input(case: str) -> None:
    CASES[case](8).lesson().text()  # modules are loaded, templates compiled
    few, many = (CASES[case](n) for n in (SMALLER, LARGER))
    less, more = worked(lambda: few.lesson().text()), weighed(lambda: many.lesson().text())
    assert more.calls < ROOM * less.calls
    assert more.bytes < held(many), "beside what is there already"


BACK: dict[str, tuple[str, Callable[[int], Any]]] = {
    "max": ("MaxPool2D(2)", lambda n: numbers(n, n)),
    "mean, adaptive": ("nn.AdaptiveAvgPool2d(4)", lambda n: numbers(1, n, n)),
    "padding": ("ZeroPadding2D(1)", lambda n: numbers(n, n, 1)),
    "flatten": ("Flatten()", lambda n: numbers(n, n, 1)),
    "slopes": ("nn.PReLU()", lambda n: numbers(1, n, n)),
    "normalised by batches": ("BatchNormalization()", lambda n: numbers(n, n, 1)),
    "neighbours": ("nn.LocalResponseNorm(2)", lambda n: numbers(2, n, n)),
}


@pytest.mark.parametrize("case", list(BACK))
def test_telling_the_way_back_does_not_grow_with_the_input(case: str) -> None:
    call, given = BACK[case]

    def told(n: int) -> Work:
        trace = sw.trace(call, given(n))
        back = sw.backward(trace, numbers(*trace.shape))
        return worked(lambda: back.lesson().text())

    told(16)  # modules are loaded, templates compiled
    few, many = told(SMALLER // 2), told(LARGER // 2)
    assert many.calls < ROOM * few.calls


def test_blocks_that_are_normalised_are_not_looked_for_in_every_cell() -> None:
    def told(n: int) -> Work:
        trace = sw.trace("LayerNormalization()", numbers(n * n // 8, 8))
        return worked(lambda: trace.lesson().text())

    told(16)  # modules are loaded, templates compiled
    assert told(SMALLER).calls < ROOM * told(SMALLER // 2).calls


@pytest.mark.parametrize("call", ["LayerNormalization()", "BatchNormalization()"])
def test_what_is_made_with_a_learned_number_is_not_looked_for_in_every_cell(call: str) -> None:
    """A step has a row or a column of numbers, and a picture of twice the size twice as many of them."""

    def told(n: int) -> Work:
        trace = sw.trace(call, numbers(n, n))
        gradients = trace.backward(numbers(n, n))
        return worked(lambda: gradients["gamma"].lesson().text())

    told(8)
    assert told(SMALLER // 2).calls < 2.5 * told(SMALLER // 4).calls


def test_ways_back_that_differ_in_very_many_cells_are_refused_beforehand() -> None:
    """Why a cell differs is asked of every cell that does."""
    two = [sw.trace(call, numbers(LARGER, LARGER)) for call in ("MaxPool2D(2)", "AveragePooling2D(2)")]
    a, b = (sw.backward(trace, np.ones(trace.shape)) for trace in two)
    with pytest.raises(LimitError, match=r"asking [\d,]+ cells why they differ would take about \d+"):
        sw.compare(a, b)


def test_ways_back_whose_weights_are_made_from_very_many_numbers_are_refused_before_any_is_led_back() -> None:
    asked = [f"Conv2D(1, 3, padding='same', dilation_rate={d})" for d in (1, 2)]
    a, b = (sw.trace(call, np.broadcast_to(1.0, (2048, 2048, 1))) for call in asked)
    with pytest.raises(LimitError, match="a number of the gradient for the kernel why it differs would take about"):
        refuse_long_passes(a, b, "auto")
    refuse_long_passes(a, b, "auto", ["input"])
    refuse_long_passes(a, a, "auto")
    larger = sw.trace("Conv2D(1, 2, padding='same')", np.broadcast_to(1.0, (2048, 2048, 1)))
    refuse_long_passes(a, larger, "auto")  # of another size no number is asked


@pytest.mark.parametrize("call", ["GlobalMaxPooling2D()", "nn.AdaptiveMaxPool2d(2)"])
def test_a_way_back_that_looks_through_every_window_is_refused_beforehand(call: str) -> None:
    from stepwise.lessons.way_back import WayBack

    shape = (1, LARGER, LARGER) if call.startswith("nn.") else (LARGER, LARGER)
    trace = sw.trace(call, numbers(*shape))
    with pytest.raises(LimitError, match=r"telling 16 steps would take about \d+"):
        WayBack(grad=np.ones(trace.shape)).lesson(trace)


def test_an_update_of_very_much_is_refused_beforehand() -> None:
    trace = sw.trace(["nn.Conv2d(1, 1, 1)", "nn.AdaptiveMaxPool2d(2)"], numbers(1, LARGER, LARGER))
    back = sw.backward(trace, np.ones(trace.shape))
    assert back.step(0.1).after
    with pytest.raises(LimitError, match=r"would take about \d+"):
        back.step(0.1).lesson()


def test_the_median_of_very_many_windows_leads_nothing_back() -> None:
    trace = sw.trace("nn.MedianPool2d(3, stride=1)", numbers(1, LARGER, LARGER))
    with pytest.raises(LimitError, match=r"the gradient of .* would take about \d+ \w+"):
        sw.backward(trace, np.ones(trace.shape))


def held(trace: sw.Trace) -> int:
    """The bytes of every array of a trace and of the layers before it."""
    arrays = {id(array): array for layer in chain(trace) for array in (*layer.inputs.values(), layer.output)}
    return sum(array.nbytes for array in arrays.values())


@pytest.mark.parametrize("format", ["html", "md", "tex", "typ", "txt", "json", "pdf"])
def test_no_format_grows_with_the_input(format: str) -> None:
    encode(CASES["max, padded"](8).lesson(), format)  # modules are loaded, templates compiled
    few, many = (CASES["max, padded"](n).lesson() for n in (SMALLER, LARGER))
    less, more = worked(lambda: encode(few, format)), weighed(lambda: encode(many, format))
    assert more.calls < ROOM * less.calls
    assert more.bytes < 8_000_000
    assert len(more.result) < min(1_000_000, ROOM * len(less.result))


def test_a_comparison_does_not_grow_with_the_input() -> None:
    def told(n: int) -> Callable[[], str]:
        a, b = (sw.trace(call, numbers(n, n)) for call in ("MaxPool2D(2)", "MaxPool2D(2, padding='same', strides=3)"))
        return lambda: sw.compare(a, b).text()

    told(8)()  # modules are loaded, templates compiled
    less, more = worked(told(SMALLER)), weighed(told(LARGER))
    assert more.calls < ROOM * less.calls
    assert more.bytes < BYTES * 8 * LARGER**2


CHAIN = ["Conv2D(2, 3)", "ReLU()", "MaxPool2D(2)", "Conv2D(1, 3)"]


def test_asking_why_does_not_grow_with_the_input() -> None:
    def told(n: int) -> Callable[[], str]:
        trace = sw.trace(CHAIN, numbers(n, n, 1))
        return lambda: trace.why((4, 4, 0)).lesson().text() + trace.touched((9, 9, 0)).lesson().text()

    told(SMALLER)()  # modules are loaded
    less, more = worked(told(SMALLER)), weighed(told(LARGER))
    assert more.calls < ROOM * less.calls
    assert more.bytes < BYTES * 8 * LARGER**2


@pytest.mark.parametrize("call", [CHAIN, ["AveragePooling2D(2)", "Flatten()"], ["MaxPool2D(3, padding='same')"]])
def test_cell_by_cell_every_number_gave_what_it_gave(call: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What is worked out by one pass back through whole layers is worked out cell by cell, too."""
    trace = sw.trace(call, numbers(SMALLER + 88, SMALLER + 88, 1))
    index = tuple(min(3, size - 1) for size in trace.shape)
    few = trace.why(index).contributions
    monkeypatch.setattr("stepwise.analysis.shared_out.FEW", 0)
    whole = trace.why(index).contributions
    assert np.count_nonzero(few) > 0
    np.testing.assert_allclose(few, whole, rtol=1e-12)


def test_marking_does_not_grow_but_by_the_answer_that_is_read() -> None:
    def told(n: int) -> Callable[[], str]:
        trace = sw.trace("MaxPool2D(2)", numbers(n, n))
        answer = trace.output.copy()
        answer[7, 7] += 1
        return lambda: sw.check(trace, answer).lesson().text()

    told(SMALLER)()  # modules are loaded
    less, more = worked(told(SMALLER)), weighed(told(LARGER))
    assert more.calls < ROOM * less.calls
    assert "too many cells to search for misconceptions" in " ".join(more.result.split())


def test_a_replay_does_not_grow_but_by_its_arrays() -> None:
    """A window's cells are gathered block by block, and the steps that are compared are so many at most."""
    few, many = (sw.trace("AveragePooling2D(3, strides=2)", numbers(n, n)) for n in (SMALLER, LARGER))
    less, more = worked(few.verify), worked(many.verify)
    assert more.calls < 2.5 * less.calls, "each axis has twice the windows, and is slid over by hand"


LONG_WINDOWS: dict[str, Callable[[Any], sw.Trace]] = {
    "max": lambda x: sw.trace("MaxPool2D(40, strides=13, padding='same')", x),
    "mean": lambda x: sw.trace("nn.AvgPool2d(40, stride=13, padding=20)", x[None]),
    "mean of data": lambda x: sw.trace("AveragePooling2D(40, strides=13, padding='same')", x),
    "global": lambda x: sw.trace("GlobalAveragePooling2D()", x[..., None]),
    "adaptive": lambda x: sw.trace("nn.AdaptiveMaxPool2d(2)", x[None]),
    "convolution": lambda x: sw.trace("nn.Conv2d(2, 3, 40, padding=7, dilation=2)", np.stack([x, -x])),
    "depthwise": lambda x: sw.trace("DepthwiseConv2D(40, padding='same')", np.stack([x, -x], axis=-1)),
}


@pytest.mark.parametrize("case", list(LONG_WINDOWS))
def test_a_long_step_told_at_once_is_the_step_told_singly(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    trace = LONG_WINDOWS[case](numbers(90, 90))
    monkeypatch.setattr("stepwise.lessons.long.LONG", 1000)
    for number in sorted({0, len(trace.steps) // 2, len(trace.steps) - 1}):
        step = trace.steps[number]
        values = [tap.value for tap in step.taps if tap.is_data and (tap.weight is None or tap.weight)]
        found = trace.layer.operation.gathered(trace, step.index)
        assert found is not None
        assert found.padded == sum(not tap.is_data for tap in step.taps)
        given = found.values if found.weights is None else found.values[found.weights != 0]
        assert given.tolist() == values
        formula, _told = working(step)
        assert float(value(formula.left)) == pytest.approx(float(step.result))  # type: ignore[union-attr]


@pytest.mark.parametrize("call", ["LayerNormalization(axis=[1, -1])", "nn.GroupNorm(3, 3)", "nn.PReLU()"])
def test_what_comes_back_at_once_is_what_comes_back_singly(call: str) -> None:
    forward, grad = sw.trace(call, numbers(2, 3, 4)), np.arange(24.0).reshape(2, 3, 4)
    of = forward.layer.operation
    for name in set(of.differentiable(forward)) - {"input"}:
        for index in np.ndindex(forward.inputs[name].shape):
            singly = list(of.feeds(forward, name, index))
            found = of.fed_at_once(forward, name, index, grad)
            assert found is not None
            assert np.ravel(found[0]).tolist() == [grad[at] for at, _slope in singly]
            assert found[1] is None or np.ravel(found[1]).tolist() == [slope for _at, slope in singly]


def test_a_dense_layer_and_a_softmax_of_a_picture_are_told_at_once() -> None:
    x = np.random.default_rng(0).integers(0, 9, 40_000)
    work = worked(lambda: sw.trace(["Dense(2)", "ReLU()"], x).lesson().text())
    assert work.calls < 400_000
    assert "computed from 40,000 numbers" in work.result
    shares = sw.trace("Softmax()", x / 9)
    formula, _told = working(shares.step((7,)))
    assert float(value(formula.left)) == pytest.approx(float(shares.output[7]), rel=1e-3)  # type: ignore[union-attr]


def test_what_cannot_be_told_at_once_is_refused_beforehand() -> None:
    trace = sw.trace("nn.LPPool2d(2, 800)", numbers(1, 800, 800))
    with pytest.raises(LimitError, match="would take about"):
        trace.lesson()


def test_a_page_of_many_numbers_says_that_it_carries_none() -> None:
    small, large = (sw.trace("MaxPool2D(2)", numbers(n, n)).lesson().html() for n in (100, SMALLER))
    said = "There are more numbers here than a page can hold"
    assert said in large
    assert "stepwise-record" not in large
    assert said not in small
    assert "stepwise-record" in small


def test_a_map_says_which_of_its_cells_are_drawn() -> None:
    """And its scale is that of all cells, drawn or not."""
    array = np.zeros((600, 300))
    array[1, 1], array[2, 2] = 7, -3  # neither is drawn
    section = sw.trace("MaxPool2D(2)", array).lesson().sections[0]
    [figure] = [block for block in section.blocks if hasattr(block, "maps")]
    [drawn] = figure.maps
    assert drawn.caption == "input 600×300 · 1 row and 1 column in 5 drawn"
    assert (len(drawn.rows), len(drawn.rows[0])) == (120, 60)
    assert (drawn.low, drawn.high) == (-7, 7)  # as far below 0 as above it: 0 keeps its colour
    assert {value for row in drawn.rows for value in row} == {0}


def test_mistakes_that_nobody_worked_out_are_not_said_to_change_nothing() -> None:
    text = sw.trace("MaxPool2D(2)", numbers(SMALLER, SMALLER)).lesson().text()
    assert "too many numbers for the common mistakes" in " ".join(text.split())
    assert "None of the common mistakes" not in text


@pytest.mark.parametrize("call", ["ReLU()", "ReLU(max_value=9)"])
def test_what_can_be_checked_is_said_of_all_numbers(call: str) -> None:
    x = np.full((200, 200), -1.0)
    assert "so every output is 0" in sw.trace(call, x).lesson().text()
    x[-1, -1] = 5
    assert "the output equals the input" in " ".join(sw.trace(call, x).lesson().text().split())


def test_a_pair_too_large_for_a_page_is_not_paired_cell_by_cell() -> None:
    x = np.zeros((3, 300, 300))
    told = sw.compare(sw.trace("nn.MaxPool2d(1)", x), sw.trace("MaxPool2D(1)", np.moveaxis(x, 0, -1)))
    assert not any(section.stage and section.stage.steps for section in told.sections)


AT_ONCE = {
    "Conv2D(2, 3, strides=2, padding='same')": (90, 90, 2),
    "nn.ConvTranspose2d(1, 2, 3, stride=2, padding=1)": (1, 60, 60),
    "Dense(2)": (4000, 3),
    "BatchNormalization()": (70, 70, 2),
    "nn.BatchNorm2d(2)": (1, 2, 60, 60),
    "nn.GroupNorm(1, 2)": (1, 2, 50, 50),
    "nn.PReLU()": (1, 60, 60),
    "Softmax()": (2, 3500),
    "nn.LogSoftmax(dim=1)": (2, 3500),
}


@pytest.mark.parametrize("call", AT_ONCE)
def test_what_a_gradient_is_made_from_is_the_same_at_once(call: str) -> None:
    chance = np.random.default_rng(1)
    trace, found = sw.trace(call, chance.normal(size=AT_ONCE[call])), 0
    for gradient in trace.backward(chance.normal(size=trace.shape)).values():
        step = gradient.steps[gradient.output.size // 2]
        if (gathered := gradient.layer.operation.gathered(gradient, step.index)) is None:
            continue
        found += 1
        assert sorted(gathered.values.tolist()) == sorted(float(tap.value) for tap in step.taps)
        summed = np.dot(gathered.values, 1 if gathered.weights is None else gathered.weights).sum()
        assert summed == pytest.approx(float(step.result), rel=1e-6, abs=1e-9)
    assert found


def test_gradients_beside_each_other_are_not_written_out_number_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two that are the same everywhere, so that nothing about them is refused."""
    asked: list[int] = []

    def counted(trace: sw.Trace, *rest: Any) -> Any:
        asked.append(trace.output.size)
        return numbers_of(trace, *rest)

    for module in ("compared_passes", "compared_gradients", "answer"):
        monkeypatch.setattr(f"stepwise.lessons.{module}.numbers_of", counted)

    def told(n: int) -> Work:
        x = np.abs(numbers(n, n)) + 1
        a, b = (sw.trace(call, x) for call in ("ReLU()", "LeakyReLU()"))
        one, two = (sw.backward(trace, np.ones(trace.shape)) for trace in (a, b))
        return worked(lambda: (sw.compare(one, two).text(), sw.compare(one.input, two.input).text()))

    told(4)  # modules are loaded, templates compiled
    assert set(asked) == {16}, "of few numbers every one is shown"
    asked.clear()
    few, many = told(128), told(256)
    assert many.calls < ROOM * few.calls
    assert not asked


def test_cells_that_differ_are_counted_without_keeping_them() -> None:
    a, b = np.zeros(2 * LARGER**2), np.ones(2 * LARGER**2)
    a[5] = b[5] = np.nan
    tracemalloc.start()
    found = count_differing(a, b)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == a.size - 1 == len(differing(a, b))
    assert most < 3 * a.nbytes, "a list of them takes five times the array"


REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "a loss": ("ReLU()", {"loss": "mse"}, r"telling 17 steps would take about \d+"),
    "a loss and an update": ("Conv2D(1, 1)", {"loss": "mse", "lr": 0.1}, r"telling \d+ steps would take about \d+"),
    "an update of nothing": ("ReLU()", {"loss": "mse", "lr": 0.1}, "no layer has weights that are learned"),
    "a rate": ("Conv2D(1, 1)", {"loss": "mse", "lr": -1.0}, "the learning rate is -1"),
}


@pytest.mark.parametrize("case", list(REFUSED))
def test_a_way_back_is_refused_before_anything_is_led_back(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from stepwise.lessons.way_back import WayBack

    call, asked, sentence = REFUSED[case]
    trace = sw.trace(call, numbers(LARGER, LARGER))
    target = np.broadcast_to(0, trace.shape)
    monkeypatch.setattr("stepwise.lessons.way_back.backward", lambda *_args, **_how: pytest.fail("it was led back"))
    with pytest.raises(StepwiseError, match=sentence):
        WayBack(target=target, **asked).lesson(trace)


@pytest.mark.parametrize("call", ["ReLU()", "Softmax()", "Conv2D(1, 1)", "Dense(3)"])
@pytest.mark.parametrize("loss", ["mse", "cross_entropy", "binary_cross_entropy"])
def test_a_loss_is_refused_as_the_one_that_is_carried_out(call: str, loss: str) -> None:
    """It is asked beforehand what it says itself afterwards, of one number or of one for each sample."""
    trace = sw.trace(call, numbers(6, 6) / 100)
    shares = np.full(trace.shape, 1 / trace.shape[-1])
    due, planned = sw.backward(trace, loss=loss, target=shares).loss, planned_loss(trace, loss)
    assert due is not None
    assert planned.shape == due.shape
    assert planned.layer.operation == due.layer.operation
    assert planned.layer.operation.reach(planned) == due.layer.operation.reach(due)


def test_all_windows_of_two_ways_back_are_refused_before_anything_is_led_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stepwise.lessons.way_back.backward", lambda *_args, **_how: pytest.fail("it was led back"))
    x = "; ".join(" ".join(map(str, row)) for row in numbers(200, 200).tolist())
    two = ["MaxPool2D(2)", "MaxPool2D(2, padding='same')"]
    done = run("compare", *two, "--input", x, "--grad", "1", "--steps", "all")
    assert done.status == 2
    assert "telling 20,000 steps would take about" in done.err


def test_the_way_there_is_carried_out_once_for_all_gradients_of_a_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    from stepwise.lessons import gradient_names

    carried: list[str] = []

    def counted(layer: Any, *rest: Any, **how: Any) -> sw.Trace:
        carried.append(layer.call)
        return record(layer, *rest, **how)

    monkeypatch.setattr(gradient_names, "record", counted)
    trace = sw.trace(["Conv2D(1, 3)", "Conv2D(1, 2)"], numbers(9, 9, 1))
    sw.backward(trace, np.ones(trace.shape)).lesson()
    assert sorted(carried) == ["Conv2D(1, 2)", "Conv2D(1, 3)"], "for kernel, bias and input"


def test_a_gradient_from_a_file_is_not_copied_again() -> None:
    """What is locked and owns its numbers stays the array that it is, down to the record."""
    trace = sw.trace("ReLU()", numbers(64, 64))
    grad = np.ones(trace.shape)
    assert sw.backward(trace, grad).input.inputs["input"] is not grad, "nobody is to change it"
    grad.flags.writeable = False
    assert sw.backward(trace, grad).input.inputs["input"] is grad
