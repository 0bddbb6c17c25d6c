"""Matrices drawn in characters, for the terminal and for Markdown.

The window is a box around its cells, padding a dot, `×` a cell outside, where nothing is, `[3]` the result, `*3*` the
winner of a maximum, `~3~` a cell that the window's dilation steps over, `!3!` a mistake. Colour repeats these signs and
never stands alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from ..arithmetic import true_minus
from ..document.blocks import FeatureMap, Scene, StepBlock
from ..document.matrix import Cell, Matrix
from ..formula import Equality, Formula, Function, written
from ..language import _
from .shades import levels

Paint = Callable[[str, str], str]  # (text, what it is) -> the text, coloured
SHADES = " ░▒▓█"
GAP = 3


def unpainted(text: str, _what: str) -> str:
    """No colour at all."""
    return text


def draw_scene(scene: Scene, width: int, paint: Paint = unpainted) -> list[str]:
    """Matrices side by side with their signs and captions, in rows that fit the width."""
    pieces: list[tuple[list[str], int]] = []  # lines and their visible width
    for sign, matrix in scene.signed:
        matrix = _fitting(matrix, width - len(sign) - 2)
        lines, wide = draw_matrix(matrix, paint)
        caption = matrix.caption
        wide = max(wide, len(caption))
        drawn = [_pad(line, wide) for line in lines] + [_pad(caption, wide)]
        if sign:
            middle = (len(lines) - 1) // 2
            drawn = [(f"{sign}  " if i == middle else " " * (len(sign) + 2)) + line for i, line in enumerate(drawn)]
            wide += len(sign) + 2
        pieces.append((drawn, wide))
    rows: list[list[tuple[list[str], int]]] = [[]]
    for piece in pieces:
        if rows[-1] and sum(w + GAP for _lines, w in rows[-1]) + piece[1] > width:
            rows.append([])
        rows[-1].append(piece)
    output: list[str] = []
    for row in rows:
        height = max(len(lines) for lines, _wide in row)
        columns = [_centred(lines, wide, height) for lines, wide in row]
        output += [(" " * GAP).join(parts).rstrip() for parts in zip(*columns)] + [""]
    return output[:-1]


def _fitting(matrix: Matrix, width: int) -> Matrix:
    """The matrix, or as many of its columns as fit, those of the window among them."""
    wide = max(len(_text(cell)) for row in matrix.rows for cell in row) + 3
    room = max(1, (width - 6) // wide)  # 6: the positions at the side, and the last bar
    columns = len(matrix.rows[0])
    if columns <= room:
        return matrix
    marked = [c for row in matrix.rows for c, cell in enumerate(row) if cell.marks]
    first = min(matrix.frame.left if matrix.frame else min(marked, default=0), columns - room)
    rows = tuple(row[first : first + room] for row in matrix.rows)
    frame = matrix.frame and replace(
        matrix.frame, left=matrix.frame.left - first, width=min(matrix.frame.width, room - matrix.frame.left + first)
    )
    start = matrix.first_column + first
    which = _("columns {first} to {last}") if len(matrix.rows) > 1 else _("cells {first} to {last}")
    ends = {name: true_minus(str(at)) for name, at in (("first", start), ("last", start + room - 1))}
    caption = f"{matrix.caption} · {which.format(**ends)}"
    return replace(matrix, rows=rows, first_column=start, cut=True, frame=frame, caption=caption)


def draw_matrix(matrix: Matrix, paint: Paint = unpainted) -> tuple[list[str], int]:
    """The lines of one matrix without its caption, and how wide they look."""
    texts = [[_text(cell) for cell in row] for row in matrix.rows]
    wide = max(len(text) for row in texts for text in row)
    labels = [_counted(matrix.row_at(r)) for r in range(len(texts))] if matrix.cut else [""] * len(texts)
    margin = max(map(len, labels)) + (1 if matrix.cut else 0)
    top, left, height, width = 0, 0, len(texts), len(texts[0])
    if matrix.frame:
        top, left, height, width = (
            matrix.frame.top,
            matrix.frame.left,
            matrix.frame.height,
            matrix.frame.width,
        )
    lines: list[str] = []
    if matrix.cut:
        head = " ".join(f"{_counted(matrix.column_at(c)):^{wide + 2}}" for c in range(len(texts[0])))
        lines.append(" " * (margin + 1) + head)

    def rule(opening: str, closing: str) -> str:
        inside = "─" * (width * (wide + 3) - 1)
        return " " * (margin + left * (wide + 3)) + paint(
            opening + inside + closing, "window" if matrix.frame else "rule"
        )

    for r, row in enumerate(texts):
        if r == top:
            lines.append(rule("┌", "┐"))
        line = ""
        for c, text in enumerate(row):
            bar = top <= r < top + height and c in (left, left + width)
            line += paint("│", "window" if matrix.frame else "rule") if bar else " "
            line += paint(_signed(text.rjust(wide), matrix.rows[r][c]), _what(matrix.rows[r][c]))
        closing = top <= r < top + height and len(row) == left + width
        line += paint("│", "window" if matrix.frame else "rule") if closing else " "
        lines.append(f"{labels[r]:>{max(margin - 1, 0)}}" + " " * min(margin, 1) + line)
        if r == top + height - 1:
            lines.append(rule("└", "┘"))
    visible = margin + len(texts[0]) * (wide + 3) + 1
    return lines, visible


def _counted(position: int | None) -> str:
    return "" if position is None else str(position)  # the dots beside it say what is left out


def key(steps: Iterable[StepBlock]) -> list[tuple[str, str]]:
    """The signs that the pictures of these steps use, each with what it means."""
    found: dict[str, tuple[str, str]] = {}
    drawn = ((step, matrix) for step in steps for matrix in step.scene.matrices)
    for step, cell in ((step, cell) for step, matrix in drawn for row in matrix.rows for cell in row):
        if cell.kind == "padding":
            found.setdefault("padding", ("·", _("padding")))
        elif cell.kind == "outside":
            found.setdefault("outside", ("×", _("outside (no data there)")))
        elif cell.kind == "unknown":
            found.setdefault("unknown", ("?", _("not yet known")))
        if "wrong" in cell.marks:
            found.setdefault("wrong", ("!4!", _("a mistake")))
        if "winner" in cell.marks:
            found.setdefault("winner", ("*4*", _winner(step.formula)))
        elif "result" in cell.marks:
            found.setdefault("result", ("[4]", _("the result")))
        elif "window" in cell.marks and "tapped" not in cell.marks:
            found.setdefault("gap", ("~4~", _("skipped by the dilation")))
    return [
        found[name] for name in ("winner", "gap", "result", "wrong", "padding", "outside", "unknown") if name in found
    ]


def _winner(working: Formula) -> str:
    """What a cell is that decided a result."""
    left = working.left if isinstance(working, Equality) else working
    match left:
        case Function(name="min"):
            return _("the smallest")
        case Function(name="median"):
            return _("the one in the middle")
    return _("the largest")


LONGEST_NUMBER = 20
"""Characters of a number that are drawn; of a longer one, its ends."""


def _text(cell: Cell) -> str:
    signs = {"padding": "·", "outside": "×", "unknown": "?", "blank": "___", "skipped": str(cell.value)}
    text = signs.get(cell.kind) or written(cell.value)
    return text if len(text) <= LONGEST_NUMBER else f"{text[:9]}…{text[-9:]}"


def _signed(text: str, cell: Cell) -> str:
    if "wrong" in cell.marks:
        before, after = "!", "!"
    elif "result" in cell.marks:
        before, after = "[", "]"
    elif "winner" in cell.marks:
        before, after = "*", "*"
    elif "window" in cell.marks and "tapped" not in cell.marks:
        before, after = "~", "~"
    else:
        return f" {text} "
    bare = text.lstrip()
    return " " * (len(text) - len(bare)) + before + bare + after


def _what(cell: Cell) -> str:
    for mark in ("wrong", "result", "winner", "window"):
        if mark in cell.marks and cell.kind == "data":
            return mark
    return cell.kind


def _pad(line: str, width: int) -> str:
    return line + " " * (width - visible(line))


def visible(line: str) -> int:
    """How many columns a line takes on a terminal, escapes aside."""
    length, inside = 0, False
    for character in line:
        if character == "\033":
            inside = True
        elif inside:
            inside = character != "m"
        else:
            length += 1
    return length


def _centred(lines: Sequence[str], width: int, height: int) -> list[str]:
    """Lines set in the middle of a taller row; every matrix's caption stays at its own foot."""
    above = (height - len(lines)) // 2
    blank = " " * width
    padded = [blank] * above + [_pad(line, width) for line in lines]
    return padded + [blank] * (height - len(padded))


