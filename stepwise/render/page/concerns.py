"""Which of the script's and the style sheet's files a page needs.

To add a concern: a file in `templates/html/script` or `…/style`, and its name below, in the order in which files go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ...document.blocks import Block, Figure, FillIn, FormulaLine, Pair, Room, Scene, Stack, Steps, Table
from ...document.inline import unmarked
from ...document.lesson import Lesson, Section
from ...document.matrix import Matrix
from ...formula import Formula
from .dense import dense
from .views import nodes

SCRIPTS = (
    "numbers", "formula", "latex", "formula-sums", "formula-powers", "formula-long", "formula-ranked",
    "channels", "steps", "rules", "rules-more", "residues", "logarithms", "lines", "joins", "sentence",
    "winner", "ordered", "angles", "moves", "landed", "undefined", "told",
    "grid", "view", "stage", "outside", "conditions",
    "kernel", "tabs", "planes", "depths", "fit", "practice", "controls", "hash", "peek", "near", "leads", "colours",
    "lens", "edit", "letters", "alternatives",
    "knobs-plan", "knobs-calls", "knobs-numbers", "knobs-trace", "exactly", "knobs-exactly", "knobs",
    "drag",
    "compare", "copy", "shares", "influence", "maps", "diagram", "network", "forward", "feed", "why", "way-back",
    "frame", "start", "begin", "scrolled",
)  # fmt: skip
STYLES = (
    "base",
    "host",
    "layers",
    "matrix",
    "dense",
    "kernel",
    "cut",
    "outside",
    "wrong",
    "told",
    "kinds",
    "line",
    "over",
    "facts",
    "workings",
    "stacked",
    "facts-long",
    "differs",
    "maps",
    "pair",
    "stack",
    "bars",
    "heat",
    "figures",
    "stems",
    "room",
    "fields",
    "stage",
    "tabs",
    "planes",
    "colours",
    "lens",
    "fit",
    "practice",
    "alternatives",
    "knobs",
    "drag",
    "compare",
    "diagram",
    "network",
    "way-back",
    "feed",
    "embed",
)
LIVE = (
    "stage", "tabs", "planes", "colours", "lens", "fit", "practice", "alternatives", "knobs", "drag", "compare",
    "diagram", "network", "way-back", "feed",
)  # fmt: skip
"""Of these, what only matters where the script runs, and so comes with it."""
ALWAYS = {"numbers", "formula", "latex", "steps", "rules", "sentence", "grid", "view", "stage", "controls", "hash",
          "peek", "edit", "copy", "frame", "start", "begin"}  # fmt: skip
NETWORK = {"formula-sums", "formula-powers", "rules-more", "joins", "shares", "influence", "colours", "maps", "diagram",
           "network", "why"}  # fmt: skip
KNOBS = {"knobs-plan", "knobs-calls", "knobs-numbers", "knobs-trace", "knobs", "fit", "colours", "lens",
         "outside", "formula-long", "formula-sums"}  # fmt: skip
"""What a reader who turns a window may come to: one that is large, that hangs over, that has many terms."""
WAY_BACK = {"colours", "maps", "diagram", "way-back"}
FEED = {"forward", "feed", "rules-more", "formula-sums"}
"""What numbers of the reader's own go through, into whatever layers there are."""
LETTERS = {"letters", "formula-sums", "formula-powers", "rules-more"}
"""What exact numbers and letters are shown with, whatever they were made by."""
SUMS = {"rules-more", "formula-sums"}
"""Where both are, a result may be what rounding left."""
SIGNS = {
    "formula-sums": {"+", "each +", "-", "neg", "·", "/", "each median"},
    "formula-powers": {"^", "| |", "size", "min", "each min", "each median", "exp", "ln", "tanh", "erf",
                       "sqrt", "atan2"},
    "angles": {"atan2"},
    "logarithms": {"ln", "erf"},
    "ordered": {"each min", "each median"},
    "undefined": {"+", "each +", "-", "·", "/", "^", "sqrt"},
}  # fmt: skip
"""The concerns that the signs in a rule ask for."""
FIELDS = "fields"
"""The script of a sheet that is filled in, which stands alone: nothing is operated there."""
EMBED = "embed"
"""The script, and the style, of the lines that put a lesson into another page: it runs before all others."""
ROOM = 12
"""Rows and columns that the script shows whole; the same number is in `grid.js`."""
AMPLE = 4
"""Rows and columns of short numbers that fit anywhere as they are."""
LONG_HEAD = 48
"""Characters of a table's first cell that stay in one line, where there is room."""
BLOCK_STYLES: dict[type, str] = {
    Table: "facts",
    Figure: "maps",
    Pair: "pair",
    Stack: "pair",
    Steps: "told",
    FormulaLine: "line",
    FillIn: "room",
    Room: "room",
}


def parts(sections: Iterable[Section]) -> Iterator[Section]:
    """Every section, and what is folded into it."""
    for section in sections:
        yield section
        yield from parts(section.folded)


