"""What authors put into pages of sites, which strangers may have sent: a block of a lesson's keys, or of a call."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

from stepwise.sites.mkdocs import fence
from stepwise.sites.mystmd import directive
from tests.fuzz import blows
from tests.fuzz.kind import PARTS, POOL, SHEET, Kind


def site_kind() -> Kind:
    """Told by MkDocs and by mystmd: what is wrong in a block is said in the page, and nothing is raised."""
    call = "MaxPool2D(2, strides=1)"
    seeds = [text.encode() for text in (POOL, PARTS, SHEET, call)]
    views = (blows.of_yaml, blows.words, blows.words, blows.raw)
    return Kind("site", "block.txt", seeds, views, [_mkdocs, _mystmd])


def _mkdocs(folder: Path) -> object:
    text = _block(folder)
    return fence(text, "stepwise", "stepwise", _options(text), SimpleNamespace())


def _mystmd(folder: Path) -> object:
    text = _block(folder)
    return directive("stepwise", {"body": text, "options": _options(text), "node": {}})


def _block(folder: Path) -> str:
    return (folder / "block.txt").read_bytes().decode("utf-8", "replace")


def _options(text: str) -> dict[str, str]:
    """A lesson says its own input."""
    return {} if ":" in text else {"input": "4 3; 2 1"}
