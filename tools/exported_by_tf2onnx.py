"""Well-known networks as Keras's examples and `keras.applications` have them, at toy sizes, by tf2onnx."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf
import tf2onnx
from keras import layers

from tools.exported_networks import plain

OPSETS = (11, 13, 17, 18)
"""tf2onnx writes no later ones."""


def mnist_convnet() -> Any:
    """Keras's own example on digits."""
    return keras.Sequential(
        [
            keras.Input((12, 12, 1)),
            layers.Conv2D(3, kernel_size=(3, 3), activation="relu"),
            layers.MaxPooling2D(pool_size=(2, 2)),
            layers.Conv2D(4, kernel_size=(3, 3), activation="relu"),
            layers.MaxPooling2D(pool_size=(2, 2)),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(5, activation="softmax"),
        ]
    )


def alexnet() -> Any:
    return keras.Sequential(
        [
            keras.Input((27, 27, 3)),
            layers.Conv2D(4, 5, strides=2, padding="same", activation="relu"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(3, strides=2),
            layers.Conv2D(6, 5, padding="same", activation="relu"),
            layers.MaxPooling2D(3, strides=2, padding="same"),
            layers.Conv2D(4, 3, padding="same", activation="relu"),
            layers.Flatten(),
            layers.Dense(6, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(4),
            layers.Softmax(),
        ]
    )


def vgg() -> Any:
    x = inputs = keras.Input((16, 16, 3))
    for filters, count in ((3, 1), (4, 2)):
        for _layer in range(count):
            x = layers.Conv2D(filters, (3, 3), activation="relu", padding="same")(x)
        x = layers.MaxPooling2D((2, 2), strides=(2, 2))(x)
    x = layers.Reshape((-1,))(x)
    x = layers.Dense(6, activation="tanh")(x)
    return keras.Model(inputs, layers.Dense(4, activation="sigmoid")(x))


def _residual(x: Any, filters: int, stride: int) -> Any:
    shortcut = x
    if stride > 1 or x.shape[-1] != filters:
        shortcut = layers.BatchNormalization(epsilon=1.001e-5)(layers.Conv2D(filters, 1, strides=stride)(x))
    x = layers.Conv2D(filters, 3, strides=stride, padding="same")(x)
    x = layers.Activation("relu")(layers.BatchNormalization(axis=3, epsilon=1.001e-5)(x))
    x = layers.BatchNormalization(epsilon=1.001e-5)(layers.Conv2D(filters, 3, padding="same")(x))
    return layers.Activation("relu")(layers.Add()([shortcut, x]))


def resnet18() -> Any:
    inputs = keras.Input((32, 32, 3))
    x = layers.ZeroPadding2D(((3, 3), (3, 3)))(inputs)
    x = layers.Conv2D(2, 7, strides=2, use_bias=True)(x)
    x = layers.Activation("relu")(layers.BatchNormalization(epsilon=1.001e-5)(x))
    x = layers.ZeroPadding2D(((1, 1), (1, 1)))(x)
    x = layers.MaxPooling2D(3, strides=2)(x)
    for filters, stride in ((2, 1), (2, 1), (3, 2), (3, 1), (3, 2), (3, 1), (4, 2), (4, 1)):
        x = _residual(x, filters, stride)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(3, activation="softmax")(x))


def _inverted(x: Any, filters: int, stride: int, expansion: int) -> Any:
    given = x
    seen = x.shape[-1]
    if expansion > 1:
        x = layers.Conv2D(expansion * seen, 1, padding="same", use_bias=False)(x)
        x = layers.ReLU(6.0)(layers.BatchNormalization(epsilon=1e-3, momentum=0.999)(x))
    if stride == 2:
        x = layers.ZeroPadding2D(((0, 1), (0, 1)))(x)
    x = layers.DepthwiseConv2D(3, strides=stride, use_bias=False, padding="same" if stride == 1 else "valid")(x)
    x = layers.ReLU(6.0)(layers.BatchNormalization(epsilon=1e-3, momentum=0.999)(x))
    x = layers.Conv2D(filters, 1, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization(epsilon=1e-3, momentum=0.999)(x)
    return layers.Add()([given, x]) if stride == 1 and seen == filters else x


def mobilenet_v2() -> Any:
    inputs = keras.Input((16, 16, 3))
    x = layers.Rescaling(1 / 127.5, offset=-1)(inputs)
    x = layers.Conv2D(4, 3, strides=(2, 2), padding="same", use_bias=False)(x)
    x = layers.ReLU(6.0)(layers.BatchNormalization(epsilon=1e-3)(x))
    for filters, stride, expansion in ((3, 1, 1), (4, 2, 2), (4, 1, 2)):
        x = _inverted(x, filters, stride, expansion)
    x = layers.ReLU(6.0)(layers.BatchNormalization(epsilon=1e-3)(layers.Conv2D(8, 1, use_bias=False)(x)))
    x = layers.GlobalAveragePooling2D(keepdims=True)(x)
    x = layers.Conv2D(4, 1)(layers.Dropout(0.2)(x))
    return keras.Model(inputs, layers.Activation("softmax")(layers.Flatten()(x)))


def _fire(x: Any, squeeze: int, expand: int) -> Any:
    x = layers.Conv2D(squeeze, (1, 1), activation="relu", padding="valid")(x)
    left = layers.Conv2D(expand, (1, 1), activation="relu", padding="valid")(x)
    right = layers.Conv2D(expand, (3, 3), activation="relu", padding="same")(x)
    return layers.concatenate([left, right], axis=3)


def squeezenet() -> Any:
    inputs = keras.Input((20, 20, 3))
    x = layers.Conv2D(4, (3, 3), strides=(2, 2), padding="valid", activation="relu")(inputs)
    x = layers.MaxPooling2D(pool_size=(3, 3), strides=(2, 2))(x)
    x = _fire(_fire(x, 2, 3), 2, 3)
    x = layers.Dropout(0.5)(layers.MaxPooling2D(pool_size=(3, 3), strides=(2, 2))(x))
    x = layers.Conv2D(4, (1, 1), padding="valid")(x)
    x = layers.LeakyReLU(negative_slope=0.1)(x)
    return keras.Model(inputs, layers.Activation("softmax")(layers.GlobalAveragePooling2D()(x)))


def unet() -> Any:
    """As in Keras's example on pictures of pets: separable on the way down, transposed on the way up."""
    inputs = keras.Input((16, 16, 1))
    x = layers.Activation("relu")(layers.BatchNormalization()(layers.Conv2D(2, 3, strides=2, padding="same")(inputs)))
    before = x
    x = layers.BatchNormalization()(layers.SeparableConv2D(4, 3, padding="same")(layers.Activation("relu")(x)))
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = before = layers.add([x, layers.Conv2D(4, 1, strides=2, padding="same")(before)])
    x = layers.BatchNormalization()(layers.Conv2DTranspose(4, 3, padding="same")(layers.Activation("relu")(x)))
    x = layers.UpSampling2D(2)(x)
    x = layers.add([x, layers.Conv2D(4, 1, padding="same")(layers.UpSampling2D(2)(before))])
    return keras.Model(inputs, layers.Conv2D(3, 3, activation="softmax", padding="same")(x))


def unet_of_skips() -> Any:
    """Skip connections put side by side, enlarged by bilinear interpolation and by a transposed convolution."""
    inputs = keras.Input((8, 8, 1))
    first = layers.Conv2D(2, 3, activation="relu", padding="same")(inputs)
    second = layers.Conv2D(4, 3, activation="relu", padding="same")(layers.MaxPooling2D()(first))
    x = layers.Conv2D(4, 3, activation="elu", padding="same")(layers.AveragePooling2D(2)(second))
    x = layers.concatenate([layers.UpSampling2D(2, interpolation="bilinear")(x), second])
    x = layers.Conv2D(3, 3, activation="selu", padding="same")(x)
    x = layers.Concatenate(axis=-1)([layers.Conv2DTranspose(2, 2, strides=2, padding="same")(x), first])
    x = layers.Cropping2D(1)(x)
    return keras.Model(inputs, layers.Conv2D(1, 1, activation="sigmoid")(x))


NETWORKS: dict[str, Callable[[], Any]] = {
    "keras-mnist": mnist_convnet,
    "keras-alexnet": alexnet,
    "keras-vgg": vgg,
    "keras-resnet18": resnet18,
    "keras-mobilenet-v2": mobilenet_v2,
    "keras-squeezenet": squeezenet,
    "keras-unet": unet,
    "keras-unet-of-skips": unet_of_skips,
}


def rounded(model: Any) -> Any:
    """Statistics that are not those a network begins with, and weights that are whole sixty-fourths."""
    draw = np.random.default_rng(0)
    for weight in model.weights:
        array = np.asarray(weight)
        if "moving" in weight.path or "gamma" in weight.path or "beta" in weight.path:
            array = draw.uniform(0.25, 1.5, array.shape)
        elif "bias" in weight.path:
            array = draw.uniform(-0.5, 0.5, array.shape)
        weight.assign(np.round(np.clip(array, -2, 2) * 64) / 64)
    return model


def exported() -> Iterator[tuple[str, dict[str, bytes]]]:
    """Every network, with the files of its exports by how they were made."""
    warnings.simplefilter("ignore")
    for name, make in NETWORKS.items():
        keras.utils.set_random_seed(0)
        model = rounded(make())
        signature = [tf.TensorSpec((None, *model.inputs[0].shape[1:]), tf.float32, name="image")]
        files: dict[str, bytes] = {}
        for opset in OPSETS:
            function = tf.function(lambda image, model=model: model(image, training=False), input_signature=signature)
            made, _weights = tf2onnx.convert.from_function(function, input_signature=signature, opset=opset)
            files[f"tf2onnx-{opset}"] = plain(made)
        yield name, files
