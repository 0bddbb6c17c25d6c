"""What is taken for granted of the axes of what goes in, where a call does not say if it is one image or a batch."""

from __future__ import annotations

from collections.abc import Sequence

from ..language import _
from ..ops import Flatten, Gradient
from ..ops.elementwise import Elementwise
from ..ops.windows import WindowOperation
from ..traces.operation import Operation
from ..traces.trace import Trace, chain
from .summary import shape as written

Stage = tuple[Operation, str]
"""An operation, and whose words it is in."""


def assumed_of(trace: Trace) -> str:
    """What was taken for granted, as a sentence; empty where nothing was.

    Of a batch that is flattened, its own instruction says so.
    """
    layers = chain(trace)
    if isinstance(layers[0].layer.operation, Gradient):
        return ""  # an upstream gradient has the axes of the output
    stages = [(layer.layer.operation, layer.layer.dialect) for layer in layers]
    return assumed(stages, layers[0].inputs["input"].shape, layers[0].layer.form, of_batch=False)


def assumed(stages: Sequence[Stage], shape: Sequence[object], form: str, of_batch: bool = True) -> str:
    """The same of layers that are not carried out."""
    first = next((stage for stage in stages if not isinstance(stage[0], Elementwise)), None)
    if first is None or not all(isinstance(n, int) for n in shape):
        return ""
    sizes = tuple(n for n in shape if isinstance(n, int))
    given = written(sizes)
    if form == "image" and len(sizes) > 1 and not isinstance(first[0], WindowOperation):  # those leave no doubt
        return _("The input, {shape}, is taken as one image, without an axis for a batch.").format(shape=given)
    operation, _dialect = first
    if of_batch and isinstance(operation, Flatten) and len(sizes) == 3:
        return _("The input, {shape}, is taken as a batch of {n}: its first axis stays.").format(
            shape=given, n=sizes[0]
        )
    alone = isinstance(operation, WindowOperation) and len(sizes) == operation.spatial + 1
    if alone and any(isinstance(one, Flatten) and dialect == "torch" for one, dialect in stages):
        return _(
            "The input, {shape}, is taken as one image, and all of it is flattened. PyTorch's own Flatten would "
            "take the first axis, the channels, for a batch; give it {batch} there."
        ).format(shape=given, batch=written((1, *sizes)))
    return ""
