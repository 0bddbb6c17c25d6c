"""Numbers for each variant, the same for the same seed, that meet every demand; a search with a bound.

Each variant is drawn from a random stream of its own (seed, exercise, number, attempt), so none depends on how many
there are or on who works it out. Every one is verified, and its key marked at full score, before anything is written.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from ..dataclass import dataclass
from ..dialects import LayerObject
from ..errors import ShapeError, StepwiseError, VerificationError
from ..exercises.assignment import with_own_numbers
from ..exercises.demands import (
    DEMANDS,
    TOLD_APART,
    Bounds,
    Mistaken,
    Pair,
    difficulty,
    distinguished,
    mistakes,
    twins,
    usual,
    whichever_part,
)
from ..exercises.exercise import Exercise, exercise_of
from ..exercises.named import named_alone
from ..exercises.wording import answered
from ..lesson_files.lesson_file import LessonFile, LessonFileError, given_to
from ..marking.wrong import flat
from ..ops import MeanPool
from ..traces.step import Step
from ..traces.trace import Trace, chain
from .draws import Draw
from .sheet import Asked

MOST_DRAWS = 400
"""Draws that are tried for one variant."""
MOST_REMEMBERED = 256
"""Exercises that are kept until their pages are made."""
SMALL = 4096
"""Cells of all layers' outputs, at most, of an exercise that is kept."""
PROBES = 24
"""Draws that tell what the numbers can be like at all."""
MOST_MENDED = 80
"""Cells that are drawn again in one draw."""
ALMOST = 1e-9
"""How far from a whole number a mean may lie that is one: decimals lose so much of a third or a ninth."""
LARGEST_SEED = 2**53


@dataclass(frozen=True)
class Found:
    """A variant of one exercise: its numbers as plain data, and what is known of them."""

    numbers: Mapping[str, Any]  # `input` and `weights`, as in a manifest
    attempt: int = 0
    told: tuple[str, ...] = ()  # the misconceptions that have an answer of their own
    difficulty: Mapping[str, int] = field(default_factory=dict)
    same: tuple[tuple[str, ...], ...] = ()  # misconceptions that no numbers of this kind can tell apart

    @property
    def key(self) -> str:
        """What tells its numbers from another's."""
        return repr(self.numbers)


