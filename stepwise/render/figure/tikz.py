r"""A picture as TikZ: a file that compiles alone, a fragment for `\input`, in Beamer too, or whole slides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..latex import escaped
from .across import Room
from .colours import PALETTES, Paint, Palette
from .lines import broken
from .picture import Box, Hatch, Mark, Picture, Strokes, Words, on_top
from .picture import length as _n

_SIGN = r"\providecommand\swunicode[1]{\ifdefined\directlua\char" + '"#1' + r"\relax\else\texttt{[U+#1]}\fi}"
_FONTS = r"\usepackage{iftex}\ifpdftex\usepackage[T1]{fontenc}\usepackage{lmodern}\fi"
WIDEST = 395
"""Points of the width of a Beamer frame of 16:9, and of its height below the title, that a figure may fill."""
TALLEST = 185
ROOM = Room(WIDEST / 0.75, TALLEST / 0.75, 1.0)
"""The same in pixels."""


def alone(picture: Picture, theme: str, transparent: bool, scale: float) -> str:
    """A document that is the figure and nothing else."""
    drawn = _around(map(_mark, picture.marks), picture, PALETTES[theme], transparent, scale)
    return "\n".join([
        "% A figure by stepwise, for pdfLaTeX and LuaLaTeX.",
        r"\documentclass[tikz]{standalone}", _FONTS, *_definitions(picture.marks, PALETTES[theme], scale),
        r"\begin{document}", *drawn, r"\end{document}", "",
    ])  # fmt: skip


def fragment(picture: Picture, theme: str, transparent: bool, scale: float) -> str:
    r"""What `\input` puts into a document, or into a frame of Beamer, that loads TikZ."""
    drawn = _around(map(_mark, picture.marks), picture, PALETTES[theme], transparent, scale)
    head = [
        r"% A figure by stepwise, to be put in with \input. It needs \usepackage{tikz}",
        r"% and, for pdfLaTeX, \usepackage[T1]{fontenc} with \usepackage{lmodern}, whose letters have any size.",
    ]
    # in a group, so that two figures of one document each keep their own colours
    return "\n".join(
        [*head, r"\begingroup", *_definitions(picture.marks, PALETTES[theme], scale), *drawn, r"\endgroup", ""]
    )


def slides(pictures: Sequence[Picture], theme: str, title: str) -> str:
    """A Beamer document with one frame and an overlay for each step, as large as the frame has room for.

    What all steps have is drawn once.
    """
    palette, last = PALETTES[theme], pictures[-1]
    room = max(TALLEST - 18 * (len(broken(title, 14.4, WIDEST)) - 1), TALLEST / 4)  # below each line of the title
    scale = min(1.0, WIDEST / (0.75 * last.width), room / (0.75 * last.height))
    shared = set(last.marks).intersection(*(one.marks for one in pictures))
    drawn: list[str] = []
    for above in (False, True):  # fills, then what stands on them
        drawn += [_mark(mark) for mark in last.marks if mark in shared and on_top(mark) == above]
        for number, one in enumerate(pictures, 1):
            own = [_mark(mark) for mark in one.marks if mark not in shared and on_top(mark) == above]
            drawn += [rf"\only<{number}>{{%", *own, "}%"] if own else []
    every = [mark for one in pictures for mark in one.marks]
    return "\n".join([
        "% Slides by stepwise, an overlay for each step, for pdfLaTeX and LuaLaTeX.",
        r"\documentclass[10pt,aspectratio=169]{beamer}",
        _FONTS,
        r"\usepackage{tikz}",
        r"\setbeamertemplate{navigation symbols}{}",
        *_definitions(every, palette, scale),
        r"\begin{document}",
        rf"\begin{{frame}}{{{escaped(title)}}}",
        r"\centering",
        *_around(drawn, last, palette, True, scale),
        r"\end{frame}",
        r"\end{document}",
        "",
    ])  # fmt: skip


def _definitions(marks: Sequence[Mark], palette: Palette, scale: float) -> Iterator[str]:
    """The looks that are used, as styles, and a command for each kind of mark."""
    yield _SIGN
    used = {mark.look for mark in marks} | {"paper"}
    for code in sorted({code for look in used for code in (palette[look].fill, palette[look].line) if code}):
        yield rf"\definecolor{{{_name(code)}}}{{HTML}}{{{code[1:].upper()}}}"
    styles = []
    for look in sorted({(isinstance(mark, Words), mark.look) for mark in marks}):
        paint = palette[look[1]]
        if look[0]:
            bold = r", font=\bfseries\boldmath" if paint.bold else ""
            styles.append(f"  swfigure text {look[1]}/.style={{text={_name(paint.fill)}{bold}}},")
        else:
            styles.append(f"  swfigure {look[1]}/.style={{{_style(paint, scale)}}},")
    yield "\\tikzset{\n" + "\n".join(styles) + "\n}"
    # {look}{x}{y}{width}{height}; {look}{x}{y}{side}; {look}{path}; {look}{x}{y}{size of letters}{anchor}{words}
    yield r"\def\swfigurebox#1#2#3#4#5{\path[swfigure #1] (#2,#3) rectangle ++(#4,#5);}"
    yield (
        r"\def\swfigurehatch#1#2#3#4{\begin{scope}[shift={(#2,#3)},scale=#4]\draw[swfigure #1] (0,.25)--(.25,0)"
        r" (0,.5)--(.5,0) (0,.75)--(.75,0) (0,1)--(1,0) (.25,1)--(1,.25) (.5,1)--(1,.5) (.75,1)--(1,.75);\end{scope}}"
    )
    yield r"\def\swfigurelines#1#2{\path[swfigure #1] #2;}"
    leading = 0.75 * scale
    yield (
        r"\def\swfiguretext#1#2#3#4#5#6{\node[anchor=#5,swfigure text #1] at (#2,#3)"
        rf"{{\dimen0={leading:.4f}pt\edef\swfiguresize{{\the\dimexpr#4\dimen0}}"
        r"\fontsize{\swfiguresize}{\swfiguresize}\selectfont #6};}"
    )


def _style(paint: Paint, scale: float) -> str:
    parts = [f"fill={_name(paint.fill)}"] if paint.fill else []
    if paint.line:
        parts += [f"draw={_name(paint.line)}", f"line width={0.75 * paint.thick * scale:.2f}pt"]
    if paint.dash:
        on, off = (f"{0.75 * length * scale:.2f}pt" for length in paint.dash)
        parts.append(f"dash pattern=on {on} off {off}")
    return ", ".join(parts)


def _name(code: str) -> str:
    return f"swfigure{code[1:]}"


def _around(drawn: Iterable[str], picture: Picture, palette: Palette, transparent: bool, scale: float) -> Iterator[str]:
    """The picture's environment, which has its size whatever is drawn in it."""
    unit = f"{0.75 * scale:.4f}pt"
    node = r"every node/.style={inner sep=0pt, outer sep=0pt, font=\sffamily}"
    yield rf"\begin{{tikzpicture}}[x={unit}, y=-{unit}, line join=miter, {node}]\sffamily"
    corners = f"(0,0) rectangle ({picture.width},{picture.height})"
    yield rf"\useasboundingbox {corners};"
    if not transparent:
        yield rf"\fill[{_name(palette['paper'].fill)}] {corners};"
    yield from drawn
    yield r"\end{tikzpicture}%"


def _mark(mark: Mark) -> str:
    match mark:
        case Box():
            size = f"{{{_n(mark.x)}}}{{{_n(mark.y)}}}{{{_n(mark.width)}}}{{{_n(mark.height)}}}"
            return rf"\swfigurebox{{{mark.look}}}{size}"
        case Hatch():
            return rf"\swfigurehatch{{{mark.look}}}{{{_n(mark.x)}}}{{{_n(mark.y)}}}{{{_n(mark.side)}}}"
        case Strokes():
            lines = " ".join(f"({_n(a)},{_n(b)})--({_n(c)},{_n(d)})" for (a, b), (c, d) in mark.lines)
            return rf"\swfigurelines{{{mark.look}}}{{{lines}}}"
        case Words():
            anchor = "base" if mark.anchor == "middle" else "base west"
            place = f"{{{_n(mark.x)}}}{{{_n(mark.y)}}}{{{_n(mark.size)}}}{{{anchor}}}"
            return rf"\swfiguretext{{{mark.look}}}{place}{{{escaped(mark.text)}}}"
