"""Steps of very many numbers: told from whole arrays, since nobody reads them one by one.

A window may be as large as a picture, and a dense layer may see all of it. What is said of such a step is short, so its
formula is made short at once: a subtotal, or the largest, of each run of numbers.
"""

from __future__ import annotations

from ..arithmetic import exponentials, run_sums, run_tops
from ..document.inline import Text
from ..formula import Difference, Equality, Formula, Function, Number, Quotient, Sum, equality, leaf
from ..language import _
from ..ops import MeanPool
from ..traces.step import Step
from ..traces.tap import Gathered
from .fold import folded, notes
from .inline import inline, paragraph
from .looking import LONG, gathered, is_long, shown_singly
from .readable import READABLE
from .said import sentence


def working(step: Step, before: Step | None = None) -> tuple[Formula, Text]:
    """A step's formula, short enough to read, and what is said of it, but for what was said of the step `before`."""
    if not is_long(step):
        formula, note = summed_up(step)
        return formula, paragraph(sentence(step, before), note)
    return _at_once(step)


def summed_up(step: Step) -> tuple[Formula, Text]:
    """The formula, and only what is said of how it was made short; what is only copied is not worked out: `5`."""
    if is_long(step):
        return _at_once(step)
    formula, note = folded(step)
    return bare(formula), (note,) if note else ()


def bare(formula: Formula) -> Formula:
    """The number alone, where a working would say it twice: `5` instead of `5 = 5`."""
    if isinstance(formula, Equality) and str(formula.left) == str(formula.right):
        return formula.right
    return formula


def _at_once(step: Step) -> tuple[Formula, Text]:
    found = gathered(step)
    assert found is not None
    length = -(-found.values.size // READABLE)
    left, note = _left(step, found, length)
    sentences: list[str | Text] = [_("It is computed from {n} numbers.").format(n=f"{found.values.size:,}")]
    if found.weights is None and step.trace.layer.operation.name == "max_pool":
        sentences.append(inline(_("The largest is **{best}**."), best=str(leaf(step.result))))
    if found.padded:
        sentences.append(_("{n} cells of the window hold no data.").format(n=f"{found.padded:,}"))
    return equality(left, Number(step.result)), paragraph(*sentences, note)


def _left(step: Step, found: Gathered, length: int) -> tuple[Formula, str]:
    operation = step.trace.layer.operation
    if operation.name == "max_pool":
        tops = run_tops(found.values, length)
        return Function("max", tuple(map(Number, tops))), notes()["max"].format(n=length)
    if operation.name == "softmax":
        largest, total = exponentials(found.values)
        own = Difference(Number(step.trace.inputs["input"][step.index].item()), Number(largest))
        return Quotient(Function("exp", (own,)), Number(total)), notes()["exp"].format(n=f"{found.values.size:,}")
    sums: Sum = Sum(tuple(map(Number, run_sums(found.values, found.weights, length))))
    note = notes()["+"].format(n=f"{length:,}")
    if isinstance(operation, MeanPool):
        divisor = operation.counted(step.trace, step.trace.place(step.index)[2:])
        return Quotient(sums, Number(divisor)), note
    return (Sum((*sums.terms, Number(found.bias))) if found.bias is not None else sums), note


__all__ = ["LONG", "bare", "is_long", "shown_singly", "summed_up", "working"]
