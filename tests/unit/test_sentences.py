"""The list of all sentences: each with a request that makes it true, and one on which it must not stand.

`sentences.json` is the list: for each template that the source has, the names of two of `REQUESTS`. A template that is
not in it fails, and so does one that nothing says any more. Where no second name stands, the words are a part of others
and claim nothing by themselves.
"""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

import stepwise as sw
from tests.unit.sentence_requests import REQUESTS, told

ROOM = Path(sw.__file__).parent
LESSONS = (
    "lines", "gradients", "facts", "phrases", "sentences", "sizes", "choice", "common", "comparison", "partings",
    "window", "cells", "shift", "terms",
)  # fmt: skip
SOURCES = [*(ROOM / f"lessons/{name}.py" for name in LESSONS), ROOM / "geometry/padding.py",
           ROOM / "marking/misconceptions.py"]  # fmt: skip
LIST: dict[str, list[str]] = json.loads((Path(__file__).parent / "sentences.json").read_text("utf-8"))
OF_A_CLASS = {"an arithmetic slip in a single cell"}  # told of many answers at once, in a class's report


def templates() -> set[str]:
    """Every message that these modules hand to gettext."""
    found: set[str] = set()
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "plural"):
                count = 2 if node.func.id == "plural" else 1
                found |= {str(a.value) for a in node.args[:count] if isinstance(a, ast.Constant)}
    return found


def pattern(template: str) -> re.Pattern[str]:
    """What finds a template in a text on one line, whatever its places are filled with."""
    plain = template.replace("{{", "{").replace("}}", "}").replace("**", "").replace("−", "-").replace("\u00a0", " ")
    parts = [" ".join(part.split()) for part in re.split(r"\{\w+\}", plain)]
    return re.compile("(?i)" + r".{1,90}?".join(map(re.escape, parts)))


def test_every_sentence_is_in_the_list() -> None:
    assert templates() == LIST.keys() | OF_A_CLASS


@pytest.mark.parametrize("template", LIST)
def test_a_sentence_stands_where_it_is_true_and_not_where_it_is_not(template: str) -> None:
    found, (true, false) = pattern(template), LIST[template]
    assert found.search(told(true)), f"{true!r} does not say {template!r}"
    assert not false or not found.search(told(false)), f"{false!r} says {template!r}"


def test_every_request_is_told() -> None:
    for name in REQUESTS:
        assert told(name)
