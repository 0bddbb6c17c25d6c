"""The loop of training: samples shuffled into batches, one step each, and what is measured, epoch after epoch."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from ...arithmetic import Array
from ...dataclass import dataclass
from ...errors import FileError, InputError, ShapeError, shown
from ...language import _
from ...layers import chance
from ...layers.layer import LayerObject
from ...layers.weights import write_weights
from ...ops.windows import WindowOperation
from ...traces.trace import Trace
from .early_stopping import EarlyStopping
from .goals import Goal, metric
from .optimizers import Optimizer
from .parameters import settled
from .passes import Gradients, gradients
from .telling import Warnings, epoch_bar, line, tell, tell_epoch
from .trouble import exploded, not_finite, stopped, strange_at

STOPPED = "stepwise-stopped.safetensors"
"""Where the best weights so far are saved when Ctrl-C ends a training."""

Carry = Callable[[list[Array]], Trace]
"""A network carried out on a batch, for each of its inputs an array."""


@dataclass(frozen=True)
class Data:
    """Samples and what should come out of them. `xs` has an array for each input of the network."""

    xs: list[Array]
    y: Array

    def __len__(self) -> int:
        return len(self.xs[0])

    def batch(self, rows: Array) -> list[Array]:
        """Some samples, as arrays of their own."""
        found = [x[rows] for x in self.xs]
        for array in found:
            array.flags.writeable = False
        return found

    def split(self, share: float) -> tuple[Data, Data]:
        """All but the last share of the samples, and those. Raises `InputError` where one of them would be empty."""
        first = math.floor(len(self) * (1 - share))
        if not 0 < first < len(self):
            raise InputError(f"validation_split={share} of {len(self)} samples leaves none; it is a share such as 0.1")
        return Data([x[:first] for x in self.xs], self.y[:first]), Data([x[first:] for x in self.xs], self.y[first:])


def data(x: Any, y: Any, what: str = "x") -> Data:
    """Samples and their targets as given. Raises `InputError` or `ShapeError` where they cannot be."""
    xs = [_numbers(one, what) for one in (x if isinstance(x, tuple | list) and _arrays(x) else [x])]
    targets = np.asarray(y)
    if targets.dtype.kind not in "iufb":
        hint = "; give each class a number, from 0 on" if targets.dtype.kind in "US" else ""
        raise InputError(_no_numbers("the target", targets) + hint)
    for one in (*xs, targets):
        if not one.ndim or len(one) != len(xs[0]):
            raise ShapeError(
                f"{what} has {len(xs[0]) if xs[0].ndim else 0} samples, and the target has shape {targets.shape}; "
                "there is one target for each sample, along the first axis"
            )
    if not len(xs[0]):
        raise InputError(f"{what} has no samples")
    return Data(xs, targets)


def _arrays(given: Sequence[Any]) -> bool:
    return bool(given) and all(hasattr(one, "ndim") and one.ndim > 1 for one in given)


def _numbers(x: Any, what: str) -> Array:
    """64 bits stay, everything else is calculated with in 32."""
    try:
        array = np.asarray(x)
    except ValueError:
        raise InputError(f"{what} has rows of several lengths; give arrays of one shape") from None
    if array.dtype.kind not in "iufb":
        raise InputError(_no_numbers(what, array))
    return array if array.dtype == np.float64 else array.astype(np.float32, copy=False)


def _no_numbers(what: str, array: Array) -> str:
    """What is said of an array that holds something else."""
    if array.dtype.kind == "O" and not array.ndim:
        return f"{what} is {shown(array.item())}; give an array with one entry for each sample"
    held = f"words, such as {str(array.flat[0])!r}," if array.dtype.kind in "US" and array.size else str(array.dtype)
    return f"{what} holds {held} where numbers belong"


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
        best = _Best(self.layers)
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


class _Best:
    """The weights of the epoch with the smallest loss, of the validation where there is one."""

    def __init__(self, layers: list[LayerObject]) -> None:
        self.layers = layers
        self.smallest = math.inf
        self.described = ""
        self.kept: list[dict[str, Array]] | None = None

    def see(self, epoch: int, measures: Mapping[str, float]) -> None:
        """Keep the weights where this epoch is the best so far."""
        name = "val_loss" if "val_loss" in measures else "loss"
        if measures[name] < self.smallest:
            self.smallest = measures[name]
            self.described = _("epoch {epoch}, {measure}").format(epoch=epoch, measure=line({name: measures[name]}))
            self.kept = [dict(layer.weights) for layer in self.layers]

    def rescued(self, epoch: int) -> str:
        """Give the network its best weights, save them, and say so."""
        for layer, weights in zip(self.layers, self.kept or []):
            layer.weights.update(weights)
        which = _("its best weights so far ({told})") if self.kept else _("the weights that it had by then")
        which = which.format(told=self.described)
        try:
            write_weights(STOPPED, weights_by_name(self.layers))
        except FileError as error:
            sentence = _(
                "training was stopped in epoch {epoch}; the network has {which}, but they are not saved: {why}"
            )
            return sentence.format(epoch=epoch, which=which, why=error)
        sentence = _("training was stopped in epoch {epoch}; the network has {which}, and they are saved in {file}")
        return sentence.format(epoch=epoch, which=which, file=Path(STOPPED).absolute())


def weights_by_name(layers: Sequence[LayerObject]) -> dict[str, Array]:
    """Every weight of some layers, by the layer's number and its own name: `0.kernel`."""
    return {f"{n}.{name}": array for n, layer in enumerate(layers) for name, array in layer.known_weights().items()}


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


def check_samples(layers: Sequence[LayerObject], given: Data) -> None:
    """Refuse samples that the first layers do not take as a batch. Raises `ShapeError`."""
    shape = given.xs[0].shape
    for layer in layers[:1] if len(given.xs) == 1 else ():
        operation, layout = layer.plan.stages[0].operation, layer.plan.layout
        if isinstance(operation, WindowOperation) and len(shape) != operation.spatial + 2:
            axes = layout.axes(operation.spatial + 2, operation.spatial)
            own = "-1, 28, 28, 1" if layout.channels_last else "-1, 1, 28, 28"
            hint = f", such as x.reshape({own})" if operation.spatial == 2 else ""
            raise ShapeError(f"the samples have shape {shape}; {layer.call} takes a batch {axes}{hint}")


def check_batch(output: Trace, given: Data, batch_size: int) -> None:
    """Refuse samples of which the network does not make one output each. Raises `ShapeError`."""
    count = min(len(given), batch_size)
    if not output.ndim or len(output) != count:
        raise ShapeError(
            f"the samples have shape {given.xs[0].shape}, and of {count} of them the network makes an output of shape "
            f"{output.shape}; along the first axis there must be one for each sample"
        )


def number_of(name: str, value: Any, least: int = 1) -> int:
    """A whole number. Raises `InputError`."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise InputError(f"{name}={shown(value)} must be a whole number of at least {least}")
    return int(value)
