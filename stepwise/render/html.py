"""HTML: one self-contained page that asks for nothing and is complete without its script, or a fragment of one."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cached_property
from pathlib import Path
from typing import Any

from markupsafe import Markup

from ..arithmetic import shown, true_minus
from ..document.blocks import FeatureMap, Scene
from ..document.lesson import Lesson, Section, Stage
from ..document.matrix import Cell, Frame, Matrix
from ..errors import StepwiseError
from ..formula import Formula, mathml
from ..io.files import PathLike
from ..io.whole import write_whole
from ..language import speaking
from .looks import content, counted, described, looks, position
from .page import script as assembly
from .page.concerns import EMBED, EVERY_STYLE, EVERYTHING, FIELDS, concerns, styles_of
from .page.dense import dense
from .page.embedding import Paste, pastes
from .page.knobs import controls
from .page.letters import lettered
from .page.operable import operable
from .page.record import Record
from .page.scope import RESET, scoped
from .page.small import bare_script, bare_style, packed
from .page.wellformed import well_formed
from .png import colour_png, grey_png
from .shades import DIVERGING, FRAME, Colour, levels
from .templates import TemplateFormat, register


def math(formula: Formula, tall: bool = False) -> Markup:
    """A formula as MathML, spoken by its label."""
    return Markup(mathml(formula, tall))  # noqa: S704 - mathml() escapes every name it writes


def number(cell: Cell) -> str | Markup:
    """What stands in a cell, with a true minus."""
    found = content(cell)
    return found if isinstance(found, str) else math(found)


def classes(matrix: Matrix, row: int, column: int) -> str:
    """A cell's classes: how it looks, and the edges of the window that run along it. Padding is known by its data."""
    found = [look for look in looks(matrix.rows[row][column]) if look != "padding"]
    frame = matrix.frame
    if frame and frame.top <= row < frame.top + frame.height and frame.left <= column < frame.left + frame.width:
        edges = {
            "t": row == frame.top,
            "b": row == frame.top + frame.height - 1,
            "l": column == frame.left,
            "r": column == frame.left + frame.width - 1,
        }
        found += [f"w{side}" for side, on in edges.items() if on]
    return " ".join(found)


def wide(matrix: Matrix) -> bool:
    """Whether a matrix may be wider than a phone, and so has to scroll, which the keys must be able to do."""
    return len(matrix.rows[0]) * max(4, *(len(number(cell)) + 1 for row in matrix.rows for cell in row)) > 24


def picture(feature_map: FeatureMap) -> str:
    """A feature map as a data address of a PNG, one pixel a number; grey, or in two colours that part at 0."""
    rows = levels(feature_map, 256)
    if feature_map.diverging or feature_map.frame:
        colours = [[DIVERGING[level] if feature_map.diverging else (level,) * 3 for level in row] for row in rows]
        image = colour_png(framed(colours, feature_map.frame) if feature_map.frame else colours)
    else:
        image = grey_png([bytes(row) for row in rows])
    return "data:image/png;base64," + base64.b64encode(image).decode()


ENLARGED = 6
"""Pixels along the side of a cell where a frame is drawn between cells."""


def framed(rows: list[list[Colour]], frame: Frame) -> list[list[Colour]]:
    """The picture enlarged, with a frame around some of its cells."""
    wide = [[colour for colour in row for _ in range(ENLARGED)] for row in rows for _ in range(ENLARGED)]
    top, left = frame.top * ENLARGED, frame.left * ENLARGED
    bottom, right = top + frame.height * ENLARGED - 1, left + frame.width * ENLARGED - 1
    for y in range(top, bottom + 1):
        for x in range(left, right + 1):
            if min(y - top, bottom - y, x - left, right - x) < 2:
                wide[y][x] = FRAME
    return wide


HTML = register(
    TemplateFormat(
        folder="html",
        suffix="html",
        escapes=True,
        filters={
            "math": math,
            "number": number,
            "classes": classes,
            "position": position,
            "place": counted,
            "wide": wide,
            "dense": dense,
            "picture": picture,
            "described": described,
            "shown": lambda value: true_minus(shown(value)),
        },
    )
)


