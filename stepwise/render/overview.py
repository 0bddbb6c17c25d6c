"""The overview of a class as one self-contained page: it needs no request and no script."""

from __future__ import annotations

from typing import Any

from ..io.files import PathLike
from ..language import speaking
from .html import HTML


def render_overview(overview: Any, templates: PathLike | None = None) -> str:
    """The page of an `Overview` (see `grading.overview`); `templates` come before stepwise's own."""
    with speaking(overview.language):
        return HTML.page("overview", templates, overview=overview)
