"""A network with what came back to each of its layers: what a page draws the way back from."""

from __future__ import annotations

from ..arithmetic import Array
from ..dataclass import dataclass
from ..traces.trace import Trace


@dataclass(frozen=True, eq=False)
class Learned:
    """A weight and its gradient; `after` is what an update made of the weight, None where there was none."""

    name: str  # by our own name: `kernel`
    called: str  # by the framework's
    symbol: str  # of the gradient: `dL/dW`
    before: Array
    gradient: Trace
    after: Array | None = None


@dataclass(frozen=True, eq=False)
class Returned:
    """A stage of the forward pass: the gradient of its output, and its weights with theirs."""

    number: int  # of its layer, from 1
    layer: Trace
    gradient: Array | Trace | None  # None where no gradient comes back to it
    weights: tuple[Learned, ...] = ()
    after: Array | None = None  # its output with the weights that an update made

    @property
    def numbers(self) -> Array | None:
        """The gradient as an array."""
        return self.gradient.output if isinstance(self.gradient, Trace) else self.gradient


@dataclass(frozen=True, eq=False)
class Led:
    """Every stage of a forward pass, in its order, and the gradient of the first input.

    `losses` are the loss, and after an update the loss again; empty where an upstream gradient was given.
    """

    layers: tuple[Returned, ...]
    source: Array  # the first input
    gradient: Trace  # of it
    losses: tuple[str, ...] = ()
    updated: bool = False
