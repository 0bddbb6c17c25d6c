"""What a page shows of exact numbers and letters, which its script does not calculate with: every step as it is told.

A cell's text is what pictures show of it; a formula is sent as the tree that the script prints, with the tap that each
of its terms is of; a sentence is sent as it stands.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...arithmetic import Array, is_exact
from ...document.inline import Math, Strong, Text
from ...formula import Formula, Symbol, written
from ...formula.tree import (
    Absolute,
    Difference,
    Equality,
    Function,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    operands,
)
from ...formula.walk import split_number
from ...lessons.long import working
from ...lessons.names import cell_names, names, shown_as
from ...rules.expand import taking_part
from ...traces.step import Step
from ...traces.trace import Trace

SIGNS: dict[type, str] = {
    Sum: "+",
    Difference: "-",
    Product: "·",
    Quotient: "/",
    Power: "^",
    Negative: "neg",
    Absolute: "| |",
}


def lettered(trace: Trace) -> bool:
    """Whether exact numbers or letters are in it."""
    return any(map(is_exact, (*trace.inputs.values(), trace.output)))


def spelled(trace: Trace) -> dict[str, Any]:
    """The texts of every array's cells, and every step: its formula, its sentence, and which tap won."""
    texts = {name: _texts(array, names(trace) if name == "input" else {}) for name, array in trace.inputs.items()}
    return {
        "texts": texts | {"output": _texts(trace.output, cell_names(trace))},
        "steps": [_step(step) for step in trace.steps],
    }


def _texts(array: Array, named: Any) -> list[str]:
    return [written(shown_as(value, named, index)) for index, value in np.ndenumerate(array)]


def _step(step: Step) -> list[Any]:
    formula, text = working(step)
    won = step.winner
    taken = [step.taps.index(tap) for tap in taking_part(step)]
    tree = _tree(formula, taken)
    line = tree if isinstance(formula, Equality) else ["=", tree, str(formula)]
    return [line, _marked(text), step.taps.index(won) if won is not None else -1]


def _marked(text: Text) -> str:
    """A text as the script reads it, with `**` around what matters most."""
    pieces = []
    for piece in text:
        match piece:
            case str():
                pieces.append(piece)
            case Strong():
                pieces.append(f"**{piece.text}**")
            case Math():
                pieces.append(str(piece.formula))
            case _:
                pieces.append(piece.text)
    return "".join(pieces)


def _tree(formula: Formula, taps: list[int]) -> Any:
    """A formula as the script's tree; `taps` are those of the first sum or maximum of so many terms."""
    match formula:
        case Number(digits=digits):
            sign, above, below, _exponent = split_number(digits)
            return [f"{sign}over", f"{sign}{above}", below] if below else digits
        case Symbol():
            return ["letter", formula.name, *formula.parts]
        case Equality(left=Symbol() | Number()):  # what is worked out has a name before it
            return [_equals(formula), _tree(formula.left, []), _tree(formula.right, taps)]
        case Equality():
            return [_equals(formula), _tree(formula.left, taps), _tree(formula.right, [])]
        case Sum(terms=parts) | Function(arguments=parts) if taps and len(parts) >= len(taps):
            of = [*taps, *(-1 for _ in parts[len(taps) :])]
            return [_sign(formula), *(_tree(part, []) for part in parts), {"taps": of}]
        case Sum(terms=parts) if sum(len(_grouped(part)) for part in parts) >= len(taps) > 0:  # a channel at a time
            left = list(taps)
            shares = [[left.pop(0) for _ in _grouped(part) if left] for part in parts]
            whole = [share[0] if len(share) == 1 else -1 for share in shares]
            inner = [_tree(part, share if len(share) > 1 else []) for part, share in zip(parts, shares)]
            return [_sign(formula), *inner, {"taps": whole}]
    return [_sign(formula), *(_tree(part, taps) for part in operands(formula))]


def _grouped(part: Formula) -> tuple[Formula, ...]:
    """The terms of a sum within a sum; of anything else, itself."""
    return part.terms if isinstance(part, Sum) else (part,)


def _equals(formula: Equality) -> str:
    return "=" if formula.exact else "≈"


def _sign(formula: Formula) -> str:
    return formula.name if isinstance(formula, Function) else SIGNS.get(type(formula), type(formula).__name__)