class Page:
    """What the templates of a page ask for: its style, its script with the record of its traces, and numbers."""

    SHOWN = ("live", "practice", "network", "led", "large", "form", "key", "nonce", "style", "script",
             "pastes", "embed")  # fmt: skip
    ASKED = ("level", "stage", "layer", "number", "too_much", "calls", "controls", "changing")
    """What a stranger's template sees of it, and what it may ask; see `sealed`."""

    def __init__(
        self,
        lesson: Lesson,
        read: assembly.Read,
        assets: str | None = None,
        nonce: str = "",
        depth: int = 1,
        fragment: bool = False,
    ) -> None:
        self._fragment = fragment
        self._lesson, self._read, self._assets, self._nonce, self._depth = lesson, read, assets, nonce, depth
        self._record = Record(lesson)
        record = self._record
        self._scripts = concerns(record.operated, record.network, record.way_back, record.feed)
        self.live = bool(self._scripts)
        self.practice = "practice" in self._scripts

    def level(self, of: int) -> Markup:
        """What tells how deep a heading lies among those of the page that the lesson stands in."""
        return Markup(' aria-level="{}"').format(of + self._depth - 1) if self._depth > 1 else Markup("")

    def stage(self, section: Section) -> int | None:
        """The number of a section's stage in the record; None where it has none."""
        return self._record.stage(section)

    def calls(self, stage: Stage) -> list[str]:
        """What was called, and what else can be operated in its place."""
        return [trace.layer.call for trace in (*stage.traces[:1], *filter(operable, stage.alternatives))]

    def changing(self, stage: Stage) -> bool:
        """Whether a reader may change its numbers: not where they are to be worked out, nor what stands for any."""
        return not stage.practice and not any(map(lettered, stage.traces))

    def controls(self, stage: Stage) -> tuple[tuple[Any, ...], ...]:
        """The controls beside a figure whose reader may turn knobs, see `page/knobs.py`; nothing where none may be."""
        return controls(stage.traces[0], stage.knobs) if stage.knobs else ()

    @property
    def network(self) -> bool:
        """Whether the whole network can be operated."""
        return self._record.network is not None

    @property
    def led(self) -> bool:
        """Whether a way back is drawn as maps that can be pointed at."""
        return self._record.way_back is not None

    @property
    def large(self) -> bool:
        """Whether the network has more numbers than a page carries."""
        return self._record.large

    @property
    def form(self) -> bool:
        """Whether it is a sheet to be filled in, whose cells are fields."""
        return bool(self._lesson.places) and not self._fragment

    def too_much(self, section: Section) -> bool:
        """Whether a section would have a stage if its numbers were fewer."""
        return self._record.large and section.stage is not None and self._record.alone

    def layer(self, section: Section) -> int | None:
        """The number of a section's layer in the network; None where it tells none."""
        return self._record.layer(section)

    def number(self, scene: Scene) -> int | None:
        """The number of the trace that a scene shows cells of."""
        return self._record.numbered(scene.of)

    @cached_property
    def key(self) -> str:
        """What tells this lesson from others in the same document: no two that differ have the same."""
        return hashlib.sha256(self._record.json.encode()).hexdigest()[:8]

    @property
    def nonce(self) -> Markup:
        """The attribute that a strict host's policy asks for, where it has given one."""
        return Markup(' nonce="{}"').format(self._nonce) if self._nonce else Markup("")

    @cached_property
    def pastes(self) -> tuple[Paste, ...]:
        """The lines that put the lesson into another page, where its author has asked for them."""
        return () if self._fragment or self.form else pastes(self._lesson)

    @property
    def embed(self) -> Markup:
        """The script of those lines; it comes before the lesson's own, which moves what it takes along."""
        if not self.pastes or (self._assets is not None and self.live):
            return Markup("")
        if self._assets is not None:
            return Markup('<script src="{}/stepwise.js" defer></script>').format(self._assets)
        code = bare_script(self._read(f"script/{EMBED}.js"))
        return Markup("<script{}>{}</script>").format(self.nonce, Markup(code))  # noqa: S704 - a file of ours

    @cached_property
    def style(self) -> Markup:
        """The style sheet, inline or by its address."""
        if self._assets is not None:
            return Markup('<link rel="stylesheet" href="{}/stepwise.css">').format(self._assets)
        needed = styles_of(self._lesson, self._scripts) | ({"host"} if self._fragment else set())
        needed |= {EMBED, "host"} if self.pastes else set()  # a piece of it is to stand in a host's page
        sheet = bare_style(assembly.style(self._read, needed))
        return Markup("<style{}>{}</style>").format(self.nonce, Markup(sheet))  # noqa: S704 - a file of ours

    @cached_property
    def script(self) -> Markup:
        """The record, and the script that reads it; nothing where there is nothing to operate or to verify."""
        if self.form:
            code = bare_script(self._read(f"script/{FIELDS}.js"))
            return Markup("<script{}>{}</script>").format(self.nonce, Markup(code))  # noqa: S704 - a file of ours
        if not self._record.traces:
            return Markup("")
        record = Markup('<script type="application/json" class="stepwise-record">{}</script>').format(
            Markup(self._record.json)  # noqa: S704 - it has no "<" left
        )
        if not self.live:
            return record
        if self._assets is not None:
            return record + Markup('\n<script src="{}/stepwise.js" defer></script>').format(self._assets)
        look = assembly.look(self._read, self._scripts)
        code = packed(assembly.script(self._read, self._scripts, look), self.key, self._nonce)
        return record + Markup("\n<script{}>{}</script>").format(self.nonce, Markup(code))  # noqa: S704 - ours, packed


