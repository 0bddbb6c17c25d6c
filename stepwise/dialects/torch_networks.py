"""What PyTorch has beside its modules: networks, tensors, weights in files, training; loaded when it is asked for.

To add a name: what it stands for, and a line in `WORDS`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..arithmetic import Array
from ..errors import CallError
from ..io.files import PathLike
from ..layers.layer import LayerObject
from ..layers.weights import read_weights, write_weights
from ..networks.sequential import TorchSequential
from ..networks.training.modules import Module, ModuleList
from ..traces.trace import Trace
from .torch_functional import functional
from .torch_joins import join
from .torch_losses import LOSSES as LOSSES
from .torch_losses import loss as loss
from .torch_modules import layers
from .torch_tensed import Tensor as Tensor
from .torch_tensed import tensor as tensor
from .torch_tensors import OF_TORCH
from .torch_training import TYPES
from .torch_training import cuda as cuda
from .torch_training import device as device
from .torch_training import manual_seed as manual_seed
from .torch_training import no_grad as no_grad
from .torch_training import optim as optim
from .torch_training import utils as utils

NETWORKS = {"Sequential": TorchSequential, "Module": Module, "ModuleList": ModuleList}
"""What `torch.nn` has beside single modules."""


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


def save(weights: Mapping[str, Any], path: PathLike) -> None:
    """Write weights by name into a `.safetensors` or `.npz` file, as `load` reads them: `save(net.state_dict(), …)`."""
    write_weights(path, {name: np.asarray(array) for name, array in weights.items()})


from_numpy = tensor
as_tensor = tensor


def argmax(input: Any, dim: Any = None, keepdim: bool = False) -> Tensor:
    """`torch.argmax`"""
    return tensor(input).argmax(dim, keepdim)


def max(input: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """`torch.max`: the largest number; along an axis, values and indices."""
    return tensor(input).max(dim, keepdim)


WORDS: dict[str, Any] = {
    "Tensor": Tensor,
    "argmax": argmax,
    "as_tensor": as_tensor,
    "cat": cat,
    "cuda": cuda,
    "device": device,
    "flatten": flatten,
    "from_numpy": from_numpy,
    "load": load,
    "manual_seed": manual_seed,
    "max": max,
    "no_grad": no_grad,
    "optim": optim,
    "save": save,
    "tensor": tensor,
    "utils": utils,
    **TYPES,
    **{name: getattr(functional, name) for name in OF_TORCH},
}
"""`torch.tensor`, `torch.optim`, … and the functions that stand in `torch` and in `torch.nn.functional` alike."""
