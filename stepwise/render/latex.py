"""LaTeX: a file that compiles with pdfLaTeX and LuaLaTeX, or a fragment for `\\input`; pictures are TikZ."""

from __future__ import annotations

import re

from ..arithmetic import shown, true_minus
from ..document.blocks import FeatureMap, Figure, Table
from ..document.inline import unmarked
from ..document.matrix import Cell, Matrix
from ..formula import Formula, latex
from .looks import content, counted, has_blanks, looks, widest
from .shades import channels
from .source import Source
from .templates import TemplateFormat, register
from .typst import cleaned, narrow

_SIGNS = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"{\char34}", "`": r"\textasciigrave{}", "[": "{[}", "]": "{]}",
    "\u00a0": "~", "…": r"\ldots{}", "–": "{--}", "—": "{---}", "‘": "`", "’": "'", "“": "``", "”": "''",
    "•": r"\textbullet{}",
    "×": r"\ensuremath{\times}", "−": r"\ensuremath{-}", "→": r"\ensuremath{\to}", "·": r"\ensuremath{\cdot}",
    "≈": r"\ensuremath{\approx}", "∞": r"\ensuremath{\infty}", "≤": r"\ensuremath{\le}", "≥": r"\ensuremath{\ge}",
    "⌈": r"\ensuremath{\lceil}", "⌉": r"\ensuremath{\rceil}",
    "⌊": r"\ensuremath{\lfloor}", "⌋": r"\ensuremath{\rfloor}", "±": r"\ensuremath{\pm}",
    "⋯": r"\ensuremath{\cdots}", "⋮": r"\ensuremath{\vdots}", "⋱": r"\ensuremath{\ddots}",
    "°": r"\ensuremath{^\circ}",
}  # fmt: skip
"""`[` and `]` are in braces, since `\\\\ [` would be read as a length."""
_LIGATURE = re.compile(r"(?<=-)(?=-)|(?<=,)(?=,)|(?<=')(?=')")
_MATH_SIGNS = {"→": r"\to", "*": r"\ast", "+": "+", ",": ","}
PICTURE_WIDTH = 85  # of the largest feature map of a figure, in bp: 3 cm


def escaped(text: str) -> str:
    r"""A user's words as words, whichever of TeX's signs are in them.

    >>> print(escaped("\\input{x} 100% -- 3×3"))
    \textbackslash{}input\{x\} 100\% -{}- 3\ensuremath{\times}3
    """
    return "".join(map(_sign, _LIGATURE.sub("\0", cleaned(text))))


def _sign(character: str) -> str:
    if character == "\0":
        return "{}"
    if character in _SIGNS:
        return _SIGNS[character]
    if ord(character) < 0x80 or (0xC0 <= ord(character) < 0x180 and character.isalpha()):
        return character
    return rf"\swunicode{{{ord(character):04X}}}"


def hexadecimal(text: str) -> Source:
    """Words as a PDF string (PDF 32000-1, 7.9.2.2: UTF-16 with its mark), which nothing in TeX has to understand."""
    return Source(f"<FEFF{cleaned(text).encode('utf-16-be').hex().upper()}>")


def code(text: str) -> Source:
    """Words as code, in a box where they are short, and else so that their line can break."""
    words = escaped(text).replace("'", r"\textquotesingle{}")
    if len(text) <= 40:
        return Source(rf"\swcode{{{words}}}")
    breaking = words.replace(",", r",\allowbreak{}").replace("(", r"(\allowbreak{}")
    return Source(rf"\swlongcode{{{breaking}}}")


def math(formula: Formula) -> Source:
    """A formula for math mode, whose lines may break after a comma."""
    source = latex(formula).replace(", ", r",\allowbreak\, ").replace(r"\cdot ", r"\cdot\nobreak ")
    return Source("".join(c if ord(c) < 0x80 else rf"\text{{{_sign(c)}}}" for c in source))


def inline(formula: Formula) -> Source:
    """A formula within a sentence."""
    return Source(f"${math(formula)}$")


def inside(cell: Cell) -> str | Source:
    """What stands in a cell."""
    found = content(cell)
    return found if isinstance(found, str) else inline(found)


def look(matrix: Matrix, cell: Cell) -> str:
    """The one name of a cell's look, among the styles of `lesson.tex`."""
    found = looks(cell)
    if "padding" in found:
        return "paddingwindow" if "window" in found and "gap" not in found else "padding"
    for name in ("outside", "wrong", "result", "winner", "gap", "window", "idle", "unknown", "blank", "skipped"):
        if name in found:
            return name
    return "kernel" if matrix.kind == "kernel" else "data"


def cell_width(matrix: Matrix) -> float:
    """Room for the longest number, in cm; the page's fonts are known to TeX alone, so this is an estimate."""
    return max(1.05 if has_blanks(matrix) else 0.76, 0.17 * widest(matrix) + 0.3)


def caption_width(matrix: Matrix) -> float:
    """Room for the caption, in cm: on one line where it is short, and else about as wide as the matrix."""
    return min(0.155 * len(matrix.caption) + 0.3, max(3.2, cell_width(matrix) * len(matrix.rows[0])))


def _centimetres(length: float) -> Source:
    return Source(f"{length:.2f}cm")


def columns(table: Table) -> str:
    """The columns of a table: as wide as they need where all fit on a line, and else shares of it."""
    rows = [[str(head) for head in table.head], *([unmarked(text) for text in row] for row in table.rows)]
    wide = [max(len(row[c]) for row in rows) for c in range(len(table.head))]
    if sum(wide) <= 84:
        return "@{}" + "l" * len(wide) + "@{}"
    shares = [max(w, sum(wide) / 8) for w in wide]
    part = 0.92 / sum(shares)
    return (
        "@{}"
        + "".join(rf">{{\raggedright\arraybackslash}}p{{{share * part:.3f}\linewidth}}" for share in shares)
        + "@{}"
    )


def picture(feature_map: FeatureMap, figure: Figure) -> Source:
    """A feature map as an image of PDF's own, drawn to the cell size that all maps of the figure share."""
    most = max(max(len(m.rows), len(m.rows[0])) for m in figure.maps)
    rows, wide = len(feature_map.rows), len(feature_map.rows[0])
    found = channels(feature_map)
    line = len(found) // rows
    lines = "%\n".join(bytes(found[n : n + line]).hex().upper() for n in range(0, len(found), line))
    size = f"{{{PICTURE_WIDTH * wide / most:.1f}}}{{{PICTURE_WIDTH * rows / most:.1f}}}{{{wide}}}{{{rows}}}"
    return Source(rf"\swpicture{'[/RGB]' * feature_map.diverging}{size}{{{lines}}}")


LATEX = register(
    TemplateFormat(
        folder="latex",
        suffix="tex",
        escapes=False,
        escape=escaped,
        filters={
            "hexadecimal": hexadecimal,
            "code": code,
            "math": math,
            "inline": inline,
            "content": inside,
            "look": look,
            "blank": has_blanks,
            "cell_width": lambda matrix: _centimetres(cell_width(matrix)),
            "caption_width": lambda matrix: _centimetres(caption_width(matrix)),
            "place": counted,
            "columns": lambda table: Source(columns(table)),
            "picture": picture,
            "narrow": narrow,
            "sign": lambda sign: Source(_MATH_SIGNS.get(sign) or rf"\text{{{escaped(sign)}}}"),
            "shown": lambda value: true_minus(shown(value)),
        },
    )
)
