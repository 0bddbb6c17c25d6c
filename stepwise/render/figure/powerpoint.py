"""Slides for PowerPoint and its like, of native shapes: a teacher can change every cell, word and colour.

A slide for each step, everything at the same place on each. What stands in a cell is that rectangle's own text. The
step's sentence stands in the speaker's notes, and the whole in words beside the group, for screen readers.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from ...dataclass import dataclass
from ...errors import MissingExtra
from .across import Room
from .colours import PALETTES, Paint, Palette
from .lines import width
from .picture import Box, Hatch, Mark, Picture, Strokes, Words

WIDE, HIGH = 1280, 720
"""A slide, in the picture's pixels: 13⅓ by 7½ inches, as PowerPoint has them."""
EDGE = 36
TITLE = 64
"""Room for the title."""
LARGEST = 2.4
"""How often its own size a small figure may have."""
ROOM = Room(WIDE - 2 * EDGE, HIGH - TITLE - EDGE / 2, LARGEST)
EMU = 9525
"""Of Office's own unit, in a pixel."""
FONT = "Arial"
_NAMES = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
)
HEADLINE = 28
"""The size of a short title, in points."""
LONGEST = 255
"""Signs of what a file says of itself, such as its title; python-pptx raises `ValueError` for more."""


@dataclass(frozen=True)
class Shape:
    """A rectangle, with the hatching and the words that stand in it."""

    box: Box
    hatched: bool = False
    words: Words | None = None


@dataclass(frozen=True)
class Lines:
    """Lines of text that belong together."""

    lines: tuple[Words, ...]


def deck(pictures: Sequence[Picture], theme: str, title: str) -> bytes:
    """The file. Raises `MissingExtra` where python-pptx is missing."""
    try:
        import pptx
        from pptx.oxml import parse_xml
        from pptx.util import Emu
    except ImportError:
        raise MissingExtra(
            "slides as .pptx need python-pptx, which is not installed; install it with: "
            "pip install 'stepwise-cnn[pptx]', or write .tex or .html, which need nothing"
        ) from None
    palette = PALETTES[theme]
    made = pptx.Presentation()
    made.slide_width, made.slide_height = Emu(WIDE * EMU), Emu(HIGH * EMU)
    made.core_properties.title = title[:LONGEST]
    made.core_properties.author = made.core_properties.last_modified_by = ""
    for one in pictures:
        slide = made.slides.add_slide(made.slide_layouts[5])  # a title, and nothing else
        _dress(slide, palette)
        _headline(slide, one.title or title, palette)
        slide.shapes._spTree.append(parse_xml(_group(one, palette)))
        slide.notes_slide.notes_text_frame.text = one.said or one.words
    stream = BytesIO()
    made.save(stream)
    return _at_no_time(stream.getvalue())


def placed(picture: Picture) -> tuple[float, float, float]:
    """Where a picture stands on its slide, and how often its own size it has; its title is the slide's."""
    titled = [mark for mark in picture.marks if isinstance(mark, Words) and mark.look == "title"]
    above = max((mark.y for mark in titled), default=0.0)
    scale = ROOM.scale(picture.width, picture.height - above)
    left = (WIDE - picture.width * scale) / 2
    top = TITLE + (ROOM.height - (picture.height - above) * scale) / 2 - above * scale
    return left, top, scale


def shapes(marks: Sequence[Mark]) -> list[Shape | Lines | Strokes]:
    """What a teacher would have drawn: a cell with its number is one thing, lines of one sentence are one, too."""
    boxes = {(mark.x, mark.y): mark for mark in marks if isinstance(mark, Box) and not mark.look.startswith("frame")}
    hatched = {(mark.x, mark.y) for mark in marks if isinstance(mark, Hatch)}
    inside: dict[tuple[float, float], Words] = {}
    others: list[Words] = []
    for mark in marks:
        if isinstance(mark, Words) and mark.look != "title":
            found = next((at for at, box in boxes.items() if _within(mark, box)), None)
            if found is None:
                others.append(mark)
            else:
                inside[found] = mark
    cells = [Shape(box, at in hatched, inside.get(at)) for at, box in boxes.items()]
    frames = [Shape(mark) for mark in marks if isinstance(mark, Box) and mark.look.startswith("frame")]
    return [*cells, *frames, *(mark for mark in marks if isinstance(mark, Strokes)), *_paragraphs(others)]


