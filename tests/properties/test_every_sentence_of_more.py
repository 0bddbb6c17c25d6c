"""What is said of gradients, of networks of two calls to five, and aloud, is true: it is read again and counted.

What is compared with is worked out here: how often a number was used, by walking every step of the layer it went into;
what is spoken, by a parser that knows the words and no formula. `test_every_sentence.py` does so for single calls.
"""

from __future__ import annotations

import contextlib
import html
import itertools
import math
import os
import random
import re
from typing import Any

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

import stepwise as sw
from stepwise.document.blocks import Prose, Steps
from stepwise.document.lesson import Lesson
from stepwise.errors import StepwiseError
from stepwise.formula import speech
from stepwise.lessons.gradient_rules import chain_rule
from stepwise.lessons.said import sentence
from stepwise.ops import Conv, Linear, MaxPool, MeanPool, MedianPool, MinPool, ReLU
from stepwise.render.page.record import Record
from stepwise.render.text import plain
from stepwise.traces.step import Step
from stepwise.traces.trace import Trace, chain
from tests.properties.test_every_formula_said import same
from tests.properties.test_every_sentence import check_moved, check_reason, scripted
from tests.requests import numbers, request
from tests.spoken import heard

assert scripted  # the fixture that runs the page's script
TIMES = 15 if os.environ.get("HYPOTHESIS_PROFILE") == "search" else 1
MOST_STEPS = 25


def told(step: Step) -> str:
    return plain(sentence(step)).replace("−", "-")


# ── gradients


def windows_over(forward: Trace, name: str, index: tuple[int, ...]) -> list[Step]:
    """The steps of a layer that a number of one of its inputs went into, found by looking through all of them."""
    if forward.layer.operation.name == "max_unpool":  # of several that are sent to one cell, the last stays
        return [step for step in forward.steps if step.taps and step.taps[-1].source == index]
    if name != "input":
        return []
    linear = isinstance(forward.layer.operation, Linear)  # where 0·∞ is written out, though the derivative is 0
    return [
        step
        for step in forward.steps
        if any(tap.source == index and not (linear and tap.weight == 0) for tap in step.taps if tap.input == "input")
    ]


def check_gradient(step: Step, forward: Trace) -> None:
    text, operation = told(step), forward.layer.operation
    name = step.trace.layer.operation.wrt  # type: ignore[attr-defined]
    assert not re.search(r"[{}]", text), text
    assert len(re.findall(r"contributes to \d|was added to \d", text)) <= 1, text
    assert ("has no value" in text) <= (step.result != step.result), text
    if name != "input" or operation.name in ("batch_norm", "softmax"):
        return
    over = windows_over(forward, name, step.index)
    if "A later number replaced this one" in text:  # PyTorch's own rule: it gets what stands where its index points
        assert not over, text
        assert [tap.value for tap in step.taps] == [step.result], text
        return
    if not over:
        assert "gradient is 0" in text or "contributes to 0" not in text, text
        assert float(step.result) == 0, text
    if fed := re.search(r"It contributes to (\d+) output cell", text):
        assert int(fed[1]) == len(over), text
    if "No window covers" in text or "No output cell depends" in text:
        assert not over, text
    if isinstance(operation, MaxPool | MinPool):
        assert ("largest" if isinstance(operation, MinPool) else "smallest number") not in text, text
        check_winners(step, over, text)
    if isinstance(operation, MedianPool):
        check_middles(step, over, text)
    if isinstance(operation, MeanPool) and (divided := re.search(r"divided by (\d+)", text)):
        divisors = {operation.counted(forward, forward.place(one.index)[2:]) for one in over}
        assert divisors == {int(divided[1])}, text
    if isinstance(operation, ReLU):
        check_slope(step, float(forward.inputs["input"][step.index]), operation, text)


