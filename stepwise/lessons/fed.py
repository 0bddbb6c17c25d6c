"""What the reader of a page may put into a layer or a network: a picture of their own, or what they draw on a pad.

To add a way in: its name in `FED`, and what it does in `script/feed.js`.
"""

from __future__ import annotations

from ..arithmetic import is_exact
from ..errors import StepwiseError
from ..traces.trace import Trace, chain, data_inputs

FED = ("picture", "pad")
MOST_PIXELS = 256
"""Rows or columns of an input that are drawn, or that a picture is shrunk to."""


def check_fed(trace: Trace) -> None:
    """Raises `StepwiseError` where no picture goes in."""
    first = chain(trace)[0]
    given = first.inputs["input"]
    sides = given.shape[-3:] if given.ndim > 2 else given.shape
    if is_exact(given) or given.dtype.kind not in "iuf" or len(data_inputs(first)) > 1:
        raise StepwiseError(f"{first.layer.call}: a pad or a picture goes in where there is one input, of numbers")
    if not given.size or max(sides, default=0) > MOST_PIXELS:
        raise StepwiseError(
            f"{first.layer.call}: a pad or a picture goes into inputs of up to {MOST_PIXELS}×{MOST_PIXELS} numbers"
        )
