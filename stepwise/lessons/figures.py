"""A step told for a figure that stands alone: its picture, its formula and one sentence."""

from __future__ import annotations

from dataclasses import replace

from ..document.blocks import Scene, StepBlock
from ..document.lesson import Lesson
from ..errors import StepwiseError
from ..traces.step import Step
from ..traces.trace import Trace, chain
from .extent import Extent, drawing
from .long import working
from .order import numbered
from .pictures import bias_of
from .scenes import scene_of
from .stretched import stretched_scene
from .terms import kind
from .window import step_title

ALONE = Extent(room=16, channels=8, depths=6, bias=False)
"""A figure that stands alone has more room than one in a text."""


def layers(lesson: Lesson) -> list[Trace]:
    """The layers that a lesson carries out, in their order. Raises `StepwiseError` where it has none to show."""
    if lesson.unanswered:
        raise StepwiseError("this sheet asks for its answer, which a figure would give away; draw the key's")
    found: dict[int, Trace] = {id(one): one for trace in lesson.traces for one in chain(trace)}
    if not found:
        raise StepwiseError("this lesson carries out no layer, so there is no figure of it")
    return list(found.values())


def chosen_layer(lesson: Lesson, number: int | None) -> Trace:
    """The layer of this number, from 1; of None the last with a window, else the last. Raises `StepwiseError`."""
    found = layers(lesson)
    if number is not None:
        if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= len(found):
            has = "1 layer" if len(found) == 1 else f"{len(found)} layers"
            raise StepwiseError(f"layer {number!r} is not there; this lesson has {has}, counted from 1")
        return found[number - 1]
    return next((trace for trace in reversed(found) if trace.geometry.axes), found[-1])


def step_of(trace: Trace, number: int) -> Step:
    """The step of this number, from 1. Raises `StepwiseError` where there is none."""
    total = len(trace.steps)
    if total == 0:
        raise StepwiseError(f"{trace.layer.call} has no window here, so there is no figure of it")
    if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= total:
        has = "1 step" if total == 1 else f"{total:,} steps"
        raise StepwiseError(f"step {number!r} is not there; {trace.layer.call} has {has} here, counted from 1")
    return numbered(trace, number)


def told(trace: Trace, number: int) -> StepBlock:
    """One step, with its picture drawn as large as a figure alone has room for."""
    step = step_of(trace, number)
    title = step_title(trace).format(n=number, total=f"{len(trace.steps):,}")
    formula, sentence = working(step)
    with drawing(ALONE):
        return StepBlock(title, number, step.index, _with_bias(trace, _scene(step), step), formula, sentence)


def _scene(step: Step) -> Scene:
    trace = step.trace
    if kind(trace) == "transposed" and len(trace.geometry.axes) <= 2 and "kernel" in trace.inputs:
        return stretched_scene(step)
    return scene_of(step)


def _with_bias(trace: Trace, scene: Scene, step: Step) -> Scene:
    """The bias in a place of its own, where any filter has one that is not 0."""
    bias = trace.inputs.get("bias")
    if bias is None or not trace.geometry.axes or all(value == 0 for value in bias.flat):
        return scene
    filter_ = trace.place(step.index)[1]
    at = next(n for n, matrix in enumerate(scene.matrices) if matrix.kind == "output")
    signs = list(scene.signs)
    signs.insert(at - 1, "+")
    matrices = (*scene.matrices[:at], bias_of(trace, filter_), *scene.matrices[at:])
    return replace(scene, matrices=matrices, signs=tuple(signs))
