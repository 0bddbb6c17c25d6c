"""What a lesson file asks for, and what comes of it: a lesson, a trace, a judge of answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from pathlib import Path
from typing import Any

from ..analysis.backpropagation import Backward
from ..arithmetic import Array
from ..dataclass import dataclass
from ..dialects import LayerObject
from ..dialects.onnx_network import OnnxNetwork
from ..dialects.tracing import Written, trace
from ..document.origin import Origin
from ..errors import FileError, InputError, StepwiseError, weight_of
from ..io.numerals import Assumed
from ..lessons import Lesson, compare, tell
from ..lessons.parts import in_parts
from ..lessons.way_back import WayBack, named
from ..marking.followthrough import PartsMarker
from ..marking.marking import Marking
from ..marking.parts import Part
from ..marking.whole_pass import WholePass
from ..marking.written import PartRequest, parts_from
from ..traces.trace import Trace, chain


class LessonFileError(FileError):
    """A lesson file that cannot be used: its name, the line, what is there and what was expected."""


@dataclass(frozen=True)
class LessonFile:
    """What a lesson file asks for."""

    layers: tuple[LayerObject, ...]  # none where a network is read from a file
    compared: bool  # whether `layers` are two calls to set side by side, not a chain
    input: Array
    weights: list[Any] | dict[Any, Any] | None = None
    seed: int | None = None  # what weights that nobody gives are drawn with
    arithmetic: str | None = None
    assume: Assumed = "real"  # what is known of letters
    title: str | None = None
    language: str = "en"
    lead: str = ""  # the author's own words under the title, in place of ours
    steps: str = "auto"
    practice: bool = False
    alternatives: tuple[LayerObject, ...] = ()  # the last layer as it might have been asked for
    knobs: tuple[str, ...] = ()  # what the reader of a page may turn beside the figure
    origin: Origin | None = None  # what it was written in, where a page is to say how it is put into another
    matrix: bool = False  # whether convolutions are told as matrices, too
    shown_parts: tuple[str, ...] = ()  # which parts are told, in this order; all of them without
    headed: bool = True  # whether with title and lead
    classes: tuple[str, ...] = ()  # names for the numbers that a network gives
    marking: Marking = field(default_factory=Marking)  # how answers are marked
    parts: tuple[PartRequest, ...] = ()  # the questions about a chain, where there are several
    place: str = "the lesson"  # the file and the line of its calls, for messages
    weight_places: Mapping[str, str] = field(default_factory=dict)  # those of its weights, by their names
    files: tuple[Path, ...] = ()  # what was read for it beside the lesson file itself
    network: OnnxNetwork | None = None
    random: Mapping[str, Any] | None = None  # what the input is drawn from, where it is
    way_back: WayBack | None = None  # what is asked of gradients, where anything is
    way_back_place: str = ""  # the file and the line of it
    worksheet: Mapping[str, Any] = field(default_factory=dict)  # as it was written; `worksheets/` reads it
    marking_place: str = ""  # the file and the line of its parts, or else of its marking, where it has any
    worksheet_place: str = "worksheet:"  # the file and the line of it, for messages

    def lesson(self, detail: str | None = None) -> Lesson:
        """The lesson it asks for; `detail` comes before the file's own."""
        detail = detail or self.steps
        try:
            if self.compared:
                a, b = (self._traced([layer], [given_to(n, self.weights)]) for n, layer in enumerate(self.layers))
                lesson = self._compared(a, b, detail)
            elif self.way_back is not None:
                lesson = self._way_back_lesson(self.way_back, detail)
            else:
                others = [self._traced([*self.layers[:-1], other], self.weights) for other in self.alternatives]
                how = detail, self.title, self.matrix, self.practice, others, self.classes, self.knobs
                lesson = tell(self._whole(), self.language, *how)
            lesson = replace(lesson, lead=(self.lead,)) if self.lead else lesson
            lesson = replace(lesson, origin=self.origin) if self.origin is not None else lesson
            return in_parts(lesson, self.shown_parts, self.headed) if self.shown_parts else lesson
        except LessonFileError:
            raise
        except StepwiseError as error:
            raise self._placed(error) from None

    def traced(self) -> Trace:
        """The last layer's trace. Raises `LessonFileError` where two calls are compared: there is no last one."""
        if self.compared:
            raise LessonFileError(f"{self.place}: two calls are compared here; a question is for one chain of layers")
        try:
            return self._whole()
        except StepwiseError as error:
            raise self._placed(error) from None

    def _compared(self, a: Trace, b: Trace, detail: str) -> Lesson:
        """The lesson of two calls, and of what comes back through them where that is asked for."""
        if self.way_back is None:
            return compare(a, b, self.language, self.title, detail)
        from ..lessons.compared_passes import refuse_long_passes  # the way back costs the way there nothing

        asked = self.way_back, self.way_back.other or self.way_back
        try:
            refuse_long_passes(a, b, detail, self.way_back.wanted)
            back, other = (own.carried_out(trace, everywhere=True) for own, trace in zip(asked, (a, b)))
            return compare(back, other, self.language, self.title, detail, self.way_back.wanted)
        except StepwiseError as error:
            raise self._placed_back(error) from None

    def _way_back_lesson(self, asked: WayBack, detail: str) -> Lesson:
        """The lesson of the gradients; a mistake about them has the line that asks for them."""
        last = self._whole()
        try:
            return asked.lesson(last, self.language, detail, self.title)
        except StepwiseError as error:
            raise self._placed_back(error) from None

    def _placed_back(self, error: StepwiseError) -> LessonFileError:
        return LessonFileError(f"{self.way_back_place or self.place}: {error}")

    def backward(self) -> Backward:
        """The gradients that it asks for. Raises `LessonFileError` where it asks for none."""
        if self.way_back is None:
            raise LessonFileError(f"{self.place}: no gradient is asked for here; write backward: {{grad: …}} for one")
        last = self.traced()
        try:
            return self.way_back.carried_out(last)
        except StepwiseError as error:
            raise self._placed_back(error) from None

    def _placed(self, error: StepwiseError) -> LessonFileError:
        """A mistake with its place: that of a weight where it is about one, else that of the calls."""
        return LessonFileError(f"{self.weight_places.get(weight_of(error), self.place)}: {error}")

    def marker(self) -> PartsMarker:
        """What marks answers to this lesson; without parts, what comes out of its last layer is the only one."""
        last = self.traced()
        try:
            return PartsMarker(self._asked_for(last), self.marking)
        except LessonFileError:
            raise
        except InputError as error:
            raise LessonFileError(f"{self.place}: {error}") from None
        except StepwiseError as error:
            raise LessonFileError(f"{self.marking_place or self.place}: {error}") from None

    def _asked_for(self, last: Trace) -> list[Part]:
        """The questions; where the file names none, its gradients, or else what comes out of the last layer."""
        points = float(self.marking.points)
        whole = self.whole_pass(last)
        if self.parts:
            return parts_from(self.parts, self._by_layer(last), whole)
        if whole is None or self.way_back is None:
            return [Part(last, points, whole=True)]
        asked = named(whole.back, self.way_back.wanted)
        order = sorted(asked, key=lambda one: -one[0])
        traces = [whole.joined(trace) for _number, _name, trace in order]
        return [Part(trace, points, whole=len(traces) == 1) for trace in traces]

    def whole_pass(self, last: Trace) -> WholePass | None:
        """The way back from the last layer, joined with the way there; None where none is asked for."""
        if self.way_back is None:
            return None
        try:
            back = self.way_back.carried_out(last)
            return WholePass(back, self.way_back.updated(back))
        except StepwiseError as error:
            raise self._placed_back(error) from None

    def _by_layer(self, last: Trace) -> list[Trace]:
        """The trace of each layer; of one with an activation, what comes out of that."""
        stages, found = chain(last), []
        if self.network:
            return stages
        for layer in self.layers:
            count = layer.made
            found.append(stages[count - 1])
            stages = stages[count:]
        return found

    def _whole(self) -> Trace:
        return self.network(self.input) if self.network else self._traced(list(self.layers), self.weights)

    def _traced(self, layers: list[Written], weights: Any) -> Trace:
        how: dict[str, Any] = {"arithmetic": self.arithmetic, "assume": self.assume}
        return trace(layers, self.input, weights=weights, seed=self.seed, **how)


def given_to(number: int, weights: list[Any] | dict[Any, Any] | None) -> Any:
    """What a lesson's weights give to the layer of this number, from 0; None where that is nothing."""
    if isinstance(weights, dict):
        return weights.get(number)
    return weights[number] if weights and number < len(weights) else None
