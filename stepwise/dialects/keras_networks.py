"""What Keras has beside its layers: networks, data sets, training; loaded when it is asked for."""

from __future__ import annotations

from ..networks.datasets import Datasets
from .functional import keras_input
from .keras_models import KerasModel, KerasSequential
from .keras_training import callbacks as callbacks
from .keras_training import losses as losses
from .keras_training import optimizers as optimizers
from .keras_training import utils as utils

Sequential = KerasSequential
Model = KerasModel
Input = keras_input


class models:
    """`keras.models`: the same two, as tutorials have them."""

    Sequential = KerasSequential
    Model = KerasModel


datasets = Datasets
