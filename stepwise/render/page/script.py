"""The script and the style sheet of a page: the concerns that it needs, and no others, put together from their files.

Inside a page they are made small: comments and indentation go, and the script is packed (deflate, as PNG has it), to be
unpacked by a line that the browser runs. Served apart (`assets`), they are as they were written.

To add a concern: a file in `templates/html/script` or `…/style`, and its name below, in the order in which files go.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

from ...lessons.blocks import Block, Figure, FillIn, Lesson, Matrix, Pair, Room, Scene, Section, Steps, Table
from .views import nodes

Read = Callable[[str], str]  # a file of the templates, by its name

SCRIPTS = (
    "numbers", "formula", "latex", "formula-sums", "formula-powers", "formula-long", "formula-ranked", "steps",
    "rules", "rules-more", "lines", "joins", "sentence", "winner", "moves", "undefined", "grid", "view", "stage",
    "outside", "conditions",
    "kernel", "practice", "controls", "hash", "peek", "planes", "lens", "edit", "alternatives", "compare", "copy",
    "shares", "influence", "maps", "diagram", "network", "why", "frame", "start",
)  # fmt: skip
STYLES = (
    "base",
    "host",
    "layers",
    "matrix",
    "cut",
    "outside",
    "wrong",
    "told",
    "facts",
    "differs",
    "maps",
    "pair",
    "room",
    "fields",
    "stage",
    "planes",
    "lens",
    "practice",
    "compare",
    "network",
)
LIVE = ("stage", "planes", "lens", "practice", "compare", "network")
"""Of these, what only matters where the script runs, and so comes with it."""
ALWAYS = {"numbers", "formula", "latex", "steps", "rules", "sentence", "grid", "view", "stage", "controls", "hash",
          "peek", "edit", "copy", "frame", "start"}  # fmt: skip
NETWORK = {"formula-sums", "formula-powers", "rules-more", "joins", "shares", "influence", "maps", "diagram", "network",
           "why"}  # fmt: skip
SIGNS = {
    "formula-sums": {"+", "each +", "-", "neg", "·", "/"},
    "formula-powers": {"^", "| |", "size", "min", "each min", "exp", "tanh", "sqrt"},
    "undefined": {"+", "each +", "-", "·", "/", "^", "sqrt"},
}
"""The concerns that the signs in a rule ask for."""
FIELDS = "fields"
"""The script of a sheet that is filled in, which stands alone: nothing is operated there."""
ROOM = 12
"""Rows and columns that the script shows whole; the same number is in `grid.js`."""
BLOCK_STYLES: dict[type, str] = {
    Table: "facts",
    Figure: "maps",
    Pair: "pair",
    Steps: "told",
    FillIn: "room",
    Room: "room",
}


def parts(sections: Iterable[Section]) -> Iterator[Section]:
    """Every section, and what is folded into it."""
    for section in sections:
        yield section
        yield from parts(section.folded)


def concerns(stages: Iterable[dict[str, Any]], network: dict[str, Any] | None = None) -> set[str]:
    """The concerns that a record's stages and its network need; none where there is nothing to operate."""
    found: set[str] = ALWAYS | NETWORK if network else set()
    for stage in stages:
        found |= ALWAYS
        if "names" in stage:
            found.add("compare")
        found |= {name for name in ("practice", "alternatives") if name in stage}
        for view in (*stage["views"], *stage.get("alternatives", ())):
            found |= _of_rule(view)
            if "kernelPlan" in view:
                found.add("kernel")
            if "folded" in view["words"]:
                found |= {"formula-long", "formula-sums"}
            if "ranked" in view["words"]:
                found.add("formula-ranked")
            if "line" in view:
                found.add("lines")
            if any("edge" in axis for axis in view.get("axes", ())):
                found.add("outside")
            if "names" in view:
                found.add("planes")
            if _is_large(view):
                found.add("lens")
    return found


