"""What the reader of a page may do on a lesson's stages, beyond stepping: practise, and try what the author allowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..errors import StepwiseError
from ..traces import Trace
from .blocks import Lesson, Stage
from .mistakes import mistakes


def staged(lesson: Lesson, practice: bool, alternatives: Sequence[Trace]) -> Lesson:
    """The lesson with these allowed; alternatives are to its last layer. Raises `StepwiseError`."""
    if not practice and not alternatives:
        return lesson
    places = [number for number, section in enumerate(lesson.sections) if section.stage is not None]
    sections = list(lesson.sections)
    for number in places:
        stage = sections[number].stage
        assert stage is not None
        if practice and len(stage.traces) == 1:
            stage = replace(stage, practice=True, mistakes=mistakes(stage.traces[0]))
        if alternatives and number == places[-1]:
            stage = replace(stage, alternatives=tuple(alternatives))
            _check(stage)
        sections[number] = replace(sections[number], stage=stage)
    return replace(lesson, sections=tuple(sections))


def _check(stage: Stage) -> None:
    own = stage.traces[0]
    for other in stage.alternatives:
        if len(other.geometry.axes) != len(own.geometry.axes):
            raise StepwiseError(f"{other.layer.call} is no alternative to {own.layer.call}: it looks along other axes")
