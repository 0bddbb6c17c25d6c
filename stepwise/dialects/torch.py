"""PyTorch's words: `nn` and its modules, `functional`, and what stands beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..arithmetic import Array
from ..errors import CallError
from ..io.files import PathLike
from ..layers.layer import LayerObject
from ..layers.weights import read_weights
from ..networks.sequential import TorchSequential
from ..traces.trace import Trace
from .torch_functional import functional as functional
from .torch_joins import join
from .torch_layer import TorchLayer as TorchLayer
from .torch_layer import indices as indices
from .torch_modules import layers as layers


class _Namespace:
    """`torch.nn`: the modules, and `functional`."""

    functional = functional
    Sequential = TorchSequential

    def __getattr__(self, name: str) -> Callable[..., LayerObject]:
        return getattr(layers, name)  # type: ignore[no-any-return]

    def __dir__(self) -> list[str]:
        return [*dir(layers), "Sequential", "functional"]


nn = _Namespace()


def load(path: PathLike) -> dict[str, Array]:
    """Weights by name, as `load_state_dict` takes them, from a `.safetensors` or `.npz` file. No pickle is opened."""
    return read_weights(path)


def cat(tensors: Sequence[Any], dim: int = 0) -> Trace:
    """`torch.cat`: the tensors, arrays or traces, one after another along `dim`."""
    if not isinstance(tensors, list | tuple) or not tensors:
        raise CallError("cat takes a list of tensors, such as torch.cat([a, b], dim=1)")
    layer = join("cat", (), {"dim": dim}, f"torch.cat(dim={dim})")
    first, *others = tensors
    return LayerObject.__call__(layer, first, *others)


def flatten(input: Any, start_dim: int = 0, end_dim: int = -1) -> Trace:
    """`torch.flatten`; unlike the module `nn.Flatten` it begins with the first axis."""
    result: Trace = layers.layer("Flatten", start_dim, end_dim)(input)
    return result
