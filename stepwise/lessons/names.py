"""Names for long expressions in letters: `y01` for what a cell of the first layer's output came to.

A cell that is short is shown as it is. Where cells are long, the whole array goes by names: one letter for each layer's
output, the cell's index after it, as `stepwise.symbols` names letters. Pictures and formulas show the names, and the
layer that made them says what they stand for.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from ..arithmetic import Value, is_expression
from ..formula import Equality, Formula, Symbol, leaf, outcome, spelled, written
from ..ops import Gradient
from ..traces.layout import Index
from ..traces.step import Step
from ..traces.trace import Trace, chain

LONG_CELL = 12
"""Characters that fit into a cell of a picture; a longer expression goes by a name."""
LONG_RESULT = 90
"""Characters of a result that is still written out."""
SHORT_RESULT = 60
"""Characters of one in letters that is written out beside the names of what it was made from."""
LETTERS = "yzuvwpqrst"
LETTERS_BACK = "ghdefk"
"""Of the gradients that go on, which stand beside what the forward pass gave."""
LETTERS_OF_BIASES = "bcmnlj"
"""Of a bias's gradient, or a beta's; a kernel's, or what else has one beside the input, has the input's in capitals."""


@lru_cache(maxsize=16)  # every picture of a lesson asks for the same few traces
def cell_names(trace: Trace) -> dict[Index, Symbol]:
    """The names of an output's cells, where some are too long to show; else none."""
    if trace.output.dtype != object:
        return {}
    if not any(is_expression(value) and len(written(value)) > LONG_CELL for value in trace.output.flat):
        return {}
    depth = len(chain(trace)) - 1
    taken = {symbol.name[0] for value in _all_values(trace) if is_expression(value) for symbol in value.free_symbols}
    letters, instead = _letters(trace)
    free = [letter for letter in letters if letter not in taken] or [instead]
    name = free[depth % len(free)]
    between = "" if max(trace.output.shape, default=1) <= 10 else "_"
    return {index: Symbol(name + between + between.join(map(str, index))) for index in _indices(trace.output.shape)}


def _letters(trace: Trace) -> tuple[str, str]:
    """The letters that may name its cells, and a word for where all of them are taken: no name is one of two arrays."""
    operation = trace.layer.operation
    if not any(isinstance(one.layer.operation, Gradient) for one in chain(trace)):
        return LETTERS, "cell"
    if not isinstance(operation, Gradient) or operation.wrt == "input":
        return LETTERS_BACK, "cell"
    if operation.wrt in ("bias", "beta"):
        return LETTERS_OF_BIASES, "bias"
    return LETTERS_BACK.upper(), "weight"


def names(trace: Trace) -> dict[Index, Symbol]:
    """The names of an input's cells, given by the layer that they came from."""
    parent = trace.parents.get("input")
    return {} if parent is None else cell_names(parent)


def shown_as(value: Value, named: Mapping[Index, Symbol], index: Index) -> Value | Formula:
    """What a picture shows of a cell: its value, or its name where it has one."""
    return named.get(index, value) if is_expression(value) else value


def shortened(step: Step) -> Formula:
    """The step's formula over the names of its input's cells; a result too long to read is left out.

    Where the cell has a name of its own, so is one in letters that is no shorter than what the names stand for.
    """
    named = names(step.trace)
    array = step.trace.inputs["input"]
    by_value = {array[index]: symbol for index, symbol in named.items() if is_expression(array[index])}
    working = spelled(step.trace.layer.operation.expression(step), by_value)
    own = cell_names(step.trace).get(step.index) if is_expression(step.result) else None
    length = len(str(leaf(step.result)))
    worked: Formula = working
    by_names = bool(by_value) and own is not None and bool(step.result.free_symbols)
    if length <= (SHORT_RESULT if by_names else LONG_RESULT):
        worked = outcome(working, step.result)
    return worked if own is None or worked == own else Equality(own, worked)


def _all_values(trace: Trace) -> list[Value]:
    first = chain(trace)[0]
    return [value for t in {id(first): first, id(trace): trace}.values() for a in t.inputs.values() for value in a.flat]


def _indices(shape: tuple[int, ...]) -> list[Index]:
    indices: list[Index] = [()]
    for size in shape:
        indices = [(*index, i) for index in indices for i in range(size)]
    return indices
