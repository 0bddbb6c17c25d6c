"""The script and the style sheet of a page: the concerns that it needs, and no others, put together from their files.

Inside a page they are made small: comments and indentation go, and the script is packed (deflate, as PNG has it), to be
unpacked by one line that the browser runs. Served apart (`assets`), they are as they were written.

To add a concern: a file in `templates/html/script` or `…/style`, and its name below, in the order in which files go.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Callable, Iterable
from typing import Any

from ...lessons.blocks import Block, Figure, Lesson, Pair, Steps, Table

Read = Callable[[str], str]  # a file of the templates, by its name

SCRIPTS = (
    "numbers", "formula", "latex", "steps", "rules-sums", "rules-max", "rules-mean", "rules-norm", "rules-products",
    "rules-cell", "sentence", "grid", "view", "stage", "practice", "controls", "hash", "peek", "planes", "lens", "edit",
    "alternatives", "compare", "copy", "start",
)  # fmt: skip
STYLES = ("base", "matrix", "told", "facts", "maps", "pair", "stage", "planes", "lens", "practice", "compare")
LIVE = ("stage", "planes", "lens", "practice", "compare")
"""Of these, what only matters where the script runs, and so comes with it."""
ALWAYS = {"numbers", "formula", "latex", "steps", "sentence", "grid", "view", "stage", "controls", "hash", "peek",
          "edit", "copy", "start"}  # fmt: skip
RULE_FILES = {
    "max": {"rules-max"}, "mean": {"rules-mean", "rules-sums"}, "norm": {"rules-norm", "rules-sums"},
    "products": {"rules-products"}, "same": {"rules-cell"}, "relu": {"rules-cell"}, "sigmoid": {"rules-cell"},
    "tanh": {"rules-cell"}, "softmax": {"rules-cell"}, "scaled": {"rules-cell"},
}  # fmt: skip
ROOM = 12
"""Rows and columns that the script shows whole; the same number is in `grid.js`."""
BLOCK_STYLES: dict[type, str] = {Table: "facts", Figure: "maps", Pair: "pair", Steps: "told"}


def concerns(stages: Iterable[dict[str, Any]]) -> set[str]:
    """The concerns that a record's stages need; none where there is nothing to operate."""
    found: set[str] = set()
    for stage in stages:
        found |= ALWAYS
        if "names" in stage:
            found.add("compare")
        found |= {name for name in ("practice", "alternatives") if name in stage}
        for view in (*stage["views"], *stage.get("alternatives", ())):
            found |= RULE_FILES[view["rule"]]
            if _has_planes(view):
                found.add("planes")
            if _is_large(view):
                found.add("lens")
    return found


def _has_planes(view: dict[str, Any]) -> bool:
    if "axes" not in view:
        return False
    several = len(view["channels"]) > 1 or view["channels"][0][1] > 1 or len(view["axes"]) > 2
    return several or any(role == 0 and n > 1 for role, n in zip(view["input"]["roles"], view["input"]["shape"]))


def _is_large(view: dict[str, Any]) -> bool:
    drawn = [axis["drawn"][1] - axis["drawn"][0] for axis in view.get("axes", ())[-2:]]
    plans = [view["output"], *([view["input"]] if "axes" not in view else []), *filter(None, [view.get("kernelPlane")])]
    sizes = [plan["shape"][plan[along]] for plan in plans for along in ("rows", "columns") if plan[along] >= 0]
    return max((*drawn, *sizes, *view.get("kernel", {}).get("window", ())), default=1) > ROOM


def script(read: Read, needed: set[str], look: str = "") -> str:
    """The concerns' files in one scope of their own, as they were written, with the style of what they make."""
    files = "\n".join(read(f"script/{name}.js") for name in SCRIPTS if name in needed)
    return f"(() => {{\n'use strict';\nconst LOOK = {json.dumps(look)};\n{files}\n}})();\n"


def style(read: Read, needed: set[str]) -> str:
    """The style sheets of the concerns, as they were written."""
    return "\n".join(read(f"style/{name}.css") for name in STYLES if name in needed)


def styles_of(lesson: Lesson, scripts: set[str]) -> set[str]:
    """The style sheets that a lesson needs, by its blocks and its script."""

    def within(blocks: Iterable[Block]) -> Iterable[str]:
        for block in blocks:
            if isinstance(block, Pair):
                yield from within((*block.left.blocks, *block.right.blocks))
            yield BLOCK_STYLES.get(type(block), "base")

    found = {name for section in lesson.sections for name in within(section.blocks)} | {"base", "matrix"}
    return found | ({"told"} if scripts else set())


EVERYTHING = set(SCRIPTS)
EVERY_STYLE = set(STYLES)


def look(read: Read, scripts: set[str]) -> str:
    """The style sheets of what only lives with the script."""
    return bare_style(style(read, {name for name in LIVE if name in scripts or name == "stage"}))


def bare_script(text: str) -> str:
    """Without comments and indentation. The sources hold no `/*` and no ` // ` but in comments; a test says so."""
    text = re.sub(r"/\*[\s\S]*?\*/ ?", "", text)
    text = re.sub(r"(^|\s)// .*$", "", text, flags=re.MULTILINE)
    return "\n".join(line.strip() for line in text.split("\n") if line.strip())


def bare_style(text: str) -> str:
    """Without comments and needless space."""
    text = re.sub(r"/\*[\s\S]*?\*/", "", text)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r" ?([{};,>]) ?", r"\1", text)
    return re.sub(r"(?<=[a-z-]): ", ":", text).replace(";}", "}").strip()


LOADER = (
    "(async()=>{{const s=document.createElement('script');{nonce}s.textContent=await new Response(new Blob("
    "[Uint8Array.from(atob('{packed}'),c=>c.charCodeAt(0))]).stream().pipeThrough(new DecompressionStream("
    "'deflate-raw'))).text();document.head.append(s);s.remove()}})()"
)


def packed(code: str, nonce: str = "") -> str:
    """A script that unpacks and runs another."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = compressor.compress(bare_script(code).encode()) + compressor.flush()
    return LOADER.format(packed=base64.b64encode(data).decode(), nonce=f"s.nonce='{nonce}';" if nonce else "")


def unpacked(loader: str) -> str | None:
    """The script inside a loader; None where it is none."""
    found = re.search(r"atob\('([A-Za-z0-9+/=]*)'\)", loader)
    return zlib.decompress(base64.b64decode(found[1]), -15).decode() if found else None