def _of_rule(view: dict[str, Any]) -> set[str]:
    """What works a rule out, writes its formula, and finds what holds of a step."""
    signs = {node[0] for rule in (view["rule"], view.get("steady")) for node in nodes(rule)}
    found = {concern for concern, those in SIGNS.items() if those & signs}
    if view["rule"] != ["each max", "x"]:
        found |= {"rules-more"}
    lines = view["words"]["lines"]
    if view["rule"][0] == "each max":
        found.add("winner")
    if any("{source}" in line for _when, line, *_group in lines):
        found.add("moves")
    if "numbers" in view["words"] or any(when == "adds nothing" or group for when, _line, *group in lines):
        found |= {"conditions", "rules-more", "formula-sums"}
    return found


def _is_large(view: dict[str, Any]) -> bool:
    drawn = [axis["drawn"][1] - axis["drawn"][0] for axis in view.get("axes", ())[-2:]]
    plans = [view["output"], *([view["input"]] if "axes" not in view else []), *filter(None, [view.get("kernelPlan")])]
    sizes = [plan["shape"][plan[along]] for plan in plans for along in ("rows", "columns") if plan[along] >= 0]
    return max((*drawn, *sizes), default=1) > ROOM


def script(read: Read, needed: set[str], look: str = "") -> str:
    """The concerns' files in one scope of their own, as they were written, with the style of what they make.

    It is a function of the key of the lesson that it belongs to.
    """
    files = "\n".join(read(f"script/{name}.js") for name in SCRIPTS if name in needed)
    quoted = look.replace("\\", r"\\").replace("'", r"\'")
    return f"(KEY => {{\n'use strict';\nconst LOOK = '{quoted}';\n{files}\n}})"


def style(read: Read, needed: set[str]) -> str:
    """The style sheets of the concerns, as they were written."""
    return "\n".join(read(f"style/{name}.css") for name in STYLES if name in needed)


def styles_of(lesson: Lesson, scripts: set[str]) -> set[str]:
    """The style sheets that a lesson needs, by its blocks and its script."""
    found = {"base", "matrix"}
    for block in _blocks(block for section in lesson.everything for block in section.blocks):
        found.add(BLOCK_STYLES.get(type(block), "base"))
        if any(matrix.cut for matrix in _matrices(block)):
            found.add("cut")
        if isinstance(block, Table) and block.differing:
            found.add("differs")
        cells = [cell for matrix in _matrices(block) for row in matrix.rows for cell in row]
        if any("wrong" in cell.marks for cell in cells):
            found.add("wrong")
        if any(cell.kind == "outside" for cell in cells):
            found.add("outside")
    if any(section.level == 1 for section in lesson.sections):
        found.add("layers")
    if scripts:
        found.add("told")
    if lesson.places:
        found.add("fields")
    return found | ({"cut"} if "lens" in scripts else set()) | (scripts & {"outside"})


