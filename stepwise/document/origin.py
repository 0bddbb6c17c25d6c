"""What a lesson was made from, so that the lines which put it into another page can be written."""

from __future__ import annotations

from ..dataclass import dataclass


@dataclass(frozen=True)
class Origin:
    """The lesson file that a page was made from, or the text of one; neither, where no such text can ask for it."""

    name: str = "lesson"  # of the page, without its suffix
    file: str = ""
    text: str = ""
