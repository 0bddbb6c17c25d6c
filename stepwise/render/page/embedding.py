"""The lines that put a lesson into another page, as that page's own system reads them.

To add a system: a line of `_own_pastes` for one that knows the lesson's text, else one of `pastes`; and the words of
`docs/sites.md` about it.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from html import escape
from urllib.parse import quote

from ...dataclass import dataclass
from ...document.lesson import Lesson
from ...document.origin import Origin
from ...errors import StepwiseError
from ...language import _
from ..markdown import escaped

FRAGMENT = "fragment"
"""What only the page's script can fill in: it takes the page apart."""


@dataclass(frozen=True)
class Paste:
    """What is to be pasted: text, with the page's address in its midst where it leads there."""

    name: str
    label: str
    before: str = ""
    address: str = ""
    after: str = ""
    picture: str = ""  # as a data address, where one has to lie beside it
    file: str = ""  # and its name


def pastes(lesson: Lesson) -> tuple[Paste, ...]:
    """All that may be pasted for this lesson; nothing where its author has not asked for it."""
    return tuple(_pastes(lesson, lesson.origin)) if lesson.origin is not None else ()


def _pastes(lesson: Lesson, origin: Origin) -> Iterator[Paste]:
    name = quote(origin.name, errors="surrogateescape")
    page = f"{name}.html"
    rest = f'" title="{escape(lesson.title)}" style="width: 100%; height: 40em; border: 0"></iframe>'
    yield Paste("iframe", _("A page in a frame"), '<iframe class="stepwise" src="', page, rest)
    yield Paste(FRAGMENT, _("A piece of HTML"))
    yield from _own_pastes(origin)
    if drawn := _picture(lesson):
        before = f"[![{escaped(lesson.title)}](<{name}.svg>)](<"
        picture = "data:image/svg+xml;base64," + base64.b64encode(drawn.encode()).decode()
        file = f"{origin.name}.svg"
        yield Paste("markdown", _("Markdown, with the picture beside it"), before, page, ">)", picture, file)


def _own_pastes(origin: Origin) -> Iterator[Paste]:
    """Where stepwise itself makes the lesson, from its file or its text."""
    body = origin.text.strip("\n")
    ends = "`" in origin.file or not origin.file.isprintable()
    file = "" if ends else origin.file  # a name that would end the fence or the line it stands in is not written
    if not (body or file):
        return
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", body)), default=0))
    fenced = f"{body or file}\n{fence}"
    given = f" {file}\n{fence}" if file else f"\n{fenced}"
    indented = "\n".join(f"   {line}".rstrip() for line in body.splitlines())
    yield Paste("myst", _("Sphinx, in Markdown (MyST)"), f"{fence}{{stepwise}}{given}")
    directive = f".. stepwise:: {file}" if file else f".. stepwise::\n\n{indented}"
    yield Paste("sphinx", _("Sphinx, in reStructuredText"), directive)
    yield Paste("mkdocs", _("MkDocs"), f"{fence}stepwise\n{fenced}")


def _picture(lesson: Lesson) -> str:
    """The first step, drawn; nothing where there is none, or where it is for the reader to find."""
    from ..figure import figure  # which a page without these lines has no use for

    stages = [section.stage for section in lesson.everything if section.stage is not None]
    if lesson.unanswered or any(stage.practice for stage in stages):
        return ""
    try:
        return str(figure(lesson, 1, "svg"))
    except StepwiseError:
        return ""
