"""Names of a package that are loaded when they are first used, so that a short request starts at once.

__getattr__ = loaded(__name__, {"render_html": "html"})    # in the package's own module `html`
__getattr__ = loaded(__name__, {"render_html": ".html"})   # of a module: in `html` beside it
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import Any


def loaded(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """A package's or a module's `__getattr__` (PEP 562); `homes` says in which module each name stands."""

    def get(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(f".{homes[name]}", package), name)
        setattr(sys.modules[package], name, value)
        return value

    return get
