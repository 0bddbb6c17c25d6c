"""Keras's words for the operations: `keras.layers.MaxPool2D(pool_size=(2, 2), strides=1, padding='same')`.

Each function in the modules beside it, by what the layers do, has a Keras layer's own signature and defaults (Keras 3,
`keras/src/layers`), and its body is the translation; the first parameter is the number of spatial axes. To add a layer:
a function, and a line in the table of its module.
"""

from __future__ import annotations

from ..layers.initializers import Initializers
from ..layers.layer import Signature
from ..networks.datasets import Datasets
from .functional import KerasModel, KerasSequential, keras_input
from .keras_activations import Activations
from .keras_cells import CELLS
from .keras_kernels import KERNELS
from .keras_layer import KerasLayer, KerasLayers
from .keras_plans import ACTIVATIONS as ACTIVATIONS
from .keras_pools import POOLS
from .keras_shapes import SHAPES
from .keras_training import losses as losses
from .keras_training import optimizers as optimizers
from .keras_training import utils as utils
from .keras_transposed import TRANSPOSED

LAYERS: dict[str, Signature] = POOLS | KERNELS | TRANSPOSED | CELLS | SHAPES

layers = KerasLayers("keras.layers", KerasLayer, LAYERS)
initializers = Initializers()
activations = Activations()
Sequential = KerasSequential
Model = KerasModel
Input = keras_input


class models:
    """`keras.models`: the same two, as tutorials have them."""

    Sequential = KerasSequential
    Model = KerasModel


datasets = Datasets
