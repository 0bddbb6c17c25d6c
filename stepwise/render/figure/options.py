"""What may be chosen of a figure, and what is refused, each in one sentence."""

from __future__ import annotations

import math

from ...dataclass import dataclass
from ...errors import StepwiseError, did_you_mean, listing, shown

SLIDES: tuple[str, ...] = ("reveal", "pptx")
"""Formats that are slides: a slide, or what stands on one, for each step."""
MOVING: tuple[str, ...] = ("svg", "gif", "apng", "pdf", "tex", *SLIDES)
"""Formats of all steps, one after the other: `pdf` as pages, `tex` as a slide with overlays."""
FORMATS: tuple[str, ...] = ("svg", "png", "gif", "apng", "pdf", "tex", *SLIDES)
THEMES = ("auto", "light", "dark")
MOST_PIXELS = 50_000_000
"""Pixels of a picture, or of all frames together."""
MOST_SIZE = 10_000


@dataclass(frozen=True)
class FigureOptions:
    """How a figure looks. Raises `StepwiseError` for what is out of range."""

    numbers: bool = True  # without, coloured cells alone
    theme: str = "auto"  # as the reader's system is, in SVG; elsewhere light
    size: int | None = None  # the width in pixels; in SVG, PDF and TeX in those of 96 to an inch
    scale: float | None = None  # the same as a factor
    fps: float = 1.0  # steps in a second
    hold: float = 2.0  # seconds that the last one stands longer
    transparent: bool = False  # without paper
    outlines: bool = False  # of SVG: letters as outlines
    fragment: bool = False  # of TeX: for \input; of reveal.js: for a deck that is there
    way: str = ""  # of a transposed convolution: `spread`, as without it, or `gather`

    def __post_init__(self) -> None:
        if self.theme not in THEMES:
            known = f"it is {listing(THEMES)}.{did_you_mean(self.theme, THEMES)}"
            raise StepwiseError(f"theme {shown(self.theme)} is not known; {known}")
        if self.size is not None and not (_whole(self.size) and 16 <= self.size <= MOST_SIZE):
            raise StepwiseError(f"size {shown(self.size)} must be a width of 16 to {MOST_SIZE:,} pixels, such as 640")
        if self.size is not None and self.scale is not None:
            raise StepwiseError("size is a width and scale a factor; give one of them")
        for name, value, low, high, like in (
            ("scale", self.scale, 0.1, 20, "2"),
            ("fps", self.fps, 0.05, 50, "2 for two steps a second"),
            ("hold", self.hold, 0, 60, "2 seconds"),
        ):
            if value is not None and not (_number(value) and low <= value <= high):
                raise StepwiseError(f"{name} {shown(value)} must be a number from {low} to {high}, such as {like}")

    def check(self, format: str, animated: bool) -> None:
        """Refuse what this format cannot do. Raises `StepwiseError`."""
        if self.outlines and (format != "svg" or animated):
            raise StepwiseError("outlines are of a still .svg; every other picture has no text that could change")
        if self.fragment and format != "reveal" and (format != "tex" or animated):
            raise StepwiseError("a fragment is of a still .tex, or of slides for reveal.js")
        if format in SLIDES and (self.size is not None or self.scale is not None):
            raise StepwiseError("a figure is as large as its slide has room for; leave size and scale out")
        if self.transparent and format == "gif":
            raise StepwiseError("a .gif has no soft edges, so it cannot be transparent; write .apng, .png or .svg")

    @property
    def own_theme(self) -> str:
        """The theme of what cannot follow the reader's."""
        return "light" if self.theme == "auto" else self.theme

    def factor(self, width: int, otherwise: float) -> float:
        """Pixels for each of the figure's own."""
        if self.size is not None:
            return self.size / width
        return otherwise if self.scale is None else self.scale


def check_format(format: object, step: object) -> None:
    """Raises `StepwiseError` for a format there is none of, or that cannot show this."""
    if not isinstance(format, str) or format not in FORMATS:
        guess = did_you_mean(format, FORMATS) if isinstance(format, str) else ""
        raise StepwiseError(f"there is no figure in the format {shown(format)}; it is {listing(FORMATS)}.{guess}")
    if step == "animated" and format not in MOVING:
        raise StepwiseError(f"a .{format} stands still; a figure moves as {listing(MOVING)}")


def check_pixels(width: int, height: int, scale: float, frames: int = 1) -> None:
    """Raises `StepwiseError` for a picture larger than anybody looks at."""
    pixels = width * height * scale * scale * frames
    if pixels > MOST_PIXELS:
        wide = math.floor(width * math.sqrt(MOST_PIXELS / pixels) * scale)
        each = f" in {frames:,} frames" if frames > 1 else ""
        raise StepwiseError(
            f"{round(width * scale):,}×{round(height * scale):,} pixels{each} are more than the {MOST_PIXELS:,} that "
            f"are drawn; take a size of {wide} or less" + (", or .svg" if frames > 1 else "")
        )


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