def _within(words: Words, box: Box) -> bool:
    middle = box.x + box.width / 2
    return words.anchor == "middle" and abs(words.x - middle) < 0.5 and box.y < words.y < box.y + box.height


def _paragraphs(words: Sequence[Words]) -> Iterator[Lines]:
    """Lines that follow each other at one left edge, or below one middle."""
    run: list[Words] = []
    for one in words:
        if run and _same(one) == _same(run[-1]) and 0 < one.y - run[-1].y < 2 * one.size:
            run.append(one)
            continue
        if run:
            yield Lines(tuple(run))
        run = [one]
    if run:
        yield Lines(tuple(run))


def _same(words: Words) -> tuple[float, str, float, str]:
    return words.x, words.look, words.size, words.anchor


def _dress(slide: Any, palette: Palette) -> None:
    slide.background.fill.solid()
    slide.background.fill.fore_color.rgb = _rgb(palette["paper"].fill)


def _headline(slide: Any, text: str, palette: Palette) -> None:
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
    from pptx.util import Pt

    shape = slide.shapes.title
    shape.left, shape.top, shape.width, shape.height = (EMU * place for place in (EDGE, 0, WIDE - 2 * EDGE, TITLE))
    frame = shape.text_frame
    frame.text, frame.word_wrap, frame.vertical_anchor = text, True, MSO_ANCHOR.MIDDLE
    paragraph = frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.CENTER
    for run in paragraph.runs:
        run.font.size = Pt(HEADLINE if len(text) < 60 else 16)
        run.font.name, run.font.bold = FONT, True
        run.font.color.rgb = _rgb(palette["ink"].fill)


def _group(picture: Picture, palette: Palette) -> str:
    """The figure as one group, written out: python-pptx measures a group anew at each shape, which takes minutes."""
    left, top, scale = placed(picture)
    drawn = [element for one in shapes(picture.marks) for element in _elements(one, palette, left, top, scale)]
    size = _frame(left, top, picture.width * scale, picture.height * scale)
    inner = size.replace("a:off", "a:chOff").replace("a:ext", "a:chExt")
    about = f'<p:cNvPr id="3" name={quoteattr(picture.title or "figure")} descr={quoteattr(picture.words)}/>'
    numbered = "".join(element.replace("ID", str(number), 1) for number, element in enumerate(drawn, 4))
    return (
        f"<p:grpSp {_NAMES}><p:nvGrpSpPr>{about}<p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>"
        f"<p:grpSpPr><a:xfrm>{size}{inner}</a:xfrm></p:grpSpPr>{numbered}</p:grpSp>"
    )


def _elements(one: Shape | Lines | Strokes, palette: Palette, left: float, top: float, scale: float) -> Iterator[str]:
    match one:
        case Shape():
            box, paint = one.box, palette[one.box.look]
            place = _frame(left + box.x * scale, top + box.y * scale, box.width * scale, box.height * scale)
            words = _text([one.words] if one.words else [], palette, scale, "ctr", middle=True)
            yield _shape("cell", place, _fill(one, palette) + _line(paint, scale), words)
        case Lines():
            first, last = one.lines[0], one.lines[-1]
            middle = first.anchor == "middle"
            x, y = left + first.x * scale, top + (first.y - 1.05 * first.size) * scale
            long = max(width(words.text, words.size) for words in one.lines) * scale
            room = long if middle else WIDE - EDGE / 2 - x  # a line has as much as the slide has, and stays one line
            high = (last.y - first.y + 1.4 * first.size) * scale
            place = _frame(x - room / 2 if middle else x, y, room, high)
            yield _shape("words", place, "<a:noFill/>", _text(one.lines, palette, scale, "t", middle), ' txBox="1"')
        case Strokes():
            for (x1, y1), (x2, y2) in one.lines:
                place = _frame(left + x1 * scale, top + y1 * scale, (x2 - x1) * scale, (y2 - y1) * scale)
                yield _shape("line", place, _line(palette[one.look], scale), "", geometry="line")


