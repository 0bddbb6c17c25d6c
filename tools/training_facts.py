"""Training facts from PyTorch and Keras: weights after some steps, from the same start, in 64 bits.

    python -m tools.training_facts torch|keras      in an environment with that framework; see tests/golden/README.md

Each case says its layers and its optimizer as text, as one would write them in the framework; the numbers are drawn
here, by NumPy, and go into `tests/golden/training_torch.json` and `training_keras.json`.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np

GOLDEN = Path(__file__).parents[1] / "tests" / "golden"
STEPS, BATCH = 5, 4
DIGITS = 10

TORCH_NETS = {
    "convolution": ["Conv2d(1, 2, 3, padding=1)", "ReLU()", "MaxPool2d(2)", "Flatten()", "Linear(8, 3)"],
    "batch norm": ["Conv2d(1, 2, 3)", "BatchNorm2d(2)", "ReLU()", "Flatten()", "Linear(8, 3)"],
    "groups": [
        "Conv2d(1, 4, 2, stride=2)",
        "GELU()",
        "Conv2d(4, 4, 2, groups=2)",
        "AvgPool2d(1)",
        "Flatten()",
        "Linear(4, 3)",
    ],
    "rows": ["Flatten()", "Linear(16, 5)", "BatchNorm1d(5, momentum=0.3)", "Tanh()", "Linear(5, 3)"],
}  # fmt: skip
TORCH_OPTIMIZERS = [
    "SGD(lr=0.1)",
    "SGD(lr=0.1, momentum=0.9)",
    "SGD(lr=0.05, momentum=0.9, weight_decay=0.01)",
    "SGD(lr=0.05, momentum=0.8, nesterov=True)",
    "SGD(lr=0.05, momentum=0.8, dampening=0.3, weight_decay=0.1)",
    "Adam(lr=0.01)",
    "Adam(lr=0.02, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1)",
    "AdamW(lr=0.02)",
    "RMSprop(lr=0.01)",
    "RMSprop(lr=0.02, alpha=0.9, eps=1e-4, weight_decay=0.1, momentum=0.8, centered=True)",
]
TORCH_LOSSES = ["CrossEntropyLoss()", "MSELoss()", "BCEWithLogitsLoss()", "BCELoss()", "NLLLoss()"]
KERAS_NETS = {
    "convolution": [
        "Conv2D(2, 3, padding='same', activation='relu')", "MaxPooling2D(2)", "Flatten()",
        "Dense(3, activation='softmax')",
    ],
    "batch norm": ["Conv2D(2, 3)", "BatchNormalization()", "ReLU()", "Flatten()", "Dense(3)", "Softmax()"],
    "separable": ["SeparableConv2D(3, 2)", "LeakyReLU()", "GlobalAveragePooling2D()", "Dense(3, activation='softmax')"],
    "rows": [
        "Flatten()", "Dense(5)", "BatchNormalization(momentum=0.6)", "Activation('tanh')",
        "Dense(3, activation='softmax')",
    ],
}  # fmt: skip
KERAS_OPTIMIZERS = [
    "SGD(0.1)",
    "SGD(0.1, momentum=0.9)",
    "SGD(0.05, momentum=0.8, nesterov=True)",
    "SGD(0.05, momentum=0.9, weight_decay=0.01)",
    "Adam(0.01)",
    "Adam(learning_rate=0.02, beta_1=0.8, beta_2=0.95, epsilon=1e-5)",
    "RMSprop(0.01)",
    "RMSprop(0.02, rho=0.8, momentum=0.7, epsilon=1e-4, centered=True)",
]
KERAS_LOSSES = ["sparse_categorical_crossentropy", "categorical_crossentropy", "mse", "binary_crossentropy"]


def samples(number: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Batches of little images, and their classes."""
    random = np.random.default_rng(number)
    x = random.normal(size=(STEPS * BATCH, 1, 4, 4)).round(3)
    return x, random.integers(0, 3, STEPS * BATCH)


def made(text: str, names: Any) -> Any:
    """What a call of a framework makes; the text is our own."""
    return eval(text, {name: getattr(names, name) for name in dir(names)})  # noqa: S307


def rounded(arrays: Any) -> Any:
    """Arrays as JSON has them, with the digits that are compared."""
    return [np.asarray(array, dtype=float).round(DIGITS).tolist() for array in arrays]


