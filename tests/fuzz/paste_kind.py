"""Code that strangers paste: scripts, classes, notebooks' cells, what `print` gives; struck, it is read or refused."""

from __future__ import annotations

from pathlib import Path

from stepwise.dialects import layers
from tests.fuzz import blows
from tests.fuzz.kind import Kind

PASTES = Path(__file__).parents[1] / "unit/dialects/pastes.txt"


def paste_kind() -> Kind:
    """Read alone, and told by the command line."""
    texts = [case.partition("\n---\n")[0] for case in PASTES.read_text(encoding="utf-8").split("====\n")]
    seeds = [text.encode() for text in texts]
    views = (blows.words, blows.words, blows.raw)
    return Kind("paste", "p.py", seeds, views, [_read, ("explain", "p.py", "--input", "4 3; 2 1")])


def _read(folder: Path) -> object:
    return layers((folder / "p.py").read_bytes().decode("utf-8", "replace"))