class StillPage(Page):
    """What the same templates ask for where no script runs and no shadow root seals the lesson off."""

    def __init__(self, lesson: Lesson, read: assembly.Read, depth: int = 1) -> None:
        super().__init__(lesson, read, depth=depth)
        self.live = False

    @property
    def form(self) -> bool:
        """False: nothing could be saved."""
        return False

    def stage(self, section: Section) -> int | None:
        """None: there is nothing to operate."""
        return None

    def too_much(self, section: Section) -> bool:
        """False: nothing would be operated, however few the numbers are."""
        return False

    @cached_property
    def style(self) -> Markup:
        """The style sheet, every rule of it kept to the lesson."""
        sheet = bare_style(assembly.style(self._read, styles_of(self._lesson, {"told"})))
        return Markup("<style>{}{}</style>").format(Markup(RESET), Markup(scoped(sheet)))  # noqa: S704 - files of ours


def render_html(
    lesson: Lesson,
    templates: PathLike | None = None,
    fragment: bool = False,
    assets: str | None = None,
    nonce: str = "",
    depth: int = 1,
) -> str:
    """The lesson as a page, or as a `fragment` to paste into any page, sealed off by a shadow root.

    `assets` is the address of a folder with `stepwise.js` and `stepwise.css` (see `write_assets`), to be linked to
    instead of carried; `nonce` is that of the host's Content-Security-Policy; `depth`, the level that a fragment's
    title has among the headings of the page around it.
    """
    if not re.fullmatch(r"[A-Za-z0-9+/_=-]*", nonce):
        raise StepwiseError(f"nonce {nonce!r} must be letters, digits and + / - _ =, as in base64")
    with speaking(lesson.language):
        page = Page(lesson, lambda name: HTML.source(name, templates), assets, nonce, depth, fragment)
        return HTML.render(lesson, templates, "fragment" if fragment else "page", page=page)


def render_still(lesson: Lesson, templates: PathLike | None = None, depth: int = 1) -> str:
    """The lesson to be put where neither scripts nor shadow roots are: a notebook's output, an e-book, a mail.

    It is well-formed as XML, too, has no ids, and its styles neither leak out nor let the host's in.
    """
    with speaking(lesson.language):
        page = StillPage(lesson, lambda name: HTML.source(name, templates), depth)
        return well_formed(HTML.render(lesson, templates, "still", page=page))


def host_style() -> str:
    """The style sheet that dresses fragments as the site they stand in: Sphinx's themes, MkDocs's, Jupyter."""
    return bare_style(HTML.source("host.css"))


def write_assets(folder: PathLike) -> list[Path]:
    """Write `stepwise.js` and `stepwise.css`, every concern as it was written, for pages that link to them."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    again = "window.stepwiseSearch ? stepwiseSearch() : "  # each lesson of a page asks for it
    parts = {
        "stepwise.js": HTML.source(f"script/{EMBED}.js") + again + assembly.script(HTML.source, EVERYTHING) + "('');\n",
        "stepwise.css": assembly.style(HTML.source, EVERY_STYLE),
    }
    return [write_whole(place / name, text) for name, text in parts.items()]
