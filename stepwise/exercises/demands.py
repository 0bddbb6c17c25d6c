"""What a variant's numbers must be like: demands of the lesson file, and that mistakes can be told apart by them.

    demand: {no_ties: true, results: [0, 50], whole: true, discriminating: true}

To add a demand: a function in `DEMANDS`, which says whether an exercise meets it.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

import numpy as np

from ..arithmetic import Array
from ..dataclass import dataclass
from ..errors import StepwiseError, as_yaml, hint_among
from ..formula import near
from ..marking.tolerance import Tolerance
from ..marking.wrong import Wrong, flat, wrong_results
from ..ops import Dense, Gradient, MaxPool
from ..ops.conv import Conv
from ..traces.trace import Trace
from .exercise import Exercise
from .tasks import is_way_back

Mistaken = tuple[int, str, tuple[int, ...]]  # the part, the misconception's code, the layers it sits in
Bounds = Mapping[str, tuple[float, float]]
MEASURES = ("multiplications", "negatives", "carries")
TOLD_APART = "every misconception gives an answer of its own"


def _no_ties(trace: Trace, wanted: Any) -> bool:
    """In every window of a maximum, one number alone is the largest."""
    if not isinstance(trace.layer.operation, MaxPool):
        return True
    for step in trace.steps:
        found = sorted((tap.value for tap in step.taps if isinstance(tap.source, tuple)), reverse=True)
        if len(found) > 1 and found[0] == found[1]:
            return False
    return True


def _every_side(trace: Trace, wanted: Any) -> bool:
    """Padding lies before and after the data, along every axis."""
    return all(axis.padding.before and axis.padding.after for axis in trace.geometry.axes)


def _distinct(trace: Trace, wanted: Any) -> bool:
    return len(np.unique(flat(trace.output))) == trace.output.size


def _whole(trace: Trace, wanted: Any) -> bool:
    return bool((flat(trace.output) % 1 == 0).all())


def _within(trace: Trace, wanted: Any) -> bool:
    output = flat(trace.output)
    return bool((output >= wanted[0]).all() and (output <= wanted[1]).all())


DEMANDS: dict[str, tuple[str, Callable[[Trace, Any], bool]]] = {
    "every_side": ("padding on every side (every_side)", _every_side),
    "results": ("results within their range (results)", _within),
    "whole": ("results that are whole numbers (whole)", _whole),
    "distinct": ("outputs that differ from each other (distinct)", _distinct),
    "no_ties": ("no ties (no_ties)", _no_ties),
}
DISCRIMINATING = (True, False, "strict")


@dataclass(frozen=True)
class Demands:
    """What is demanded of every variant."""

    wanted: Mapping[str, Any] = field(default_factory=dict)
    discriminating: bool | str = True
    alike: Bounds | bool = True  # bounds for each measure of difficulty; True: what most draws have


def read_demands(data: Any, alike: Any) -> Demands:
    """`demand:` and `alike:` of a lesson file. Raises `StepwiseError`, naming what does not fit."""
    known = (*DEMANDS, "discriminating")
    if not isinstance(data, Mapping):
        raise StepwiseError(f"found demand: {as_yaml(data)}, expected keys such as no_ties: true")
    for key, value in data.items():
        if key not in known:
            raise StepwiseError(f"there is no demand {key!r}.{hint_among(str(key), known, 'They')}")
        if key == "results":
            _check_range("results", value)
        elif value not in DISCRIMINATING or (value == "strict" and key != "discriminating"):
            raise StepwiseError(f"found {key}: {as_yaml(value)} in demand:, expected true or false")
    wanted = {key: value for key, value in data.items() if key in DEMANDS and value is not False}
    return Demands(wanted, data.get("discriminating", True), _alike(alike))


def _alike(data: Any) -> Bounds | bool:
    if isinstance(data, bool):
        return data
    if not isinstance(data, Mapping):
        raise StepwiseError(
            f"found alike: {as_yaml(data)}, expected true, false, or bounds such as {{carries: [2, 6]}}"
        )
    for key, value in data.items():
        if key not in MEASURES:
            hint = hint_among(str(key), MEASURES, "They")
            raise StepwiseError(f"there is no measure {key!r} of difficulty.{hint}")
        _check_range(key, value)
    return {key: (value[0], value[1]) for key, value in data.items()}


def _check_range(key: str, value: Any) -> None:
    fits = isinstance(value, list) and len(value) == 2 and all(type(n) in (int, float) for n in value)
    if not fits or value[0] > value[1]:
        raise StepwiseError(f"found {key}: {as_yaml(value)}, expected the smallest and the largest, such as [0, 50]")


def mistakes(exercise: Exercise) -> Iterator[tuple[Mistaken, Wrong]]:
    """Every mistake that gives something else than what is right."""
    known: frozenset[Trace] = frozenset()  # of a way back in parts, a step is looked at in the first part it leads to
    for part, trace in exercise.outputs:
        results = wrong_results(trace, known=known)
        if is_way_back(exercise.layers):
            known |= frozenset(results.layers)
        numbers = {id(layer): number for number, layer in enumerate(results.layers)}
        for wrong in results.single:
            [mistake] = wrong.mistakes
            places = tuple(sorted(numbers[id(layer)] for layer in mistake.layers))
            yield (part, mistake.misconception.code, places), wrong


Pair = frozenset[Mistaken]


def twins(exercises: Iterable[Exercise]) -> frozenset[Pair]:
    """The mistakes that give one and the same answer wherever both apply: no numbers can tell them apart."""
    alike: set[Pair] = set()
    different: set[Pair] = set()
    for exercise in exercises:
        for a, b in itertools.combinations(mistakes(exercise), 2):
            if a[0][0] != b[0][0]:
                continue
            same = a[1].trace.output.shape == b[1].trace.output.shape and bool(
                np.allclose(a[1].values, b[1].values, rtol=1e-9, atol=1e-12, equal_nan=True)
            )
            (alike if same else different).add(frozenset((a[0], b[0])))
    return frozenset(alike - different)


def distinguished(exercise: Exercise, known: frozenset[Pair]) -> set[Mistaken]:
    """The mistakes whose answers the marking's tolerance parts from the right one and all others but known twins.

    Of an exercise in parts, one part that tells a mistake apart is enough: later ones follow from it.
    """
    tolerance = exercise.marking.tolerance
    clear = set()
    found = list(mistakes(exercise))
    for part, trace in exercise.outputs:
        right = flat(trace.output)
        mine = [(key, wrong) for key, wrong in found if key[0] == part]
        for shape in {wrong.trace.output.shape for _key, wrong in mine}:
            alike = [(key, wrong.values) for key, wrong in mine if wrong.trace.output.shape == shape]
            clear |= _clear(alike, right if trace.output.shape == shape else None, tolerance, known)
    return whichever_part(clear)


def whichever_part(found: Iterable[Mistaken]) -> set[Mistaken]:
    """The mistakes, wherever on the sheet they show."""
    return {(0, code, places) for _part, code, places in found}


def _clear(
    alike: Sequence[tuple[Mistaken, Array]], right: Array | None, tolerance: Tolerance, known: frozenset[Pair]
) -> set[Mistaken]:
    values = np.array([one for _key, one in alike] + ([right] if right is not None else []))
    room = tolerance.room(values)
    with np.errstate(invalid="ignore"):
        met = (np.abs(values[:, None] - values[None]) <= room[None]).all(axis=2)
    met |= met.T
    np.fill_diagonal(met, False)
    for i, j in np.argwhere(met[: len(alike), : len(alike)]):
        if frozenset((alike[i][0], alike[j][0])) in known:
            met[i, j] = False
    return {key for (key, _values), taken in zip(alike, met.any(axis=1)) if not taken}


def difficulty(exercise: Exercise) -> dict[str, int]:
    """How much work an exercise is: products that are none by 0 or ±1, negative numbers met, carries when adding."""
    counts: Counter[str] = Counter(dict.fromkeys(MEASURES, 0))
    for trace in exercise.layers:
        if not isinstance(trace.layer.operation, Conv | Dense | Gradient):
            values = trace.inputs["input"]
            counts["negatives"] += int(sum(value < 0 for value in values.flat))
            continue
        for step in trace.steps:
            total = 0.0
            for tap in step.taps:
                if not isinstance(tap.source, tuple) or tap.weight is None:
                    continue
                value, weight = near(tap.value), near(tap.weight)
                counts["multiplications"] += abs(value) not in (0, 1) and abs(weight) not in (0, 1)
                counts["negatives"] += (value < 0) + (weight < 0)
                counts["carries"] += carries(total, value * weight)
                total += value * weight
    return dict(counts)


def carries(a: float, b: float) -> int:
    """How often something is carried, or borrowed, when whole parts of two numbers are added.

    >>> carries(17, 5), carries(99, 1), carries(12, 3), carries(21, -5), carries(1, float("inf"))
    (1, 2, 0, 1, 0)
    """
    if not math.isfinite(a) or not math.isfinite(b):
        return 0  # nobody adds them figure by figure
    x, y = int(abs(a)), int(abs(b))
    count = carried = 0
    if a * b < 0:
        x, y = max(x, y), min(x, y)
        while x or y:
            carried = int(x % 10 - y % 10 - carried < 0)
            count += carried
            x, y = x // 10, y // 10
        return count
    while x or y:
        carried = int(x % 10 + y % 10 + carried > 9)
        count += carried
        x, y = x // 10, y // 10
    return count


def usual(measured: Sequence[Mapping[str, int]]) -> Bounds:
    """The bounds that four of five draws keep to."""
    found = {}
    for name in MEASURES:
        values = [one[name] for one in measured]
        if min(values) != max(values):
            found[name] = (float(np.floor(np.quantile(values, 0.1))), float(np.ceil(np.quantile(values, 0.9))))
    return found
