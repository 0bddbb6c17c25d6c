"""A lesson as JSON: as `docs/lesson.schema.json` publishes it, and with everything in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import stepwise as sw
from stepwise.document.lesson import Lesson
from stepwise.render import render
from tests.unit.render.test_hostile import everywhere
from tests.unit.render.test_pdf import MORE_WORDS
from tests.unit.render.test_render import LESSONS

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "lesson.schema.json").read_text(encoding="utf-8"))


def checked(lesson: Lesson) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(render(lesson, "json"), parse_constant=pytest.fail)  # NaN is not JSON
    jsonschema.Draft202012Validator(SCHEMA).validate(data)
    return data


@pytest.mark.parametrize("name", LESSONS)
def test_it_has_the_published_shape(name: str) -> None:
    data = checked(LESSONS[name])
    assert data["title"] == LESSONS[name].title
    assert [section["title"] for section in data["sections"]] == [s.title for s in LESSONS[name].sections]


def test_the_schema_is_one_and_refuses_what_is_none() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    data = checked(LESSONS["max"])
    for spoilt in (data | {"version": 2}, data | {"more": 1}, {k: v for k, v in data.items() if k != "title"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.Draft202012Validator(SCHEMA).validate(spoilt)


def test_a_step_can_be_read_by_a_program() -> None:
    """max(3, 1) = 3 of 4 3 / 2 1, by its own keys."""
    data = checked(sw.trace("MaxPool2D(2, strides=1, padding='same')", [[4, 3], [2, 1]]).lesson())
    [steps] = [block for section in data["sections"] for block in section["blocks"] if block["block"] == "steps"]
    step = steps["steps"][1]
    assert step["formula"] == {
        "text": "max(3, 1) = 3",
        "latex": r"\max(3, 1) = 3",
        "speech": "the maximum of 3 and 1 equals 3",
    }
    given, result = step["scene"]["matrices"]
    assert given["frame"] == {"top": 0, "left": 1, "height": 2, "width": 2}
    assert given["rows"][0][1] == {
        "kind": "data", "marks": ["tapped", "window", "winner"], "index": [0, 1], "text": "3", "value": 3,
    }  # fmt: skip
    assert given["rows"][0][2] == {"kind": "padding", "marks": ["tapped", "window"]}
    assert result["rows"][0][1]["marks"] == ["result"]
    assert result["rows"][1][0] == {"kind": "unknown", "marks": [], "index": [1, 0]}


def test_numbers_that_json_does_not_have_are_words() -> None:
    data = checked(sw.trace("AveragePooling2D(1)", [[float("nan"), float("inf"), 1e-9, 0.1]]).lesson())
    row = data["sections"][0]["blocks"][1]["matrices"][0]["rows"][0]
    assert [(cell["text"], cell["value"]) for cell in row] == [("NaN", None), ("∞", None), ("1e-9", 1e-9), ("0.1", 0.1)]
    fractions = checked(sw.trace("AveragePooling2D(1)", "1/3 2").lesson())
    row = fractions["sections"][0]["blocks"][1]["matrices"][0]["rows"][0]
    assert (row[0]["text"], row[0]["value"]) == ("1/3", None)


@pytest.mark.parametrize("words", MORE_WORDS, ids=ascii)
def test_words_come_back_as_they_were(words: str) -> None:
    data = checked(everywhere(words))
    assert data["title"] == words
    assert data["lead"] == [words, {"strong": words}, {"code": words}]
