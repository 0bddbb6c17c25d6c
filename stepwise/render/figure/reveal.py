"""Slides for reveal.js: a section to be pasted into a deck, or a page of its own that needs nothing else.

Each step is a fragment. What several steps have is drawn once and stays where it is, so that nothing jumps. The step's
sentence stands in the speaker's notes, and is what a screen reader is told.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from html import escape

from ...language import _
from ..page.small import bare_script, bare_style
from ..templates import shipped
from .across import Room
from .colours import PALETTES
from .picture import Picture
from .svg import defined, drawn, paper, runs, style

ROOM = Room(900, 540, 2.0)
"""What a figure may fill below the title of a slide, which has 960 by 700 where a deck says nothing else."""


def section(
    pictures: Sequence[Picture], theme: str, transparent: bool, title: str, language: str, heading: str = "h3"
) -> str:
    """One slide, as a deck of reveal.js takes it."""
    last = pictures[-1]
    every = [mark for one in pictures for mark in one.marks]
    key = "sw" + hashlib.sha256("\n".join([theme, *(one.words for one in pictures)]).encode()).hexdigest()[:8]
    scale = ROOM.scale(last.width, last.height)
    size = f"display:block;margin:0 auto;width:{last.width * scale:.0f}px;max-width:100%;height:auto"
    return "\n".join([
        f'<section class="{key}" lang="{escape(language)}" data-notes="{escape(_told(pictures[0]))}">',
        f"<style>{style(theme, every, f'.{key} ')}{_own(f'.{key} ')}</style>",
        f"<{heading}>{escape(title)}</{heading}>",
        *(_fragment(number, "i", f' aria-hidden="true" data-notes="{escape(_told(one))}"')
          for number, one in enumerate(pictures[1:])),
        f'<svg viewBox="0 0 {last.width} {last.height}" style="{size}" aria-hidden="true">',
        *defined(every, key),
        *([paper(last)] if not transparent else []),
        *_marks(pictures, key),
        "</svg>",
        *_said(pictures),
        "</section>",
        "",
    ])  # fmt: skip


def page(pictures: Sequence[Picture], theme: str, transparent: bool, title: str, language: str) -> str:
    """The same slide, with what a page needs to be shown by itself: no deck, no request."""
    palette = PALETTES[theme]
    sheet = shipped("reveal", "deck.css")
    for name, value in (("SCHEME", theme), ("PAPER", palette["paper"].fill), ("INK", palette["ink"].fill)):
        sheet = sheet.replace(name, value)
    return "\n".join([
        "<!doctype html>",
        f'<html lang="{escape(language)}">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width">',
        '<meta name="generator" content="stepwise">',
        f"<title>{escape(title)}</title>",
        f"<style>{bare_style(sheet)}</style>",
        "</head>",
        "<body>",
        "<main>",
        section(pictures, theme, transparent, title, language, "h1") + "</main>",
        f'<nav aria-label="{escape(_("Steps"))}" hidden><button aria-label="{escape(_("Previous"))}">◂</button>'
        f'<span aria-hidden="true"></span><button aria-label="{escape(_("Next"))}">▸</button></nav>',
        '<p class="sr" role="status"></p>',
        f"<script>{bare_script(shipped('reveal', 'deck.js'))}</script>",
        "</body></html>",
        "",
    ])  # fmt: skip


def _marks(pictures: Sequence[Picture], key: str) -> Iterator[str]:
    """Every mark once, in a group that is seen from the step where it comes to the one where it goes."""
    total = len(pictures)
    for above in (False, True):  # fills, then what stands on them
        for (first, end), marks in runs(pictures, above).items():
            group = "".join(drawn(mark, key) for mark in marks)
            if end < total:
                group = _fragment(end - 1, "g", ' aria-hidden="true"', group, "fade-out")
            if first > 0:
                group = _fragment(first - 1, "g", ' aria-hidden="true"', group)
            yield group


def _said(pictures: Sequence[Picture]) -> Iterator[str]:
    """What a screen reader is told of each step; reveal.js reads out what came last."""
    for number, one in enumerate(pictures):
        words = f"<p>{escape(one.words)}</p>"
        if number < len(pictures) - 1:
            words = _fragment(number, "div", "", words, "fade-out")
        yield f'<div class="said">{_fragment(number - 1, "div", "", words) if number else words}</div>'


def _fragment(index: int, tag: str, about: str, inside: str = "", kind: str = "") -> str:
    names = f"fragment {kind}".strip()
    return f'<{tag} class="{names}" data-fragment-index="{index}"{about}>{inside}</{tag}>'


def _own(scope: str) -> str:
    """One step takes the other's place at once; what is said is for the ear."""
    away = "position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap"
    return f"{scope}.fragment{{transition:none!important}}{scope}.said{{{away}}}"


def _told(picture: Picture) -> str:
    return f"{picture.title}. {picture.said}".strip() if picture.title else picture.said
