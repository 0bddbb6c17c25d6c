"""PyTorch's words for training: `torch.optim.SGD(model.parameters(), lr=0.1)`, `nn.CrossEntropyLoss()`, data loaders.

To add an optimizer: its class in `networks/training/optimizers.py`, and a line in `OPTIMIZERS`; a loss: a function, and
a line in `LOSSES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from ..arithmetic import Array
from ..errors import CallError, TrainingError, did_you_mean, shown
from ..layers import chance
from ..layers.calls import written
from ..layers.layer import bind
from ..layers.words import whole
from ..networks.training.goals import Goal
from ..networks.training.modules import Parameter
from ..networks.training.optimizers import Optimizer, TorchAdam, TorchAdamW, TorchSGD
from ..networks.training.trouble import strange_at
from ..traces.trace import Trace
from .torch_tensed import Tensor, TensorTrace, tensor

OPTIMIZERS: dict[str, type[Optimizer]] = {"SGD": TorchSGD, "Adam": TorchAdam, "AdamW": TorchAdamW}


class TorchOptimizer:
    """An optimizer with the parameters it changes: `zero_grad()`, `step()`, `param_groups[0]["lr"]`."""

    shown_as: ClassVar[str] = "an optimizer"

    def __init__(self, call: str, params: Any, rule: Optimizer) -> None:
        self.call, self.rule = call, rule
        given = list(params) if isinstance(params, Iterable) else [params]
        if not given or not all(isinstance(one, Parameter) for one in given):
            why = "there are none" if not given else f"not {shown(given[0])}"
            raise CallError(f"{call} takes the parameters of a module, model.parameters(); {why}")
        self.parameters: list[Parameter] = given
        self.param_groups: list[dict[str, Any]] = [{"params": given, "lr": rule.lr}]

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Take the gradients of its parameters away."""
        for parameter in self.parameters:
            parameter.grad = None

    def step(self, closure: None = None) -> None:
        """Change every parameter that has a gradient. Raises `TrainingError` where one is then no finite number."""
        self.rule.lr = float(self.param_groups[0]["lr"])
        found = {(one.layer, one.name): one.grad for one in self.parameters if one.grad is not None}
        for layer, name in found:
            layer.weights.setdefault(name, Parameter(layer, name).data)
        before = {(layer, name): layer.weights[name] for layer, name in found}
        self.rule.apply({weight: gradient for weight, gradient in found.items() if gradient is not None})
        for layer, name in found:
            at = strange_at(layer.weights[name])
            if at is not None:
                value = layer.weights[name][at]
                for (one, own), array in before.items():
                    one.weights[own] = array
                raise TrainingError(
                    f"training stopped in step {self.rule.steps}: the update made the {name} of {layer.call} {value} "
                    f"at {at}; try a learning rate below {self.rule.lr:g}"
                )

    def __repr__(self) -> str:
        return self.call