def concerns(stages: Iterable[dict[str, Any]], network: Any = None, way_back: Any = None, feed: Any = None) -> set[str]:
    """The concerns that a record's stages, network and way back need, and those of the reader's own input.

    None where there is nothing to operate.
    """
    found: set[str] = ALWAYS | NETWORK if network else set()
    found |= ALWAYS | WAY_BACK if way_back else set()
    found |= FEED if feed else set()
    for stage in stages:
        found |= ALWAYS
        if "names" in stage:
            found.add("compare")
        found |= {name for name in ("practice", "alternatives", "drag") if name in stage}
        turned = stage.get("knobs", {"views": {}})["views"].values()
        if turned:
            found |= KNOBS
            if "letters" in stage["knobs"]:
                found |= LETTERS | {"exactly", "knobs-exactly"}
        for view in (*stage["views"], *stage.get("alternatives", ()), *turned):
            found |= _of_rule(view)
            if "kernelPlan" in view:
                found.add("kernel")
            if "spelled" in view:
                found |= LETTERS
            if not ample(view):
                found.add("fit")
            if "told" in view["words"]:
                found.add("told")
            if "near" in view:
                found.add("near")
            if "folded" in view["words"]:
                found |= {"formula-long", "formula-sums"}
            if "ranked" in view["words"]:
                found.add("formula-ranked")
            if "landed" in view["words"]:
                found.add("landed")
            if "line" in view:
                found.add("lines")
            if any("edge" in axis for axis in view.get("axes", ())):
                found.add("outside")
            if "channels" in view["words"]:
                found |= {"channels", "formula-sums"}
            if len(view.get("axes", ())) > 2 and "bare" not in view:
                found.add("depths")
            if "names" in view:
                found |= {"planes", "tabs"}
            if any("leads" in view[plan] for plan in ("input", "output", "kernelPlan") if plan in view):
                found |= {"leads", "tabs"}
            if _is_large(view):
                found |= {"colours", "lens"}
    if found >= SUMS:
        found.add("residues")
    return found


def ample(view: dict[str, Any]) -> bool:
    """Whether a view is of few rows and columns of short numbers, which fit anywhere as they are."""
    return not ("kernelPlan" in view or "wide" in view or _is_large(view, AMPLE))


def _of_rule(view: dict[str, Any]) -> set[str]:
    """What works a rule out, writes its formula, and finds what holds of a step."""
    signs = {node[0] for rule in (view["rule"], view.get("steady")) for node in nodes(rule)}
    found = {concern for concern, those in SIGNS.items() if those & signs}
    if view["rule"] != ["each max", "x"]:
        found |= {"rules-more"}
    lines = view["words"]["lines"]
    if view["rule"][0] in ("each max", "each min"):
        found.add("winner")
    if "listed" in view:
        found.add("formula-sums")
    if any("{source}" in line for _when, line, *_group in lines):
        found.add("moves")
    if "numbers" in view["words"] or any(when == "adds nothing" or group for when, _line, *group in lines):
        found |= {"conditions", "rules-more", "formula-sums"}
    return found


def _is_large(view: dict[str, Any], room: int = ROOM) -> bool:
    drawn = [axis["drawn"][1] - axis["drawn"][0] for axis in view.get("axes", ())[-2:]]
    plans = [view["output"], *([view["input"]] if "axes" not in view else []), *filter(None, [view.get("kernelPlan")])]
    sizes = [plan["shape"][plan[along]] for plan in plans for along in ("rows", "columns") if plan[along] >= 0]
    return max((*drawn, *sizes), default=1) > room


def styles_of(lesson: Lesson, scripts: set[str]) -> set[str]:
    """The style sheets that a lesson needs, by its blocks and its script."""
    found = {"base", "matrix"}
    for block in _blocks(block for section in lesson.everything for block in section.blocks):
        drawn = block.drawn if isinstance(block, Table) else ""
        found |= (
            {"facts", drawn} if drawn in ("workings", "stacked") else {drawn or BLOCK_STYLES.get(type(block), "base")}
        )
        if isinstance(block, Stack):
            found.add("stack")
        if isinstance(block, Steps) and any(step.kind for step in block.steps):
            found.add("kinds")
        if any(matrix.cut for matrix in _matrices(block)):
            found.add("cut")
        if any("/" in str(formula) for formula in _formulas(block)):
            found.add("over")
        if any(map(dense, _scenes(block))):
            found.add("dense")
        if isinstance(block, Table) and any(len(unmarked(row[0])) > LONG_HEAD for row in block.rows):
            found.add("facts-long")
        if isinstance(block, Table) and block.differing:
            found.add("differs")
        cells = [cell for matrix in _matrices(block) for row in matrix.rows for cell in row]
        if any("wrong" in cell.marks for cell in cells):
            found.add("wrong")
        if any(matrix.kind == "kernel" for matrix in _matrices(block)) or any("gap" in cell.marks for cell in cells):
            found.add("kernel")
        if any(cell.kind == "outside" for cell in cells):
            found.add("outside")
    if any(section.level == 1 for section in lesson.sections):
        found.add("layers")
    if scripts:
        found.add("told")
    if scripts & TURNED or any(axis.dilation > 1 for trace in lesson.traces for axis in trace.geometry.axes):
        found.add("kernel")
    if lesson.places:
        found.add("fields")
    return found | ({"cut"} if "lens" in scripts else set()) | (scripts & {"outside"})


def _blocks(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        if isinstance(block, Pair | Stack):
            yield from _blocks(inner for card in block.cards for inner in card.blocks)


def _scenes(block: Block) -> Iterator[Scene]:
    if isinstance(block, Scene):
        yield block
    if isinstance(block, Steps):
        yield from (step.scene for step in block.steps)


def _formulas(block: Block) -> Iterator[Formula]:
    if isinstance(block, FormulaLine):
        yield block.formula
    if isinstance(block, Steps):
        yield from (step.formula for step in block.steps)


def _matrices(block: Block) -> Iterator[Matrix]:
    for scene in _scenes(block):
        yield from scene.matrices


TURNED = {"kernel", "knobs", "alternatives", "network", "compare"}
"""What may come to show a kernel, or a dilated window."""
EVERYTHING = set(SCRIPTS) - {"begin"}
EVERY_STYLE = set(STYLES)