def check_winners(step: Step, over: list[Step], text: str) -> None:
    """Of the windows over a cell it wins some, ties in some, and is smaller in the others."""
    if getattr(step.trace.layer.operation.of, "shared", False):  # type: ignore[attr-defined]
        check_shared(step, over, text)
        return
    won = [one for one in over if one.winner is not None and one.winner.source == step.index]
    if over and not won:
        assert float(step.result) == 0, text
    if found := re.search(r"It is the winner of (\d+) window", text):
        assert int(found[1]) == len(won), text
    if found := re.search(r"It lies in (\d+) window", text):
        assert (int(found[1]), len(won)) == (len(over), 0), text
    if found := re.search(r"In (\d+) windows? it is as large as the winner", text):
        value = next(tap.value for one in over for tap in one.taps if tap.source == step.index)
        alike = [one for one in over if one not in won and one.winner is not None and one.winner.value == value]
        assert int(found[1]) == len(alike), text
        assert ("It is the winner of no window" in text) == (not won), text


def check_middles(step: Step, over: list[Step], text: str) -> None:
    """Of the windows over a cell it is in the middle of some, or equals what is there, as sorting has it."""
    value = next((tap.value for one in over for tap in one.taps if tap.source == step.index), 0)
    alone = halves = 0
    unique = True
    if value != value:
        return
    for one in over:
        values = sorted(float(tap.value) for tap in one.taps if tap.is_data)
        if any(map(math.isnan, values)):
            continue  # NaN is its result, and gets all of its gradient
        half = len(values) // 2
        alone += len(values) % 2 == 1 and value == values[half]
        halves += len(values) % 2 == 0 and value in values[half - 1 : half + 1]
        unique &= values.count(float(value)) == 1
    told_of = [
        int(found[1]) if (found := re.search(words, text)) else 0
        for words in (
            "the number in the middle of (\\d+)",
            "middle of (\\d+) windows?: half",
            "In (\\d+) windows? it equals",
        )
    ]
    if "in the middle of some windows" not in text:
        assert sum(told_of) == alone + halves, text
        assert not unique or told_of == [alone, halves, 0], text
    else:
        assert alone, text
        assert halves, text
    assert ("in the middle of no window" in text) == (bool(over) and not alone and not halves), text
    assert alone or halves or float(step.result) == 0, text


def check_shared(step: Step, over: list[Step], text: str) -> None:
    """Keras's global pooling: all that equal the maximum get an equal part, as TensorFlow's reduce_max has it."""
    [whole] = over
    value = next(tap.value for tap in whole.taps if tap.source == step.index)
    values = [float(tap.value) for tap in whole.taps]
    largest = math.nan if any(map(math.isnan, values)) else max(values)
    equal = [one for one in values if one == largest]
    assert ("0 / 0" in text) == (not equal), text
    assert ("smaller than the largest" in text) == bool(equal and value != largest), text
    if value == largest:
        others = re.search(r"It and (\d+) others? are the largest numbers", text)
        assert (int(others[1]) if others else 0) == len(equal) - 1, text


def check_slope(step: Step, value: float, relu: ReLU, text: str) -> None:
    assert ("is NaN" in text) == (value != value), text
    assert ("is below" in text) <= (value < relu.threshold), text
    assert ("is exactly" in text) <= (value == relu.threshold), text
    assert ("is above" in text) <= (value > relu.threshold), text
    if relu.ceiling is not None and value > relu.ceiling:
        assert "where the derivative is 1" not in text, text
    if value > relu.threshold and "is above" in text and "the derivative is 0" in text:
        assert relu.ceiling is not None, text
        assert value > relu.ceiling, text


@settings(max_examples=120 * TIMES, deadline=None)
@example(500)  # medians of windows with NaN and without, over one cell
@given(st.integers(0, 2**32))
def test_every_sentence_of_a_gradient_is_true(seed: int) -> None:
    trace = request(seed).trace
    draw = random.Random(seed)
    back = np.array([draw.randint(-3, 3) for _ in range(trace.output.size)], dtype=float).reshape(trace.shape)
    with np.errstate(all="ignore"):
        try:
            gradients = trace.backward(back)
        except StepwiseError:
            return
        for gradient in gradients.values():
            for layer in chain(gradient):
                operation: Any = layer.layer.operation
                if operation.name != "gradient":
                    continue
                forward = operation.forward_of(layer)
                for step in itertools.islice(layer.steps, MOST_STEPS):
                    check_gradient(step, forward)
            for layer in chain(gradient):
                if layer.layer.operation.name == "gradient":
                    check_rule(layer)
            check_lesson(gradient)


