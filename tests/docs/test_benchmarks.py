"""The benchmarks run, and their page tells of the works that there are. No time is asserted; sizes are."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def rows(text: str) -> dict[tuple[str, str], tuple[float, str]]:
    """The table's rows: work and what it is measured against -> figure and what is to be reached."""
    found = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([\d.]+) \| ([^|]*) \|$", text, flags=re.M)
    return {(work, against): (float(figure), reach.strip()) for work, against, figure, reach in found}


def test_run_as_their_page_says() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--rounds", "1"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    measured = rows(done.stdout)
    told = rows((ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8"))
    assert {key for key in told if not key[1].startswith("PyTorch")} <= set(measured) <= set(told)
    for key, (figure, reach) in measured.items():
        assert reach == told[key][1]
        if "memory" in key[0] or key[1] == "kB":
            assert figure <= float(reach.removeprefix("≤ ")), key
