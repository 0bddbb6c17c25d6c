"""Whether a mistake that is proven to be told apart would be told: its answer is graded, as a student's is.

Each part is answered as who makes the mistake answers it, numbers written out in full. It is told where the marks name
it, or one that no numbers can tell from it, and nothing else besides.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..marking.wrong import Mistake, WrongResults, carried_out, wrong_results
from .demands import Mistaken, Pair, mistakes
from .exercise import Exercise
from .wording import answered


def named_alone(exercise: Exercise, mistaken: Iterable[Mistaken], twins: frozenset[Pair]) -> set[Mistaken]:
    """Those of these mistakes whose answers, when they are graded, get that diagnosis and no other.

    Without numbers of different sizes, `rule.min_for_max` in one cell of four could as well be a slip:

    >>> from stepwise.exercises.exercise import read_exercise
    >>> one = read_exercise("stepwise: 1\\ninput: 4 3 1; 2 1 1\\nlayers: ['MaxPool2D(2, strides=1)']")
    >>> told = [(0, "rule.min_for_max", (0,)), (0, "padding.same_for_valid", (0,))]
    >>> sorted(code for _part, code, _at in named_alone(one, told, frozenset()))
    ['padding.same_for_valid', 'rule.min_for_max']
    """
    made = {(0, code, at): wrong.mistakes for (_part, code, at), wrong in mistakes(exercise)}
    return {one for one in mistaken if _is_named(exercise, one, made[one], twins)}


def _is_named(exercise: Exercise, one: Mistaken, made: tuple[Mistake, ...], twins: frozenset[Pair]) -> bool:
    """Whether grading names the mistake, and nothing that could be told from it."""
    answers = [_answer(wrong_results(m.layer), made) if m.ask == "output" else "" for m in exercise.markers]
    verdicts = [part.verdict for part in exercise.marker.check(answers).parts]
    found = [one.diagnosis for one in verdicts if one.diagnosis is not None]
    codes = {code for diagnosis in found for codes in (diagnosis.codes, *diagnosis.ties) for code in codes}
    pairs = [{(code, at) for _part, code, at in pair} for pair in twins]
    alike = {code for pair in pairs if one[1:] in pair for code, _at in pair}
    return bool(codes) and codes <= alike | {one[1]} and all(verdict.usable or verdict.blank for verdict in verdicts)


def _answer(results: WrongResults, made: tuple[Mistake, ...]) -> str:
    """What who makes the mistake hands in for a part; nothing where it cannot be carried that far."""
    here = {id(layer) for layer in results.layers}
    mine = {(m.misconception.code, id(layer)) for m in made for layer in m.layers if id(layer) in here}
    if not mine:
        return answered(results.trace)
    for wrong in results.single:
        if mine == {(m.misconception.code, id(layer)) for m in wrong.mistakes for layer in m.layers}:
            return answered(wrong.trace)
    trace = carried_out(results.layer, made)
    return "" if trace is None else answered(trace)


__all__ = ["named_alone"]
