"""Networks in Keras's functional style and with an `Input`, as text that runs with Keras and with ours alike.

Each makes a `model`. `tools/functional_facts.py` asks Keras what they give; `test_functional.py` asks us.
"""

from __future__ import annotations

from typing import Any

import numpy as np

MODELS: dict[str, str] = {
    "normalised along axis 3": """
inputs = keras.Input((8, 8, 3))
x = keras.layers.BatchNormalization(axis=3)(inputs)
x = keras.layers.Conv2D(2, 3, activation="relu")(x)
model = keras.Model(inputs, keras.layers.BatchNormalization(axis=1, scale=False)(x))
""",
    "reshaped and permuted": """
inputs = keras.Input((4, 6))
x = keras.layers.Permute((2, 1))(inputs)
x = keras.layers.Reshape((2, 3, 4))(x)
x = keras.layers.Permute((3, 1, 2))(x)
model = keras.Model(inputs, keras.layers.Reshape((-1, 8))(x))
""",
    "softmax along each axis": """
inputs = keras.Input((3, 4, 2))
a = keras.layers.Softmax(axis=1)(inputs)
b = keras.layers.Softmax(axis=2)(inputs)
c = keras.layers.Softmax(axis=3)(inputs)
d = keras.layers.Softmax(axis=(1, 2))(inputs)
model = keras.Model(inputs, keras.layers.Add()([a, b, c, d]))
""",
    "side by side along each axis": """
inputs = keras.Input((4, 4, 2))
x = keras.layers.Concatenate(axis=1)([inputs, inputs])
x = keras.layers.Concatenate(axis=2)([x, x])
x = keras.layers.Concatenate(axis=3)([x, x])
x = keras.layers.Concatenate()([x, x])
model = keras.Model(inputs, keras.layers.AveragePooling2D(2)(x))
""",
    "a residual block": """
inputs = keras.Input(shape=(6, 6, 4))
x = keras.layers.Conv2D(4, 3, padding="same", use_bias=False)(inputs)
x = keras.layers.BatchNormalization()(x)
x = keras.layers.ReLU()(x)
x = keras.layers.Conv2D(4, 3, padding="same")(x)
x = keras.layers.Add()([x, inputs])
x = keras.layers.GlobalAveragePooling2D()(x)
model = keras.Model(inputs=inputs, outputs=keras.layers.Dense(3, activation="softmax")(x))
""",
    "branches of unequal length": """
inputs = keras.Input((8, 8, 1))
one = keras.layers.Conv2D(2, 1)(inputs)
three = keras.layers.Conv2D(3, 3, padding="same")(keras.layers.Conv2D(2, 1)(inputs))
five = keras.layers.Conv2D(1, 5, padding="same")(inputs)
pooled = keras.layers.MaxPooling2D(3, strides=1, padding="same")(inputs)
x = keras.layers.Concatenate()([one, three, five, pooled])
x = keras.layers.Flatten()(keras.layers.MaxPooling2D(4)(x))
model = keras.Model(inputs, keras.layers.Dense(2)(x))
""",
    "a layer that is used twice": """
shared = keras.layers.Dense(5, activation="tanh")
inputs = keras.Input((5,))
x = shared(shared(inputs))
model = keras.Model(inputs, keras.layers.Multiply()([x, inputs]))
""",
    "a network within a network": """
body = keras.Sequential([keras.layers.Conv2D(2, 2), keras.layers.ReLU()])
inputs = keras.Input((5, 5, 1))
x = keras.layers.Subtract()([body(inputs), keras.layers.Conv2D(2, 2)(inputs)])
model = keras.Model(inputs, keras.layers.GlobalMaxPooling2D()(x))
""",
    "up and down, with a bridge": """
inputs = keras.Input((8, 8, 2))
down = keras.layers.Conv2D(3, 3, strides=2, padding="same", activation="relu")(inputs)
up = keras.layers.Conv2DTranspose(2, 3, strides=2, padding="same")(down)
x = keras.layers.Concatenate()([up, inputs])
model = keras.Model(inputs, keras.layers.Conv2D(1, 1, activation="sigmoid")(x))
""",
    "one dimension": """
inputs = keras.Input((10, 3))
x = keras.layers.Conv1D(4, 3, padding="causal", dilation_rate=2)(inputs)
x = keras.layers.BatchNormalization(axis=2)(x)
x = keras.layers.MaxPooling1D(2)(x)
x = keras.layers.Permute((2, 1))(x)
model = keras.Model(inputs, keras.layers.Dense(2)(keras.layers.Flatten()(x)))
""",
    "a row of numbers": """
inputs = keras.Input((6,))
x = keras.layers.BatchNormalization()(inputs)
x = keras.layers.Dense(4, activation="relu")(x)
x = keras.layers.Reshape((2, 2))(x)
model = keras.Model(inputs, keras.layers.Softmax()(keras.layers.Flatten()(x)))
""",
    "one after the other, with an input": """
model = keras.Sequential([
    keras.Input((4, 4, 2)),
    keras.layers.BatchNormalization(axis=1),
    keras.layers.Permute((3, 2, 1)),
    keras.layers.Reshape((8, 4)),
    keras.layers.Softmax(axis=1),
    keras.layers.Flatten(),
])
""",
    "written with signs": """
inputs = keras.Input((3, 3, 1))
x = keras.layers.Conv2D(1, 3, padding="same")(inputs)
model = keras.Model(inputs, (x + inputs) * x - inputs)
""",
}


def arrays(shapes: list[Any], seed: int = 0) -> list[np.ndarray[Any, Any]]:
    """Numbers for arrays of these shapes, the same wherever they are drawn; none is negative, as no variance is."""
    random = np.random.default_rng(seed)
    return [random.uniform(0.1, 1, tuple(shape)) for shape in shapes]
