"""A lesson as an exercise: what is given and asked, apart from the working."""

from __future__ import annotations

from dataclasses import replace

from ..language import _, speaking
from ..lessons import Lesson


def parts(lesson: Lesson) -> tuple[Lesson, Lesson, str]:
    """The question, the solution, and the word for it in the lesson's language.

    The question is the part before any working, and a stage whose outputs the reader works out, if the lesson has one.
    """
    given = lesson.sections[: 1 + (lesson.sections[0].level == 1)]
    asked = [
        replace(section, blocks=())
        for section in lesson.sections[len(given) :]
        if section.stage is not None and section.stage.practice
    ]
    described = [
        replace(section, stage=section.stage and replace(section.stage, practice=False)) for section in lesson.sections
    ]
    with speaking(lesson.language):
        question = replace(lesson, kicker=_("Exercise"), sections=(*given, *asked[:1]))
        return question, replace(lesson, kicker=_("Solution"), sections=tuple(described)), _("Solution")
