"""The overview of a class whose students have variants: the hardest first."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.command import run


def test_the_hardest_variant_comes_first(tmp_path: Path) -> None:
    """The largest of four numbers is 4 in both; of those who have the second variant, one of two says so."""
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "lesson.yaml").write_text("stepwise: 1\ninput: 4 3; 2 1\nlayers: [MaxPool2D(2)]\n")
    variants = [{"id": "v01", "input": "4 3; 2 1"}, {"id": "v02", "input": "1 2; 3 4"}]
    (tmp_path / "set" / "manifest.json").write_text(json.dumps({"lesson": "lesson.yaml", "variants": variants}))
    (tmp_path / "in").mkdir()
    for name, answer in {"ana--v01": "4", "ben--v02": "0", "cyd--v02": "4"}.items():
        (tmp_path / "in" / f"{name}.txt").write_text(answer)
    page = tmp_path / "overview.txt"
    done = run("grade", str(tmp_path / "set"), str(tmp_path / "in"), "-o", str(tmp_path / "r.csv"), "-o", str(page))
    assert done.status == 0, done.err
    assert "marked 3 answers: 2 right, 1 with mistakes" in done.err
    rows = [re.split(r"  +", line.strip()) for line in page.read_text().split("\n") if re.match(r"v0\d", line)]
    assert rows == [["v02", "2", "1", "50 %"], ["v01", "1", "1", "100 %"]]
