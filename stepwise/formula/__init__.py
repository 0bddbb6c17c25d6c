"""The expression tree that lessons show, and its printers: plain text, LaTeX, typst, MathML and speech.

The tree keeps its operands in the order a person would write them and never rearranges or simplifies: it is what is
*shown*. `equality` decides between `=` and `≈` by working the shown numbers out exactly.

To add a kind of node: a dataclass in `tree.py`, a case in `value.py`, in the walk that all printers share (`walk.py`)
and in `speech.py`; the type checker names every place that is missing.
"""

from .latex import latex
from .leaf import leaf, spelled, written
from .mathml import mathml
from .speech import speech
from .text import text
from .tree import (
    Absolute,
    Ceiling,
    Difference,
    Equality,
    Floor,
    Formula,
    Function,
    Gap,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
)
from .typst import typst
from .undefined import cause
from .value import equality, near, outcome, value, worked_out

__all__ = [
    "Absolute",
    "Ceiling",
    "Difference",
    "Equality",
    "Floor",
    "Formula",
    "Function",
    "Gap",
    "Negative",
    "Number",
    "Power",
    "Product",
    "Quotient",
    "Sum",
    "Symbol",
    "cause",
    "equality",
    "latex",
    "leaf",
    "mathml",
    "near",
    "outcome",
    "speech",
    "spelled",
    "text",
    "typst",
    "value",
    "worked_out",
    "written",
]
