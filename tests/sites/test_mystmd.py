"""The plugin of mystmd, spoken to as mystmd does: by its own file, with JSON on the standard streams."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SITE = Path(__file__).parent / "mystmd"
PLUGIN = SITE / "stepwise-plugin.py"
KNOWN = {
    "paragraph", "heading", "text", "strong", "inlineCode", "inlineMath", "math", "image", "table", "tableRow",
    "tableCell", "admonition", "admonitionTitle", "iframe", "details", "summary", "crossReference",
}  # fmt: skip
"""Kinds of node in MyST's specification."""


def speak(*arguments: str, given: Any = None) -> Any:
    """The plugin's answer."""
    done = subprocess.run(
        [sys.executable, str(PLUGIN), *arguments], input=json.dumps(given), cwd=SITE, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def walk(nodes: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for node in nodes:
        yield node
        yield from walk(node.get("children", []))


def words(nodes: list[dict[str, Any]]) -> str:
    return " ".join(node["value"] for node in walk(nodes) if "value" in node)


def asked(body: str = "", arg: str = "", line: int = 1, **options: Any) -> dict[str, Any]:
    """A directive as mystmd hands it over."""
    position = {"start": {"line": line + 2, "column": 1}, "end": {"line": line + 2, "column": 1}}
    inner = [{"type": "mystDirectiveBody", "value": body, "position": position}] if body else []
    node = {"type": "mystDirective", "position": {"start": {"line": line}}, "children": inner}
    return {"name": "stepwise", "arg": arg, "body": body, "options": options, "node": node}


def test_it_says_what_it_offers_and_can_be_run() -> None:
    said = speak()
    assert said["name"] == "stepwise"
    assert [one["name"] for one in said["directives"]] == ["stepwise", "stepwise-compare", "stepwise-exercise"]
    assert os.access(PLUGIN, os.X_OK), "mystmd runs the file itself"


@pytest.mark.parametrize(
    ("name", "given", "says"),
    [
        ("stepwise", asked(arg="lessons/pooling.yaml"), r"\max(4, 3, 2, 1) = 4"),
        ("stepwise-compare", asked("MaxPool2D(2, strides=1)\nMaxPool2D(2)", input="4 3; 2 1 "), "Side by side"),
        ("stepwise-exercise", asked("MaxPool2D(2)", input="4 3; 2 1"), "Solution"),
    ],
)
def test_a_directive_is_told_in_nodes_that_myst_has(name: str, given: dict[str, Any], says: str) -> None:
    nodes = speak("--directive", name, given=given)
    assert {node["type"] for node in walk(nodes)} <= KNOWN
    assert says in words(nodes)
    for image in (node for node in walk(nodes) if node["type"] == "image"):
        assert base64.b64decode(image["url"].removeprefix("data:image/svg+xml;base64,")).startswith(b"<svg")
        assert image["alt"]


def test_a_live_one_is_a_page_of_its_own() -> None:
    [frame] = speak("--directive", "stepwise", given=asked("MaxPool2D(2)", input="4 3; 2 1", live=True))
    page = base64.b64decode(frame["src"].removeprefix("data:text/html;charset=utf-8;base64,")).decode()
    assert frame["type"] == "iframe"
    assert page.startswith("<!doctype html>")
    assert "stepwise-record" in page


def test_a_mistake_is_a_box_at_its_line_that_mystmd_stumbles_over() -> None:
    [box] = speak("--directive", "stepwise", given=asked("MaxPool2D(2)\nMaxPol2D(2)", line=7, input="4 3; 2 1"))
    assert (box["type"], box["kind"]) == ("admonition", "error")
    [reference] = [node for node in walk([box]) if node["type"] == "crossReference"]
    assert reference["identifier"] == "there is no layer MaxPol2D here. Did you mean MaxPool2D?"
    assert reference["position"]["start"]["line"] == 10


def test_run_otherwise_it_says_what_it_is() -> None:
    done = subprocess.run([sys.executable, str(PLUGIN), "--help"], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("stepwise: this is a plugin of mystmd")
