"""At every step the page shows what Python says: text, result and lit cells, as the lesson is and after random changes.

All lessons stand as fragments in one document, each with its own script, so that one page is opened and not sixty.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

import stepwise as sw
from stepwise.arithmetic import shown
from stepwise.formula import speech
from stepwise.lessons.fold import folded
from stepwise.lessons.long import bare
from stepwise.lessons.order import numbered
from stepwise.lessons.said import sentence
from stepwise.render.page.concerns import ROOM
from stepwise.render.text import plain
from stepwise.traces.axes import plane_axes, roles
from stepwise.traces.recording import record
from stepwise.traces.step import Step
from stepwise.traces.trace import chain

HERE = Path(__file__).parent
WALK, EDIT = ((HERE / name).read_text(encoding="utf-8") for name in ("walk.js", "edit.js"))
LIVE = """count => [...document.querySelectorAll('.stepwise-lesson')].reduce(
    (sum, root) => sum + (root.shadowRoot ?? root).querySelectorAll('.stage.live').length, 0) === count"""


def together(traces: list[sw.Trace], folder: Path) -> str:
    """A page with the lesson of each as a fragment."""
    pieces = "\n".join(trace.lesson(detail="none").html(fragment=True) for trace in traces)
    file = folder / "together.html"
    file.write_text(f'<!doctype html><html lang="en"><meta charset="utf-8"><title>All</title><body>{pieces}', "utf-8")
    return file.as_uri()


def told(step: Step) -> str:
    """What is announced of a step, after its number."""
    return f". {bare(step.formula)}. {plain(sentence(step))}"


def lit(step: Step) -> set[str]:
    """The cells that a step lights, in the channel that is shown first, as their owner indexes them.

    Of a window through depth, all its depths stand beside each other.
    """
    trace = step.trace
    spatial = len(trace.geometry.axes)
    if not spatial or not step.taps:
        places = [tap.source for tap in step.taps if isinstance(tap.source, tuple)]
        ndim = trace.inputs["input"].ndim
        drawn = plane_axes(roles(trace, "input"), ndim) if ndim > 2 else range(ndim)
        planes = [tuple(at for axis, at in enumerate(place) if axis not in drawn) for place in places]
        return {",".join(map(str, place)) for place, plane in zip(places, planes) if plane == planes[0]}
    channel = trace.layer.operation.seen(trace.place(step.index)[1], trace)[0]
    lead = step.taps[0].position[:-2]
    abreast = spatial == 3 and trace.layer.operation.name != "conv_transpose"
    return {
        ",".join(map(str, tap.source))
        for tap in step.taps
        if isinstance(tap.source, tuple)
        and trace.layer.layout.inner(tap.source, spatial)[1] == channel
        and (abreast or tap.position[:-2] == lead)
    }


def test_every_step_of_every_lesson_and_two_hundred_changes(varied: Any, visit: Any, tmp_path: Path) -> None:
    """On one page: to open a hundred lessons takes it as long as to walk through them."""
    traces = [make() for make in varied.values()]
    opened = visit(together(traces, tmp_path))
    opened.page.wait_for_function(LIVE, arg=sum(len(chain(trace)) for trace in traces))
    every_step_is_told(dict(zip(varied, traces)), opened.page.evaluate(WALK))
    changes_are_followed(dict(zip(varied, traces)), opened.page)
    assert opened.complaints == []


def every_step_is_told(traces: dict[str, sw.Trace], walked: list[Any]) -> None:
    layers = [(name, layer) for name, trace in traces.items() for layer in chain(trace)]
    assert len(traces) >= 30
    assert len(walked) == len(layers)
    for (name, layer), steps in zip(layers, walked):
        assert len(steps) == len(layer.steps), name
        for number, found in enumerate(steps, 1):
            step = numbered(layer, number)
            assert found["status"].endswith(told(step)), f"{name} {step.index}: {found['status']} but {told(step)}"
            assert found["spoken"] == [speech(bare(folded(step)[0])), speech(bare(step.formula))], (
                f"{name} {step.index}"
            )
            assert found["result"] == shown(step.result).replace("-", "−"), f"{name} {step.index}"
            assert found["at"] == ",".join(map(str, step.index)), name
            if layer.geometry.axes or layer.inputs["input"].shape[-1] <= ROOM:
                assert set(found["lit"]) == lit(step), f"{name} {step.index}"
            else:  # a part of the line is in view
                assert found["lit"], f"{name} {step.index}"
                assert set(found["lit"]) < lit(step), f"{name} {step.index}"


VALUES = ("-7", "0", "9", "0.5", "−2.25", "12", "1/4", "100", "3", "-1", "NaN", "1e3", "0.1", "∞", "800", "-800")
EDITS = 2


def worth(text: str) -> float:
    above, _, below = text.replace("−", "-").replace("∞", "inf").partition("/")
    return float(above) / float(below or 1)


def changed(array: Any, at: str, value: float) -> Any:
    """The array with one number changed; whole numbers stay whole as long as they can."""
    array = array.copy()
    if array.dtype.kind in "iuO" and not value.is_integer():
        array = array.astype(float)
    array[tuple(map(int, at.split(",")))] = int(value) if array.dtype.kind in "iuO" else value
    return array


def retraced(layers: list[sw.Trace], inputs: dict[str, Any]) -> list[sw.Trace]:
    """The layers again, the first on these inputs."""
    done: list[sw.Trace] = []
    for layer in layers:
        given = inputs if not done else {**layer.inputs, "input": done[-1].output}
        done.append(record(layer.layer, {name: np.array(array) for name, array in given.items()}))
    return done


def changes_are_followed(traces: dict[str, sw.Trace], page: Page) -> None:
    """Of a number of the input or the kernel: everything that comes of it is what Python makes of it."""
    chosen = random.Random(4)
    total = 0
    for nth, (name, trace) in enumerate(traces.items()):
        if name == "convolution of the digit":  # of hundreds of steps
            continue
        edits = [(chosen.randrange(10**6), chosen.choice(VALUES)) for _ in range(EDITS)]
        layers = chain(trace)
        inputs = dict(layers[0].inputs)
        for (_, text), found in zip(edits, page.evaluate(EDIT, [nth, edits])):
            which, at = (
                ("input", found["input"])
                if found["input"]
                else (layers[0].layer.operation.weight_name, found["weight"])
            )
            inputs[which] = changed(inputs[which], at, worth(text))
            total += 1
            assert found["changed"], name
            for layer, steps in zip(retraced(layers, inputs), found["told"]):
                for number, (status, result, spoken) in enumerate(steps, 1):
                    step = numbered(layer, number)
                    where = f"{name}, {which} {at} = {text}, {step.index}"
                    assert status.endswith(told(step)), f"{where}: {status} but {told(step)}"
                    assert spoken == speech(bare(step.formula)), where
                    assert result == shown(step.result).replace("-", "−"), where
    assert total >= 200


@pytest.mark.parametrize("name", ["max same", "convolution, channels and filters", "chain"])
def test_what_was_changed_can_be_put_back(varied: Any, visit: Any, tmp_path: Path, name: str) -> None:
    trace = varied[name]()
    page = visit(together([trace], tmp_path)).page
    page.wait_for_function(LIVE, arg=len(chain(trace)))
    before = page.evaluate(WALK)
    page.evaluate(EDIT, [0, [(3, "50"), (1, "-8"), (2, "0.5")]])
    assert page.evaluate(WALK) != before
    while (folded := page.locator(".folded:not([open]) > summary")).count():  # a long chain folds its layers away
        folded.first.click()
    page.locator(".changed-note button >> visible=true").first.click()
    assert page.evaluate(WALK) == before
