"""What a formula is worth, worked out with Python's own arithmetic from the numbers in its tree.

The package has such a function too (`formula.value`, from the printed digits); this one shares nothing with it, so that
a step's formula can be held against the cell it explains.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable

from stepwise.formula import (
    Absolute,
    Ceiling,
    Difference,
    Equality,
    Floor,
    Formula,
    Function,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
)
from stepwise.traces.step import Step


def worked_out(formula: Formula) -> float:
    """The formula's value; of an equality, that of its left side."""
    match formula:
        case Number(value=value):
            return float(value)
        case Sum(terms=terms):
            return math.fsum(map(worked_out, terms))
        case Difference(left=left, right=right):
            return worked_out(left) - worked_out(right)
        case Product(factors=factors):
            return math.prod(map(worked_out, factors))
        case Quotient(numerator=numerator, denominator=denominator):
            return worked_out(numerator) / worked_out(denominator)
        case Power(base=base, exponent=exponent):
            below, above = worked_out(base), worked_out(exponent)
            return math.nan if below < 0 and not above.is_integer() else below**above
        case Absolute(inner=inner):
            return abs(worked_out(inner))
        case Negative(inner=inner):
            return -worked_out(inner)
        case Floor(inner=inner):
            return math.floor(worked_out(inner))
        case Ceiling(inner=inner):
            return math.ceil(worked_out(inner))
        case Function(name=name, arguments=arguments):
            functions: dict[str, Callable[[list[float]], float]] = {"max": max, "min": min, "median": statistics.median}
            numbers = [worked_out(argument) for argument in arguments]
            if name in functions:
                return functions[name](numbers)
            if name == "ln":
                return math.log(numbers[0]) if numbers[0] else -math.inf
            return float(getattr(math, name)(*numbers))
        case Equality(left=left):
            return worked_out(left)
    raise AssertionError(f"{formula} has no value")


def sample(steps: int, most: int = 12) -> range:
    """An even choice of step numbers, first and last among them."""
    return range(0, steps, max(1, (steps - 1) // (most - 1))) if steps > 1 else range(steps)


def explains(step: Step, tolerance: float = 1e-9) -> bool:
    """Whether a step's formula, worked out, is the number in its cell."""
    value, result = worked_out(step.formula), float(step.result)
    return math.isclose(value, result, rel_tol=tolerance, abs_tol=tolerance) or (value != value and result != result)
