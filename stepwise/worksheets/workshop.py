"""One variant of a sheet: its numbers, its page and its key, in every format that was ordered."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import field

import numpy as np

from ..advice import way
from ..dataclass import dataclass
from ..document.lesson import Lesson
from ..effort import VARIANT, allow
from ..errors import LimitError, StepwiseError, did_you_mean, listing
from ..render import Options, encode
from .pages import Posed, key_page, student_page
from .sheet import Asked
from .variants import LARGEST_SEED, Found, Search

PAGES = ("html", "md", "typ", "tex", "pdf", "xlsx")
FORMATS = (*PAGES, "moodle")
WRAPS = ("", "sphinx-exercise")


@dataclass(frozen=True)
class Order:
    """What is to be made of a sheet."""

    variants: int = 1
    seed: int = 0
    formats: tuple[str, ...] = ("html",)
    wrap: str = ""
    options: Options = field(default_factory=Options)
    templates: str | None = None

    def __post_init__(self) -> None:
        if type(self.variants) is not int or self.variants < 1:
            raise LimitError(f"{self.variants:,} variants cannot be made; it is 1 or more")
        allow(f"{self.variants:,} variants", self.variants * VARIANT, "make fewer at a time")
        if type(self.seed) is not int or not 0 <= self.seed < LARGEST_SEED:
            raise StepwiseError(f"the seed {self.seed} must be a whole number from 0 to {LARGEST_SEED - 1}")
        for format in self.formats:
            if format not in FORMATS:
                hint = did_you_mean(format, FORMATS)
                raise StepwiseError(f"worksheets are written as {listing(FORMATS)}, not as {format!r}.{hint}")
        if self.wrap not in WRAPS:
            raise StepwiseError(f"there is no wrap {self.wrap!r}; it is {WRAPS[1]}")
        if self.wrap and "md" not in self.formats:
            raise StepwiseError(f"{self.wrap} goes with Markdown; {way('markdown')}")

    def id(self, number: int) -> str:
        """What a variant is called."""
        return f"v{number:0{max(2, len(str(self.variants)))}}"

    def pages(self, number: int) -> list[str]:
        """The names of a variant's files: a page and its key in each format, or both in one."""
        id, formats = self.id(number), [format for format in self.formats if format in PAGES]
        keys = [format for format in formats if not (format == "md" and self.wrap)]
        return [f"{id}.{format}" for format in formats] + [f"{id}-key.{format}" for format in keys]


def assigned(students: Sequence[str], ids: Sequence[str], seed: int) -> dict[str, str]:
    """Which student has which variant: all variants alike often, but for one; the same for the same seed.

    >>> sorted(assigned(["ana", "ben", "cyd"], ["v01", "v02"], 7).values())
    ['v01', 'v01', 'v02']
    """
    order = np.random.default_rng([seed, len(students), len(ids)]).permutation(len(students))
    return {students[place]: ids[number % len(ids)] for number, place in enumerate(order.tolist())}


class Workshop:
    """Makes variants of one sheet: what every worker process holds."""

    def __init__(self, asked: Sequence[Asked], order: Order) -> None:
        self.asked = tuple(asked)
        self.order = order
        drawn = order.variants > 1
        self.searches = [Search(one, place, order.seed, drawn or one.written) for place, one in enumerate(self.asked)]

    def find(self, number: int) -> tuple[Found, ...]:
        """A variant's exercises."""
        return tuple(search.find(number) for search in self.searches)

    def posed(self, found: Sequence[Found]) -> list[Posed]:
        """The exercises of a variant."""
        return [(one, search.exercise(mine.numbers)) for one, search, mine in zip(self.asked, self.searches, found)]

    def pages(self, number: int, found: Sequence[Found]) -> dict[str, bytes]:
        """The files of a variant by name."""
        id, posed = self.order.id(number), self.posed(found)
        page, key = student_page(posed, id), key_page(posed, id)
        made: dict[str, bytes] = {}
        for format in self.order.formats:
            if format == "md" and self.order.wrap:
                made[f"{id}.md"] = wrapped(self._encoded(page, "md"), self._encoded(key, "md"), id)
            elif format in PAGES:
                made[f"{id}.{format}"] = self._encoded(page, format)
                made[f"{id}-key.{format}"] = self._encoded(key, format)
        return made

    def _encoded(self, lesson: Lesson, format: str) -> bytes:
        order = self.order
        options = order.options if format in ("pdf", "typ", "tex") else Options()
        if format != "tex" and options.fragment:
            options = Options(paper=options.paper)
        page = lesson if format == "xlsx" or not lesson.unanswered else _bare(lesson)
        return encode(page, format, None if format == "xlsx" else order.templates, options)


def _bare(lesson: Lesson) -> Lesson:
    """A page to be handed out carries nothing that could be asked for its answers."""
    return dataclasses.replace(lesson, traces=())


def wrapped(page: bytes, key: bytes, id: str) -> bytes:
    """A page and its key as sphinx-exercise has them, in MyST: headings, which a directive cannot hold, are strong.

    The title, which is the directive's, holds no backtick: the fence would not be one.
    """

    def body(text: str) -> str:
        lines, fenced = [], False
        for line in text.split("\n")[1:]:  # the title is the directive's
            fenced ^= line.startswith("```")
            lines.append(line if fenced else re.sub(r"^#+ (.*)$", r"**\1**", line))
        return "\n".join(lines).strip()

    title = page.decode().partition("\n")[0].removeprefix("# ").replace("\\`", "'")
    ticks = "`" * 5
    label = f"stepwise-{id}"
    return (
        f"{ticks}{{exercise}} {title}\n:label: {label}\n\n{body(page.decode())}\n{ticks}\n\n"
        f"{ticks}{{solution}} {label}\n:class: dropdown\n\n{body(key.decode())}\n{ticks}\n"
    ).encode()
