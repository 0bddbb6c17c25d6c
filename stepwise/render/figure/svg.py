"""A picture as SVG: its text is text, its colours are classes; no script, no font, no request.

`auto` follows the reader's own scheme, light or dark. A moving one plays by CSS alone, which GitHub keeps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape

from .colours import PALETTES, Palette
from .picture import Box, Hatch, Mark, Picture, Strokes, Words, on_top
from .picture import length as _n

FONT = "Inter,system-ui,'Segoe UI',Roboto,'Helvetica Neue',Arial,'Noto Sans',sans-serif"


def svg(picture: Picture, theme: str, transparent: bool = False, scale: float = 1) -> str:
    """One still picture."""
    marks = [paper(picture)] if not transparent else []
    return _document(
        picture, style(theme, picture.marks), [*defined(picture.marks), *marks, *map(drawn, picture.marks)], scale
    )


def moving_svg(
    pictures: Sequence[Picture], theme: str, seconds: float, hold: float, transparent: bool = False, scale: float = 1
) -> str:
    """Pictures of one size, one after the other, `seconds` each and `hold` more for the last, again and again.

    What all of them have is drawn once. Where nothing may move, and on paper, the last one stands.
    """
    last, total = pictures[-1], len(pictures)
    whole = total * seconds + hold
    parts = [paper(last)] if not transparent else []
    shares: dict[str, float] = {}  # of the round for which something is seen, by the name of that
    for above in (False, True):  # fills, then what stands on them
        for (first, end), marks in runs(pictures, above).items():
            together = "".join(map(drawn, marks))
            if (first, end) == (0, total):
                parts.append(together)
                continue
            name = f"m{end - first}{'l' if end == total else ''}"
            shares[name] = ((end - first) * seconds + (hold if end == total else 0)) / whole
            seen = 'class="m l"' if end == total else 'class="m" visibility="hidden"'
            parts.append(f'<g {seen} style="--s:{name};animation-delay:{_n(first * seconds)}s">{together}</g>')
    every = [mark for one in pictures for mark in one.marks]
    return _document(last, style(theme, every) + _motion(shares, whole), [*defined(every), *parts], scale)


def runs(pictures: Sequence[Picture], above: bool) -> dict[tuple[int, int], list[Mark]]:
    """Every mark, once for each run of pictures that have it: the first, and one past the last."""
    since: dict[Mark, int] = {}
    runs: dict[tuple[int, int], list[Mark]] = {}
    for number in range(len(pictures) + 1):
        here = dict.fromkeys(pictures[number].marks) if number < len(pictures) else {}
        for mark in [mark for mark in since if mark not in here]:
            runs.setdefault((since.pop(mark), number), []).append(mark)
        for mark in here:
            if on_top(mark) == above:
                since.setdefault(mark, number)
    return dict(sorted(runs.items(), key=lambda run: (run[0][0] - run[0][1], run[0])))


def _motion(shares: Mapping[str, float], whole: float) -> str:
    """Each group is seen for its part of the round; it waits, unseen, for its first turn."""
    keyframes = "".join(
        f"@keyframes {name}{{0%{{visibility:visible}}{100 * share:.4g}%,100%{{visibility:hidden}}}}"
        for name, share in sorted(shares.items())
    )
    plays = f".m{{visibility:hidden;animation:var(--s) {_n(whole)}s step-end infinite}}"
    stands = ".m{visibility:hidden;animation:none}.l{visibility:visible}"
    return (
        f"\n{keyframes}"
        f"\n@media screen and (prefers-reduced-motion:no-preference){{{plays}}}"
        f"\n@media print,(prefers-reduced-motion:reduce){{{stands}}}"
    )


def _document(picture: Picture, rules: str, parts: Iterable[str], scale: float) -> str:
    wide, high = picture.width, picture.height
    size = f'width="{_n(wide * scale)}" height="{_n(high * scale)}" viewBox="0 0 {wide} {high}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" lang="{escape(picture.language)}">'
    title = f"<title>{escape(picture.words)}</title>"
    return "\n".join([head, title, f"<style>{rules}</style>", *parts, "</svg>"]) + "\n"


def defined(marks: Iterable[Mark], key: str = "") -> Iterator[str]:
    """The hatching of a cell, once for each size; `key` keeps its id apart from those of a document around."""
    for side in sorted({mark.side for mark in marks if isinstance(mark, Hatch)}):
        lines = _path(Hatch(0, 0, side).strokes())  # painted as what uses it: a rule of a scope does not reach in here
        yield f'<defs><path id="{key}h{_n(side)}" d="{lines}"/></defs>'


def paper(picture: Picture) -> str:
    """What everything is drawn on."""
    return f'<rect class="paper" width="{picture.width}" height="{picture.height}" rx="8"/>'


def drawn(mark: Mark, key: str = "") -> str:
    """The element of a mark."""
    match mark:
        case Box():
            place = f'x="{_n(mark.x)}" y="{_n(mark.y)}" width="{_n(mark.width)}" height="{_n(mark.height)}"'
            return f'<rect class="{mark.look}" {place}/>'
        case Hatch():
            place = f'x="{_n(mark.x)}" y="{_n(mark.y)}"'
            return f'<use class="{mark.look}" href="#{key}h{_n(mark.side)}" {place}/>'
        case Strokes():
            return f'<path class="{mark.look}" d="{_path(mark)}"/>'
        case Words():
            whole = f"<title>{escape(mark.whole)}</title>" if mark.whole else ""
            start = " start" if mark.anchor == "start" else ""
            place = f'x="{_n(mark.x)}" y="{_n(mark.y)}" font-size="{_n(mark.size)}"'
            return f'<text class="t-{mark.look}{start}" {place}>{whole}{escape(mark.text)}</text>'


def _path(strokes: Strokes) -> str:
    return "".join(f"M{_n(a)} {_n(b)}L{_n(c)} {_n(d)}" for (a, b), (c, d) in strokes.lines)


def style(theme: str, marks: Iterable[Mark], scope: str = "") -> str:
    """The rules of the looks that are there; `scope` is what stands before each selector, in a document of others."""
    used = {f"t-{mark.look}" if isinstance(mark, Words) else mark.look for mark in marks} | {"paper"}
    words = f"font-family:{FONT};text-anchor:middle;font-variant-numeric:tabular-nums;white-space:pre"
    base = f"{scope}text{{{words}}}{scope}.start{{text-anchor:start}}"
    if theme != "auto":
        return base + _rules(PALETTES[theme], used, scope)
    dark = _rules(PALETTES["dark"], used, scope)
    return f"{base}{_rules(PALETTES['light'], used, scope)}\n@media(prefers-color-scheme:dark){{{dark}}}"


def _rules(palette: Palette, used: set[str], scope: str) -> str:
    rules = []
    for look in sorted(used):
        if look.startswith("t-"):
            paint = palette[look[2:]]
            rules.append(f"{scope}.{look}{{fill:{paint.fill}{';font-weight:700' if paint.bold else ''}}}")
            continue
        paint = palette[look]
        parts = [f"fill:{paint.fill or 'none'}"]
        if paint.line:
            parts += [f"stroke:{paint.line}", f"stroke-width:{_n(paint.thick)}"]
        if paint.dash:
            parts.append(f"stroke-dasharray:{_n(paint.dash[0])} {_n(paint.dash[1])}")
        rules.append(f"{scope}.{look}{{{';'.join(parts)}}}")
    return "".join(rules)
