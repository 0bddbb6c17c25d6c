"""Every sentence that is told of a request is true: it is read again, and compared with the call and the numbers.

What is compared with is worked out here, from the call: windows by walking along the line, sums by adding, winners by
looking. `tests/requests.py` draws the requests, of every operation of every dialect, with their options crossed.
"""

from __future__ import annotations

import html
import itertools
import json
import math
import os
import re
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import stepwise as sw
from stepwise.arithmetic import shown
from stepwise.document.blocks import Steps
from stepwise.document.inline import unmarked
from stepwise.document.lesson import Lesson
from stepwise.lessons.said import sentence
from stepwise.ops import OPERATIONS as EVERY
from stepwise.ops import Pad
from stepwise.render.page.concerns import SCRIPTS
from stepwise.render.page.record import Record
from stepwise.render.text import plain
from stepwise.traces.step import Step
from stepwise.traces.trace import chain
from tests.requests import DATA, OPERATIONS, OUTSIDE, PADDING, Request, request

TIMES = 15 if os.environ.get("HYPOTHESIS_PROFILE") == "search" else 1
often = settings(max_examples=300 * TIMES, deadline=None)
MOST_STEPS = 40


def told(step: Step) -> str:
    return plain(sentence(step)).replace("−", "-")


def under(asked: Request, step: Step) -> list[tuple[str, Any]]:
    """What lies under a step's window, cell by cell: its kind, and the number where it is data."""
    trace = step.trace
    place = trace.place(step.index)
    rows = [axis.windows[i] for axis, i in zip(asked.axes, place[2:])]
    array, layout = trace.inputs["input"], trace.layer.layout
    found: list[tuple[str, Any]] = []
    for channel in trace.layer.operation.seen(place[1], trace):
        for cells in itertools.product(*rows):
            kinds = {kind for kind, _ in cells}
            kind = OUTSIDE if OUTSIDE in kinds else PADDING if PADDING in kinds else DATA
            at = layout.outer((place[0], channel, *(p for _, p in cells)), array.ndim)
            found.append((kind, array[at] if kind == DATA else None))
    return found


COVERS = re.compile(r"covers (\d+) numbers?(?:(?:,| and) (\d+) padded cells?)?(?: and (\d+) cells? outside)?(?:\.|$)")


def check_window(asked: Request, step: Step) -> None:
    text, cells = told(step), under(asked, step)
    counts = Counter(kind for kind, _ in cells)
    data = [float(value) for kind, value in cells if kind == DATA]
    found = COVERS.search(text)
    assert found, text
    assert [int(n or 0) for n in found.groups()] == [counts[DATA], counts[PADDING], counts[OUTSIDE]], text
    assert ("outside, past the edge" in text) == (counts[OUTSIDE] > 0), text
    if not counts[PADDING]:
        assert "padd" not in text.lower(), text
    check_result(asked, step, text, data, counts)


def check_result(asked: Request, step: Step, text: str, data: list[float], counts: Counter[str]) -> None:
    name, result = step.trace.layer.operation.name, float(step.result)
    if name == "max_pool":
        check_maximum(step, text, data)
    if name == "mean_pool":
        alone = "The mean of one number is that number" in text
        divisor = 1 if alone else int(re.search(r"divide(?:d)? by (\d+)", text)[1])  # type: ignore[index]
        assert alone == (counts[DATA] == 1 and not counts[PADDING] and "divisor" not in asked.options), text
        due = counts[DATA] + (counts[PADDING] if asked.options.get("pads_count") else 0)
        assert divisor == asked.options.get("divisor", due), text
        assert np.isclose(sum(data) / divisor, result, equal_nan=True, rtol=1e-5, atol=1e-6), text
        if other := re.search(r"not by (\d+)", text):
            assert int(other[1]) == counts[DATA] + counts[PADDING] > divisor, text
        assert ("as the call asks" in text) == ("divisor" in asked.options), text
        assert ("is not counted" in text) == bool(counts[PADDING] and due == counts[DATA] and "as the" not in text)
    if name == "lp_pool":
        scaled = re.search(r"the window has (\d+) of its (\d+) cells", text)
        assert (scaled is not None) == bool(counts[OUTSIDE] and step.trace.layer.dialect == "torch"), text
        if scaled:
            assert [int(n) for n in scaled.groups()] == [counts[DATA] + counts[PADDING], counts.total()], text
    if name in ("conv", "depthwise_conv"):
        assert ("add the bias" in text) == ("bias" in step.trace.inputs), text


def place_in(told: str) -> tuple[int, ...]:
    """An index, whether its axes are named or not."""
    return tuple(int(n) for n in re.findall(r"\d+", told))


