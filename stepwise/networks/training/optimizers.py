"""From a gradient to the next weights: gradient descent with momentum, and Adam, as Keras and as PyTorch have them.

Each follows its framework's own formulas, whose rounding the tests hold it to. To add one: a subclass of `Optimizer`
that says what a weight becomes, and its name in `KERAS` or in the dialect of PyTorch.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from ...arithmetic import Array
from ...errors import CallError, did_you_mean, listing, shown
from ...io.inputs import locked
from .passes import Gradients, Weight

State = dict[str, Array]
"""What an optimizer keeps of a weight from step to step."""


class Optimizer(ABC):
    """One step for all weights at once. `lr` may be changed between steps."""

    shown_as: ClassVar[str] = "an optimizer"

    def __init__(self, lr: float) -> None:
        self.lr = lr
        self.steps = 0
        self.states: dict[Weight, State] = {}

    def apply(self, gradients: Gradients) -> None:
        """Change every weight that has a gradient."""
        self.steps += 1
        with np.errstate(all="ignore"):  # what becomes infinite is told by who trains
            for weight, gradient in gradients.items():
                layer, name = weight
                old = layer.weights[name]
                found = self.moved(old, gradient.astype(old.dtype, copy=False), self.states.setdefault(weight, {}))
                layer.weights[name] = locked(np.asarray(found))

    @abstractmethod
    def moved(self, weight: Array, gradient: Array, state: State) -> Array:
        """What a weight becomes."""


class KerasSGD(Optimizer):
    """velocity = momentum·velocity - lr·g;  w = w + velocity, or with Nesterov's momentum w + momentum·velocity - lr·g

    Source: Keras 3 `keras/src/optimizers/sgd.py`. A weight decay is taken first: w = w - lr·weight_decay·w.

    >>> optimizer = KerasSGD(0.1)
    >>> optimizer.moved(np.array([1.0]), np.array([2.0]), {}).tolist()
    [0.8]
    """

    def __init__(
        self,
        learning_rate: Any = 0.01,
        momentum: Any = 0.0,
        nesterov: Any = False,
        weight_decay: Any = None,
        name: Any = "SGD",
    ) -> None:
        super().__init__(rate("learning_rate", learning_rate))
        self.momentum = between("momentum", momentum)
        self.nesterov, self.weight_decay = bool(nesterov), decay(weight_decay)

    @property
    def learning_rate(self) -> float:
        """Keras's name for `lr`."""
        return self.lr

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        self.lr = rate("learning_rate", value)

    def decayed(self, weight: Array) -> Array:
        """The weight after its decay, which Keras takes before anything else."""
        return weight - weight * (self.weight_decay * self.lr) if self.weight_decay else weight

    def moved(self, weight: Array, gradient: Array, state: State) -> Array:
        weight = self.decayed(weight)
        if not self.momentum:
            return np.asarray(weight - self.lr * gradient)
        velocity = state["velocity"] = self.momentum * state.get("velocity", 0 * gradient) - self.lr * gradient
        return np.asarray(weight + (self.momentum * velocity - self.lr * gradient if self.nesterov else velocity))


class KerasAdam(KerasSGD):
    """m = m + (g - m)·(1 - beta_1);  v = v + (g² - v)·(1 - beta_2);  w = w - m·a / (sqrt(v) + epsilon)

    with a = lr·sqrt(1 - beta_2ᵗ) / (1 - beta_1ᵗ) in step t. Sources: Keras 3 `keras/src/optimizers/adam.py`; Kingma &
    Ba, arXiv:1412.6980.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: Any = 0.9,
        beta_2: Any = 0.999,
        epsilon: Any = 1e-7,
        amsgrad: Any = False,
        weight_decay: Any = None,
        name: Any = "adam",
    ) -> None:
        super().__init__(learning_rate, weight_decay=weight_decay)
        self.betas, self.epsilon = (between("beta_1", beta_1), between("beta_2", beta_2)), positive("epsilon", epsilon)
        _without_amsgrad(amsgrad)

    def moved(self, weight: Array, gradient: Array, state: State) -> Array:
        weight = self.decayed(weight)
        first, second = self.betas
        m, v = state.get("m", 0 * gradient), state.get("v", 0 * gradient)
        m = state["m"] = m + (gradient - m) * (1 - first)
        v = state["v"] = v + (gradient * gradient - v) * (1 - second)
        step = self.lr * math.sqrt(1 - second**self.steps) / (1 - first**self.steps)
        return np.asarray(weight - m * step / (np.sqrt(v) + self.epsilon))


def _mean_square(gradient: Array, state: State, kept: float, centered: bool) -> Array:
    """The running mean of the gradients' squares, of which `kept` is kept; centered, their variance."""
    v = state["v"] = kept * state.get("v", 0 * gradient) + (1 - kept) * gradient * gradient
    if not centered:
        return v
    mean = state["mean"] = kept * state.get("mean", 0 * gradient) + (1 - kept) * gradient
    return np.asarray(v - mean * mean)