@dataclass
class Search:
    """Looks for variants of one exercise."""

    asked: Asked
    place: int  # of the exercise on the sheet
    seed: int
    drawn: bool = True  # whether numbers are drawn, not the lesson's own
    _made: dict[str, Exercise] = field(default_factory=dict, init=False, repr=False, compare=False)

    def find(self, number: int, start: int = 0, avoid: Callable[[str], bool] = lambda key: False) -> Found:
        """The variant of this number. Raises `StepwiseError` that names the demand that could not be met."""
        if not self.drawn:
            return self._own()
        failed: Counter[str] = Counter()
        for attempt in range(start, start + MOST_DRAWS):
            numbers = self.draw(number, attempt)
            try:
                exercise = self.exercise(numbers)
            except LessonFileError as error:
                failed[f"a size that fits ({self._unfit(error)})"] += 1
                continue
            if "whole" in self.asked.demands.wanted and "input" in self.asked.draws:
                numbers, exercise = self._made_whole(numbers, exercise, number, attempt)
            why, measured, mistakes = self._unmet(exercise)
            found = Found(numbers, attempt, codes(mistakes), measured, groups(self.twins))
            if why is None and avoid(found.key):
                why = "numbers that no other variant has"
            if why is None:
                certify(exercise)
                return found
            failed[why] += 1
        raise StepwiseError(self._hopeless(failed))

    def exercise(self, numbers: Mapping[str, Any]) -> Exercise:
        """The exercise with these numbers; a small one is remembered from the draw until its pages are made."""
        if not numbers:
            return exercise_of(self.asked.lesson, self.asked.file)
        key = repr(numbers)
        found = self._made.pop(key, None)
        if found is None:
            found = exercise_of(with_own_numbers(self.asked.lesson, numbers, self.asked.file), self.asked.file)
        if sum(layer.output.size for layer in chain(found.trace)) <= SMALL:
            self._made[key] = found
            if len(self._made) > MOST_REMEMBERED:
                del self._made[next(iter(self._made))]
        return found

    def draw(self, number: int, attempt: int) -> dict[str, Any]:
        """The numbers of an attempt, whether they meet the demands or not."""
        random = np.random.default_rng([self.seed, self.place, number, attempt])
        draws, lesson = self.asked.draws, self.asked.lesson
        numbers: dict[str, Any] = {**self._drawn_weights}
        numbers["input"] = draws["input"](random, lesson.input.shape) if "input" in draws else _plain(lesson.input)
        if "kernel" in draws or "bias" in draws:
            numbers["weights"] = self._weights(draws, random)
        if "grad" in draws and lesson.way_back is not None:
            numbers["grad"] = draws["grad"](random, np.shape(lesson.way_back.grad))
        return numbers

    def _made_whole(
        self, numbers: dict[str, Any], exercise: Exercise, number: int, attempt: int
    ) -> tuple[dict[str, Any], Exercise]:
        """Chance seldom makes every mean whole: single cells under those that are not are drawn again."""
        random = np.random.default_rng([self.seed, self.place, number, attempt, 1])
        for _again in range(MOST_MENDED):
            trace = exercise.trace
            broken = np.flatnonzero(flat(trace.output) % 1 != 0)
            if not len(broken) or "input" in trace.parents:
                break
            step = trace.steps[int(broken[0])]
            sources = [(n, tap.source) for n, tap in enumerate(step.taps) if isinstance(tap.source, tuple)]
            at, place = sources[int(random.integers(len(sources)))]
            value = _get(self.asked.draws["input"](random, trace.inputs["input"].shape), place)
            if isinstance(trace.layer.operation, MeanPool) and not _makes_whole(step, at, value):
                continue  # most are not worth carrying the exercise out
            tried = copy.deepcopy(numbers)
            _put(tried["input"], place, value)
            other = self.exercise(tried)
            if np.count_nonzero(flat(other.trace.output) % 1) < len(broken):
                numbers, exercise = tried, other
        return numbers, exercise

    def _weights(self, draws: Mapping[str, Draw], random: np.random.Generator) -> list[Any]:
        given = self._drawn_weights.get("weights", self.asked.lesson.weights)
        weights = [given_to(number, given) for number in range(len(self.asked.lesson.layers))]
        for number, arrays in self._weighted.items():
            own: dict[str, Any] = {}
            for name, (kind, array) in arrays.items():
                own[name] = draws[kind](random, array.shape) if kind in draws else _plain(array)
            weights[number] = own
        return weights

    @cached_property
    def _lesson(self) -> LessonFile:
        """The lesson, what it leaves to be drawn from the sheet's seed, where it names none."""
        lesson = self.asked.lesson
        return replace(lesson, seed=self.seed) if lesson.seed is None else lesson

    @cached_property
    def _drawn_weights(self) -> dict[str, Any]:
        """Every weight, where the lesson leaves some to be drawn: a key does not depend on how they once were."""
        made = [word for stage in chain(self._lesson.traced()) for word in stage.origins.values()]
        if not any("seed" in word for word in made):
            return {}
        known = [layer.known_weights() for layer in self._lesson.layers]
        return {"weights": [{name: _plain(array) for name, array in one.items()} or None for one in known]}

    @cached_property
    def _weighted(self) -> dict[int, dict[str, tuple[str, Any]]]:
        """Of each layer with one kernel: its weights by their own names, and whether each is the kernel or the bias."""
        lesson = self._lesson
        stages, found = chain(lesson.traced()), {}
        for number, layer in enumerate(lesson.layers):
            mine, stages = stages[: layer.made], stages[layer.made :]
            having = [stage for stage in mine if "kernel" in stage.inputs]
            if len(having) == 1:
                found[number] = dict(_by_name(layer, having[0]))
        return found

    @cached_property
    def _probes(self) -> tuple[Exercise, ...]:
        probes = []
        for attempt in range(PROBES):
            try:
                probes.append(self.exercise(self.draw(0, attempt)))
            except LessonFileError as error:
                self._unfit(error)
        return tuple(probes)

    def _unfit(self, error: LessonFileError) -> BaseException:
        """Why the size that was drawn fits no layer; the next may. Raises the error itself where no other is drawn."""
        if not isinstance(error.__context__, ShapeError) or not any(
            d.varies_in_size for d in self.asked.draws.values()
        ):
            raise error
        return error.__context__

    @cached_property
    def twins(self) -> frozenset[Pair]:
        """The mistakes that no such numbers can tell apart."""
        if self.asked.demands.discriminating is False:
            return frozenset()
        strict = self.asked.demands.discriminating == "strict"
        if strict:
            return twins([self._anything()])
        return twins(self._probes if self.drawn else [self.exercise(self._drawn_weights)])

    @cached_property
    def target(self) -> frozenset[Mistaken]:
        """The mistakes that every variant must tell apart: all that such numbers can, or all there are."""
        demands, draws = self.asked.demands, self.asked.draws
        if demands.discriminating is False or any(draw.varies_in_size for draw in draws.values()):
            return frozenset()
        if demands.discriminating == "strict":
            return frozenset(whichever_part(key for key, _wrong in mistakes(self._anything())))
        found: set[Mistaken] = set()
        for probe in self._probes:  # what one of them names need not be graded again
            found |= named_alone(probe, distinguished(probe, self.twins) - found, self.twins)
        return frozenset(found)

    def _anything(self) -> Exercise:
        """The exercise on numbers of every kind, by which all mistakes differ."""
        random = np.random.default_rng(0)
        numbers: dict[str, Any] = {**self._drawn_weights}
        numbers["input"] = random.normal(-1, 5, self.asked.lesson.input.shape).tolist()
        if "kernel" in self.asked.draws or "bias" in self.asked.draws:
            every = {kind: _Any() for kind in ("kernel", "bias")}
            numbers["weights"] = self._weights(every, random)  # type: ignore[arg-type]  # it draws, too
        if "grad" in self.asked.draws and self.asked.lesson.way_back is not None:
            numbers["grad"] = random.normal(0.3, 3, np.shape(self.asked.lesson.way_back.grad)).tolist()
        return self.exercise(numbers)

    @cached_property
    def bounds(self) -> Bounds:
        """Of each measure of difficulty, the smallest and the largest."""
        alike = self.asked.demands.alike
        if isinstance(alike, Mapping):
            return alike
        return usual([difficulty(probe) for probe in self._probes]) if alike and self._probes else {}

    def _unmet(self, exercise: Exercise) -> tuple[str | None, Mapping[str, int], set[Mistaken]]:
        """The first demand that is not met, None where all are; and what was measured on the way."""
        for name, wanted in self.asked.demands.wanted.items():
            words, meets = DEMANDS[name]
            if not all(meets(trace, wanted) for trace in _judged(name, exercise)):
                return words, {}, set()
        measured = difficulty(exercise)
        for name, (low, high) in self.bounds.items():
            if not low <= measured[name] <= high:
                return f"{name} from {low:g} to {high:g} (alike)", {}, set()
        if self.asked.demands.discriminating is False:
            return None, measured, set()
        known = self._known(exercise)
        mistaken = distinguished(exercise, known)
        if self.target <= mistaken:  # else nothing need be graded
            mistaken = named_alone(exercise, mistaken, known)
        if lacking := sorted(self.target - mistaken):
            return f"{TOLD_APART}: {lacking[0][1]} does not (discriminating)", {}, set()
        if not self.target and mistaken != whichever_part(key for key, _wrong in mistakes(exercise)):
            return f"{TOLD_APART} (discriminating)", {}, set()
        return None, measured, mistaken

    def _known(self, exercise: Exercise) -> frozenset[Pair]:
        """The twins; where sizes vary, those of this very exercise."""
        varies = any(draw.varies_in_size for draw in self.asked.draws.values())
        return self.twins | twins([exercise]) if varies else self.twins

    def _hopeless(self, failed: Counter[str]) -> str:
        [(worst, times), *rest] = failed.most_common()
        also = f"; next came {rest[0][0]}, in {rest[0][1]}" if rest else ""
        return (
            f"{self.asked.lesson.worksheet_place}: none of {MOST_DRAWS} draws meets every demand: {worst} failed in "
            f"{times} of them{also}; loosen it, or draw other numbers"
        )

    def _own(self) -> Found:
        exercise = self.exercise(self._drawn_weights)
        certify(exercise)
        mistakes = _named(exercise, self.twins) if self.asked.demands.discriminating is not False else set()
        measured = difficulty(exercise)
        numbers: dict[str, Any] = {"input": _plain(self.asked.lesson.input), **self._drawn_weights}
        return Found(numbers, 0, codes(mistakes), measured, groups(self.twins))


