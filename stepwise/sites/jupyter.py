"""Notebooks: what a lesson or trace shows of itself, a live lesson in a frame, and a cell magic.

    %load_ext stepwise                       trace                       # as any value: told, without a script
                                             trace.lesson().live()       # to be operated
    %%stepwise --input "4 3; 2 1" --live
    MaxPool2D(2, strides=1)

Outputs share one page, so nothing in them has an id; scripts do not run in JupyterLab's outputs, so the plain one has
none, and the live one is a page of its own in a frame that can do nothing but run its script.
"""

from __future__ import annotations

import json
import shlex
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..dataclass import dataclass
from ..errors import StepwiseError, listing
from ..render import host_style, render, render_still
from .written import FLAGS, WORDS, Place, asked

if TYPE_CHECKING:
    from ..lessons import Lesson

DEPTH = 3
"""A lesson's title among a notebook's headings, whose first two are its author's."""
HEIGHT = 720
FIT = (
    "<script>addEventListener('message', ({source, data}) => {"
    "for (const frame of document.querySelectorAll('iframe[style*=stepwise-fit]'))"
    " if (frame.contentWindow === source && data.type === 'stepwise-height') frame.style.height = `${data.height}px`;"
    "});</script>"
)
"""A page in a frame tells how high it is."""
SCHEMES = ("auto", "light", "dark")


def mimebundle(lesson: Lesson) -> dict[str, str]:
    """What a notebook shows: still HTML, and what can be shown where that cannot."""
    return {
        "text/html": f"<style>{host_style()}</style>\n{render_still(lesson, depth=DEPTH)}",
        "text/markdown": render(lesson, "md"),
        "text/plain": render(lesson, "txt"),
    }


@dataclass(frozen=True)
class Live:
    """A lesson to be operated inside a notebook, as high as its content or `height` CSS pixels.

    A notebook that runs no script of an output, untrusted ones among them, shows it 720 pixels high, and it scrolls.
    """

    lesson: Lesson
    height: int | None = None
    scheme: str = "auto"  # `light` or `dark`, where the notebook is that and its reader's own choice another

    def __post_init__(self) -> None:
        if self.height is not None and (type(self.height) is not int or not 100 <= self.height <= 20_000):
            raise StepwiseError(f"height={self.height!r} is not a height in pixels; take one from 100 to 20000")
        if self.scheme not in SCHEMES:
            raise StepwiseError(f"scheme={self.scheme!r} is not known; it is {listing(SCHEMES)}")

    def _repr_html_(self) -> str:
        """The frame. It may run scripts, and nothing else: neither the notebook nor the network is open to it."""
        chosen = f"<style>:root {{ color-scheme: {self.scheme}; --stepwise-scheme: {self.scheme}; }}</style><main"
        page = self.lesson.html()
        page = page if self.scheme == "auto" else page.replace("<main", chosen, 1)
        kind, fit = ("--stepwise-fit: 1; ", FIT) if self.height is None else ("", "")
        return (
            f'<iframe sandbox="allow-scripts" srcdoc="{escape(page)}" '
            f'title="{escape(self.lesson.title)}" '
            f'style="{kind}width: 100%; height: {self.height or HEIGHT}px; border: 0; resize: vertical"></iframe>{fit}'
        )


def magic(line: str, cell: str, names: dict[str, Any] | None = None) -> Any:
    """The cell magic: options as on the command line, then calls, a lesson or the name of a lesson file.

    An option's word that names a variable of the notebook stands for its value.
    """
    options: dict[str, Any] = {}
    words = iter(_split(line))
    for word in words:
        name = word.removeprefix("--")
        if not word.startswith("--"):
            raise StepwiseError(f'found {word!r}, expected an option such as --input "4 3; 2 1"')
        if name in (*FLAGS, "live", "compare"):
            options[name] = None
            continue
        value = next(words, None)
        if value is None:
            raise StepwiseError(f"--{name} has no value")
        known = name in WORDS and names is not None and value in names
        options[name] = json.dumps(np.asarray((names or {})[value]).tolist()) if known else value
    live, compared = (options.pop(word, ...) is None for word in ("live", "compare"))
    lesson = asked(cell, options, Place("this cell", 2, Path()), compared).lesson
    return Live(lesson) if live else lesson


def _split(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError as error:
        raise StepwiseError(f"{line!r} cannot be read: {error}") from None


def load(shell: Any) -> None:
    """`%load_ext stepwise`."""
    from IPython.core.error import UsageError

    def stepwise(line: str, cell: str) -> Any:
        """A lesson: calls, a lesson in YAML, or the name of a lesson file."""
        try:
            return magic(line, cell, shell.user_ns)
        except StepwiseError as error:
            raise UsageError(str(error)) from None  # one line, no traceback

    shell.register_magic_function(stepwise, "cell")