def check_rule(gradient: Trace) -> None:
    """What the chain rule says of its layer, read again: where places meet, what is divided by, what overlaps."""
    operation: Any = gradient.layer.operation
    forward = operation.forward_of(gradient)
    told_of = " ".join(plain(block.text) for block in chain_rule(gradient) if isinstance(block, Prose))
    text = " ".join(told_of.split()).replace("−", "-")
    assert not re.search(r"\{\w*\}", text), text
    if isinstance(operation.of, Conv) and operation.wrt != "bias":
        check_places(gradient, forward, text)
    if isinstance(operation.of, MeanPool | MaxPool | MinPool):
        most = max((len(windows_over(forward, "input", at)) for at in np.ndindex(gradient.shape)), default=0)
        overlapping = re.search("Windows overlap here|A number in several windows", text)
        assert not overlapping or most > 1, text
    if isinstance(operation.of, MeanPool) and (divided := re.search(r"\] / (\d+)", text)):
        divisors = {operation.of.counted(forward, forward.place(one.index)[2:]) for one in forward.steps}
        assert divisors == {int(divided[1])}, text
    if images := re.search(r"all (\d+) images", text):
        axes = len(forward.geometry.axes)
        assert int(images[1]) == forward.layer.layout.images_shape(forward.inputs["input"].shape, axes)[0], text


PLACE = re.compile(r"(\w) = (?:(\d+)·)?(\w) \+ (?:(\d+)·)?(\w)(?: ([+-]) (\d+))?")


def check_places(gradient: Trace, forward: Trace, text: str) -> None:
    """`i = 2·o + k − 1` holds of every product that a gradient is added up from."""
    operation: Any = gradient.layer.operation
    spatial = len(forward.geometry.axes)
    places = PLACE.findall(text)
    assert len(places) == spatial, text
    numbers = operation.of.kernel(forward.layer.layout, np.arange(forward.inputs["kernel"].size).reshape(
        forward.inputs["kernel"].shape))  # fmt: skip
    for step in itertools.islice(gradient.steps, MOST_STEPS):
        for tap in step.taps:
            factor, source = tap.weight_index, tap.source
            assert factor is not None
            assert isinstance(source, tuple)
            x, weight = (step.index, factor) if operation.wrt == "input" else (factor, step.index)
            flat = np.ravel_multi_index(weight, forward.inputs["kernel"].shape)
            here = forward.layer.layout.inner(x, spatial)[2:]
            there, offsets = forward.place(source)[2:], np.argwhere(numbers == flat)[0][2:]
            for (made, by, moved, far, _k, sign, shift), i, o, k in zip(places, here, there, offsets):
                values = {made: i if made in "hij" else o, moved: i if moved in "hij" else o}
                due = int(by or 1) * values[moved] + int(far or 1) * k + int(f"{sign}{shift or 0}")
                assert values[made] == due, (text, step.index, tap)


def check_repeats(lesson: Lesson) -> None:
    """Two steps in a row of a gradient do not say the same two sentences."""
    for block in (block for section in lesson.everything for block in section.blocks if isinstance(block, Steps)):
        said = [{part for part in re.split(r"(?<=\.) ", plain(step.sentence)) if part} for step in block.steps]
        for before, after in itertools.pairwise(said):
            assert len(before & after) < 2, (lesson.title, before & after)


def check_lesson(trace: Trace) -> None:
    """What holds of any lesson: its layers are counted, its places are filled, its formats say the same."""
    lesson = trace.lesson()
    if trace.layer.operation.name == "gradient":
        check_repeats(lesson)
    text = " ".join(lesson.text().split())
    assert not re.search(r"\{\w*\}", text), text
    layers = chain(trace)
    calls = sum(1 for layer in layers if not layer.layer.stage)
    if counted := re.search(r"(\d+) layers, one after the other", text):
        assert int(counted[1]) == len(layers), text
        assert calls > 1, text
    for counted in re.finditer(r"(\d+) layers? in (\d+) stages", text):
        assert (int(counted[1]), int(counted[2])) == (calls, len(layers)), text
    if counted := re.search(r"carried out in (\d+) stages", text):
        assert (int(counted[1]), calls) == (len(layers), 1), text
    page = " ".join(html.unescape(re.sub(r"<math.*?</math>|<[^>]*>", "", lesson.html())).split())
    markdown = re.sub(r"[*\\]", "", " ".join(lesson.markdown().split()))
    unfolded = {id(section) for section in lesson.sections}
    for section in lesson.everything:
        for step in (step for block in section.blocks for step in getattr(block, "steps", ())):
            said = " ".join(plain(step.sentence).split())
            assert said in page
            if id(section) in unfolded:  # what is folded into a layer of a network stands on the page alone
                assert said in text
                assert said.replace("*", "") in markdown


