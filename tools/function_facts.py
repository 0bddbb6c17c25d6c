"""Record what TensorFlow's and PyTorch's functions give in tests/golden/functions.json. Run by hand where both are.

python -m tools.function_facts
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

FACTS = Path(__file__).parent.parent / "tests" / "golden" / "functions.json"
POOLS = [
    (name, f"ksize={ksize}, strides={strides}, padding={padding!r}")
    for name in ("max_pool2d", "avg_pool2d", "max_pool", "avg_pool")
    for ksize, strides, padding in (
        (2, 2, "SAME"), (3, 2, "VALID"), ([2, 3], [1, 2], "SAME"), ([1, 2, 2, 1], [1, 1, 2, 1], "SAME"),
        ([3], [2], "SAME"),
    )
]  # fmt: skip
EXPLICIT = [
    ("max_pool2d", "3, 2, [[0, 0], [1, 0], [0, 1], [0, 0]]"),
    ("max_pool2d", "2, 1, [[0, 0], [0, 0], [1, 1], [0, 0]]"),
]
CONVOLUTIONS = [
    (f"strides={strides}, padding={padding!r}{more}", kernel)
    for kernel in ((2, 2, 2, 3), (3, 1, 2, 1))
    for strides, padding, more in (
        (1, "SAME", ""), (2, "SAME", ""), ([1, 2, 1, 1], "VALID", ""), ([1, 1, 1, 1], "SAME", ", dilations=2"),
        (1, "VALID", ", dilations=[1, 2, 1, 1]"), ([2, 1], [[0, 0], [1, 2], [0, 1], [0, 0]], ""),
    )
]  # fmt: skip
DEPTHWISE = [
    ("strides=[1, 1, 1, 1], padding='SAME'", (2, 2, 2, 3)),
    ("strides=[1, 2, 2, 1], padding='VALID'", (3, 2, 2, 1)),
]
CELLS = [
    "relu(x)", "relu6(x)", "leaky_relu(x, alpha=0.3)", "leaky_relu(x)", "sigmoid(x)", "tanh(x)", "softmax(x)",
    "softmax(x, axis=1)", "log_softmax(x)", "log_softmax(x, axis=1)", "elu(x)", "selu(x)", "gelu(x)",
    "gelu(x, approximate=True)", "silu(x)", "swish(x)", "softplus(x)", "softsign(x)",
]  # fmt: skip
RESPONSES = [  # TensorFlow has these in 32 bits only
    "lrn(x)", "lrn(x, 1)", "local_response_normalization(x, depth_radius=2, bias=2.0, alpha=0.5, beta=0.75)",
    "lrn(x, 0, alpha=0.25, beta=1.0)", "local_response_normalization(x, 3, 1.0, 1e-4, 0.75)",
]  # fmt: skip
BLOCKS = [("depth_to_space(x, 2)", (1, 2, 3, 8)), ("space_to_depth(x, 2)", (1, 4, 6, 2))]
ACTIVATIONS = [
    "relu(x)", "relu(x, max_value=2.0)", "relu(x, 0.25, threshold=1.0)", "leaky_relu(x)", "leaky_relu(x, 0.5)",
    "elu(x, 0.5)",
    "selu(x)", "gelu(x)", "gelu(x, approximate=True)", "silu(x)", "softplus(x)", "softsign(x)", "sigmoid(x)", "tanh(x)",
    "hard_sigmoid(x)", "mish(x)", "softmax(x)", "softmax(x, axis=1)", "log_softmax(x)", "linear(x)",
]  # fmt: skip
LINES = [("1, 'SAME'", (3, 2, 2)), ("stride=2, padding='VALID'", (2, 2, 1))]
TORCH = [  # the call, and the shapes of what goes in, of the kernel and of the bias
    ("F.conv2d(x, w)", (1, 2, 5, 6), (3, 2, 2, 3), None),
    ("F.conv2d(x, w, b, 2, 1)", (2, 2, 5, 6), (3, 2, 2, 3), (3,)),
    ("F.conv2d(x, w, padding='same', dilation=(2, 1))", (1, 2, 5, 6), (1, 2, 3, 2), None),
    ("F.conv2d(x, weight=w, bias=b, groups=2, stride=(1, 2))", (1, 4, 5, 6), (6, 2, 2, 2), (6,)),
    ("torch.conv2d(x, w, padding=(1, 0))", (1, 1, 4, 4), (2, 1, 3, 3), None),
    ("F.conv1d(x, w, b, padding=2)", (2, 3, 7), (2, 3, 3), (2,)),
    ("F.conv3d(x, w, stride=2)", (1, 1, 4, 4, 4), (2, 1, 2, 2, 2), None),
    ("F.linear(x, w)", (2, 4), (3, 4), None),
    ("F.prelu(x, w)", (2, 3, 2), (3,), None),
    ("F.prelu(x, weight=w)", (1, 2, 2, 2), (1,), None),
    ("F.local_response_norm(x, 2, alpha=0.5)", (1, 4, 2, 3), None, None),
    ("F.linear(x, w, b)", (2, 4), (3, 4), (3,)),
    ("F.pad(x, (1, 2))", (1, 2, 3, 4), None, None),
    ("F.pad(x, (1, 2, 0, 1), value=-1.5)", (1, 2, 3, 4), None, None),
    ("F.pad(x, (1, 2, 1, 1), mode='reflect')", (1, 2, 3, 4), None, None),
    ("F.pad(x, pad=(1, 1, 2, 0), mode='replicate')", (1, 2, 3, 4), None, None),
    ("F.pad(x, (2, 1, 1, 0), 'circular')", (1, 2, 3, 4), None, None),
    ("torch.flatten(x, 1)", (2, 2, 3, 2), None, None),
    ("torch.flatten(x, start_dim=2)", (2, 2, 3, 2), None, None),
    ("torch.flatten(x)", (2, 2, 3, 2), None, None),
    ("x.flatten(1, 2)", (2, 2, 3, 2), None, None),
    ("x.view(-1, 12)", (2, 2, 3, 2), None, None),
    ("x.reshape(-1, 3, 4)", (2, 2, 3, 2), None, None),
    ("x.view(-1)", (2, 2, 3, 2), None, None),
    ("torch.reshape(x, (-1, 12))", (2, 2, 3, 2), None, None),
    ("x.relu()", (2, 2, 3, 2), None, None),
    ("x.softmax(dim=1)", (2, 2, 3, 2), None, None),
    ("torch.sigmoid(x)", (2, 2, 3, 2), None, None),
    ("torch.softmax(x, 1)", (2, 2, 3, 2), None, None),
]


def facts() -> list[dict[str, Any]]:
    """A call, what goes in, its kernel and bias, and what comes out."""
    import keras
    import tensorflow as tf
    import torch

    random = np.random.default_rng(11)
    found: list[dict[str, Any]] = []

    def note(call: str, x: Any, kernel: Any = None, bias: Any = None, slack: float = 1e-9) -> None:
        given = {"x": x, "w": kernel, "b": bias}
        of_torch = not call.startswith(("tf", "keras"))
        made = {k: v if v is None else torch.tensor(v) if of_torch else tf.constant(v) for k, v in given.items()}
        y = eval(call, {"tf": tf, "keras": keras, "torch": torch, "F": torch.nn.functional, **made})  # noqa: S307 - our own calls, above
        arrays = {"x": x, "kernel": kernel, "bias": bias, "y": y.numpy()}
        listed = {k: None if v is None else np.asarray(v).tolist() for k, v in arrays.items()}
        found.append({"call": call, **listed, **({} if slack == 1e-9 else {"slack": slack})})

    def drawn(*shape: int) -> Any:
        return random.integers(-40, 41, shape) / 8.0

    for name, rest in [*POOLS, *EXPLICIT]:
        note(f"tf.nn.{name}(x, {rest})", drawn(2, 5, 6, 2))
    for rest, shape in CONVOLUTIONS:
        note(f"tf.nn.conv2d(x, w, {rest})", drawn(1, 5, 6, 2), drawn(*shape))
    note("tf.nn.bias_add(tf.nn.conv2d(x, w, 1, 'SAME'), b)", drawn(1, 4, 4, 2), drawn(2, 2, 2, 3), drawn(3))
    for rest, shape in DEPTHWISE:
        note(f"tf.nn.depthwise_conv2d(x, w, {rest})", drawn(1, 4, 5, 2), drawn(*shape))
    for rest, shape in LINES:
        note(f"tf.nn.conv1d(x, w, {rest})", drawn(2, 7, 2), drawn(*shape))
    for call in CELLS:
        note(f"tf.nn.{call}", drawn(2, 3, 3, 2))
    for call in RESPONSES:
        note(f"tf.nn.{call}", drawn(2, 2, 1, 6).astype(np.float32), slack=1e-6)
    for call in ACTIVATIONS:
        note(f"keras.activations.{call}", drawn(2, 3, 3, 2))
    for call, shape in BLOCKS:
        note(f"tf.nn.{call}", drawn(*shape))
    note("tf.reshape(x, [-1, 18])", drawn(2, 3, 3, 2))
    note("tf.reshape(x, [-1, 6, 3])", drawn(2, 3, 3, 2))
    note("tf.matmul(x, w)", drawn(2, 4), drawn(4, 3))
    for call, *shapes in TORCH:
        note(call, *(None if shape is None else drawn(*shape) for shape in shapes))
    return found


if __name__ == "__main__":
    FACTS.write_text(json.dumps(facts()) + "\n", encoding="utf-8")
