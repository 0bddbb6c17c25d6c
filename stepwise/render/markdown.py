"""Markdown as GitHub renders it: tables, `$` formulas; made to read well as plain text too."""

from __future__ import annotations

import re

from ..formula import Formula, latex
from ..lessons.blocks import Scene
from .grids import draw_scene, shaded
from .templates import TemplateFormat, register

_SPECIAL = re.compile(r"([\\`*_\[\]<>|$~&#])")
WIDTH = 78


def escaped(text: str) -> str:
    """A user's words as words: every sign Markdown would read, and every line's start, made plain."""
    return _SPECIAL.sub(r"\\\1", re.sub(r"\s+", " ", text))


def code(text: str) -> str:
    """Words as code, whatever backticks they hold; a bar would end a table's cell."""
    ticks = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    inner = " ".join(text.split()).replace("|", "\\|")
    return f"{ticks} {inner} {ticks}" if "`" in inner else f"{ticks}{inner}{ticks}"


def math(formula: Formula) -> str:
    """A formula between dollars."""
    return f"${latex(formula)}$"


def drawn(scene: Scene) -> str:
    """Matrices in characters, for a fenced block: GitHub draws no window around a table's cells."""
    return "\n".join(draw_scene(scene, WIDTH))


MARKDOWN = register(
    TemplateFormat(
        folder="markdown",
        suffix="md",
        escapes=False,
        filters={
            "escaped": escaped,
            "code": code,
            "math": math,
            "latex": latex,
            "drawn": drawn,
            "shaded": lambda feature_map: shaded(feature_map, WIDTH),
        },
    )
)
