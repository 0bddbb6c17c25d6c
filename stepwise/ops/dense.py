"""Dense layers and matrix products: every output is a dot product."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

import numpy as np

from ..arithmetic import Array, Value, like, plain, rounding, wide
from ..dataclass import dataclass
from ..errors import ShapeError, differing
from ..rules.tree import Beside, Rule, W, X, total
from ..traces.influence import Box, Shares
from ..traces.layout import Index, Layout
from ..traces.step import Step
from ..traces.tap import Gathered
from ..traces.trace import Trace
from .broadcast import broadcast_index, given_to, summed_to
from .cells import CellOperation, Shape, Source


@dataclass(frozen=True)
class Dense(CellOperation):
    """y[…, u] = sum over i of x[…, i]·w[i, u] + b[u]

    The kernel is (in, out) as in Keras, or (out, in) where `out_first` (PyTorch). ONNX's Gemm is the same with factors:
    alpha·(x·w) + beta·b, and may take x transposed.
    """

    units: int
    out_first: bool = False
    alpha: float = 1
    beta: float = 1
    transposed_input: bool = False

    name: ClassVar[str] = "dense"
    rule: ClassVar[str] = "sum of products"
    keeps_axes: ClassVar[bool] = False

    @property
    def weight_factor(self) -> float:
        return self.alpha

    def weight_shapes(self, layout: Layout, shape: Shape) -> dict[str, Shape]:
        if not shape:
            raise ShapeError("a dense layer needs at least one axis")
        seen = shape[-2 if self.transposed_input else -1]
        return {"kernel": (self.units, seen) if self.out_first else (seen, self.units), "bias": (self.units,)}

    def result_shape(self, layout: Layout, shapes: Mapping[str, Shape]) -> Shape:
        shape = shapes["input"]
        due = self.weight_shapes(layout, shape)["kernel"]
        if shapes["kernel"] != due:
            names = ("units", "inputs") if self.out_first else ("inputs", "units")
            raise ShapeError(
                f"the kernel has shape {shapes['kernel']}; for an input of shape {shape} this layer needs {due}: "
                f"{differing(shapes['kernel'], due, names)}"
            ).of("kernel")
        outer = (shape[-1],) if self.transposed_input else shape[:-1]
        result = (*outer, self.units)
        bias = shapes.get("bias", ())
        if len(bias) > len(result) or any(b not in (1, n) for b, n in zip(bias[::-1], result[::-1])):
            raise ShapeError(f"the bias has shape {bias}; this layer needs ({self.units},)").of("bias")
        return result

    def _parts(self, inputs: Mapping[str, Array]) -> tuple[Array, Array]:
        x, w = inputs["input"], inputs["kernel"]
        w = w.T if self.out_first else w
        x = x.T if self.transposed_input else x
        return wide(x, w.shape[0] + 1, w), wide(w, w.shape[0] + 1, x)

    def fast(self, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        x, w = self._parts(inputs)
        product = x @ w
        if self.alpha != 1:
            kept = product.dtype if product.dtype.kind in "fO" else float
            product = np.asarray(product * like(product, self.alpha)).astype(kept)
        if "bias" not in inputs:
            return np.asarray(product)
        bias = inputs["bias"]
        return np.asarray(product + (bias if self.beta == 1 else (bias * like(bias, self.beta)).astype(bias.dtype)))

    def again(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Array, Array | float]:
        """Term by term, without BLAS."""
        x, w = self._parts(inputs)
        number: Any = np.float64 if x.dtype.kind == "f" or w.dtype.kind == "f" else x.dtype
        x, w = x.astype(number), w.astype(number)
        bias = inputs["bias"] * like(inputs["bias"], self.beta) if "bias" in inputs else np.zeros(1, dtype=np.int64)
        with np.errstate(invalid="ignore", over="ignore"):
            result = np.einsum("...i,iu->...u", x, w) * like(x, self.alpha) + bias
            if result.dtype.kind != "f":
                return result, 0.0
            spread = np.einsum("...i,iu->...u", np.abs(x), np.abs(w)) * abs(self.alpha) + np.abs(bias)
        precise = rounding(inputs["input"] if inputs["input"].dtype.kind == "f" else result)
        return result, spread * precise * (len(w) + 2)

    def form(self, trace: Trace) -> str:
        """A bare matrix is a batch of rows here, not an image."""
        return super().form(trace) if trace.layer.form or "input" in trace.parents else "batch"

    def reach(self, trace: Trace) -> int:
        return int(trace.inputs["input"].shape[-2 if self.transposed_input else -1])

    def gathered(self, trace: Trace, index: Index) -> Gathered | None:
        x, w = trace.inputs["input"], trace.inputs["kernel"]
        if object in (x.dtype, w.dtype) or self.alpha != 1 or self.beta != 1:
            return None
        *outer, unit = index
        bias = None
        if "bias" in trace.inputs:
            bias = plain(np.broadcast_to(trace.inputs["bias"], trace.output.shape)[index])
        seen = x.T[tuple(reversed(outer))] if self.transposed_input else x[tuple(outer)]
        return Gathered(seen, 0, w[unit] if self.out_first else w[:, unit], bias)

    def cells(self, trace: Trace, index: Index) -> Iterable[Source]:
        """The whole last axis, each cell with its weight."""
        *outer, unit = index
        seen = trace.inputs["input"].shape[-2 if self.transposed_input else -1]
        for i in range(seen):
            at = (i, *outer) if self.transposed_input else (*outer, i)
            yield Source(at, weight_index=(unit, i) if self.out_first else (i, unit))

    def slopes(self, step: Step) -> list[Value]:
        """The weight of each number."""
        return [tap.weight if self.alpha == 1 else tap.weight * self.alpha for tap in step.taps]

    def fed_at_once(self, trace: Trace, name: str, index: Index, grad: Array) -> tuple[Array, Array | None] | None:
        """Of a weight, every row."""
        if name != "kernel":
            return None
        x = trace.inputs["input"].T if self.transposed_input else trace.inputs["input"]
        unit, i = index if self.out_first else index[::-1]
        return grad[..., unit], x[..., i] * like(x, self.alpha)

    def feeds(self, trace: Trace, name: str, index: Index) -> Iterable[tuple[Index, Value]]:
        """Every unit, of the input; every row's own unit, of a weight; whatever it was added to, of the bias."""
        x, w, shape = trace.inputs["input"], trace.inputs["kernel"], trace.shape
        if name == "input":
            *outer, i = index[::-1] if self.transposed_input else index
            for unit in range(self.units):
                yield (*outer, unit), plain(w[(unit, i) if self.out_first else (i, unit)] * like(w, self.alpha))
        elif name == "kernel":
            unit, i = index if self.out_first else index[::-1]
            for rows in np.ndindex(shape[:-1]):
                yield (*rows, unit), plain(x[(i, *rows) if self.transposed_input else (*rows, i)] * like(x, self.alpha))
        else:
            for at in itertools.product(*given_to(index, trace.inputs[name].shape, shape)):
                yield at, self.beta

    def factors(self, trace: Trace, name: str, index: Index) -> dict[Index, Index]:
        """With a factor alpha, a derivative is no number of an input."""
        if name == "bias" or self.alpha != 1:
            return {}
        found: dict[Index, Index] = {}
        for *rows, unit in (at for at, _slope in self.feeds(trace, name, index)):
            if name == "input":
                i = index[0] if self.transposed_input else index[-1]
                found[*rows, unit] = (unit, i) if self.out_first else (i, unit)
            else:
                i = index[1] if self.out_first else index[0]
                found[*rows, unit] = (i, *rows) if self.transposed_input else (*rows, i)
        return found

    def gradient(self, trace: Trace, name: str, grad: Array) -> Array:
        """Products with the other factor's transpose."""
        if name == "bias":
            return summed_to(grad * like(grad, self.beta), trace.inputs["bias"].shape)
        x, w = trace.inputs["input"], trace.inputs["kernel"]
        if name == "input":
            back = grad @ (w if self.out_first else w.T) * like(grad, self.alpha)
            return np.asarray(back.T if self.transposed_input else back)
        rows = (x.T if self.transposed_input else x).reshape(-1, len(w.T if self.out_first else w))
        back = rows.T @ grad.reshape(-1, self.units) * like(grad, self.alpha)
        return np.asarray(back.T if self.out_first else back)

    def shares(self, trace: Trace, index: Index) -> list[Shares]:
        """All of a row at once: there may be thousands."""
        x, w = trace.inputs["input"], trace.inputs["kernel"]
        *outer, unit = index
        seen = np.arange(x.shape[-2 if self.transposed_input else -1])
        fixed = [np.full(len(seen), i) for i in outer]
        at = np.stack([seen, *fixed] if self.transposed_input else [*fixed, seen], axis=1)
        factors = (w[unit] if self.out_first else w[:, unit]) * self.alpha
        return [Shares("input", at, x[tuple(at.T)], factors)]

    def looks_at(self, trace: Trace, name: str, box: Box) -> Box:
        shape = trace.inputs[name].shape
        return ((0, shape[0]), *box[:-1]) if self.transposed_input else (*box[:-1], (0, shape[-1]))

    def touches(self, trace: Trace, name: str, mask: Array) -> Array:
        rows = mask.T if self.transposed_input else mask
        return np.broadcast_to(rows.any(axis=-1, keepdims=True), trace.shape)

    @property
    def calculation(self) -> Rule:
        """`1·2 + 3·4 + 1`"""
        products = total(X * W if self.alpha == 1 else self.alpha * X * W)
        bias: Rule = Beside("bias")
        return products + (bias if self.beta == 1 else self.beta * bias)

    def beside(self, trace: Trace, name: str) -> Array:
        """The bias as it is repeated over the output."""
        bias = trace.inputs[name]
        return np.broadcast_to(np.arange(bias.size).reshape(bias.shape), trace.shape)


