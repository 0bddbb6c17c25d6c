"""One exercise that answers are marked against, as a lesson file sets it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from ..arithmetic import Array
from ..dataclass import dataclass
from ..errors import one_line
from ..language import speaking
from ..lesson_files.lesson_file import LessonFile
from ..lesson_files.reading import read_lesson
from ..marking import Marker, Marking, Part, PartsMarker, PartsVerdict
from ..marking.answer_files import answer_from_bytes, entries_from_bytes
from ..marking.filled import filled_in
from ..marking.parted import taken_apart
from ..traces.trace import Trace, chain


@dataclass(frozen=True, eq=False)
class Exercise:
    """One exercise that answers are marked against."""

    id: str  # of the variant; empty where all have the same
    title: str
    parts: tuple[Part, ...]  # its questions, one at least
    marking: Marking = field(default_factory=Marking)
    language: str = "en"

    @property
    def in_parts(self) -> bool:
        """Whether its lesson names parts, so that an answer is taken apart and told part by part."""
        return not self.parts[0].whole

    @property
    def trace(self) -> Trace:
        """The last layer that is asked for."""
        return self.parts[-1].trace

    @cached_property
    def layers(self) -> tuple[Trace, ...]:
        """Everything that is to be carried out, each once and after all that it comes from."""
        found: dict[int, Trace] = {}
        for part in self.parts:
            for layer in chain(part.trace):
                found.setdefault(id(layer), layer)
        return tuple(found.values())

    @cached_property
    def marker(self) -> PartsMarker:
        """Marks answers; what does not depend on them is worked out once."""
        return PartsMarker(self.parts, self.marking)

    @property
    def points(self) -> float:
        """What it is worth."""
        return sum(part.points for part in self.parts)

    @property
    def traces(self) -> tuple[Trace, ...]:
        """What each part asks for."""
        return tuple(marker.trace for marker in self.markers)

    @property
    def markers(self) -> tuple[Marker, ...]:
        """What marks each part."""
        return self.marker.markers

    @property
    def outputs(self) -> tuple[tuple[int, Trace], ...]:
        """The layers whose output is asked for, each with the number of its part."""
        return tuple((number, one.layer) for number, one in enumerate(self.markers) if one.ask == "output")

    @property
    def keys(self) -> tuple[Trace | str, ...]:
        """The right answer to each part: the trace whose output it is, or the working of a cell as text."""
        return tuple(
            str(one.layer.step(one.cell or (0,) * one.layer.output.ndim).formula) if one.ask == "formula" else one.trace
            for one in self.markers
        )

    def read(self, answer: Any, kind: str = "") -> list[Any]:
        """What was handed in, ready for `marker`: what was answered to each part, fewer where the last are missing.

        Bytes are a file of this kind. A sheet of ours that was filled in says itself where each answer is.
        """
        decimal = self.marking.decimal
        if kind and isinstance(answer, bytes) and (sheet := filled_in(answer, kind)):
            return sheet.answers(self.id, self.parts, decimal)
        if not self.in_parts:
            return [answer_from_bytes(answer, kind, decimal) if kind else answer]
        if kind:
            return entries_from_bytes(answer, kind, decimal, self.parts)
        return taken_apart(answer, self.parts, decimal)

    def check(self, answer: Any, kind: str = "") -> PartsVerdict:
        """What an answer earns, and why: anything that `read_answer` takes, or a file of this kind as bytes."""
        with speaking(self.language):
            verdict = self.marker.check(self.read(answer, kind))
            verdict.problem, verdict.text  # noqa: B018 - told now, so that both are kept in this language
            return verdict

    def arrays(self) -> Iterator[tuple[str, Array]]:
        """Every array that the right answer depends on, by name."""
        for number, one in enumerate(self.layers):
            yield from ((f"{number} {name}", array) for name, array in one.inputs.items())
        yield "output", self.trace.output

    def __getstate__(self) -> dict[str, Any]:
        made_anew = ("marker", "layers")  # where they are needed
        return {name: value for name, value in vars(self).items() if name not in made_anew}


def read_exercise(text: str, name: str = "the lesson") -> Exercise:
    """An exercise from a lesson file's text; it may name no other files.

    >>> read_exercise("stepwise: 1\\ninput: 4 3; 2 1\\nlayers: [MaxPool2D(2)]").check("4").correct
    True
    """
    return exercise_of(read_lesson(text, name, NOWHERE), name)


@lru_cache(maxsize=64)
def cached_exercise(text: str) -> Exercise:
    """`read_exercise`, kept: graders ask for the same one again and again."""
    return read_exercise(text)


NOWHERE = Path("/nonexistent/folder")
"""Where no file is found: a lesson that is only a text brings none with it."""


def exercise_of(lesson: LessonFile, name: str, id: str = "") -> Exercise:
    """The exercise that a lesson file sets. Raises `StepwiseError` where it sets two calls side by side."""
    parts = lesson.marker().parts  # a lesson in letters is refused here, not at the first answer
    return Exercise(id, one_line(lesson.title or name), parts, lesson.marking, lesson.language)
