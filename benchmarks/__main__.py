"""Tracing against computing: `make bench`, or `python -m benchmarks` from the repository's top folder.

stepwise beside onnxruntime, PyTorch where it is installed, and ONNX's reference evaluator, all on one thread. Figures
are ratios of medians taken in one run, so that the machine cancels out as far as it can. To add one: a function in
`works.py` that gives rows, and its name in `WORKS`.
"""

from __future__ import annotations

import argparse
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
MEASURED = ("numpy", "onnx", "onnxruntime", "torch")


def surroundings() -> str:
    """What was measured on: processor, Python, packages, and the kernels that NumPy's BLAS runs."""
    parts = [processor(), f"Python {platform.python_version()}"]
    for name in MEASURED:
        try:
            parts.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            parts.append(f"{name} not installed")
    return ", ".join([*parts, kernels()])


def processor() -> str:
    """The processor's own name where the system tells it."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def kernels() -> str:
    """Which kernels NumPy's BLAS chose, as threadpoolctl tells them."""
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return "BLAS kernels unknown (threadpoolctl is not installed)"
    import numpy as np

    numpy = Path(np.__file__).parents[1]
    found = [one for one in threadpool_info() if one["user_api"] == "blas" and numpy in Path(one["filepath"]).parents]
    return " and ".join(f"{one['internal_api']} {one['version']} {one.get('architecture', '')}" for one in found)


def main() -> None:
    """Print the table, in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Tracing against computing.")
    parser.add_argument("--rounds", type=int, default=25, help="how often each work is timed")
    rounds = parser.parse_args().rounds
    os.environ.update(dict.fromkeys(THREADS, "1"))  # before NumPy and the peers are loaded

    from .works import WORKS

    print(f"{surroundings()}\n")
    print("| work | a multiple of, or in | measured | to reach |")
    print("|:--|:--|--:|--:|")
    for work in WORKS:
        for row in work(rounds):
            reach = "" if row.most is None else f"≤ {row.most:g}"
            print(f"| {row.work} | {row.against} | {row.figure:.2f} | {reach} |", flush=True)


if __name__ == "__main__":
    main()
