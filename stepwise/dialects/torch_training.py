"""PyTorch's words for training: `torch.optim.SGD(model.parameters(), lr=0.1)`, data loaders; see `torch_losses`, too.

To add an optimizer: its class in `networks/training/optimizers.py`, and a line in `OPTIMIZERS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from ..arithmetic import Array
from ..errors import CallError, TrainingError, did_you_mean, shown
from ..language import _
from ..layers import chance
from ..layers.calls import written
from ..layers.dialect import bind
from ..layers.words import whole
from ..networks.training.modules import Parameter, last_loss
from ..networks.training.optimizers import Optimizer, TorchAdam, TorchAdamW, TorchRMSprop, TorchSGD
from ..networks.training.passes import Weight
from ..networks.training.telling import Warnings
from ..networks.training.trouble import EXPLODED, exploded, largest_of, strange_at
from .torch_tensed import Tensor, tensor

OPTIMIZERS: dict[str, type[Optimizer]] = {
    "SGD": TorchSGD,
    "Adam": TorchAdam,
    "AdamW": TorchAdamW,
    "RMSprop": TorchRMSprop,
}


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
        self._warnings = Warnings()
        self._begun: tuple[float, float] | None = None  # the first loss, and the largest weight there was then

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
        self._watch(before)

    def _watch(self, before: Mapping[Weight, Array]) -> None:
        """Tell of a loss that has exploded, and the weights with it: that of a single batch may be large by chance."""
        loss = last_loss(layer for layer, _name in before)
        if loss is None:
            return
        self._begun = self._begun or (loss, largest_of(before.values()))
        first, largest = self._begun
        when = _("step {step}").format(step=self.rule.steps)
        warning = exploded(first, loss, when, self.rule.lr, times=EXPLODED**2)
        if warning and largest_of(before.values()) > EXPLODED * max(largest, 1):
            self._warnings.warn("loss", warning)

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
    chance.begin(seed)


def device(name: Any = "cpu", index: Any = None) -> str:
    """The name itself: there is one device here."""
    return str(name)


TYPES: Mapping[str, Any] = {
    "float": np.float32, "float32": np.float32, "float64": np.float64, "double": np.float64, "long": np.int64,
    "int64": np.int64, "int": np.int32, "int32": np.int32, "bool": np.bool_, "uint8": np.uint8,
}  # fmt: skip
optim = Optim()
