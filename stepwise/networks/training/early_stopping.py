"""When a training ends by itself: `callbacks=[keras.callbacks.EarlyStopping(patience=3)]`."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from ...arithmetic import Array
from ...errors import CallError, listing, shown
from ...language import _
from ...layers.layer import LayerObject
from .optimizers import number


class EarlyStopping:
    """Ends a training after `patience` epochs without a measure that is better than the best by more than `min_delta`.

    Source: Keras 3 `keras/src/callbacks/early_stopping.py`. The first epoch never ends it. With
    `restore_best_weights` the network has the weights of its best epoch afterwards, however the training ended.

    >>> stopping = EarlyStopping("loss", patience=1)
    >>> [stopping.ends(epoch, {"loss": loss}, []) for epoch, loss in enumerate([3.0, 2.0, 2.5])]
    [False, False, True]
    """

    shown_as: ClassVar[str] = "a callback"

    def __init__(
        self,
        monitor: Any = "val_loss",
        min_delta: Any = 0,
        patience: Any = 0,
        verbose: Any = 0,
        mode: Any = "auto",
        baseline: Any = None,
        restore_best_weights: Any = False,
        start_from_epoch: Any = 0,
    ) -> None:
        if not isinstance(monitor, str):
            raise CallError(f"monitor={shown(monitor)} is the name of a measure, such as 'val_loss'")
        if mode not in ("auto", "min", "max"):
            raise CallError(f"mode={shown(mode)} is not known; it is 'auto', 'min' or 'max'")
        self.monitor, self.min_delta = monitor, abs(number("min_delta", min_delta))
        self.patience, self.verbose = int(number("patience", patience)), bool(verbose)
        self.baseline = None if baseline is None else number("baseline", baseline)
        self.larger = mode == "max" or (mode == "auto" and monitor.endswith("accuracy"))
        self.restore_best_weights = bool(restore_best_weights)
        self.first = int(number("start_from_epoch", start_from_epoch))
        self.begin()

    def begin(self) -> None:
        """Before the first epoch of a training."""
        self.waited, self.best_epoch, self.stopped_epoch = 0, 0, 0
        self.best: float | None = None
        self.kept: list[dict[str, Array]] | None = None

    def ends(self, epoch: int, measures: Mapping[str, float], layers: Sequence[LayerObject]) -> bool:
        """Whether the training ends with this epoch; epochs are counted from 0."""
        if self.monitor not in measures:
            known = _("EarlyStopping looks at {name}, which is not measured; measured here: {names}")
            warnings.warn(known.format(name=self.monitor, names=listing(measures)), stacklevel=5)
            return False
        if epoch < self.first:
            return False
        now = measures[self.monitor]
        if self.restore_best_weights and self.kept is None:
            self._keep(epoch, layers)
        self.waited += 1
        if self._is_better(now, self.best):
            self.best, self.best_epoch = now, epoch
            if self.restore_best_weights:
                self._keep(epoch, layers)
            if self.baseline is None or self._is_better(now, self.baseline):
                self.waited = 0
            return False
        if self.waited < self.patience or epoch == 0:
            return False
        self.stopped_epoch = epoch
        return True

    def _is_better(self, now: float, than: float | None) -> bool:
        if than is None:
            return True
        return now - self.min_delta > than if self.larger else now + self.min_delta < than

    def _keep(self, epoch: int, layers: Sequence[LayerObject]) -> None:
        self.best_epoch, self.kept = epoch, [dict(layer.weights) for layer in layers]

    def end(self, layers: Sequence[LayerObject]) -> None:
        """After the last epoch."""
        for layer, weights in zip(layers, self.kept or []):
            layer.weights.update(weights)


def callbacks_given(given: Any) -> list[EarlyStopping]:
    """What `fit` takes as its callbacks. Raises `CallError` for another than `EarlyStopping`."""
    listed = [] if given is None else list(given) if isinstance(given, list | tuple) else [given]
    strange = [one for one in listed if not isinstance(one, EarlyStopping)]
    if strange:
        raise CallError(f"callbacks takes keras.callbacks.EarlyStopping(…), not {shown(strange[0])}")
    return listed
