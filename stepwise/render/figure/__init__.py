"""A step of a lesson as a figure of its own, still or moving, in the formats that pictures have.

A step is laid out once, as marks at places (`layout.py`, `picture.py`, `colours.py`), and printed by a small file for
each format. To add a format: a printer of a `Picture`, its name in `options.py`, and a line in `_still` or `_moving`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...effort import STEP, TAP, allow
from ...errors import StepwiseError, shown
from ...language import speaking
from ...lessons.figures import Telling, chosen_layer
from .across import Room, largest
from .layout import Frames, plain
from .options import FORMATS, SLIDES, FigureOptions, check_format, check_pixels
from .picture import Box, Picture, sheet

if TYPE_CHECKING:
    from ...document.blocks import StepBlock
    from ...document.lesson import Lesson

FEW = 64
"""The frame is measured on so many steps where one is asked for; of more, on the typical ones."""
MOST_TAPS = 20_000
"""How many cells those may cover together."""
MOST_IN_SHEET = 400
"""Steps on one sheet, or in one set of slides."""
WIDEST = 760
"""Pixels of a .gif or .apng, where no size is asked for: a file of a few hundred kilobytes."""


def figure(
    lesson: Lesson,
    step: int | str | None = None,
    format: str = "svg",
    layer: int | None = None,
    options: FigureOptions | None = None,
) -> str | bytes:
    """A step of a lesson as a picture: text as `str` (SVG, TeX, reveal.js), pixels, PDF and PowerPoint as `bytes`.

    `step` counts from 1, or is `all` on one sheet, or `animated`; without, a .gif and .apng move, slides have every
    step, and anything else shows the first. `layer` counts from 1; without, the last that has a window.

    Raises `StepwiseError` for a step, layer, format or option there is none of, `LimitError` for more than is drawn,
    `MissingExtra` where a format needs what is not installed.
    """
    options = options or FigureOptions()
    if step is None:
        step = "animated" if format in ("gif", "apng", *SLIDES) else 1
    check_format(format, step)
    options.check(format, step == "animated")
    with speaking(lesson.language):
        telling = Telling(chosen_layer(lesson, layer), options.way)
        if isinstance(step, str) and step not in ("all", "animated"):
            raise StepwiseError(f"step {shown(step)} is not known; it is a number from 1, 'all' or 'animated'")
        if format in SLIDES:
            room = _room(format)
            each = [_one(telling, step, options, lesson.language, room)] if isinstance(step, int) else None
            steps = each or _every(telling, options, lesson.language, "slides", room)
            return _slides(steps, format, options, plain(lesson.title))
        if step == "animated":
            slide = _room(format) if format == "tex" else None
            return _moving(_every(telling, options, lesson.language, format, slide), format, options, lesson.title)
        if step == "all":
            drawn = _every(telling, options, lesson.language, "all")
            return _still(sheet(tuple(drawn)), format, options)
        assert not isinstance(step, str)
        return _still(_one(telling, step, options, lesson.language), format, options)


def _room(format: str) -> Room:
    """What a slide of this format has for a figure."""
    if format == "pptx":
        from .powerpoint import ROOM
    elif format == "reveal":
        from .reveal import ROOM
    else:
        from .tikz import ROOM
    return ROOM


def _one(telling: Telling, number: int, options: FigureOptions, language: str, room: Room | None = None) -> Picture:
    """One step, in the frame that fits every other, too."""
    telling.check(number)  # refused before anything is drawn
    if telling.total <= FEW and telling.total * telling.reach <= MOST_TAPS:
        measured = set(range(1, telling.total + 1))
    else:
        measured = telling.typical() | {number}
    blocks = {n: telling.block(n) for n in sorted(measured)}
    return _frames_of(list(blocks.values()), options, language, room).draw(blocks[number])


def _every(
    telling: Telling, options: FigureOptions, language: str, format: str, room: Room | None = None
) -> list[Picture]:
    total = telling.total
    if format in ("all", "slides") and total > MOST_IN_SHEET:
        drawn = "a sheet" if format == "all" else "a set of slides"
        raise StepwiseError(
            f"{drawn} of {total:,} steps is more than {MOST_IN_SHEET}, the most there are; take one step"
        )
    allow(f"drawing {total:,} steps", total * (STEP + telling.reach * TAP), "take one step")
    telling.check()
    if format in ("gif", "apng"):  # what has too many pixels is refused before all of it is told
        _factor(_one(telling, 1, options, language), total, options)
    blocks = [telling.block(number) for number in range(1, total + 1)]
    frames = _frames_of(blocks, options, language, room)
    return [frames.draw(block) for block in blocks]


def _frames_of(blocks: Sequence[StepBlock], options: FigureOptions, language: str, room: Room | None) -> Frames:
    """The frames that hold these steps; of slides, the ones in which they are largest."""
    if room is not None:
        return largest(blocks, options.numbers, language, room)
    frames = Frames(options.numbers, language)
    frames.learn(blocks)
    return frames


def _still(picture: Picture, format: str, options: FigureOptions) -> str | bytes:
    # each printer is loaded where it is asked for: a text needs no typst
    theme, clear = options.own_theme, options.transparent
    scale = options.factor(picture.width, 1)
    if format == "png":
        from .raster import png

        scale = options.factor(picture.width, 2)
        check_pixels(picture.width, picture.height, scale)
        return png(picture, theme, clear, scale)
    if format == "pdf":
        return _pdf([picture], options)
    if format == "tex":
        from .tikz import alone, fragment

        return (fragment if options.fragment else alone)(picture, theme, clear, scale)
    if format == "svg":
        from .svg import svg

        if options.outlines:
            from .raster import outlined

            return outlined(picture, theme, clear)
        return svg(picture, options.theme, clear, scale)
    return _frames([picture], format, options)


def _moving(pictures: Sequence[Picture], format: str, options: FigureOptions, title: str) -> str | bytes:
    if format == "svg":
        from .svg import moving_svg

        scale = options.factor(pictures[0].width, 1)
        return moving_svg(pictures, options.theme, 1 / options.fps, options.hold, options.transparent, scale)
    if format == "pdf":
        return _pdf(pictures, options)
    if format == "tex":
        from .tikz import slides

        return slides(pictures, options.own_theme, title)
    return _frames(pictures, format, options)


def _slides(pictures: Sequence[Picture], format: str, options: FigureOptions, title: str) -> str | bytes:
    if format == "pptx":
        from .powerpoint import deck

        return deck(pictures, options.own_theme, title)
    from .reveal import page, section

    made = section if options.fragment else page
    return made(pictures, options.own_theme, options.transparent, title, pictures[0].language)


def _pdf(pictures: Sequence[Picture], options: FigureOptions) -> bytes:
    from ..pdf import pdf
    from .typst import source

    return pdf(source(pictures, options.own_theme, options.transparent))


def _frames(pictures: Sequence[Picture], format: str, options: FigureOptions) -> bytes:
    from .raster import moving

    scale = _factor(pictures[0], len(pictures), options)
    seconds = 1 / options.fps
    return moving(pictures, options.own_theme, options.transparent, scale, seconds, options.hold, format)


def _factor(first: Picture, many: int, options: FigureOptions) -> float:
    """Pixels for each of its own, of so many frames as large as the first. Raises `StepwiseError` for too many."""
    scale = options.factor(first.width, snapped(first, min(1, WIDEST / first.width)))
    check_pixels(first.width, first.height, scale, many)
    return scale


def snapped(picture: Picture, most: float) -> float:
    """The largest scale up to one at which a cell has a multiple of four pixels.

    Each cell's edges, hatching and digits then fall on the pixels as any other's do, and what repeats is packed: the
    file is about a quarter smaller.
    """
    side = next((mark.width for mark in picture.marks if isinstance(mark, Box)), 0)
    return most if side * most < 4 else side * most // 4 * 4 / side


__all__ = ["FORMATS", "FigureOptions", "figure"]
