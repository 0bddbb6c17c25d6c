"""Misconceptions of other packages: entry points in the group `stepwise.misconceptions`."""

from __future__ import annotations

import os
import sys
from importlib.machinery import PathFinder
from typing import Any

GROUP = "stepwise.misconceptions"


def plugins() -> list[tuple[str, str, Any]]:
    """Name, value and entry point of each.

    Reading what is installed takes longer than most lessons, so Python's own reader is asked only where one is there.
    """
    if not any(map(_may_have_one, sys.path)) and not any(map(_reads_elsewhere, sys.meta_path)):
        return []
    from importlib.metadata import entry_points

    return [(point.name, point.value, point) for point in entry_points(group=GROUP)]


def _may_have_one(folder: str) -> bool:
    """Whether a package in this folder names the group; of an archive it is not known."""
    try:
        found = [entry for entry in os.scandir(folder or ".") if entry.name.endswith((".dist-info", ".egg-info"))]
    except OSError:
        return os.path.isfile(folder)
    return any(_names_the_group(os.path.join(entry.path, "entry_points.txt")) for entry in found)


def _names_the_group(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return GROUP.encode() in file.read()
    except OSError:  # most packages have none
        return False


def _reads_elsewhere(finder: Any) -> bool:
    """Whether something else than Python's own looks for packages, in places of its own."""
    return hasattr(finder, "find_distributions") and finder is not PathFinder
