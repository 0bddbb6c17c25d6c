"""A picture as a typst source, a page each: from that come PDF, PNG, and SVG whose letters are outlines.

typst brings the fonts, so that the same figure gives the same file on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...formula.typst import quoted
from ..typst import cleaned
from .colours import PALETTES, Paint, Palette
from .picture import Box, Hatch, Mark, Picture, Strokes, Words

FONTS = '("DejaVu Sans Mono", "Noto Sans CJK KR", "Noto Sans CJK SC", "Noto Sans")'
WORDS = '("Libertinus Serif", "Noto Serif CJK KR", "Noto Serif CJK SC", "Noto Serif")'

ROOM = 4000
"""More than any line of words needs."""


def source(pictures: Sequence[Picture], theme: str, transparent: bool = False) -> str:
    """A page for each picture, of its own size."""
    first, palette = pictures[0], PALETTES[theme]
    paper = "none" if transparent else _colour(palette["paper"].fill)
    head = [
        f"#set document(title: {quoted(cleaned(first.words)[:200])}, date: none)",
        f'#set text(font: {FONTS}, lang: {quoted(first.language)}, top-edge: "baseline", bottom-edge: "baseline")',
        f"#set page(margin: 0pt, fill: {paper})",
    ]
    pages = [_page(one, palette) for one in pictures]
    return "\n".join([*head, *pages]) + "\n"


def _page(picture: Picture, palette: Palette) -> str:
    drawn = "\n".join(line for mark in picture.marks for line in _mark(mark, palette))
    size = f"width: {_pt(picture.width)}, height: {_pt(picture.height)}"
    alt = quoted(cleaned(picture.words))
    return f"#page({size})[#figure(alt: {alt}, block({size})[\n{drawn}\n])]"


def _mark(mark: Mark, palette: Palette) -> Iterator[str]:
    match mark:
        case Box():
            paint = palette[mark.look]
            fill = _colour(paint.fill) if paint.fill else "none"
            size = f"width: {_pt(mark.width)}, height: {_pt(mark.height)}"
            yield f"{_at(mark.x, mark.y)}rect({size}, fill: {fill}, stroke: {_stroke(paint)}))"
        case Strokes():
            stroke = _stroke(palette[mark.look])
            for (a, b), (c, d) in mark.lines:
                end = f"({_pt(c - a)}, {_pt(d - b)})"
                yield f"{_at(a, b)}line(start: (0pt, 0pt), end: {end}, stroke: {stroke}))"
        case Hatch():
            yield from _mark(mark.strokes(), palette)
        case Words():
            paint = palette[mark.look]
            weight = ', weight: "bold"' if paint.bold else ""
            font = f", font: {WORDS}" if mark.anchor == "start" or mark.size == 12 else ""
            text = f"text({_pt(mark.size)}, fill: {_colour(paint.fill)}{weight}{font}, {quoted(cleaned(mark.text))})"
            left = mark.x - ROOM / 2 if mark.anchor == "middle" else mark.x
            where = "center" if mark.anchor == "middle" else "left"
            yield f"{_at(left, mark.y)}box(width: {_pt(ROOM)}, align({where}, {text})))"


def _at(x: float, y: float) -> str:
    return f"#place(top + left, dx: {_pt(x)}, dy: {_pt(y)}, "


def _stroke(paint: Paint) -> str:
    if not paint.line:
        return "none"
    dash = f", dash: ({_pt(paint.dash[0])}, {_pt(paint.dash[1])})" if paint.dash else ""
    return f"(paint: {_colour(paint.line)}, thickness: {_pt(paint.thick)}{dash})"


def _colour(code: str) -> str:
    return f'rgb("{code}")'


def _pt(pixels: float) -> str:
    """Pixels as points: 96 of the ones are 72 of the others."""
    return f"{pixels * 0.75:.2f}pt"
