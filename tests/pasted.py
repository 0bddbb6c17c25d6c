"""The lines that a page offers to be pasted elsewhere, as a reader of the page finds them."""

from __future__ import annotations

import html5lib


def pasted(html: str) -> dict[str, str]:
    """Each by its name; what only a script fills in is empty."""
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)
    found = {e.get("data-paste"): next(e.iter("pre")) for e in tree.iter("div") if e.get("data-paste")}
    return {name: "".join(text.itertext()) for name, text in found.items()}
