"""Marking: what was handed in, what is right and wrong in it cell by cell, and which misunderstanding explains it.

    answers.py         what was handed in, as numbers, blanks and words that could not be read
    tolerance.py       when a number counts as right
    verdict.py         an answer compared with a trace, cell by cell, and what it earns
    misconceptions.py  wrong procedures with names, each carried out by the engine
    known.py           all of them, with those of plug-ins, and what their codes mean
    diagnosis.py       which of them explain an answer
    parts.py           the questions of an exercise, one or several, and what an answer to them earned
    followthrough.py   a chain marked part by part, each against the student's own earlier answer
    written.py         `marking:` and `parts:` of a lesson file

The interface that the command line, the lessons and the rooms of a class build on:

    check(trace, answer, marking=Marking(...)) -> Verdict          one answer
    Marker(trace, marking).check(answer) -> Verdict                many answers to one exercise: prepares once
    read_answer(data, decimal) -> Answer                           text, lists, arrays; never raises for what is in it
    answer_files.answer_from_bytes(data, suffix, decimal) -> Answer    of a .txt .csv .json .npy .yaml .xlsx; of several
                                                                   parts: entries_from_bytes
    mark_parts(parts, answers, marking) -> PartsVerdict            a chain, part by part, with follow-through
    PartsMarker(parts, marking).check(answers) -> PartsVerdict     many of them; answers: one for each part
    read_parts(text or list) -> list[Answer]                       text with lines `---`

    Marking     tolerance=Tolerance("relabs"|"sigfig"|"decdig"|"exact", rtol, atol, digits), score="cells"|"rows"|"all",
                weights=None|array, precision_credit=0.0, decimal="point"|"comma", reveal="working"
    Verdict     .correct       bool: every cell right
                .score         float, 0 to 1
                .usable        bool: something could be read; False costs no attempt, and .problem says why
                .problem       one sentence, "" where usable
                .cells         tuple of CellVerdict(index, state, given, due, written); state is one of
                               "right" "wrong" "blank" "unreadable" "imprecise"; () where the size is wrong
                .size          None where the size is right, else SizeVerdict(given, due, ways, text, codes)
                .diagnosis     None, or Diagnosis(codes, explains, wrong, text, ties); worked out when first asked for
                .text          one paragraph: what is right and wrong, and why, as far as marking.reveal allows
                .lesson(reveal="nothing"|"cells"|"diagnosis"|"working")
    PartsVerdict .score (points) .max_score .earned (rounded) .share .correct .usable .problem .text .remark
                .parts         tuple of PartVerdict(verdict, points, earned, followed, text)

To add a misconception: a row in `misconceptions.py`, or an entry point in the group `stepwise.misconceptions`.
"""

from typing import TYPE_CHECKING

from ..lazy import loaded

if TYPE_CHECKING:
    from .answers import Answer as Answer
    from .answers import read_answer as read_answer
    from .answers import read_parts as read_parts
    from .diagnosis import Diagnosis as Diagnosis
    from .followthrough import PartsMarker as PartsMarker
    from .followthrough import mark_parts as mark_parts
    from .known import known_misconceptions as known_misconceptions
    from .marker import Marker as Marker
    from .marker import check as check
    from .marking import Marking as Marking
    from .misconception import Misconception as Misconception
    from .parts import Part as Part
    from .parts import PartsVerdict as PartsVerdict
    from .parts import PartVerdict as PartVerdict
    from .tolerance import Tolerance as Tolerance
    from .verdict import CellVerdict as CellVerdict
    from .verdict import SizeVerdict as SizeVerdict
    from .verdict import Verdict as Verdict

_HOMES = {
    **dict.fromkeys(("Answer", "read_answer", "read_parts"), "answers"),
    "Diagnosis": "diagnosis",
    **dict.fromkeys(("PartsMarker", "mark_parts"), "followthrough"),
    "Misconception": "misconception",
    "known_misconceptions": "known",
    **dict.fromkeys(("Part", "PartVerdict", "PartsVerdict"), "parts"),
    "Tolerance": "tolerance",
    **dict.fromkeys(("CellVerdict", "SizeVerdict", "Verdict"), "verdict"),
    **dict.fromkeys(("Marker", "check"), "marker"),
    "Marking": "marking",
}

__all__ = sorted(_HOMES)

__getattr__ = loaded(__name__, _HOMES)
