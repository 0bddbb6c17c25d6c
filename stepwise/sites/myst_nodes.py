"""A lesson as nodes of MyST's own tree, which every theme and every export of mystmd can show.

Pictures are SVG files inside their address; mystmd writes them beside the site. To add a block: a case below.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from typing import Any, assert_never

from ..document.blocks import (
    Block,
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
from ..document.inline import Code, Emphasis, Link, Math, Strong, Text
from ..formula import Formula, latex
from ..language import _, speaking
from ..lessons import Lesson
from ..render.looks import described, in_words
from ..render.svg import figure_svg, scene_svg

Node = dict[str, Any]
BLANK = "_" * 24


def nodes(lesson: Lesson, depth: int = 3) -> list[Node]:
    """The lesson, its title at this level among the page's headings."""
    with speaking(lesson.language):
        return list(_lesson(lesson, depth))


def _lesson(lesson: Lesson, depth: int) -> Iterator[Node]:
    yield _heading(lesson.title, depth)
    yield _node("paragraph", _inline(lesson.lead))
    for section in lesson.sections:
        yield _heading(section.title, depth + section.level - (lesson.sections[0].level == 2))
        yield from _blocks(section.blocks)
        if section.folded:
            parts = [n for part in section.folded for n in (_heading(part.title, depth + 2), *_blocks(part.blocks))]
            yield _node("details", [_node("summary", [text(_("This layer, step by step"))]), *parts])


def text(words: str) -> Node:
    """Words."""
    return {"type": "text", "value": words}


def paragraph(*children: Node) -> Node:
    """A paragraph."""
    return _node("paragraph", children)


def _node(of: str, children: Iterable[Node], **about: Any) -> Node:
    return {"type": of, **about, "children": list(children)}


def _heading(words: str, depth: int) -> Node:
    return _node("heading", [text(words)], depth=min(depth, 6), enumerated=False)


def _inline(words: Text) -> Iterator[Node]:
    for piece in words:
        match piece:
            case str():
                yield text(piece)
            case Strong():
                yield _node("strong", [text(piece.text)])
            case Emphasis():
                yield _node("emphasis", [text(piece.text)])
            case Link():
                yield _node("link", [text(piece.text)], url=piece.address)
            case Code():
                yield {"type": "inlineCode", "value": piece.text}
            case Math():
                yield {"type": "inlineMath", "value": latex(piece.formula)}
            case _:
                assert_never(piece)


def _blocks(blocks: Iterable[Block]) -> Iterator[Node]:
    for block in blocks:
        match block:
            case Prose():
                said = paragraph(*_inline(block.text))
                yield said if block.tone == "plain" else _node("admonition", [said], kind="note", simple=True)
            case Scene():
                yield _picture(scene_svg(block), ". ".join(map(in_words, block.matrices)))
            case Figure():
                yield _picture(figure_svg(block), ". ".join(map(described, block.maps)))
            case FormulaLine():
                yield _math(block.formula)
            case Steps():
                for step in block.steps:
                    yield from _step(step)
            case Table():
                yield _table(block)
            case Pair() | Stack():
                for card in block.cards:
                    yield paragraph(_node("strong", [text(f"{card.title}: {card.remark}")]))
                    yield from _blocks(card.blocks)
            case FillIn():
                yield paragraph(text("   ".join(f"{words} {BLANK}" for words in block.words)))
            case Room():
                yield from (paragraph(text(BLANK * 2)) for _line in range(block.lines))
            case _:
                assert_never(block)


def _step(step: StepBlock) -> Iterator[Node]:
    title = f"{step.title} · {step.kind}" if step.kind else step.title
    yield paragraph(_node("strong", [text(title)]))
    yield _picture(scene_svg(step.scene), ". ".join(map(in_words, step.scene.matrices)))
    yield _math(step.formula)
    yield paragraph(*_inline(step.sentence))


def _math(formula: Formula) -> Node:
    return {"type": "math", "value": latex(formula)}


def _picture(svg: str, words: str) -> Node:
    data = base64.b64encode(svg.encode()).decode()
    return {"type": "image", "url": f"data:image/svg+xml;base64,{data}", "alt": words, "align": "left"}


def _table(table: Table) -> Node:
    head = _node("tableRow", [_node("tableCell", [text(word)], header=True) for word in table.head])
    rows = [_node("tableRow", [_node("tableCell", _inline(cell)) for cell in row]) for row in table.rows]
    return _node("table", [head, *rows])
