"""PyTorch's words: `nn` and its modules, `functional`, and what stands beside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .torch_functional import functional as functional
from .torch_layer import TorchLayer as TorchLayer
from .torch_layer import indices as indices
from .torch_modules import layers as layers

if TYPE_CHECKING:
    from ..networks.sequential import TorchSequential
    from ..networks.training.modules import Module as OwnModule
    from ..networks.training.modules import ModuleList as OwnModuleList
    from .torch_networks import Tensor as Tensor
    from .torch_networks import argmax as argmax
    from .torch_networks import as_tensor as as_tensor
    from .torch_networks import cat as cat
    from .torch_networks import cuda as cuda
    from .torch_networks import device as device
    from .torch_networks import flatten as flatten
    from .torch_networks import from_numpy as from_numpy
    from .torch_networks import load as load
    from .torch_networks import manual_seed as manual_seed
    from .torch_networks import max as max
    from .torch_networks import no_grad as no_grad
    from .torch_networks import optim as optim
    from .torch_networks import save as save
    from .torch_networks import tensor as tensor
    from .torch_networks import utils as utils


class _Namespace:
    """`torch.nn`: the modules and losses, networks, and `functional`."""

    functional = functional
    if TYPE_CHECKING:
        Sequential = TorchSequential
        Module = OwnModule
        ModuleList = OwnModuleList

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in layers and not name.startswith("__"):
            from .torch_networks import LOSSES, NETWORKS, loss  # most requests are calls, and need none of it

            if name in LOSSES:
                return lambda *arguments, **keywords: loss(name, *arguments, **keywords)
            if name in NETWORKS:
                return NETWORKS[name]
        return getattr(layers, name)  # type: ignore[no-any-return]

    def __dir__(self) -> list[str]:
        from .torch_networks import LOSSES, NETWORKS

        return [*dir(layers), *LOSSES, *NETWORKS, "functional"]


nn = _Namespace()


def __getattr__(name: str) -> Any:
    if not name.startswith("__"):
        from .torch_networks import WORDS  # most requests are calls, and need none of it

        if name in WORDS:
            return WORDS[name]
    raise AttributeError(f"torch has no {name} here")
