"""Typst: the source of a printed page, which `pdf.py` compiles; it reads well enough to be changed by hand."""

from __future__ import annotations

import re

from ..arithmetic import shown, true_minus
from ..document.blocks import FeatureMap, Scene, Steps
from ..document.matrix import Cell
from ..formula import Formula, speech, typst
from ..formula import text as formula_text
from ..formula.typst import ROOM, quoted
from ..language import _
from .looks import content, counted, described, has_blanks, looks, position, widest
from .options import PAPERS
from .shades import channels
from .source import Source
from .templates import TemplateFormat, printable, register

_SPECIAL = re.compile(r"([\\#$*_`@<>\[\]~'\"/=+.:;{}-])")
LONG = 44
"""Characters of a formula that fit in a card on one line."""
HALF = 34
"""Characters above a bar that fit one of two cards side by side."""


def escaped(text: str) -> str:
    r"""A user's words as words: a backslash makes each of typst's signs plain.

    >>> print(escaped("#read(1) -- $x$ [a]"))
    \#read(1) \-\- \$x\$ \[a\]
    """
    return _SPECIAL.sub(r"\\\1", cleaned(text))


def cleaned(text: str) -> str:
    """One line without control characters and without marks that no font has."""
    return re.sub(r"[^\S\u00a0]+", " ", str(printable(text)))


def named(title: str) -> str:
    """A title, or a dash where it has no letters at all: a reader's list of headings may not have an empty one."""
    return cleaned(title).strip() or "–"


def string(text: str) -> Source:
    """Words as a typst string."""
    return Source(quoted(cleaned(text)))


def equation(formula: Formula, narrow: bool = False) -> Source:
    """A formula between dollars; `narrow` where two stand side by side."""
    return Source(f"${_kept(formula, HALF if narrow else ROOM)}$")


def inline(formula: Formula) -> Source:
    """A formula within a sentence, spoken by its words."""
    return Source(f"#said({string(speech(formula))}, ${_kept(formula)}$);")


def _kept(formula: Formula, room: int = ROOM) -> str:
    """The formula, whose lines may end after a sum's sign, and never at the dot of a product.

    typst breaks lines at every binary operator, so the dot is made an ordinary sign with an operator's own spaces.
    """
    return typst(formula, room).replace(" dot ", ' class("normal", #h(.2em) dot.op #h(.2em)) ')


def inside(cell: Cell) -> str | Source:
    """What stands in a cell."""
    found = content(cell)
    spoken = {"padding": _("padding"), "outside": _("outside")}  # a dot and a cross say nothing to those who listen
    if cell.kind in spoken:
        return Source(f"#said({string(spoken[cell.kind])}, [{found}]);")
    return found if isinstance(found, str) else inline(found)


def is_long(formula: Formula) -> bool:
    """Whether a formula needs more than one line, and so may not be set as a picture of its own."""
    return len(formula_text(formula)) > LONG


def narrow(steps: Steps) -> bool:
    """Whether two steps fit side by side."""
    return all(_units(step.scene) <= 9.4 for step in steps.steps)


def _units(scene: Scene) -> float:
    """How wide a scene is on paper, in cells."""
    columns = sum(len(m.rows[0]) * max(1.0, widest(m) * 0.25 + 0.36) + m.cut * 0.6 for m in scene.matrices)
    return columns + 0.55 * (len(scene.matrices) - 1) + 1.1 * sum(map(bool, scene.signs))


def pixels(feature_map: FeatureMap) -> str:
    """A feature map's bytes, row by row: grey, or three for each pixel where it has two colours."""
    return ", ".join(map(str, channels(feature_map))) + ","


TYPST = register(
    TemplateFormat(
        folder="typst",
        suffix="typ",
        escapes=False,
        escape=escaped,
        filters={
            "named": named,
            "quoted": string,
            "source": Source,
            "equation": equation,
            "inline": inline,
            "speech": speech,
            "content": inside,
            "looks": looks,
            "position": position,
            "place": counted,
            "widest": widest,
            "blank": has_blanks,
            "narrow": narrow,
            "is_long": is_long,
            "paper": PAPERS.__getitem__,
            "pixels": pixels,
            "described": described,
            "shown": lambda value: true_minus(shown(value)),
        },
    )
)
