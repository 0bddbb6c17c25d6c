"""PyTorch's modules: arguments, defaults, layouts, weights.

Each function in the files beside it, by what the modules do, has a PyTorch module's own signature and defaults
(PyTorch 2), and its body is the translation; the first parameter is the number of spatial axes. What PyTorch refuses is
refused with PyTorch's reason. To add a module: a function, and a line in the table of its file; if it has a functional
form, a line in `FUNCTIONS` of `torch_functional.py`.
"""

from __future__ import annotations

from ..layers.dialect import Dialect
from ..layers.layer import Signature
from .torch_cells import CELLS
from .torch_kernels import KERNELS
from .torch_layer import TorchLayer
from .torch_lazy import lazily
from .torch_pools import POOLS
from .torch_resize import RESIZING
from .torch_shapes import SHAPES

_OWN: dict[str, Signature] = POOLS | KERNELS | CELLS | SHAPES | RESIZING
MODULES: dict[str, Signature] = _OWN | lazily(_OWN)

layers = Dialect("torch.nn", TorchLayer, MODULES)
