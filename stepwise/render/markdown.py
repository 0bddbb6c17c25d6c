"""Markdown as GitHub renders it: tables, `$` formulas; made to read well as plain text too."""

from __future__ import annotations

import re

from ..formula import Formula, latex
from ..lessons.blocks import Scene, Steps
from .grids import draw_scene, key, shaded
from .templates import TemplateFormat, register

_SPECIAL = re.compile(r"([\\`*_\[\]<>|$~&#])")
WIDTH = 78


def escaped(text: str) -> str:
    """A user's words as words: every sign Markdown would read, and every line's start, made plain."""
    return _SPECIAL.sub(r"\\\1", re.sub(r"\s+", " ", text))


def code(text: str) -> str:
    """Words as code, whatever backticks they hold."""
    ticks = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    inner = " ".join(text.split())
    return f"{ticks} {inner} {ticks}" if "`" in inner else f"{ticks}{inner}{ticks}"


def barred(cell: str) -> str:
    """A table's cell, in which a bar would end it, even in code."""
    return re.sub(r"(?<!\\)\|", r"\|", cell)


def math(formula: Formula) -> str:
    """A formula between dollars."""
    return f"${latex(formula)}$"


def drawn(scene: Scene) -> str:
    """Matrices in characters, for a fenced block: GitHub draws no window around a table's cells."""
    return "\n".join(draw_scene(scene, WIDTH))


def signs(steps: Steps) -> str:
    """What the signs in these steps' pictures mean."""
    return ", ".join(f"{code(sign)} {meaning}" for sign, meaning in key(step.scene for step in steps.steps))


MARKDOWN = register(
    TemplateFormat(
        folder="markdown",
        suffix="md",
        escapes=False,
        filters={
            "escaped": escaped,
            "barred": barred,
            "code": code,
            "math": math,
            "latex": latex,
            "drawn": drawn,
            "signs": signs,
            "shaded": lambda feature_map: shaded(feature_map, WIDTH),
        },
    )
)
