"""What PyTorch and Keras say of losses, of their gradients through small networks, and of weights after a few steps.

    python -m tools.backward_facts            in an environment with both; writes tests/golden/backward.json.gz

Everything is in 64 bits. `outputs` are what a loss is of: scores, or probabilities after a softmax or a sigmoid.
"""

from __future__ import annotations

import ast
import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np

PATH = Path(__file__).parent.parent / "tests" / "golden" / "backward.json.gz"
Fact = dict[str, Any]


def drawn() -> list[Fact]:
    """Requests: a loss, numbers it is of, a target; random ones, and some in which exp() overflows."""
    random = np.random.default_rng(12)
    found: list[Fact] = []
    for shape in ((3,), (1, 2), (1, 5), (4, 3), (6, 10)):
        x = random.normal(scale=3, size=shape)
        classes = random.integers(0, shape[-1], shape[:-1])
        soft = random.dirichlet(np.ones(shape[-1]), shape[:-1])
        found.append({"loss": "cross_entropy", "input": x, "target": classes})
        found.append({"loss": "cross_entropy", "input": x, "target": soft})
        found.append({"loss": "mse", "input": x, "target": random.normal(size=shape)})
        targets = (random.integers(0, 2, shape), random.uniform(size=shape))
        found += [{"loss": "binary_cross_entropy", "input": x, "target": target} for target in targets]
    found.append({"loss": "cross_entropy", "input": np.array([[1000.0, -1000, 0], [800, 800, -800]]), "target": [1, 0]})
    found.append({"loss": "binary_cross_entropy", "input": np.array([[900.0, -900, 40]]), "target": [[0, 1, 1]]})
    return [one | {"target": np.asarray(one["target"])} for one in found]


def in_torch(fact: Fact, ending: str) -> Fact:
    import torch
    from torch.nn import functional

    x = torch.tensor(fact["input"], requires_grad=True)
    whole = fact["target"].dtype.kind == "i"
    target = torch.tensor(fact["target"])
    match fact["loss"], ending:
        case "mse", _:
            value = functional.mse_loss(x, target)
        case "cross_entropy", "":
            value = functional.cross_entropy(x, target)
        case "cross_entropy", "LogSoftmax(dim=-1)":
            value = functional.nll_loss(torch.log_softmax(x, -1), target)
        case "binary_cross_entropy", "":
            value = functional.binary_cross_entropy_with_logits(x, target.double())
        case _:
            value = functional.binary_cross_entropy(torch.sigmoid(x), target.double())
    value.backward()
    assert whole or ending != "LogSoftmax(dim=-1)"
    return {"value": value.item(), "gradient": x.grad.numpy()}


def in_keras(fact: Fact, ending: str) -> Fact:
    import tensorflow as tf
    from keras import losses

    x = tf.Variable(fact["input"])
    target = tf.constant(fact["target"].astype(np.int64 if fact["target"].dtype.kind == "i" else np.float64))
    kinds = {"mse": "MeanSquaredError", "binary_cross_entropy": "BinaryCrossentropy"}
    sparse = fact["loss"] == "cross_entropy" and fact["target"].ndim < fact["input"].ndim
    kind = kinds.get(fact["loss"], "SparseCategoricalCrossentropy" if sparse else "CategoricalCrossentropy")
    given: dict[str, Any] = {"dtype": "float64"}
    if fact["loss"] != "mse":
        given["from_logits"] = not ending
    measure = getattr(losses, kind)(**given)
    with tf.GradientTape() as tape:
        y = {"": tf.identity, "softmax": tf.nn.softmax, "sigmoid": tf.sigmoid}[ending](x)
        value = measure(target if sparse else tf.cast(target, tf.float64), y)
    return {"value": float(value), "gradient": tape.gradient(value, x).numpy()}


