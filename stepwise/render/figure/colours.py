"""The colours of every look, in light and in dark: those of the pages."""

from __future__ import annotations

from ...dataclass import dataclass


@dataclass(frozen=True)
class Paint:
    """What a box is filled and drawn around with; the colour of words is their fill."""

    fill: str = ""  # of nothing, where there is none
    line: str = ""
    thick: float = 1.0
    dash: tuple[float, float] | None = None
    bold: bool = False


Palette = dict[str, Paint]


def _palette(
    paper: str,
    ink: str,
    soft: str,
    rule: str,
    panel: str,
    hatch: str,
    blue: str,
    blues: tuple[str, str, str],
    green: str,
    greens: tuple[str, str, str],
    red: str,
) -> Palette:
    light, pale, strong = blues
    found, known, landed = greens
    dashed = (3.0, 2.0)
    return {
        "paper": Paint(paper),
        "data": Paint(paper, rule),
        "output": Paint(paper, rule),
        "unknown": Paint(paper, rule),
        "blank": Paint(paper, rule),
        "kernel": Paint(panel, rule),
        "window": Paint(light, rule),
        "result": Paint(found, rule),
        "outside": Paint("", rule, dash=(1.0, 2.0)),
        "padding": Paint(paper, hatch, dash=dashed),
        "padding-window": Paint(light, hatch, dash=dashed),
        # without numbers
        "data-alone": Paint(pale, blue, 0.75),
        "kernel-alone": Paint(panel, rule),
        "window-alone": Paint(strong, blue, 0.75),
        "padding-alone": Paint(paper, hatch, dash=dashed),
        "padding-window-alone": Paint(light, blue, 0.75, dash=dashed),
        "outside-alone": Paint("", rule, dash=(1.0, 2.0)),
        "unknown-alone": Paint(paper, rule),
        "blank-alone": Paint(paper, rule),
        "output-alone": Paint(known, green, 0.75),
        "landed-alone": Paint(landed, green, 0.75),
        "result-alone": Paint(green, green, 0.75),
        # lines
        "hatch": Paint("", hatch, 0.75),
        "frame": Paint("", blue, 2.5),
        "frame-result": Paint("", green, 2.5),
        "underline": Paint("", red, 1.5),
        # words
        "ink": Paint(ink),
        "soft": Paint(soft),
        "title": Paint(soft, bold=True),
        "winner": Paint(blue, bold=True),
        "result-words": Paint(green, bold=True),
        "wrong": Paint(red, bold=True),
    }


LIGHT = _palette(
    paper="#ffffff",
    ink="#1b2130",
    soft="#565f72",
    rule="#c9ced8",
    panel="#f1f2f5",
    hatch="#9aa3b4",
    blue="#1f56d8",
    blues=("#e3ebfc", "#c9dafa", "#7fa3ef"),
    green="#0b7a5b",
    greens=("#d9f1e7", "#bfe6d6", "#63bd9c"),
    red="#c0271b",
)
DARK = _palette(
    paper="#12161d",
    ink="#e9ecf2",
    soft="#a2abbb",
    rule="#3b4454",
    panel="#1b212b",
    hatch="#6a768a",
    blue="#8fb2ff",
    blues=("#1d2f57", "#22345c", "#4a6fc0"),
    green="#62d3a8",
    greens=("#12382c", "#1c5140", "#379874"),
    red="#ff9187",
)
PALETTES = {"light": LIGHT, "dark": DARK}
