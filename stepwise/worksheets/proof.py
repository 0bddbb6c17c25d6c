"""What is proven of the variants of a sheet: which mistakes they tell apart, and how hard they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..dataclass import dataclass
from .sheet import Asked
from .variants import Found


@dataclass(frozen=True)
class Proof:
    """What is known of the variants that were made."""

    folder: Path
    ids: tuple[str, ...]
    found: tuple[tuple[Found, ...], ...]  # for each variant, its exercises
    reused: int = 0  # variants that a run before had finished


def proof_table(proof: Proof, asked: Sequence[Asked]) -> list[tuple[str, ...]]:
    """What the variants are proven to be, a row each: what is told apart, in how many; how hard they are.

    Mistakes that always come to the same have one answer between them, and share a row.
    """
    rows: list[tuple[str, ...]] = []
    count = len(proof.found)
    for place, one in enumerate(asked):
        mine = [entry[place] for entry in proof.found]
        name = f"{one.file}: " if len(asked) > 1 else ""
        rows += [(f"{name}{label}", f"has an answer of its own in {n} of {count}") for label, n in _distinguished(mine)]
        measures: Mapping[str, Any] = mine[0].difficulty
        for measure in measures:
            values = [found.difficulty[measure] for found in mine]
            if max(values):
                rows.append((f"{name}{measure}", f"{min(values)} to {max(values)}"))
    return rows


def _distinguished(found: Sequence[Found]) -> list[tuple[str, int]]:
    """Each misconception, with those it cannot be told from, and in how many variants it is told from all others."""
    same = sorted({group for one in found for group in one.same})
    codes = {code for one in found for code in one.told}
    grouped = {code for group in same for code in group}
    names = {" = ".join(group): group for group in same if set(group) <= codes}
    names |= {code: (code,) for code in codes - {c for group in names.values() for c in group} | (codes - grouped)}
    return sorted((name, sum(set(group) <= set(one.told) for one in found)) for name, group in names.items())