def _shape(name: str, place: str, look: str, words: str, about: str = "", geometry: str = "rect") -> str:
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="ID" name="{name}"/><p:cNvSpPr{about}/><p:nvPr/></p:nvSpPr>'
        f'<p:spPr><a:xfrm>{place}</a:xfrm><a:prstGeom prst="{geometry}"><a:avLst/></a:prstGeom>{look}</p:spPr>'
        f"{words}</p:sp>"
    )


def _text(lines: Sequence[Words], palette: Palette, scale: float, anchor: str, middle: bool) -> str:
    """What stands in a shape: no margin, a paragraph for each line."""
    # some programs put the middle of what is not wrapped at the middle of its box
    wrap = "none" if middle else "square"
    body = f'<a:bodyPr wrap="{wrap}" lIns="0" tIns="0" rIns="0" bIns="0" anchor="{anchor}"><a:noAutofit/></a:bodyPr>'
    leading = (lines[-1].y - lines[0].y) / (len(lines) - 1) if len(lines) > 1 else 0
    spacing = f'<a:lnSpc><a:spcPts val="{_points(leading * scale)}"/></a:lnSpc>' if leading else ""
    how = f'<a:pPr algn="{"ctr" if middle else "l"}">{spacing}</a:pPr>'
    paragraphs = [f"<a:p>{how}{_run(words, palette, scale)}</a:p>" for words in lines] or [f"<a:p>{how}</a:p>"]
    return f"<p:txBody>{body}<a:lstStyle/>{''.join(paragraphs)}</p:txBody>"


def _run(words: Words, palette: Palette, scale: float) -> str:
    paint = palette[words.look]
    bold = ' b="1"' if paint.bold else ""
    fonts = f'<a:latin typeface="{FONT}"/><a:cs typeface="{FONT}"/>'
    look = f'<a:rPr sz="{_points(words.size * scale)}"{bold}>{_solid(paint.fill)}{fonts}</a:rPr>'
    return f"<a:r>{look}<a:t>{escape(words.text)}</a:t></a:r>"


def _fill(one: Shape, palette: Palette) -> str:
    paint = palette[one.box.look]
    if not paint.fill:
        return "<a:noFill/>"
    if not one.hatched:
        return _solid(paint.fill)
    lines, ground = _colour(palette["hatch"].line), _colour(paint.fill)
    return f'<a:pattFill prst="wdUpDiag"><a:fgClr>{lines}</a:fgClr><a:bgClr>{ground}</a:bgClr></a:pattFill>'


def _line(paint: Paint, scale: float) -> str:
    if not paint.line:
        return "<a:ln><a:noFill/></a:ln>"
    dash = f'<a:prstDash val="{"sysDot" if paint.dash[0] < paint.dash[1] else "dash"}"/>' if paint.dash else ""
    return f'<a:ln w="{round(paint.thick * scale * EMU)}">{_solid(paint.line)}{dash}<a:miter lim="800000"/></a:ln>'


def _solid(code: str) -> str:
    return f"<a:solidFill>{_colour(code)}</a:solidFill>"


def _colour(code: str) -> str:
    return f'<a:srgbClr val="{code[1:].upper()}"/>'


def _frame(x: float, y: float, width: float, height: float) -> str:
    x, y, width, height = (round(value * EMU) for value in (x, y, width, height))
    return f'<a:off x="{x}" y="{y}"/><a:ext cx="{width}" cy="{height}"/>'


def _points(pixels: float) -> int:
    """Hundredths of a point; Office has halves of one."""
    return 50 * round(1.5 * pixels)


def _rgb(code: str) -> Any:
    from pptx.dml.color import RGBColor

    make: Any = RGBColor  # it says nothing of its types
    return make(*bytes.fromhex(code[1:]))


def _at_no_time(file: bytes) -> bytes:
    """The same file, whenever it is made."""
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(file)) as made, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in made.namelist():
            kept.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), made.read(name), zipfile.ZIP_DEFLATED)
    return stream.getvalue()
