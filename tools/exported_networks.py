"""How tests/golden/networks/*.zip were made: well-known networks at toy sizes, with random weights, exported to ONNX.

    python -m tools.exported_networks torch       by PyTorch's two exporters, at every opset in OPSETS
    python -m tools.exported_networks keras       by tf2onnx

The first needs torch 2.13, onnx and onnxscript, the second TensorFlow 2.21 and tf2onnx. Each network has the operators
of the original, in their order, as torchvision and keras.applications have them, and few channels. Weights are whole
sixty-fourths, so that a file is small.
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path
from typing import Any

TO = Path(__file__).parents[1] / "tests" / "golden" / "networks"
OPSETS = (11, 13, 17, 18, 20)
WHEN = (2024, 1, 1, 0, 0, 0)
"""What the archives say of every file's time, so that making them again gives the same."""


def packed(name: str, files: dict[str, bytes]) -> None:
    """Write the exports of one network into one archive."""
    TO.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(TO / f"{name}.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for file, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(f"{file}.onnx", WHEN), content, zipfile.ZIP_DEFLATED, 9)
    print(f"{name}: {', '.join(sorted(files))}; {(TO / f'{name}.zip').stat().st_size:,} bytes")


def plain(model: Any) -> bytes:
    """A model without what its exporter notes of the author's files."""
    for node in model.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    for value in (*model.graph.value_info, *model.graph.input, *model.graph.output):
        del value.metadata_props[:]
        value.doc_string = ""
    del model.graph.metadata_props[:], model.metadata_props[:]
    model.doc_string = ""
    return bytes(model.SerializeToString())


def main() -> None:
    if sys.argv[1:] == ["torch"]:
        from tools import exported_by_torch as maker
    elif sys.argv[1:] == ["keras"]:
        from tools import exported_by_tf2onnx as maker  # type: ignore[no-redef]
    else:
        raise SystemExit(__doc__)
    for name, files in maker.exported():
        packed(name, files)


if __name__ == "__main__":
    main()