class Optim:
    """`torch.optim`"""

    def __dir__(self) -> list[str]:
        return sorted([*OPTIMIZERS, "lr_scheduler"])

    def __getattr__(self, name: str) -> Callable[..., TorchOptimizer]:
        if name not in OPTIMIZERS:
            raise AttributeError(f"torch.optim has no {name} here.{did_you_mean(name, OPTIMIZERS)}")
        kind = OPTIMIZERS[name]

        def made(params: Any, *arguments: Any, **keywords: Any) -> TorchOptimizer:
            bind(name, kind, arguments, keywords)
            return TorchOptimizer(written(name, arguments, keywords), params, kind(*arguments, **keywords))

        return made

    class lr_scheduler:
        """`torch.optim.lr_scheduler`"""

        @staticmethod
        def StepLR(optimizer: TorchOptimizer, step_size: int, gamma: float = 0.1) -> Schedule:
            """The learning rate times `gamma` after every `step_size` epochs."""
            every = whole("step_size", step_size)
            return Schedule(optimizer, lambda epoch: gamma ** (epoch // every))

        @staticmethod
        def ExponentialLR(optimizer: TorchOptimizer, gamma: float) -> Schedule:
            """The learning rate times `gamma` after every epoch."""
            return Schedule(optimizer, lambda epoch: gamma**epoch)


class Schedule:
    """A learning rate that falls: `step()` after every epoch."""

    def __init__(self, optimizer: TorchOptimizer, factor: Callable[[int], float]) -> None:
        self.optimizer, self.factor, self.epoch = optimizer, factor, 0
        self.first = float(optimizer.param_groups[0]["lr"])

    def step(self) -> None:
        """An epoch is over."""
        self.epoch += 1
        self.optimizer.param_groups[0]["lr"] = self.first * self.factor(self.epoch)

    def get_last_lr(self) -> list[float]:
        """The learning rate that is taken now."""
        return [float(self.optimizer.param_groups[0]["lr"])]


class Criterion:
    """A loss of PyTorch's: called on an output and its target, it gives a trace of one number."""

    shown_as: ClassVar[str] = "a loss"

    def __init__(self, goal: Goal) -> None:
        self.goal = goal

    def __call__(self, input: Any, target: Any) -> TensorTrace:
        """The mean over the batch. Raises `ShapeError` or `InputError` where the target does not fit."""
        if not isinstance(input, Trace):
            raise CallError(f"{self.goal.call} takes what a module gave, a trace, not {shown(input)}")
        given = target.output if isinstance(target, Trace) else target
        loss = self.goal.measured(input, self.goal.target(input, np.asarray(given)))
        return as_tensor(loss)

    def to(self, *where: Any) -> Criterion:
        """The loss itself."""
        return self

    def __repr__(self) -> str:
        return self.goal.call


def as_tensor(trace: Trace) -> TensorTrace:
    """The same trace, with a tensor's methods."""
    return TensorTrace(trace.layer, trace.inputs, trace.geometry, trace.output, trace.parents, trace.origins)


def _plainly(name: str, reduction: Any, **others: Any) -> None:
    strange = [word for word, value in others.items() if value is not None and value != 0]
    if strange:
        raise CallError(f"{name}: {strange[0]} is not carried out here")
    if reduction != "mean":
        raise CallError(f"{name}: reduction={shown(reduction)} is not carried out here; the mean over the batch is")


def _cross_entropy(weight: Any = None, reduction: Any = "mean", label_smoothing: Any = 0.0) -> Goal:
    _plainly("CrossEntropyLoss", reduction, weight=weight, label_smoothing=label_smoothing)
    return Goal("CrossEntropyLoss()", "classes", scores=True)


def _negative(weight: Any = None, reduction: Any = "mean") -> Goal:
    _plainly("NLLLoss", reduction, weight=weight)
    return Goal("NLLLoss()", "classes", sparse=True, logarithms=True)


def _mean_squared(reduction: Any = "mean") -> Goal:
    _plainly("MSELoss", reduction)
    return Goal("MSELoss()", "mse")


def _binary(weight: Any = None, reduction: Any = "mean") -> Goal:
    _plainly("BCELoss", reduction, weight=weight)
    return Goal("BCELoss()", "binary")


def _binary_of_scores(weight: Any = None, reduction: Any = "mean", pos_weight: Any = None) -> Goal:
    _plainly("BCEWithLogitsLoss", reduction, weight=weight, pos_weight=pos_weight)
    return Goal("BCEWithLogitsLoss()", "binary", scores=True)


LOSSES: dict[str, Callable[..., Goal]] = {
    "CrossEntropyLoss": _cross_entropy,
    "NLLLoss": _negative,
    "MSELoss": _mean_squared,
    "BCELoss": _binary,
    "BCEWithLogitsLoss": _binary_of_scores,
}
FUNCTIONS = {
    "cross_entropy": "CrossEntropyLoss",
    "nll_loss": "NLLLoss",
    "mse_loss": "MSELoss",
    "binary_cross_entropy": "BCELoss",
    "binary_cross_entropy_with_logits": "BCEWithLogitsLoss",
}
"""The functions of `torch.nn.functional` that do at once what a loss does."""


def loss(name: str, *arguments: Any, **keywords: Any) -> Criterion:
    """A loss by its name. Raises `CallError`, naming the parameter that does not fit."""
    bind(name, LOSSES[name], arguments, keywords)
    return Criterion(LOSSES[name](*arguments, **keywords))


def loss_at_once(name: str) -> Callable[..., TensorTrace]:
    """`F.cross_entropy(output, target)`"""
    return lambda input, target, **keywords: loss(FUNCTIONS[name], **keywords)(input, target)


class TensorDataset:
    """`torch.utils.data.TensorDataset`: arrays whose first axes go together."""

    def __init__(self, *tensors: Any) -> None:
        self.tensors = tuple(tensor(one) for one in tensors)
        if not tensors or len({len(one) for one in self.tensors}) != 1:
            raise CallError(
                f"TensorDataset takes arrays with as many samples each, not {[len(t) for t in self.tensors]}"
            )

    def __len__(self) -> int:
        return len(self.tensors[0])

    def __getitem__(self, number: Any) -> tuple[Tensor, ...]:
        return tuple(one[number] for one in self.tensors)


class DataLoader:
    """`torch.utils.data.DataLoader`: a data set in batches, shuffled where it is asked for."""

    def __init__(
        self, dataset: Any, batch_size: Any = 1, shuffle: Any = False, drop_last: Any = False, **others: Any
    ) -> None:
        self.dataset, self.batch_size = dataset, whole("batch_size", batch_size)
        self.shuffle, self.drop_last = bool(shuffle), bool(drop_last)

    def __len__(self) -> int:
        whole_ones, rest = divmod(len(self.dataset), self.batch_size)
        return whole_ones + (1 if rest and not self.drop_last else 0)

    def __iter__(self) -> Iterator[Sequence[Tensor]]:
        count = len(self.dataset)
        order: Array = chance.stream().permutation(count) if self.shuffle else np.arange(count)
        for number in range(len(self)):
            rows = order[number * self.batch_size : (number + 1) * self.batch_size]
            if isinstance(self.dataset, TensorDataset):
                yield list(self.dataset[rows])
            else:
                samples = [self.dataset[int(row)] for row in rows]
                yield [tensor(np.stack([np.asarray(one) for one in column])) for column in zip(*samples)]


class utils:
    """`torch.utils`"""

    class data:
        """`torch.utils.data`"""

        TensorDataset = TensorDataset
        DataLoader = DataLoader


class no_grad:
    """`with torch.no_grad():` nothing changes: what is recorded goes when nobody holds it."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, *error: object) -> None:
        return None

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        return function


class cuda:
    """`torch.cuda`: there is none."""

    @staticmethod
    def is_available() -> bool:
        """No."""
        return False


def manual_seed(seed: Any) -> None:
    """Begin all chance anew: the weights that modules draw from now on, the shuffling of batches, dropout."""
    chance.begin(whole("seed", seed, least=0, most=2**32))


def device(name: Any = "cpu", index: Any = None) -> str:
    """The name itself: there is one device here."""
    return str(name)


TYPES: Mapping[str, Any] = {
    "float": np.float32, "float32": np.float32, "float64": np.float64, "double": np.float64, "long": np.int64,
    "int64": np.int64, "int": np.int32, "int32": np.int32, "bool": np.bool_, "uint8": np.uint8,
}  # fmt: skip
optim = Optim()
