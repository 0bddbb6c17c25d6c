"""What may be chosen of a format, beyond the lesson itself."""

from __future__ import annotations

from ..dataclass import dataclass
from ..errors import StepwiseError, did_you_mean, listing, shown

PAPERS = {"a4": "a4", "letter": "us-letter"}
"""The papers, and what typst calls them."""
FIGURES = ("text", "svg")
ASKED_OF = {"paper": ("pdf", "typ", "tex"), "figures": ("md",), "fragment": ("tex",)}
"""Which formats each option is for."""


@dataclass(frozen=True)
class Options:
    """`paper` of printed pages, `figures` of Markdown, `fragment` of LaTeX. Raises `StepwiseError` for what is none."""

    paper: str = "a4"
    figures: str = "text"
    fragment: bool = False

    def __post_init__(self) -> None:
        for name, value, known in (("paper", self.paper, PAPERS), ("figures", self.figures, FIGURES)):
            if value not in known:
                raise StepwiseError(
                    f"{name} {shown(value)} is not known; it is {listing(known)}.{did_you_mean(value, known)}"
                )

    def check(self, format: str) -> None:
        """Refuse what this format cannot do. Raises `StepwiseError`."""
        for name, formats in ASKED_OF.items():
            if getattr(self, name) != getattr(Options(), name) and format not in formats:
                raise StepwiseError(f"{name} goes with {listing(formats)}, not with {format}")
