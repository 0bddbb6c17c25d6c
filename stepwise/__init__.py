"""stepwise: convolution and pooling with the whole working shown.

    >>> import stepwise as sw
    >>> t = sw.trace("MaxPool2D(2, strides=1, padding='same')", [[4, 3], [2, 1]])
    >>> str(t.step((0, 1)).formula)
    'max(3, 1) = 3'

Names are loaded when first used, so that `stepwise --help` does not wait for NumPy.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from .lazy import loaded

if TYPE_CHECKING:
    from .algebra.equivalent import equivalent as equivalent
    from .algebra.matrix import matrix as matrix
    from .analysis.backpropagation import Backward as Backward
    from .analysis.backpropagation import backward as backward
    from .analysis.update import Update as Update
    from .arithmetic.letters import substitute as substitute
    from .arithmetic.letters import symbols as symbols
    from .dialects.tracing import trace as trace
    from .document.lesson import Lesson as Lesson
    from .effort import allow_large as allow_large
    from .errors import StepwiseError as StepwiseError
    from .errors import VerificationError as VerificationError
    from .layers.saved import load as load
    from .lessons import compare as compare
    from .marking import check as check
    from .traces.step import Step as Step
    from .traces.tap import OUTSIDE as OUTSIDE
    from .traces.tap import PADDING as PADDING
    from .traces.tap import Tap as Tap
    from .traces.trace import Trace as Trace

__version__ = "0.1.0"

_HOMES = {
    "Backward": "analysis.backpropagation",
    "OUTSIDE": "traces.tap",
    "PADDING": "traces.tap",
    "Lesson": "document.lesson",
    "Step": "traces.step",
    "StepwiseError": "errors",
    "Tap": "traces.tap",
    "Trace": "traces.trace",
    "Update": "analysis.update",
    "VerificationError": "errors",
    "allow_large": "effort",
    "backward": "analysis.backpropagation",
    "check": "marking",
    "compare": "lessons",
    "equivalent": "algebra.equivalent",
    "load": "layers.saved",
    "matrix": "algebra.matrix",
    "substitute": "arithmetic.letters",
    "symbols": "arithmetic.letters",
    "trace": "dialects.tracing",
}

__all__ = [*_HOMES, "__version__"]


__getattr__ = loaded(__name__, _HOMES)


def load_ipython_extension(shell: Any) -> None:
    """`%load_ext stepwise`: the cell magic `%%stepwise`."""
    importlib.import_module(".sites.jupyter", __name__).load(shell)


def __dir__() -> list[str]:
    return sorted(__all__)