@dataclass(frozen=True)
class MatMul(CellOperation):
    """y[…, i, j] = sum over k of a[…, i, k]·b[…, k, j], as NumPy's matmul"""

    name: ClassVar[str] = "matmul"
    rule: ClassVar[str] = "sum of products"
    keeps_axes: ClassVar[bool] = False
    calculation: ClassVar[Rule] = total(X * W)
    weight_name: ClassVar[str] = "other"

    def result_shape(self, layout: Layout, shapes: Mapping[str, Shape]) -> Shape:
        if "other" not in shapes:
            raise ShapeError("two matrices are multiplied, and here there is 1 input")
        a, b = shapes["input"], shapes["other"]
        if not a or not b:
            raise ShapeError("a single number is no matrix; multiply by it with Mul")
        try:
            shape: Shape = np.broadcast_to(0, a).__matmul__(np.broadcast_to(0, b)).shape
            return shape
        except ValueError:
            mismatch = f"a matrix of shape {a} cannot be multiplied by one of shape {b}"
            rows = b[-2] if len(b) > 1 else b[-1]
            if a[-1] != rows:
                mismatch += f": the first has {a[-1]} columns and the second {rows} rows, which should be as many"
            raise ShapeError(mismatch) from None

    def fast(self, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        a, b = inputs["input"], inputs["other"]
        return np.asarray(wide(a, a.shape[-1], b) @ wide(b, a.shape[-1], a))

    def again(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Array, Array | float]:
        """Term by term, without BLAS."""
        a, b = (np.atleast_1d(inputs[name]) for name in ("input", "other"))
        a, b = wide(a, a.shape[-1], b), wide(b, a.shape[-1], a)
        signature = {(1, 1): "k,k->", (1, 0): "k,...kj->...j", (0, 1): "...ik,k->...i", (0, 0): "...ik,...kj->...ij"}
        rule = signature[int(a.ndim == 1), int(b.ndim == 1)]
        result = np.asarray(np.einsum(rule, a, b))
        if result.dtype.kind != "f":
            return result, 0.0
        return result, np.einsum(rule, np.abs(a), np.abs(b)) * rounding(result) * (a.shape[-1] + 2)

    def reach(self, trace: Trace) -> int:
        return int(trace.inputs["input"].shape[-1])

    def cells(self, trace: Trace, index: Index) -> Iterable[Source]:
        """A row of the first, each cell with its partner in a column of the second."""
        a, b = trace.inputs["input"], trace.inputs["other"]
        own = list(index)
        column = (own.pop(),) if b.ndim > 1 else ()
        row = (own.pop(),) if a.ndim > 1 else ()
        outer_a, outer_b = (broadcast_index(tuple(own), array.shape[:-2]) for array in (a, b))
        for k in range(a.shape[-1]):
            yield Source((*outer_a, *row, k), weight_index=(*outer_b, k, *column))

    def differentiable(self, trace: Trace) -> tuple[str, ...]:
        """Both matrices."""
        return ("input", "other")

    def slopes(self, step: Step) -> list[Value]:
        """The number that each meets."""
        return [tap.weight for tap in step.taps]

    def looks_at(self, trace: Trace, name: str, box: Box) -> Box:
        """Of the first matrix whole rows, of the second whole columns."""
        a, b = trace.inputs["input"].shape, trace.inputs["other"].shape
        ends = list(box)
        columns = [ends.pop()] if len(b) > 1 else []
        rows = [ends.pop()] if len(a) > 1 else []
        own = a if name == "input" else b
        outer = [(0, 1) if n == 1 else span for n, span in zip(own[:-2], ends[len(ends) - len(own[:-2]) :])]
        whole = [(0, a[-1])]
        return tuple([*outer, *rows, *whole] if name == "input" else [*outer, *whole, *columns])

    def touches(self, trace: Trace, name: str, mask: Array) -> Array:
        """A row of the first matrix touches a row, a column of the second a column."""
        a, b = trace.inputs["input"].ndim, trace.inputs["other"].ndim
        if name == "input":
            found = np.asarray(mask.any(axis=-1))
            return np.broadcast_to(found[..., np.newaxis] if b > 1 else found, trace.shape)
        found = np.asarray(mask.any(axis=-2 if b > 1 else -1))
        return np.broadcast_to(found[..., np.newaxis, :] if a > 1 and b > 1 else found, trace.shape)

    def gradient(self, trace: Trace, name: str, grad: Array) -> Array:
        """Products with the other's transpose, added over the axes along which a matrix was repeated."""
        a, b = trace.inputs["input"], trace.inputs["other"]
        matrices = a if a.ndim > 1 else a[np.newaxis, :], b if b.ndim > 1 else b[:, np.newaxis]
        back = grad if a.ndim > 1 else grad[..., np.newaxis, :] if b.ndim > 1 else grad[np.newaxis]
        back = back if b.ndim > 1 else back[..., np.newaxis]
        if name == "input":
            return summed_to(back @ np.swapaxes(matrices[1], -1, -2), matrices[0].shape).reshape(a.shape)
        return summed_to(np.swapaxes(matrices[0], -1, -2) @ back, matrices[1].shape).reshape(b.shape)

    def sought(self, trace: Trace, name: str) -> int:
        """Every product there is."""
        return int(trace.output.size * trace.inputs["input"].shape[-1])

    def feeds(self, trace: Trace, name: str, index: Index) -> Iterable[tuple[Index, Value]]:
        """Of the first matrix, the cells of a row; of the second, those of a column."""
        other = trace.inputs["other" if name == "input" else "input"]
        for at in np.ndindex(trace.shape):
            for source in self.cells(trace, at):
                here, there = source.at, source.weight_index
                if name == "input" and here == index and there is not None:
                    yield at, plain(other[there])
                if name == "other" and there == index and here is not None:
                    yield at, plain(other[here])
