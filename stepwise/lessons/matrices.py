"""A layer told as matrices, where it has them: the one that does what it does, and those of im2col."""

from __future__ import annotations

from collections.abc import Iterable

from ..algebra.columns import has_columns
from ..algebra.matrix import has_matrix
from ..document.lesson import Section
from ..errors import CallError
from ..traces.trace import Trace
from .columns import columns_section
from .matrix import matrix_section


def refuse_without(layers: Iterable[Trace]) -> None:
    """Raises `CallError` where no layer of a chain has a matrix."""
    layers = tuple(layers)
    if not any(map(has_matrix, layers)):
        raise CallError(f"{layers[-1].layer.call} is not a convolution or a mean, so no matrix does what it does")


def matrix_sections(trace: Trace) -> list[Section]:
    """The sections that a layer's lesson gains; none where it has no matrix."""
    sections = [matrix_section(trace)] if has_matrix(trace) else []
    return sections + ([columns_section(trace)] if has_columns(trace) else [])
