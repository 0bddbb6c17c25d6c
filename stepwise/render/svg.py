"""Pictures of matrices and feature maps as SVG files, for a README or wherever else only pictures can be shown.

They bring their own paper, light or dark as the reader's system is, and no script, no font and no request.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from ..arithmetic import true_minus
from ..document.blocks import FeatureMap, Figure, Scene
from ..document.matrix import Cell, Matrix
from ..errors import without_controls
from ..formula import written
from .looks import content, counted, described, in_words, looks, widest
from .shades import levels
from .templates import printable

UNIT = 40
"""Height and least width of a cell."""
EDGE = 16
GAP = 20
WIDEST = 760
_LOOKS = (("wrong", "wrong"), ("result", "found"), ("winner", "winner"))
SHADES = 64
"""Grey levels that a feature map is drawn with."""

_STYLE = """
.paper{fill:#fff}.box{fill:#fff;stroke:#d9dde5}.kernel{fill:#f5f6f8}.window{fill:#e8effd}.result{fill:#e0f4ec}
.pad{stroke:#8a93a5;stroke-dasharray:3 2}.hatch{stroke:#b9c0cd}.frame{fill:none;stroke:#1f56d8;stroke-width:2.5}
.green{stroke:#0b7a5b}text{fill:#1b2130;font:16px Inter,system-ui,sans-serif;text-anchor:middle}
text{font-variant-numeric:tabular-nums}
.soft{fill:#565f72}.small{font-size:12px}.winner{fill:#1f56d8;font-weight:700}.found{fill:#0b7a5b;font-weight:700}
.wrong{fill:#c0271b;font-weight:700;text-decoration:underline wavy}
@media(prefers-color-scheme:dark){.paper{fill:#12161d}.box{fill:#12161d;stroke:#333b48}.kernel{fill:#1b212b}
.window{fill:#1d2f57}.result{fill:#12382c}.pad{stroke:#7a879c}.hatch{stroke:#4d586a}.frame{stroke:#8fb2ff}.green{stroke:#62d3a8}
text{fill:#e9ecf2}.soft{fill:#a2abbb}.winner{fill:#8fb2ff}.found{fill:#62d3a8}.wrong{fill:#ff9187}}
""".strip()


def scene_svg(scene: Scene) -> str:
    """Matrices in a row with their signs, in as many rows as they need."""
    pieces: list[tuple[str, Matrix, int, int]] = []  # the sign, the matrix, and how wide and tall both are
    for sign, matrix in scene.signed:
        columns, rows = len(matrix.rows[0]), len(matrix.rows)
        wide = max(columns * _cell(matrix) + _margin(matrix), 7 * len(matrix.caption))
        pieces.append((sign, matrix, wide + (40 if sign else 0), rows * UNIT + _margin(matrix) + 28))
    lines: list[list[tuple[str, Matrix, int, int]]] = [[]]
    for piece in pieces:
        if lines[-1] and sum(p[2] + GAP for p in lines[-1]) + piece[2] > WIDEST - 2 * EDGE:
            lines.append([])
        lines[-1].append(piece)
    width = max(sum(p[2] + GAP for p in line) - GAP for line in lines) + 2 * EDGE
    drawn: list[str] = []
    top = EDGE
    for line in lines:
        left, tall = EDGE, max(p[3] for p in line)
        for sign, matrix, wide, high in line:
            y = top + (tall - high) // 2
            if sign:
                middle = y + (high - 28 + _margin(matrix)) // 2
                drawn.append(f'<text class="soft" x="{left + 20}" y="{middle + 6}">{_words(sign)}</text>')
            drawn += _matrix(matrix, left + (40 if sign else 0), y, wide - (40 if sign else 0))
            left += wide + GAP
        top += tall + GAP
    return _document(width, top - GAP + EDGE, ". ".join(map(in_words, scene.matrices)), drawn)


def figure_svg(figure: Figure) -> str:
    """Grey pictures side by side, drawn to the same cell size."""
    most = max(max(len(m.rows), len(m.rows[0])) for m in figure.maps)
    dot = max(1, 144 // most)
    slot = max(most * dot, 150)
    count = min(len(figure.maps), 4)
    drawn: list[str] = []
    for number, feature_map in enumerate(figure.maps):
        row, column = divmod(number, count)
        left, top = EDGE + column * (slot + GAP), EDGE + row * (most * dot + 52)
        drawn += _map(feature_map, left + (slot - len(feature_map.rows[0]) * dot) // 2, top, dot)
        bottom = top + len(feature_map.rows) * dot
        drawn.append(_caption(feature_map.caption, left + slot // 2, bottom + 18))
        span = true_minus(f"{written(feature_map.low)} … {written(feature_map.high)}")
        drawn.append(_caption(span, left + slot // 2, bottom + 34))
    rows = -(-len(figure.maps) // count)
    width = count * (slot + GAP) - GAP + 2 * EDGE
    return _document(width, rows * (most * dot + 52) + 2 * EDGE, ". ".join(map(described, figure.maps)), drawn)


def _document(width: int, height: int, words: str, drawn: list[str]) -> str:
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img"><title>{_words(words)}</title>'
    paper = f'<rect class="paper" width="{width}" height="{height}" rx="12"/>'
    return "\n".join([head, f"<style>{_STYLE}</style>", paper, *drawn, "</svg>"]) + "\n"


def _words(text: str) -> str:
    return escape(without_controls(str(printable(text)), "\u00a0"))


def _caption(text: str, x: int, y: int) -> str:
    return f'<text class="soft small" x="{x}" y="{y}">{_words(text)}</text>'


def _cell(matrix: Matrix) -> int:
    return max(UNIT, 9 * widest(matrix) + 14)


def _margin(matrix: Matrix) -> int:
    """Room for positions at the top and the side, where a matrix is cut."""
    return 20 if matrix.cut else 0


def _matrix(matrix: Matrix, left: int, top: int, wide: int) -> Iterator[str]:
    side, margin = _cell(matrix), _margin(matrix)
    columns, rows = len(matrix.rows[0]), len(matrix.rows)
    x0 = left + (wide - columns * side - margin) // 2 + margin
    y0 = top + margin
    for r, row in enumerate(matrix.rows):
        for c, cell in enumerate(row):
            yield from _drawn(cell, matrix.kind, x0 + c * side, y0 + r * UNIT, side)
    if matrix.cut:
        for c in range(columns):
            yield _caption(counted(matrix, c, "column"), x0 + c * side + side // 2, y0 - 6)
        for r in range(rows):
            yield _caption(counted(matrix, r, "row"), x0 - 12, y0 + r * UNIT + UNIT // 2 + 4)
    frame = matrix.frame
    if frame:
        place = f'x="{x0 + frame.left * side}" y="{y0 + frame.top * UNIT}"'
        yield f'<rect class="frame" {place} width="{frame.width * side}" height="{frame.height * UNIT}" rx="1"/>'
    for r, row in enumerate(matrix.rows):
        for c, cell in enumerate(row):
            if "result" in cell.marks:
                place = f'x="{x0 + c * side}" y="{y0 + r * UNIT}"'
                yield f'<rect class="frame green" {place} width="{side}" height="{UNIT}" rx="1"/>'
    yield _caption(matrix.caption, left + wide // 2, y0 + rows * UNIT + 20)


def _drawn(cell: Cell, kind: str, x: int, y: int, side: int) -> Iterator[str]:
    found = looks(cell)
    if cell.kind == "skipped":
        yield f'<text class="soft" x="{x + side // 2}" y="{y + UNIT // 2 + 6}">{_words(str(content(cell)))}</text>'
        return
    inside = "window" in found and "gap" not in found
    fill = " window" if inside else " result" if "result" in found else " kernel" if kind == "kernel" else ""
    pad = " pad" if cell.kind == "padding" else ""
    yield f'<rect class="box{fill}{pad}" x="{x}" y="{y}" width="{side}" height="{UNIT}"/>'
    if pad:
        strokes = []
        for start in range(8, side + UNIT, 8):  # lines that rise to the right, cut off at the cell's edges
            x1, y1 = (x, y + start) if start <= UNIT else (x + start - UNIT, y + UNIT)
            x2, y2 = (x + start, y) if start <= side else (x + side, y + start - side)
            strokes.append(f"M{x1} {y1}L{x2} {y2}")
        yield f'<path class="hatch" d="{"".join(strokes)}"/>'
    look = next((name for mark, name in _LOOKS if mark in found), "")
    if not look and (cell.kind in ("unknown", "outside") or {"gap", "idle"} & {*found}):
        look = "soft"
    text = _words(str(content(cell)))
    if text:
        named = f' class="{look}"' if look else ""
        yield f'<text{named} x="{x + side // 2}" y="{y + UNIT // 2 + 6}">{text}</text>'


def _map(feature_map: FeatureMap, left: int, top: int, dot: int) -> Iterator[str]:
    """One path for each grey level: runs of equal cells, row by row."""
    paths: dict[int, list[str]] = {}
    for r, row in enumerate(levels(feature_map, SHADES)):
        c = 0
        while c < len(row):
            run = next((n for n in range(c, len(row)) if row[n] != row[c]), len(row))
            paths.setdefault(row[c], []).append(
                f"M{left + c * dot} {top + r * dot}h{(run - c) * dot}v{dot}h-{(run - c) * dot}z"
            )
            c = run
    for level, runs in sorted(paths.items()):
        grey = level * 255 // (SHADES - 1)
        yield f'<path fill="#{grey:02x}{grey:02x}{grey:02x}" shape-rendering="crispEdges" d="{"".join(runs)}"/>'
    size = f'width="{len(feature_map.rows[0]) * dot}" height="{len(feature_map.rows) * dot}"'
    yield f'<rect x="{left}" y="{top}" {size} fill="none" stroke="#8a93a5"/>'
