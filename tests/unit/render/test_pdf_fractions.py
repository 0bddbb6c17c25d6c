"""Fractions on a printed page: their numbers are as large as others, and none runs off the page."""

from __future__ import annotations

import io
from typing import Any

import pypdf
import pytest

import stepwise as sw
from stepwise.render import encode

FRACTIONS = [["18/7", "14/11", "-1", "3"], ["1", "27/11", "-29/7", "-29/13"]] * 2
LESSONS = {
    "fractions within a fraction": sw.trace("AveragePooling2D((2, 4))", FRACTIONS).lesson(),
    "sixteen fractions": sw.trace("AveragePooling2D(4)", FRACTIONS).lesson(),
    "one line": sw.trace("Softmax()", [[1, 2, 3]]).lesson(),
    "long squares": sw.trace("LayerNormalization()", [[1.25, 2.5, -3.125, 4, 5, 6, 7, 8]]).lesson(),
}
LEAST = 9.0
MARGIN = 2.1 / 2.54 * 72


@pytest.mark.parametrize("name", LESSONS)
def test_numbers_are_large_enough_and_on_the_page(name: str) -> None:
    digits: list[tuple[str, float]] = []
    places: list[float] = []

    def seen(text: str, around: list[float], at: list[float], font: Any, size: float) -> None:
        maths = "Math" in str(font and font.get("/BaseFont"))
        if text.strip() and maths:
            places.append(around[0] * at[4] + around[4])
        if maths and text.strip().isdecimal():
            digits.append((text, abs(around[3] * at[3]) * size))

    for page in pypdf.PdfReader(io.BytesIO(encode(LESSONS[name], "pdf"))).pages:
        page.extract_text(visitor_text=seen)
        width = float(page.mediabox.width)
    small = [one for one in digits if one[1] < LEAST]
    exponents = [one for one in small if one[0].strip() == "2"] if name == "long squares" else []
    assert len(digits) > 10
    assert small == exponents
    assert max(places) < width - MARGIN
