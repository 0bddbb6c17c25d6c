"""The picture of one step, whatever it is a step of."""

from __future__ import annotations

from ..document.blocks import Scene
from ..ops import Gradient
from ..traces.step import Step
from . import cell_pictures, pictures


def scene_of(step: Step) -> Scene:
    """A window on its input, a cell and where it comes from, or what a gradient is gathered from."""
    if isinstance(step.trace.layer.operation, Gradient):
        from .gradient_pictures import gradient_scene  # not loaded where there is no gradient

        return gradient_scene(step)
    return pictures.scene(step) if step.trace.geometry.axes else cell_pictures.scene(step)
