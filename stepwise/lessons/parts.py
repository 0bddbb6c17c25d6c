"""Which parts of a lesson are told, and in which order: an author's choice, carried out on a lesson that is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..document.blocks import Pair, Scene, Steps
from ..document.lesson import PARTS, Lesson, Section
from ..errors import StepwiseError, did_you_mean, listing, shown

FIGURE = "figure"
"""The steps without a word around them: on a page, the figure to be operated."""
CHOICES: tuple[str, ...] = (FIGURE, *PARTS)


def read_parts(given: object) -> tuple[str, ...]:
    """Names of parts as they were written: one, several with commas, or a list. Raises `StepwiseError`.

    >>> read_parts("steps, answer")
    ('steps', 'answer')
    """
    words = [word.strip() for word in given.split(",")] if isinstance(given, str) else given
    if not isinstance(words, (list, tuple)) or not words:
        raise StepwiseError(f"parts {shown(given)} must be one or more of {listing(CHOICES)}")
    for word in words:
        if not isinstance(word, str) or word not in CHOICES:
            guess = did_you_mean(word, CHOICES) if isinstance(word, str) else ""
            raise StepwiseError(f"there is no part {shown(word)} of a lesson; there are {listing(CHOICES)}.{guess}")
    if len(set(words)) < len(words):
        raise StepwiseError(f"the parts {', '.join(words)} name one of them twice")
    if FIGURE in words and "steps" in words:
        raise StepwiseError("the figure is the steps without a word around them; name one of the two")
    return tuple(words)


def in_parts(lesson: Lesson, wanted: Sequence[str], headed: bool = True) -> Lesson:
    """The lesson with these parts, in this order; without its title and lead where it is not `headed`.

    Of a chain, each layer has them. Raises `StepwiseError` where it has none of a part.
    """
    groups: list[list[Section]] = [[]]
    for section in lesson.sections:
        if section.level == 1:
            groups.append([])
        groups[-1].append(section)
    there = {part.part for group in groups for part in _parts(group)}
    there |= {FIGURE} if "steps" in there else set()
    for name in wanted:
        if name not in there:
            named = [known for known in CHOICES if known in there]
            has = f"its parts are {listing(named)}" if named else "it has no parts with such names"
            raise StepwiseError(f"this lesson has no part {name!r}; {has}")
    kept: list[Section] = []
    for group in groups:
        chosen = [_bare(one) if name == FIGURE else one for name in wanted for one in _parts(group) if _is(one, name)]
        if chosen and group[0].level == 1 and group[0] not in chosen and not (wanted == (FIGURE,) and len(groups) <= 2):
            kept.append(replace(group[0], folded=(), blocks=(), network=None, led=None))
        kept += chosen
    return replace(lesson, sections=tuple(kept), headed=headed, chosen=tuple(wanted))


def _is(section: Section, name: str) -> bool:
    return section.part == ("steps" if name == FIGURE else name)


def _parts(group: Sequence[Section]) -> list[Section]:
    """The parts of a layer, those that are folded away, too."""
    return [part for section in group for part in (section, *section.folded)]


def _bare(section: Section) -> Section:
    """Only what is drawn of the steps."""
    drawn = tuple(block for block in section.blocks if isinstance(block, (Steps, Scene, Pair)))
    return replace(section, title="", blocks=drawn)