def _named(exercise: Exercise, known: frozenset[Pair]) -> set[Mistaken]:
    """The mistakes with answers of their own that grading names, alone."""
    return named_alone(exercise, distinguished(exercise, known), known)


def codes(mistakes: Iterable[Mistaken]) -> tuple[str, ...]:
    """The misconceptions' codes, each once."""
    return tuple(sorted({code for _part, code, _at in mistakes}))


def groups(pairs: Iterable[Pair]) -> tuple[tuple[str, ...], ...]:
    """Twins of twins together, by their codes."""
    found: list[set[str]] = []
    for pair in sorted(pairs, key=sorted):
        mine = set(codes(pair))
        joined = [group for group in found if group & mine]
        found = [group for group in found if not group & mine] + [mine.union(*joined)]
    return tuple(sorted(tuple(sorted(group)) for group in found if len(group) > 1))


class _Any:
    """Draws numbers of every kind."""

    def __call__(self, random: np.random.Generator, shape: tuple[int, ...]) -> Any:
        return random.normal(0.3, 3, shape).tolist()


def certify(exercise: Exercise) -> None:
    """Replay every layer, and mark the key. Raises `VerificationError`."""
    for trace in exercise.layers:
        trace.verify()
    answers = [key if isinstance(key, str) else answered(key) for key in exercise.keys]
    verdict = exercise.marker.check(answers)
    if not verdict.correct or verdict.earned != verdict.max_score:
        raise VerificationError(
            f"{exercise.title}: its own key would get {verdict.earned:g} of {verdict.max_score:g} points; this is a "
            "fault in stepwise or in the lesson's marking:"
        )