def check_maximum(step: Step, text: str, data: list[float]) -> None:
    nans = sum(value != value for value in data)
    if nans and len(data) > 1:
        assert text.count("NaN") >= 1, text
        assert ("One of them is NaN" in text) == (nans == 1), text
        assert (f"{nans} of them are NaN" in text) == (nans > 1), text
        return
    ties = data.count(max(data, key=lambda v: math.inf if v != v else v))
    assert ("The only number" in text) == (len(data) == 1), text
    assert (f"occurs {ties} times" in text) == (ties > 1), text
    if ties > 1:
        at = place_in(re.search(r"the first of them(?:, at| is at) \(([\w, ]+)\)", text)[1])  # type: ignore[index]
        array = step.trace.inputs["input"]
        assert array[at] == step.result, text
        first = next(tap.source for tap in step.taps if tap.is_data and tap.value == step.result)
        assert at == first, text


def goes_in(step: Step) -> list[float]:
    """Every number that goes into a cell."""
    found = [float(tap.value) for tap in step.taps if not tap.is_outside]
    found += [float(tap.weight) for tap in step.taps if tap.weight is not None]
    others = [a for n, a in step.trace.inputs.items() if n in ("bias", "gamma", "beta", "mean", "variance")]
    return found + [float(value) for array in others for value in array.flat]


REASONS = ("One of these numbers is NaN", "∞ - ∞ has no", "0·∞ has no", "0 / 0 has no", "∞ / ∞ has no", "no such root")


def check_reason(step: Step) -> None:
    """A reason stands where a result is NaN, one only, and its ingredients are there."""
    text, name = told(step), step.trace.layer.operation.name
    reasons = [reason for reason in REASONS if reason in text]
    if not math.isnan(float(step.result)):
        assert not reasons, text
        assert "NaN" not in text, text
        return
    numbers = goes_in(step)
    if name in ("max_pool", "sigmoid", "tanh", "clip") or step.rule in ("moved", "unchanged"):
        assert any(map(math.isnan, numbers)), text
        return
    if "NaN stays NaN" in text:
        assert any(map(math.isnan, numbers)), text
        return
    assert len(reasons) == 1, text
    if reasons == [REASONS[0]]:
        assert any(map(math.isnan, numbers)), text
    elif "∞" in reasons[0]:
        assert any(map(math.isinf, numbers)), text
    elif reasons[0].startswith("0 / 0"):
        assert numbers.count(0.0) >= 2, text
    else:
        assert min(numbers) < 0, text


def check_moved(step: Step) -> None:
    text, value = told(step), float(step.result)
    place = re.search(r"from \(([\w, ]*)\)(?: of input (\d+))?", text)
    if place:
        at = place_in(place[1])
        array = list(step.trace.inputs.values())[int(place[2] or 1) - 1]
        assert np.array_equal(array[at], value, equal_nan=True), text
    else:
        filled = shown(step.trace.layer.operation.value) if isinstance(step.trace.layer.operation, Pad) else ""
        assert f"so it holds {filled}." in text if filled else "so it is 0" in text, text
    if counted := re.search(r"(?:number|from 0:) ([\d·+ ]+) = (\d+)", text):
        assert sum(math.prod(map(int, term.split("·"))) for term in counted[1].split(" + ")) == int(counted[2]), text


@often
@given(st.integers(0, 2**32))
def test_every_sentence_of_a_step_is_true(seed: int) -> None:
    asked = request(seed)
    for step in itertools.islice(asked.trace.steps, MOST_STEPS):
        if asked.axes:
            check_window(asked, step)
        elif step.rule == "moved":
            check_moved(step)
        check_reason(step)


def lesson_text(trace: sw.Trace) -> str:
    return " ".join(trace.lesson(detail="auto").text().replace("−", "-").split())


@settings(max_examples=120 * TIMES, deadline=None)
@given(st.integers(0, 2**32))
def test_what_a_lesson_says_of_its_windows_is_true(seed: int) -> None:
    asked = request(seed, OPERATIONS[seed % len(OPERATIONS)])
    trace, text = asked.trace, lesson_text(asked.trace)
    if counted := re.search(r"The output (?:is|has) [\d× a-z]+: (\d+) (?:windows?|cells?)(.*?)\.", text):
        channels, images = (re.search(rf"in each of (\d+) {what}", counted[2]) for what in ("channels", "images"))
        total = int(counted[1]) * int(channels[1] if channels else 1) * int(images[1] if images else 1)
        assert total == trace.output.size, text
    if not asked.axes:
        assert "ceil mode" not in text
        return
    kinds = {kind for axis in asked.axes for window in axis.windows for kind, _ in window}
    lines = sum(sum(axis.lines) for axis in asked.axes)
    assert ("every window stays inside" not in text) or kinds == {DATA}, text
    assert ("cells outside" in text or "cell outside" in text) == (OUTSIDE in kinds), text
    assert ("padded cell" not in text) or lines, text
    assert ("in the padding after" not in text) or any(axis.ceil and axis.lines[1] for axis in asked.axes), text
    assert ("input, padded to" in text) == (lines > 0), text
    assert ("ceil mode" in text) == any(axis.ceil for axis in asked.axes), text
    overhang = any(math.ceil(m) != math.floor(m) for m in map(moves, asked.axes))
    assert ("The brackets ⌈ ⌉ round up" in text) == (any(axis.ceil for axis in asked.axes) and overhang), text
    check_uncovered(asked, text)
    if trace.layer.operation.name == "mean_pool":
        counts = asked.options.get("pads_count") or "divisor" in asked.options
        assert not (counts and "only data counts" in text.replace("only data counts in this mean", "")), text
        assert ("here they count" not in text) or counts, text


