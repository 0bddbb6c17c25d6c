"""Keras's words for training, which every network of Keras's has: `compile`, `fit`, `evaluate`, `save_weights`."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...arithmetic import Array
from ...errors import CallError, shown
from ...io.files import PathLike
from ...layers.layer import LayerObject
from ...layers.weights import in_order, read_weights, write_weights
from ...traces.trace import Trace

if TYPE_CHECKING:
    from .fitting import Course, History

LEFT_OUT = ("class_weight", "sample_weight", "steps_per_epoch", "validation_steps")
"""Of what Keras's `fit` takes, what is not carried out here."""
PREDICTED = 256
"""Samples that are carried out together where only their outputs are asked for."""


class Trainable:
    """The part of a Keras network that is trained. The network is carried out by calling it."""

    history: History | None = None
    _asked: tuple[Any, Any, list[str]] | None = None

    @property
    def layers(self) -> list[LayerObject]:
        """The layers, each once."""
        raise NotImplementedError

    def __call__(self, x: Any) -> Any:
        raise NotImplementedError

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Set every weight, in Keras's order."""
        raise NotImplementedError

    def _sample(self, shape: tuple[int, ...]) -> None:
        """Told the shape of one sample before training begins."""

    def compile(self, optimizer: Any = "rmsprop", loss: Any = None, metrics: Any = None, **others: Any) -> None:
        """Say how the network is trained, in Keras's words.

        optimizer  `"sgd"`, `"adam"`, or an object such as `keras.optimizers.SGD(0.1, momentum=0.9)`
        loss       `"sparse_categorical_crossentropy"`, `"categorical_crossentropy"`, `"binary_crossentropy"`, `"mse"`,
                   or an object of `keras.losses`
        metrics    a list of `"accuracy"`, `"mse"`, `"mae"`

        Raises `CallError` for what is none of these.
        """
        from .goals import named_goal, named_metrics
        from .optimizers import named_optimizer

        strange = [name for name, value in others.items() if value and name not in ("jit_compile", "run_eagerly")]
        if strange:
            raise CallError(f"compile takes no {strange[0]} here; it takes optimizer, loss and metrics")
        if loss is None:
            raise CallError("compile needs a loss, such as loss='sparse_categorical_crossentropy'")
        self._asked = (named_optimizer(optimizer), named_goal(loss), named_metrics(metrics))

    @property
    def optimizer(self) -> Any:
        """The optimizer that `compile` was given."""
        return self._compiled()[0]

    def _compiled(self) -> tuple[Any, Any, list[str]]:
        if self._asked is None:
            raise CallError("say first how it is trained: model.compile(optimizer='sgd', loss='mse')")
        return self._asked

    def _course(self, batch_size: Any, verbose: Any = 0, shuffle: Any = True) -> Course:
        from .fitting import Course, number_of

        optimizer, goal, metrics = self._compiled()
        size = 32 if batch_size is None else number_of("batch_size", batch_size)
        printed = 1 if verbose == "auto" else number_of("verbose", verbose, least=0)
        return Course(self.layers, self._carry, goal, optimizer, metrics, size, bool(shuffle), printed)

    def _carry(self, xs: list[Array]) -> Trace:
        found = self(xs[0] if len(xs) == 1 else xs)
        if not isinstance(found, Trace):
            raise CallError("a network with several outputs is not trained here; train one with one output")
        return found

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: Any = None,
        epochs: Any = 1,
        verbose: Any = "auto",
        validation_split: Any = 0.0,
        validation_data: Any = None,
        shuffle: Any = True,
        initial_epoch: Any = 0,
        callbacks: Any = None,
        **others: Any,
    ) -> History:
        """Train the network, and give what was measured in each epoch, as Keras does.

        x, y              samples and what should come out of them, along the first axis; in 64 bits where `x` has them,
                          else in 32
        batch_size        samples for one step, 32 unless it is given
        validation_split  a share of the samples, the last ones, that is only measured
        validation_data   samples `(x, y)` that are only measured
        callbacks         `keras.callbacks.EarlyStopping(…)`, one or several, which may end it
        verbose           0: nothing is told; 1: a bar on a terminal, and a line for each epoch; 2: the lines alone

        The samples are shuffled by one stream of random numbers, which `keras.utils.set_random_seed(0)` begins anew. It
        is stopped by a number that is not finite (`TrainingError` says where it first arose), and by Ctrl-C: then the
        network has its best weights so far, which are saved, too.
        """
        from .early_stopping import callbacks_given
        from .fitting import number_of
        from .parameters import seeded_apart
        from .samples import check_samples, data

        stopping = callbacks_given(callbacks)
        course = self._course(batch_size, verbose, shuffle)
        for name, value in others.items():
            if name not in LEFT_OUT:
                raise CallError(f"fit has no parameter {name}")
            if value is not None:
                raise CallError(f"fit with {name} is not carried out here")
        given = data(x, y)
        check_samples(self.layers, given)
        held_out = None
        if validation_data is not None:
            if not isinstance(validation_data, tuple | list) or len(validation_data) != 2:
                raise CallError(f"validation_data takes (x, y), not {shown(validation_data)}")
            held_out = data(validation_data[0], validation_data[1], "validation_data")
        elif validation_split:
            if isinstance(validation_split, bool) or not isinstance(validation_split, int | float):
                raise CallError(f"validation_split={shown(validation_split)} is a share such as 0.1")
            given, held_out = given.split(float(validation_split))
        self._sample(given.xs[0].shape[1:])
        seeded_apart(self.layers)
        epochs, first = number_of("epochs", epochs), number_of("initial_epoch", initial_epoch, least=0)
        self.history = course.fit(given, held_out, epochs, first, stopping)
        return self.history

    def evaluate(
        self, x: Any = None, y: Any = None, batch_size: Any = None, verbose: Any = "auto", return_dict: bool = False
    ) -> Any:
        """The loss, and what `compile` wants to be measured beside it, in a list, or by name in a dict."""
        from .samples import Data, check_batch, check_samples, data

        course, given = self._course(batch_size or PREDICTED), data(x, y)
        check_samples(self.layers, given)
        self._sample(given.xs[0].shape[1:])
        output = course.carry(given.batch(np.arange(min(len(given), course.batch_size))))
        check_batch(output, given, course.batch_size)
        found, trouble = course.measured(Data(given.xs, course.goal.target(output, given.y)))
        if trouble:
            warnings.warn(trouble, stacklevel=2)
        return found if return_dict else found["loss"] if len(found) == 1 else list(found.values())

    def predict(self, x: Any, batch_size: Any = None, verbose: Any = "auto", steps: None = None) -> Any:
        """The output alone, as Keras gives it; of many samples, some at a time."""
        size = PREDICTED if batch_size is None else max(int(batch_size), 1)
        if isinstance(x, np.ndarray) and x.ndim > 1 and len(x) > size:
            first = self(x[:size])
            if isinstance(first, Trace) and first.form == "batch" and len(first) == size:
                rest = (self(x[start : start + size]).output for start in range(size, len(x), size))
                return np.concatenate([first.output, *rest])
        found = self(x)
        return found.output if isinstance(found, Trace) else [one.output for one in found]

    def save_weights(self, path: PathLike, overwrite: bool = True) -> None:
        """Write every weight, in Keras's order, into a `.safetensors` or `.npz` file, whole or not at all.

        Raises `FileError` for another kind of file, and where it cannot be written.
        """
        from .best import weights_by_name

        arrays = weights_by_name(self.layers)
        if not arrays:
            raise CallError("there are no weights yet; they are drawn in the first call, or set by set_weights")
        write_weights(path, arrays)

    def load_weights(self, path: PathLike) -> None:
        """Every weight from a `.safetensors` or `.npz` file: by name where they are named as `save_weights` names them,
        else in Keras's order, as `numpy.savez("w.npz", *model.get_weights())` writes them.
        """
        arrays = read_weights(path)
        names = [f"{n}.{name}" for n, layer in enumerate(self.layers) for name in layer.plan.initializers]
        by_name = sorted(names) == sorted(arrays)
        self.set_weights([arrays[name] for name in names] if by_name else in_order(arrays))
