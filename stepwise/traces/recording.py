"""Carrying a layer out, and keeping the record."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from ..arithmetic import Array, is_exact
from ..errors import InputError
from .estimates import refuse_too_large
from .exactly import record_exactly, refuse_long_numbers
from .residues import without_residues
from .trace import Trace

if TYPE_CHECKING:
    from ..geometry import Geometry
    from .operation import Layer


def record(
    layer: Layer,
    inputs: Mapping[str, Array],
    parents: Mapping[str, Trace] | None = None,
    origins: Mapping[str, str] | None = None,
    carry_out: Callable[[], tuple[Geometry, Array]] | None = None,
) -> Trace:
    """Carry a layer out on its inputs and keep the record. The arrays become the trace's own and are locked.

    `carry_out` does it where more is known than the inputs, as of a gradient its forward pass; exact numbers go
    without.

    Raises `ShapeError` where the inputs do not fit the layer.
    """
    if any(map(is_exact, inputs.values())):
        return record_exactly(layer, inputs, parents or {}, origins or {})
    refuse_too_large(layer, inputs, parents or {})
    for array in inputs.values():
        array.flags.writeable = False
    try:
        with np.errstate(all="ignore"):  # NaN and infinities are data like any other
            geometry, output = carry_out() if carry_out else layer.operation.run(layer.layout, inputs)
    except OverflowError:  # Python's integers have no bound, floats have
        raise InputError(f"{layer.call}: a whole number becomes too large here to be written as a decimal") from None
    refuse_long_numbers(layer, output)
    trace = Trace(layer, dict(inputs), geometry, output, parents or {}, origins or {})
    settled = without_residues(trace)
    settled.flags.writeable = False
    return trace if settled is output else dataclasses.replace(trace, output=settled)
