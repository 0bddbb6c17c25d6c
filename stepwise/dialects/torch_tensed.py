"""What a course's loop does with PyTorch's tensors: arrays and traces with a tensor's methods.

A `Tensor` is a NumPy array, a `TensorTrace` a trace; neither lives on another device, and `to("cuda")` changes nothing.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..arithmetic import Array
from ..errors import CallError
from ..layers.calls import written
from ..traces.trace import Trace


class Largest(NamedTuple):
    """What `max(dim)` gives."""

    values: Tensor
    indices: Tensor


class _Reads:
    """What tensors are asked for. `_numbers` are theirs."""

    def _numbers(self) -> Array:
        raise NotImplementedError

    def argmax(self, dim: Any = None, keepdim: bool = False, axis: Any = None) -> Tensor:
        """Where the largest number is, along an axis or among all."""
        along = dim if dim is not None else axis
        found = self._numbers().argmax(axis=along)
        return tensor(np.expand_dims(found, along) if keepdim and along is not None else found)

    def max(self, dim: Any = None, keepdim: bool = False) -> Any:
        """The largest number; along an axis, values and indices."""
        if dim is None:
            return tensor(self._numbers().max())
        return Largest(tensor(self._numbers().max(axis=dim, keepdims=keepdim)), self.argmax(dim, keepdim))

    def size(self, dim: int | None = None) -> Any:
        """The shape, or the size along one axis."""
        shape = self._numbers().shape
        return shape if dim is None else shape[dim]

    def dim(self) -> int:
        """How many axes there are."""
        return self._numbers().ndim

    def numel(self) -> int:
        """How many numbers there are."""
        return int(self._numbers().size)

    def numpy(self) -> Array:
        """The numbers as a plain array."""
        return np.array(self._numbers())

    def tolist(self) -> Any:
        """The numbers as lists."""
        return self._numbers().tolist()

    def eq(self, other: Any) -> Tensor:
        """Where both are the same."""
        return tensor(self._numbers() == np.asarray(other))

    def detach(self) -> Tensor:
        """The numbers alone."""
        return tensor(self._numbers())


class Tensor(_Reads, np.ndarray):  # type: ignore[misc]  # max and size are PyTorch's here, not NumPy's
    """An array with a tensor's methods."""

    def _numbers(self) -> Array:
        return np.asarray(self)

    def to(self, *where: Any, **others: Any) -> Tensor:
        """The tensor itself, in another type of numbers where one is given."""
        kinds = [one for one in (*where, *others.values()) if isinstance(one, type | np.dtype)]
        return tensor(self.astype(kinds[0])) if kinds else self

    def type(self, kind: Any = None) -> Any:
        """The same in another type of numbers."""
        return self.to(kind)

    def float(self) -> Tensor:
        """In 32 bits."""
        return tensor(self.astype(np.float32))

    def double(self) -> Tensor:
        """In 64 bits."""
        return tensor(self.astype(np.float64))

    def long(self) -> Tensor:
        """As whole numbers."""
        return tensor(self.astype(np.int64))

    def cpu(self) -> Tensor:
        """The tensor itself."""
        return self

    def view(self, *shape: Any) -> Any:  # type: ignore[override]  # PyTorch's, and NumPy's own
        """In another shape; NumPy's own view where no sizes are given."""
        sizes = shape[0] if len(shape) == 1 and isinstance(shape[0], tuple | list) else shape
        if sizes and all(isinstance(n, int | np.integer) for n in sizes):
            return self.reshape(sizes)
        return super().view(*shape)

    @property
    def data(self) -> Tensor:  # type: ignore[override]  # NumPy's own is the memory
        """The tensor itself."""
        return self

    def unsqueeze(self, dim: int) -> Tensor:
        """With one more axis."""
        return tensor(np.expand_dims(np.asarray(self), dim))

    def backward(self, *given: Any) -> None:
        """Arrays keep no record. Raises `CallError`."""
        raise CallError("an array keeps no record to go back along; take a loss such as nn.MSELoss()(output, target)")


