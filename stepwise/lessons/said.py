"""What is said of one step, as data: templates, each with the condition under which it is said.

A page's reader may visit a window that no lesson tells, or change a number; so the page says it itself, by the same
templates. `sentence` says it here. The templates are in `phrases.py`; what a condition means is in `facts.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from ..arithmetic import is_expression
from ..document.inline import Strong, Text
from ..ops import Clip, Gradient, MaxPool, Softmax
from ..rules.as_data import as_data, condition
from ..rules.expand import formula_of, held
from ..rules.tree import Holds
from ..traces.step import Step
from ..traces.trace import Trace
from .facts import facts, landed, number_count, outside_count, padded_count, three_kinds, two_kinds
from .inline import inline, paragraph
from .letters import max_of_letters, relu_of_letters
from .lines import undefined
from .phrases import phrases

FORMS = 120
"""Counts whose plural forms are told one by one; no language tells larger ones apart otherwise."""


def sentence(step: Step, before: Step | None = None) -> Text:
    """What happens in one step, in the current language.

    A sentence that the step told just `before` has word for word is not said again: beside the first, or where it is
    said of every step. What a window covers is, a winner, and why a cell has its gradient.
    """
    sentences = _sentences(step)
    known = [text for text, _always in _sentences(before)] if before is not None else []
    operation = step.trace.layer.operation
    whole = isinstance(operation, Gradient) and isinstance(operation.of, MaxPool)
    again = [
        text in known and (always or (n > 0 and not whole)) and not any(isinstance(piece, Strong) for piece in text)
        for n, (text, always) in enumerate(sentences)
    ]
    repeated = [n for n, (text, _always) in enumerate(sentences) if text in known]
    if whole and len(repeated) > 1:  # why a cell has its gradient is said each time, but not in the same two sentences
        again = [n in repeated[:-1] for n in range(len(sentences))]
    letters = _of_letters(step) if any(is_expression(tap.value) for tap in step.taps) else ()
    return paragraph(*(text for (text, _always), said in zip(sentences, again) if not said), letters)


def _sentences(step: Step) -> list[tuple[Text, bool]]:
    """What is said of a step, and whether it need not be said again, as what is said of every step (where `alike`, of
    all but NaN).
    """
    holding, numbers = facts(step)
    numbers |= {name: str(formula_of(rule, step)) for name, rule in phrases(step.trace).numbers(step.trace).items()}
    operation = step.trace.layer.operation
    alike = isinstance(operation, Softmax) or (isinstance(operation, Clip) and operation.low > operation.high)
    return [
        (
            inline(template, **numbers),
            template == "{landed}"  # the same products land on the cells beside
            or ((not when or (alike and isinstance(when, Holds))) and "{covered}" not in template),
        )
        for when, template in _that_hold(step, holding)
    ]


def _that_hold(step: Step, holding: set[str]) -> Iterator[tuple[str | Holds, str]]:
    """The templates whose conditions hold, with these; of letters, only of conditions that no letter decides."""
    lines = phrases(step.trace).lines(step.trace)
    said: set[int] = set()
    if any(is_expression(tap.value) for tap in step.taps):
        said = {group for when, _line, *groups in lines if isinstance(when, Holds) and when.of_taps for group in groups}
    for when, template, *group in lines:
        if said.isdisjoint(group) and (held(when, step) if isinstance(when, Holds) else not when or when in holding):
            said |= set(group)
            yield when, template


def reason(holding: set[str]) -> str:
    """Why a result is NaN, of what holds of its step; empty where that is not known."""
    return next((template for when, template, *_group in undefined() if when in holding), "")


def _of_letters(step: Step) -> Text:
    """What letters make of a maximum; a page that shows them has no script that would say it again."""
    data = [tap.value for tap in step.taps if tap.is_data]
    match step.trace.layer.operation.name:
        case "max_pool":
            return max_of_letters(data, step.result)
        case "relu":
            return relu_of_letters(step)
    return ()


def forms(counted: Callable[[int], str]) -> dict[str, str]:
    """The forms that a counted word takes in the current language, by count; `*` is the most common one.

    >>> from ..language import plural
    >>> forms(lambda n: plural("{n} window", "{n} windows", n))
    {'*': '{n} windows', '1': '{n} window'}
    """
    by_count = {n: counted(n).replace(str(n), "{n}", 1) for n in range(FORMS)}
    common = Counter(by_count.values()).most_common(1)[0][0]
    return {"*": common, **{str(n): form for n, form in by_count.items() if form != common}}


def words(trace: Trace) -> dict[str, Any]:
    """Everything a page needs to tell a trace's steps itself, in the current language."""
    outside = trace.geometry.has_outside
    lines = [
        [condition(when, trace.inputs) if isinstance(when, Holds) else when, *rest]
        for when, *rest in phrases(trace).lines(trace)
        if outside or when != "outside"
    ]
    sentences: dict[str, Any] = {"lines": lines}
    if named := {name: as_data(rule, trace.inputs) for name, rule in phrases(trace).numbers(trace).items()}:
        sentences["numbers"] = named
    if any("{covered}" in line for _when, line, *_group in lines):
        sentences |= {"number": forms(number_count), "padded": forms(padded_count), "both": two_kinds()}
        sentences |= {"outside": forms(outside_count), "three": three_kinds()} if outside else {}
    if any("{landed}" in line for _when, line, *_group in lines):
        sentences["landed"] = forms(landed)
    return sentences
