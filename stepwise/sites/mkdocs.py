"""MkDocs: a custom fence of pymdownx.superfences, so that a fenced block named `stepwise` is a lesson.

    markdown_extensions:
      - pymdownx.superfences:
          custom_fences:
            - name: stepwise
              class: stepwise
              format: !!python/name:stepwise.sites.mkdocs.fence
              validator: !!python/name:stepwise.sites.mkdocs.validate

    ```stepwise input="4 3; 2 1"             ```stepwise
    MaxPool2D(2, strides=1)                  lessons/pooling.yaml
    ```                                      ```

`stepwise-compare` and `stepwise-exercise` are fences of the same formatter. One that raises is silently turned into a
code block; so a mistake is a box in the page and a warning, which fails `mkdocs build --strict`. MkDocs has no place
for a script of ours that is known to a fence, so each lesson carries its own.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from ..lessons import Lesson
from ..render import host_style
from .exercise import parts
from .written import Place, WrittenError, asked

logger = logging.getLogger("mkdocs.plugins.stepwise")
DEPTH = 2
"""A fence does not know the headings around it; it stands below the page's own."""
BOX = (
    '<div class="admonition danger stepwise-error" role="note"><p class="admonition-title">stepwise</p>'
    "<p>{message}</p><p><em>{page}, line {line}</em></p></div>"
)


def validate(language: str, inputs: Mapping[str, str], options: dict[str, Any], attrs: dict[str, Any], md: Any) -> bool:
    """Every option is taken; what is wrong with one is told by the fence, since False would show the source."""
    options.update({name: "" if value == name else value for name, value in inputs.items()})
    return True


def fence(source: str, language: str, css_class: str, options: Mapping[str, Any], md: Any, **about: Any) -> str:
    """The lesson as a fragment of the page, or a box that says what is wrong; see pymdownx.superfences."""
    page, text, folder = _page(md)
    place = Place(page, _line(source, text, md), folder)
    try:
        found = asked(
            source,
            {**options, "practice": ""} if language == "stepwise-exercise" else options,
            place,
            compared=language == "stepwise-compare",
        )
    except WrittenError as error:
        logger.warning("%s, line %d: %s", error.page, error.line, error.message)
        return BOX.format(message=escape(error.message), page=escape(error.page), line=error.line)
    if language != "stepwise-exercise":
        return _dressed(found.lesson)
    question, solution, word = parts(found.lesson)
    folded = f'<details class="stepwise-solution"><summary>{escape(word)}</summary>\n{_dressed(solution)}</details>'
    return f"{_dressed(question)}\n{folded}"


def _dressed(lesson: Lesson) -> str:
    return f'<div class="stepwise"><style>{host_style()}</style>\n{lesson.html(fragment=True, depth=DEPTH)}</div>'


def _page(md: Any) -> tuple[str, str, Path]:
    """The page that is being made, its text and its folder: MkDocs's own, where it is MkDocs that asks."""
    links = getattr(md, "treeprocessors", {})
    file = getattr(links["relpath"], "file", None) if "relpath" in links else None
    if file is None or file.abs_src_path is None:
        return "the page", "", Path()
    return file.src_uri, file.content_string, Path(file.abs_src_path).parent


def _line(source: str, text: str, md: Any) -> int:
    """The line of the page where the fence's body begins, below those before it; 1 where that is not known."""
    due = [line.strip() for line in source.splitlines()]
    lines = [line.strip() for line in text.splitlines()]
    begins = range(getattr(md, "stepwise_below", 0) + 1, len(lines))
    found = next((n for n in begins if lines[n : n + len(due)] == due and lines[n - 1][:1] in ("`", "~")), 0)
    md.stepwise_below = found
    return found + 1