class KerasRMSprop(KerasSGD):
    """v = rho·v + (1 - rho)·g²;  w = w - lr·g / sqrt(v + epsilon)

    `centered` takes the square of the gradients' own mean away from v; with a momentum, what is subtracted is a
    velocity, momentum·velocity + lr·g / sqrt(v + epsilon). Source: Keras 3 `keras/src/optimizers/rmsprop.py`.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: Any = 0.9,
        momentum: Any = 0.0,
        epsilon: Any = 1e-7,
        centered: Any = False,
        weight_decay: Any = None,
        name: Any = "rmsprop",
    ) -> None:
        super().__init__(learning_rate, momentum, weight_decay=weight_decay)
        self.rho, self.epsilon, self.centered = between("rho", rho), positive("epsilon", epsilon), bool(centered)

    def moved(self, weight: Array, gradient: Array, state: State) -> Array:
        weight = self.decayed(weight)
        v = _mean_square(gradient, state, self.rho, self.centered)
        change = self.lr * gradient / np.sqrt(v + self.epsilon)
        if self.momentum:
            change = state["velocity"] = self.momentum * state.get("velocity", 0 * gradient) + change
        return np.asarray(weight - change)


class TorchRMSprop(Optimizer):
    """v = alpha·v + (1 - alpha)·g²;  w = w - lr·g / (sqrt(v) + eps)

    `weight_decay` is added to g as weight_decay·w; `centered` takes the square of the gradients' own mean away from v;
    with a momentum, b = momentum·b + g / (sqrt(v) + eps) and w = w - lr·b. Source: PyTorch 2 `torch/optim/rmsprop.py`.
    """

    def __init__(
        self, lr: Any = 1e-2, alpha: Any = 0.99, eps: Any = 1e-8, weight_decay: Any = 0, momentum: Any = 0,
        centered: Any = False,
    ) -> None:  # fmt: skip
        super().__init__(rate("lr", lr))
        self.alpha, self.eps, self.weight_decay = between("alpha", alpha), positive("eps", eps), decay(weight_decay)
        self.momentum, self.centered = between("momentum", momentum), bool(centered)

    def moved(self, weight: Array, gradient: Array, state: State) -> Array:
        gradient = gradient + self.weight_decay * weight if self.weight_decay else gradient
        v = _mean_square(gradient, state, self.alpha, self.centered)
        change = gradient / (np.sqrt(v) + self.eps)
        if self.momentum:
            change = state["velocity"] = self.momentum * state.get("velocity", 0 * gradient) + change
        return np.asarray(weight - self.lr * change)


class TorchSGD(Optimizer):
    """g = g + weight_decay·w;  v = momentum·v + (1 - dampening)·g, beginning with g;  w = w - lr·v

    With Nesterov's momentum, w = w - lr·(g + momentum·v). Source: PyTorch 2 `torch/optim/sgd.py`.
    """

    def __init__(
        self, lr: Any = 1e-3, momentum: Any = 0, dampening: Any = 0, weight_decay: Any = 0, nesterov: Any = False,
        maximize: Any = False,
    ) -> None:  # fmt: skip
        super().__init__(rate("lr", lr))
        self.momentum, self.dampening = between("momentum", momentum), number("dampening", dampening)
        self.weight_decay, self.nesterov, self.sign = decay(weight_decay), bool(nesterov), -1 if maximize else 1
        if self.nesterov and (not self.momentum or self.dampening):
            raise CallError("nesterov=True needs a momentum, and a dampening of 0")

    def moved(self, weight: Array, gradient: Array, state: State) -> Array:
        gradient = self.sign * gradient + self.weight_decay * weight if self.weight_decay else self.sign * gradient
        if self.momentum:
            known = state.get("velocity")
            kept = 1 - self.dampening
            velocity = gradient if known is None else self.momentum * known + kept * gradient
            state["velocity"] = velocity
            gradient = gradient + self.momentum * velocity if self.nesterov else velocity
        return np.asarray(weight - self.lr * gradient)


class TorchAdam(Optimizer):
    """m = b₁·m + (1 - b₁)·g;  v = b₂·v + (1 - b₂)·g²;  w = w - lr / (1 - b₁ᵗ)·m / (sqrt(v / (1 - b₂ᵗ)) + eps)

    `weight_decay` is added to g as weight_decay·w; where it is `decoupled` (AdamW), w = w - lr·weight_decay·w first.
    Sources: PyTorch 2 `torch/optim/adam.py`; Loshchilov & Hutter, arXiv:1711.05101.
    """

    decoupled: ClassVar[bool] = False

    def __init__(
        self, lr: Any = 1e-3, betas: Any = (0.9, 0.999), eps: Any = 1e-8, weight_decay: Any = 0, amsgrad: Any = False,
    ) -> None:  # fmt: skip
        super().__init__(rate("lr", lr))
        if not isinstance(betas, list | tuple) or len(betas) != 2:
            raise CallError(f"betas={shown(betas)} are two numbers, such as (0.9, 0.999)")
        self.betas = between("betas", betas[0]), between("betas", betas[1])
        self.eps, self.weight_decay = positive("eps", eps), decay(weight_decay)
        _without_amsgrad(amsgrad)

    def moved(self, weight: Array, gradient: Array, state: State) -> Array:
        if self.weight_decay and self.decoupled:
            weight = weight * (1 - self.lr * self.weight_decay)
        elif self.weight_decay:
            gradient = gradient + self.weight_decay * weight
        first, second = self.betas
        m = state["m"] = first * state.get("m", 0 * gradient) + (1 - first) * gradient
        v = state["v"] = second * state.get("v", 0 * gradient) + (1 - second) * gradient * gradient
        root = np.sqrt(v) / math.sqrt(1 - second**self.steps) + self.eps
        return np.asarray(weight - self.lr / (1 - first**self.steps) * (m / root))


class TorchAdamW(TorchAdam):
    """Adam with a decoupled weight decay, 0.01 unless it is given."""

    decoupled = True

    def __init__(
        self,
        lr: Any = 1e-3,
        betas: Any = (0.9, 0.999),
        eps: Any = 1e-8,
        weight_decay: Any = 1e-2,
        amsgrad: Any = False,
    ) -> None:
        super().__init__(lr, betas, eps, weight_decay, amsgrad)


KERAS: dict[str, Callable[..., Optimizer]] = {"SGD": KerasSGD, "Adam": KerasAdam, "RMSprop": KerasRMSprop}
"""Keras's optimizers by name; as words they are written small."""


