"""PyTorch's words for a network that is trained: parameters and their gradients, `train()`, `eval()`, `nn.Module`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, Self
from weakref import WeakKeyDictionary

import numpy as np

from ...arithmetic import Array
from ...errors import CallError
from ...io.inputs import locked, taken
from ...layers.layer import LayerObject
from .parameters import by_name, learned_of, seeded_apart
from .passes import Gradients

_gradients: WeakKeyDictionary[LayerObject, dict[str, Array]] = WeakKeyDictionary()
_losses: WeakKeyDictionary[LayerObject, float] = WeakKeyDictionary()


def add_gradients(found: Gradients, loss: float) -> None:
    """Add gradients of a loss to those that the weights have, until `zero_grad` takes them away."""
    for (layer, name), gradient in found.items():
        _losses[layer] = loss
        own = _gradients.setdefault(layer, {})
        own[name] = own[name] + gradient if name in own else gradient


def last_loss(layers: Iterable[LayerObject]) -> float | None:
    """The last loss of which gradients came back to some layers; None where none did."""
    return next((_losses[layer] for layer in layers if layer in _losses), None)


class Learned(np.ndarray[Any, Any]):
    """A weight's numbers with its `grad`. They cannot be changed in place: `w -= 0.1 * w.grad` sets others instead."""

    of: Parameter | None = None

    @property
    def grad(self) -> Array | None:
        """The gradient of the weight; None where nothing has come back."""
        return None if self.of is None else self.of.grad

    @property
    def requires_grad(self) -> bool:
        """Whether the weight is learned."""
        return self.of is not None and self.of.requires_grad

    def __iadd__(self, other: Any) -> Any:  # type: ignore[misc]  # NumPy's own is in place
        return self._others(np.asarray(self) + np.asarray(other))

    def __isub__(self, other: Any) -> Any:  # type: ignore[misc]  # NumPy's own is in place
        return self._others(np.asarray(self) - np.asarray(other))

    def __imul__(self, other: Any) -> Any:  # type: ignore[misc]  # NumPy's own is in place
        return self._others(np.asarray(self) * np.asarray(other))

    def __itruediv__(self, other: Any) -> Any:  # type: ignore[misc]  # NumPy's own is in place
        return self._others(np.asarray(self) / np.asarray(other))

    def _others(self, numbers: Array) -> Array:
        return numbers.astype(self.dtype, copy=False)


def learned(layer: LayerObject, name: str, numbers: Array) -> Array:
    """The numbers of a layer's weight, with its gradient."""
    found = numbers.view(Learned)
    found.of = Parameter(layer, name)
    return found


