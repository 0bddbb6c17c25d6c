"""A style sheet that keeps to one part of a page, where no shadow root can seal it off: a notebook's output, an e-book.

Every selector gets the scope before it, with an id that nothing has, so that it outweighs the host's own rules; and
whatever the host has said about elements of ours is taken back first.
"""

from __future__ import annotations

import re

SCOPE = ":is(.stepwise-still, #stepwise-outweighs)"
RESET = f"{SCOPE} :where(.lesson *:not(svg, svg *)){{all:revert}}"


def scoped(style: str) -> str:
    """A style sheet without comments (see `bare_style`), whose rules hold inside `SCOPE` only.

    >>> scoped("p,td:is(.a,.b){margin:0}@media print{p{color:red}}").replace(SCOPE, "S")
    'S p,S td:is(.a,.b){margin:0}@media print{S p{color:red}}'
    >>> scoped(":host{display:block}:host .lesson{margin:0}").replace(SCOPE, "S")
    'S{display:block}S .lesson{margin:0}'
    """
    out: list[str] = []
    pieces = re.split(r"([{}])", style)
    for prelude, brace in zip(pieces[::2], pieces[1::2]):
        if brace == "{" and not prelude.startswith("@"):
            prelude = ",".join(map(_within, _selectors(prelude)))
        out.append(prelude + brace)
    return "".join(out)


def _selectors(prelude: str) -> list[str]:
    """The selectors of a rule: split at commas, but not at those inside brackets."""
    found, depth = [""], 0
    for character in prelude:
        depth += (character in "([") - (character in ")]")
        if character == "," and not depth:
            found.append("")
        else:
            found[-1] += character
    return found


def _within(selector: str) -> str:
    selector = selector.strip()
    return SCOPE + selector.removeprefix(":host") if selector.startswith(":host") else f"{SCOPE} {selector}"
