"""Rules as data: how taps become a result, said once by an operation and read by everybody else.

tree.py       the expression, written with the signs of arithmetic
expand.py     as the formula of one output cell, and what it comes to there
calculate.py  over whole arrays
derive.py     its derivative, by its own tree
told.py       as JSON, for the page
"""

from .calculate import over
from .derive import derivative, share
from .expand import Cell, formula_of, held, taking_part, worth_of
from .told import told
from .tree import (
    Apply,
    Aside,
    Beside,
    Constant,
    Figure,
    Fold,
    Holds,
    IsOwn,
    Known,
    Own,
    Rule,
    Tap,
    W,
    Weight,
    Where,
    Wins,
    X,
    Y,
    above,
    asides,
    at_most,
    equal,
    exp,
    larger,
    largest,
    missing,
    size,
    smaller,
    sqrt,
    tanh,
    total,
    unlike,
    where,
)

__all__ = [
    "Apply",
    "Aside",
    "Beside",
    "Cell",
    "Constant",
    "Figure",
    "Fold",
    "Holds",
    "IsOwn",
    "Known",
    "Own",
    "Rule",
    "Tap",
    "W",
    "Weight",
    "Where",
    "Wins",
    "X",
    "Y",
    "above",
    "asides",
    "at_most",
    "derivative",
    "equal",
    "exp",
    "formula_of",
    "held",
    "larger",
    "largest",
    "missing",
    "over",
    "share",
    "size",
    "smaller",
    "sqrt",
    "taking_part",
    "tanh",
    "told",
    "total",
    "unlike",
    "where",
    "worth_of",
]
