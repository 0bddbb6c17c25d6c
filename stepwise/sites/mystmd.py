"""mystmd and Jupyter Book 2: an executable plugin that speaks their JSON.

    project:
      plugins:
        - type: executable
          path: stepwise-plugin.py          # #!/usr/bin/env python3
                                            # from stepwise.sites.mystmd import main; main()

Run with nothing it says what it offers; with `--directive NAME` it reads a directive on standard input and prints its
nodes. With `:live:` a lesson is a page in a frame, to be operated; else it is told in MyST's own nodes, which every
export can hold. A mistake is a box in the page; since a plugin has no way to warn, the box refers to something that
does not exist, by the mistake's own words: mystmd reports it with file and line, and a strict build of a site fails.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..lessons import Lesson
from .exercise import parts
from .myst_nodes import Node, nodes, paragraph, text
from .written import FLAGS, WORDS, Place, WrittenError, asked

DIRECTIVES = {
    "stepwise": "A lesson: calls, a lesson in YAML, or the name of a lesson file.",
    "stepwise-compare": "Two calls side by side.",
    "stepwise-exercise": "A lesson as an exercise, its solution folded.",
}


def specification() -> dict[str, Any]:
    """What mystmd asks first."""
    options = {**{name: {"type": "string"} for name in WORDS}, **{n: {"type": "boolean"} for n in (*FLAGS, "live")}}
    arg = {"type": "string", "doc": "The name of a lesson file, from the folder of myst.yml."}
    body = {"type": "string", "doc": "Calls, one to a line, or a lesson in YAML."}
    directives = [
        {"name": name, "doc": doc, "arg": arg, "options": options, "body": body} for name, doc in DIRECTIVES.items()
    ]
    return {"name": "stepwise", "directives": directives}


def directive(name: str, data: Mapping[str, Any]) -> list[Node]:
    """The nodes of a directive, or a box that says what is wrong with it."""
    options = {key: value for key, value in data.get("options", {}).items() if value is not False}
    live = options.pop("live", None) is not None
    if name == "stepwise-exercise":
        options["practice"] = True
    body, file = data.get("body") or "", data.get("arg") or ""
    try:
        place = Place("the page", _line(data.get("node", {})), Path())
        lesson = asked(body, options, place, name == "stepwise-compare", file).lesson
    except WrittenError as error:
        return [_box(error)]
    if name != "stepwise-exercise":
        return [_frame(lesson)] if live else nodes(lesson)
    question, solution, word = parts(lesson)
    summary = {"type": "summary", "children": [text(word)]}
    shown = [_frame(question)] if live else nodes(question)
    return [*shown, {"type": "details", "children": [summary, *nodes(solution, 4)]}]


def _frame(lesson: Lesson) -> Node:
    page = base64.b64encode(lesson.html().encode()).decode()
    return {"type": "iframe", "src": f"data:text/html;charset=utf-8;base64,{page}", "width": "100%"}


def _line(node: Mapping[str, Any]) -> int:
    """The line of the body, or of the directive where it has none."""
    for child in node.get("children", []):
        if child.get("type") == "mystDirectiveBody":
            return int(child["position"]["start"]["line"])
    return int(node.get("position", {}).get("start", {}).get("line", 1))


def _box(error: WrittenError) -> Node:
    place = {"line": error.line, "column": 1}
    position = {"start": place, "end": place}
    said = {
        "type": "crossReference",
        "identifier": error.message,
        "label": error.message,
        "position": position,
        "children": [text(error.message)],
    }
    title = {"type": "admonitionTitle", "children": [text("stepwise")]}
    return {"type": "admonition", "kind": "error", "position": position, "children": [title, paragraph(said)]}


def main() -> None:
    """Speak mystmd's JSON on the standard streams."""
    if len(sys.argv) == 1:
        answer: Any = specification()
    elif sys.argv[1] == "--directive" and len(sys.argv) == 3 and sys.argv[2] in DIRECTIVES:
        answer = directive(sys.argv[2], json.loads(sys.stdin.buffer.read().decode()))
    else:
        sys.exit("stepwise: this is a plugin of mystmd: name it in myst.yml under plugins:, with type: executable")
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
