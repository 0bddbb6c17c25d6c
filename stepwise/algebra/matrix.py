"""A convolution as one matrix: a row for every output cell, a column for every input cell, the weights in their places.

    y = M·x + b      M[i, j] = the weight that output cell i gives to input cell j, 0 where its window does not reach

The rows repeat the kernel, each shifted by the stride: a Toeplitz matrix, in two dimensions one of such blocks. Its
transpose takes every output cell back to the input cells it came from: that is the transposed convolution with the same
kernel, and what carries the gradient back. Source: Dumoulin & Visin, arXiv:1603.07285, §4.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, ClassVar, overload

import numpy as np

from ..arithmetic import Array, holds_expressions, is_exact, lift
from ..dataclass import dataclass
from ..effort import ENTRY, allow
from ..errors import CallError, ShapeError, shown
from ..io.inputs import as_array
from ..ops import Pad
from ..ops.windows import WindowOperation
from ..rules.derive import derivative, is_linear
from ..rules.expand import worth_of
from ..traces.trace import Trace

Shape = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class LinearMap:
    """A layer as a matrix. `array` is (output cells, input cells), both in row-major order of their owners' arrays.

    `layer @ x` applies it: x has the input's shape, the result the output's, and the bias is added where there is one.
    """

    shown_as: ClassVar[str] = "a matrix"

    array: Array
    input_shape: Shape
    output_shape: Shape
    bias: Array | None = None  # one number for each output cell
    call: str = ""

    @property
    def transposed(self) -> LinearMap:
        """The matrix with rows and columns exchanged, and no bias: it takes outputs to inputs."""
        call = f"transpose of {self.call}" if self.call else ""
        return LinearMap(self.array.T, self.output_shape, self.input_shape, None, call)

    @overload
    def __matmul__(self, x: LinearMap) -> LinearMap: ...
    @overload
    def __matmul__(self, x: Any) -> Array: ...
    def __matmul__(self, x: Any) -> Any:
        """Apply it to an input, or after another map. Raises `ShapeError` for an input of another shape."""
        if isinstance(x, LinearMap):
            return self._after(x)
        given = x.output if isinstance(x, Trace) else as_array(x)
        if given.shape != self.input_shape:
            raise ShapeError(f"the input has shape {given.shape}, but the matrix takes {self.input_shape}")
        flat = _product(self.array, given.ravel())
        if self.bias is not None:
            flat = flat + self.bias
        return np.asarray(flat).reshape(self.output_shape)

    def _after(self, first: LinearMap) -> LinearMap:
        """Both, one after the other, as one."""
        if first.output_shape != self.input_shape:
            raise ShapeError(f"the first gives shape {first.output_shape}, but the second takes {self.input_shape}")
        columns = [_product(self.array, column) for column in first.array.T]
        bias = self.bias
        if first.bias is not None:
            carried = _product(self.array, first.bias)
            bias = carried if bias is None else carried + bias
        call = f"{first.call}, {self.call}" if first.call and self.call else ""
        return LinearMap(np.stack(columns, axis=1), first.input_shape, self.output_shape, bias, call)


def has_matrix(trace: Trace) -> bool:
    """Whether a layer looks through windows by a linear rule, as a convolution and a mean do: one matrix can do it."""
    operation = trace.layer.operation
    return isinstance(operation, WindowOperation) and is_linear(operation.calculation)


def matrix(trace: Trace) -> LinearMap:
    """The matrix of a convolution (plain, depthwise or transposed), of windows' means or sums, of padding by 0 or data.

    It is that of the trace's own operation: a convolution whose `padding_mode` mirrors or wraps is padding first, and
    `matrix(trace) @ matrix(trace.parents["input"])` is both in one.

    Raises `CallError` for any other operation, `LimitError` for a matrix with too many entries.

    >>> import stepwise as sw
    >>> t = sw.trace("Conv2D(1, 2)", [[1, 2, 3], [4, 5, 6]], kernel=[[1, 2], [3, 4]])
    >>> sw.matrix(t).array.astype(int).tolist()
    [[1, 2, 0, 3, 4, 0], [0, 1, 2, 0, 3, 4]]
    >>> (sw.matrix(t) @ t.inputs["input"]).tolist() == t.output.tolist()
    True
    """
    if not isinstance(trace, Trace):
        raise CallError(f"matrix takes a trace, such as that of stepwise.trace('Conv2D(1, 2)', …), not {shown(trace)}")
    operation = trace.layer.operation
    moved = isinstance(operation, Pad) and (operation.mode != "constant" or operation.value == 0)
    if not has_matrix(trace) and not moved:
        raise CallError(f"{trace.layer.call} is not a convolution or a mean, so no single matrix does what it does")
    shape = trace.inputs["input"].shape
    rows, columns = trace.output.size, int(np.prod(shape))
    allow(f"a matrix of {rows:,}×{columns:,} entries", rows * columns * ENTRY, "take a smaller input")
    exact = trace.output.dtype == object
    array = np.full((rows, columns), Fraction(0) if exact else 0.0, dtype=object if exact else np.float64)
    slope = derivative(operation.calculation)
    for row, step in enumerate(trace.steps):
        for tap in step.taps:
            if isinstance(tap.source, tuple):
                weight = worth_of(slope, step, tap)
                column = int(np.ravel_multi_index(tap.source, shape))
                array[row, column] = array[row, column] + (
                    weight if exact else float(weight)
                )  # the same cell may be seen twice, in wrapped padding
    return LinearMap(array, shape, trace.shape, _bias(trace), trace.layer.call)


def _bias(trace: Trace) -> Array | None:
    if "bias" not in trace.inputs:
        return None
    own = trace.inputs["bias"]
    return np.array([own[trace.place(step.index)[1]] for step in trace.steps], dtype=own.dtype)


def _product(array: Array, x: Array) -> Array:
    """A matrix times a column."""
    if is_exact(array) or is_exact(x):
        return _exact_product(lift(array), lift(x))
    return np.asarray(array @ x)


def _exact_product(array: Array, x: Array) -> Array:
    """A product of exact numbers or letters; every row is added up once, like terms collected."""
    if not holds_expressions(array) and not holds_expressions(x):
        return np.asarray(array @ x)
    from ..arithmetic.letters import product, total

    def cell(row: Sequence[Any]) -> Any:
        return total(product((weight, value)) for weight, value in zip(row, x) if weight != 0)

    result = np.empty(len(array), dtype=object)
    result[:] = [cell(row) for row in array]
    return result