def _makes_whole(step: Step, at: int, value: int | float | str) -> bool:
    """Whether a mean is whole with another value in one cell of its window."""
    slope = step.trace.layer.operation.slopes(step)[at]
    moved = Fraction(step.result) + (Fraction(value) - Fraction(step.taps[at].value)) * Fraction(slope)
    return abs(moved - round(moved)) < ALMOST


def _get(lists: Any, place: Sequence[int]) -> Any:
    for index in place:
        lists = lists[index]
    return lists


def _put(lists: Any, place: Sequence[int], value: Any) -> None:
    _get(lists, place[:-1])[place[-1]] = value


def _judged(name: str, exercise: Exercise) -> Sequence[Trace]:
    """Ties and padding matter in every layer; what is said of results is said of what is handed in."""
    return exercise.layers if name in ("no_ties", "every_side") else [trace for _part, trace in exercise.outputs]


def _by_name(layer: LayerObject, stage: Trace) -> list[tuple[str, tuple[str, Any]]]:
    names = list(layer.plan.initializers)
    kinds = [kind for kind in ("kernel", "bias") if kind in stage.inputs]
    return [(name, (kind, stage.inputs[kind])) for name, kind in zip(names, kinds)]


def _plain(array: Any) -> Any:
    """An array as a manifest has it: nested lists, fractions as words."""
    if array.dtype != object:
        return array.tolist()
    return np.vectorize(lambda value: value if type(value) is int else str(value), otypes=[object])(array).tolist()


__all__ = ["MOST_DRAWS", "Found", "Search", "certify"]
