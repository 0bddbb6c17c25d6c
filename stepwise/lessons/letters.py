"""What is said where letters stand for numbers: what they may be, what that decides, and what long expressions are."""

from __future__ import annotations

from ..arithmetic import Value, exact, holds_expressions, is_expression, shown, size
from ..document.blocks import Block, Prose, Table
from ..document.inline import Inline, Math, Text
from ..formula import Equality, Formula, Number, leaf, near, written
from ..language import _, listed, plural
from ..ops import ReLU
from ..traces.step import Step
from ..traces.trace import Trace, chain
from .inline import inline, paragraph, several
from .names import cell_names

MOST_LOST = 3
"""Values that fell out of a maximum and are told."""
MOST_DEFINED = 9
"""Names whose meaning is written out; the others follow the same pattern."""
LONGEST_DEFINED = 160
"""Characters of a meaning that is written out; a longer one is counted."""


def assumptions(trace: Trace) -> Text:
    """What the letters of a lesson's first layer stand for; nothing where there are none."""
    if trace is not chain(trace)[0]:
        return ()
    from ..arithmetic.letters import assumed, letters_of  # only in a lesson that has letters is SymPy there

    by_kind: dict[str, list[str]] = {}
    for letter in letters_of(value for array in trace.inputs.values() if array.dtype == object for value in array.flat):
        by_kind.setdefault(assumed(letter), []).append(letter.name)
    return paragraph(
        *(
            plural(
                "{names} stands for {kind}.",
                "{names} stand for {kind}.",
                len(names),
                names=listed(names if len(names) <= 6 else [f"{names[0]}, {names[1]}, …, {names[-1]}"]),
                kind=assumption_words(kind, len(names) > 1),
            )
            for kind, names in by_kind.items()
        )
    )


def assumption_words(kind: str, many: bool = False) -> str:
    """An assumption as a sentence says it: `a positive number`, `numbers from 0 to 255`."""
    if ".." in kind:
        low, high = kind.split("..")
        between = _("numbers from {low} to {high}") if many else _("a number from {low} to {high}")
        return between.format(low=low, high=high)
    words = {
        "real": (_("any number"), _("any numbers")),
        "positive": (_("a positive number"), _("positive numbers")),
        "negative": (_("a negative number"), _("negative numbers")),
        "nonnegative": (_("a number that is not negative"), _("numbers that are not negative")),
    }
    return words[kind][many]


def max_of_letters(values: list[Value], result: Value) -> Text:
    """Why a maximum of letters is what it is: what fell out of it, and why."""
    unlike = list(dict.fromkeys(part for value in values for part in _maxima(value)))
    kept = _maxima(result)
    lost = [value for value in unlike if value not in kept]
    if len(unlike) == 1:
        return (_("There is no other number, so it is the largest."),)
    sentences: list[str | Text] = []
    for reason, those in _by_reason(lost[:MOST_LOST], kept).items():
        never = _("{names} can never be the largest: {reason}.")
        names = several(Math(leaf(value)) for value in those)
        sentences.append(inline(never, names=names, reason=reason))
    if len(lost) > MOST_LOST:
        sentences.append(
            plural("The same is true of {n} other.", "The same is true of {n} others.", len(lost) - MOST_LOST)
        )
    if any(len(_maxima(value)) > 1 for value in values):
        sentences.append(_("The maximum of several maxima is the largest of all their numbers."))
    elif len(kept) > 1:
        sentences.append(_("Which is the largest depends on the letters, so the maximum is left as it is."))
    return paragraph(*sentences)


def _by_reason(lost: list[Value], kept: list[Value]) -> dict[str, list[Value]]:
    found: dict[str, list[Value]] = {}
    for value in lost:
        found.setdefault(_reason(value, kept), []).append(value)
    return found


def _maxima(value: Value) -> list[Value]:
    """What a maximum is the largest of; anything else is so of itself."""
    if not is_expression(value):
        return [value]
    from ..arithmetic.parts import taken_apart

    kind, parts = taken_apart(value)
    return parts if kind == "max" else [value]


def _reason(lost: Value, kept: list[Value]) -> str:
    """The shortest reason: a larger one that is there, or what is assumed of a letter."""
    from ..arithmetic.letters import assumed, letters_of

    for larger in kept:
        difference = larger - lost
        if not is_expression(difference) or (difference.is_number and difference.is_nonnegative):
            return _("{larger} is at least as large").format(larger=written(larger))
    known = [letter for letter in letters_of([lost, *kept]) if assumed(letter) != "real"]
    if not known:
        return _("another is always at least as large")
    letter = known[0]
    return _("{letter} stands for {kind}").format(letter=letter.name, kind=assumption_words(assumed(letter)))


def relu_of_letters(step: Step) -> Text:
    """What ReLU makes of a letter."""
    relu, value, result = step.trace.layer.operation, step.taps[0].value, step.result
    assert isinstance(relu, ReLU)
    threshold = shown(relu.threshold)
    name = Math(leaf(value))
    if result == value:
        return inline(_("{x} is never below {n}, so it is unchanged."), x=name, n=threshold)
    if relu.ceiling is not None and result == exact(relu.ceiling):
        return inline(_("{x} is never below {n}, so it becomes {n}."), x=name, n=shown(relu.ceiling))
    if not is_expression(result):
        return inline(_("{x} is never above {n}, so it becomes 0."), x=name, n=threshold)
    if relu.slope and not relu.threshold and result == value * exact(relu.slope):
        return inline(_("{x} is never above 0, so it is multiplied by {slope}."), x=name, slope=shown(relu.slope))
    if relu.threshold or relu.ceiling is not None or relu.slope:
        return (_("Which case it is depends on the letters, so the formula holds every case."),)
    return (_("Whether it is unchanged or becomes 0 depends on its sign, so the maximum is left as it is."),)


def meanings(trace: Trace) -> list[Block]:
    """What the names of an output's cells stand for, the first of them written out."""
    named = cell_names(trace)
    if not named:
        return []  # the cells of the answer's picture hold their expressions themselves
    rows: list[tuple[Text, ...]] = []
    for index, symbol in list(named.items())[:MOST_DEFINED]:
        rows.append(((Math(symbol),), (_meaning(trace.output[index]),)))
    lettered = any(is_expression(value) and value.free_symbols for value in trace.output.flat)
    heading = _("written out in the letters of the input") if lettered else _("written out")
    blocks: list[Block] = [Table(_("What the names stand for"), (_("name"), heading), tuple(rows))]
    if len(named) > len(rows):
        more = _("… and so on for {n} more, each over its own window.").format(n=f"{len(named) - len(rows):,}")
        blocks.append(Prose((more,)))
    return blocks


def _meaning(value: Value) -> Inline:
    if size(value) > LONGEST_DEFINED:  # a term has a character at least, and taking thousands apart takes seconds
        return _length(value)
    meaning: Formula = leaf(value)
    if is_expression(value) and not value.free_symbols:
        meaning = Equality(meaning, Number(near(value)), exact=False)
    if len(str(meaning)) <= LONGEST_DEFINED:
        return Math(meaning)
    return _length(value) + (f" ≈ {meaning.right}" if isinstance(meaning, Equality) else "")


def _length(value: Value) -> str:
    return plural("an expression of {n} term", "an expression of {n} terms", size(value))


def has_letters(trace: Trace) -> bool:
    """Whether an output holds letters, or numbers that are not rational."""
    return holds_expressions(trace.output)