def _blocks(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        if isinstance(block, Pair):
            yield from _blocks((*block.left.blocks, *block.right.blocks))


def _matrices(block: Block) -> Iterator[Matrix]:
    if isinstance(block, Scene):
        yield from block.matrices
    if isinstance(block, Steps):
        for step in block.steps:
            yield from step.scene.matrices


EVERYTHING = set(SCRIPTS)
EVERY_STYLE = set(STYLES)


def look(read: Read, scripts: set[str]) -> str:
    """The style sheets of what only lives with the script."""
    return bare_style(style(read, {name for name in LIVE if name in scripts or name == "stage"}))


_TOKENS = re.compile(
    r"""/\*[\s\S]*?\*/            # a comment
    |(?<=\s)//[^\n]*              # a comment to the end of its line
    |'(?:\\.|[^'\\\n])*'          # a string; the sources have no other quotes
    |`(?:\\.|[^`\\])*`            # a template; none holds another
    |(?<=[(!=:?&|,])(?:(?<=\()|\ )/(?![/*])(?:\\.|\[[^\]\n]*\]|[^/\\\n\[])+/[a-z]*  # a pattern
    |\s*\n\s*|\ """,
    re.VERBOSE,
)
_SIGN = set("=+-*/(){}[],;:<>?&|!%")


_CONST = re.compile(r"\bconst\b")


@lru_cache(maxsize=32)  # many lessons need the same concerns
def bare_script(text: str) -> str:
    """Without comments, indentation, and spaces beside signs; strings, templates and patterns stay as they are.

    What nothing is assigned to twice is no less right as `let`, which is shorter.

    >>> bare_script("const a = 'x + y'; // two\\nreturn a ? b - -c : /[ ]/;\\n")
    "let a='x + y';return a?b- -c: /[ ]/;"
    """
    out: list[str] = []
    last = 0
    for found in _TOKENS.finditer(text):
        out.append(_CONST.sub("let", text[last : found.start()]))
        last = found.end()
        token = found[0]
        if token[:2] in ("/*", "//"):
            continue
        if token.isspace():
            before = next((piece[-1] for piece in reversed(out) if piece), "\n")
            if "\n" in token:
                out.append("" if before == "\n" else "\n")
            elif before not in "\n " and (
                (before not in _SIGN and text[last : last + 1] not in _SIGN)
                or before == text[last : last + 1] in ("+", "-")
            ):
                out.append(" ")
            continue
        out.append(token)
    out.append(_CONST.sub("let", text[last:]))
    lines = re.sub(r"\s*\n\s*", "\n", "".join(out)).strip()
    lines = re.sub(r"(?<=[{(\[,;])\n|\n(?=[})\].?:])", "", lines)  # no statement ends before or after these
    return lines.replace(";}", "}")


def bare_style(text: str) -> str:
    """Without comments and needless space."""
    text = re.sub(r"/\*[\s\S]*?\*/", "", text)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r" ?([{};,>]) ?", r"\1", text)
    return re.sub(r"(?<=[a-z-]): ", ":", text).replace(";}", "}").strip()


LOADER = (
    "(async()=>{{let b=0,n=0,o=[],t={packed!r},d=i=>(c=>c-33-(c>39)-(c>60)-(c>92))(t.charCodeAt(i)),i=0,s;"
    "for(;i<t.length;i+=2)for(b|=(d(i)*91+d(i+1))<<n,n+=13;n>7;n-=8)o.push(b&255),b>>>=8;"
    "o.length={length};s=document.createElement('script');{nonce}s.textContent=await new Response("
    "new Blob([new Uint8Array(o)]).stream().pipeThrough(new DecompressionStream('deflate-raw'))).text();"
    "document.head.append(s);s.remove()}})()"
)
ALPHABET = [chr(c) for c in range(33, 127) if chr(c) not in "'<\\"]
"""The 91 characters that a packed script is written in: none that HTML or a JavaScript string reads otherwise."""


def packed(code: str, key: str, nonce: str = "") -> str:
    """A script that unpacks and runs another: deflated, then 13 bits to every two characters."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15, 6)
    data = compressor.compress(f"{bare_script(code)}('{key}')".encode()) + compressor.flush()
    text: list[str] = []
    for first in range(0, len(data), 13):
        block = data[first : first + 13]
        bits = int.from_bytes(block, "little")
        for _pair in range(-(-len(block) * 8 // 13)):
            bits, pair = divmod(bits, 2**13)
            text += ALPHABET[pair // 91], ALPHABET[pair % 91]
    own = f"s.nonce='{nonce}';" if nonce else ""
    return LOADER.format(packed="".join(text), length=len(data), nonce=own)


def unpacked(loader: str) -> str | None:
    """The script inside a loader; None where it is none."""
    found = re.search(r"t='([^']*)',d=", loader)
    if found is None:
        return None
    codes = [ALPHABET.index(character) for character in found[1]]
    bits = sum((high * 91 + low) << (13 * i) for i, (high, low) in enumerate(zip(codes[::2], codes[1::2])))
    data = bits.to_bytes(-(-bits.bit_length() // 8) + 8, "little")
    return zlib.decompressobj(-15).decompress(data).decode()
