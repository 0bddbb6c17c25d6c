"""What the reading of pasted code asks of the dialects: what a name stands for."""

from __future__ import annotations

from typing import Protocol

from ...layers.calls import Call, Name
from .names import Path


class Words(Protocol):
    """What the dialects know of names."""

    def makes(self, path: Path) -> bool:
        """Whether this is the name of a layer."""

    def works(self, path: Path) -> bool:
        """Whether this is a function that is called on the input itself, as `F.relu(x)`."""

    def of_signals(self, path: Path) -> bool:
        """Whether this is a function of images and signals, whose arguments may be arrays and constants by name."""

    def joins(self, path: Path) -> bool:
        """Whether this is a function that joins what two filters of one image give."""

    def changes(self, name: str) -> bool:
        """Whether what flows has a method of this name that gives something else, as `x.flatten(1)`."""

    def activation(self, path: Path) -> str:
        """The word for an activation that is named by a function, such as `tf.nn.relu`; empty where there is none."""

    def same(self, one: Path, other: Path) -> bool:
        """Whether two names say the same where nothing is imported."""

    def belongs(self, path: Path) -> bool:
        """Whether a name stands where only layers stand, such as `nn.MaxPol2d`."""

    def refusal(self, path: Path) -> str:
        """What is said of a name that is no layer's."""

    def with_bias(self, call: Call, bias: Name) -> Call | None:
        """A function's call to which a bias is added, as one that has it; None where it takes none."""