def named_optimizer(given: Any) -> Optimizer:
    """An optimizer given as an object, or by Keras's word for it. Raises `CallError`."""
    if isinstance(given, Optimizer):
        return given
    words = {name.lower(): make for name, make in KERAS.items()}
    if isinstance(given, str) and given.lower() in words:
        return words[given.lower()]()
    hint = did_you_mean(given, words) if isinstance(given, str) else ""
    raise CallError(f"there is no optimizer {shown(given)} here; it is {listing(map(repr, words))}.{hint}")


def number(name: str, value: Any) -> float:
    """A finite number. Raises `CallError`."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not math.isfinite(value):
        raise CallError(f"{name}={shown(value)} is not a number such as 0.1")
    return float(value)


def rate(name: str, value: Any) -> float:
    """A learning rate: a number above 0. Raises `CallError`."""
    found = number(name, value)
    if found <= 0:
        raise CallError(f"{name}={shown(value)} must be above 0: with it, every weight goes against its gradient")
    return found


def positive(name: str, value: Any) -> float:
    """A number from 0 on. Raises `CallError`."""
    found = number(name, value)
    if found < 0:
        raise CallError(f"{name}={shown(value)} must not be below 0")
    return found


def decay(value: Any) -> float:
    """A weight decay: None or a number from 0 on. Raises `CallError`."""
    return 0.0 if value is None else positive("weight_decay", value)


def between(name: str, value: Any) -> float:
    """A number from 0 to below 1. Raises `CallError`."""
    found = number(name, value)
    if not 0 <= found < 1:
        raise CallError(f"{name}={shown(value)} must be from 0 to below 1, such as 0.9")
    return found


def _without_amsgrad(given: Any) -> None:
    if given:
        raise CallError("amsgrad=True is not carried out; Adam is, as it was first published")
