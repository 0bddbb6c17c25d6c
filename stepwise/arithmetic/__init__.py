"""Numbers: floats, exact rationals and letters, behind one small interface.

    digits.py    how a number is shown, and what the shown digits are worth
    exact.py     arrays of rationals: `Fraction`, never rounded
    letters.py   expressions in letters; the only module here that imports SymPy, and only when it is needed

An array of floats or machine integers has a NumPy type; one of exact numbers has the type `object` and holds Fractions,
and SymPy expressions where there are letters or roots. Whatever is done to arrays by NumPy works for Fractions too.
"""

from .digits import DECIMALS, Array, Value, plain, rounding, shown, wide, worth
from .exact import exact, holds_expressions, is_exact, is_expression, lift, like, may_be_negative, size

__all__ = [
    "DECIMALS",
    "Array",
    "Value",
    "exact",
    "holds_expressions",
    "is_exact",
    "is_expression",
    "lift",
    "like",
    "may_be_negative",
    "plain",
    "rounding",
    "shown",
    "size",
    "wide",
    "worth",
]