def torch_facts() -> dict[str, Any]:
    """Every optimizer on every network, losses in turn."""
    import torch
    from torch import nn

    torch.set_default_dtype(torch.float64)
    torch.manual_seed(0)
    cases = []
    for number, (name, layers, optimizer) in enumerate(
        (name, layers, optimizer) for name, layers in TORCH_NETS.items() for optimizer in TORCH_OPTIMIZERS
    ):
        loss = TORCH_LOSSES[number % len(TORCH_LOSSES)]
        ends = {"BCELoss()": ["Sigmoid()"], "NLLLoss()": ["LogSoftmax(dim=1)"]}.get(loss, [])
        net = nn.Sequential(*(made(layer, nn) for layer in [*layers, *ends]))
        kind, _, rest = optimizer.partition("(")
        taking = made(f"lambda parameters: {kind}(parameters, {rest}", torch.optim)(net.parameters())
        criterion = made(loss, nn)
        x, labels = samples(number)
        classes = loss in ("CrossEntropyLoss()", "NLLLoss()")
        y = labels if classes else np.eye(3)[labels]
        begin = {key: value.tolist() for key, value in net.state_dict().items() if "tracked" not in key}
        losses = []
        for start in range(0, len(x), BATCH):
            taking.zero_grad()
            found = criterion(net(torch.tensor(x[start : start + BATCH])), torch.tensor(y[start : start + BATCH]))
            found.backward()
            taking.step()
            losses.append(found.item())
        end = {key: np.round(value.numpy(), DIGITS).tolist() for key, value in net.state_dict().items() if key in begin}
        net.eval()
        given = rounded([net(torch.tensor(x[:BATCH])).detach().numpy()])[0]
        cases.append({
            "net": name, "layers": [*layers, *ends], "optimizer": optimizer, "loss": loss, "x": x.tolist(),
            "y": y.tolist(), "begin": begin, "end": end, "losses": losses, "output": given,
        })  # fmt: skip
    return {"made_with": f"torch {torch.__version__}", "batch": BATCH, "cases": cases}


def keras_facts() -> dict[str, Any]:
    """The same with `fit`, two epochs, not shuffled."""
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import keras
    import tensorflow as tf

    keras.config.set_floatx("float64")
    keras.utils.set_random_seed(0)
    cases = []
    for number, (name, layers, optimizer) in enumerate(
        (name, layers, optimizer) for name, layers in KERAS_NETS.items() for optimizer in KERAS_OPTIMIZERS
    ):
        loss = KERAS_LOSSES[number % len(KERAS_LOSSES)]
        if loss == "binary_crossentropy":  # after a softmax, TensorFlow takes a sigmoid of its scores instead
            layers = [
                each.replace("softmax", "sigmoid").replace("Softmax()", "Activation('sigmoid')") for each in layers
            ]
        net = keras.Sequential([keras.Input((4, 4, 1)), *(made(layer, keras.layers) for layer in layers)])
        net.compile(made(optimizer, keras.optimizers), loss, metrics=["accuracy"])
        x, labels = samples(number)
        x = x.reshape(-1, 4, 4, 1)
        y = labels if loss.startswith("sparse") else np.eye(3)[labels]
        begin = [np.asarray(w).tolist() for w in net.get_weights()]
        history = net.fit(
            x[:16], y[:16], batch_size=BATCH, epochs=2, shuffle=False, verbose=0, validation_data=(x[16:], y[16:])
        )
        cases.append({
            "net": name, "layers": layers, "optimizer": optimizer, "loss": loss, "x": x.tolist(), "y": y.tolist(),
            "begin": begin, "end": rounded(net.get_weights()), "history": history.history,
            "output": rounded([net.predict(x[:BATCH], verbose=0)])[0],
        })  # fmt: skip
    versions = f"keras {keras.__version__}, tensorflow {tf.__version__}"
    return {"made_with": versions, "batch": BATCH, "cases": cases}


def main() -> None:
    framework = sys.argv[1]
    facts = torch_facts() if framework == "torch" else keras_facts()
    path = GOLDEN / f"training_{framework}.json"
    path.write_text(json.dumps(facts) + "\n")


if __name__ == "__main__":
    main()
