"""Whatever two calls are set side by side, what is said of them holds of their numbers.

Requests are drawn in pairs, of Keras and PyTorch, with options crossed and with calls of several stages among them; the
input is typed, so that each framework lays its channels out itself. Outputs are brought together here, by moving axes.
"""

from __future__ import annotations

import os
import random
import re
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import stepwise as sw
from stepwise.document.blocks import Prose, Table
from stepwise.document.inline import Math, Text
from stepwise.document.lesson import Lesson
from stepwise.errors import StepwiseError
from stepwise.render.page.record import Record

TIMES = 15 if os.environ.get("HYPOTHESIS_PROFILE") == "search" else 1
often = settings(max_examples=150 * TIMES, deadline=None)
Draw = random.Random


def words(text: Text) -> str:
    told = [p if isinstance(p, str) else str(p.formula) if isinstance(p, Math) else p.text for p in text]
    return " ".join("".join(told).split())


def size(draw: Draw, low: int, high: int, spatial: int) -> str:
    each = (
        [draw.randint(low, high)] * spatial
        if draw.random() < 0.7
        else [draw.randint(low, high) for _ in range(spatial)]
    )
    return repr(each[0] if len(set(each)) == 1 else tuple(each))


def keras_call(draw: Draw, spatial: int, channels: int) -> str:
    window, stride = size(draw, 1, 3, spatial), size(draw, 1, 2, spatial)
    same = draw.choice(["'same'", "'valid'"])
    shared = f"{window}, strides={stride}, padding={same}"
    active = draw.choice(["", "", ", activation='relu'", ", activation='tanh'"])
    filters, bias = draw.randint(1, 2), draw.choice(["", ", use_bias=False"])
    calls = [f"MaxPool{spatial}D({shared})", f"AveragePooling{spatial}D({shared})"] * 2
    calls += [f"Conv{spatial}D({filters}, {shared}{bias}{active})"] * 2
    calls += [f"GlobalMaxPooling{spatial}D()", f"GlobalAveragePooling{spatial}D(keepdims=True)"]
    calls += [f"Conv{spatial}DTranspose({filters}, {window}, strides={stride}, padding={same})"]
    calls += [f"MaxPool{spatial}D(2, 1, 'same'), ReLU()", f"ReLU(), MaxPool{spatial}D(2)"]
    calls += [f"MaxPool{spatial}D({shared}), {last}" for last in ("Softmax()", "BatchNormalization()", "Dropout(0.5)")]
    calls += [f"AveragePooling{spatial}D({shared}), Flatten()", f"MaxPool{spatial}D(1), Flatten(), Dense(2)"]
    if spatial < 3:
        calls += [f"SeparableConv{spatial}D({filters}, {draw.randint(1, 3)}, padding={same}{bias}{active})"]
    if spatial == 2:
        calls += [f"DepthwiseConv2D({draw.randint(1, 3)}, padding={same}{bias}{active})"]
        calls += [f"ZeroPadding2D({draw.randint(1, 2)}), MaxPool2D({shared})"]
        calls += [f"ZeroPadding2D(1), Conv2D({filters}, {window}{bias})"]
    return draw.choice(calls)


