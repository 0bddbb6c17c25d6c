"""Networks of strangers: real ONNX files, struck in their bits and in what they say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

from tests.fuzz import onnx_blows
from tests.fuzz.blows import View
from tests.fuzz.kind import Kind


def network_kind() -> Kind:
    """The files of `onnx_blows`, told and, where they are small, carried out."""
    return Kind(
        "network",
        "m.onnx",
        [path.read_bytes() for path in onnx_blows.FILES],
        [_view(blow) for blow in onnx_blows.BLOWS],
        [("shape", "m.onnx"), _told],
    )


def _view(blow: onnx_blows.Blow) -> View:
    def struck(chance: Random, data: bytes, others: Sequence[bytes]) -> bytes:
        return blow(data, chance) if data else data

    return struck


def _told(folder: Path) -> object:
    return onnx_blows.carried_out(folder / "m.onnx")
