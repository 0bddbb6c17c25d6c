"""Keras's words for the operations: `keras.layers.MaxPool2D(pool_size=(2, 2), strides=1, padding='same')`.

Each function in the modules beside it, by what the layers do, has a Keras layer's own signature and defaults (Keras 3,
`keras/src/layers`), and its body is the translation; the first parameter is the number of spatial axes. To add a layer:
a function, and a line in the table of its module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..layers.initializers import Initializers
from ..layers.layer import Signature
from ..lazy import loaded
from .keras_activations import Activations
from .keras_cells import CELLS
from .keras_kernels import KERNELS
from .keras_layer import KerasLayer, KerasLayers
from .keras_plans import ACTIVATIONS as ACTIVATIONS
from .keras_pools import POOLS
from .keras_shapes import SHAPES
from .keras_transposed import TRANSPOSED

if TYPE_CHECKING:
    from .keras_networks import Input as Input
    from .keras_networks import Model as Model
    from .keras_networks import Sequential as Sequential
    from .keras_networks import callbacks as callbacks
    from .keras_networks import datasets as datasets
    from .keras_networks import losses as losses
    from .keras_networks import models as models
    from .keras_networks import optimizers as optimizers
    from .keras_networks import utils as utils

LAYERS: dict[str, Signature] = POOLS | KERNELS | TRANSPOSED | CELLS | SHAPES

layers = KerasLayers("keras.layers", KerasLayer, LAYERS)
initializers = Initializers()
activations = Activations()
__getattr__ = loaded(  # most requests are calls, and need none of it
    __name__,
    dict.fromkeys(
        ("Input", "Model", "Sequential", "callbacks", "datasets", "losses", "models", "optimizers", "utils"),
        ".keras_networks",
    ),
)
