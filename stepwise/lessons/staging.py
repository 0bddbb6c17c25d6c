"""What the reader of a page may do on a lesson's stages, beyond stepping: practise, and try what the author allowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..document.lesson import Lesson, Section, Stage
from ..errors import StepwiseError
from ..traces.trace import Trace
from .common import recognised
from .fed import FED, check_fed
from .knobs import knobs_for, read_knobs


def staged(
    lesson: Lesson,
    practice: bool,
    alternatives: Sequence[Trace],
    knobs: str | Sequence[str] = (),
    classes: Sequence[str] = (),
) -> Lesson:
    """The lesson with these allowed; alternatives are to its last layer, classes what its numbers stand for.

    Raises `StepwiseError`.
    """
    if not practice and not alternatives and not knobs:
        return lesson
    if knobs and (practice or alternatives):
        other = "practice, which hides what they would show" if practice else "alternatives, which they give already"
        raise StepwiseError(f"knobs do not go together with {other}; leave one of the two out")
    stages = [section.stage for section in lesson.everything if section.stage is not None]

    asked = read_knobs(knobs) if knobs else ()
    fed, turned = (tuple(n for n in asked if (n in FED) is own) for own in (True, False))
    if fed:
        check_fed(lesson.traces[-1])
        lesson = replace(lesson, fed=fed, classes=tuple(classes))
    turning = knobs_for(lesson.traces[-1], turned) if turned else ()

    def allowed(section: Section) -> Section:
        stage = section.stage
        if stage is not None and practice and len(stage.traces) == 1:
            stage = replace(stage, practice=True, mistakes=recognised(stage.traces[0]), alternatives=())
        if stage is not None and alternatives and section.stage is stages[-1]:
            stage = replace(stage, alternatives=tuple(alternatives), choice="")
            _check(stage)
        if stage is not None and turning:
            stage = replace(stage, knobs=turning)
        return replace(section, stage=stage, folded=tuple(map(allowed, section.folded)))

    return replace(lesson, sections=tuple(map(allowed, lesson.sections)))


def _check(stage: Stage) -> None:
    own = stage.traces[0]
    for other in stage.alternatives:
        if len(other.geometry.axes) != len(own.geometry.axes):
            raise StepwiseError(f"{other.layer.call} is no alternative to {own.layer.call}: it looks along other axes")
