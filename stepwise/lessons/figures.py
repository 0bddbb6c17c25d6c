"""A step told for a figure that stands alone: its picture, its formula and one sentence."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, TypeAlias

from ..document.blocks import Scene, StepBlock
from ..document.lesson import Lesson
from ..errors import StepwiseError, did_you_mean, listing, shown
from ..traces.step import Step
from ..traces.trace import Trace, chain
from .choice import choose
from .extent import Extent, drawn_within
from .long import shown_singly, working
from .order import numbered
from .pictures import bias_of
from .scenes import scene_of
from .spread_steps import Spreading
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
    _checked(trace, number, len(trace.steps))
    return numbered(trace, number)


def _checked(trace: Trace, number: int, total: int) -> None:
    if total == 0:
        raise StepwiseError(f"{trace.layer.call} has no window here, so there is no figure of it")
    if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= total:
        has = "1 step" if total == 1 else f"{total:,} steps"
        raise StepwiseError(f"step {number!r} is not there; {trace.layer.call} has {has} here, counted from 1")


Way: TypeAlias = Literal["spread", "gather"]
WAYS: tuple[Way, ...] = ("spread", "gather")
"""A transposed convolution is told from its input, whose cells are spread, or from its output, which gathers them."""


class Telling:
    """The steps of a layer, told for figures."""

    def __init__(self, trace: Trace, way: str = "") -> None:
        """Raises `StepwiseError` for a way that is not known, or that the layer has none of."""
        if way and way not in WAYS:
            raise StepwiseError(f"way {shown(way)} is not known; it is {listing(WAYS)}.{did_you_mean(way, WAYS)}")
        if way and not _is_transposed(trace):
            raise StepwiseError(
                f"{trace.layer.call} is told in one way; spread and gather are of a transposed convolution along one "
                "or two axes"
            )
        self.trace = trace
        self._spreading = Spreading(trace) if _is_transposed(trace) and way != "gather" else None
        self.total = self._spreading.total if self._spreading else len(trace.steps)
        self.reach = self._spreading.reach if self._spreading else shown_singly(trace)

    def check(self, number: int = 1) -> None:
        """Raises `StepwiseError` where there is no step of this number, from 1."""
        _checked(self.trace, number, self.total)

    def block(self, number: int) -> StepBlock:
        """One step, with its picture drawn as large as a figure alone has room for."""
        if self._spreading is None:
            return step_block(self.trace, number)
        self.check(number)
        with drawn_within(ALONE):
            return self._spreading.block(number)

    def typical(self) -> set[int]:
        """Steps whose pictures have the measures of all."""
        if self._spreading is None:
            return {one.number for one in choose(self.trace, "auto")}
        return self._spreading.typical()


def _is_transposed(trace: Trace) -> bool:
    return kind(trace) == "transposed" and len(trace.geometry.axes) <= 2 and "kernel" in trace.inputs


def step_block(trace: Trace, number: int) -> StepBlock:
    """A step told from its output cell, as `Telling.block` does."""
    step = step_of(trace, number)
    title = step_title(trace).format(n=number, total=f"{len(trace.steps):,}")
    formula, sentence = working(step)
    with drawn_within(ALONE):
        return StepBlock(title, number, step.index, _with_bias(trace, _scene(step), step), formula, sentence)


def _scene(step: Step) -> Scene:
    trace = step.trace
    if _is_transposed(trace):
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