SIGNED = "━─ ▒█"
"""From the most negative over 0 to the largest."""


def abreast(maps: Sequence[FeatureMap], width: int) -> list[str]:
    """Feature maps side by side as far as they fit, each over its caption; rows of them parted by an empty line."""
    drawn = [[*shaded(one, width).split("\n"), one.caption] for one in maps]
    lines: list[str] = []
    while drawn:
        taken, used = 0, 0
        for block in drawn:
            wide = max(map(len, block))
            if taken and used + 3 + wide > width:
                break
            used += wide + (3 if taken else 0)
            taken += 1
        row, drawn = drawn[:taken], drawn[taken:]
        tall = max(map(len, row))
        columns = [[*block[:-1], *[""] * (tall - len(block)), block[-1]] for block in row]
        widths = [max(map(len, block)) for block in columns]
        lines += ["   ".join(cell.ljust(w) for cell, w in zip(cells, widths)).rstrip() for cells in zip(*columns)]
        lines.append("")
    return lines[:-1]


def shaded(feature_map: FeatureMap, width: int) -> str:
    """A feature map in block characters; two to a cell where there is room, and coarser where there is not."""
    shades = SIGNED if feature_map.diverging else SHADES
    rows = levels(feature_map, len(shades))
    step = -(-len(rows[0]) // width)
    doubled = 2 if 2 * len(rows[0]) <= width else 1
    coarse = [row[::step] for row in rows[:: step * (2 if doubled == 1 else 1)]]
    return "\n".join("".join(shades[level] * doubled for level in row).rstrip() for row in coarse)
