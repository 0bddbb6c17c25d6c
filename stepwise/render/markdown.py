"""Markdown as GitHub renders it: tables, `$` formulas; made to read well as plain text too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from urllib.parse import quote

from ..document.blocks import Block, Figure, Pair, Scene, Stack, Steps
from ..document.lesson import Lesson
from ..formula import Formula, latex
from .blank_tables import blank_line, blank_table, is_blank
from .grids import draw_scene, key, shaded
from .looks import described, in_words
from .svg import figure_svg, scene_svg
from .templates import TemplateFormat, register

_SPECIAL = re.compile(r"([\\`*_\[\]<>|$~&#])")
_MYST = re.compile(r"^(?::::|%|\+\+\+)|\{(?=\{)|[!}]$")
"""What begins a directive, a comment, a block or a substitution in MyST, and what makes a role of the code after it,
or a picture of the link."""
WIDTH = 78


def escaped(text: str) -> str:
    """A user's words as words: every sign Markdown would read, and every line's start, made plain."""
    return _MYST.sub(r"\\\g<0>", _SPECIAL.sub(r"\\\1", re.sub(r"\s+", " ", text)))


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


def given(scene: Scene, lesson: Lesson) -> Scene:
    """A scene without what is to be written into it, which is a table of its own."""
    kept = tuple(matrix for matrix in scene.matrices if not is_blank(matrix, lesson))
    return replace(scene, matrices=kept, signs=scene.signs[: max(0, len(kept) - 1)])


def blanks(scene: Scene, lesson: Lesson) -> str:
    """The tables to write into, each with its caption above it."""
    return "\n\n".join(
        f"{escaped(matrix.caption)}\n\n{blank_table(matrix, lesson.label)}"
        for matrix in scene.matrices
        if is_blank(matrix, lesson)
    )


def signs(steps: Steps) -> str:
    """What the signs in these steps' pictures mean."""
    return ", ".join(f"{code(sign)} {meaning}" for sign, meaning in key(steps.steps))


def figures(lesson: Lesson) -> Iterator[Scene | Figure]:
    """Everything in a lesson that can be a picture, in reading order."""
    return _figures(block for section in lesson.sections for block in section.blocks)


def _figures(blocks: Iterable[Block]) -> Iterator[Scene | Figure]:
    for block in blocks:
        match block:
            case Scene() | Figure():
                yield block
            case Steps():
                yield from (step.scene for step in block.steps)
            case Pair() | Stack():
                yield from _figures(inner for card in block.cards for inner in card.blocks)


def figure_files(lesson: Lesson, name: str) -> dict[str, bytes]:
    """The pictures that the Markdown of a lesson shows, as SVG files that lie beside it."""
    drawn = (scene_svg(one) if isinstance(one, Scene) else figure_svg(one) for one in figures(lesson))
    return {f"{name}-{number}.svg": svg.encode() for number, svg in enumerate(drawn, 1)}


def linked(figure: Scene | Figure, lesson: Lesson, name: str) -> str:
    """A link to a picture, with its words for those who do not see it."""
    number = 1 + next(i for i, one in enumerate(figures(lesson)) if one is figure)
    words = map(in_words, figure.matrices) if isinstance(figure, Scene) else map(described, figure.maps)
    return f"![{escaped('. '.join(words))}](<{quote(f'{name}-{number}.svg')}>)"


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
            "given": given,
            "blanks": blanks,
            "blank_line": lambda block, lesson: blank_line(block, lesson.label, escaped),
            "linked": linked,
            "signs": signs,
            "shaded": lambda feature_map: shaded(feature_map, WIDTH),
        },
    )
)
