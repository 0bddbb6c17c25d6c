"""Plain text for a terminal: 80 columns, box-drawn, coloured only where asked."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import replace
from itertools import zip_longest
from typing import assert_never

from ..document.blocks import (
    Block,
    FeatureMap,
    Figure,
    FillIn,
    FormulaLine,
    Pair,
    Prose,
    Room,
    Scene,
    Stack,
    StepBlock,
    Steps,
    Table,
)
from ..document.inline import Code, Emphasis, Inline, Link, Math, Strong, Text
from ..document.lesson import Lesson, Section
from ..errors import without_controls
from ..formula import text as formula_text
from ..language import _, speaking
from .grids import Paint, abreast, draw_scene, key, unpainted, visible

WIDTH = 78

_ANSI = {
    "window": "34",
    "winner": "1;34",
    "result": "1;32",
    "wrong": "1;4;31",
    "padding": "2",
    "outside": "2",
    "unknown": "2",
    "rule": "2",
    "head": "1",
}


def _ansi(text: str, what: str) -> str:
    return f"\033[{_ANSI[what]}m{text}\033[0m" if what in _ANSI else text


def render_text(lesson: Lesson, color: bool = False) -> str:
    """The lesson as text that fits 80 columns; with `color`, ANSI colours repeat what the signs say."""
    with speaking(lesson.language):
        return _whole(lesson, _ansi if color else unpainted)


def _whole(lesson: Lesson, paint: Paint) -> str:
    heading = _heading(_clean(lesson.title), "═", paint)
    lines = [_clean(lesson.kicker), "", *heading, "", *wrapped(plain(lesson.lead))] if lesson.headed else []
    number = 0
    for section in lesson.sections:
        number = 0 if section.level == 1 else number + bool(section.title)
        lines += ["", "", *_section(section, number, paint)]
    # Numbers that belong together were kept on one line; what is printed is a plain space.
    return "\n".join(line.rstrip() for line in lines).replace("\u00a0", " ").strip("\n") + "\n"


def _section(section: Section, number: int, paint: Paint) -> list[str]:
    title = _clean(section.title)
    named = title if section.level == 1 else f"{number}  {title}"
    lines = _heading(named, "═" if section.level == 1 else "─", paint) if title else []
    for block in section.blocks:
        lines += ["", *_block(block, paint, WIDTH)]
    return lines


def _heading(title: str, rule: str, paint: Paint) -> list[str]:
    rows = wrapped(title)
    return [*(paint(row, "head") for row in rows), paint(rule * max(map(len, rows)), "rule")]


def _block(block: Block, paint: Paint, width: int) -> list[str]:
    match block:
        case Prose():
            body = wrapped(plain(block.text), width - (2 if block.tone == "note" else 0))
            return [f"┃ {line}" for line in body] if block.tone == "note" else body
        case Scene():
            return draw_scene(block, width, paint)
        case FormulaLine():
            return wrapped("    " + formula_text(block.formula), width)
        case Steps():
            signs = ", ".join(f"{sign} {meaning}" for sign, meaning in key(block.steps))
            lines: list[str] = [*wrapped(_("In the pictures: {signs}.").format(signs=signs), width), ""]
            for step in block.steps:
                lines += [*_step(step, paint, width), ""]
            return lines[:-1]
        case Table():
            return _table(block, paint, width)
        case Figure():
            return abreast(block.maps, width)
        case FillIn():
            return wrapped("  ".join(f"{word} {'_' * (24 if block.long else 6)}" for word in block.words), width)
        case Room():
            return ["_" * width, ""] * block.lines
        case Pair() | Stack():
            lines = []
            for card in block.cards:
                lines += [*_heading(_clean(f"{card.title}: {card.remark}"), "┄", paint), ""]
                for inner in card.blocks:
                    lines += [*_block(inner, paint, width), ""]
            return lines[:-1]
    assert_never(block)


def _step(step: StepBlock, paint: Paint, width: int) -> list[str]:
    head = paint(step.title, "head") + (f" · {step.kind}" if step.kind else "")
    formula = wrapped(formula_text(step.formula), width - 4)
    return [
        head,
        "",
        *(f"  {line}" for line in draw_scene(step.scene, width - 2, paint)),
        "",
        *(f"    {line}" for line in formula),
        *(f"  {line}" for line in wrapped(plain(step.sentence), width - 2)),
    ]


def _table(table: Table, paint: Paint, width: int) -> list[str]:
    """Columns side by side where they fit, with heads of several lines if need be; else each row as its head and its
    values below."""
    heads, rows = [_clean(head) for head in table.head], [[plain(text) for text in row] for row in table.rows]
    columns = list(zip(*rows)) or [()] * len(heads)
    for parted in ([[head] for head in heads], [head.split() for head in heads]):
        wide = [max(map(len, (*words, *column, "."))) for words, column in zip(parted, columns)]
        if sum(wide) + 3 * (len(wide) - 1) <= width:
            top = [wrapped(head, w) for head, w in zip(heads, wide)]
            over = [_in_columns(line, wide) for line in zip_longest(*top, fillvalue="")]
            lines = [_in_columns(row, wide) for row in rows]
            caption = [_clean(table.caption), ""] if table.drawn == "heat" else []
            return [*caption, *over, paint("─" * max(map(visible, over + lines)), "rule"), *lines]
    if table.drawn == "workings" and len(heads) > 2:  # fewer beside each other
        return _table(_narrower(table), paint, width)
    if table.drawn == "heat":  # too wide for its numbers: as a picture
        return abreast([FeatureMap(_clean(table.caption), table.shares, 0, 1)], width)
    lines = []
    for row in rows:
        lines += wrapped(row[0], width)
        for head, text in zip(heads[1:], row[1:]):
            lines += [f"  {line}" for line in wrapped(f"{head}: {text}", width - 2)] if text else []
    return lines


def _narrower(table: Table) -> Table:
    """Workings with one column of places and formulas less; they are read down the columns."""
    columns = len(table.head) // 2
    cells = [row[2 * c : 2 * c + 2] for c in range(columns) for row in table.rows if row[2 * c] != ("",)]
    height = -(-len(cells) // (columns - 1))
    filled = [*cells, *[(("",), ("",))] * (height * (columns - 1) - len(cells))]
    rows = tuple(tuple(piece for pair in filled[r::height] for piece in pair) for r in range(height))
    return replace(table, head=table.head[: 2 * (columns - 1)], rows=rows)


def _in_columns(row: Iterable[str], wide: Iterable[int]) -> str:
    return "   ".join(text.ljust(w) for text, w in zip(row, wide)).rstrip()


def wrapped(text: str, width: int = WIDTH) -> list[str]:
    """A paragraph in lines of at most `width`; words longer than that are broken."""
    return textwrap.wrap(text, width, break_on_hyphens=False) or [""]  # a hyphen may be a minus


def plain(text: Text) -> str:
    """Prose without any markup."""
    return _clean("".join(_piece(piece) for piece in text))


def _piece(piece: Inline) -> str:
    match piece:
        case str():
            return piece
        case Strong() | Emphasis() | Code():
            return piece.text
        case Link():
            return piece.printed
        case Math():
            return _together(formula_text(piece.formula))
    assert_never(piece)


SHORT = 40
"""A formula of no more characters stays on one line."""


def _together(formula: str) -> str:
    """A short formula within a sentence, not to be broken where it has spaces."""
    return formula.replace(" ", "\u00a0") if len(formula) <= SHORT else formula


def _clean(text: str) -> str:
    """Without control characters: a title from a stranger must not steer the terminal."""
    return without_controls(text, "\u00a0")
