"""Whether what goes in first is one image or a batch of them, where its axes alone do not tell.

Three axes are one image for a Conv2D, and a batch of three-axis things' rows for a Dense: a layer that looks through
windows knows. Of a layer that does not, such as Keras's Flatten or Permute, what comes after it may tell, or what it is
told itself; and an `Input` or `input_shape` says it outright. To let another layer tell: a case in `_form_of`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

from ..errors import ShapeError
from ..ops import (
    BatchNorm,
    Concat,
    Flatten,
    GroupNorm,
    LayerNorm,
    LocalResponseNorm,
    Pad,
    PReLU,
    Reshape,
    Softmax,
    Transpose,
)
from ..ops.elementwise import Elementwise
from ..ops.windows import WindowOperation
from ..traces.operation import Operation
from .layer import LayerObject

Shape = Sequence[object]
FORMS = {0: "plain", 1: "image", 2: "batch"}


def starting_form(layers: Sequence[LayerObject], shape: Shape) -> str:
    """What an input of this shape is to a chain: `plain`, one `image` with channels, or a `batch`; empty: as it looks.

    Raises `ShapeError` where the chain begins with an `Input` of another shape.

    >>> from ..dialects import layers
    >>> starting_form(layers("Flatten()"), (300, 300, 3)), starting_form(layers("nn.Flatten()"), (3, 300, 300))
    ('image', '')
    """
    given = layers[0].input_shape
    if given is not None:
        return form_for(given, shape)
    if layers[0].dialect != "keras":
        return ""
    for layer in layers:
        for stage in layer.plan.stages:
            form = _form_of(stage.operation, shape)
            if form is not None:
                return form
    return ""


def form_for(given: Shape, shape: Shape) -> str:
    """What an input of this shape is where one image has the shape `given`. Raises `ShapeError` where it is neither.

    >>> form_for((28, 28, 1), (5, 28, 28, 1)), form_for((28, 28, 1), (28, 28)), form_for((7,), (5, 7))
    ('batch', 'plain', 'batch')
    """
    extra = len(shape) - len(given)
    own = tuple(shape)[1:] if extra == 1 else tuple(shape)
    if extra == -1 and len(given) > 1 and given[-1] == 1:
        own, form = (*own, 1), "plain"
    else:
        form = {0: "image", 1: "batch"}.get(extra, "")
    if not form or any(due is not None and due != is_ for due, is_ in zip(given, own)):
        due = ", ".join("any" if n is None else str(n) for n in given)
        raise ShapeError(f"the input has shape {tuple(shape)}, but Input says ({due}), or with a batch axis before it")
    return form


def _form_of(operation: Operation, shape: Shape) -> str | None:
    """What an operation of Keras tells of the shape that goes in; None where the one after it has to."""
    ndim = len(shape)
    numbers = [n for n in shape if isinstance(n, int)]
    match operation:
        case WindowOperation():
            return FORMS.get(ndim - operation.spatial, "")
        case Pad():
            return FORMS.get(ndim - len(operation.pads), "")
        case Reshape(batched=True) if len(numbers) == ndim and -1 not in operation.shape:
            return "image" if math.prod(operation.shape) == math.prod(numbers) and ndim > 1 else ""
        case Transpose() if operation.order[:1] == (0,):
            return "image" if ndim == len(operation.order) - 1 else ""
        case BatchNorm() | Concat() if operation.axis is not None and operation.axis >= ndim:
            return FORMS.get(ndim - operation.axis + 1, "")
        case Softmax() | LayerNorm() if max(operation.axes, default=-1) >= ndim:
            return FORMS.get(ndim - max(operation.axes) + 1, "")
        case GroupNorm() if operation.axis is not None and operation.axis >= ndim:
            return FORMS.get(ndim - operation.axis + 1, "")
        case LayerNorm() | GroupNorm() if ndim == 2:
            return "batch"  # rows of features
        case Softmax() if ndim == 2 and max(operation.axes) == 1:
            return "batch"  # rows of scores
        case Flatten():
            return "image" if ndim == 3 else ""
        case Elementwise() | PReLU() | BatchNorm() | Softmax() | LayerNorm() | GroupNorm() | LocalResponseNorm():
            return None
    return ""


class Given:
    """The shape of what goes in, as a Keras `Input` says it: one image, without the batch; None for any size."""

    shown_as: ClassVar[str] = "an Input"

    def __init__(self, shape: Sequence[int | None]) -> None:
        self.given = tuple(shape)
