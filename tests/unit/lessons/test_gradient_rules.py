"""The line in which a gradient's lesson says the chain rule of its layer, worked out here, gives the gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.document.blocks import Prose
from stepwise.document.inline import unmarked
from stepwise.lessons.gradient_rules import chain_rule

Numbers = np.ndarray[Any, Any]
X = np.array([[0.5, -1.0, 2.0, 0.25], [1.5, 0.75, -0.5, 3.0]])


def normalised(x: Numbers, epsilon: float) -> tuple[Numbers, Numbers]:
    s = np.sqrt(x.var(axis=-1, keepdims=True) + epsilon)
    return (x - x.mean(axis=-1, keepdims=True)) / s, s


def through_norm(x: Numbers, up: Numbers) -> Numbers:
    z, s = normalised(x, 1e-5)
    return np.asarray((up - up.mean(axis=-1, keepdims=True) - z * (up * z).mean(axis=-1, keepdims=True)) / s)


def through_softmax(x: Numbers, up: Numbers) -> Numbers:
    y = np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True)
    return np.asarray(y * (up - (up * y).sum(axis=-1, keepdims=True)))


def through_sigmoid(x: Numbers, up: Numbers) -> Numbers:
    y = 1 / (1 + np.exp(-x))
    return np.asarray(up * y * (1 - y))


RULES: dict[str, tuple[str, Callable[[Numbers, Numbers], Numbers]]] = {
    "nn.LayerNorm(4, elementwise_affine=False)": (
        "dL/dX = (dL/dY − mean(dL/dY) − Z·mean(dL/dY·Z))/s",
        through_norm,
    ),
    "nn.LayerNorm(4)": ("dL/dX = (G − mean(G) − Z·mean(G·Z))/s", through_norm),  # whose gamma is 1
    "nn.Softmax(dim=-1)": ("dL/dX[i] = Y[i]·(dL/dY[i] − Σ dL/dY[j]·Y[j])", through_softmax),
    "nn.Sigmoid()": ("dL/dX = dL/dY·Y·(1 − Y)", through_sigmoid),
    "nn.Tanh()": ("dL/dX = dL/dY·(1 − Y·Y)", lambda x, up: np.asarray(up * (1 - np.tanh(x) ** 2))),
    "nn.ReLU()": ("dL/dX = dL/dY·[X > 0]", lambda x, up: np.asarray(up * (x > 0))),
    "nn.LeakyReLU(0.1)": ("dL/dX = dL/dY·(1 or 0.1)", lambda x, up: np.asarray(up * np.where(x > 0, 1, 0.1))),
    "nn.AvgPool1d(2)": ("dL/dX[i] = Σ dL/dY[o] / 2", lambda x, up: np.asarray(np.repeat(up, 2, axis=-1) / 2)),
    "nn.Flatten(0)": ("dL/dX = dL/dY", lambda x, up: np.asarray(up.reshape(x.shape))),
}


@pytest.mark.parametrize("call", RULES)
def test_the_line_gives_the_gradient(call: str) -> None:
    line, rule = RULES[call]
    trace = sw.trace(call, X)
    up = np.arange(1.0, trace.output.size + 1).reshape(trace.shape)
    gradient = trace.backward(up)["input"]
    assert gradient.output == pytest.approx(rule(X, up))
    told = [unmarked(block.text) for block in chain_rule(gradient) if isinstance(block, Prose)]
    assert told[1] == f"Here: {line}"


@pytest.mark.parametrize(
    ("loss", "call", "target", "line"),
    [
        ("cross_entropy", "nn.Identity()", [1, 3], "dL/dX[k] = dL/dY·(p[k] − t[k])"),
        ("mse", "nn.Identity()", X * 2, "dL/dX = dL/dY·2·(X − t)/8"),
        ("binary_cross_entropy", "nn.Identity()", (X > 1) * 1.0, "dL/dX = dL/dY·(p − t)/8"),
    ],
)
def test_the_line_of_a_loss_gives_its_gradient(loss: str, call: str, target: Any, line: str) -> None:
    back = sw.backward(sw.trace(call, X), loss=loss, target=target)
    t = np.eye(4)[target] if loss == "cross_entropy" else np.asarray(target)
    due = {
        "cross_entropy": (np.exp(X) / np.exp(X).sum(axis=-1, keepdims=True) - t) / 2,
        "mse": 2 * (X - t) / 8,
        "binary_cross_entropy": (1 / (1 + np.exp(-X)) - t) / 8,
    }[loss]
    assert isinstance(back.upstream, sw.Trace)
    assert back.upstream.output == pytest.approx(due)
    told = [unmarked(block.text) for block in chain_rule(back.upstream) if isinstance(block, Prose)]
    assert told[1] == f"Here: {line}"
