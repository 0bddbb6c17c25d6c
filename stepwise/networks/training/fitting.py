"""The loop of training: samples shuffled into batches, one step each, and what is measured, epoch after epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

import numpy as np

from ...arithmetic import Array
from ...dataclass import dataclass
from ...errors import InputError, shown
from ...language import _
from ...layers import chance
from ...layers.layer import LayerObject
from ...traces.trace import Trace
from .best import Best
from .early_stopping import EarlyStopping
from .goals import Goal, metric
from .optimizers import Optimizer
from .parameters import settled
from .passes import Gradients, gradients
from .samples import Data, check_batch
from .telling import Warnings, epoch_bar, tell, tell_epoch
from .trouble import exploded, not_finite, stopped, strange_at

Carry = Callable[[list[Array]], Trace]
"""A network carried out on a batch, for each of its inputs an array."""


@dataclass(frozen=True)
class History:
    """What was measured: `history` has a list for each measure, with a number for each epoch in `epoch`."""

    shown_as: ClassVar[str] = "a history"

    history: dict[str, list[float]]
    epoch: list[int]
    params: dict[str, int]

    def add(self, number: int, measures: Mapping[str, float]) -> None:
        """Keep what was measured in an epoch."""
        self.epoch.append(number)
        for name, value in measures.items():
            self.history.setdefault(name, []).append(value)


@dataclass(frozen=True)
class Course:
    """A training as it was asked for."""

    layers: list[LayerObject]
    carry: Carry
    goal: Goal
    optimizer: Optimizer
    metrics: list[str]
    batch_size: int
    shuffle: bool
    verbose: int

    def fit(
        self,
        given: Data,
        held_out: Data | None,
        epochs: int,
        first_epoch: int = 0,
        callbacks: Sequence[EarlyStopping] = (),
    ) -> History:
        """Train, and give the history. Raises `TrainingError` where a number is no longer finite.

        Ctrl-C ends it: the network then has the best weights so far, which are also saved.
        """
        settled(self.layers)
        output = self.carry(given.batch(np.arange(min(len(given), self.batch_size))))
        check_batch(output, given, self.batch_size)
        settled(self.layers, given.xs[0].dtype)
        output = self.carry(given.batch(np.arange(1)))
        given = Data(given.xs, self.goal.target(output, given.y))
        held_out = held_out and Data(held_out.xs, self.goal.target(output, held_out.y))
        steps = -(-len(given) // self.batch_size)
        history = History({}, [], {"epochs": epochs, "steps": steps})
        best = Best(self.layers)
        begun: list[float] = []
        warned = Warnings()
        for one in callbacks:
            one.begin()
        for number in range(first_epoch, epochs):
            try:
                with training(self.layers), epoch_bar(number + 1, epochs, steps, self.verbose) as show:
                    measures = self._epoch(given, number + 1, show, begun)
                if held_out:
                    found, trouble = self.measured(held_out, f"val_loss in epoch {number + 1}")
                    measures |= {f"val_{name}": value for name, value in found.items()}
                    warned.warn("val_loss", trouble)
            except KeyboardInterrupt:
                tell(best.rescued(number + 1))
                break
            history.add(number, measures)
            best.see(number + 1, measures)
            tell_epoch(number + 1, epochs, measures, self.verbose)
            when = _("epoch {epoch}").format(epoch=number + 1)
            warned.warn("loss", exploded(max(begun), measures["loss"], when, self.optimizer.lr))
            begun[1:] = begun[1:] or [measures["loss"]]  # the first epoch's mean, which later ones may not be far above
            ends = [one.ends(number, measures, self.layers) for one in callbacks]  # each looks at every epoch
            if any(ends):
                break
        for one in callbacks:
            one.end(self.layers)
        return history

    def _epoch(
        self, given: Data, epoch: int, show: Callable[[Mapping[str, float]], None], begun: list[float]
    ) -> dict[str, float]:
        order = chance.stream().permutation(len(given)) if self.shuffle else np.arange(len(given))
        sums = _Sums()
        for step, start in enumerate(range(0, len(given), self.batch_size), 1):
            rows = order[start : start + self.batch_size]
            output = self.carry(given.batch(rows))
            target = given.y[rows]
            loss = self.goal.measured(output, target)
            when = _("step {step} of epoch {epoch}").format(step=step, epoch=epoch)
            self._step(loss, when, rows)
            begun[:] = begun or [float(loss.output)]
            sums.add(len(rows), self._measures(output, target, float(loss.output)))
            show(sums.means)
        return sums.means

    def _step(self, loss: Trace, when: str, rows: Array) -> None:
        found: Gradients = gradients(loss) if strange_at(loss.output) is None else {}
        if not found or any(strange_at(gradient) is not None for gradient in found.values()):
            if strange_at(loss.output) is not None or found:
                raise stopped(when, loss, found, self.optimizer.lr, rows.tolist())
            return  # nothing is learned
        before = {(layer, name): layer.weights[name] for layer, name in found}
        self.optimizer.apply(found)
        if any(strange_at(layer.weights[name]) is not None for layer, name in found):
            error = stopped(when, loss, found, self.optimizer.lr, rows.tolist())
            for (layer, name), array in before.items():  # the network keeps weights that are numbers
                layer.weights[name] = array
            raise error

    def _measures(self, output: Trace, target: Array, loss: float) -> dict[str, float]:
        axis = -1 if output.layer.layout.channels_last or output.ndim < 3 else 1
        beside = {name: metric(name, output.output, target, axis) for name in self.metrics}
        return {"loss": loss, **beside}

    def measured(self, given: Data, called: str = "loss") -> tuple[dict[str, float], str | None]:
        """The loss and what is measured beside it, as the network is in use; `given` has a target that was checked.

        And a sentence where the loss, which is `called` so, is no finite number; else None.
        """
        sums, trouble = _Sums(), None
        for start in range(0, len(given), self.batch_size):
            rows = np.arange(start, min(start + self.batch_size, len(given)))
            output, target = self.carry(given.batch(rows)), given.y[rows]
            loss = self.goal.measured(output, target)
            trouble = trouble or not_finite(called, loss, rows.tolist())
            sums.add(len(rows), self._measures(output, target, float(loss.output)))
        return sums.means, trouble


class _Sums:
    """Means over samples, of means over batches."""

    def __init__(self) -> None:
        self.count = 0
        self.sums: dict[str, float] = {}

    def add(self, count: int, measures: Mapping[str, float]) -> None:
        self.count += count
        for name, value in measures.items():
            self.sums[name] = self.sums.get(name, 0.0) + count * value

    @property
    def means(self) -> dict[str, float]:
        return {name: value / self.count for name, value in self.sums.items()}


@contextmanager
def training(layers: Sequence[LayerObject]) -> Iterator[None]:
    """Within this, layers do what they do in training."""
    before = [layer.training for layer in layers]
    for layer in layers:
        layer.training = True
    try:
        yield
    finally:
        for layer, was in zip(layers, before):
            layer.training = was


def number_of(name: str, value: Any, least: int = 1) -> int:
    """A whole number. Raises `InputError`."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise InputError(f"{name}={shown(value)} must be a whole number of at least {least}")
    return int(value)
