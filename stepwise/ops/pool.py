"""What pooling has in common: a rule over the data in a window alone, all of it alike."""

from __future__ import annotations

from collections.abc import Mapping

from ..arithmetic import Array
from ..dataclass import dataclass
from ..errors import ShapeError
from ..geometry import Geometry
from ..traces.layout import Index, Layout
from ..traces.tap import Gathered
from ..traces.trace import Trace
from .windows import Shape, WindowOperation


@dataclass(frozen=True)
class Pool(WindowOperation):
    """y = a rule over the data in the window, which has no weights"""

    @property
    def needs_data(self) -> bool:
        """Whether a window that covers no data has no result, as no maximum and no mean of nothing is defined."""
        return True

    def planned(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Geometry, Shape]:
        geometry, shape = super().planned(layout, inputs)
        if self.needs_data:
            _refuse_empty(geometry)
        return geometry, shape

    def gathered(self, trace: Trace, index: Index) -> Gathered | None:
        found = self.seen_at_once(trace, index)
        return None if found is None else Gathered(found[0].ravel(), found[1])


def _refuse_empty(geometry: Geometry) -> None:
    for axis in geometry.axes:
        if axis.empty is not None:
            raise ShapeError(
                f"along the {axis.name}, window {axis.empty} would cover no data at all, only padding; "
                "use less padding, or a larger window"
            )