def torch_call(draw: Draw, spatial: int, channels: int) -> str:
    window, stride = draw.randint(1, 3), size(draw, 1, 2, spatial)
    padding, ceil = draw.randint(0, window // 2), draw.choice(["", ", ceil_mode=True"])
    count = draw.choice(["", ", count_include_pad=False"])
    dilation = draw.choice(["", "", ", dilation=2"])
    filters, bias = draw.randint(1, 2), draw.choice(["", ", bias=False"])
    mode = draw.choice(["zeros", "reflect", "replicate", "circular"])
    groups = channels if draw.random() < 0.3 else 1
    calls = [f"nn.MaxPool{spatial}d({window}, {stride}, {padding}{dilation}{ceil})"] * 2
    calls += [f"nn.AvgPool{spatial}d({window}, {stride}, {padding}{ceil}{count})"] * 2
    calls += [
        f"nn.Conv{spatial}d({channels}, {filters * groups}, {window}, {stride}, {draw.randint(0, 1)}{dilation}, "
        f"groups={groups}{bias}, padding_mode={mode!r})"
    ] * 3
    calls += [f"nn.AdaptiveMaxPool{spatial}d({draw.randint(1, 3)})", f"nn.AdaptiveAvgPool{spatial}d(1)"]
    calls += [f"nn.ConvTranspose{spatial}d({channels}, {filters}, {window}, {stride}{bias})"]
    calls += [f"nn.MaxPool{spatial}d({window}, {stride}), nn.ReLU()"]
    calls += [f"nn.AvgPool{spatial}d({window}, {stride}), nn.Flatten()"]
    calls += [f"nn.MaxPool{spatial}d(1), nn.Softmax(dim=0)", f"nn.MaxPool{spatial}d(1), nn.Flatten()"]
    if spatial < 3:
        power = draw.choice(["1", "2", "float('inf')"])
        calls += [f"nn.LPPool{spatial}d({power}, {window}, {stride}{ceil})"]
    return draw.choice(calls)  # fmt: skip


def grids(draw: Draw, spatial: int, channels: int) -> str:
    """Typed numbers: a grid for each channel; along three axes, planes."""
    rows, columns = (1 if spatial == 1 else draw.randint(2, 4)), draw.randint(2, 5)
    low, high = draw.choice([(-5, 5), (0, 1), (1, 9), (-9, -1)])

    def grid() -> str:
        return "; ".join(" ".join(str(draw.randint(low, high)) for _ in range(columns)) for _ in range(rows))

    return ";; ".join(grid() for _ in range(channels if spatial < 3 else draw.randint(2, 3)))


def pair(seed: int) -> tuple[sw.Trace, sw.Trace]:
    """Two requests over one typed input; what a call refuses is drawn again."""
    draw = random.Random(seed)
    while True:
        spatial = draw.choice([1, 2, 2, 2, 3])
        channels = 1 if spatial == 3 else draw.choice([1, 1, 2, 3])
        typed = grids(draw, spatial, channels)
        first, second = (draw.choice([keras_call, torch_call])(draw, spatial, channels) for _ in range(2))
        try:
            return sw.trace(first, typed), sw.trace(second, typed)
        except StepwiseError:
            continue


def maps(trace: sw.Trace) -> np.ndarray[Any, Any]:
    """The output as `(channel, *position)`."""
    output = np.asarray(trace)
    axes = spatial_of(trace)
    if "Global" in trace.layer.call and "keepdims" not in trace.layer.call:
        return output.reshape(-1, *[1] * axes)  # the channels alone, or nothing
    if output.ndim == axes:
        return output[np.newaxis]
    return np.moveaxis(output, -1, 0) if trace.layer.dialect == "keras" else output


def moves_nothing(trace: sw.Trace) -> bool:
    """Whether the output is feature maps still."""
    while not trace.geometry.axes:
        if "Flatten" in trace.layer.call:
            return False
        trace = trace.parents["input"]
    return True


def spatial_of(trace: sw.Trace) -> int:
    while not trace.geometry.axes:
        trace = trace.parents["input"]
    return len(trace.geometry.axes)


def blocks(lesson: Lesson, title: str) -> list[Any]:
    [section] = [one for one in lesson.sections if one.title == title]
    return list(section.blocks)


def check(a: sw.Trace, b: sw.Trace) -> None:
    lesson = sw.compare(a, b)
    one, two = (maps(t) for t in (a, b)) if moves_nothing(a) and moves_nothing(b) else map(np.asarray, (a, b))
    alike = one.shape == two.shape and bool(np.isclose(one, two, rtol=1e-12, atol=0, equal_nan=True).all())
    moved, where = blocks(lesson, "What changes"), blocks(lesson, "Where they differ")
    said = " ".join(words(block.text) for block in (*moved, *where) if isinstance(block, Prose))
    assert ("Every output cell is the same in both." in said) == alike, said
    if "do not differ" in said:
        assert alike, said
    assert ("On these numbers both give the same." in words(lesson.lead)) == (alike and "do not differ" not in said)
    tables = [block for block in where if isinstance(block, Table)]
    assert len(tables) == ("do not differ" not in said)
    for table in tables:
        for row in table.rows:
            left, right = map(words, row[1:])
            assert left != right, row
        named = re.escape(words(table.rows[0][0]))
        only = re.search(rf"The first difference is the {named}, a stage that only (.*?) has: ", said)
        assert only or f"The first difference is the {words(table.rows[0][0])}: " in said
        assert bool(only) == ("no such stage" in [words(cell) for cell in table.rows[0]])
    if adds := re.search(r"adds (.*?); .* adds (.*?)\.", said):
        assert adds[1] != adds[2]
    check_cells(moved, one, two)
    if turned := re.search(r"gives its output as (.*?), .*? as (.*?); the feature", said):
        due = [" × ".join(map(str, t.shape)) or "a single number" for t in (a, b)]
        assert list(turned.groups()) == due
    check_page(lesson)
    for text in (lesson.text(), lesson.markdown(), lesson.html()):
        assert text


def check_cells(moved: list[Any], one: np.ndarray[Any, Any], two: np.ndarray[Any, Any]) -> None:
    """Every cell that differs is listed with the numbers of both, and no other is."""
    if one.ndim != two.ndim:
        assert "Their axes differ, so the outputs cannot be compared cell by cell." in words(moved[-1].text)
        return
    due: dict[tuple[int, ...], list[float | None]] = {}
    for n, array in enumerate((one, two)):
        for at in np.ndindex(array.shape):
            due.setdefault(at, [None, None])[n] = float(array[at])
    differing = {at: pair for at, pair in due.items() if not same(*pair)}
    said = " ".join(words(block.text) for block in moved if isinstance(block, Prose))
    if differing:
        told = int(re.search(r"(\d+) output cells? differ", said)[1])  # type: ignore[index]
        assert told == len(differing), said
    tables = [block for block in moved if isinstance(block, Table)]
    rows = [row for table in tables for row in table.rows]
    assert len(rows) == min(len(differing), 40)
    left: list[list[float | None]] = list(differing.values())
    for row in rows:
        found = [value(words(text)) for text in row[1:]]
        match = next((pair for pair in left if all(shown(x, y) for x, y in zip(found, pair))), None)
        assert match is not None, (row, left)
        left.remove(match)


def same(x: float | None, y: float | None) -> bool:
    return x is not None and y is not None and bool(np.isclose(x, y, rtol=1e-12, atol=0, equal_nan=True))


def value(text: str) -> float | None:
    return None if text == "none" else float(text.replace("−", "-").replace("∞", "inf"))


def shown(told: float | None, due: float | None) -> bool:
    """Whether a number is the one that is due, as few digits as it may be shown with."""
    if told is None or due is None:
        return told is due
    return bool(np.isclose(told, due, rtol=1e-2, atol=1e-3, equal_nan=True))


def check_page(lesson: Lesson) -> None:
    """The page sets the same cells beside each other, each of either output once."""
    record = Record(lesson)
    for stage in record.data()["stages"]:
        for n, view in enumerate(stage["views"]):
            if "steps" in stage:
                shape = record.traces[view["trace"]]["output"]
                count = record.data()["arrays"][shape]["shape"]
                found = sorted(pair[n] for pair in stage["steps"] if pair[n] >= 0)
                assert found == list(range(int(np.prod(count))))


@often
@given(st.integers(0, 2**40))
def test_what_is_said_of_two_requests_holds(seed: int) -> None:
    check(*pair(seed))