# ── networks


def follower(draw: random.Random, spatial: bool) -> str:
    """A call that may follow another; `spatial` where there is a picture to slide a window over."""
    n, same = draw.randint(1, 3), draw.choice(["same", "valid"])
    plain = ["ReLU()", "LeakyReLU(negative_slope=0.1)", "ReLU(max_value=2)", "Softmax()", "Dropout(0.5)", "Flatten()"]
    slid = [
        f"MaxPool2D({n}, strides={draw.randint(1, 2)}, padding={same!r})",
        f"AveragePooling2D({n}, strides=1, padding={same!r})",
        f"Conv2D({draw.randint(1, 2)}, {n}, padding={same!r}, activation={draw.choice(['relu', 'tanh', None])!r})",
        f"Conv2DTranspose(1, {n}, strides={draw.randint(1, 2)}, padding={same!r})",
        f"SeparableConv2D(1, {n}, padding={same!r})",
        "GlobalMaxPooling2D()",
        "ZeroPadding2D(1)",
        "BatchNormalization()",
    ]
    return draw.choice([*slid, *slid, *plain] if spatial else [*plain, f"Dense({n})", f"Dense({n}, activation='relu')"])


def network(seed: int) -> Trace:
    """Two calls to five over a picture; what does not fit is drawn again."""
    draw = random.Random(seed)
    while True:
        calls: list[str] = []
        for _ in range(draw.choice([2, 2, 3, 3, 5])):
            flat = any(call.startswith(("Flatten", "Global", "Dense")) for call in calls)
            calls.append(follower(draw, not flat))
        x = numbers(draw, draw.randint(1, 2), draw.randint(2, 5), draw.randint(2, 5), draw.randint(1, 2))
        try:
            return sw.trace(calls, x)
        except StepwiseError:
            continue


@settings(max_examples=60 * TIMES, deadline=None)
@given(st.integers(0, 2**32))
def test_every_sentence_of_a_network_is_true(seed: int) -> None:
    with np.errstate(all="ignore"):
        trace = network(seed)
        check_lesson(trace)
        for layer in chain(trace):
            for step in itertools.islice(layer.steps, MOST_STEPS):
                if step.rule == "moved":
                    check_moved(step)
                check_reason(step)


def test_the_page_says_the_same_of_networks_and_gradients(scripted: Any) -> None:
    with np.errstate(all="ignore"):
        traces = [network(seed) for seed in range(40)]
        for seed in range(60):
            trace = request(seed).trace
            traces += trace.backward(np.ones(trace.shape)).values() if trace.output.dtype.kind == "f" else []
        records = [Record(trace.lesson(detail="none")) for trace in traces]
        found = scripted([record.data() for record in records])
        compared = 0
        for record, stages in zip(records, found):
            for stage, views in zip(record.stages, stages):
                for one, sentences in zip(stage.traces, views):
                    for step, said in zip(one.steps, sentences, strict=True):
                        assert said.replace("**", "") == plain(sentence(step)), one.layer.call
                        compared += 1
    assert compared > 1000


# ── aloud


@settings(max_examples=200 * TIMES, deadline=None)
@given(st.integers(0, 2**32))
def test_what_is_spoken_of_a_step_is_worth_its_result(seed: int) -> None:
    with np.errstate(all="ignore"):
        asked = request(seed).trace
        traces = [asked]
        with contextlib.suppress(StepwiseError):
            traces += asked.backward(np.ones(asked.shape)).values()
        for trace in traces:
            for step in itertools.islice(trace.steps, MOST_STEPS):
                check_spoken(step)


def check_spoken(step: Step) -> None:
    said = speech(step.formula)
    try:
        *_working, last = heard(said)
    except (ZeroDivisionError, OverflowError, ValueError):
        return  # no such root, or a division by 0, which the listener does not carry out
    result = float(step.result)
    assert same(last, result) or math.isclose(float(last), result, rel_tol=1e-3, abs_tol=1e-3), said
