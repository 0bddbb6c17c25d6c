"""What the command line calls the ways that `stepwise/advice.py` tells of: its options."""

from __future__ import annotations

from collections.abc import Mapping

IN_OPTIONS: Mapping[str, str] = {
    "replace": "add --force",
    "large": "add --allow-large (in Python: with stepwise.allow_large():)",
    "typical": "--steps auto",
    "markdown": "add --to md",
    "workers": "--workers",
    "shape": "--input-shape {numbers}",
    "free port": "leave --port out",
    "kernel": "give it with --kernel",
    "weights": "under weights: in a lesson file, not with --kernel",
    "grad": "--grad",
    "loss": "--loss",
    "target": "--target",
}
