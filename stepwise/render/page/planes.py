"""Arrays as a page shows them: plane by plane, with the words that tell planes apart."""

from __future__ import annotations

from typing import Any

from ...traces.axes import plane_axes, plane_words, word
from ...traces.layout import Index


def planes_of(shape: Index, found: tuple[str, ...]) -> dict[str, Any]:
    """An array of this shape seen plane by plane, where it is known what its axes are."""
    if len(shape) < 3:
        return plane_of(shape)
    rows, columns = plane_axes(found, len(shape))
    leads = [list(lead) for lead in plane_words(found, shape)]
    plan = {"shape": list(shape), "rows": rows, "columns": columns}
    plan |= {"along": [word(role) for role in found]} if found else {}
    return plan | ({"leads": leads} if leads else {})


def plane_of(shape: tuple[int, ...]) -> dict[str, Any]:
    """An array seen plane by plane: its last two axes are rows and columns."""
    ndim = len(shape)
    return {"shape": list(shape), "rows": ndim - 2 if ndim > 1 else -1, "columns": ndim - 1}
