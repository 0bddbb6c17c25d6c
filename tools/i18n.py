"""Every message for translators: `make i18n` writes stepwise/locale/stepwise.pot, and fails where one is cut in pieces.

A message is one whole sentence, or words that stand alone (a heading, a label). It is a constant, so that it can be
found; nothing is glued to it, since another language has another order.
"""

from __future__ import annotations

import ast
import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "stepwise" / "locale" / "stepwise.pot"
LANGUAGE = ROOT / "stepwise" / "language.py"
"""Where `plural` hands its message on."""
KEYWORDS = {"_": None, "plural": (1, 2), "plural_form": (1, 2)}
ANGLES = {
    "variable_start_string": "<<",
    "variable_end_string": ">>",
    "block_start_string": "<%",
    "block_end_string": "%>",
    "comment_start_string": "<#",
    "comment_end_string": "#>",
    "trimmed": "true",
}
METHODS = [("latex/**", "jinja2"), ("typst/**", "jinja2"), ("**.jinja", "jinja2")]
OPTIONS: dict[str, dict[str, str]] = {"latex/**": ANGLES, "typst/**": ANGLES}


def catalogue() -> Catalog:
    """Every message, with the files it stands in."""
    found = Catalog(project="stepwise", charset="utf-8")
    places = (
        (ROOT / "stepwise", [("**.py", "python")], {}),
        (ROOT / "templates", METHODS, OPTIONS),
    )
    for folder, methods, options in places:
        for name, _line, message, comments, context in sorted(
            extract_from_dir(folder, methods, options, KEYWORDS), key=lambda one: (one[0], one[1])
        ):
            found.add(message, locations=[(f"{folder.name}/{name}", None)], auto_comments=comments, context=context)
    return found


def written() -> bytes:
    """The catalogue as a file; without a date, so that it changes only where a message does."""
    stream = io.BytesIO()
    write_po(stream, catalogue(), sort_output=True, omit_header=True, width=120)
    return stream.getvalue()


def faults() -> Iterator[str]:
    """What no translator could translate: where it stands, and why."""
    for path in sorted(set((ROOT / "stepwise").rglob("*.py")) - {LANGUAGE}):
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            place = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
            for message in _messages(node):
                if not isinstance(message, ast.Constant):
                    yield f"{place}: the message is no constant, so it is not extracted"
                elif message.value != message.value.strip() or message.value[:1] in ",.;:)":
                    yield f"{place}: a piece of a sentence: {message.value!r}"
            glued = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add)
            if glued and any(map(_is_message, (node.left, node.right))):
                yield f"{place}: something is glued to a message; give it a place in it"


def _messages(node: ast.AST) -> list[ast.expr]:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return []
    return node.args[: {"_": 1, "plural": 2, "plural_form": 2}.get(node.func.id, 0)]


def _is_message(node: ast.expr) -> bool:
    """A call of `_`, or of `.format` on one."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        return _is_message(node.func.value)
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "plural")


def main() -> int:
    """Write the catalogue, and say what is wrong with messages."""
    found = list(faults())
    for fault in found:
        sys.stderr.write(fault + "\n")
    CATALOGUE.parent.mkdir(exist_ok=True)
    CATALOGUE.write_bytes(written())
    sys.stdout.write(f"{len(catalogue())} messages in {CATALOGUE.relative_to(ROOT)}\n")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