def moves(axis: Any) -> float:
    before, after = axis.lines
    free: int = axis.size + before + after - ((axis.window - 1) * axis.dilation + 1)
    return free / int(axis.stride)


NAMES = {1: ("cell",), 2: ("row", "column"), 3: ("plane", "row", "column")}


def check_uncovered(asked: Request, text: str) -> None:
    for axis, name in zip(asked.axes, NAMES[len(asked.axes)]):
        reached = {p for window in axis.windows for kind, p in window if kind == DATA}
        missing = [p for p in range(axis.size) if p not in reached]
        told_of = re.findall(rf"(?:leaves|skips) {name}s? ([\d, ]+?)(?: uncovered|:)", text)
        found = sorted(int(n) for run in told_of for n in run.split(",") if n.strip())
        assert found == missing[: len(found)] if len(missing) > 6 else found == missing, text


@settings(max_examples=40 * TIMES, deadline=None)
@given(st.integers(0, 2**32))
def test_every_format_says_the_same(seed: int) -> None:
    lesson = request(seed).trace.lesson()
    page = " ".join(html.unescape(re.sub(r"<math.*?</math>|<[^>]*>", "", lesson.html())).split())
    text, markdown = (" ".join(form.split()) for form in (lesson.text(), lesson.markdown()))
    for block in (block for section in lesson.sections for block in section.blocks):
        for step in getattr(block, "steps", ()):
            said = " ".join(plain(step.sentence).split())
            assert said in text
            assert said.replace("*", "") in re.sub(r"[*\\]", "", markdown)
            assert said in page


HARNESS = """
const extensions = [];
const document = {documentElement: {lang: 'en'}, createElement: () => ({style: {}, setAttribute() {}, append() {}})};
%s
const {records} = JSON.parse(require('fs').readFileSync(0, 'utf8'));
console.log(JSON.stringify(records.map(record => record.stages.map((stage, n) => stage.views.map(view => {
  const t = traceOf(record, new Map(), view, n);
  return t.output.values.map((_, k) => sentenceOf(t, stepOf(t, k)));
})))));
"""


@pytest.fixture(scope="module")
def scripted() -> Any:
    """Sentences as the page's script says them: of each record, its stages, views and steps."""
    folder = Path(sw.__file__).parent.parent / "templates/html/script"
    plainly = {
        "numbers",
        "latex",
        "steps",
        "lines",
        "sentence",
        "undefined",
        "outside",
        "winner",
        "moves",
        "landed",
        "conditions",
        "logarithms",
        "ordered",
        "told",
    }
    wanted = [name for name in SCRIPTS if name in plainly or name.startswith(("formula", "rules"))]
    code = HARNESS % "\n".join((folder / f"{name}.js").read_text("utf-8") for name in wanted)

    def run(records: list[Any]) -> Any:
        given_ = json.dumps({"records": records})
        done = subprocess.run(["node", "-e", code], input=given_, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def test_the_page_says_the_same(scripted: Any) -> None:
    requests = [request(seed, make) for seed in range(12) for make in OPERATIONS]
    lessons = [asked.trace.lesson(detail="none") for asked in requests]
    records = [Record(lesson) for lesson in lessons]
    found = scripted([record.data() for record in records])
    compared = 0
    for record, stages in zip(records, found):
        for stage, views in zip(record.stages, stages):
            for trace, sentences in zip(stage.traces, views):
                for step, said in zip(trace.steps, sentences, strict=True):
                    assert said.replace("**", "") == plain(sentence(step)).replace("−", "−"), trace.layer.call
                    compared += 1
    assert compared > 1000


def test_every_operation_is_drawn() -> None:
    requests = [request(seed, make) for seed in range(200) for make in dict.fromkeys(OPERATIONS)]
    drawn = {layer.layer.operation.name for asked in requests for layer in chain(asked.trace)}
    assert drawn >= EVERY.keys() - {"identity", "matmul", "gradient"}, sorted(EVERY.keys() - drawn)


def shared_by_all(lesson: Lesson) -> set[str]:
    """The long sentences that every one of a lesson's steps says alike, though there are several."""
    shared: set[str] = set()
    for block in (block for section in lesson.everything for block in section.blocks):
        if isinstance(block, Steps) and len(block.steps) > 2:
            each = [set(re.split(r"(?<=\.) ", unmarked(step.sentence))) for step in block.steps]
            shared |= {one for one in set.intersection(*each) if len(one) > LONG}
    return shared


LONG = 60


def test_what_a_step_says_is_particular_to_it() -> None:
    found = {
        (trace.layer.call, sentence)
        for seed in range(40)
        for make in OPERATIONS
        for trace in [request(seed, make).trace]
        for sentence in shared_by_all(trace.lesson())
    }
    assert not found