class TensorTrace(_Reads, Trace):
    """A trace with a tensor's methods: `loss.backward()`, `loss.item()`, `output.argmax(1)`, `x.view(-1, 400)`."""

    def _numbers(self) -> Array:
        return self.output

    def backward(self, grad_output: Any = None, retain_graph: Any = None) -> Any:
        """Of a loss: the gradient of every weight before it that is learned, added to the `grad` of its parameter.

        Given an upstream gradient, the gradients of this call alone, each a Trace (see `Trace.backward`). Raises
        `TrainingError` where a number is not finite, which says where it first arose.
        """
        if grad_output is not None:
            return super().backward(grad_output)
        from ..networks.training.modules import add_gradients  # a way there alone needs none of it
        from ..networks.training.passes import gradients
        from ..networks.training.trouble import stopped, strange_at

        found = {} if strange_at(self.output) is not None else gradients(self)
        if strange_at(self.output) is not None or any(strange_at(gradient) is not None for gradient in found.values()):
            raise stopped("backward()", self, found, None, None)
        add_gradients(found, float(self.output))
        return None

    def item(self) -> Any:
        """The number, of a trace that has one."""
        return self.output.item()

    def __float__(self) -> float:
        return float(self.output)

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if spec and self.output.size == 1 else format(repr(self), spec)

    def to(self, *where: Any, **others: Any) -> TensorTrace:
        """The trace itself: there is one device here."""
        return self

    cpu = to

    @property
    def data(self) -> Tensor:
        """The numbers alone."""
        return self.detach()

    def sum(self, dim: Any = None) -> Tensor:
        """The sum, as numbers without a record."""
        return tensor(self.output.sum(axis=dim))

    def mean(self, dim: Any = None) -> Tensor:
        """The mean, as numbers without a record."""
        return tensor(self.output.mean(axis=dim))

    def view(self, *shape: Any) -> Any:
        """In another shape; the first axis stays that of the batch."""
        return self._shaped("view", shape)

    def reshape(self, *shape: Any) -> Any:
        """As `view`."""
        return self._shaped("reshape", shape)

    def _shaped(self, name: str, shape: tuple[Any, ...]) -> Any:
        sizes = list(shape[0] if len(shape) == 1 and isinstance(shape[0], tuple | list) else shape)
        if len(sizes) == 2 and sizes[0] == len(self) and sizes[1] == -1:
            return self._done("flatten", (1,), {})
        if len(sizes) > 1 and sizes[0] == len(self):
            sizes[0] = -1
        return self._done(name, tuple(sizes), {})

    def _done(self, name: str, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        from .torch_tensors import method  # which makes layers, whose results are these

        return method(name, arguments, keywords, written(f"x.{name}", arguments, keywords))(self)

    def __getattr__(self, name: str) -> Any:
        from .torch_tensors import is_method

        if name.startswith("_") or not is_method(name):
            raise AttributeError(f"a trace has no {name}")
        return lambda *arguments, **keywords: self._done(name, arguments, keywords)

    def __add__(self, other: Any) -> Any:
        return self._joined("Add", "x + y", other)

    __radd__ = __add__

    def __mul__(self, other: Any) -> Any:
        return self._joined("Multiply", "x * y", other)

    __rmul__ = __mul__

    def __sub__(self, other: Any) -> Any:
        return self._joined("Subtract", "x - y", other)

    def __eq__(self, other: object) -> Any:
        """Beside an array, cell by cell; a trace is itself alone."""
        return tensor(self.output == other) if isinstance(other, np.ndarray) else self is other

    __hash__ = Trace.__hash__

    def _joined(self, name: str, text: str, other: Any) -> Any:
        from .. import ops
        from ..layers.layer import LayerObject
        from .torch_layer import TorchLayer, single

        layer = TorchLayer(single(getattr(ops, name)()), text)
        return LayerObject.__call__(layer, self, other if isinstance(other, Trace) else np.asarray(other))


def tensor(data: Any, dtype: Any = None, **others: Any) -> Tensor:
    """`torch.tensor`: an array with a tensor's methods; decimals that are typed are in 32 bits, as in PyTorch."""
    array = data.output if isinstance(data, Trace) else np.asarray(data)
    if dtype is None and not hasattr(data, "dtype") and array.dtype == np.float64:
        dtype = np.float32
    found: Tensor = np.array(array, dtype=dtype).view(Tensor)
    return found


__all__ = ["Largest", "Tensor", "TensorTrace", "tensor"]
