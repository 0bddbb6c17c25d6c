"""A picture as SVG: its text is text, its colours are classes; no script, no font, no request.

`auto` follows the reader's own scheme, light or dark. A moving one plays by CSS alone, which GitHub keeps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from .colours import PALETTES, Palette
from .picture import Box, Hatch, Mark, Picture, Strokes, Words, on_top

FONT = "Inter,system-ui,'Segoe UI',Roboto,'Helvetica Neue',Arial,'Noto Sans',sans-serif"


def svg(picture: Picture, theme: str, transparent: bool = False, scale: float = 1) -> str:
    """One still picture."""
    marks = [_paper(picture)] if not transparent else []
    return _document(
        picture, _style(theme, picture.marks), [*_defined(picture.marks), *marks, *map(_mark, picture.marks)], scale
    )


def moving_svg(
    pictures: Sequence[Picture], theme: str, seconds: float, hold: float, transparent: bool = False, scale: float = 1
) -> str:
    """Pictures of one size, one after the other, `seconds` each and `hold` more for the last, again and again.

    What all of them have is drawn once. Where nothing may move, and on paper, the last one stands.
    """
    last = pictures[-1]
    shared = set(last.marks).intersection(*(one.marks for one in pictures))
    whole = len(pictures) * seconds + hold
    drawn = [_paper(last)] if not transparent else []
    for above in (False, True):  # fills, then what stands on them
        drawn += [_mark(mark) for mark in last.marks if mark in shared and on_top(mark) == above]
        for number, one in enumerate(pictures):
            own = "".join(_mark(mark) for mark in one.marks if mark not in shared and on_top(mark) == above)
            kind = 'class="m l"' if one is last else 'class="m" visibility="hidden"'
            if own:
                drawn.append(f'<g {kind} style="animation-delay:{_n(number * seconds)}s">{own}</g>')
    every = [mark for one in pictures for mark in one.marks]
    style = _style(theme, every) + _motion(seconds / whole, (seconds + hold) / whole, whole)
    return _document(last, style, [*_defined(every), *drawn], scale)


def _motion(part: float, last: float, whole: float) -> str:
    """Each group is seen for its part of the round; it waits, unseen, for its first turn."""

    def keyframes(name: str, share: float) -> str:
        return f"@keyframes {name}{{0%{{visibility:visible}}{_n(100 * share)}%,100%{{visibility:hidden}}}}"

    plays = f".m{{visibility:hidden;animation:s {_n(whole)}s step-end infinite}}.l{{animation-name:l}}"
    stands = ".m{visibility:hidden;animation:none}.l{visibility:visible}"
    return (
        f"\n{keyframes('s', part)}{keyframes('l', last)}"
        f"\n@media screen and (prefers-reduced-motion:no-preference){{{plays}}}"
        f"\n@media print,(prefers-reduced-motion:reduce){{{stands}}}"
    )


def _document(picture: Picture, style: str, drawn: Iterable[str], scale: float) -> str:
    wide, high = picture.width, picture.height
    size = f'width="{_n(wide * scale)}" height="{_n(high * scale)}" viewBox="0 0 {wide} {high}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" lang="{escape(picture.language)}">'
    title = f"<title>{escape(picture.words)}</title>"
    return "\n".join([head, title, f"<style>{style}</style>", *drawn, "</svg>"]) + "\n"


def _defined(marks: Iterable[Mark]) -> Iterator[str]:
    """The hatching of a cell, once for each size."""
    for side in sorted({mark.side for mark in marks if isinstance(mark, Hatch)}):
        yield f'<defs><g id="h{_n(side)}">{_mark(Hatch(0, 0, side).strokes())}</g></defs>'


def _paper(picture: Picture) -> str:
    return f'<rect class="paper" width="{picture.width}" height="{picture.height}" rx="8"/>'


def _mark(mark: Mark) -> str:
    match mark:
        case Box():
            place = f'x="{_n(mark.x)}" y="{_n(mark.y)}" width="{_n(mark.width)}" height="{_n(mark.height)}"'
            return f'<rect class="{mark.look}" {place}/>'
        case Hatch():
            return f'<use href="#h{_n(mark.side)}" x="{_n(mark.x)}" y="{_n(mark.y)}"/>'
        case Strokes():
            path = "".join(f"M{_n(a)} {_n(b)}L{_n(c)} {_n(d)}" for (a, b), (c, d) in mark.lines)
            return f'<path class="{mark.look}" d="{path}"/>'
        case Words():
            whole = f"<title>{escape(mark.whole)}</title>" if mark.whole else ""
            start = " start" if mark.anchor == "start" else ""
            place = f'x="{_n(mark.x)}" y="{_n(mark.y)}" font-size="{_n(mark.size)}"'
            return f'<text class="t-{mark.look}{start}" {place}>{whole}{escape(mark.text)}</text>'


def _style(theme: str, marks: Iterable[Mark]) -> str:
    """The rules of the looks that are there."""
    used = {f"t-{mark.look}" if isinstance(mark, Words) else mark.look for mark in marks} | {"paper"}
    words = f"font-family:{FONT};text-anchor:middle;font-variant-numeric:tabular-nums;white-space:pre"
    base = f"text{{{words}}}.start{{text-anchor:start}}"
    if theme != "auto":
        return base + _rules(PALETTES[theme], used)
    dark = _rules(PALETTES["dark"], used)
    return f"{base}{_rules(PALETTES['light'], used)}\n@media(prefers-color-scheme:dark){{{dark}}}"


def _rules(palette: Palette, used: set[str]) -> str:
    rules = []
    for look in sorted(used):
        if look.startswith("t-"):
            paint = palette[look[2:]]
            rules.append(f".{look}{{fill:{paint.fill}{';font-weight:700' if paint.bold else ''}}}")
            continue
        paint = palette[look]
        parts = [f"fill:{paint.fill or 'none'}"]
        if paint.line:
            parts += [f"stroke:{paint.line}", f"stroke-width:{_n(paint.thick)}"]
        if paint.dash:
            parts.append(f"stroke-dasharray:{_n(paint.dash[0])} {_n(paint.dash[1])}")
        rules.append(f".{look}{{{';'.join(parts)}}}")
    return "".join(rules)


def _n(value: float) -> str:
    """A length in as few characters as it takes.

    >>> _n(12.0), _n(0.126), _n(3.14159)
    ('12', '0.13', '3.14')
    """
    return f"{value:.2f}".rstrip("0").rstrip(".")
