"""Numbers: floats, exact rationals and letters, behind one small interface.

    digits.py    how a number is shown, and what the shown digits are worth
    functions.py functions of arrays that NumPy does not have
    exact.py     arrays of rationals: `Fraction`, never rounded
    letters.py   expressions in letters: SymPy is imported here and in the next three, and only when it is needed
    extremes.py  the largest of letters, as far as it can be told
    parts.py     an expression taken apart, to be written
    decimals.py  an expression as a decimal
    records.py   all of these as data

An array of floats or machine integers has a NumPy type; one of exact numbers has the type `object` and holds Fractions,
and SymPy expressions where there are letters or roots. Whatever is done to arrays by NumPy works for Fractions too.
"""

from .digits import DECIMALS, Array, Value, plain, rounding, shown, true_minus, wide, worth
from .exact import (
    MOST_DEPTH,
    MOST_DIGITS,
    as_its_own,
    depth,
    digits,
    exact,
    holds_expressions,
    is_exact,
    is_expression,
    lift,
    like,
    lowered,
    may_be_negative,
    nesting,
    size,
)
from .functions import erf, within
from .whole import (
    apart,
    box_of,
    count_differing,
    differing,
    exponentials,
    largest_cells,
    run_sums,
    run_tops,
    span,
    unlike,
    unlike_cells,
)

__all__ = [
    "DECIMALS",
    "MOST_DEPTH",
    "MOST_DIGITS",
    "Array",
    "Value",
    "apart",
    "as_its_own",
    "box_of",
    "count_differing",
    "depth",
    "differing",
    "digits",
    "erf",
    "exact",
    "exponentials",
    "holds_expressions",
    "is_exact",
    "is_expression",
    "largest_cells",
    "lift",
    "like",
    "lowered",
    "may_be_negative",
    "nesting",
    "plain",
    "rounding",
    "run_sums",
    "run_tops",
    "shown",
    "size",
    "span",
    "true_minus",
    "unlike",
    "unlike_cells",
    "wide",
    "within",
    "worth",
]
