"""What a page says to a reader who puts in numbers of their own; what is done with them is in `script/feed.js`."""

from __future__ import annotations

from typing import Any

from ...document.lesson import Lesson
from ...language import _


def feed(lesson: Lesson) -> dict[str, Any]:
    """The ways in, their words, and what the numbers that come out stand for."""
    return {"names": list(lesson.fed), "classes": list(lesson.classes), "words": words()}


def words() -> dict[str, str]:
    """What the script says, as templates."""
    return {
        "group": _("Your own input"),
        "pad": _("Pad to draw on: arrow keys go from cell to cell, the space bar inks one, Shift and arrows draw."),
        "cell": _("Row {row}, column {column}."),
        "draw": _("Draw here; the lesson follows."),
        "clear": _("Clear the pad"),
        "choose": _("Take a picture of your own, or drop one here:"),
        "exchange": _("exchange light and dark"),
        "stays": _("It stays on this page: it is cropped, shrunk and sent nowhere."),
        "back": _("Put the lesson's own input back"),
        "none": _("{file} is no picture that this browser can read; take a PNG or a JPEG file."),
        "heavy": _("{file} is too large; pictures of up to {most} MB are read."),
        "answer": _("The largest: {name}, with {value}"),
    }