class Parameter:
    """A weight that is learned: `data`, and `grad`, which `loss.backward()` adds to."""

    shown_as: ClassVar[str] = "a parameter"

    def __init__(self, layer: LayerObject, name: str) -> None:
        self.layer, self.name = layer, name

    @property
    def data(self) -> Array:
        """Its numbers. Raises `CallError` before the first call, which draws them."""
        known = self.layer.known_weights()
        if self.name not in known:
            raise CallError(
                f"the {self.name} of {self.layer.call} has no numbers yet; they are drawn in the first call"
            )
        return learned(self.layer, self.name, known[self.name])

    @data.setter
    def data(self, value: Any) -> None:
        self.layer.weights[self.name] = locked(np.array(taken(value, self.name)))

    @property
    def grad(self) -> Array | None:
        """Its gradient; None where nothing has come back."""
        return _gradients.get(self.layer, {}).get(self.name)

    @grad.setter
    def grad(self, value: Any) -> None:
        own = _gradients.setdefault(self.layer, {})
        own.pop(self.name, None)
        if value is not None:
            own[self.name] = np.asarray(value)

    @property
    def requires_grad(self) -> bool:
        """Whether it is learned."""
        return self.layer.plan.trainable

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of its numbers."""
        return self.data.shape

    def numel(self) -> int:
        """How many numbers it has."""
        return int(self.data.size)

    def __isub__(self, other: Any) -> Self:
        self.data = self.data.__isub__(other)
        return self

    def __iadd__(self, other: Any) -> Self:
        self.data = self.data.__iadd__(other)
        return self

    def zero_(self) -> None:
        """All its numbers become 0."""
        self.data = np.zeros_like(np.asarray(self.data))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return np.array(self.data, dtype=dtype)

    def __repr__(self) -> str:
        return f"<Parameter {self.name} of {self.layer.call}>"


class Modular:
    """What PyTorch's modules have in common, one layer or many. A subclass says which layers it has."""

    def named_layers(self) -> Iterator[tuple[str, LayerObject]]:
        """The layers with their dotted names, such as `features.0`; of a single one the name is empty."""
        raise NotImplementedError

    def _each(self) -> list[LayerObject]:
        return list({id(layer): layer for _name, layer in self.named_layers()}.values())

    def parameters(self) -> Iterator[Parameter]:
        """The weights that are learned, each once. From now on the module is in training mode, until `eval()`.

        In PyTorch a module always is, from the beginning; here one that nobody trains is told as it is in use.
        """
        self.train()
        return iter([one for _name, one in self.named_parameters()])

    def named_parameters(self) -> Iterator[tuple[str, Parameter]]:
        """The same with their names, such as `features.0.weight`."""
        seen: set[int] = set()
        for prefix, layer in self.named_layers():
            if id(layer) not in seen:
                seen.add(id(layer))
                for name in learned_of(layer):
                    yield _joined(prefix, name), Parameter(layer, name)

    def train(self, mode: bool = True) -> Self:
        """Dropout drops, and batch normalisation looks at its batch."""
        layers = self._each()
        if mode:
            seeded_apart(layers)
        for layer in layers:
            layer.__dict__["training"] = bool(mode)
        return self

    def eval(self) -> Self:
        """The module as it is in use."""
        return self.train(False)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Take all gradients away."""
        for layer in self._each():
            _gradients.pop(layer, None)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Whether its weights are learned."""
        from dataclasses import replace

        for layer in self._each():
            layer.plan = replace(layer.plan, trainable=bool(requires_grad))
        return self

    def to(self, *where: Any, **others: Any) -> Self:
        """The module itself: there is one device here."""
        return self

    cpu = to

    def state_dict(self) -> dict[str, Array]:
        """The weights by name: those that were set, or drawn in a call; before that there are none."""
        return {
            _joined(prefix, name): array
            for prefix, layer in self.named_layers()
            for name, array in layer.known_weights().items()
        }

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> None:
        """Set every weight by its name, such as `0.weight`; `torch.load("w.safetensors")` reads them from a file."""
        known = {
            _joined(p, name): (layer, name) for p, layer in self.named_layers() for name in layer.plan.initializers
        }
        for name, value in by_name(state_dict, known, strict).items():
            layer, own = known[name]
            layer.give({own: value})


class Module(Modular):
    """`nn.Module`: a class of one's own, whose layers are its attributes and whose `forward` says how they follow.

    What `forward` does with traces is recorded: layers, `F.relu(x)`, `torch.flatten(x, 1)`, `x.view(-1, 400)`, sums.
    """

    shown_as: ClassVar[str] = "a module"
    training = False

    def __init__(self) -> None:
        super().__init__()

    def forward(self, *inputs: Any) -> Any:
        """What a subclass says."""
        raise CallError(f"{type(self).__name__} has no forward(self, x), which says how its layers follow")

    def __call__(self, *inputs: Any, **keywords: Any) -> Any:
        return self.forward(*inputs, **keywords)

    def named_layers(self) -> Iterator[tuple[str, LayerObject]]:
        for name, value in vars(self).items():
            yield from _layers_in(name, value)

    def children(self) -> Iterator[Any]:
        """Its own layers and modules."""
        return (value for value in vars(self).values() if isinstance(value, LayerObject | Modular))

    def train(self, mode: bool = True) -> Self:
        for value in vars(self).values():
            if isinstance(value, Module):
                value.train(mode)
        self.training = bool(mode)
        return super().train(mode)


class ModuleList(list[Any]):
    """`nn.ModuleList`: layers in a list."""

    def __init__(self, modules: Any = ()) -> None:
        super().__init__(modules)


def _layers_in(name: str, value: Any) -> Iterator[tuple[str, LayerObject]]:
    if isinstance(value, LayerObject):
        yield name, value
    elif isinstance(value, Modular):
        for inner, layer in value.named_layers():
            yield _joined(name, inner), layer
    elif isinstance(value, ModuleList):
        for number, one in enumerate(value):
            yield from _layers_in(_joined(name, str(number)), one)


def _joined(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix and name else prefix or name