def losses() -> list[Fact]:
    found = []
    for fact in drawn():
        large = float(np.abs(fact["input"]).max()) > 100
        whole = fact["target"].ndim < fact["input"].ndim
        endings: dict[str, list[str]] = {"torch": [""], "keras": [""] if fact["input"].ndim > 1 else []}
        if not large and fact["loss"] == "binary_cross_entropy":
            endings = {"torch": ["", "Sigmoid()"], "keras": ["", "sigmoid"] if fact["input"].ndim > 1 else []}
        if not large and fact["loss"] == "cross_entropy":
            endings["torch"] += ["LogSoftmax(dim=-1)"] if whole else []
            endings["keras"] += ["softmax"] if fact["input"].ndim > 1 else []
        for framework, of in (("torch", in_torch), ("keras", in_keras)):
            about = [{"framework": framework, "ending": ending} for ending in endings[framework]]
            found += [fact | own | of(fact, own["ending"]) for own in about]
    return found


NETWORKS: dict[str, tuple[list[str], tuple[int, ...]]] = {
    "a convolution, ReLU, pooling and a dense layer": (
        ["Conv2d(1, 2, 3)", "ReLU()", "MaxPool2d(2)", "Flatten()", "Linear(8, 3)"],
        (4, 1, 6, 6),
    ),
    "strides, padding, means": (
        ["Conv2d(2, 3, 3, stride=2, padding=1)", "Tanh()", "AvgPool2d(2, padding=1)", "Flatten()", "Linear(27, 2)"],
        (3, 2, 7, 7),
    ),
    "two dense layers": (["Linear(4, 5)", "Sigmoid()", "Linear(5, 3)"], (6, 4)),
}


def built(calls: list[str]) -> Any:
    """The network of some calls, which are read as literals."""
    from torch import nn

    modules = []
    for call in calls:
        node = ast.parse(call, mode="eval").body
        assert isinstance(node, ast.Call)
        assert isinstance(node.func, ast.Name)
        given = [ast.literal_eval(one) for one in node.args]
        named = {one.arg or "": ast.literal_eval(one.value) for one in node.keywords}
        modules.append(getattr(nn, node.func.id)(*given, **named))
    return nn.Sequential(*modules).double()


def networks() -> list[Fact]:
    """Gradients of every weight, and the weights after three steps of SGD with momentum and weight decay."""
    import torch
    from torch import nn

    found = []
    for number, (name, (calls, shape)) in enumerate(NETWORKS.items()):
        torch.manual_seed(number)
        random = np.random.default_rng(number)
        model = built(calls)
        x = torch.tensor(random.normal(size=shape), requires_grad=True)
        classes = model(x).shape[-1]
        targets = {
            "cross_entropy": torch.tensor(random.integers(0, classes, shape[0])),
            "mse": torch.tensor(random.normal(size=(shape[0], classes))),
        }
        for loss, target in targets.items():
            for settings in ({"lr": 0.1}, {"lr": 0.05, "momentum": 0.9, "weight_decay": 0.01}):
                own = built(calls)
                own.load_state_dict(model.state_dict())
                before = [p.detach().numpy().copy() for p in own.parameters()]
                optimizer = torch.optim.SGD(own.parameters(), **settings)
                values, after, first = [], [], []
                for _step in range(3):
                    x.grad = None
                    optimizer.zero_grad()
                    measured = {"cross_entropy": nn.CrossEntropyLoss(), "mse": nn.MSELoss()}[loss](own(x), target)
                    measured.backward()
                    values.append(measured.item())
                    first = first or [p.grad.numpy().copy() for p in own.parameters()] + [x.grad.numpy().copy()]
                    optimizer.step()
                    after.append([p.detach().numpy().copy() for p in own.parameters()])
                about: Fact = {"name": name, "calls": [f"nn.{call}" for call in calls], "loss": loss}
                given = {"input": x.detach().numpy(), "weights": before, "target": target.numpy()}
                found.append(
                    about | given | {"settings": settings, "values": values, "gradients": first, "after": after}
                )
    return found


def plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    return [plain(entry) for entry in value] if isinstance(value, list) else value


def main() -> None:
    import keras
    import tensorflow as tf
    import torch

    versions = {"torch": torch.__version__, "keras": keras.__version__, "tensorflow": tf.__version__}
    data = {"versions": versions, "losses": losses(), "networks": networks()}
    text = json.dumps(plain(data), separators=(",", ":")) + "\n"
    PATH.write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main()
