"""What a host with a strict Content-Security-Policy must allow for a page or fragment whose script stands in it."""

from __future__ import annotations

import base64
import hashlib
import re

from .small import unpacked


def policy(html: str) -> str:
    """The directives that allow the inline scripts and styles of a page or fragment, and nothing else of the kind.

    >>> policy("<style>p { color: red; }</style>")
    "script-src 'none'; style-src 'sha256-pckGv9YvNcB5xy+Y4fbqhyo+ib850wyiuWeNbZvLi00='; img-src data:"
    """
    scripts = re.findall(r"<script(?: nonce=\"[^\"]*\")?>([\s\S]*?)</script>", html)
    scripts += [code for code in map(unpacked, scripts) if code is not None]
    styles = re.findall(r"<style(?: nonce=\"[^\"]*\")?>([\s\S]*?)</style>", html)
    directives = {"script-src": scripts, "style-src": styles}
    lines = [f"{name} {' '.join(map(_hash, found)) or repr('none')}" for name, found in directives.items()]
    return "; ".join([*lines, "img-src data:"])


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
